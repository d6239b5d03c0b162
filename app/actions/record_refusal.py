"""Put on record that a body could not be represented: who, when, which bytes (by hash only), why."""

from app.actions.deps import Deps
from app.actions.noting import note
from app.core.actor import Actor


def record_refusal(deps: Deps, actor: Actor, body_digest: str, code: str, path: str) -> None:
    """Log the refusal of a body of an authenticated client."""
    at = deps.clock.now()
    with deps.store.write() as uow:
        note(uow, actor, "request.refused", ("request", path), at, {"body_digest": body_digest, "code": code})
