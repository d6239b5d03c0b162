"""Document D19, 单次评估审计记录: what one evaluation found, from nothing but its evidence."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from app.audit.finding import Outcome
from app.audit.log.tree import leaf_hash
from app.core.canonical import canonical_bytes
from app.core.clock import local, read_instant
from app.core.text import Bilingual
from app.reports import record_words as words
from app.reports.document import (
    Block,
    Column,
    Document,
    FindingBlock,
    Heading,
    Mark,
    Number,
    Paragraph,
    Particulars,
    QrCode,
    SignatureField,
    SignatureRow,
    Table,
    Tone,
    Verbatim,
    VerdictBlock,
)
from app.reports.fact_names import FactNames, fact_names

EVIDENCE_FORMAT = "henji-evidence/1"
EVIDENCE_FILE = "evidence.json"
SEAL_FIELD = "seal_system"
MOST_LINES = 20
"""Lines printed for each finding; the evidence holds them all."""
_SHORT = 12
_SILENT = words.SILENT
_ORDER = tuple(words.OUTCOME_WORDS)


def evidence_hash(evidence: bytes) -> bytes:
    """Return the SHA-256 of the canonical evidence: what the QR code and every footer print."""
    return hashlib.sha256(evidence).digest()


def verify_url(public_url: str, number: str, digest: bytes) -> str:
    """Return the address in the QR code: the record number, and the digest where no server sees it."""
    fragment = base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
    return f"{public_url.rstrip('/')}/verify/{number}#{fragment}"


def compose_evaluation_record(evidence: Mapping[str, Any]) -> Document:
    """Return the document that says what ``evidence`` (henji-evidence/1) holds.

    The same evidence gives the same document: a verifier composes it again and compares.
    """
    evaluation, judgement = evidence["evaluation"], evidence["judgement"]
    digest = evidence_hash(canonical_bytes(evidence))
    names = fact_names(evidence["rulebook"]["files"])
    number = evaluation["id"]
    findings = judgement["findings"]
    speaking = [finding for finding in findings if Outcome(finding["outcome"]) not in _SILENT]
    silent = [finding for finding in findings if Outcome(finding["outcome"]) in _SILENT]
    blocks: list[Block] = [
        _verdict(judgement),
        Particulars(_particulars(evaluation)),
        Heading(Bilingual(f"一、须关注的结果（{len(speaking)}）", f"1. What needs attention ({len(speaking)})")),
    ]
    blocks += [_finding(finding, names) for finding in speaking] or [
        Paragraph(Bilingual("没有。", "Nothing."), Tone.QUIET)
    ]
    blocks.append(Heading(Bilingual(f"二、其余规则（{len(silent)}）", f"2. The other rules ({len(silent)})")))
    blocks.append(_silent_table(silent, names) if silent else Paragraph(Bilingual("没有。", "None."), Tone.QUIET))
    blocks += _proof(evidence, digest)
    digests = (
        f"证据 Evidence {_short('sha256:' + digest.hex())} · 规则集 Rulebook {_short(evaluation['rulebook_digest'])}"
    )
    return Document(
        code="D19",
        title=words.TITLE,
        organisation=Bilingual(evidence["office"]["zh"], evidence["office"]["en"]),
        number=number,
        created_at=read_instant(evaluation["evaluated_at"]),
        blocks=tuple(blocks),
        footer=(f"{number} · {digests}", words.FOOTER),
        banner=words.BANNER if evaluation["simulated_clock"] else None,
    )


def _short(digest: str) -> str:
    return digest[: len("sha256:") + _SHORT] + "…"


def _mark(outcome: str) -> Mark:
    return Mark(Outcome(outcome), words.OUTCOME_WORDS[Outcome(outcome)])


def _verdict(judgement: Mapping[str, Any]) -> VerdictBlock:
    verdict = Outcome(judgement["verdict"])
    counts = tuple((_mark(outcome.value), judgement["counts"][outcome.value]) for outcome in _ORDER)
    return VerdictBlock(_mark(verdict.value), words.VERDICTS[verdict], counts)


def _moment(text: str) -> str:
    """Return an instant in the office's zone, to the millisecond, with its offset."""
    return local(read_instant(text)).isoformat(sep=" ", timespec="milliseconds").replace("+", " +")


def _particulars(evaluation: Mapping[str, Any]) -> tuple[tuple[Bilingual, str | Bilingual], ...]:
    subject, actor = evaluation["subject"], evaluation["actor"]
    kind = words.SUBJECTS.get(subject["kind"], words.name(subject["kind"]))
    rows: list[tuple[Bilingual, str | Bilingual | None]] = [
        (Bilingual("评估对象", "Subject"), kind),
        (Bilingual("对象编号", "Subject number"), f"{subject['id']} · v{subject['version']}"),
        (Bilingual("评估事件", "Event"), words.EVENTS.get(evaluation["event"], words.name(evaluation["event"]))),
        (Bilingual("评估时刻", "Evaluated at"), _moment(evaluation["evaluated_at"])),
        (Bilingual("周期", "Cycle"), evaluation.get("cycle")),
        (Bilingual("环节", "Stage"), words.STAGES.get(evaluation.get("stage") or "")),
        (Bilingual("客户经理", "Account manager"), evaluation.get("account_manager")),
        (Bilingual("片区", "Territory"), evaluation.get("territory_id")),
        (Bilingual("提交方", "Submitted by"), f"{actor['name']} ({actor['kind']} {actor['id']})"),
    ]
    return tuple((label, value) for label, value in rows if value)


def _clauses(finding: Mapping[str, Any]) -> str:
    return "、".join(finding["clauses"])


def _numbers(values: Mapping[str, Any], names: FactNames) -> tuple[Number, ...]:
    return tuple(Number(names.title(name), names.value(name, values[name])) for name in names.ordered(values))


def _finding(finding: Mapping[str, Any], names: FactNames) -> FindingBlock:
    warnings = []
    if finding["lead_only"]:
        warnings.append(words.LEAD_ONLY)
    if finding["shadow"]:
        warnings.append(words.SHADOW)
    return FindingBlock(
        mark=_mark(finding["outcome"]),
        rule=f"{finding['rule']} v{finding['rule_version']}",
        title=Bilingual(**finding["title"]),
        message=Bilingual(**finding["message"]),
        clauses=_clauses(finding),
        measured=_numbers(finding["measured"], names),
        parameters=_numbers(finding["parameters"], names),
        warnings=tuple(warnings),
        lines=_lines(finding, names) if finding["lines"] else None,
    )


_LINE_MEMBERS = frozenset({"outcome", "measured", "message", "missing"})


def _lines(finding: Mapping[str, Any], names: FactNames) -> Table:
    lines: Sequence[Mapping[str, Any]] = finding["lines"][:MOST_LINES]
    places = names.ordered(lines[0].keys() - _LINE_MEMBERS)
    columns = [Column(Bilingual("结果", "Outcome"), 13)]
    columns += [Column(names.title(place), 11 if place == "line" else 18) for place in places]
    columns.append(Column(Bilingual("说明", "What was found"), 70))
    rows = tuple(
        (
            _mark(line["outcome"]),
            *(names.value(place, line.get(place)) for place in places),
            Bilingual(**line["message"]),
        )
        for line in lines
    )
    total = finding["lines_total"]
    note = None
    if total > len(lines):
        note = Bilingual(
            f"列出前 {len(lines)} 行，共 {total} 行；全部见所附证据。",
            f"The first {len(lines)} of {total} lines; all are in the attached evidence.",
        )
    return Table(tuple(columns), rows, note)


def _in_line(values: Mapping[str, Any], names: FactNames, language: str) -> str:
    def said(value: str | Bilingual) -> str:
        return value if isinstance(value, str) else value.in_language(language)

    return "; ".join(
        f"{names.title(name).in_language(language)} = {said(names.value(name, values[name]))}"
        for name in names.ordered(values)
    )


def _silent_table(findings: Sequence[Mapping[str, Any]], names: FactNames) -> Table:
    rows = tuple(
        (
            _mark(finding["outcome"]),
            f"{finding['rule']} v{finding['rule_version']}",
            Bilingual(**finding["title"]),
            _silent_details(finding, names),
            _clauses(finding),
        )
        for finding in findings
    )
    columns = (
        Column(Bilingual("结果", "Outcome"), 16),
        Column(Bilingual("规则", "Rule"), 16),
        Column(Bilingual("名称", "Title"), 36),
        Column(Bilingual("说明、实测与参数", "Message, measures, parameters"), 82),
        Column(Bilingual("条款", "Clauses"), 24),
    )
    return Table(columns, rows)


def _silent_details(finding: Mapping[str, Any], names: FactNames) -> Bilingual:
    texts = []
    for language, measured, parameters, shadow in (
        ("zh", "实测", "参数", "试行"),
        ("en", "measured", "parameters", "on trial"),
    ):
        parts = [finding["message"][language]]
        if finding["measured"]:
            parts.append(f"{measured}: {_in_line(finding['measured'], names, language)}")
        if finding["parameters"]:
            parts.append(f"{parameters}: {_in_line(finding['parameters'], names, language)}")
        if finding["shadow"]:
            parts.append(shadow)
        texts.append(" · ".join(part for part in parts if part))
    return Bilingual(*texts)


def _proof(evidence: Mapping[str, Any], digest: bytes) -> list[Block]:
    evaluation, log = evidence["evaluation"], evidence["log"]
    rows: tuple[tuple[Bilingual, str | Bilingual], ...] = (
        (Bilingual("所提交内容", "Submission"), evaluation["payload_digest"]),
        (Bilingual("事实", "Facts"), evaluation["facts_digest"]),
        (Bilingual("规则集", "Rulebook"), evaluation["rulebook_digest"]),
        (Bilingual("判定结果", "Judgement"), evaluation["judgement_digest"]),
        (Bilingual("证据", "Evidence"), f"sha256:{digest.hex()}"),
        (Bilingual("规则引擎", "Engine"), evidence["judgement"]["engine"]),
        (
            Bilingual("日志位置", "Log position"),
            Bilingual(
                f"{log['origin']} 第 {log['index']} 条（自 0 起，共 {log['size']} 条）",
                f"entry {log['index']} (from 0) of {log['size']}",
            ),
        ),
        (Bilingual("叶哈希", "Leaf hash"), f"sha256:{leaf_hash(canonical_bytes(log['event'])).hex()}"),
        (Bilingual("日志公钥", "Log key"), log["verifier_key"]),
    )
    return [
        Heading(Bilingual("三、证据与日志", "3. Evidence and log")),
        Particulars(rows, columns=1),
        Verbatim(Bilingual("已签署的日志检查点", "Signed checkpoint of the log"), log["checkpoint"]),
        Heading(Bilingual("四、验证与封存", "4. Verification and seal"), together=True),
        QrCode(verify_url(evidence.get("public_url", ""), evaluation["id"], digest), words.VERIFY),
        Paragraph(words.SEAL_STATEMENT, Tone.NOTICE),
        SignatureRow((SignatureField(SEAL_FIELD, words.SEAL_CAPTION), SignatureField(None, words.INK_CAPTION))),
    ]
