"""Judge and keep a request to move the end of a window. It moves nothing unless WIN-11 passes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.actions.deps import Deps
from app.actions.fields import Fields
from app.actions.presenting import evaluation_body
from app.actions.recording import Subject, judge, kept, record, rulebook_on
from app.actions.reply import Reply, RequestKey, answer_once, kept_reply
from app.audit.facts.extension import extension_facts
from app.audit.facts.windows import stage_window
from app.audit.finding import Outcome
from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.text import Bilingual
from app.office.cycle import Extension, Stage
from app.office.month import Month
from app.office.permission import Permission
from app.store.contexts import extension_context
from app.store.values import StoredExtension

EVENT = "on_extension"
RULE = "WIN-11"
"""What must pass for an extension to move anything."""
_CALENDAR_MARGIN = timedelta(days=40)


def read_month(text: str) -> Month:
    """Return the month of a path or option.

    Raises:
        Invalid: it is none.
    """
    try:
        return Month.read(text)
    except ValueError as error:
        raise Invalid(Bilingual(f"{text!r} 不是月份（YYYY-MM）。", f"{text!r} is no month (YYYY-MM).")) from error


def extend_window(deps: Deps, actor: Actor, cycle_text: str, body: Mapping[str, Any], request: RequestKey) -> Reply:
    """Record the extension with its evaluation. Missing papers are a finding (WIN-11), not an error.

    Args:
        deps: the process.
        actor: needs ``window.extend``.
        cycle_text: ``YYYY-MM``.
        body: stage, new_end, reason, requested_by, approved_by, countersigned_by, filing_no, filed_at.
        request: the idempotency key.

    Raises:
        Invalid: ``stage`` is none, or a date cannot be read.
    """
    actor.require(Permission.EXTEND_WINDOW)
    cycle = read_month(cycle_text)
    fields = Fields(body)
    stage_text = fields.choice("stage", [stage.value for stage in Stage])
    new_end, filed_at = fields.optional_date("new_end"), fields.optional_instant("filed_at")
    fields.done()
    stage = Stage(stage_text)
    extension = Extension(
        cycle=cycle,
        stage=stage,
        new_end=new_end,
        reason=fields.optional_text("reason"),
        requested_by=fields.optional_text("requested_by"),
        approved_by=fields.optional_text("approved_by"),
        countersigned_by=fields.optional_text("countersigned_by"),
        filing_no=fields.optional_text("filing_no"),
        filed_at=filed_at,
    )
    return answer_once(deps, actor, request, lambda: _judge_and_keep(deps, actor, extension, body, request))


def _judge_and_keep(
    deps: Deps, actor: Actor, extension: Extension, body: Mapping[str, Any], request: RequestKey
) -> Reply:
    cycle, stage, at = extension.cycle, extension.stage, deps.clock.now()
    rulebook = rulebook_on(deps, EVENT, cycle)
    with deps.store.write() as uow:
        earlier = kept_reply(uow, actor, request)
        if earlier is not None:
            return earlier
        calendar = uow.office.calendar(cycle.first_day, cycle.last_day + _CALENDAR_MARGIN)
        window = stage_window(stage, cycle, uow.office.cycle(cycle), None, calendar, rulebook)
        context = extension_context(uow, extension, window, at)
        judged = judge(deps, rulebook, extension_facts(extension, context, rulebook), body)
        period = str(cycle).replace("-", "")
        extension_id = f"X-{period}-{uow.numbers.next('X', period):06d}"
        subject = Subject("extension", extension_id, 1, cycle, stage.value)
        stored = record(deps, uow, actor, subject, judged, "window.extended", at)
        # Only a pass moves a window: what could not be judged waits for a person.
        in_force = any(f.rule == RULE and f.outcome is Outcome.PASS for f in judged.judgement.findings)
        uow.extensions.add(
            StoredExtension(
                extension_no=0,
                extension=extension,
                evaluation_id=stored.evaluation_id,
                received_at=at,
                actor=stored.actor,
                verdict=stored.verdict,
                accepted=in_force,
            )
        )
        return kept(uow, actor, request, {**evaluation_body(stored), "in_force": in_force}, at)
