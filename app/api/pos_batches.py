"""Batches of terminal sales, judged on arrival."""

from flask import Response

from app.actions.receive_pos_batch import receive_pos_batch as receive
from app.api import examples
from app.api.access import needs
from app.api.operation import Answer, Body, Call, Door, Keyed, kept_answer
from app.api.schemas.pos_batch import PosBatchSchema
from app.api.schemas.replies import EvaluationReplySchema
from app.office.permission import Permission

POS_BATCHES = Door("pos-batches", "Batches of a terminal server.")


@POS_BATCHES.operation(
    "POST",
    "/pos-batches",
    access=needs(Permission.RECEIVE_POS_BATCH),
    body=Body(PosBatchSchema, examples.POS_BATCH),
    keyed=Keyed.OPTIONAL,
    answers=(
        Answer(201, EvaluationReplySchema, "Judged and on record"),
        Answer(200, EvaluationReplySchema, "The answer the same request got before"),
    ),
)
def receive_pos_batch(call: Call) -> Response:
    """Take a batch and judge whether it arrived whole (ENT-10)."""
    return kept_answer(receive(call.deps, call.actor, call.payload, call.request_key))
