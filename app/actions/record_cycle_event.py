"""Put an event of the monthly cycle on record and judge what the rules ask at it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.actions.deps import Deps
from app.actions.extend_window import read_month
from app.actions.fields import Fields
from app.actions.judge_watch import WATCH_EVENTS, judge_watch
from app.actions.presenting import evaluation_body
from app.actions.recording import Subject, judge, kept, record, rulebook_on
from app.actions.reply import Reply, RequestKey, answer_once, kept_reply
from app.actions.run_day import DayReport, run_day
from app.audit.fact import FactSet
from app.audit.facts.cycle import cycle_facts
from app.audit.facts.window_close import window_close_facts
from app.audit.log.event import Event
from app.core.actor import Actor
from app.core.clock import instant, local_date
from app.core.errors import Conflict
from app.core.text import Bilingual
from app.office.cycle import Stage, snapshot_day
from app.office.month import Month
from app.office.permission import Permission
from app.store.contexts import cycle_context, window_close_context
from app.store.unit_of_work import UnitOfWork
from app.store.values import CycleEvent, StoredEvaluation

EVENTS = ("on_cycle_open", "on_stage_open", "on_window_close", "on_close", *WATCH_EVENTS)
"""``on_stage_open`` of stage ``order`` freezes the customers; the others are judged. The daily run does what is due."""

_LOG_NAMES = {"on_cycle_open": "cycle.opened", "on_window_close": "window.closed", "on_close": "cycle.closed"}


class SnapshotTaken(Conflict):
    """The customers of the cycle are frozen already; a snapshot is taken once."""

    code = "snapshot.taken"
    title = Bilingual("该周期的客户快照已经生成", "The customers of this cycle are frozen already")


class SnapshotEarly(Conflict):
    """The day whose 00:00 state counts has not come yet."""

    code = "snapshot.early"
    title = Bilingual("尚未到客户快照日", "The snapshot day has not come yet")


def record_cycle_event(
    deps: Deps, actor: Actor, cycle_text: str, body: Mapping[str, Any], request: RequestKey
) -> Reply:
    """Record the event and return ``{"evaluations": [...]}``, one evaluation for each subject judged.

    Args:
        deps: the process.
        actor: needs ``cycle.record_event``.
        cycle_text: ``YYYY-MM``.
        body: ``event`` (one of EVENTS) and, for windows and stages, ``stage``; a window close without a stage
            closes both.
        request: the idempotency key.

    Raises:
        Invalid: unknown event or stage.
        SnapshotTaken, SnapshotEarly: the customers cannot be frozen now.
    """
    actor.require(Permission.RECORD_EVENT)
    cycle = read_month(cycle_text)
    fields = Fields(body)
    event = fields.choice("event", EVENTS)
    stages = tuple(Stage)
    if body.get("stage") is not None or event == "on_stage_open":
        stage = fields.choice("stage", [stage.value for stage in Stage])
        stages = (Stage(stage),) if stage in set(Stage) else stages
    fields.done()
    if event in WATCH_EVENTS:
        return answer_once(deps, actor, request, lambda: _watch(deps, actor, event, request))
    return answer_once(deps, actor, request, lambda: _record(deps, actor, cycle, event, stages, body, request))


def _record(
    deps: Deps,
    actor: Actor,
    cycle: Month,
    event: str,
    stages: Sequence[Stage],
    body: Mapping[str, Any],
    request: RequestKey,
) -> Reply:
    at = deps.clock.now()
    with deps.store.write() as uow:
        earlier = kept_reply(uow, actor, request)
        if earlier is not None:
            return earlier
        reply: dict[str, Any] = {"evaluations": []}
        if event == "on_stage_open":
            reply.update(_open_stage(uow, actor, cycle, stages[0], at))
        else:
            subjects = _subjects(deps, uow, cycle, event, stages, at)
            evaluations = [_judge_one(deps, uow, actor, event, subject, facts, body, at) for subject, facts in subjects]
            reply["evaluations"] = [evaluation_body(stored) for stored in evaluations]
        return kept(uow, actor, request, reply, at)


def _watch(deps: Deps, actor: Actor, event: str, request: RequestKey) -> Reply:
    with deps.store.read() as uow:
        earlier = kept_reply(uow, actor, request)
    if earlier is not None:
        return earlier
    done = run_day(deps, actor) if event == "daily" else DayReport((), (), judge_watch(deps, actor, event))
    at = deps.clock.now()
    with deps.store.write() as uow:
        body = {
            "evaluations": [evaluation_body(uow.evaluations.get(number)) for number in done.evaluations],
            "effective": list(done.effective),
            "archived": list(done.archived),
        }
        return kept(uow, actor, request, body, at)


def _subjects(
    deps: Deps, uow: UnitOfWork, cycle: Month, event: str, stages: Sequence[Stage], at: datetime
) -> list[tuple[Subject, FactSet]]:
    rulebook = rulebook_on(deps, event, cycle)
    if event == "on_window_close":
        return [
            (
                Subject("stage", f"{cycle}/{stage.value}", 1, cycle, stage.value),
                window_close_facts(window_close_context(uow, cycle, stage, at, rulebook), rulebook),
            )
            for stage in stages
        ]
    return [(Subject("cycle", str(cycle), 1, cycle), cycle_facts(cycle_context(uow, cycle, at), rulebook))]


def _judge_one(
    deps: Deps,
    uow: UnitOfWork,
    actor: Actor,
    event: str,
    subject: Subject,
    facts: FactSet,
    body: Mapping[str, Any],
    at: datetime,
) -> StoredEvaluation:
    judged = judge(deps, rulebook_on(deps, event, subject.cycle), facts, body)
    stored = record(deps, uow, actor, subject, judged, _LOG_NAMES[event], at)
    uow.cycle_events.add(
        CycleEvent(subject.cycle, event, subject.stage, stored.evaluation_id, at, stored.actor, stored.verdict)
    )
    return stored


def _open_stage(uow: UnitOfWork, actor: Actor, cycle: Month, stage: Stage, at: datetime) -> dict[str, Any]:
    subject: dict[str, Any] = {"kind": "stage", "id": f"{cycle}/{stage.value}", "version": 1}
    body: dict[str, Any] = {}
    if stage is Stage.ORDER:
        body = _freeze_customers(uow, cycle, at)
    uow.log.append(Event("stage.opened", instant(at), actor.as_json(), subject, body, secrets.token_hex(16)))
    return body


def _freeze_customers(uow: UnitOfWork, cycle: Month, at: datetime) -> dict[str, Any]:
    day = snapshot_day(cycle)
    if local_date(at) < day:
        raise SnapshotEarly(
            Bilingual(
                f"客户快照按 {day} 零时的状态生成，请到日后再操作。",
                f"The state of {day} 00:00 is frozen; come back then.",
            )
        )
    if uow.office.snapshot(cycle) is not None:
        raise SnapshotTaken(
            Bilingual(f"{cycle} 的客户快照已经生成，不能再次生成。", f"The customers of {cycle} are frozen already.")
        )
    taken = uow.office.take_snapshot(cycle, at)
    return {"snapshot": {"customers": taken.customers, "digest": taken.digest, "day": day.isoformat()}}
