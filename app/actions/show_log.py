"""Show people the log: how long it is, what was signed last, and its newest entries."""

import base64
from dataclasses import dataclass

from app.actions.deps import Deps
from app.audit.log.event import Event, parse_event
from app.core.actor import Actor
from app.office.permission import Permission
from app.store.values import StoredCheckpoint


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry, with the hash that proves it."""

    index: int
    event: Event
    leaf_hash: str
    """Base64 of the 32 bytes."""


@dataclass(frozen=True, slots=True)
class LogView:
    """The log as a page shows it."""

    size: int
    checkpoint: StoredCheckpoint | None
    """The newest signed one, None before the first."""
    lines: tuple[LogLine, ...]
    """Newest first."""


def show_log(deps: Deps, actor: Actor, before: int | None, limit: int) -> LogView:
    """Return the ``limit`` entries before index ``before`` (the newest when None), newest first.

    Raises:
        Forbidden: the actor may not read the log.
    """
    actor.require(Permission.READ_LOG)
    with deps.store.read() as uow:
        size = uow.log.size()
        end = size if before is None else max(0, min(before, size))
        lines = tuple(
            LogLine(
                index,
                parse_event(uow.log.leaf_data(index)),
                base64.b64encode(uow.log.node(0, index)).decode("ascii"),
            )
            for index in range(end - 1, max(end - limit, 0) - 1, -1)
        )
        return LogView(size, uow.checkpoints.latest(), lines)
