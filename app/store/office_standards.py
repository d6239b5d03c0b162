"""Allocation standards in the store."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, or_

from app.office.allocation_standard import AllocationStandard, DeliveryMethod, Dimension, StandardPeriod, StandardRow
from app.office.month import Month
from app.store.office_change_tables import allocation_standard, allocation_standard_row
from app.store.office_shelf import Row, Shelf, newest


def _standard_row(value: AllocationStandard) -> dict[str, Any]:
    return {
        "std_id": value.std_id,
        "version": value.version,
        "sku": value.sku,
        "period": value.period.value,
        "delivery_method": value.delivery_method.value,
        "dimensions": [[dimension.name, dimension.value] for dimension in value.dimensions],
        "effective_from": value.effective_from,
        "effective_to": value.effective_to,
        "filing_no": value.filing_no,
        "filed_at": value.filed_at,
        "published_at": value.published_at,
    }


def _quota_lines(value: AllocationStandard) -> list[dict[str, Any]]:
    return [
        {"segment": row.segment, "area": row.area, "quota": [[grade, row.quota[grade]] for grade in sorted(row.quota)]}
        for row in value.rows
    ]


def _standard(row: Row, lines: Sequence[Row]) -> AllocationStandard:
    return AllocationStandard(
        std_id=row["std_id"],
        version=row["version"],
        sku=row["sku"],
        period=StandardPeriod(row["period"]),
        delivery_method=DeliveryMethod(row["delivery_method"]),
        rows=tuple(StandardRow(line["segment"], line["area"], dict(line["quota"])) for line in lines),
        effective_from=row["effective_from"],
        effective_to=row["effective_to"],
        dimensions=tuple(Dimension(name, value) for name, value in row["dimensions"]),
        filing_no=row["filing_no"],
        filed_at=row["filed_at"],
        published_at=row["published_at"],
    )


STANDARDS: Shelf[AllocationStandard] = Shelf(
    allocation_standard, _standard_row, _standard, allocation_standard_row, _quota_lines
)


def standards_of(connection: Connection, month: Month) -> tuple[AllocationStandard, ...]:
    """Return every version of every standard that touches ``month``, filed or not, in the order of their keys."""
    ends = allocation_standard.c.effective_to
    touching = (
        allocation_standard.c.effective_from <= month.last_day,
        or_(ends.is_(None), ends >= month.first_day),
    )
    return tuple(newest(connection, STANDARDS, *touching).values())
