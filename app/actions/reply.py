"""What an action that records answers a machine with: a status and the bytes that were kept with it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.core.text import Bilingual
from app.store.unit_of_work import UnitOfWork

CREATED = 201
OK = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, as sent."""

    status: int
    body: bytes
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What makes two requests the same: the client's key, and the body it was first used with."""

    key: str | None
    """``Idempotency-Key``; None where the client sent none and the call allows that."""
    body_digest: str


class RequestRunning(Conflict):
    """The same key is being worked on by another request at this moment."""

    code = "idempotency.running"
    title = Bilingual("相同的请求正在处理", "The same request is still running")


class OtherBody(Invalid):
    """The key was used before with another body."""

    code = "idempotency.other_body"
    title = Bilingual("Idempotency-Key 已用于另一份内容", "The Idempotency-Key was used with another body")


def reply_bytes(body: Mapping[str, Any]) -> bytes:
    """Return ``body`` as the JSON text that is sent and kept."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def kept_reply(uow: UnitOfWork, actor: Actor, request: RequestKey) -> Reply | None:
    """Return the answer the same request got before, marked as a replay; None when it is new.

    Raises:
        OtherBody: the key was used with another body.
    """
    if request.key is None:
        return None
    kept = uow.idempotency.find(actor.actor_id, request.key)
    if kept is None:
        return None
    if kept.body_digest != request.body_digest:
        raise OtherBody(
            Bilingual(
                "这个 Idempotency-Key 已用于另一份内容。请为新的内容换一个新的键。",
                "This Idempotency-Key was used with another body. Use a new key for a new body.",
            )
        )
    body = json.loads(kept.reply)
    body["replayed"] = True
    return Reply(OK, reply_bytes(body), replayed=True)


def answer_once(deps: Deps, actor: Actor, request: RequestKey, work: Callable[[], Reply]) -> Reply:
    """Return what ``work`` answers, while no other request with the same key is being worked on.

    ``work`` looks for the kept answer of an earlier request (:func:`kept_reply`), and keeps its own, in its own
    transaction.

    Raises:
        RequestRunning: another request with the same key is being worked on.
    """
    if request.key is None:
        return work()
    with deps.store.in_flight(f"{actor.actor_id}\n{request.key}") as mine:
        if not mine:
            raise RequestRunning(
                Bilingual(
                    "带有相同 Idempotency-Key 的请求正在处理，请稍后用同一个键重试。",
                    "A request with this Idempotency-Key is still running. Retry with the same key in a moment.",
                )
            )
        return work()
