"""What the store keeps and gives back of segment changes: frozen values, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.office.month import Month
from app.office.position import Position
from app.office.segment_change import SegmentChange


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done about a request, by a person or by the service."""

    change_no: str
    version: int
    """1-based, without gaps: the request has this version from here on."""
    act: str
    at: datetime
    person_id: str | None
    """None: the service itself, or a client that speaks for nobody."""
    on_behalf_of: str | None
    """person_id of the principal when a deputy acts."""
    actor: Mapping[str, Any]
    state: str
    """After the step."""
    reason: str | None
    evaluation_ids: tuple[str, ...]
    log_index: int
    """Of the log entry of the step, which names the digest of the whole change; one entry for one step."""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A request as it stands."""

    change: SegmentChange
    version: int
    """Of the newest step: what an act must name."""
    steps_total: int


@dataclass(frozen=True, slots=True)
class ChangeHistory:
    """What approvers see of what went before a request, oldest first. Drafts and the request itself are not in it."""

    customer: tuple[SegmentChange, ...]
    """Every earlier request of the customer."""
    applicant: tuple[SegmentChange, ...]
    """What the same account manager entered in the twelve months before it."""
    territory: tuple[SegmentChange, ...]
    """What was entered for the same territory in these months; empty when the request names none."""


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A step with everything its row says, for comparing it with the log."""

    step: Step
    body_digest: str
    """``sha256:<hex>`` over the text of the change as it stands in the row."""
    wrong_columns: tuple[str, ...]
    """Columns of the row, and of the row for lists (``segment_change.<column>``), that do not say what its change says.
    """


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which requests a list shows; None limits nothing."""

    states: frozenset[str] | None = None
    licence_no: str | None = None
    account_manager: str | None = None
    territories: frozenset[str] | None = None
    text: str | None = None
    """Part of the number, licence number, shop name or account manager; upper and lower case are one."""
    filed_from: date | None = None
    """Filed on this day, in the office's zone, or later."""
    effective_month: Month | None = None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some of a list, newest first."""

    items: tuple[StoredChange, ...]
    next_cursor: str | None
    """None: there are no more."""


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """An uploaded file, as it came; its bytes are the blob ``digest``."""

    digest: str
    """``sha256:<hex>``."""
    media_type: str
    size: int
    """Bytes."""
    name: str
    uploaded_by: str
    """person_id of who uploaded it first."""
    uploaded_at: datetime
    taken_at: datetime | None
    """When the photo says it was taken."""
    position: Position | None
    """Where the photo says it was taken."""
    width: int | None
    height: int | None
    """Pixels; None for what is no picture."""
    actor: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A number that was given, void or not."""

    number: str
    """``NG-<kind>-YYYYMM-nnn``."""
    kind: str
    year: int
    serial: int
    """1-based, without gaps in a kind and year."""
    object_kind: str
    object_id: str
    given_at: datetime
    given_by: str | None
    """person_id; None: the service."""
    voided_at: datetime | None = None
    voided_by: str | None = None
    void_reason: str | None = None


@dataclass(frozen=True, slots=True)
class HeldDuty:
    """A duty that a person has taken about one object."""

    duty: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperClaim:
    """A client's report that somebody signed a layer on paper."""

    claim_no: str
    change_no: str
    layer: int
    person_id: str
    """Who is said to have signed."""
    signed_at: datetime
    """When it is said to have been signed."""
    scan_digest: str
    witness: str | None
    """person_id of who is said to have seen it."""
    received_at: datetime
    evaluation_id: str | None
    verdict: str | None
    confirmed: bool
    """Whether the witness has signed for it. A confirmed claim of the same layer follows an open one."""


@dataclass(frozen=True, slots=True)
class EffectReport:
    """What another system says of the day from which it uses the new format."""

    change_no: str
    effective_on: date | None
    reported_at: datetime
    evaluation_id: str | None
    verdict: str | None
    actor: Mapping[str, Any]
