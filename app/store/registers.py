"""The registers of numbers: given once, in order, without gaps; what is void stays, with its reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.core.clock import local
from app.core.errors import Invalid, NotFound
from app.core.text import Bilingual
from app.office.visible_text import says_something
from app.store.change_tables import register_entry, register_void
from app.store.change_values import RegisterEntry
from app.store.errors import house_errors

_LEAST_DIGITS = 3


class VoidReasonMissing(Invalid):
    """A number is not made void without saying why."""

    code = "register.reason_missing"
    title = Bilingual("作废须写明理由", "Say why the number is void")


class RegisterRepository:
    """Give numbers and make them void. A rolled-back transaction gives its numbers back."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def take(self, kind: str, at: datetime, object_kind: str, object_id: str | None, person_id: str | None) -> str:
        """Return the next number of ``kind``, recorded for the object: ``NG-YT-202611-001``.

        The count is that of the year, the month the one in which ``at`` lies, both in the office's zone. What is
        named by the number itself is given as None. Source: domain/data-model.md, numbering.
        """
        day = local(at)
        of_year = (register_entry.c.kind == kind) & (register_entry.c.year == day.year)
        serial = (self._connection.scalar(select(func.max(register_entry.c.serial)).where(of_year)) or 0) + 1
        number = f"NG-{kind}-{day.year:04d}{day.month:02d}-{serial:0{_LEAST_DIGITS}d}"
        with house_errors():
            self._connection.execute(
                register_entry.insert(),
                {
                    "kind": kind,
                    "year": day.year,
                    "serial": serial,
                    "number": number,
                    "object_kind": object_kind,
                    "object_id": number if object_id is None else object_id,
                    "given_at": at,
                    "given_by": person_id,
                },
            )
        return number

    def void(self, number: str, at: datetime, person_id: str, reason: str) -> None:
        """Make a number void; it is never given again.

        Raises:
            NotFound: it was never given.
            VoidReasonMissing: ``reason`` says nothing.
            AlreadyRecorded: it is void.
        """
        if self.find(number) is None:
            raise NotFound(Bilingual(f"登记簿中没有 {number}。", f"{number} is not in the register."))
        if not says_something(reason):
            raise VoidReasonMissing
        row = {"number": number, "voided_at": at, "voided_by": person_id, "reason": reason}
        with house_errors():
            self._connection.execute(register_void.insert(), row)

    def find(self, number: str) -> RegisterEntry | None:
        """Return the entry of a number; None when it was never given."""
        row = self._connection.execute(_ENTRIES.where(register_entry.c.number == number)).first()
        return None if row is None else _entry(row)

    def entries(self, kind: str, year: int) -> tuple[RegisterEntry, ...]:
        """Return the register of ``kind`` and ``year``, in order, the void ones included."""
        query = _ENTRIES.where(register_entry.c.kind == kind, register_entry.c.year == year)
        return tuple(_entry(row) for row in self._connection.execute(query.order_by(register_entry.c.serial)))

    def of_object(self, object_kind: str, object_id: str) -> tuple[RegisterEntry, ...]:
        """Return every number an object was given, by kind, in order."""
        query = _ENTRIES.where(register_entry.c.object_kind == object_kind, register_entry.c.object_id == object_id)
        order = (register_entry.c.kind, register_entry.c.year, register_entry.c.serial)
        return tuple(_entry(row) for row in self._connection.execute(query.order_by(*order)))

    def of_kind(self, object_kind: str) -> tuple[RegisterEntry, ...]:
        """Return every number given to objects of one kind, in order."""
        query = _ENTRIES.where(register_entry.c.object_kind == object_kind)
        order = (register_entry.c.kind, register_entry.c.year, register_entry.c.serial)
        return tuple(_entry(row) for row in self._connection.execute(query.order_by(*order)))

    def years(self, kind: str) -> tuple[int, ...]:
        """Return the years in which a number of ``kind`` was given, newest first."""
        query = select(register_entry.c.year).where(register_entry.c.kind == kind).distinct()
        return tuple(self._connection.scalars(query.order_by(register_entry.c.year.desc())))


_ENTRIES = select(
    register_entry, register_void.c.voided_at, register_void.c.voided_by, register_void.c.reason.label("void_reason")
).select_from(register_entry.outerjoin(register_void))


def _entry(row: Row[Any]) -> RegisterEntry:
    return RegisterEntry(**row._mapping)  # noqa: SLF001  # the public way to a mapping
