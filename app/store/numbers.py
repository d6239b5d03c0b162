"""Numbers without gaps: a rolled-back transaction gives its numbers back."""

from sqlalchemy import Connection, text

_NEXT = text(
    "INSERT INTO number (kind, period, last) VALUES (:kind, :period, 1) "
    "ON CONFLICT (kind, period) DO UPDATE SET last = number.last + 1 RETURNING last"
)
"""The same words on SQLite and on PostgreSQL."""


class NumberRepository:
    """Count per kind and period. The writer lock keeps two from getting the same."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def next(self, kind: str, period: str) -> int:
        """Return the next number of ``kind`` (``forecast``) in ``period`` (``202611``), from 1."""
        row = {"kind": kind, "period": period}
        return int(self._connection.execute(_NEXT, row).scalar_one())
