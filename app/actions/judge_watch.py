"""Ask the rules that look at all requests together: clusters, waiting too long, no look afterwards (SEG-14, 16, 18)."""

from app.actions.deps import Deps
from app.actions.recording import Subject, judge, record, rulebook_on
from app.audit.facts.change_watch import change_watch_facts
from app.core.actor import Actor
from app.core.clock import local_date
from app.office.month import Month
from app.store.change_contexts import change_watch_context

WATCH_EVENTS = ("daily", "monthly", "monthly_batch")
_LOG_NAMES = {"daily": "office.day_judged", "monthly": "office.month_judged", "monthly_batch": "office.batch_judged"}


def judge_watch(deps: Deps, actor: Actor, event: str) -> tuple[str, ...]:
    """Judge all requests together at ``event`` (one of ``WATCH_EVENTS``) and return the evaluation's number."""
    at = deps.clock.now()
    cycle = Month.of(local_date(at))
    with deps.store.write() as uow:
        rulebook = rulebook_on(deps, event, cycle)
        context = change_watch_context(uow, at, cache=deps.office_cache, parameters=rulebook)
        facts = change_watch_facts(context, rulebook)
        payload = {"event": event, "changes": [change.change_no for change in context.changes]}
        subject = Subject("office", f"{event}/{local_date(at)}", 1, cycle)
        stored = record(deps, uow, actor, subject, judge(deps, rulebook, facts, payload), _LOG_NAMES[event], at)
    return (stored.evaluation_id,)
