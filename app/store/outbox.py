"""What others must be told, written in the transaction it tells about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.store.tables import outbox
from app.store.values import OutboxMessage


class OutboxRepository:
    """Add messages and read them in order. What became of a delivery is kept elsewhere: a message never changes."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, topic: str, body: Mapping[str, Any], at: datetime) -> None:
        """Keep a message."""
        self._connection.execute(outbox.insert(), {"topic": topic, "body": body, "created_at": at})

    def after(self, number: int, limit: int = 100) -> tuple[OutboxMessage, ...]:
        """Return the messages after ``number``, oldest first."""
        query = select(outbox).where(outbox.c.message_no > number).order_by(outbox.c.message_no).limit(limit)
        return tuple(
            OutboxMessage(row.message_no, row.topic, row.body, row.created_at)
            for row in self._connection.execute(query)
        )
