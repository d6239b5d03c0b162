"""List the territories with everybody who had, has or will have them."""

from app.actions.deps import Deps
from app.core.actor import Actor
from app.office.people import Territory
from app.office.permission import Permission


def list_territories(deps: Deps, actor: Actor) -> tuple[Territory, ...]:
    """Return every territory, by its id.

    Raises:
        Forbidden: the actor keeps neither territories nor people nor machine clients.
    """
    if not (actor.may(Permission.MANAGE_ROLES) or actor.may(Permission.MANAGE_CLIENTS)):
        actor.require(Permission.MANAGE_TERRITORIES)
    with deps.store.read() as uow:
        return tuple(sorted(uow.office.territories().values(), key=lambda one: one.territory_id))
