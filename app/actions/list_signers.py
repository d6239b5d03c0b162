"""Name the people who may have signed a layer on paper, for the officer who saw it."""

from app.actions.change_acting import change_visible
from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.clock import local_date
from app.office.permission import Permission
from app.review.change_signing import waits_for_signature
from app.review.change_steps import Act


def list_signers(deps: Deps, actor: Actor, change_no: str) -> tuple[tuple[str, str], ...]:
    """Return number and name of whom the next signature may be of: who made the check, or who holds the role today.

    Raises:
        Forbidden: the actor may not sign, and so be no witness.
        NotFound: there is no such request, or the actor may not see it.
        WrongState: no signature is waited for.
    """
    actor.require(Permission.SIGN_CHANGE)
    day = local_date(deps.clock.now())
    with deps.store.read() as uow:
        change = change_visible(uow, actor, change_no).change
        step = waits_for_signature(change)
        assert step.role is not None
        assert step.layer is not None
        holders = uow.office.people_holding(step.role, day)
    if step.act is Act.SIGN:
        own = change.site_checks[step.layer - 1].person_id
        holders = tuple(person for person in holders if person.person_id == own)
    return tuple((person.person_id, person.name) for person in holders)
