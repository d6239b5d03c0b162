"""Batches of terminal servers, as received and judged."""

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.audit.facts.context import PosBatch
from app.core.clock import OFFICE_ZONE
from app.office.month import Month
from app.store.tables import pos_batch
from app.store.values import StoredPosBatch


class PosBatchRepository:
    """Add and read batches."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, stored: StoredPosBatch) -> None:
        """Keep a reception; its evaluation and payload must be kept before. The same batch may arrive again."""
        batch = stored.batch
        self._connection.execute(
            pos_batch.insert(),
            {
                "evaluation_id": stored.evaluation_id,
                "batch_id": batch.batch_id,
                "terminal_server": batch.terminal_server,
                "announced_lines": batch.announced_lines,
                "received_lines": batch.received_lines,
                "checksum_matches": batch.checksum_matches,
                "received_at": batch.received_at,
                "licence_numbers": sorted(batch.licence_numbers),
                "payload_digest": stored.payload_digest,
                "actor": stored.actor,
            },
        )

    def find(self, batch_id: str) -> StoredPosBatch | None:
        """Return the latest reception of a batch; None when it never arrived."""
        query = select(pos_batch).where(pos_batch.c.batch_id == batch_id)
        row = self._connection.execute(query.order_by(pos_batch.c.reception_no.desc()).limit(1)).first()
        return None if row is None else _value(row)

    def receptions(self, batch_id: str) -> int:
        """Return how often a batch of this number has been received."""
        return self._connection.scalar(select(func.count()).where(pos_batch.c.batch_id == batch_id)) or 0

    def received_in(self, month: Month) -> tuple[PosBatch, ...]:
        """Return the batches received in ``month`` (in the office's zone), oldest first."""
        query = select(pos_batch).where(
            pos_batch.c.received_at >= _begin(month), pos_batch.c.received_at < _begin(month.plus(1))
        )
        rows = self._connection.execute(query.order_by(pos_batch.c.reception_no))
        return tuple(_value(row).batch for row in rows)


def _begin(month: Month) -> datetime:
    return datetime.combine(month.first_day, time.min, OFFICE_ZONE).astimezone(UTC)


def _value(row: Row[Any]) -> StoredPosBatch:
    batch = PosBatch(
        batch_id=row.batch_id,
        terminal_server=row.terminal_server,
        announced_lines=row.announced_lines,
        received_lines=row.received_lines,
        checksum_matches=row.checksum_matches,
        received_at=row.received_at,
        licence_numbers=frozenset(row.licence_numbers),
    )
    return StoredPosBatch(batch, row.evaluation_id, row.payload_digest, row.actor)
