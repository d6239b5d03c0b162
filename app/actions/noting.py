"""Put on record what was done, in the transaction of the doing."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.audit.log.event import Event
from app.core.actor import Actor
from app.core.clock import instant
from app.store.unit_of_work import UnitOfWork


def note(
    uow: UnitOfWork,
    actor: Actor,
    name: str,
    subject: tuple[str, str],
    at: datetime,
    body: Mapping[str, Any],
    *,
    version: int = 1,
) -> int:
    """Log the event ``name`` and return its index.

    Args:
        uow: of what it tells of.
        actor: who did it.
        name: ``noun.past``; never reused.
        subject: kind and id.
        at: the moment, aware.
        body: what else is worth knowing later; no secret.
        version: of the subject.
    """
    kind, subject_id = subject
    position = uow.log.append(
        Event(
            name=name,
            at=instant(at),
            actor=actor.as_json(),
            subject={"kind": kind, "id": subject_id, "version": version},
            body=dict(body),
            salt=secrets.token_hex(16),
        )
    )
    return position.index
