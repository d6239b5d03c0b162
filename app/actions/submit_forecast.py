"""Judge a forecast, keep it, and log that we did, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.actions.deps import Deps
from app.actions.presenting import evaluation_body
from app.actions.recording import Judged, Subject, judge, kept, record, rulebook_on
from app.actions.reply import Reply, RequestKey, answer_once, kept_reply
from app.actions.speaking_for import require_speaker
from app.audit.facts.context import ForecastContext
from app.audit.facts.forecast import forecast_facts
from app.audit.facts.windows import days_late, stage_window
from app.core.actor import Actor
from app.core.clock import local_date
from app.office.cycle import Stage
from app.office.forecast import Forecast, read_forecast
from app.office.permission import Permission
from app.store.contexts import forecast_context, forecast_dependencies
from app.store.unit_of_work import UnitOfWork
from app.store.values import ForecastVersion

EVENT = "on_submit"
_OPTIMISTIC_TRIES = 3
"""How often the judging is done outside the writer's lock before it is done inside."""

SUBJECT_KINDS = {Stage.SUPPLY: "supply_forecast", Stage.ORDER: "order_forecast"}


@dataclass(frozen=True, slots=True)
class JudgedForecast:
    """A judged forecast, and the state of the store that the judgement rests on."""

    judged: Judged
    context: ForecastContext
    rests_on: object


def submit_forecast(deps: Deps, actor: Actor, payload: Mapping[str, Any], request: RequestKey) -> Reply:
    """Judge ``payload``, keep it as the next version of its forecast, log it, and answer; all in one transaction.

    The judging itself is done before the writer's lock is taken, and done again when anything it rests on has
    changed in between, so that writers wait only for disk.

    Raises:
        Forbidden: the client may not submit, or not for this territory or account manager.
        RequestRunning, OtherBody: the ``Idempotency-Key`` is in use.
    """
    forecast = read_forecast(payload)
    require_speaker(deps, actor, Permission.SUBMIT_FORECAST, forecast)
    return answer_once(deps, actor, request, lambda: _judge_and_keep(deps, actor, forecast, request))


def judge_forecast(deps: Deps, uow: UnitOfWork, forecast: Forecast, at: datetime) -> JudgedForecast:
    """Return what the rules say of ``forecast`` submitted at ``at``, by what ``uow`` knows."""
    rests_on = forecast_dependencies(uow, forecast)
    context = forecast_context(uow, forecast, at, deps.office_cache)
    rulebook = rulebook_on(deps, EVENT, forecast.cycle)
    facts = forecast_facts(forecast, context, rulebook)
    return JudgedForecast(judge(deps, rulebook, facts, forecast.payload), context, rests_on)


def _judge_and_keep(deps: Deps, actor: Actor, forecast: Forecast, request: RequestKey) -> Reply:
    at = deps.clock.now()
    for _ in range(_OPTIMISTIC_TRIES):
        with deps.judging, deps.store.read() as uow:
            earlier = kept_reply(uow, actor, request)
            if earlier is not None:
                return earlier
            judged = judge_forecast(deps, uow, forecast, at)
        with deps.store.write() as uow:
            if forecast_dependencies(uow, forecast) == judged.rests_on:
                return _keep(deps, uow, actor, forecast, request, judged, at)
    with deps.store.write() as uow:
        return _keep(deps, uow, actor, forecast, request, judge_forecast(deps, uow, forecast, at), at)


def _keep(
    deps: Deps,
    uow: UnitOfWork,
    actor: Actor,
    forecast: Forecast,
    request: RequestKey,
    judged: JudgedForecast,
    at: datetime,
) -> Reply:
    earlier = kept_reply(uow, actor, request)
    if earlier is not None:
        return earlier
    previous = judged.context.previous
    period = str(forecast.cycle).replace("-", "")
    forecast_id = previous.forecast_id if previous else f"F-{period}-{uow.numbers.next('F', period):06d}"
    subject = Subject(
        kind=SUBJECT_KINDS[forecast.stage],
        subject_id=forecast_id,
        version=previous.version + 1 if previous else 1,
        cycle=forecast.cycle,
        stage=forecast.stage.value,
        account_manager=forecast.account_manager,
        territory_id=forecast.territory_id,
    )
    stored = record(deps, uow, actor, subject, judged.judged, "forecast.submitted", at)
    if previous is None:
        uow.forecasts.add(forecast_id, forecast.stage, forecast.cycle, forecast.account_manager, at)
    uow.forecasts.add_version(
        ForecastVersion(
            forecast_id=forecast_id,
            territory_id=forecast.territory_id,
            version=subject.version,
            evaluation_id=stored.evaluation_id,
            payload_digest=stored.payload_digest,
            supersedes=forecast.supersedes,
            reason=forecast.reason,
            verdict=stored.verdict,
            days_late=_days_late(judged, forecast, at),
            submitted_at=at,
            actor=stored.actor,
            line_count=len(forecast.lines),
            final_cartons=_final_cartons(forecast),
        )
    )
    return kept(uow, actor, request, evaluation_body(stored), at)


def _final_cartons(forecast: Forecast) -> int | None:
    readable = [line.final.cartons for line in forecast.lines if line.final.cartons is not None]
    return sum(readable) if readable else None


def _days_late(judged: JudgedForecast, forecast: Forecast, at: datetime) -> int:
    context, rulebook = judged.context, judged.judged.rulebook
    window = stage_window(
        forecast.stage, forecast.cycle, context.cycle, context.extended_to, context.calendar, rulebook
    )
    return days_late(window, local_date(at))
