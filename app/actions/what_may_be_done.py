"""Which acts on a segment change are open to a person now, and which only the separation of duties forbids."""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.actions.change_acting import acting_now
from app.actions.change_view import MayDo
from app.core.actor import Actor
from app.core.errors import Conflict, Forbidden
from app.office.people import Person, Role
from app.office.permission import Permission
from app.office.segment_change import IN_EFFECT_STATES, OPEN_STATES, ChangeState, SegmentChange
from app.review.change_ending import file_change, record_review, reject, revoke, withdraw
from app.review.change_signing import require_signer
from app.review.change_steps import Act, Step, next_step
from app.review.duties import Acting, check_distinct, check_person
from app.review.refusals import NotYours

_A_REASON = "other"
_REASON = _WORDS = "-"
_SECOND = timedelta(seconds=2)
_PERMISSIONS = {
    Act.APPLY: Permission.SUBMIT_CHANGE,
    Act.CHECK: Permission.CHECK_CHANGE,
    Act.SIGN: Permission.SIGN_CHANGE,
    Act.APPROVE: Permission.SIGN_CHANGE,
    Act.FILE: Permission.FILE_CHANGE,
    Act.REVIEW: Permission.FILE_CHANGE,
}
"""What an actor needs for each step of the straight road."""
_TOLD = frozenset({"change.duty_conflict", "change.not_yours"})
"""Refusals that a reader is told: the role fits, the person does not."""


def acts_open_to(actor: Actor, change: SegmentChange, person: Person, at: datetime) -> tuple[MayDo, ...]:
    """Return the acts ``person`` may do about ``change`` now, the straight road first.

    An act that only the separation of duties keeps from the person is there too, with the reason. What rules may still
    say is not asked here: they are asked when it is done.
    """
    acting = acting_now(person, max(at, _later(change)))
    found = []
    step = next_step(change)
    if step is not None and step.role is not None and person.holds(step.role, acting.day):
        found += _next(actor, change, acting, step)
    if actor.may(Permission.CHECK_CHANGE) and change.state in {ChangeState.APPLIED, ChangeState.VERIFIED}:
        entered = person.person_id == change.application.account_manager
        if entered or person.holds(Role.MARKET_SUPERVISOR, acting.day):
            found.append(MayDo(Act.ADD_EVIDENCE, None))
    found += _endings(actor, change, acting)
    return tuple(found)


def _later(change: SegmentChange) -> datetime:
    """Return a moment later than everything that happened: only the order of things is asked for."""
    return change.last_at.replace(microsecond=0) + _SECOND


def _next(actor: Actor, change: SegmentChange, acting: Acting, step: Step) -> list[MayDo]:
    wanted = _PERMISSIONS.get(step.act)
    if wanted is None or not actor.may(wanted):
        return []
    return _told(step.act, step.layer, lambda: _try(change, acting, step))


def _try(change: SegmentChange, acting: Acting, step: Step) -> None:
    """Do nothing when the person may do the next step, rules aside.

    Raises:
        Conflict, Forbidden: the person may not.
    """
    match step.act:
        case Act.APPLY:
            if acting.person.person_id != change.application.account_manager:
                raise NotYours
        case Act.CHECK:
            assert step.role is not None
            check_person(acting, step.role)
            check_distinct(change, acting, initiator_may=step.layer == 1)
        case Act.SIGN | Act.APPROVE:
            require_signer(change, acting)
        case Act.FILE:
            file_change(change, _WORDS, acting)
        case Act.REVIEW:
            record_review(change, acting, fits=True)


def _endings(actor: Actor, change: SegmentChange, acting: Acting) -> list[MayDo]:
    found = []
    if change.state in OPEN_STATES and actor.may(Permission.SIGN_CHANGE):
        found += _open(Act.REJECT, lambda: reject(change, acting, _A_REASON, _REASON))
    if change.state in OPEN_STATES | {ChangeState.DRAFT} and actor.may(Permission.SUBMIT_CHANGE):
        found += _open(Act.WITHDRAW, lambda: withdraw(change, acting, _A_REASON, _REASON))
    if change.state in IN_EFFECT_STATES | {ChangeState.FILED} and actor.may(Permission.FILE_CHANGE):
        found += _told(Act.REVOKE, None, lambda: revoke(change, acting, _A_REASON, _REASON))
    return found


def _open(act: Act, attempt: Callable[[], object]) -> list[MayDo]:
    """Return the act when nothing forbids it; what is not the person's is not shown."""
    return [may for may in _told(act, None, attempt) if may.why_not is None]


def _told(act: Act, layer: int | None, attempt: Callable[[], object]) -> list[MayDo]:
    try:
        attempt()
    except (Conflict, Forbidden) as refusal:
        return [MayDo(act, layer, refusal.detail)] if refusal.code in _TOLD else []
    return [MayDo(act, layer)]
