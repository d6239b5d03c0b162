"""Imports on record, and how much they have brought so far."""

from sqlalchemy import Connection, RowMapping, func, select

from app.store import office_change_tables as change_tables
from app.store import office_tables as tables
from app.store.office_values import OfficeImport

_COUNTED = {
    "people": tables.person.c.person_id,
    "territories": tables.territory.c.territory_id,
    "customers": tables.customer_state.c.licence_no,
    "manufacturers": tables.manufacturer.c.manufacturer_id,
    "brands": tables.brand.c.brand_id,
    "products": tables.product.c.sku,
    "calendar": tables.calendar_day.c.day,
    "cycles": tables.cycle.c.cycle,
    "ledger-entries": tables.ledger_entry.c.ledger_id,
    "model-runs": tables.model_run.c.run_id,
    "licences": change_tables.licence_record.c.licence_no,
    "sanctions": change_tables.sanction.c.case_no,
    "census-campaigns": change_tables.census_campaign.c.campaign_no,
}
_COUNTED_BY_FIRST_ROW = {
    "actuals": tables.actual,
    "code-lists": tables.code_list,
    "segment-profiles": change_tables.segment_profile,
    "allocation-standards": change_tables.allocation_standard,
    "customer-decisions": change_tables.customer_decision,
}
"""Several columns name the thing; its first row is there once."""


def add(connection: Connection, made: OfficeImport, revision: int) -> None:
    """Keep one import, which left the office data at ``revision``."""
    connection.execute(
        tables.office_import.insert(),
        {
            "import_id": made.import_id,
            "imported_at": made.at,
            "actor": dict(made.actor),
            "collection": made.collection,
            "received": made.received,
            "created": made.created,
            "changed": made.changed,
            "unchanged": made.unchanged,
            "rejected": made.rejected,
            "body_digest": made.body_digest,
            "mismatches": list(made.mismatches),
            "revision": revision,
        },
    )


def newest_imports(connection: Connection, limit: int) -> tuple[OfficeImport, ...]:
    """Return at most ``limit`` imports, newest first."""
    table = tables.office_import
    statement = select(table).order_by(table.c.imported_at.desc(), table.c.import_id.desc()).limit(limit)
    return tuple(_import(row) for row in connection.execute(statement).mappings())


def _import(row: RowMapping) -> OfficeImport:
    return OfficeImport(
        import_id=row["import_id"],
        at=row["imported_at"],
        actor=row["actor"],
        collection=row["collection"],
        received=row["received"],
        created=row["created"],
        changed=row["changed"],
        unchanged=row["unchanged"],
        rejected=row["rejected"],
        body_digest=row["body_digest"],
        mismatches=tuple(row["mismatches"]),
    )


def counts(connection: Connection) -> dict[str, int]:
    """Return how many things of each collection are known, by the collection's name in the API."""
    counted = [select(func.count(key.distinct())).scalar_subquery().label(name) for name, key in _COUNTED.items()]
    counted += [
        select(func.count()).select_from(table).where(table.c.recorded == 1).scalar_subquery().label(name)
        for name, table in _COUNTED_BY_FIRST_ROW.items()
    ]
    row = connection.execute(select(*counted)).one()
    return dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public way to a row's names
