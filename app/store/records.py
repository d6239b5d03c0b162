"""Sealed documents about evaluations. One of each kind; made once, given out for ever."""

from sqlalchemy import Connection, select

from app.store.tables import record
from app.store.values import StoredRecord


class RecordRepository:
    """Find and add sealed documents."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def find(self, evaluation_id: str, document: str = "D19") -> StoredRecord | None:
        """Return the document about an evaluation; None when it was not made yet."""
        row = self._connection.execute(
            select(record).where(record.c.evaluation_id == evaluation_id, record.c.document == document)
        ).first()
        return None if row is None else StoredRecord(**row._mapping)  # noqa: SLF001  # the public way to a mapping

    def add(self, stored: StoredRecord) -> None:
        """Keep a document; its file must be put as a blob before.

        Raises:
            AlreadyRecorded: there is one.
        """
        columns = {name: getattr(stored, name) for name in record.c.keys()}  # noqa: SIM118  # columns, not a dict
        self._connection.execute(record.insert(), columns)
