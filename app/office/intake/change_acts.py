"""What is sent about a request that exists: further files, a signature on paper, the day it was put into force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.core.errors import Fault
from app.office.intake.collection import count_field, day_field, id_field, moment_field, rows_field, text_field
from app.office.intake.fields import FieldSpec, read_object
from app.office.intake.measures import position_of
from app.office.intake.notes import Notes, Place
from app.office.intake.readers import identifier
from app.office.intake.segment_changes import EVIDENCE_FIELDS, NamedEvidence
from app.office.segment_change import EvidenceKind

EVIDENCE_FILES_FIELDS: Sequence[FieldSpec] = (rows_field("evidence", "佐证材料", "evidence", EVIDENCE_FIELDS),)

PAPER_SIGNATURE_FIELDS: Sequence[FieldSpec] = (
    count_field("layer", "层级", "layer"),
    id_field("person_id", "签署人", "person_id"),
    moment_field("signed_at", "签署时间", "signed_at"),
    id_field("scan", "扫描件摘要", "scan", read=identifier(80)),
    id_field("witness", "见证人", "witness"),
    text_field("opinion", "意见", "opinion", required=False),
)

EFFECT_REPORT_FIELDS: Sequence[FieldSpec] = (day_field("effective_on", "生效日期", "effective_on"),)


@dataclass(frozen=True, slots=True)
class ReadEvidence:
    """Files as they were named; none when there are faults."""

    evidence: tuple[NamedEvidence, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperSignature:
    """A signature made on paper, as somebody says it was."""

    layer: int
    person_id: str
    signed_at: datetime
    scan: str
    """Digest of the uploaded scan."""
    witness: str
    """person_id of the supervision officer who is said to have seen it."""
    opinion: str | None = None


def read_evidence(raw: object) -> ReadEvidence:
    """Return the files named in ``raw`` (any JSON value): ``{"evidence": [...]}``."""
    values, faults = _read(raw, EVIDENCE_FILES_FIELDS)
    if faults:
        return ReadEvidence((), faults)
    return ReadEvidence(
        tuple(
            NamedEvidence(EvidenceKind(row["kind"]), row["digest"], row["taken_at"], position_of(row["position"]))
            for row in values["evidence"]
        )
    )


def read_paper_signature(raw: object) -> tuple[PaperSignature | None, tuple[Fault, ...]]:
    """Return ``raw`` (any JSON value) read as a signature on paper, or None and every fault."""
    values, faults = _read(raw, PAPER_SIGNATURE_FIELDS)
    return (None, faults) if faults else (PaperSignature(**values), ())


def read_effect_report(raw: object) -> tuple[date | None, tuple[Fault, ...]]:
    """Return the day named in ``raw`` (any JSON value), or None and every fault."""
    values, faults = _read(raw, EFFECT_REPORT_FIELDS)
    return (None, faults) if faults else (values["effective_on"], ())


def _read(raw: object, fields: Sequence[FieldSpec]) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    notes = Notes()
    values = read_object(raw, fields, Place(notes))
    return values, tuple(notes.faults)
