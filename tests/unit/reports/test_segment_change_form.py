"""Document D03: what it says of a change, that it can be checked from itself, and that no forgery of it passes."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from app.core.text import Bilingual
from app.keys.certificates import pem
from app.reports.check_pages import page_texts
from app.reports.evaluation_record import EVIDENCE_FILE
from app.reports.segment_change_evidence import enclosed_digests
from app.reports.segment_change_form import compose_segment_change_form
from app.reports.signed_record import (
    EnclosureWrong,
    check_signed_record,
    is_signed_record,
    prepare_form,
    prepared_again,
)
from app.reports.signing import SignerNotAllowed, StatementUnusable

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "d03_segment_change_form.txt"
LATER = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(signed_samples, tmp_path_factory):
    return signed_samples.make_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def prepared(form_samples, fonts):
    return prepare_form(form_samples.form_evidence(), form_samples.FILES, fonts)


@pytest.fixture(scope="module")
def steps(signed_samples, office, fonts, prepared):
    return signed_samples.sign_form(office, fonts, prepared)


@pytest.fixture(scope="module")
def signed(steps):
    return steps[-1]


@pytest.fixture(scope="module")
def archived(signed_samples, office, signed, prepared):
    return signed_samples.archive(office, signed, prepared.content, expected=prepared.expected)


@pytest.fixture(scope="module")
def check(office):
    def verdict(data, **more):
        roots = [pem(root) for root in office.roots]
        return check_signed_record(data, roots, [pem(root) for root in office.stamper.roots], at=LATER, **more)

    return verdict


@pytest.fixture
def said(form_samples):
    def text(of=None, **more):
        return compose_segment_change_form(form_samples.form_evidence(of, **more)).as_text()

    return text


# -- what it says


def test_the_form_says_what_it_said_last_time(said):
    assert said() == GOLDEN.read_text(encoding="utf-8")


def test_scarce_goods_come_first_and_the_totals_last(said):
    lines = said().splitlines()
    names = ("中华（硬）", "黄鹤楼", "红塔山", "紧俏规格合计", "全部规格合计")
    places = [next(n for n, line in enumerate(lines) if line.startswith(name)) for name in names]
    assert places == sorted(places)
    assert lines[places[-2]].endswith("¦ +5 ¦ +2,231.00")
    assert lines[places[-1]].endswith("¦ +4 ¦ +2,492.00")


def test_money_is_said_to_be_at_the_wholesale_price_and_no_profit(said):
    assert "按批发价计算的进货额，不是利润" in said()
    assert "margin" not in said()


def test_what_cannot_be_told_prints_as_words_and_stands_in_no_total(form_samples, said):
    lines = said(benefit=form_samples.benefit(form_samples.UNTOLD_LINES, assumed=True)).splitlines()

    def row(name):
        return next(line for line in lines if line.startswith(name)).split(" ¦ ", 2)[2]

    assert row("和天下").startswith("无备案标准 | no standard filed ¦ 无备案标准")
    assert row("苏烟") == "无法确定 | unknown ¦ 4 ¦ 无法计算 | cannot be told ¦ 无法计算 | cannot be told"
    assert row("红双喜") == "6 ¦ 不限量 | no limit ¦ 改为不限量 | limit lifted ¦ 无法计算 | cannot be told"
    assert row("（无品名）") == "1 ¦ 3 ¦ +2 ¦ 批发价未知 | price unknown"
    assert row("中华（细支）").startswith("不投放 | not eligible ¦ 2 ¦ +2")
    assert row("紧俏规格合计").endswith("¦ +5 | 4 行中 2 行 2 of 4 ¦ +2,231.00 | 4 行中 2 行 2 of 4")
    assert row("全部规格合计").endswith("¦ +6 | 12 行中 9 行 9 of 12 ¦ +2,492.00 | 12 行中 8 行 8 of 12")
    words = "\n".join(lines)
    assert "有 3 个规格（其中紧俏 2 个）的增减不能计算，未计入合计" in words
    assert "1 more have no known price" in words
    assert "按每周一次（周一）测算" in words
    assert "另有 3 个非紧俏规格不变" in words


def test_a_limit_that_is_new_is_said(form_samples, said):
    lines = (form_samples.line("1", "红双喜", "free", 6), form_samples.line("2", "雄狮", 1, 1))
    assert "改为限量 | now limited" in said(benefit=form_samples.benefit(lines))
    assert "全部规格合计 | All goods, total ¦  ¦  ¦  ¦ 0 | 2 行中 1 行 1 of 2" in said(
        benefit=form_samples.benefit(lines)
    )


def test_without_any_standard_there_is_no_total_at_all(form_samples, said):
    lines = (form_samples.line("1", "和天下", None, None, tight=True, has_standard=False),)
    words = said(benefit=form_samples.benefit(lines))
    assert "2026-12 没有已备案的投放标准" in words
    assert "全部规格合计 | All goods, total ¦  ¦  ¦  ¦ 无法计算" in words


@pytest.mark.parametrize(
    ("favourable", "words"),
    [
        (True, "紧俏货源增加：营销分管领导须写明"),
        (False, "紧俏货源没有增加。"),
        (None, "不能判断紧俏货源是否增加，按“增加”办理"),
    ],
)
def test_what_follows_from_the_benefit_is_said(form_samples, said, favourable, words):
    change = form_samples.change(favourable=favourable)
    assert words in said(change)
    without = said(change, benefit=None)
    assert words in without
    assert "没有投放变化测算" in without


def test_the_day_of_effect_is_a_plan_until_it_is_filed(said):
    assert "拟 2027-01-01，以备案为准 | planned 2027-01-01; filing fixes the day" in said()


def test_both_checks_stand_side_by_side_with_their_facts(said):
    words = said()
    assert "距许可证地址 | From the licensed address ¦ 0 米 | 0 m ¦ 27 米 | 27 m" in words
    assert "营业面积 | Area ¦ 91.6 平方米 | 91.6 m² ¦ 90.8 平方米 | 90.8 m²" in words
    assert "照片 | Photos ¦ 2 张：材料 3、4 | 2: evidence 3, 4 ¦ 1 张：材料 5 | 1: evidence 5" in words


def test_what_a_check_does_not_say_is_said_to_be_missing(form_samples, said):
    made = form_samples.change().site_checks
    bare = replace(
        made[0], position=None, area_m2=None, hours_per_day=None, sales_mode=None, it_level="mesh", photos=()
    )
    words = said(form_samples.change(site_checks=(bare, replace(made[1], joint=True))), licensed_at=None)
    assert "无法计算：核查时没有定位" in words
    assert "无法计算：许可证没有坐标" in words
    assert "售货方式 | Way of selling ¦ 未填写 | not stated" in words
    assert "信息化程度 | IT level ¦ mesh ¦" in words
    assert "联合核查 | Joint check ¦ 否 | no ¦ 是 | yes" in words
    assert "没有照片 | none" in words
    assert "没有实地核查" in said(form_samples.change(site_checks=()))


def test_an_empty_request_is_drawn_and_counted_as_nothing(form_samples, said):
    asked = form_samples.change().application
    bare = replace(
        asked,
        current_segment=None,
        proposed_segment="99",
        reason_code=None,
        reason_text=None,
        applicant=None,
        holder_name=None,
        census_campaign="PC-2026-1",
    )
    change = form_samples.change(application=bare, evidence=(), site_checks=(), form_revisions=2, submission=3)
    words = said(change, findings=(), address=None, people={}, history=())
    for wanted in (
        "现业态 | Current format: 未填写",
        "拟变更业态 | Proposed format: 99",
        "客户签字 | Signed by customer: 没有申请扫描件",
        "普查 | Census campaign: PC-2026-1",
        "表格版次 | Revision: 3",
        "提交次数 | Times entered: 3",
        "录入人 | Entered by: P-0001\n",
        "所问规则没有提出问题。",
        "没有材料。",
    ):
        assert wanted in words


def test_findings_stand_worst_first_and_silent_ones_are_counted(said):
    words = said()
    assert words.index("SEG-11 v1") < words.index("SEG-10 v1")
    assert "SEG-04" not in words
    assert "另有 1 条规则通过或不适用" in words


def test_a_simulated_clock_is_said_first(said):
    assert said(simulated_clock=True).splitlines()[3].startswith("!! 模拟时钟")


def test_only_what_the_customer_signed_and_a_correction_go_along(form_samples):
    assert enclosed_digests(form_samples.form_evidence()) == {
        "01-application.pdf": form_samples.digest(form_samples.SCAN)
    }
    odd = replace(form_samples.change().evidence[0], media_type="image/x-unknown")
    proof = replace(odd, kind="correction_proof")
    with pytest.raises(AttributeError):
        form_samples.form_evidence(form_samples.change(evidence=(proof,)))
    assert list(enclosed_digests(form_samples.form_evidence(form_samples.change(evidence=(odd, odd))))) == [
        "01-application.bin",
        "02-application.bin",
    ]


def test_the_evidence_fixes_who_signs_layers_one_and_two(form_samples):
    signatures = form_samples.form_evidence()["signatures"]
    assert [each["field"] for each in signatures] == ["layer_1", "layer_2", "layer_3", "layer_4", "layer_5"]
    assert [each["person"] for each in signatures] == ["P-0001", "P-0002", None, None, None]


# -- prepared, signed, checked


def test_the_same_evidence_is_the_same_file(form_samples, fonts, prepared):
    again = prepare_form(form_samples.form_evidence(), form_samples.FILES, fonts)
    assert again.pdf == prepared.pdf
    kept = prepared_again(prepared.evidence, form_samples.FILES, fonts)
    assert (kept.pdf, kept.places, kept.expected) == (prepared.pdf, prepared.places, prepared.expected)


def test_another_revision_is_another_content(form_samples, fonts, prepared):
    evidence = form_samples.form_evidence(form_samples.change(form_revisions=1))
    assert prepare_form(evidence, form_samples.FILES, fonts).content != prepared.content


def test_the_signed_form_is_checked_from_itself(signed, check, form_samples):
    checked = check(signed)
    assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
    assert checked.number == "NG-YT-202611-017"
    assert checked.checks[-1].sentence.en.endswith("byte for byte.")
    assert is_signed_record(signed)
    assert [each["person"]["name"] for each in checked.signatures] == ["王小明", "李芳", "张伟", "赵强", "陈静"]
    assert checked.signatures[3]["said"].startswith("已审阅投放变化，批准变更 ")
    assert "not archived" in next(each for each in checked.checks if each.name == "archived").sentence.en


def test_the_archived_form_is_checked_from_itself(signed, archived, check):
    checked = check(archived.pdf, archived=True, file_digest=archived.file_digest)
    assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
    assert checked.archived
    assert not check(signed, archived=True).ok


def test_every_forgery_is_rejected_and_the_original_accepted(tampering, signed, archived, office, check):
    assert check(signed).ok
    assert check(archived.pdf).ok
    accepted = [
        name
        for name, attack in tampering.ATTACKS.items()
        for pdf in (signed, archived.pdf)
        if check(attack(pdf, office)).ok
    ]
    assert accepted == []


def test_a_form_cut_back_to_any_earlier_signature_is_rejected(steps, check):
    assert [check(step).ok for step in steps] == [False, False, False, False, True]


def test_the_signed_and_the_archived_form_keep_the_rules_of_pdf_a(archive_rules, prepared, signed, archived):
    assert [archive_rules.archive_faults(each) for each in (prepared.pdf, signed, archived.pdf)] == [[], [], []]


def test_the_customers_scan_goes_along(signed, form_samples):
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        assert set(pdf.attachments) == {"01-application.pdf", EVIDENCE_FILE}
        assert pdf.attachments["01-application.pdf"].get_file().read_bytes() == form_samples.SCAN


@pytest.mark.parametrize(
    "wrong",
    [{}, {"01-application.pdf": b"another"}, {"evidence.json": b"x"}, {"01-application.pdf": b"x", "more": b"y"}],
)
def test_another_scan_than_the_one_listed_is_refused(form_samples, fonts, wrong):
    with pytest.raises(EnclosureWrong):
        prepare_form(form_samples.form_evidence(), wrong, fonts)


def test_pages_that_say_something_else_than_the_evidence_are_found(
    form_samples, fonts, signed_samples, office, check, monkeypatch
):
    # Five people in league, with pages that promise another format than the evidence.
    from app.reports import signed_record

    honest = signed_record.SIGNED_DOCUMENTS["henji-segment-change/1"]

    def lie(evidence):
        other = json.loads(json.dumps(evidence))
        other["change"]["to"] = {"zh": "大型超市", "en": "Hypermarket"}
        return honest.compose(other)

    table = {"henji-segment-change/1": replace(honest, compose=lie)}
    monkeypatch.setattr(signed_record, "SIGNED_DOCUMENTS", table)
    forged = prepare_form(form_samples.form_evidence(), form_samples.FILES, fonts)
    monkeypatch.undo()
    checked = check(signed_samples.sign_form(office, fonts, forged)[-1])
    assert not checked.ok
    assert checked.checks[-1].name == "pages"
    assert "not those of the evidence" in checked.checks[-1].sentence.en


@pytest.mark.parametrize("kept", [0, 1, 4])
def test_evidence_that_asks_for_fewer_signatures_is_no_form_of_ours(
    form_samples, fonts, signed_samples, office, check, monkeypatch, kept
):
    # One insider with a key of their own, who draws a form that five need not sign.
    from app.reports import signed_record
    from app.reports.signed_form import expected_signatures

    honest = signed_record.SIGNED_DOCUMENTS["henji-segment-change/1"]
    fields = [f"layer_{number}" for number in range(1, kept + 1)]
    lax = replace(honest, expected=lambda evidence: expected_signatures(evidence, fields))
    monkeypatch.setattr(signed_record, "SIGNED_DOCUMENTS", {"henji-segment-change/1": lax})
    evidence = form_samples.form_evidence()
    evidence["signatures"] = evidence["signatures"][:kept]
    forged = prepare_form(evidence, form_samples.FILES, fonts)
    pdf = forged.pdf
    for number in range(1, kept + 1):
        statement, key = signed_samples.layer_of(office, number)
        pdf = signed_samples.put(office, fonts, forged, pdf, statement, key).pdf
    monkeypatch.undo()
    checked = check(pdf)
    assert not checked.ok
    assert "does not have its shape" in checked.checks[0].sentence.en


@pytest.mark.parametrize(
    "change",
    [
        {"person": "P-0003"},
        {"person": None},
        {"meaning": {"zh": " ", "en": ""}},
        {"field": "layer_2"},
    ],
)
def test_evidence_does_not_let_others_sign_for_who_made_the_checks(form_samples, fonts, change):
    evidence = form_samples.form_evidence()
    evidence["signatures"][0] |= change
    with pytest.raises(ValueError, match=r"signatures of this document|made the checks"):
        prepare_form(evidence, form_samples.FILES, fonts)


def test_pages_of_another_layout_or_without_fonts_are_not_checked_and_it_says_so(
    form_samples, fonts, signed_samples, office, signed, check, monkeypatch
):
    from app.reports import signed_record
    from app.reports.fonts import FontsMissing

    old = prepare_form(
        {**form_samples.form_evidence(), "layout": "henji-layout/1 reportlab/1"}, form_samples.FILES, fonts
    )
    checked = check(signed_samples.sign_form(office, fonts, old)[-1])
    assert checked.ok
    assert checked.checks[-1].state.value == "not_checked"

    def none():
        raise FontsMissing(Bilingual("无", "none"))

    monkeypatch.setattr(signed_record, "load_fonts", none)
    checked = check(signed)
    assert checked.ok
    assert "there are no fonts" in checked.checks[-1].sentence.en


def test_a_file_of_another_kind_is_no_signed_form(check, record):
    assert not is_signed_record(record)
    assert not is_signed_record(b"no pdf")
    assert not check(record).ok
    assert not check(b"no pdf").ok


def test_a_form_nobody_has_signed_is_not_accepted(check, prepared):
    assert not check(prepared.pdf).ok
    assert hashlib.sha256(prepared.pdf).hexdigest() == prepared.content.digest


# -- who signs, and how


def test_a_witness_signs_for_who_signed_on_paper_and_the_verdict_says_so(
    signed_samples, office, fonts, prepared, check
):
    pdf = signed_samples.sign_form(office, fonts, prepared, by_hand=(1, 3, 4))[-1]
    checked = check(pdf)
    assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
    assert [each["witness_for"] for each in checked.signatures] == ["P-0001", None, "P-0003", "P-0004", None]
    assert checked.signatures[2]["scan_digest"] == "sha256:" + "3c" * 32
    said = next(each for each in checked.checks if each.name == "layer_3").sentence
    assert (
        "由 P-0003 手写签名，孙𬭎（P-0006，内管人员 Supervision officer） 见证并签名：“见证手写签名：市场经理 张伟"
        in said.zh
    )
    assert "witnessed and signed by 孙𬭎 (P-0006" in said.en


def test_the_box_of_a_witness_shows_the_scan_and_a_rare_name(signed_samples, office, fonts, prepared):
    statement, key = signed_samples.layer_of(office, 1, by_hand=(1,))
    pdf = signed_samples.put(office, fonts, prepared, prepared.pdf, statement, key).pdf
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        box = next(field.AP.N for field in opened.Root.AcroForm.Fields if str(field.T) == "layer_1")
        assert "/Resources" in box
    shown = page_texts(pdf)
    assert len(shown) == len(page_texts(prepared.pdf))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("another person", "signed by P-0001, not by P-0002"),
        ("another meaning", "should mean"),
        ("own witness", "cannot be a witness"),
        ("writer of another layer", "signed by P-0001, not by P-0003"),
        ("witness meaning without a scan", "is not how it was made"),
        ("layer meaning with a scan", "is not how it was made"),
        ("deputy of a fixed person", "signed by P-0001, not by P-0001"),
    ],
)
def test_who_may_not_stand_there_does_not_sign(signed_samples, office, fonts, prepared, wrong, words):
    own, key = signed_samples.layer_of(office, 1)
    seen, witness = signed_samples.layer_of(office, 1, by_hand=(1,))
    statement, key = {
        "another person": lambda: (own, office.signers[1][2]),
        "another meaning": lambda: (replace(own, meaning=Bilingual("看过", "Seen")), key),
        "own witness": lambda: (seen, key),
        "writer of another layer": lambda: (
            replace(seen, by_hand=signed_samples.layer_of(office, 3, by_hand=(3,))[0].by_hand),
            witness,
        ),
        "witness meaning without a scan": lambda: (replace(seen, by_hand=None), witness),
        "layer meaning with a scan": lambda: (replace(own, by_hand=seen.by_hand), witness),
        "deputy of a fixed person": lambda: (replace(own, principal=seen.by_hand.writer), key),
    }[wrong]()
    with pytest.raises(SignerNotAllowed, match=words):
        signed_samples.put(office, fonts, prepared, prepared.pdf, statement, key)


def test_nobody_is_witness_and_layer_principal_and_layer_or_their_own_deputy(signed_samples, office, fonts, prepared):
    def put(pdf, number, key=None, principal=None, by_hand=()):
        statement, own = signed_samples.layer_of(office, number, by_hand=by_hand)
        if principal is not None:
            statement = replace(statement, principal=principal)
        return signed_samples.put(office, fonts, prepared, pdf, statement, key or own).pdf

    standing = signed_samples.standing
    one = put(prepared.pdf, 1, by_hand=(1,))
    two = put(one, 2)
    with pytest.raises(SignerNotAllowed, match="P-0006 has signed this document already or was a witness"):
        put(two, 3, key=office.witness)
    with pytest.raises(SignerNotAllowed, match="P-0002 has signed this document already"):
        put(two, 3, principal=standing(2))
    with pytest.raises(SignerNotAllowed, match="P-0003 cannot be the own deputy"):
        put(two, 3, principal=standing(3))
    deputy = put(two, 3, key=office.signers[4][2], principal=standing(3))
    with pytest.raises(SignerNotAllowed, match="P-0003 has signed this document already"):
        put(deputy, 4, key=office.signers[2][2])
    with pytest.raises(SignerNotAllowed, match="P-0003 has signed this document and cannot be a witness"):
        put(deputy, 4, key=office.signers[2][2], by_hand=(4,))


def test_a_deputy_signs_and_the_verdict_names_the_principal(signed_samples, office, fonts, prepared, check):
    pdf = prepared.pdf
    for number in range(1, 6):
        statement, key = signed_samples.layer_of(office, number)
        if number == 4:
            statement = signed_samples.layer_for(4, signed_samples.standing(9))
        pdf = signed_samples.put(office, fonts, prepared, pdf, statement, key).pdf
    checked = check(pdf)
    assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
    assert checked.signatures[3]["on_behalf_of"] == "P-0009"
    assert "代 P-0009" in next(each for each in checked.checks if each.name == "layer_4").sentence.zh


@pytest.mark.parametrize("opinion", ["好 [for P-0001]", "好 [by hand P-1 scan", "[content sha256:"])
def test_no_opinion_pretends_to_be_a_mark_of_the_service(signed_samples, office, fonts, prepared, opinion):
    statement, key = signed_samples.layer_of(office, 1, opinion=opinion)
    with pytest.raises(StatementUnusable):
        signed_samples.put(office, fonts, prepared, prepared.pdf, statement, key)


# -- long and rare words


def test_long_names_rare_characters_and_long_opinions_do_not_break_the_layout(
    form_samples, signed_samples, office, fonts, check
):
    long = "𬭎𫖯王𬭛㛃䶮（示例）" * 20
    change = form_samples.change()
    asked = replace(change.application, reason_text=long * 5, holder_name=long, applicant="W" * 200)
    names = {each.digest: "非常长的文件名" * 30 + ".jpg" for each in change.evidence}
    evidence = form_samples.form_evidence(
        replace(change, application=asked),
        shop_name=long,
        address=long,
        people={f"P-000{n}": long for n in range(1, 7)},
        benefit=form_samples.benefit([form_samples.line("9" * 40, long, 1, 2_000_000, "99999.99", tight=True)] * 40),
        history=[Bilingual(long, long)] * 3,
        file_names=names,
        findings=[{**form_samples.FINDINGS[0], "message": {"zh": long, "en": "word " * 200}}] * 8,
    )
    prepared = prepare_form(evidence, form_samples.FILES, fonts)
    pages = {placed.page for placed in prepared.places.values()}
    assert len(pages) == 1, "all five boxes on one page"
    for placed in prepared.places.values():
        left, bottom, right, top = placed.box
        assert 0 < left < right < 596
        assert 60 < bottom < top < 842
    text = "".join(page_texts(prepared.pdf))
    assert "𬭎𫖯王𬭛㛃䶮" in text
    opinion = ("经核实，面积与照片相符；𬭎王𬭛共同核查！" * 10)[:200]
    pdf = signed_samples.sign_form(office, fonts, prepared, by_hand=(3,), opinion=opinion)[-1]
    checked = check(pdf)
    assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
    assert checked.signatures[4]["said"].endswith(opinion)


# -- files nobody has vouched for


def _with_evidence(prepared, data):
    with pikepdf.open(io.BytesIO(prepared.pdf)) as pdf:
        del pdf.attachments[EVIDENCE_FILE]
        pdf.attachments[EVIDENCE_FILE] = pikepdf.AttachedFileSpec(pdf, data)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def test_evidence_that_unpacks_to_more_than_any_document_has_is_not_unpacked(prepared, check, monkeypatch):
    from app.reports import read_evidence

    monkeypatch.setattr(read_evidence, "MOST_EVIDENCE", 10_000)
    checked = check(_with_evidence(prepared, b" " * 100_000))
    assert checked.checks[0].sentence.en == "The evidence is too large."


@pytest.mark.parametrize(
    ("packed", "data", "words"),
    [
        (pikepdf.Name.ASCIIHexDecode, b"7b7d>", "packed in a way ours is not"),
        (pikepdf.Name.FlateDecode, b"no zlib", "cannot be unpacked"),
    ],
)
def test_evidence_packed_otherwise_is_refused(prepared, check, packed, data, words):
    with pikepdf.open(io.BytesIO(prepared.pdf)) as pdf:
        pdf.attachments[EVIDENCE_FILE].get_file().obj.write(data, filter=packed)
        out = io.BytesIO()
        pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    assert words in check(out.getvalue()).checks[0].sentence.en


@pytest.mark.parametrize("evidence", [b"{", b"[]", b'{"format": "henji-segment-change/1"}', b'{"format":[]}', b"{}"])
def test_evidence_of_another_shape_is_no_document_of_ours(prepared, check, evidence):
    assert not check(_with_evidence(prepared, evidence)).ok


def test_words_longer_than_a_page_run_over_pages_and_stop_nothing(form_samples, fonts):
    finding = {**form_samples.FINDINGS[0], "message": {"zh": "长" * 4000, "en": "word " * 2000}}
    evidence = form_samples.form_evidence(shop_name="店" * 3000, findings=[finding])
    made = prepare_form(evidence, form_samples.FILES, fonts)
    text = "".join(page_texts(made.pdf))
    assert text.count("店") >= 3000
    assert text.count("长") >= 4000
