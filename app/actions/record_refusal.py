"""Put on record that a body could not be represented: who, when, which bytes (by hash only), why."""

import secrets

from app.actions.deps import Deps
from app.audit.log.event import Event
from app.core.actor import Actor
from app.core.clock import instant


def record_refusal(deps: Deps, actor: Actor, body_digest: str, code: str, path: str) -> None:
    """Log the refusal of a body of an authenticated client."""
    at = deps.clock.now()
    with deps.store.write() as uow:
        uow.log.append(
            Event(
                name="request.refused",
                at=instant(at),
                actor=actor.as_json(),
                subject={"kind": "request", "id": path, "version": 1},
                body={"body_digest": body_digest, "code": code},
                salt=secrets.token_hex(16),
            )
        )
