"""Refusals that concern a named person: unknown, or not in the role the act needs."""

from collections.abc import Sequence
from datetime import date

from app.core.errors import Fault, Invalid
from app.core.text import Bilingual
from app.office.people import Person, Role
from app.store.unit_of_work import UnitOfWork


class PersonUnfit(Invalid):
    """The named person is unknown or does not hold a role that may do this."""

    code = "person.lacks_role"
    title = Bilingual("指定人员不具备相应岗位", "The named person does not hold the role this needs")


def require_role(uow: UnitOfWork, person_id: str, roles: Sequence[Role], day: date, pointer: str) -> Person:
    """Return the person when one of ``roles`` is held on ``day``.

    Raises:
        PersonUnfit: unknown, or holding none of them that day.
    """
    person = uow.office.person(person_id)
    if person is not None and any(person.holds(role, day) for role in roles):
        return person
    names = "、".join(roles)
    message = Bilingual(
        f"人员 {person_id} 在 {day} 不担任所需岗位（{names}）。请核对人员编号或先导入其岗位。",
        f"{person_id} holds none of the roles this needs ({', '.join(roles)}) on {day}. "
        "Check the id or import the role.",
    )
    raise PersonUnfit(message, [Fault(pointer, PersonUnfit.code, message)])
