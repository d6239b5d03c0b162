"""The monthly cycle: its windows, its named persons, and what may move a window."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.office.month import Month

SNAPSHOT_DAY = 15
"""The customers are frozen as valid on this day of the cycle month, at 00:00. Source: domain/overview.md."""


class Stage(StrEnum):
    """The two stages of a cycle in which forecasts are submitted."""

    SUPPLY = "supply"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which a stage accepts submissions, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Cycle:
    """One month of work. It may be imported with persons missing; opening it is what WIN-12 blocks."""

    cycle: Month
    target_month: Month
    market_manager: str | None = None
    marketing_leader: str | None = None
    supervision_officer: str | None = None
    supply_window: Window | None = None
    """None: the rule parameters decide."""
    order_window: Window | None = None
    summary_dates: tuple[date, ...] = ()
    """The days on which the summary meeting is held, as the office recorded them."""

    def window(self, stage: Stage) -> Window | None:
        """Return the window named for ``stage``, None when the rule parameters decide."""
        return self.supply_window if stage is Stage.SUPPLY else self.order_window

    @property
    def snapshot_on(self) -> date:
        """The day whose 00:00 state of the customers counts for the target month."""
        return snapshot_day(self.cycle)


def snapshot_day(cycle: Month) -> date:
    """Return the day whose 00:00 state of the customers is frozen for ``cycle``."""
    return cycle.day(SNAPSHOT_DAY)


@dataclass(frozen=True, slots=True)
class Extension:
    """A request to move the end of a window (D24). Void unless WIN-11 passes."""

    cycle: Month
    stage: Stage
    new_end: date | None
    reason: str | None
    requested_by: str | None
    approved_by: str | None
    countersigned_by: str | None
    filing_no: str | None
    filed_at: datetime | None
