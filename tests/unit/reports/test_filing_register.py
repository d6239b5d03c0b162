"""Document D04: the register of filings, without gaps, signed and checked like every other."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.keys.certificates import pem
from app.reports.filing_register import FilingEntry, compose_filing_register
from app.reports.signed_record import check_signed_record, is_signed_record, prepare_form
from app.reports.signing import SignerNotAllowed

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "d04_filing_register.txt"
LATER = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(signed_samples, tmp_path_factory):
    return signed_samples.make_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def prepared(form_samples, fonts):
    return prepare_form(form_samples.register_evidence(), {}, fonts)


@pytest.fixture(scope="module")
def signed(signed_samples, office, fonts, prepared):
    return signed_samples.sign_register(office, fonts, prepared)


@pytest.fixture(scope="module")
def check(office):
    def verdict(data):
        roots = [pem(root) for root in office.roots]
        return check_signed_record(data, roots, [pem(root) for root in office.stamper.roots], at=LATER)

    return verdict


@pytest.fixture
def said(form_samples):
    def text(entries=None, **more):
        return compose_filing_register(form_samples.register_evidence(entries, **more)).as_text()

    return text


def test_the_register_says_what_it_said_last_time(said):
    assert said() == GOLDEN.read_text(encoding="utf-8")


def test_a_month_lists_its_own_numbers_and_a_year_all(said):
    month, year = said(), said(month=None)
    assert "NG-BA-202610-001" not in month
    assert "NG-BA-202610-001" in year
    assert "登记期间 | Period: 2026 年 | 2026" in year
    assert "登记号数 | Numbers: 4" in month
    assert "登记号数 | Numbers: 5" in year
    assert "有效备案 | Filings that count: 2" in month


def test_numbers_are_said_to_have_no_gap_over_the_whole_year(said):
    assert "2026 年截至编制时刻共给出备案号 5 个，自 001 至 005 连续，没有缺号。" in said()


def test_a_missing_number_is_said_and_never_hidden(form_samples, said):
    entries = [each for each in form_samples.register_entries() if each.serial not in (1, 3)]
    words = said(entries)
    assert "登记簿有缺号：2026 年已给出 001 至 005，其中缺 001、003。缺号须查明原因。" in words
    assert "没有缺号。" not in words.split("# 三、")[0]


def test_a_number_given_earlier_than_the_one_before_is_said(form_samples, said):
    entries = form_samples.register_entries()
    entries[4] = replace(entries[4], given_at=datetime(2026, 11, 6, tzinfo=UTC))
    assert "时间早于前一号的有：NG-BA-202611-005" in said(entries)


def test_void_revoked_and_unused_numbers_say_why(form_samples, said):
    words = said()
    assert "作废：表单重复提交，本号作废（陈静　P-0005，2026-11-05）" in words
    assert "已撤销（2026-11-20，陈静　P-0005）：申请内容不实：复查发现面积不实；自 2026-12-01 起恢复原业态" in words
    unused = FilingEntry(6, "NG-BA-202611-006", datetime(2026, 11, 22, tzinfo=UTC), None)
    assert "未使用，未作废 | not used and not void" in said([*form_samples.register_entries(), unused])


def test_what_nobody_knows_of_a_filing_prints_as_words(form_samples, said):
    bare = form_samples.filed("NG-BA-202611-001", 3, form=None, effective_on=None)
    bare = replace(bare, application=replace(bare.application, current_segment=None, shop_name=None))
    other = replace(
        form_samples.filed("NG-BA-202611-002", 4),
        closing=replace(form_samples.register_entries()[3].change.closing, text=None, ends_on=None, reason_code="odd"),
    )
    at = datetime(2026, 11, 3, tzinfo=UTC)
    words = said(
        [FilingEntry(1, "NG-BA-202611-001", at, "P-9", bare), FilingEntry(2, "NG-BA-202611-002", at, None, other)],
    )
    assert "未填写 → 便利店" in words
    assert "P-9" in words
    assert "）：odd | revoked: odd" in words


def test_a_void_number_without_words_says_that_there_are_none(form_samples, said):
    at = datetime(2026, 11, 3, tzinfo=UTC)
    assert "作废：未填写（–，2026-11-03）" in said([FilingEntry(1, "NG-BA-202611-001", at, None, None, at)])


def test_an_empty_period_says_so(said):
    assert "本期没有备案。" in said([])
    assert "2026 年至今没有给出备案号。" in said([])


def test_a_simulated_clock_is_said_first(said):
    assert said(simulated_clock=True).splitlines()[3].startswith("!! 模拟时钟")


def test_the_signed_register_is_checked_from_itself(signed, check):
    checked = check(signed)
    assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
    assert checked.number == "NG-D04-202611"
    assert checked.checks[0].sentence.zh == "业态变更备案登记簿 D04 NG-D04-202611。"
    assert [each["person"]["name"] for each in checked.signatures] == ["陈静"]
    assert is_signed_record(signed)


def test_every_forgery_of_the_register_is_rejected(tampering, signed, office, check):
    assert [name for name, attack in tampering.ATTACKS.items() if check(attack(signed, office)).ok] == []


def test_the_register_is_archived_like_a_form_and_keeps_the_rules_of_pdf_a(
    archive_rules, signed_samples, office, signed, prepared, check
):
    archived = signed_samples.archive(office, signed, prepared.content, expected=prepared.expected)
    assert check(archived.pdf).archived
    assert archive_rules.archive_faults(signed) == archive_rules.archive_faults(archived.pdf) == []


def test_only_the_officer_named_signs_and_never_through_a_witness(
    signed_samples, form_samples, office, fonts, prepared
):
    from app.reports.signing_words import officer_statement

    statement = officer_statement("", signed_samples.NOW, simulated=False)
    with pytest.raises(SignerNotAllowed, match="signed by P-0005, not by P-0006"):
        signed_samples.put(office, fonts, prepared, prepared.pdf, statement, office.witness)
    open_to_all = prepare_form(form_samples.register_evidence(officer=None), {}, fonts)
    assert signed_samples.put(office, fonts, open_to_all, open_to_all.pdf, statement, office.witness).person == "P-0006"
    seen = replace(signed_samples.layer_of(office, 3, by_hand=(3,))[0], field="officer")
    with pytest.raises(SignerNotAllowed, match="does not take a handwritten signature"):
        signed_samples.put(office, fonts, prepared, prepared.pdf, seen, office.witness)


def test_a_long_register_runs_over_pages_and_keeps_its_box(form_samples, fonts):
    at = datetime(2026, 11, 3, tzinfo=UTC)
    change = form_samples.filed("NG-BA-202611-001", 3)
    long = replace(change, application=replace(change.application, shop_name="𬭎" * 60))
    entries = [FilingEntry(n, f"NG-BA-202611-{n:03}", at, "P-0005", long) for n in range(1, 121)]
    made = prepare_form(form_samples.register_evidence(entries, people={"P-0005": "长" * 60}), {}, fonts)
    assert made.places["officer"].page > 5
