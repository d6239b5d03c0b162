"""The service, and beside it an operation that stores the same payload without judging it: the floor."""

import secrets

from flask import Response

from app.actions.recording import kept
from app.actions.reply import kept_reply
from app.api import examples
from app.api.access import needs
from app.api.operation import Answer, Body, Call, Door, kept_answer
from app.api.schemas.forecast import ForecastSchema
from app.api.schemas.replies import EvaluationReplySchema
from app.audit.log.event import Event
from app.core.canonical import canonical_bytes
from app.core.clock import instant
from app.factory import create_app
from app.office.permission import Permission
from app.store.blobs import prepare_blob

FLOOR = Door("floor", "Stores without judging.")


@FLOOR.operation(
    "POST",
    "/floor",
    access=needs(Permission.SUBMIT_FORECAST),
    body=Body(ForecastSchema, examples.FORECAST),
    keyed=True,
    answers=(Answer(201, EvaluationReplySchema, "Stored"),),
)
def store_only(call: Call) -> Response:
    """Parse, check, store, log and commit: everything but reading the office and judging."""
    at = call.deps.clock.now()
    payload = prepare_blob(canonical_bytes(call.payload))
    with call.deps.store.in_flight(f"{call.actor.actor_id}\n{call.request_key.key}"):
        with call.deps.store.read() as uow:
            assert kept_reply(uow, call.actor, call.request_key) is None
        with call.deps.store.write() as uow:
            digest = uow.blobs.put(payload)
            subject = {"kind": "payload", "id": str(call.request_key.key), "version": 1}
            actor, body = call.actor.as_json(), {"payload": digest}
            event = Event("payload.stored", instant(at), actor, subject, body, secrets.token_hex(16))
            position = uow.log.append(event)
            uow.outbox.add("payload.stored", {"payload": digest}, at)
            return kept_answer(kept(uow, call.actor, call.request_key, {"log_index": position.index}, at))


application = create_app()
application.register_blueprint(FLOOR.blueprint)
