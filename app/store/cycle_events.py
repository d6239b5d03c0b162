"""What happened to a cycle: opened, a window closed, closed."""

from typing import Any

from sqlalchemy import Connection, Row, select

from app.office.month import Month
from app.store.tables import cycle_event
from app.store.values import CycleEvent


class CycleEventRepository:
    """Add and read the events of cycles."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, happened: CycleEvent) -> None:
        """Keep an event; its evaluation must be kept before."""
        self._connection.execute(
            cycle_event.insert(),
            {
                "evaluation_id": happened.evaluation_id,
                "cycle": happened.cycle,
                "event": happened.event,
                "stage": happened.stage,
                "recorded_at": happened.at,
                "actor": happened.actor,
                "verdict": happened.verdict,
            },
        )

    def of(self, cycle: Month) -> tuple[CycleEvent, ...]:
        """Return the events of a cycle, oldest first."""
        query = select(cycle_event).where(cycle_event.c.cycle == cycle).order_by(cycle_event.c.event_no)
        return tuple(_value(row) for row in self._connection.execute(query))


def _value(row: Row[Any]) -> CycleEvent:
    return CycleEvent(row.cycle, row.event, row.stage, row.evaluation_id, row.recorded_at, row.actor, row.verdict)
