"""One kind of office data in its tables: read the newest row of each key, add a row where something changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, exists, select

from app.store.office_values import WriteStatus

V = TypeVar("V")
Row = RowMapping
Key = tuple[Any, ...]

CHUNK = 500
"""How many keys are looked up at once: far below the limits on parameters of both databases."""


@dataclass(frozen=True, slots=True)
class Writing(Generic[V]):
    """A value to be kept, with the body it was read from where that says more than the value."""

    value: V
    raw: Any = None


@dataclass(frozen=True, slots=True)
class Shelf(Generic[V]):
    """How values of one kind become rows and back."""

    table: Table
    row_of: Callable[[V], dict[str, Any]]
    """The columns of a value, without ``recorded``, ``revision`` and ``raw``."""
    value_of: Callable[[Row, Sequence[Row]], V]
    """The value of a row and its lines in order."""
    lines: Table | None = None
    lines_of: Callable[[V], Sequence[dict[str, Any]]] = field(default=lambda _value: ())
    """The lines of a value, without the key and ``place``."""
    known_by: int | None = None
    """How many leading key columns say that the thing is known; None: all of them."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that identify what a row is about."""
        return tuple(column.name for column in self.table.primary_key.columns if column.name != "recorded")

    def key_of(self, row: Row | Mapping[str, Any]) -> Key:
        """Return the values of the key columns of ``row``."""
        return tuple(row[name] for name in self.keys)

    @property
    def is_newest(self) -> ColumnElement[bool]:
        """The condition that no row of the same key was recorded later."""
        later = self.table.alias("later")
        same = [later.c[name] == self.table.c[name] for name in self.keys]
        return ~exists().where(*same, later.c.recorded > self.table.c.recorded)


def chunks(values: Sequence[V], size: int = CHUNK) -> Iterator[Sequence[V]]:
    """Yield ``values`` in order, at most ``size`` at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def newest(connection: Connection, shelf: Shelf[V], *conditions: ColumnElement[bool]) -> dict[Key, V]:
    """Return what the office says now of every key whose rows meet ``conditions``, in the order of the keys."""
    return {key: value for key, (_, value) in numbered(connection, shelf, shelf.is_newest, *conditions).items()}


def numbered(connection: Connection, shelf: Shelf[V], *conditions: ColumnElement[bool]) -> dict[Key, tuple[int, V]]:
    """Return (recorded, value) by key for the rows that meet ``conditions``; the highest ``recorded`` stays."""
    order = [shelf.table.c[name] for name in (*shelf.keys, "recorded")]
    rows = connection.execute(select(shelf.table).where(*conditions).order_by(*order)).mappings()
    lines = _lines_by_row(connection, shelf, conditions)
    found: dict[Key, tuple[int, V]] = {}
    for row in rows:
        key = shelf.key_of(row)
        found[key] = (row["recorded"], shelf.value_of(row, lines.get((*key, row["recorded"]), ())))
    return found


def _lines_by_row(
    connection: Connection, shelf: Shelf[V], conditions: Sequence[ColumnElement[bool]]
) -> dict[Key, list[Row]]:
    if shelf.lines is None:
        return {}
    names = (*shelf.keys, "recorded")
    same = and_(*[shelf.lines.c[name] == shelf.table.c[name] for name in names])
    statement = select(shelf.lines).join(shelf.table, same).where(*conditions)
    lines: dict[Key, list[Row]] = {}
    ordered = statement.order_by(*[shelf.lines.c[name] for name in (*names, "place")])
    for line in connection.execute(ordered).mappings():
        lines.setdefault(tuple(line[name] for name in names), []).append(line)
    return lines


def write(
    connection: Connection, shelf: Shelf[V], writings: Sequence[Writing[V]], revision: Callable[[], int]
) -> list[WriteStatus]:
    """Keep ``writings`` in order and return what each of them did.

    Args:
        connection: of a writing transaction; nobody else writes meanwhile.
        shelf: their kind.
        writings: of that kind; a later one of the same key counts after an earlier one.
        revision: gives the office revision the rows belong to; asked only when there is a row to add.
    """
    statuses: list[WriteStatus] = []
    for chunk in chunks(writings):
        statuses += _write_chunk(connection, shelf, chunk, revision)
    return statuses


def _write_chunk(
    connection: Connection, shelf: Shelf[V], chunk: Sequence[Writing[V]], revision: Callable[[], int]
) -> list[WriteStatus]:
    rows = [shelf.row_of(writing.value) for writing in chunk]
    first = shelf.keys[0]
    held = numbered(connection, shelf, shelf.table.c[first].in_({row[first] for row in rows}))
    known = {key[: shelf.known_by] for key in held}
    statuses: list[WriteStatus] = []
    added: list[dict[str, Any]] = []
    added_lines: list[dict[str, Any]] = []
    for writing, row in zip(chunk, rows, strict=True):
        key = shelf.key_of(row)
        recorded, said = held.get(key, (0, None))
        if said == writing.value:
            statuses.append(WriteStatus.UNCHANGED)
            continue
        statuses.append(WriteStatus.CHANGED if key[: shelf.known_by] in known else WriteStatus.CREATED)
        held[key] = (recorded + 1, writing.value)
        known.add(key[: shelf.known_by])
        added.append({**row, "recorded": recorded + 1, "revision": revision(), "raw": writing.raw})
        of_parent = {**dict(zip(shelf.keys, key, strict=True)), "recorded": recorded + 1}
        added_lines += [
            {**of_parent, "place": place, **line} for place, line in enumerate(shelf.lines_of(writing.value))
        ]
    if added:
        connection.execute(shelf.table.insert(), added)
    if added_lines and shelf.lines is not None:
        connection.execute(shelf.lines.insert(), added_lines)
    return statuses
