"""Facts as the evaluators get them: typed, in range, with what is missing marked. Nothing else reaches an engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from app.audit.engine.bind import MOST_LIMIT, MOST_TEXT
from app.audit.engine.catalogue import NUMERIC, FactSpec, FactType, Scope
from app.audit.engine.faults import FactsRefused
from app.audit.fact import Cell, FactTable
from app.core.text import Bilingual

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

_PYTHON: Mapping[FactType, type] = {
    FactType.INT: int,
    FactType.DECIMAL: int,
    FactType.BOOL: bool,
    FactType.ENUM: str,
    FactType.TEXT: str,
    FactType.LIST: list,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of every row."""

    spec: FactSpec
    cells: Sequence[Cell]
    """What cannot be used is None here."""
    known: Mask | None
    """Where the fact is known; None when it is known everywhere."""
    numbers: Numbers | None
    """The cells of an int, decimal or bool column, 0 where missing; None for other types."""
    unusable: tuple[int, ...]
    """The rows whose cell has the wrong type or is out of range."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The facts of one scope that its rules read."""

    rows: int
    by_name: Mapping[str, Column]

    def missing(self, facts: Iterable[str]) -> Mask | None:
        """Return where one of ``facts`` is missing; None when nowhere."""
        mask: Mask | None = None
        for fact in facts:
            known = self.by_name[fact].known
            if known is not None:
                mask = ~known if mask is None else mask | ~known
        return mask


def check_table(scope: Scope, table: FactTable) -> None:
    """Do nothing when ``table`` has the shape its scope promises.

    Raises:
        FactsRefused: a column nobody declared, columns of different length, several rows where there is one.
    """
    unknown = [name for name in table.columns if name not in scope.facts]
    lengths = {len(column) for column in table.columns.values()}
    if unknown:
        names = ", ".join(unknown)
        raise FactsRefused(
            Bilingual(f"事实表 {scope.name} 有未登记的事实:{names}。", f"{scope.name} has undeclared facts: {names}.")
        )
    if len(lengths) > 1:
        raise FactsRefused(
            Bilingual(f"事实表 {scope.name} 各列长度不一。", f"the columns of {scope.name} differ in length.")
        )
    if not scope.many and table.rows != 1:
        raise FactsRefused(
            Bilingual(
                f"事实表 {scope.name} 应有一行,实有{table.rows}行。",
                f"{scope.name} must have one row, it has {table.rows}.",
            )
        )


def read_columns(scope: Scope, table: FactTable, facts: Iterable[str]) -> Columns:
    """Return the columns of ``facts``; one that the table does not have is missing in every row."""
    rows = table.rows
    return Columns(rows, {fact: _column(scope.facts[fact], table.columns.get(fact), rows) for fact in facts})


def _column(spec: FactSpec, cells: Sequence[Cell] | None, rows: int) -> Column:
    if cells is None:
        cells = [None] * rows
    types = set(map(type, cells))
    # bool is an int in Python: compare exact types, so that `true` never becomes 1.
    usual = types <= {_PYTHON[spec.type], type(None)}
    numbers = _numbers(spec, cells, partial=type(None) in types) if usual else None
    unusable: tuple[int, ...] = ()
    if not usual or not _in_range(spec, cells, numbers):
        usable = [cell is None or _usable(spec, cell) for cell in cells]
        unusable = tuple(row for row in range(rows) if not usable[row])
        cells = [cell if usable[row] else None for row, cell in enumerate(cells)]
        types.add(type(None))
        numbers = _numbers(spec, cells, partial=True)
    known = np.array([cell is not None for cell in cells], dtype=np.bool_) if type(None) in types else None
    return Column(spec, cells, known, numbers, unusable)


def _numbers(spec: FactSpec, cells: Sequence[Cell], *, partial: bool) -> Numbers | None:
    """Return the cells as whole numbers, 0 where missing; None for other types or when one does not fit in 64 bits."""
    if spec.type not in NUMERIC and spec.type is not FactType.BOOL:
        return None
    filled = [0 if cell is None else cell for cell in cells] if partial else cells
    try:
        return np.fromiter(cast("Sequence[int]", filled), dtype=np.int64, count=len(filled))
    except OverflowError:
        return None


def _in_range(spec: FactSpec, cells: Sequence[Cell], numbers: Numbers | None) -> bool:
    """Return whether every cell, all of the right type, may go to an engine."""
    if spec.type in NUMERIC:
        return numbers is not None and (
            not len(numbers) or bool(numbers.min() >= -MOST_LIMIT and numbers.max() <= MOST_LIMIT)
        )
    if spec.type is FactType.ENUM:
        return all(cell is None or _usable(spec, cell) for cell in set(cells))
    return True


def _usable(spec: FactSpec, cell: Cell) -> bool:
    """Return whether one cell has the type of its fact and is in range."""
    if type(cell) is not _PYTHON[spec.type]:
        return False
    if spec.type in NUMERIC:
        return isinstance(cell, int) and abs(cell) <= MOST_LIMIT
    if spec.type is FactType.ENUM:
        return isinstance(cell, str) and cell in (spec.values or {}) and len(cell) <= MOST_TEXT
    return True
