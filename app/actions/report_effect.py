"""Take another system's word from which day it uses the new format: judged, on record (SEG-06 to SEG-08)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.actions.change_acting import change_visible, refuse_faults
from app.actions.change_judging import ask_change, put_on_record
from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.presenting import evaluation_body
from app.actions.recording import kept
from app.actions.reply import Reply, RequestKey, answer_once, kept_reply
from app.core.actor import Actor
from app.office.intake.change_acts import read_effect_report
from app.office.permission import Permission
from app.store.change_values import EffectReport


def report_effect(deps: Deps, actor: Actor, change_no: str, payload: Mapping[str, Any], request: RequestKey) -> Reply:
    """Record the report with what the rules say of it. The request itself takes effect by the calendar alone.

    Raises:
        NotFound: there is no such request, or the actor may not see it.
        Invalid: the day cannot be read.
        RequestRunning, OtherBody: the ``Idempotency-Key`` is in use.
    """
    actor.require(Permission.REPORT_EFFECT)
    return answer_once(deps, actor, request, lambda: _record(deps, actor, change_no, payload, request))


def _record(deps: Deps, actor: Actor, change_no: str, payload: Mapping[str, Any], request: RequestKey) -> Reply:
    at = deps.clock.now()
    with deps.store.write() as uow:
        earlier = kept_reply(uow, actor, request)
        if earlier is not None:
            return earlier
        seen = change_visible(uow, actor, change_no)
        day, faults = read_effect_report(payload)
        refuse_faults(faults)
        reported = replace(seen.change, effective_on=day)
        asked = ask_change(deps, uow, "on_effect", reported, at)[0]
        stored = put_on_record(deps, uow, actor, seen.change, seen.version, asked, at)
        uow.effect_reports.add(EffectReport(change_no, day, at, stored.evaluation_id, stored.verdict, actor.as_json()))
        note(
            uow,
            actor,
            "segment_change.effect_reported",
            ("segment_change", change_no),
            at,
            {
                "effective_on": None if day is None else day.isoformat(),
                "filed_effective_on": None if seen.change.effective_on is None else str(seen.change.effective_on),
                "evaluations": [stored.evaluation_id],
            },
            version=seen.version,
        )
        body = {**evaluation_body(stored), "change_no": change_no, "state": seen.change.state.value}
        return kept(uow, actor, request, body, at)
