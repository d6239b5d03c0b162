"""Numbers without gaps: a rolled-back transaction gives its numbers back."""

from sqlalchemy import Connection, select

from app.store.tables import number


class NumberRepository:
    """Count per kind and period. The writer lock keeps two from getting the same."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def next(self, kind: str, period: str) -> int:
        """Return the next number of ``kind`` (``forecast``) in ``period`` (``202611``), from 1."""
        here = (number.c.kind == kind) & (number.c.period == period)
        last = self._connection.scalar(select(number.c.last).where(here))
        if last is None:
            self._connection.execute(number.insert(), {"kind": kind, "period": period, "last": 1})
            return 1
        self._connection.execute(number.update().where(here).values(last=last + 1))
        return int(last) + 1
