"""Document D03, 业态变更审批表: what is asked for, what was found on site, and what the change is worth.

The pages are fixed before the first person signs. Whoever signs later says what they think in their own signature box,
which is signed with it; no page changes under a signature. Source: domain/documents.md, D03; YQ-2.6.1.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.audit.finding import Outcome
from app.core.canonical import canonical_bytes
from app.core.clock import read_instant
from app.core.text import Bilingual
from app.reports import record_words
from app.reports.document import (
    Align,
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Mark,
    Paragraph,
    Particulars,
    QrCode,
    SignatureField,
    SignatureRow,
    Table,
    Tone,
)
from app.reports.evaluation_record import evidence_hash, verify_url
from app.reports.signature_box import moment_with_offset
from app.reports.signed_form import Expected

FORM_FORMAT = "henji-segment-change/1"
TITLE = Bilingual("业态变更审批表", "Approval of a segment change")
_NONE = Bilingual("无", "none")
_SHORT = 12
_FOOTER = Bilingual("五人依次电子签名后归档", "Signed by five people in turn, then archived")
_SIGNING = Bilingual(
    "以下五人依次签名，每一层由不同的人签署。签名框内为本人的意见；内容或前面的签名有任何改动，即不能继续签名。"
    "本表须经备案并在生效月一日起执行，不得追溯。",
    "These five sign in turn, each layer a different person, with their own opinion in the box. Once the content or a "
    "signature before is changed, nobody can go on signing. In force from the first of the month, never before filing.",
)
_BENEFIT = Bilingual(
    "按目标月份已备案的投放标准计算：每月可获条数的变化与按批零差价计的金额。紧俏规格列前。",
    "By the allocation standards filed for the target month: cartons a month, and CNY of margin. Scarce goods first.",
)
_VERIFY = (
    Bilingual(
        "离线验证：henji verify 本文件.pdf --trust 信任根.pem --trust-time 时间戳根.pem。",
        "Verify offline: henji verify FILE.pdf --trust ROOT.pem --trust-time TSA-ROOT.pem.",
    ),
    Bilingual(
        "客户签字的申请扫描件与本表证据 evidence.json 附于本文件内（PDF 附件）。",
        "The scan of the application signed by the customer and the evidence.json are attached to this PDF.",
    ),
)


def expected_signatures(evidence: Mapping[str, Any]) -> tuple[Expected, ...]:
    """Return the signatures a form with ``evidence`` must bear, in order."""
    return tuple(
        Expected(each["field"], Bilingual(**each["role"]), each.get("person")) for each in evidence["signatures"]
    )


def compose_segment_change_form(evidence: Mapping[str, Any]) -> Document:
    """Return the form that says what ``evidence`` (henji-segment-change/1) holds; the same for the same evidence."""
    change, number = evidence["change"], evidence["number"]
    digest = evidence_hash(canonical_bytes(evidence))
    blocks: list[Block] = [
        Particulars(_particulars(evidence)),
        Heading(Bilingual("一、变更理由与生效", "1. Reason and effect")),
        Paragraph(_same(change["reason"])),
        Heading(Bilingual("二、实地核查", "2. Checks on site")),
        _checks(evidence["checks"]),
        Heading(Bilingual("三、变更带来的投放变化", "3. What the change is worth")),
        Paragraph(_BENEFIT, Tone.QUIET),
        _benefit(evidence["benefit"]),
        *_warnings(evidence),
        Heading(Bilingual("四、规则审查", "4. What the rules found")),
        *_findings(evidence["evaluations"]),
        Heading(Bilingual("五、材料清单", "5. Evidence")),
        _materials(evidence["evidence"]),
        *_opinions(evidence.get("opinions", ())),
        Heading(Bilingual("六、验证", "6. Verification")),
        QrCode(verify_url(evidence["public_url"], number, digest), _VERIFY),
        Heading(Bilingual("七、签署", "7. Signatures"), together=True),
        Paragraph(_SIGNING, Tone.NOTICE),
        *(
            SignatureRow((SignatureField(each.field, Bilingual(f"{place}  {each.caption.zh}", each.caption.en)),))
            for place, each in enumerate(expected_signatures(evidence), 1)
        ),
    ]
    return Document(
        code="D03",
        title=TITLE,
        organisation=Bilingual(**evidence["office"]),
        number=number,
        created_at=read_instant(evidence["created_at"]),
        blocks=tuple(blocks),
        footer=(f"{number} · 证据 Evidence sha256:{digest.hex()[:_SHORT]}…", _FOOTER),
        banner=record_words.BANNER if evidence["simulated_clock"] else None,
    )


def _same(text: str) -> Bilingual:
    return Bilingual(text, text)


def _both(value: Mapping[str, str] | None) -> Bilingual:
    return Bilingual(**value) if value else _NONE


def _particulars(evidence: Mapping[str, Any]) -> tuple[tuple[Bilingual, str | Bilingual], ...]:
    customer, change, application = evidence["customer"], evidence["change"], evidence["application"]
    return (
        (Bilingual("许可证号", "Licence"), customer["licence_no"]),
        (Bilingual("商户名称", "Shop"), customer["name"]),
        (Bilingual("经营地址", "Address"), customer["address"]),
        (Bilingual("片区", "Territory"), customer["territory"]),
        (Bilingual("现业态", "Current format"), _both(change["from"])),
        (Bilingual("拟变更业态", "Proposed format"), _both(change["to"])),
        (Bilingual("申请日期", "Applied on"), change["applied_on"]),
        (Bilingual("拟生效日期", "Effect on"), date.fromisoformat(change["effect_on"]).isoformat()),
        (Bilingual("申请人签字", "Signed by customer"), _both(application["signed"])),
        (Bilingual("见证人", "Witness"), application.get("witness") or _NONE),
    )


def _checks(checks: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        Column(Bilingual("核查人", "Checked by"), 34),
        Column(Bilingual("核查时间", "When"), 36),
        Column(Bilingual("结论", "Result"), 26),
        Column(Bilingual("现场情况", "What was found"), 74),
        Column(Bilingual("照片", "Photos"), 14, Align.RIGHT),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Bilingual(f"{each['role']['zh']}　{each['person']}", each["role"]["en"]),
            moment_with_offset(read_instant(each["at"])),
            _both(each["result"]),
            each["findings"],
            str(each["photos"]),
        )
        for each in checks
    )
    return Table(columns, rows)


def _signed(value: Decimal | int) -> str:
    return f"{value:+,}" if value else "0"


def _benefit(benefit: Mapping[str, Any]) -> Table:
    columns = (
        Column(Bilingual("规格", "Product"), 62),
        Column(Bilingual("紧俏", "Scarce"), 18),
        Column(Bilingual("现可获", "Old, cartons"), 24, Align.RIGHT),
        Column(Bilingual("变更后", "New, cartons"), 24, Align.RIGHT),
        Column(Bilingual("增减 条/月", "Δ cartons a month"), 30, Align.RIGHT),
        Column(Bilingual("增减 元/月", "Δ CNY a month"), 30, Align.RIGHT),
    )
    ordered = sorted(benefit["rows"], key=lambda row: (not row["scarce"], -Decimal(row["delta_cny"]), row["sku"]))
    rows: list[tuple[Cell, ...]] = [
        (
            Bilingual(row["name"], row["sku"]),
            Bilingual("紧俏", "scarce") if row["scarce"] else "–",
            f"{row['old_cartons']:,}",
            f"{row['new_cartons']:,}",
            _signed(row["new_cartons"] - row["old_cartons"]),
            _signed(Decimal(row["delta_cny"])),
        )
        for row in ordered
    ]
    cartons = sum(row["new_cartons"] - row["old_cartons"] for row in ordered)
    money = sum((Decimal(row["delta_cny"]) for row in ordered), Decimal(0))
    old, new = (sum(row[which] for row in ordered) for which in ("old_cartons", "new_cartons"))
    rows.append((Bilingual("合计", "Total"), "", f"{old:,}", f"{new:,}", _signed(cartons), _signed(money)))
    standard = benefit["standard"]
    note = Bilingual(
        f"依据：{standard} · 目标月份 {benefit['month']}", f"by standard {standard}, target month {benefit['month']}"
    )
    return Table(columns, tuple(rows), note)


def _warnings(evidence: Mapping[str, Any]) -> list[Block]:
    return [Paragraph(Bilingual(**each), Tone.NOTICE) for each in evidence.get("history", ())]


def _findings(evaluations: Sequence[Mapping[str, Any]]) -> list[Block]:
    if not evaluations:
        return [Paragraph(Bilingual("没有提出问题。", "Nothing was raised."), Tone.QUIET)]
    columns = (
        Column(Bilingual("结果", "Outcome"), 24),
        Column(Bilingual("规则", "Rule"), 24),
        Column(Bilingual("说明", "What was found"), 106),
        Column(Bilingual("条款", "Clauses"), 30),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Mark(Outcome(each["outcome"]), record_words.OUTCOME_WORDS[Outcome(each["outcome"])]),
            each["rule"],
            Bilingual(**each["message"]),
            each["clauses"],
        )
        for each in evaluations
    )
    return [Table(columns, rows)]


def _materials(materials: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        Column(Bilingual("号", "No."), 8),
        Column(Bilingual("材料", "What"), 34),
        Column(Bilingual("文件名", "File"), 34),
        Column(Bilingual("SHA-256", "SHA-256"), 108),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(place), Bilingual(**each["kind"]), each["name"], each["sha256"]) for place, each in enumerate(materials, 1)
    )
    return Table(columns, rows)


def _opinions(opinions: Sequence[Mapping[str, Any]]) -> list[Block]:
    if not opinions:
        return []
    columns = (
        Column(Bilingual("岗位与姓名", "Who"), 44),
        Column(Bilingual("决定", "Decision"), 34),
        Column(Bilingual("意见", "Opinion"), 106),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Bilingual(f"{each['role']['zh']}　{each['person']}", each["role"]["en"]),
            _both(each["decision"]),
            each["text"],
        )
        for each in opinions
    )
    return [Heading(Bilingual("已有意见", "Opinions so far")), Table(columns, rows)]
