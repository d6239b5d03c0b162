"""Document D04, 业态变更备案登记簿: every filing number of a month or a year, used or void, and that none is missing.

Source: domain/documents.md, D04; GB/T 18894-2016, numbers without gaps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from app.core.canonical import canonical_bytes
from app.core.clock import instant, local, read_instant
from app.core.text import Bilingual
from app.office.people import Role
from app.office.segment_change import CLOSING_REASONS, SegmentChange
from app.reports import record_words
from app.reports.change_words import NOT_STATED, STATES, word
from app.reports.document import Block, Cell, Column, Document, Heading, Paragraph, Particulars, QrCode, Table, Tone
from app.reports.evaluation_record import evidence_hash, verify_url
from app.reports.signature_box import moment_with_offset
from app.reports.signature_rows import signature_rows
from app.reports.signed_form import Expected, expected_signatures
from app.reports.signing_words import OFFICER_FIELD, OFFICER_MEANING, ROLE_WORDS

REGISTER_FORMAT = "henji-filing-register/1"
REGISTER_TITLE = Bilingual("业态变更备案登记簿", "Register of filed segment changes")
_SHORT = 12
_FOOTER = Bilingual("内管人员核对签名后归档", "Checked and signed by a supervision officer, then archived")
_SIGNING = Bilingual(
    "签名人核对了每一个备案号：所列事项与系统登记一致，作废号均有理由，编号情况如上所述。本登记簿所列为编制时刻的情况。",
    "Who signs has checked every number: what is listed is what is on record, every void number has its reason, and "
    "what is said above of gaps is so. The register speaks of the moment it was made.",
)
_VERIFY = (
    Bilingual(
        "离线验证：henji verify 本文件.pdf --trust 信任根.pem --trust-time 时间戳根.pem。",
        "Verify offline: henji verify FILE.pdf --trust ROOT.pem --trust-time TSA-ROOT.pem.",
    ),
    Bilingual(
        "表中 SHA-256 为各业态变更审批表（D03）文件的摘要，可与文件核对。",
        "The SHA-256 in the table is that of the file of each approval form (D03): compare it with the file.",
    ),
)


@dataclass(frozen=True, slots=True)
class FilingEntry:
    """One number of the register of filings, as it was given."""

    serial: int
    """1, 2, 3 ... in the year."""
    number: str
    given_at: datetime
    given_by: str | None
    """person_id; None when the service gave it."""
    change: SegmentChange | None = None
    """What was filed under it; None for a number that was given and never used."""
    voided_at: datetime | None = None
    voided_by: str | None = None
    void_reason: str | None = None


def filing_register_evidence(
    entries: Sequence[FilingEntry],
    *,
    year: int,
    month: int | None,
    number: str,
    office: Bilingual,
    officer: str | None,
    people: Mapping[str, str],
    formats: Mapping[str, Bilingual],
    public_url: str,
    created_at: datetime,
    simulated_clock: bool,
) -> dict[str, Any]:
    """Return the evidence (henji-filing-register/1) of the register of a month, or of a year when ``month`` is None.

    Args:
        entries: every number of the year so far, void ones included: a gap shows only when all are there.
        year: of the numbers.
        month: 1 to 12 in the office's zone.
        number: of the document.
        office: whose register it is.
        officer: person_id of the supervision officer who will sign; None when anybody with the role may.
        people: names by person_id.
        formats: names of the formats by code.
        public_url: the address in the QR code.
        created_at: aware; the moment the register speaks of.
        simulated_clock: whether that moment is not real.
    """
    whole = sorted(entries, key=lambda each: each.serial)
    listed = [each for each in whole if month is None or local(each.given_at).month == month]
    given = {each.serial for each in whole}
    late = [after.number for before, after in pairwise(whole) if after.given_at < before.given_at]
    return {
        "format": REGISTER_FORMAT,
        "document": "D04",
        "office": office.as_json(),
        "number": number,
        "created_at": instant(created_at),
        "simulated_clock": simulated_clock,
        "public_url": public_url,
        "period": {"year": year, "month": month},
        "last_serial": max(given, default=0),
        "missing": [serial for serial in range(1, max(given, default=0) + 1) if serial not in given],
        "out_of_order": late,
        "entries": [_entry(each, people, formats) for each in listed],
        "signatures": [
            {
                "field": OFFICER_FIELD,
                "role": ROLE_WORDS[Role.SUPERVISION_OFFICER].as_json(),
                "person": officer,
                "meaning": OFFICER_MEANING.as_json(),
                "by_hand": False,
            }
        ],
    }


def register_signatures(evidence: Mapping[str, Any]) -> tuple[Expected, ...]:
    """Return the one signature of D04.

    Raises:
        ValueError: the evidence speaks of others.
    """
    return expected_signatures(evidence, (OFFICER_FIELD,))


def _entry(entry: FilingEntry, people: Mapping[str, str], formats: Mapping[str, Bilingual]) -> dict[str, Any]:
    void = None
    if entry.voided_at is not None:
        void = {
            "at": instant(entry.voided_at),
            "by": _person(entry.voided_by, people),
            "reason": entry.void_reason,
        }
    return {
        "serial": entry.serial,
        "number": entry.number,
        "given_at": instant(entry.given_at),
        "given_by": _person(entry.given_by, people),
        "void": void,
        "change": None if entry.change is None else _change(entry.change, people, formats),
    }


def _person(person_id: str | None, people: Mapping[str, str]) -> str | None:
    if person_id is None:
        return None
    name = people.get(person_id)
    return f"{name}　{person_id}" if name else person_id


def _change(change: SegmentChange, people: Mapping[str, str], formats: Mapping[str, Bilingual]) -> dict[str, Any]:
    asked, closing = change.application, change.closing
    ended = None
    if closing is not None:
        reason = CLOSING_REASONS.get(closing.reason_code, Bilingual(closing.reason_code, closing.reason_code))
        ended = {
            "at": instant(closing.at),
            "by": _person(closing.by, people),
            "reason": reason.as_json(),
            "text": closing.text,
            "ends_on": closing.ends_on.isoformat() if closing.ends_on else None,
        }
    return {
        "change_no": change.change_no,
        "licence_no": asked.licence_no,
        "shop_name": asked.shop_name,
        "from": _format(asked.current_segment, formats),
        "to": _format(asked.proposed_segment, formats),
        "effective_on": change.effective_on.isoformat() if change.effective_on else None,
        "state": change.state.value,
        "form_digest": change.form.current_digest.removeprefix("sha256:") if change.form else None,
        "revoked": ended,
    }


def _format(code: str | None, formats: Mapping[str, Bilingual]) -> dict[str, str] | None:
    return None if code is None else formats.get(code, Bilingual(code, code)).as_json()


def compose_filing_register(evidence: Mapping[str, Any]) -> Document:
    """Return the register that ``evidence`` (henji-filing-register/1) holds; the same for the same evidence."""
    number = evidence["number"]
    digest = evidence_hash(canonical_bytes(evidence))
    blocks: list[Block] = [
        Particulars(_particulars(evidence)),
        Heading(Bilingual("一、备案登记", "1. Filings")),
        _table(evidence["entries"]),
        Heading(Bilingual("二、编号连续性", "2. Numbers without a gap"), together=True),
        Paragraph(_continuity(evidence), Tone.NOTICE),
        Heading(Bilingual("三、签署", "3. Signature"), together=True),
        Paragraph(_SIGNING),
        *signature_rows(evidence["signatures"]),
        Heading(Bilingual("四、验证", "4. Verification"), together=True),
        QrCode(verify_url(evidence["public_url"], number, digest), _VERIFY),
    ]
    return Document(
        code="D04",
        title=REGISTER_TITLE,
        organisation=Bilingual(**evidence["office"]),
        number=number,
        created_at=read_instant(evidence["created_at"]),
        blocks=tuple(blocks),
        footer=(f"{number} · 证据 Evidence sha256:{digest.hex()[:_SHORT]}…", _FOOTER),
        banner=record_words.BANNER if evidence["simulated_clock"] else None,
    )


def _particulars(evidence: Mapping[str, Any]) -> tuple[tuple[Bilingual, str | Bilingual], ...]:
    entries: Sequence[Mapping[str, Any]] = evidence["entries"]
    void = sum(1 for each in entries if each["void"])
    revoked = sum(1 for each in entries if each["change"] and each["change"]["revoked"])
    return (
        (Bilingual("登记期间", "Period"), _period(evidence["period"])),
        (Bilingual("编制时刻", "Made at"), _moment(evidence["created_at"])),
        (Bilingual("登记号数", "Numbers"), str(len(entries))),
        (Bilingual("作废", "Void"), str(void)),
        (Bilingual("有效备案", "Filings that count"), str(len(entries) - void - revoked)),
        (Bilingual("已撤销", "Revoked"), str(revoked)),
    )


def _moment(text: str) -> str:
    return moment_with_offset(read_instant(text))


def _period(period: Mapping[str, Any]) -> Bilingual:
    year, month = period["year"], period["month"]
    if month is None:
        return Bilingual(f"{year} 年", f"{year}")
    return Bilingual(f"{year} 年 {month} 月", f"{year}-{month:02}")


def _table(entries: Sequence[Mapping[str, Any]]) -> Block:
    if not entries:
        return Paragraph(Bilingual("本期没有备案。", "Nothing was filed in this period."))
    columns = (
        Column(Bilingual("备案号、时间", "Number, when"), 38),
        Column(Bilingual("变更、客户", "Change, customer"), 40),
        Column(Bilingual("业态", "Format"), 25),
        Column(Bilingual("生效日", "Effect"), 19),
        Column(Bilingual("审批表 SHA-256", "SHA-256 of the D03"), 30),
        Column(Bilingual("状态", "State"), 42),
    )
    return Table(columns, tuple(map(_row, entries)))


def _row(entry: Mapping[str, Any]) -> tuple[Cell, ...]:
    given = Bilingual(entry["number"], f"{_moment(entry['given_at'])} {entry['given_by'] or ''}")
    change = entry["change"]
    if change is None:
        return (given, "–", "–", "–", "–", _state(entry))
    old, new = (Bilingual(**change[which]) if change[which] else NOT_STATED for which in ("from", "to"))
    customer = f"{change['licence_no']} {change['shop_name'] or ''}"
    return (
        given,
        Bilingual(change["change_no"], customer.strip()),
        Bilingual(f"{old.zh} → {new.zh}", f"{old.en} → {new.en}"),
        change["effective_on"] or "–",
        change["form_digest"] or "–",
        _state(entry),
    )


def _state(entry: Mapping[str, Any]) -> Bilingual:
    void, change = entry["void"], entry["change"]
    if void:
        day, by = local(read_instant(void["at"])).date(), void["by"] or "–"
        reason = void["reason"] or NOT_STATED.zh
        return Bilingual(f"作废：{reason}（{by}，{day}）", f"void: {reason} ({by}, {day})")
    if change is None:
        return Bilingual("未使用，未作废", "not used and not void")
    if change["revoked"] is None:
        return word(STATES, change["state"])
    ended = change["revoked"]
    text = f"：{ended['text']}" if ended["text"] else ""
    end = ended["ends_on"]
    return Bilingual(
        f"已撤销（{local(read_instant(ended['at'])).date()}，{ended['by']}）：{ended['reason']['zh']}{text}"
        f"{f'；自 {end} 起恢复原业态' if end else ''}",
        f"revoked: {ended['reason']['en']}{f'; the old format counts again from {end}' if end else ''}",
    )


def _continuity(evidence: Mapping[str, Any]) -> Bilingual:
    year, last, missing = evidence["period"]["year"], evidence["last_serial"], evidence["missing"]
    if last == 0:
        return Bilingual(f"{year} 年至今没有给出备案号。", f"No number has been given in {year} so far.")
    if missing:
        listed = "、".join(f"{serial:03}" for serial in missing)
        said = Bilingual(
            f"登记簿有缺号：{year} 年已给出 001 至 {last:03}，其中缺 {listed}。缺号须查明原因。",
            f"The register has gaps: of 001 to {last:03} given in {year}, {listed} are missing. Find out why.",
        )
    else:
        said = Bilingual(
            f"{year} 年截至编制时刻共给出备案号 {last} 个，自 001 至 {last:03} 连续，没有缺号。",
            f"Until it was made, {last} numbers were given in {year}: 001 to {last:03}, and none is missing.",
        )
    late = evidence["out_of_order"]
    if late:
        listed = "、".join(late)
        return Bilingual(
            f"{said.zh}时间早于前一号的有：{listed}。", f"{said.en} Given earlier than the number before: {listed}."
        )
    return said
