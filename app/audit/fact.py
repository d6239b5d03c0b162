"""Facts as values: typed, quantised columns that are stored, judged and replayed. Never recomputed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from app.core.canonical import digest_of

MICRO = 1_000_000
"""A decimal fact is kept as an integer number of millionths."""

Cell = int | bool | str | list[Any] | None
"""int, decimal (in millionths), bool, enum or text (str), list (evidence only); None: missing."""


def micro(number: Decimal | int) -> int:
    """Return ``number`` in millionths, rounded half to even."""
    return int((Decimal(number) * MICRO).to_integral_value(ROUND_HALF_EVEN))


def ratio(numerator: int, denominator: int) -> int | None:
    """Return ``numerator / denominator`` in millionths, rounded half to even; None when the denominator is 0.

    Whole-number arithmetic: the same bits on every machine.
    """
    if denominator == 0:
        return None
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole, rest = divmod(numerator * MICRO, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and whole % 2 == 1):
        whole += 1
    return whole


@dataclass(frozen=True, slots=True)
class FactTable:
    """The facts of one scope: equally long columns by fact name, one row per thing judged."""

    scope: str
    columns: Mapping[str, Sequence[Cell]]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True, slots=True)
class FactSet:
    """All facts of one evaluation, by scope."""

    tables: Mapping[str, FactTable]

    def as_json(self) -> dict[str, Any]:
        """Return ``{scope: {fact: [cell, ...]}}``."""
        return {
            scope: {name: list(column) for name, column in table.columns.items()}
            for scope, table in self.tables.items()
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Mapping[str, Sequence[Cell]]]) -> "FactSet":
        """Return the facts that :meth:`as_json` gave."""
        return cls({scope: FactTable(scope, {n: list(c) for n, c in cols.items()}) for scope, cols in body.items()})

    @property
    def digest(self) -> str:
        """``sha256:<hex>`` of the canonical form."""
        return digest_of(self.as_json())


def fact_set(*tables: FactTable) -> FactSet:
    """Return the set of ``tables``, which have different scopes."""
    return FactSet({table.scope: table for table in tables})
