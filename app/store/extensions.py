"""Extensions of windows, as requested and judged."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.office.cycle import Extension, Stage
from app.office.month import Month
from app.store.tables import window_extension
from app.store.values import StoredExtension

_OF_REQUEST = tuple(name for name in Extension.__dataclass_fields__)
_AROUND = ("evaluation_id", "received_at", "actor", "verdict", "accepted")


_REQUESTED = (
    select(window_extension)
    .where(window_extension.c.cycle == bindparam("of_cycle"), window_extension.c.stage == bindparam("of_stage"))
    .order_by(window_extension.c.extension_no)
)
"""Asked for every submission: written once."""


class ExtensionRepository:
    """Add and read extensions."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, stored: StoredExtension) -> None:
        """Keep a request; its evaluation must be kept before. ``extension_no`` of the value is not looked at."""
        columns = {name: getattr(stored.extension, name) for name in _OF_REQUEST}
        columns["stage"] = stored.extension.stage.value
        self._connection.execute(
            window_extension.insert(), {**columns, **{name: getattr(stored, name) for name in _AROUND}}
        )

    def in_force(self, cycle: Month, stage: Stage) -> StoredExtension | None:
        """Return the latest accepted one; None when the window was never moved."""
        accepted = [stored for stored in self.requested(cycle, stage) if stored.accepted]
        return accepted[-1] if accepted else None

    def requested(self, cycle: Month, stage: Stage) -> tuple[StoredExtension, ...]:
        """Return every request, accepted or not, oldest first."""
        rows = self._connection.execute(_REQUESTED, {"of_cycle": cycle, "of_stage": stage.value})
        return tuple(_value(row) for row in rows)


def _value(row: Row[Any]) -> StoredExtension:
    request = {name: getattr(row, name) for name in _OF_REQUEST}
    request["stage"] = Stage(row.stage)
    around = {name: getattr(row, name) for name in _AROUND}
    return StoredExtension(extension_no=row.extension_no, extension=Extension(**request), **around)
