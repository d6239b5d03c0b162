"""Delivered cartons in the store: hundreds of thousands of rows, so everything here works on sets."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from typing import Any

import psycopg
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from app.core.canonical import canonical_bytes
from app.office.month import Month
from app.office.records import Actual
from app.store.office_shelf import Writing, chunks
from app.store.office_tables import actual
from app.store.office_values import WriteStatus

_CHUNK = 10_000
"""Rows added at once; also the most licence numbers in one statement."""
_MOST_HELD = 500_000
"""How many rows a writer remembers before it starts afresh."""

_Held = tuple[int, int | None, int]
"""(recorded, requested, delivered)."""
_Row = tuple[str, str, str, int, int | None, int, int, str | None]
_COLUMNS = (
    "month",
    "licence_no",
    "sku",
    "recorded",
    "requested_cartons",
    "delivered_cartons",
    "revision",
    "raw",
)
"""In the order of ``_Row``."""


class ActualsWriter:
    """Adds deliveries in one writing transaction. It remembers what it has read, as nobody else writes meanwhile."""

    def __init__(self, connection: Connection) -> None:
        """Write through ``connection``."""
        self._connection = connection
        self._held: dict[tuple[str, str], dict[str, _Held]] = {}
        """By (month, licence_no), then by SKU: the newest row of each."""
        self._held_rows = 0

    def write(self, writings: Sequence[Writing[Actual]], revision: Callable[[], int]) -> list[WriteStatus]:
        """Keep ``writings`` and return in their order what each of them did.

        Of several with the same month, licence and SKU the later counts after the earlier.

        Args:
            writings: any number.
            revision: gives the office revision the rows belong to; asked only when there is a row to add.
        """
        keys = [(str(w.value.month), w.value.licence_no, w.value.sku) for w in writings]
        statuses = [WriteStatus.UNCHANGED] * len(writings)
        # Sorted (and stably so), the rows of a customer go to neighbouring places, whatever the order of the import.
        for places in chunks(sorted(range(len(keys)), key=keys.__getitem__), _CHUNK):
            self._hold({keys[place][:2] for place in places})
            added: list[_Row] = []
            for place in places:
                month, licence_no, sku = keys[place]
                value = writings[place].value
                of_customer = self._held[month, licence_no]
                before = of_customer.get(sku)
                if before is not None and before[1:] == (value.requested_cartons, value.delivered_cartons):
                    continue
                statuses[place] = WriteStatus.CREATED if before is None else WriteStatus.CHANGED
                now = (1 if before is None else before[0] + 1, value.requested_cartons, value.delivered_cartons)
                of_customer[sku] = now
                added.append((month, licence_no, sku, *now, revision(), _text(writings[place].raw)))
            if added:
                self._held_rows += len(added)
                _add(self._connection, added)
        return statuses

    def _hold(self, wanted: AbstractSet[tuple[str, str]]) -> None:
        """Read what is on record for these (month, licence_no), where it has not been read yet."""
        if self._held_rows > _MOST_HELD:
            self._held.clear()
            self._held_rows = 0
        licences_by_month: dict[str, list[str]] = {}
        for month, licence_no in wanted - self._held.keys():
            licences_by_month.setdefault(month, []).append(licence_no)
            self._held[month, licence_no] = {}
        for month, licences in licences_by_month.items():
            # Fewer than _CHUNK: a chunk cannot name more customers than it has rows.
            statement = select(
                actual.c.licence_no,
                actual.c.sku,
                actual.c.recorded,
                actual.c.requested_cartons,
                actual.c.delivered_cartons,
            ).where(actual.c.month == month, actual.c.licence_no.in_(licences))
            for licence_no, sku, recorded, requested, delivered in self._connection.execute(statement).all():
                of_customer = self._held[month, licence_no]
                before = of_customer.get(sku)
                if before is None or before[0] < recorded:
                    of_customer[sku] = (recorded, requested, delivered)
                    self._held_rows += 1


def _text(raw: Any) -> str | None:  # noqa: ANN401  # any JSON value
    return None if raw is None else canonical_bytes(raw).decode("utf-8")


def _add(connection: Connection, rows: Sequence[_Row]) -> None:
    """Add rows by the driver's own bulk path: naming every parameter costs more than the database takes."""
    columns = ", ".join(_COLUMNS)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY actual ({columns}) FROM STDIN", rows)
        return
    places = ", ".join("?" * len(_COLUMNS))
    connection.exec_driver_sql(f"INSERT INTO actual ({columns}) VALUES ({places})", list(rows))  # noqa: S608  # constants


def _copy(connection: Connection, statement: str, rows: Sequence[_Row]) -> None:
    try:
        with closing(connection.connection.cursor()) as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        # As SQLAlchemy would have raised it.
        raise DBAPIError.instance(statement, None, error, psycopg.Error, dialect=connection.dialect) from error


def months_with_actuals(connection: Connection) -> tuple[Month, ...]:
    """Return the months for which anything was imported, oldest first."""
    months: list[Month] = []
    last = ""
    # A step per month along the key: DISTINCT would read every row.
    while (
        found := connection.execute(select(func.min(actual.c.month)).where(actual.c.month > last)).scalar()
    ) is not None:
        last = str(found)
        months.append(Month.read(last))
    return tuple(months)


def loaded_months(connection: Connection, months: Iterable[Month]) -> frozenset[Month]:
    """Return those of ``months`` for which anything was imported."""
    return frozenset(
        month
        for month in months
        if connection.execute(select(actual.c.month).where(actual.c.month == str(month)).limit(1)).first()
    )


def delivered(
    connection: Connection, months: Sequence[Month], licences: Iterable[str]
) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return the delivered cartons by (licence_no, sku), one number a month in the order of ``months``.

    A pair without any row is not in it; a month without a row counts 0.
    """
    wanted = sorted(set(licences))
    by_month = [_delivered_in(connection, month, wanted) for month in months]
    pairs = dict.fromkeys(pair for of_month in by_month for pair in of_month)
    return {pair: tuple([of_month.get(pair, 0) for of_month in by_month]) for pair in pairs}


def _delivered_in(connection: Connection, month: Month, licences: Sequence[str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for chunk in chunks(licences, _CHUNK):
        rows = connection.execute(
            select(actual.c.licence_no, actual.c.sku, actual.c.delivered_cartons, actual.c.recorded).where(
                actual.c.month == str(month), actual.c.licence_no.in_(chunk)
            )
        ).all()
        if any(row[3] > 1 for row in rows):
            # The newest correction comes last and stays.
            rows = sorted(rows, key=lambda row: row[3])
        found.update({(licence_no, sku): cartons for licence_no, sku, cartons, _ in rows})
    return found
