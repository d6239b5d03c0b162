"""What a person has done about one object, and therefore may not do any more: the database refuses it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import permutations
from typing import Any

from sqlalchemy import Connection, select

from app.core.text import Bilingual
from app.office.duties import DUTY_CONFLICTS, Duty
from app.store.change_tables import duty, duty_conflict
from app.store.change_values import HeldDuty
from app.store.errors import house_errors


class DutyRepository:
    """Take duties. They bind the person, whatever account is used."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, object_kind: str, object_id: str, taken: str, person_id: str, at: datetime) -> None:
        """Bind the person; nothing happens when that is on record already.

        The log entry of the act must name it: ``"duties": [[duty, person_id], ...]`` in its body, the object as its
        subject. ``henji db check`` compares both.

        Args:
            object_kind: ``segment_change``, ``forecast`` and so on.
            object_id: its number.
            taken: one of ``app.office.duties.Duty``.
            person_id: who acts, or for whom somebody acts: a deputy and the principal are both bound.
            at: when.

        Raises:
            DutyTaken: the person has a conflicting duty on the object. The transaction must be given up.
            ValueError: there is no such duty.
        """
        row: dict[str, Any] = {
            "object_kind": object_kind,
            "object_id": object_id,
            "person_id": person_id,
            "duty": Duty(taken).value,
        }
        known = select(duty.c.duty).where(*(duty.c[name] == value for name, value in row.items()))
        if self._connection.scalar(known) is None:
            with house_errors():
                self._connection.execute(duty.insert(), {**row, "taken_at": at})

    def of(self, object_kind: str, object_id: str) -> tuple[HeldDuty, ...]:
        """Return who is bound on an object, in the order in which it came about."""
        query = select(duty).where(duty.c.object_kind == object_kind, duty.c.object_id == object_id)
        rows = self._connection.execute(query.order_by(duty.c.taken_at, duty.c.duty, duty.c.person_id))
        return tuple(HeldDuty(row.duty, row.person_id, row.taken_at) for row in rows)

    def all(self) -> Iterator[tuple[str, str, HeldDuty]]:
        """Yield every (object kind, object id, duty that somebody has about it)."""
        for row in self._connection.execute(select(duty)):
            yield row.object_kind, row.object_id, HeldDuty(row.duty, row.person_id, row.taken_at)

    def problems(self) -> Iterator[Bilingual]:
        """Yield what the database should have refused: a pair that is no longer listed, a person with two duties."""
        listed = {(row.duty, row.excludes) for row in self._connection.execute(select(duty_conflict))}
        for pair in sorted(expected_pairs() - listed):
            yield Bilingual(
                f"表 duty_conflict 缺少 {pair[0]} 与 {pair[1]} 的不相容关系。",
                f"duty_conflict does not say that {pair[0]} excludes {pair[1]}.",
            )
        one, other = duty.alias(), duty.alias()
        same = (
            (one.c.object_kind == other.c.object_kind)
            & (one.c.object_id == other.c.object_id)
            & (one.c.person_id == other.c.person_id)
            & (one.c.duty < other.c.duty)
        )
        query = select(one.c.object_kind, one.c.object_id, one.c.person_id, one.c.duty, other.c.duty.label("second"))
        for row in self._connection.execute(query.select_from(one.join(other, same))):
            if (row.duty, row.second) in expected_pairs():
                yield Bilingual(
                    f"{row.person_id} 在 {row.object_kind} {row.object_id} 上同时承担 {row.duty} 与 {row.second}。",
                    f"{row.person_id} has both {row.duty} and {row.second} on {row.object_kind} {row.object_id}.",
                )


def expected_pairs() -> frozenset[tuple[str, str]]:
    """Return what the table ``duty_conflict`` holds: every pair, both ways."""
    return frozenset(
        (one.value, other.value) for pair in DUTY_CONFLICTS for one, other in permutations(sorted(pair), 2)
    )
