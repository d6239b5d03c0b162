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

    def working_days(self, after: date, until: date) -> int | None:
        """Return how many working days lie after ``after`` up to and with ``until``; None when not all are known.

        The day something begins is not counted: a step entered on Monday has taken one working day on Tuesday.
        """
        answers = [self.is_working_day(after + timedelta(days=ahead)) for ahead in range(1, (until - after).days + 1)]
        return None if None in answers else sum(answer is True for answer in answers)

    def due(self, after: date, working_days: int) -> date | None:
        """Return the last day of a limit of ``working_days`` (at least 1) that begins on ``after``.

        None when a day needed is not yet announced. Looks 15 days ahead for each working day, as above.
        """
        day: date | None = after
        for _ in range(working_days):
            day = self.next_working_day(day + timedelta(days=1)) if day else None
        return day
