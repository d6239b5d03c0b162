"""End a role of a person with a day."""

from datetime import date, timedelta

from app.actions.deps import Deps
from app.actions.grant_role import known_person
from app.actions.noting import note
from app.actions.own_case import refuse_own_person
from app.core.actor import Actor
from app.core.clock import local_date
from app.core.errors import Fault, Invalid, NotFound
from app.core.text import Bilingual
from app.office.people import Person, RoleHeld
from app.office.permission import Permission
from app.store.office_shelf import Writing


def end_role(deps: Deps, actor: Actor, person_id: str, role: str, unit: str, until: date) -> Person:
    """Return the person, whose role ends with ``until``: yesterday at the earliest. A role of the future is taken back.

    Raises:
        NotFound: there is no such person, or the role is not held in that unit on or after that day.
        OwnCase: it is the actor.
        Invalid: the day lies before yesterday: what was done in the role is not undone.
    """
    actor.require(Permission.MANAGE_ROLES)
    at = deps.clock.now()
    if until < local_date(at) - timedelta(days=1):
        message = Bilingual("最早可终止于昨天。", "Yesterday is the earliest last day.")
        raise Invalid(message, [Fault("to", "span.too_early", message)])
    with deps.store.write() as uow:
        person = known_person(uow, person_id)
        refuse_own_person(actor, person_id)
        ending = [held for held in person.roles if _ends(held, role, unit, until)]
        if not ending:
            raise NotFound(
                Bilingual(
                    f"{person.name}（{person_id}）此后在 {unit} 不担任 {role}。",
                    f"{person.name} ({person_id}) does not hold {role} in {unit} after that day.",
                )
            )
        roles = tuple(
            RoleHeld(held.role, held.unit, held.since, until) if held in ending else held
            for held in person.roles
            if held not in ending or held.since <= until
        )
        ended = Person(person.person_id, person.name, person.staff_no, roles)
        uow.office.keep([Writing(ended)], at)
        body = {"role": role, "unit": unit, "to": until.isoformat()}
        note(uow, actor, "role.ended", ("person", person_id), at, body)
        return ended


def _ends(held: RoleHeld, role: str, unit: str, until: date) -> bool:
    return (held.role, held.unit) == (role, unit) and (held.until is None or held.until > until)
