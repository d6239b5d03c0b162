"""The customers frozen for a cycle: taken once, never changed."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from app.core.canonical import digest_of
from app.office.customer import Customer
from app.office.cycle import snapshot_day
from app.office.month import Month
from app.store.office_customers import customers_on
from app.store.office_shelf import CHUNK, chunks
from app.store.office_tables import customer_snapshot, snapshot
from app.store.office_values import Snapshot


def frozen_body(customer: Customer) -> dict[str, Any]:
    """Return the state as a JSON object, dates as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(customer).items()}


def _thawed(body: dict[str, Any]) -> Customer:
    dates = {name: date.fromisoformat(body[name]) for name in ("licence_valid_to", "valid_from")}
    return Customer(**{**body, **dates})


def _snapshot(row: RowMapping) -> Snapshot:
    return Snapshot(
        snapshot_id=row["snapshot_id"],
        cycle=Month.read(row["cycle"]),
        valid_on=row["valid_on"],
        taken_at=row["taken_at"],
        customers=row["customers"],
        digest=row["digest"],
    )


def find_snapshot(connection: Connection, cycle: Month) -> Snapshot | None:
    """Return the snapshot taken for ``cycle``; None before it is taken."""
    row = connection.execute(select(snapshot).where(snapshot.c.cycle == str(cycle))).mappings().first()
    return None if row is None else _snapshot(row)


def take_snapshot(connection: Connection, cycle: Month, at: datetime, revision: int) -> Snapshot:
    """Freeze the customers as valid on the snapshot day of ``cycle``, of which there is no snapshot yet."""
    day = snapshot_day(cycle)
    bodies = {licence_no: frozen_body(customer) for licence_no, customer in customers_on(connection, day).items()}
    digests = {licence_no: digest_of(body) for licence_no, body in bodies.items()}
    taken = Snapshot(f"S-{cycle.year:04d}{cycle.month:02d}", cycle, day, at, len(bodies), digest_of(digests))
    connection.execute(
        snapshot.insert(),
        {
            "snapshot_id": taken.snapshot_id,
            "cycle": str(cycle),
            "valid_on": day,
            "taken_at": at,
            "customers": taken.customers,
            "digest": taken.digest,
            "revision": revision,
        },
    )
    if bodies:
        connection.execute(
            customer_snapshot.insert(),
            [
                {
                    "snapshot_id": taken.snapshot_id,
                    "cycle": str(cycle),
                    "licence_no": licence_no,
                    "territory_id": body["territory_id"],
                    "body": body,
                    "digest": digests[licence_no],
                }
                for licence_no, body in bodies.items()
            ],
        )
    return taken


def snapshot_customers(
    connection: Connection,
    snapshot_id: str,
    territory_ids: Iterable[str] | None = None,
    licences: Iterable[str] | None = None,
) -> dict[str, Customer]:
    """Return the frozen states by licence number: all, those of these territories, or these licences."""
    statement = select(customer_snapshot.c.licence_no, customer_snapshot.c.body).where(
        customer_snapshot.c.snapshot_id == snapshot_id
    )
    if territory_ids is not None:
        statement = statement.where(customer_snapshot.c.territory_id.in_(set(territory_ids)))
    statements = (
        [statement]
        if licences is None
        else [
            statement.where(customer_snapshot.c.licence_no.in_(part)) for part in chunks(sorted(set(licences)), CHUNK)
        ]
    )
    found = {licence_no: body for one in statements for licence_no, body in connection.execute(one)}
    return {licence_no: _thawed(found[licence_no]) for licence_no in sorted(found)}
