"""How a segment change ends: filed and in effect, re-checked, or rejected, withdrawn, revoked. Pure transitions.

Source: domain/workflows.md, WF-1.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from app.audit.finding import Outcome
from app.core.clock import local_date
from app.core.text import Bilingual
from app.office.people import Role
from app.office.segment_change import (
    CLOSING_REASONS,
    IN_EFFECT_STATES,
    OPEN_STATES,
    ChangeState,
    Closing,
    Filing,
    PostReview,
    SegmentChange,
    earliest_effect,
    effect_day,
)
from app.review.change_guards import check_time, expect, require_own_layer, without_last_approval, wrong
from app.review.change_steps import Act, next_step
from app.review.duties import Acting, check_distinct, check_gates, check_person
from app.review.refusals import DutyConflict, NotDue, NotYours, PaperMissing


def file_change(change: SegmentChange, filing_no: str, acting: Acting) -> SegmentChange:
    """Return the request as filed, its day of effect fixed.

    Filing is the second half of layer 5: the officer who signed it may file, nobody who signed another layer.

    Raises:
        WrongState: it is not approved.
        RoleMissing, DutyConflict: the person is no supervision officer, or acted in layers 1 to 4.
        TimeOrder: before the approval.
        PaperMissing: no filing number.
        GateClosed: a blocking rule does not hold.
    """
    step = expect(change, Act.FILE)
    check_person(acting, Role.SUPERVISION_OFFICER)
    check_distinct(without_last_approval(change), acting)
    check_time(change, acting.at, or_same=True)
    check_gates(acting.outcomes, step.gates)
    if not filing_no.strip():
        raise PaperMissing(Bilingual("缺少备案号。", "The filing number is missing."))
    filing = Filing(filing_no, acting.at, acting.person.person_id)
    day = effect_day(acting.at, change.application.requested_effective)
    return replace(change, filing=filing, effective_on=day, state=ChangeState.FILED)


def take_effect(change: SegmentChange, at: datetime, outcomes: Mapping[str, Outcome]) -> SegmentChange:
    """Return the request as effective; the service does it on the first of the month, or later when it was not up.

    Raises:
        WrongState: it is not filed.
        NotDue: its day has not come.
        GateClosed: SEG-06, SEG-07 or SEG-08 blocks.
    """
    step = expect(change, Act.TAKE_EFFECT)
    assert change.effective_on is not None  # fixed by filing
    if local_date(at) < change.effective_on:
        raise NotDue(Bilingual(f"{change.effective_on}起生效,今日未到。", f"It takes effect on {change.effective_on}."))
    check_gates(outcomes, step.gates)
    return replace(change, state=ChangeState.EFFECTIVE, effected_at=at)


def record_review(change: SegmentChange, acting: Acting, *, fits: bool, note: str | None = None) -> SegmentChange:
    """Return the request with its spot-check after the effect.

    Raises:
        WrongState: it is not in effect, or was reviewed.
        RoleMissing, DutyConflict: the person is no supervision officer, or had any part in the request: who
            inspects has not signed what is inspected. Source: domain/data-model.md, hard incompatibilities.
        TimeOrder: before the effect.
    """
    expect(change, Act.REVIEW)
    check_person(acting, Role.SUPERVISION_OFFICER)
    check_distinct(change, acting)
    if change.filing is not None and change.filing.filed_by == acting.person.person_id:
        raise DutyConflict(
            Bilingual(
                f"{acting.person.name}办理了本变更的备案,不能再复查。",
                f"{acting.person.name} filed it and cannot inspect it.",
            )
        )
    check_time(change, acting.at)
    review = PostReview(acting.at, acting.person.person_id, fits, note)
    return replace(change, review=review, state=ChangeState.REVIEWED)


def reject(change: SegmentChange, acting: Acting, reason_code: str, text: str | None) -> SegmentChange:
    """Return the request as rejected by the owner of the layer it waits for.

    Raises:
        WrongState: nobody decides on it now.
        RoleMissing, DutyConflict: the person could not sign that layer either.
        PaperMissing: no known reason code, or no words with it.
    """
    step = next_step(change)
    if change.state not in OPEN_STATES or step is None or step.role is None:
        raise wrong(change, Act.REJECT)
    check_person(acting, step.role)
    if step.act is Act.SIGN:
        require_own_layer(change, step, acting)
    else:
        reached = without_last_approval(change) if step.act is Act.FILE else change
        check_distinct(reached, acting, initiator_may=step.layer == 1)
    return _closed(change, ChangeState.REJECTED, acting, reason_code, text)


def withdraw(change: SegmentChange, acting: Acting, reason_code: str, text: str | None) -> SegmentChange:
    """Return the request as withdrawn by the account manager who entered it, at the customer's wish.

    Raises:
        WrongState: it is filed or finished: then only supervision can revoke it.
        NotYours: somebody else asks.
        RoleMissing, DutyConflict: the person is no account manager any more, or must step aside.
        PaperMissing: no known reason code, or no words with it.
    """
    if change.state not in OPEN_STATES | {ChangeState.DRAFT}:
        raise wrong(change, Act.WITHDRAW)
    check_person(acting, Role.ACCOUNT_MANAGER)
    if acting.person.person_id != change.application.account_manager or acting.on_behalf_of is not None:
        raise NotYours(
            Bilingual("只有录入申请的客户经理可以撤回。", "Only the account manager who entered it may withdraw it.")
        )
    return _closed(change, ChangeState.WITHDRAWN, acting, reason_code, text)


def revoke(change: SegmentChange, acting: Acting, reason_code: str, text: str | None) -> SegmentChange:
    """Return the request as revoked by supervision: never in effect, or no longer from a coming first of the month.

    Raises:
        WrongState: it is neither filed nor in effect.
        RoleMissing, DutyConflict: the person is no supervision officer, or acted in layers 1 to 4.
        PaperMissing: no known reason code, or no words with it.
    """
    if change.state not in IN_EFFECT_STATES | {ChangeState.FILED}:
        raise wrong(change, Act.REVOKE)
    check_person(acting, Role.SUPERVISION_OFFICER)
    check_distinct(without_last_approval(change), acting)
    closed = _closed(change, ChangeState.REVOKED, acting, reason_code, text)
    if change.state is ChangeState.FILED or closed.closing is None:
        return closed
    return replace(closed, closing=replace(closed.closing, ends_on=earliest_effect(acting.at)))


def _closed(
    change: SegmentChange, state: ChangeState, acting: Acting, reason_code: str, text: str | None
) -> SegmentChange:
    check_time(change, acting.at)
    if reason_code not in CLOSING_REASONS or not (text or "").strip():
        raise PaperMissing(
            Bilingual(
                f"须选择原因({'、'.join(CLOSING_REASONS)})并写明理由。",
                f"Choose a reason ({', '.join(CLOSING_REASONS)}) and say why in words.",
            )
        )
    closing = Closing(acting.person.person_id, acting.at, reason_code, text)
    return replace(change, state=state, closing=closing)
