"""End a request before its time: what rejecting, withdrawing and revoking have in common."""

from collections.abc import Callable
from dataclasses import replace

from app.actions.change_acting import ChangeReply, acting_now, change_seen, person_acting
from app.actions.change_judging import ask_duty
from app.actions.change_keeping import Act, keep_act, keep_refusal
from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.clock import local_date
from app.office.permission import Permission
from app.office.segment_change import SegmentChange
from app.review import change_ending
from app.review.duties import Acting
from app.review.refusals import DutyConflict
from app.store.office_shelf import Writing
from app.store.unit_of_work import UnitOfWork

_End = Callable[[SegmentChange, Acting, str, str | None], SegmentChange]
_ENTERED_IN_ERROR = "entered_in_error"


def reject_change(
    deps: Deps, actor: Actor, change_no: str, version: int | None, reason_code: str, text: str
) -> ChangeReply:
    """Reject the request in the stead of the signature it waits for; the same proposal is blocked for 180 days.

    Raises:
        NotFound, VersionMissing, VersionStale: see :func:`change_seen`.
        WrongState, RoleMissing, DutyConflict, NotYours, PaperMissing: see :func:`app.review.change_ending.reject`.
    """
    actor.require(Permission.SIGN_CHANGE)
    return _close(deps, actor, change_no, version, "reject", change_ending.reject, reason_code, text)


def withdraw_change(
    deps: Deps, actor: Actor, change_no: str, version: int | None, reason_code: str, text: str
) -> ChangeReply:
    """Withdraw the request at the customer's wish; one that was entered in error leaves a void number behind.

    Raises:
        NotFound, VersionMissing, VersionStale: see :func:`change_seen`.
        WrongState, RoleMissing, DutyConflict, NotYours, PaperMissing: see :func:`app.review.change_ending.withdraw`.
    """
    actor.require(Permission.SUBMIT_CHANGE)
    return _close(deps, actor, change_no, version, "withdraw", change_ending.withdraw, reason_code, text)


def revoke_change(
    deps: Deps, actor: Actor, change_no: str, version: int | None, reason_code: str, text: str
) -> ChangeReply:
    """Revoke a request that is filed or in effect; the former format counts again from a coming first of the month.

    Raises:
        NotFound, VersionMissing, VersionStale: see :func:`change_seen`.
        WrongState, RoleMissing, DutyConflict, PaperMissing: see :func:`app.review.change_ending.revoke`.
    """
    actor.require(Permission.FILE_CHANGE)
    return _close(deps, actor, change_no, version, "revoke", change_ending.revoke, reason_code, text)


def _close(
    deps: Deps,
    actor: Actor,
    change_no: str,
    version: int | None,
    name: str,
    end: _End,
    reason_code: str,
    text: str,
) -> ChangeReply:
    at = deps.clock.now()
    with deps.store.write() as uow:
        seen = change_seen(uow, actor, change_no, version)
        person = person_acting(uow, actor)
        duty = ask_duty(deps, person, f"segment_change.{name}", seen.change, at)
        try:
            change = end(seen.change, acting_now(person, at), reason_code, text)
        except DutyConflict as stopped:
            refusal = stopped
        else:
            is_void = reason_code == _ENTERED_IN_ERROR and name == "withdraw"
            act = Act(
                name,
                person.person_id,
                (duty,) if duty.speaks else (),
                duties=(("revoke", person.person_id),) if name == "revoke" else (),
                reason=text.strip(),
                details={"reason_code": reason_code, **_until(change), **({"voids": change_no} if is_void else {})},
            )
            reply = keep_act(deps, uow, actor, change, seen.version + 1, act, at)
            if is_void:
                uow.registers.void(change_no, at, person.person_id, text.strip())
            _restore(uow, change)
            return reply
    keep_refusal(deps, actor, seen.change, seen.version, name, person.person_id, [duty], refusal, at)
    raise refusal


def _until(change: SegmentChange) -> dict[str, str]:
    ends_on = change.closing.ends_on if change.closing else None
    return {} if ends_on is None else {"ends_on": ends_on.isoformat()}


def _restore(uow: UnitOfWork, change: SegmentChange) -> None:
    """Put the former format back from the day on which a change that was in effect ends."""
    closing, former = change.closing, change.application.current_segment
    if closing is None or closing.ends_on is None or former is None:
        return
    licence_no = change.application.licence_no
    customer = uow.office.customers_on(closing.ends_on, licences=[licence_no]).get(licence_no)
    if customer is not None and local_date(closing.at) < closing.ends_on:
        uow.office.keep([Writing(replace(customer, segment=former, valid_from=closing.ends_on))], closing.at)
