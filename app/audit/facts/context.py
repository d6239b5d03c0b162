"""What the office knew at the moment of judging: the only thing, besides the subject, that facts are computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.office.calendar import Calendar
from app.office.code_list import CodeList
from app.office.customer import Customer, Product
from app.office.cycle import Cycle, Stage, Window
from app.office.month import Month
from app.office.people import Person, Territory


class StageState(StrEnum):
    """How far the supply forecast of an account manager has got."""

    MISSING = "missing"
    BLOCKED = "blocked"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DETERMINED = "determined"


@dataclass(frozen=True, slots=True)
class PreviousVersion:
    """The newest recorded version of the same forecast."""

    forecast_id: str
    version: int
    cartons: Mapping[tuple[str | None, str | None], int | None]
    """Final cartons by (licence_no, sku)."""
    determined: bool
    """Whether supervision has determined (accepted) it."""
    reopened: bool
    """Whether a market manager has approved its reopening since it was submitted."""


@dataclass(frozen=True, slots=True)
class History:
    """Delivered cartons of the last three full months before the cycle month."""

    months: tuple[Month, Month, Month]
    """Oldest first."""
    loaded: frozenset[Month]
    """The months for which any actuals have been imported. A month not loaded is missing, not zero."""
    delivered: Mapping[tuple[str, str], tuple[int, int, int]]
    """By (licence_no, sku), in the order of ``months``; a pair not in it had no delivery."""

    @property
    def complete(self) -> bool:
        """Whether all three months are loaded."""
        return all(month in self.loaded for month in self.months)


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A named source that is loaded: cartons by (licence_no, sku)."""

    cartons: Mapping[tuple[str, str], int | None]


@dataclass(frozen=True, slots=True)
class ForecastContext:
    """Everything the facts of a forecast are computed from."""

    submitted_at: datetime
    cycle: Cycle | None
    """None when the office has not imported the cycle."""
    extended_to: date | None
    """The end of the stage's window by the latest valid extension; None without one."""
    extension_no: str | None
    calendar: Calendar
    manager: Person | None
    """The named account manager; None when unknown."""
    territories: Mapping[str, Territory]
    """All territories by id."""
    customers_today: Mapping[str, Customer]
    """State valid on the day of submission: every customer of the manager's territories and of the lines."""
    customers_at_snapshot: Mapping[str, Customer]
    """State valid on the snapshot day of the cycle: the same customers."""
    licence_numbers: frozenset[str]
    """Every licence number ever imported (for near misses)."""
    products: Mapping[str, Product]
    """All products by SKU."""
    segments: CodeList | None
    """The list ``segment`` valid on the snapshot day."""
    history: History
    supply_state: StageState
    """Of the same account manager's supply forecast in the same cycle."""
    previous: PreviousVersion | None
    versions_recorded: int
    """How many versions of this forecast are on record already."""
    on_time: tuple[int, int]
    """(submitted on time, submitted) of this stage in the last six cycles."""
    sources: Mapping[tuple[str, str], SourceDocument]
    """Loaded sources among those the lines name, by (kind, id)."""


@dataclass(frozen=True, slots=True)
class AcceptedForecast:
    """What the closing of a window must know of one accepted forecast."""

    account_manager: str
    version: int
    channels: Mapping[str, frozenset[str]]
    """licence_no -> channels it is covered by; empty for supply."""


@dataclass(frozen=True, slots=True)
class PosBatch:
    """A batch of a terminal server, as announced and as received."""

    batch_id: str
    terminal_server: str
    announced_lines: int
    received_lines: int
    checksum_matches: bool
    received_at: datetime
    licence_numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class WindowCloseContext:
    """Everything the facts of a closing window are computed from."""

    cycle: Month
    stage: Stage
    closed_at: datetime
    managers: Mapping[str, Person]
    """Account managers in office with an own territory on the last day of the window, by person_id."""
    accepted: tuple[AcceptedForecast, ...]
    customers: Mapping[str, Customer]
    """All customers at the snapshot, by licence_no."""
    batches: tuple[PosBatch, ...]
    """The batches received in the cycle month."""


@dataclass(frozen=True, slots=True)
class CycleContext:
    """Everything the facts of opening or closing a cycle are computed from."""

    cycle: Cycle
    at: datetime
    people: Mapping[str, Person]
    """The named persons that are known, by person_id."""


@dataclass(frozen=True, slots=True)
class ExtensionContext:
    """Everything the facts of a window extension are computed from."""

    window: Window
    """The window before the extension."""
    people: Mapping[str, Person]
    """The named persons that are known, by person_id."""
    received_at: datetime
