"""Working days, including the state in which a year's swap days have not been announced yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """What the office knows of one day."""

    day: date
    is_working_day: bool
    name: str | None = None
    announced: bool = True
    """False while the State Council's notice for that year is still to come."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The stored days. A day not stored, or not announced, has no known answer."""

    days: Mapping[date, CalendarDay]

    def is_working_day(self, day: date) -> bool | None:
        """Return whether ``day`` is worked; None when that is not yet announced."""
        known = self.days.get(day)
        return known.is_working_day if known and known.announced else None

    def next_working_day(self, day: date) -> date | None:
        """Return ``day`` or the first working day after it; None when not yet announced.

        Looks 15 days ahead: no holiday of the calendar is longer.
        """
        for ahead in range(15):
            answer = self.is_working_day(day + timedelta(days=ahead))
            if answer is None:
                return None
            if answer:
                return day + timedelta(days=ahead)
        return None
