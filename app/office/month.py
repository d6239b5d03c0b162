"""Calendar months: the cycle a piece of work belongs to and the month it is for."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Self

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar, written ``2026-11``."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the month written as ``YYYY-MM``.

        Raises:
            ValueError: ``text`` is no month.
        """
        match = _MONTH.fullmatch(text)
        if not match or match[1] == "0000":
            raise ValueError(f"{text!r} is no month (YYYY-MM)")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the month ``day`` lies in."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> Self:
        """Return the month that many months later (earlier when negative)."""
        count = self.year * 12 + self.month - 1 + months
        return type(self)(count // 12, count % 12 + 1)

    def months_until(self, other: Self) -> int:
        """Return how many months ``other`` lies after this one."""
        return (other.year - self.year) * 12 + other.month - self.month

    @property
    def days(self) -> int:
        """How many days the month has."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return date(self.year, self.month, self.days)

    def day(self, number: int) -> date:
        """Return that day of the month, or the last one when the month is shorter."""
        return date(self.year, self.month, min(number, self.days))

    def __str__(self) -> str:
        """Return ``YYYY-MM``."""
        return f"{self.year:04d}-{self.month:02d}"
