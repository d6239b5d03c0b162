"""Check a sealed record with nothing but the file and the trust roots. Anything less than perfect is not ok.

The order is from the bytes inwards: what a later check reads, an earlier one has vouched for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.reports.check_evidence import check_evidence
from app.reports.check_pages import check_pages
from app.reports.check_seal import check_signature, read_roots
from app.reports.outcome import Check, failed, passed
from app.reports.read_evidence import EvidenceBroken, read_evidence
from app.reports.sealed_bytes import SealBroken, read_seal_bytes


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """What was checked of one record, and how it came out."""

    checks: tuple[Check, ...]
    """In the order they were made; a failure ends the list when the later ones would rest on it."""
    number: str | None = None
    """Of the record, once its evidence could be read."""
    verdict: str | None = None
    """Of an evaluation; a document people sign has none."""
    signatures: tuple[Mapping[str, Any], ...] | None = None
    """Of a document people sign: who signed what as what and when, as far as it holds. None for a sealed record."""
    archived: bool = False
    """Whether a document people sign carries all it needs for later years."""

    @property
    def ok(self) -> bool:
        """Whether every check was made and none failed."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return what ``henji verify --json`` prints of a file."""
        body: dict[str, Any] = {
            "ok": self.ok,
            "record": self.number,
            "verdict": self.verdict,
            "checks": [check.as_json() for check in self.checks],
        }
        if self.signatures is not None:
            body |= {"signatures": [dict(each) for each in self.signatures], "archived": self.archived}
        return body


def check_record(
    data: bytes, roots: Sequence[str], *, log_key: str | None = None, at: datetime | None = None
) -> RecordCheck:
    """Return what can be said of the record in ``data``, from the file and ``roots`` alone.

    Args:
        data: the bytes of a file that claims to be a record.
        roots: PEM certificates the reader trusts; the file's own are never trusted.
        log_key: the verifier key of the log when the reader has it; else the seal vouches for the one inside.
        at: the moment at which the certificates must be valid (aware); the present one when None.

    Raises:
        TrustRootUnreadable: one of ``roots`` is not a certificate, or there is none.
    """
    trusted = read_roots(roots)
    try:
        seal = read_seal_bytes(data)
    except SealBroken as error:
        return RecordCheck((failed("bytes", error.sentence),))
    checks = [
        passed(
            "bytes",
            "文件的每一个字节都由系统印章覆盖或唯一确定，封存后没有任何改动。",
            "Every byte of the file is covered or determined by the system seal; nothing was changed since sealing.",
        ),
        *check_signature(data, seal, trusted, at),
    ]
    if not all(check.passed for check in checks):
        return RecordCheck(tuple(checks))
    try:
        evidence = read_evidence(data)
    except EvidenceBroken as error:
        return RecordCheck((*checks, failed("attachment", error.sentence)))
    checks.append(
        passed(
            "attachment",
            "证据 evidence.json 是唯一的附件，格式规范。",
            "The evidence.json is the only attachment and is in canonical form.",
        )
    )
    checks += check_evidence(evidence, log_key)
    checks.append(check_pages(data, evidence))
    evaluation = evidence.get("evaluation")
    known: Mapping[str, Any] = evaluation if isinstance(evaluation, Mapping) else {}
    return RecordCheck(tuple(checks), _text(known.get("id")), _text(known.get("verdict")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
