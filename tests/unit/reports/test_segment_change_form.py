"""Document D03: what it says, and that it can be checked from itself."""

import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from app.keys.certificates import pem
from app.reports.evaluation_record import EVIDENCE_FILE
from app.reports.segment_change_form import compose_segment_change_form, expected_signatures
from app.reports.signed_record import (
    EnclosureWrong,
    check_signed_record,
    is_signed_record,
    prepare_segment_change_form,
)

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "d03_segment_change_form.txt"
LATER = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def form(form_samples):
    return form_samples.form_evidence()


@pytest.fixture(scope="module")
def files(form_samples):
    return {"application.pdf": form_samples.SCAN}


@pytest.fixture(scope="module")
def office(signed_samples, tmp_path_factory):
    return signed_samples.make_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def prepared(form, files, fonts):
    return prepare_segment_change_form(form, files, fonts)


@pytest.fixture(scope="module")
def signed(signed_samples, office, fonts, prepared):
    return signed_samples.sign_all(office, fonts, prepared.pdf, prepared.content, prepared.places)[-1]


@pytest.fixture(scope="module")
def check(office):
    def verdict(data, **more):
        roots = [pem(root) for root in office.roots]
        return check_signed_record(data, roots, [pem(root) for root in office.stamper.roots], at=LATER, **more)

    return verdict


def test_the_form_says_what_it_said_last_time(form):
    said = compose_segment_change_form(form).as_text()
    assert said == GOLDEN.read_text(encoding="utf-8")


def test_scarce_goods_come_first_and_the_total_last(form):
    said = compose_segment_change_form(form).as_text().splitlines()
    places = [
        next(n for n, line in enumerate(said) if name in line) for name in ("中华（硬）", "金圣", "红塔山", "合计")
    ]
    assert places == sorted(places)
    assert said[places[-1]].endswith("¦ 72 ¦ 76 ¦ +4 ¦ +487.00")


def test_five_people_sign_in_order(form):
    assert [each.field for each in expected_signatures(form)] == [
        "sig_1_account_manager",
        "sig_2_market_supervisor",
        "sig_3_market_manager",
        "sig_4_marketing_leader",
        "sig_5_supervision_officer",
    ]


def test_opinions_known_before_and_a_simulated_clock_are_shown(form):
    role = {"zh": "市场经理", "en": "Market manager"}
    known = {"role": role, "person": "张伟", "decision": {"zh": "同意", "en": "agreed"}, "text": "情况属实"}
    changed = {**form, "opinions": [known], "evaluations": [], "simulated_clock": True}
    said = compose_segment_change_form(changed).as_text()
    assert "情况属实" in said
    assert "没有提出问题" in said
    assert "模拟时钟" in said


def test_the_same_evidence_is_the_same_file(form, files, fonts, prepared):
    assert prepare_segment_change_form(form, files, fonts).pdf == prepared.pdf


def test_the_signed_form_is_checked_from_itself(signed, check):
    checked = check(signed)
    assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
    assert checked.number == "YT-202611-000017"
    assert checked.checks[-1].sentence.en.endswith("byte for byte.")
    assert is_signed_record(signed)


def test_the_archived_form_is_checked_from_itself(signed_samples, office, signed, prepared, check):
    archived = signed_samples.archive(office, signed, prepared.content)
    checked = check(archived.pdf, archived=True, file_digest=archived.file_digest)
    assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
    assert not check(signed, archived=True).ok


def test_the_customers_scan_goes_along(signed, form_samples):
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        assert set(pdf.attachments) == {"application.pdf", EVIDENCE_FILE}
        assert pdf.attachments["application.pdf"].get_file().read_bytes() == form_samples.SCAN


@pytest.mark.parametrize(
    "wrong", [{}, {"application.pdf": b"another"}, {"evidence.json": b"x"}, {"application.pdf": b"x", "more": b"y"}]
)
def test_another_scan_than_the_one_listed_is_refused(form, fonts, wrong):
    with pytest.raises(EnclosureWrong):
        prepare_segment_change_form(form, wrong, fonts)


def test_pages_that_say_something_else_than_the_evidence_are_found(
    form, files, fonts, signed_samples, office, check, monkeypatch
):
    # Five people in league, with pages that promise another format than the evidence.
    from app.reports import signed_record

    other = json.loads(json.dumps(form))
    other["change"]["to"] = {"zh": "大型超市", "en": "Hypermarket"}
    honest = signed_record.compose_segment_change_form
    monkeypatch.setattr(signed_record, "compose_segment_change_form", lambda _: honest(other))
    forged = prepare_segment_change_form(form, files, fonts)
    monkeypatch.undo()
    pdf = signed_samples.sign_all(office, fonts, forged.pdf, forged.content, forged.places)[-1]
    checked = check(pdf)
    assert not checked.ok
    assert checked.checks[-1].name == "pages"
    assert "not those of the evidence" in checked.checks[-1].sentence.en


def test_a_file_of_another_kind_is_no_signed_form(check, record):
    assert not is_signed_record(record)
    assert not is_signed_record(b"no pdf")
    assert not check(record).ok
    assert not check(b"no pdf").ok


def test_a_form_nobody_has_signed_is_not_accepted(check, prepared):
    assert not check(prepared.pdf).ok
    assert hashlib.sha256(prepared.pdf).hexdigest() == prepared.content.digest
