"""List the people of the office, with what they hold today."""

from dataclasses import dataclass

from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.clock import local_date
from app.office.people import Person
from app.office.permission import Permission

_MAY = (Permission.MANAGE_ROLES, Permission.MANAGE_ACCOUNTS, Permission.CONFIRM_KEY)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person."""

    person: Person
    roles_today: tuple[str, ...]
    territories_today: tuple[str, ...]
    """Those the person may speak for."""
    accounts: tuple[str, ...]
    """Logins of the open ones."""


def list_people(deps: Deps, actor: Actor) -> tuple[PersonLine, ...]:
    """Return everybody, by number.

    Raises:
        Forbidden: the actor neither keeps people nor vouches for keys.
    """
    if not any(actor.may(permission) for permission in _MAY):
        actor.require(Permission.MANAGE_ROLES)
    day = local_date(deps.clock.now())
    with deps.store.read() as uow:
        territories = uow.office.territories().values()
        accounts = [account for account in uow.accounts.list() if account.disabled_at is None]
        return tuple(
            PersonLine(
                person=person,
                roles_today=tuple(dict.fromkeys(held.role for held in person.roles if held.covers(day))),
                territories_today=tuple(
                    one.territory_id for one in territories if person.person_id in one.managers_on(day)
                ),
                accounts=tuple(one.sign_in_name for one in accounts if one.person_id == person.person_id),
            )
            for person in uow.office.people()
        )
