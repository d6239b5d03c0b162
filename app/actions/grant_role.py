"""Give a person a role from a day on. It is judged first; what comes out is kept, also when the role is refused."""

from datetime import date
from typing import Any

from app.actions.deps import Deps
from app.actions.judging_roles import judge_roles, record_roles, refused
from app.actions.own_case import refuse_own_person
from app.actions.presenting import evaluation_body
from app.core.actor import Actor
from app.core.clock import local_date
from app.core.errors import Conflict, Fault, Invalid, NotFound
from app.core.text import Bilingual
from app.office.people import Person, Role, RoleHeld
from app.office.permission import Permission
from app.office.visible_text import says_something
from app.store.office_shelf import Writing
from app.store.unit_of_work import UnitOfWork


class RoleKnown(Conflict):
    """The person holds this role in this unit on a day of the span already. 409."""

    code = "role.known"
    title = Bilingual("已担任该岗位", "The person holds this role already")


def grant_role(
    deps: Deps, actor: Actor, person_id: str, role: str, unit: str, since: date, until: date | None
) -> dict[str, Any]:
    """Return the evaluation the role was granted by, in the shape of the reply to a submission.

    Args:
        deps: the process.
        actor: needs ``role.manage``; never grants a role to oneself.
        person_id: of a known person.
        role: of Role.
        unit: the unit or territory it is held in, as printed.
        since: first day, today or later.
        until: last day; None: no end yet.

    Raises:
        NotFound: there is no such person.
        OwnCase: it is the actor, whatever account is used.
        Invalid: role, unit or days will not do.
        RoleKnown: held already.
        RoleIncompatible: it does not go together with another role; the evaluation is on record all the same.
    """
    actor.require(Permission.MANAGE_ROLES)
    at = deps.clock.now()
    _check(role, unit, since, until, local_date(at))
    granted = RoleHeld(role, unit.strip(), since, until)
    with deps.store.write() as uow:
        person = known_person(uow, person_id)
        refuse_own_person(actor, person_id)
        if any(_overlap(held, granted) for held in person.roles):
            raise RoleKnown(
                Bilingual(
                    f"{person.name}（{person_id}）在此期间已于 {granted.unit} 担任 {role}。",
                    f"{person.name} ({person_id}) holds {role} in {granted.unit} in that time already.",
                )
            )
        wanted = Person(person.person_id, person.name, person.staff_no, (*person.roles, granted))
        asked = {
            "role": role,
            "unit": granted.unit,
            "from": since.isoformat(),
            "to": None if until is None else until.isoformat(),
        }
        told = judge_roles(deps, uow, wanted, asked, at)
        if not told.faults:
            uow.office.keep([Writing(wanted)], at)
        stored = record_roles(deps, uow, actor, told, at)
    if told.faults:
        raise refused(told.faults)
    return evaluation_body(stored)


def known_person(uow: UnitOfWork, person_id: str) -> Person:
    """Return the person.

    Raises:
        NotFound: there is none of that number.
    """
    person = uow.office.person(person_id)
    if person is None:
        raise NotFound(
            Bilingual(f"没有人员 {person_id}，请先导入。", f"There is no person {person_id}. Import the people first.")
        )
    return person


def _overlap(held: RoleHeld, granted: RoleHeld) -> bool:
    since = max(held.since, granted.since)
    same = (held.role, held.unit) == (granted.role, granted.unit)
    return same and held.covers(since) and granted.covers(since)


def _check(role: str, unit: str, since: date, until: date | None, today: date) -> None:
    faults = []
    if role not in set(Role):
        known = ", ".join(Role)
        message = Bilingual(f"没有岗位 {role}。可用：{known}。", f"No role {role}. There are: {known}.")
        faults.append(Fault("role", "role.unknown", message))
    if not says_something(unit):
        message = Bilingual("请填写所在单位或片区。", "Name the unit or territory.")
        faults.append(Fault("unit", "role.unit_missing", message))
    faults += span_faults(since, until, today)
    if faults:
        raise Invalid(faults[0].message, faults)


def span_faults(since: date, until: date | None, today: date) -> list[Fault]:
    """Return what is wrong with the days of a role or assignment that an administrator gives."""
    faults = []
    if since < today:
        # What was done without the role must not be covered by it afterwards.
        message = Bilingual("起始日不能早于今天。", "The first day cannot be before today.")
        faults.append(Fault("from", "span.too_early", message))
    if until is not None and until < since:
        message = Bilingual("截止日不能早于起始日。", "The last day cannot be before the first.")
        faults.append(Fault("to", "span.backwards", message))
    return faults
