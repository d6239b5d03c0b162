"""The monthly cycle: its events, and requests to move a window."""

from flask import Response

from app.actions.extend_window import extend_window as extend
from app.actions.record_cycle_event import record_cycle_event as record
from app.api import examples
from app.api.access import needs
from app.api.fields import MonthText
from app.api.operation import Answer, Body, Call, Door, Keyed, kept_answer
from app.api.schemas.cycle import CycleEventSchema, ExtensionSchema
from app.api.schemas.replies import CycleEventReplySchema, ExtensionReplySchema
from app.office.permission import Permission

CYCLES = Door("cycles", "Events of the monthly cycle.")

_CYCLE = {"cycle": {"schema": MonthText().openapi, "description": "The month of the cycle."}}
_REPLAY = "The answer the same request got before"


@CYCLES.operation(
    "POST",
    "/cycles/<cycle>/extensions",
    access=needs(Permission.EXTEND_WINDOW),
    body=Body(ExtensionSchema, examples.EXTENSION),
    keyed=Keyed.OPTIONAL,
    path=_CYCLE,
    answers=(
        Answer(201, ExtensionReplySchema, "Judged and on record"),
        Answer(200, ExtensionReplySchema, _REPLAY),
    ),
)
def extend_window(call: Call, cycle: str) -> Response:
    """Ask to move the end of a window; void unless WIN-11 passes."""
    return kept_answer(extend(call.deps, call.actor, cycle, call.payload, call.request_key))


@CYCLES.operation(
    "POST",
    "/cycles/<cycle>/events",
    access=needs(Permission.RECORD_EVENT),
    body=Body(CycleEventSchema, examples.CYCLE_EVENT),
    keyed=Keyed.OPTIONAL,
    path=_CYCLE,
    answers=(
        Answer(201, CycleEventReplySchema, "Recorded, and judged where rules ask"),
        Answer(200, CycleEventReplySchema, _REPLAY),
    ),
)
def record_cycle_event(call: Call, cycle: str) -> Response:
    """Record an event of the cycle and judge what the rules ask at it."""
    return kept_answer(record(call.deps, call.actor, cycle, call.payload, call.request_key))
