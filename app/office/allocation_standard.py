"""Filed allocation standards (货源投放标准): how many cartons of a product which format and grade may get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.office.month import Month

EVERY_GRADE = 0
"""The pseudo-grade of a quota that does not depend on the grade. Source: domain/overview.md, I-10."""


class StandardPeriod(StrEnum):
    """For how long one quota counts."""

    MONTH = "month"
    """The quota is what a customer may get in the whole month."""
    WEEK = "week"
    """The quota is what a customer may get with each order."""


class DeliveryMethod(StrEnum):
    """How a product is released. Source: domain/glossary.md, delivery_method."""

    BY_GRADE = "A"
    BY_GRADE_AND_DIMENSION = "B"
    BY_PRICE_BAND = "C"
    SELECTED_POINTS = "D"
    ON_DEMAND = "E"
    """Nobody is limited: there is no quota."""


@dataclass(frozen=True, slots=True)
class StandardRow:
    """The quotas of one format in one area."""

    segment: str | None
    """A code of the list ``segment``; None: every format that has no row of its own."""
    area: str | None
    """An area code (城乡分类); None: every area that has no row of its own."""
    quota: Mapping[int, int]
    """Cartons by grade 1 to 30, or under ``EVERY_GRADE``. A grade that is not in it gets nothing."""

    def cartons(self, grade: int) -> int:
        """Return the quota of ``grade`` in cartons; 0 when it has none."""
        return self.quota.get(grade, self.quota.get(EVERY_GRADE, 0))


@dataclass(frozen=True, slots=True)
class Dimension:
    """One value to which a release is limited. Several of one name are alternatives; several names all count."""

    name: str
    """``county``, ``market_type``, ``area_code`` ...: see ``DIMENSIONS`` in app/office/normalise.py."""
    value: str


@dataclass(frozen=True, slots=True)
class AllocationStandard:
    """One version of one standard, for one product."""

    std_id: str
    version: int
    """Counts from 1."""
    sku: str
    period: StandardPeriod
    delivery_method: DeliveryMethod
    rows: tuple[StandardRow, ...]
    effective_from: date
    effective_to: date | None
    """Inclusive; None while no end is set."""
    dimensions: tuple[Dimension, ...] = ()
    filing_no: str | None = None
    filed_at: datetime | None = None
    published_at: datetime | None = None

    @property
    def is_filed(self) -> bool:
        """Whether it has been filed with supervision: what is not filed entitles nobody. Source: WF-5."""
        return bool(self.filing_no) and self.filed_at is not None

    def covers(self, day: date) -> bool:
        """Return whether it is in force on ``day``."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def touches(self, month: Month) -> bool:
        """Return whether it is in force on any day of ``month``."""
        return self.effective_from <= month.last_day and (
            self.effective_to is None or self.effective_to >= month.first_day
        )
