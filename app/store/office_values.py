"""What the store says about office data, as frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.office.month import Month


class WriteStatus(StrEnum):
    """What became of one item of an import."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class RevisionStamp:
    """Which state of the office data was read."""

    revision: int
    """0 before the first change."""
    at: datetime | None
    """When it became so; tells two databases apart that have counted equally far (a backup put back)."""


@dataclass(frozen=True, slots=True)
class OfficeImport:
    """One call that brought office data, as it is kept."""

    import_id: str
    at: datetime
    actor: Mapping[str, Any]
    """Who sent it, as :meth:`app.core.actor.Actor.as_json` prints it."""
    collection: str
    received: int
    created: int
    changed: int
    unchanged: int
    rejected: int
    body_digest: str
    """``sha256:<hex>`` of the body as it was received."""
    mismatches: Sequence[Any] = ()
    """What was normalised or did not fit together, as JSON values."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The customers frozen for one cycle. Taken once, never changed."""

    snapshot_id: str
    cycle: Month
    valid_on: date
    """The day whose 00:00 state it holds."""
    taken_at: datetime
    customers: int
    digest: str
    """``sha256:<hex>`` over ``{licence_no: digest of its body}``."""


@dataclass(frozen=True, slots=True)
class SourceLines:
    """A ledger entry, terminal batch or model run that is loaded: cartons by (licence_no, sku); None: unreadable."""

    kind: str
    source_id: str
    cartons: Mapping[tuple[str, str], int | None]
