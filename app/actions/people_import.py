"""People who come with roles that exclude each other: that item is refused, and the judgement kept."""

from collections.abc import Callable, Sequence
from datetime import datetime

from app.actions.deps import Deps
from app.actions.judging_roles import judge_roles, record_roles, with_accounts
from app.core.actor import Actor
from app.core.errors import Fault
from app.office.items import ReadItem
from app.office.people import Person
from app.office.role_conflicts import conflicting_roles
from app.store.unit_of_work import UnitOfWork

Refuser = Callable[[ReadItem], Sequence[Fault]]
"""Why an item that could be read is not kept; empty when it is."""


def people_refuser(deps: Deps, uow: UnitOfWork, actor: Actor, at: datetime) -> Refuser:
    """Return what refuses people with incompatible roles; those without are not judged one by one."""

    def refuse(item: ReadItem) -> Sequence[Fault]:
        person = item.value
        if not isinstance(person, Person) or not conflicting_roles(with_accounts(uow, person)):
            return ()
        told = judge_roles(deps, uow, person, dict(item.raw), at)
        record_roles(deps, uow, actor, told, at)
        return told.faults

    return refuse
