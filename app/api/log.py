"""The log of records: its signed head, and proofs that need no trust in this service.

Open to everybody: hashes tell nothing of what they are of, and whoever holds a record must be able to ask.
"""

from flask import Response

from app.actions.read_log import read_checkpoint as checkpoint
from app.actions.read_log import read_consistency, read_inclusion
from app.api.access import OPEN
from app.api.fields import Shape, WholeNumberText
from app.api.operation import Answer, Call, Door, json_answer
from app.api.schemas.replies import ConsistencySchema, InclusionSchema

LOG = Door("log", "The append-only log (RFC 6962) and its checkpoints (C2SP).")

_TEXT = "text/plain; charset=utf-8"
_MOST = 2**53 - 1


class InclusionQuerySchema(Shape):
    """The size of the log the proof is for; the newest checkpoint's when absent."""

    size = WholeNumberText(1, _MOST)


ConsistencyQuerySchema = Shape.from_dict(
    {"from": WholeNumberText(1, _MOST, required=True), "to": WholeNumberText(1, _MOST)}, name="ConsistencyQuerySchema"
)


@LOG.operation(
    "GET",
    "/log/checkpoint",
    access=OPEN,
    answers=(Answer(200, {"type": "string"}, "A signed note", media=_TEXT),),
)
def read_checkpoint(call: Call) -> Response:
    """Return the newest signed checkpoint."""
    return Response(checkpoint(call.deps), content_type=_TEXT)


@LOG.operation(
    "GET",
    "/log/proofs/<int:index>",
    access=OPEN,
    query=InclusionQuerySchema,
    answers=(Answer(200, InclusionSchema, "The proof"),),
    refuses=(404,),
)
def prove_inclusion(call: Call, index: int) -> Response:
    """Prove that an entry lies in the log."""
    size = call.query.get("size")
    return json_answer(read_inclusion(call.deps, index, None if size is None else int(size)))


@LOG.operation(
    "GET",
    "/log/consistency",
    access=OPEN,
    query=ConsistencyQuerySchema,
    answers=(Answer(200, ConsistencySchema, "The proof"),),
)
def prove_consistency(call: Call) -> Response:
    """Prove that the log of `to` entries continues the log of `from` entries."""
    to = call.query.get("to")
    return json_answer(read_consistency(call.deps, int(call.query["from"]), None if to is None else int(to)))
