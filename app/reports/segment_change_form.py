"""Document D03, 业态变更审批表: what is asked for, what was found on site, and what the change is worth.

The pages are fixed before the first person signs. Whoever signs later says what they think in their own signature box,
which is signed with it; no page changes under a signature. Source: domain/documents.md, D03; YQ-2.6.1.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.audit.finding import SEVERITY_ORDER, Outcome
from app.core.canonical import canonical_bytes
from app.core.clock import read_instant
from app.core.text import Bilingual
from app.reports import record_words
from app.reports.benefit_section import benefit_section
from app.reports.change_words import IT_LEVELS, MATERIALS, NO, NOT_STATED, SALES_MODES, UNTOLD, YES, word
from app.reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Mark,
    Paragraph,
    Particulars,
    QrCode,
    Table,
    Tone,
)
from app.reports.evaluation_record import evidence_hash, verify_url
from app.reports.signature_box import moment_with_offset
from app.reports.signature_rows import signature_rows

FORM_TITLE = Bilingual("业态变更审批表", "Approval of a segment change")
_SHORT = 12
_FOOTER = Bilingual("五人依次电子签名后归档", "Signed by five people in turn, then archived")
_SIGNING = Bilingual(
    "以下五人依次签名，每一层由不同的人签署，签名框内为本人意见。内容或前面的签名有任何改动，即不能继续签名。"
    "在纸上手写签名的，由未参与办理的内管人员见证，扫描件留存并写入签名。本表须经备案，自备案确定的月份一日起执行，不得追溯。",
    "These five sign in turn, each layer a different person, with their own opinion in the box. Once the content or a "
    "signature before is changed, nobody can go on signing. Whoever signs on paper does so before a supervision "
    "officer who has no part in it; the scan is kept and named in the signature. In force from the first of the month "
    "that filing fixes, never before.",
)
_VERIFY = (
    Bilingual(
        "离线验证：henji verify 本文件.pdf --trust 信任根.pem --trust-time 时间戳根.pem。",
        "Verify offline: henji verify FILE.pdf --trust ROOT.pem --trust-time TSA-ROOT.pem.",
    ),
    Bilingual(
        "证据 evidence.json 和标有“附于本文件”的材料在本文件内（PDF 附件）；照片由系统保存，按 SHA-256 查对。",
        "The evidence.json and what is marked as enclosed are attached to this PDF; photographs are kept by the "
        "service and found by their SHA-256.",
    ),
)


def compose_segment_change_form(evidence: Mapping[str, Any]) -> Document:
    """Return the form that says what ``evidence`` (henji-segment-change/1) holds; the same for the same evidence."""
    number, revision = evidence["number"], evidence["revision"]
    digest = evidence_hash(canonical_bytes(evidence))
    blocks: list[Block] = [
        Particulars(_particulars(evidence)),
        Heading(Bilingual("一、变更理由", "1. Reason")),
        *_reason(evidence["change"]),
        Heading(Bilingual("二、实地核查", "2. Checks on site")),
        _checks(evidence),
        Heading(Bilingual("三、变更带来的投放变化", "3. What the change is worth")),
        *benefit_section(evidence["benefit"], favourable=evidence["change"]["favourable"]),
        Heading(Bilingual("四、申请记录与规则审查", "4. Earlier requests, and what the rules found")),
        *[Paragraph(Bilingual(**each)) for each in evidence["history"]],
        *_findings(evidence["findings"]),
        Heading(Bilingual("五、材料清单", "5. Evidence")),
        _materials(evidence["evidence"]),
        Heading(Bilingual("六、验证", "6. Verification"), together=True),
        QrCode(verify_url(evidence["public_url"], number, digest), _VERIFY),
        Heading(Bilingual("七、签署", "7. Signatures"), together=True),
        Paragraph(_SIGNING, Tone.NOTICE),
        *signature_rows(evidence["signatures"]),
    ]
    return Document(
        code="D03",
        title=FORM_TITLE,
        organisation=Bilingual(**evidence["office"]),
        number=number,
        created_at=read_instant(evidence["created_at"]),
        blocks=tuple(blocks),
        footer=(f"{number} 第 {revision} 版 rev. {revision} · 证据 Evidence sha256:{digest.hex()[:_SHORT]}…", _FOOTER),
        banner=record_words.BANNER if evidence["simulated_clock"] else None,
    )


def _same(text: str) -> Bilingual:
    return Bilingual(text, text)


def _both(value: Mapping[str, str] | None) -> Bilingual:
    return Bilingual(**value) if value else NOT_STATED


def _named(person: Mapping[str, str]) -> str:
    name, number = person["name"], person["id"]
    return name if name == number else f"{name}　{number}"


def _particulars(evidence: Mapping[str, Any]) -> tuple[tuple[Bilingual, str | Bilingual], ...]:
    customer, change, application = evidence["customer"], evidence["change"], evidence["application"]
    day = change["planned_effect"]
    rows: list[tuple[Bilingual, str | Bilingual | None]] = [
        (Bilingual("许可证号", "Licence"), customer["licence_no"]),
        (Bilingual("商户名称", "Shop"), customer["name"]),
        (Bilingual("负责人", "Holder"), customer["holder"] or NOT_STATED),
        (Bilingual("经营地址", "Address"), customer["address"] or NOT_STATED),
        (Bilingual("片区", "Territory"), _both(customer["territory"])),
        (Bilingual("录入人", "Entered by"), _named(application["entered_by"])),
        (Bilingual("现业态", "Current format"), _both(change["from"])),
        (Bilingual("拟变更业态", "Proposed format"), _both(change["to"])),
        (Bilingual("申请日期", "Applied on"), change["applied_on"]),
        (
            Bilingual("拟生效日期", "Planned effect"),
            Bilingual(f"拟 {day}，以备案为准", f"planned {day}; filing fixes the day"),
        ),
        (Bilingual("申请人", "Applicant"), application["applicant"] or NOT_STATED),
        (Bilingual("客户签字", "Signed by customer"), _signed_by_customer(evidence["evidence"])),
        (Bilingual("要求生效", "Effect asked for"), change["requested_effect"]),
        (Bilingual("普查", "Census campaign"), change["census_campaign"]),
        (Bilingual("表格版次", "Revision"), f"{evidence['revision']}"),
        (Bilingual("提交次数", "Times entered"), f"{application['submission']}"),
    ]
    return tuple((label, value) for label, value in rows if value)


def _signed_by_customer(materials: Sequence[Mapping[str, Any]]) -> Bilingual:
    places = [str(place) for place, each in enumerate(materials, 1) if each["kind"] == "application"]
    if not places:
        return Bilingual("没有申请扫描件", "there is no scan of the application")
    listed = "、".join(places)
    return Bilingual(f"纸质签字，扫描件见材料 {listed}", f"by hand; scan: evidence {listed}")


def _reason(change: Mapping[str, Any]) -> list[Block]:
    code, text = change["reason"], change["reason_text"]
    # The code alone, or the words of the account manager under it.
    return [Paragraph(_both(code)), Paragraph(_same(text))] if text else [Paragraph(_both(code))]


def _checks(evidence: Mapping[str, Any]) -> Block:
    checks = evidence["checks"]
    if not checks:
        return Paragraph(Bilingual("没有实地核查。", "There was no check on site."), Tone.NOTICE)
    places = {each["sha256"]: place for place, each in enumerate(evidence["evidence"], 1)}
    facts: tuple[tuple[Bilingual, list[Cell]], ...] = (
        (Bilingual("核查人", "Checked by"), [_named(each["person"]) for each in checks]),
        (Bilingual("到店时间", "In the shop at"), [_moment(each["checked_at"]) for each in checks]),
        (Bilingual("提交时间", "Handed in at"), [_moment(each["signed_at"]) for each in checks]),
        (Bilingual("距许可证地址", "From the licensed address"), [_distance(each) for each in checks]),
        (Bilingual("营业面积", "Area"), [_measured(each["area_m2"], "平方米", "m²") for each in checks]),
        (Bilingual("每日营业", "Open a day"), [_measured(each["hours_per_day"], "小时", "hours") for each in checks]),
        (Bilingual("售货方式", "Way of selling"), [word(SALES_MODES, each["sales_mode"]) for each in checks]),
        (Bilingual("信息化程度", "IT level"), [word(IT_LEVELS, each["it_level"]) for each in checks]),
        (Bilingual("联合核查", "Joint check"), [YES if each["joint"] else NO for each in checks]),
        (Bilingual("照片", "Photos"), [_photos(each["photos"], places) for each in checks]),
    )
    columns = (
        Column(Bilingual("事项", "What"), 36),
        *(Column(Bilingual(**each["role"]), 74) for each in checks),
    )
    return Table(columns, tuple((label, *cells) for label, cells in facts))


def _moment(text: str) -> str:
    return moment_with_offset(read_instant(text))


def _measured(value: str | None, zh: str, en: str) -> Bilingual:
    return NOT_STATED if value is None else Bilingual(f"{value} {zh}", f"{value} {en}")


def _distance(check: Mapping[str, Any]) -> Bilingual:
    metres = check["metres_from_licence"]
    if metres is not None:
        return Bilingual(f"{metres:,} 米", f"{metres:,} m")
    if not check["position_taken"]:
        return Bilingual(f"{UNTOLD.zh}：核查时没有定位", f"{UNTOLD.en}: no position was taken")
    return Bilingual(f"{UNTOLD.zh}：许可证没有坐标", f"{UNTOLD.en}: the licence has no position")


def _photos(digests: Sequence[str], places: Mapping[str, int]) -> Bilingual:
    if not digests:
        return Bilingual("没有照片", "none")
    listed = [str(places[each]) for each in digests]
    return Bilingual(f"{len(digests)} 张：材料 {'、'.join(listed)}", f"{len(digests)}: evidence {', '.join(listed)}")


def _findings(findings: Sequence[Mapping[str, Any]]) -> list[Block]:
    silent = [each for each in findings if Outcome(each["outcome"]) in record_words.SILENT]
    speaking = [each for each in findings if Outcome(each["outcome"]) not in record_words.SILENT]
    count = len(silent)
    quiet = Paragraph(
        Bilingual(f"另有 {count} 条规则通过或不适用。", f"{count} more rules passed or did not apply."), Tone.QUIET
    )
    others: list[Block] = [quiet] if silent else []
    if not speaking:
        return [Paragraph(Bilingual("所问规则没有提出问题。", "No rule that was asked has raised anything.")), *others]
    columns = (
        Column(Bilingual("结果", "Outcome"), 24),
        Column(Bilingual("规则", "Rule"), 24),
        Column(Bilingual("说明", "What was found"), 106),
        Column(Bilingual("条款", "Clauses"), 30),
    )
    ordered = sorted(speaking, key=lambda each: (SEVERITY_ORDER.index(Outcome(each["outcome"])), each["rule"]))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Mark(Outcome(each["outcome"]), record_words.OUTCOME_WORDS[Outcome(each["outcome"])]),
            each["rule"],
            Bilingual(**each["message"]),
            each["clauses"],
        )
        for each in ordered
    )
    return [Table(columns, rows), *others]


def _materials(materials: Sequence[Mapping[str, Any]]) -> Block:
    if not materials:
        return Paragraph(Bilingual("没有材料。", "There is no evidence."), Tone.NOTICE)
    columns = (
        Column(Bilingual("号", "No."), 8),
        Column(Bilingual("材料", "What"), 38),
        Column(Bilingual("文件名、上传人", "File, uploaded by"), 33),
        Column(Bilingual("SHA-256", "SHA-256"), 105),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(place),
            _material(each),
            Bilingual(each["file"] or NOT_STATED.zh, _named(each["added_by"])),
            each["sha256"],
        )
        for place, each in enumerate(materials, 1)
    )
    return Table(columns, rows)


def _material(each: Mapping[str, Any]) -> Bilingual:
    kind = word(MATERIALS, each["kind"])
    if not each.get("mime_type"):
        return kind
    return Bilingual(f"{kind.zh}（附于本文件）", f"{kind.en}, enclosed as {each['name']}")
