"""The hook: forecasts come in, and how they stand goes out."""

from flask import Response

from app.actions.determine_forecast import determine_forecast as determine
from app.actions.read_forecast_state import read_forecast_state
from app.actions.reopen_forecast import reopen_forecast as reopen
from app.actions.submit_forecast import submit_forecast as submit
from app.api import examples
from app.api.access import needs
from app.api.operation import Answer, Body, Call, Door, Keyed, json_answer, kept_answer
from app.api.schemas.forecast import DeterminationSchema, ForecastSchema, ReopeningSchema
from app.api.schemas.replies import EvaluationReplySchema, ForecastStateSchema
from app.office.permission import Permission

FORECASTS = Door("forecasts", "Submit forecasts and see how they stand.")

_STATE = Answer(200, ForecastStateSchema, "How the forecast stands")


@FORECASTS.operation(
    "POST",
    "/forecasts",
    access=needs(Permission.SUBMIT_FORECAST),
    body=Body(ForecastSchema, examples.FORECAST),
    keyed=Keyed.REQUIRED,
    answers=(
        Answer(201, EvaluationReplySchema, "Judged and on record", examples.EVALUATION),
        Answer(200, EvaluationReplySchema, "The answer the same request got before"),
    ),
)
def submit_forecast(call: Call) -> Response:
    """Submit a forecast.

    Refused is only what cannot be kept faithfully; every other mistake is recorded and judged. A verdict `block` is
    still 201: the submission is on record and is not accepted.
    """
    return kept_answer(submit(call.deps, call.actor, call.payload, call.request_key))


@FORECASTS.operation(
    "GET",
    "/forecasts/<forecast_id>",
    access=needs(Permission.READ_EVALUATION, Permission.SUBMIT_FORECAST),
    answers=(_STATE,),
    refuses=(404,),
)
def read_forecast(call: Call, forecast_id: str) -> Response:
    """Say how a forecast stands: its versions, whether it is accepted, and why not."""
    return json_answer(read_forecast_state(call.deps, call.actor, forecast_id))


@FORECASTS.operation(
    "POST",
    "/forecasts/<forecast_id>/determination",
    access=needs(Permission.DETERMINE_FORECAST),
    body=Body(DeterminationSchema, examples.DETERMINATION),
    answers=(_STATE,),
    refuses=(404, 409),
)
def determine_forecast(call: Call, forecast_id: str) -> Response:
    """Record what supervision determined of a supply forecast."""
    return json_answer(determine(call.deps, call.actor, forecast_id, call.payload))


@FORECASTS.operation(
    "POST",
    "/forecasts/<forecast_id>/reopening",
    access=needs(Permission.REOPEN_FORECAST),
    body=Body(ReopeningSchema, examples.REOPENING),
    answers=(_STATE,),
    refuses=(404, 409),
)
def reopen_forecast(call: Call, forecast_id: str) -> Response:
    """Record the approval to submit a forecast once more."""
    return json_answer(reopen(call.deps, call.actor, forecast_id, call.payload))
