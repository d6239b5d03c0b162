"""The states of customers in the store, and which of them is valid on a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from app.office.customer import Customer
from app.store.office_shelf import CHUNK, Row, Shelf, chunks, newest
from app.store.office_tables import customer_state

_FIELDS = (
    "licence_no",
    "shop_name",
    "territory_id",
    "segment",
    "grade",
    "market_type",
    "volatility_class",
    "has_pos",
    "is_retail_info_officer",
    "business_status",
    "licence_valid_to",
    "valid_from",
    "holder_name",
    "monthly_cap_cartons",
    "address",
    "area_code",
    "order_cycle",
    "credit_level",
)
"""In the order of :class:`Customer`."""


def _row(value: Customer) -> dict[str, Any]:
    return {name: getattr(value, name) for name in _FIELDS}


def _customer(row: Row, _lines: Sequence[Row]) -> Customer:
    return Customer(**{name: row[name] for name in _FIELDS})


CUSTOMERS: Shelf[Customer] = Shelf(customer_state, _row, _customer, known_by=1)
"""A second state of a known licence is a change, not something new."""


def customers_on(
    connection: Connection,
    day: date,
    territory_ids: Iterable[str] | None = None,
    licences: Iterable[str] | None = None,
) -> dict[str, Customer]:
    """Return the states valid on ``day`` by licence number, in that order.

    The state with the latest ``valid_from`` up to the day counts, of several such the one recorded last.

    Args:
        connection: of any transaction.
        day: at its 00:00 in the office's zone.
        territory_ids: only customers who belong to one of these on that day.
        licences: only these.
    """
    if territory_ids is not None:
        wanted = set(territory_ids)
        # A customer who ever belonged there may belong there on the day.
        ever = select(customer_state.c.licence_no).where(customer_state.c.territory_id.in_(wanted))
        found = _valid(connection, day, customer_state.c.licence_no.in_(ever))
        found = {key: customer for key, customer in found.items() if customer.territory_id in wanted}
        return found if licences is None else {key: found[key] for key in sorted(set(licences) & found.keys())}
    if licences is None:
        return _valid(connection, day)
    found = {}
    for chunk in chunks(sorted(set(licences)), CHUNK):
        found.update(_valid(connection, day, customer_state.c.licence_no.in_(chunk)))
    return found


def _valid(connection: Connection, day: date, *conditions: ColumnElement[bool]) -> dict[str, Customer]:
    columns = [customer_state.c[name] for name in _FIELDS]
    order = (customer_state.c.licence_no, customer_state.c.valid_from, customer_state.c.recorded)
    rows = connection.execute(select(*columns).where(customer_state.c.valid_from <= day, *conditions).order_by(*order))
    # The last row of a licence is the one that counts.
    last = {row[0]: row for row in rows}
    return {licence_no: Customer(*row) for licence_no, row in last.items()}


def licence_numbers(connection: Connection) -> frozenset[str]:
    """Return every licence number ever imported."""
    return frozenset(connection.execute(select(customer_state.c.licence_no).distinct()).scalars())


def states_of(connection: Connection, licence_no: str) -> tuple[tuple[int, Customer], ...]:
    """Return every state ever recorded of a customer as (recorded, state), oldest validity first."""
    statement = select(customer_state).where(customer_state.c.licence_no == licence_no)
    rows = connection.execute(statement.order_by(customer_state.c.valid_from, customer_state.c.recorded)).mappings()
    return tuple((row["recorded"], _customer(row, ())) for row in rows)


def states_by_day(connection: Connection, licences: Iterable[str]) -> dict[str, dict[date, Customer]]:
    """Return the states as said last, by licence number and first day of validity; unknown licences are not in it."""
    found: dict[str, dict[date, Customer]] = {}
    for chunk in chunks(sorted(set(licences)), CHUNK):
        for state in newest(connection, CUSTOMERS, customer_state.c.licence_no.in_(chunk)).values():
            found.setdefault(state.licence_no, {})[state.valid_from] = state
    return found


def page_on(connection: Connection, day: date, after: str, limit: int) -> tuple[Customer, ...]:
    """Return the customers valid on ``day`` with a licence number after ``after``, at most ``limit``, in order."""
    licences = (
        select(customer_state.c.licence_no)
        .where(customer_state.c.valid_from <= day, customer_state.c.licence_no > after)
        .distinct()
        .order_by(customer_state.c.licence_no)
        .limit(limit)
    )
    return tuple(_valid(connection, day, customer_state.c.licence_no.in_(licences)).values())
