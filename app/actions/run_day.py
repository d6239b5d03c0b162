"""What the service does by the calendar: changes take effect, forms are archived, what waits too long is judged."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.actions.archive_change_forms import archive_change_forms
from app.actions.archive_documents import archive_documents
from app.actions.change_judging import ask_change, merged
from app.actions.change_keeping import Act, keep_act, keep_refusal
from app.actions.deps import Deps
from app.actions.judge_watch import judge_watch
from app.core.actor import Actor, system_actor
from app.core.clock import local_date
from app.core.errors import Conflict
from app.office.permission import Permission
from app.office.segment_change import ChangeState, SegmentChange
from app.review.change_ending import take_effect
from app.store.office_shelf import Writing
from app.store.unit_of_work import UnitOfWork

CALENDAR = system_actor("calendar", ())


@dataclass(frozen=True, slots=True)
class DayReport:
    """What a run did."""

    effective: tuple[str, ...]
    """Numbers of the requests that took effect."""
    archived: tuple[str, ...]
    """Numbers of the requests whose forms, and of the documents that, were archived."""
    evaluations: tuple[str, ...]
    """Of what was judged."""


def run_day(deps: Deps, actor: Actor) -> DayReport:
    """Do what is due today, and judge what waits too long (SEG-16). Running it twice a day does nothing twice.

    Raises:
        Forbidden: the actor may not record events.
    """
    actor.require(Permission.RECORD_EVENT)
    effective = tuple(change_no for change_no in _due(deps) if _take_effect(deps, change_no))
    archived = (*archive_change_forms(deps), *archive_documents(deps))
    return DayReport(effective, archived, judge_watch(deps, actor, "daily"))


def _due(deps: Deps) -> list[str]:
    today = local_date(deps.clock.now())
    with deps.store.read() as uow:
        waiting = [stored.change for stored in uow.segment_changes.open()]
    return [
        change.change_no
        for change in waiting
        if change.state is ChangeState.FILED and change.effective_on is not None and change.effective_on <= today
    ]


def _take_effect(deps: Deps, change_no: str) -> bool:
    """Put one request into force when SEG-06 to SEG-08 let it; return whether they did. A refusal is on record."""
    at = deps.clock.now()
    with deps.store.write() as uow:
        seen = uow.segment_changes.get(change_no)
        if seen.change.state is not ChangeState.FILED:
            return False
        asked = ask_change(deps, uow, "on_effect", seen.change, at)[0]
        try:
            change = take_effect(seen.change, at, merged(asked))
        except Conflict as stopped:
            refusal = stopped
        else:
            details = {"effective_on": str(change.effective_on), "segment": change.application.proposed_segment}
            act = Act("take_effect", None, (asked,), details=details)
            keep_act(deps, uow, CALENDAR, change, seen.version + 1, act, at)
            _write_format(uow, change, at)
            return True
    keep_refusal(deps, CALENDAR, seen.change, seen.version, "take_effect", None, (asked,), refusal, at)
    return False


def _write_format(uow: UnitOfWork, change: SegmentChange, at: datetime) -> None:
    """Write the format that is filed from now on; what master data is delivered later is compared with it (SEG-15)."""
    licence_no, segment, day = change.application.licence_no, change.application.proposed_segment, change.effective_on
    assert segment is not None  # SEG-01 let it in
    assert day is not None
    customer = uow.office.customers_on(day, licences=[licence_no]).get(licence_no)
    if customer is not None:
        uow.office.keep([Writing(replace(customer, segment=segment, valid_from=day))], at)
