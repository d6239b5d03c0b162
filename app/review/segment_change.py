"""The segment change from application to review: pure transitions, none of which can be walked out of order.

Every function takes the request as it is and returns it as it becomes, or refuses; nothing is stored here. The limits
are shown when they pass, they refuse nothing. Source: domain/workflows.md, WF-1; YQ-2.6.1c.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from app.core.clock import local_date
from app.core.text import Bilingual
from app.office.people import Role
from app.office.segment_change import (
    CHAIN,
    CLOSING_REASONS,
    IN_EFFECT_STATES,
    OPEN_STATES,
    Application,
    Approval,
    ChangeState,
    Closing,
    EvidenceFile,
    Filing,
    PostReview,
    SegmentChange,
    SiteCheck,
    earliest_effect,
    effect_day,
)
from app.review.change_steps import Act, Step, next_step
from app.review.duties import Acting, check_distinct, check_gates, check_person
from app.review.refusals import AlreadyOpen, NotDue, NotYours, PaperMissing, Remembered, TimeOrder, WrongState

MEMORY_DAYS = 180
"""How long a rejection stands against the same request. Source: WF-1, x; SEG-20."""


_APPLY_GATES = frozenset({"SEG-01", "SEG-13"})


def apply_for_change(
    change_no: str,
    application: Application,
    evidence: tuple[EvidenceFile, ...],
    acting: Acting,
    *,
    favourable: bool | None,
    earlier: Collection[SegmentChange],
) -> SegmentChange:
    """Return the new request.

    Args:
        change_no: its number in the register.
        application: what the customer asks for; its ``account_manager`` is the person who acts.
        evidence: the files uploaded with it.
        acting: the account manager.
        favourable: whether the benefit analysis found scarce cartons gained; None when it could not be told.
        earlier: every earlier request of the same customer.

    Raises:
        RoleMissing, DutyConflict, NotYours: the person may not enter it.
        GateClosed: SEG-01 or SEG-13 blocks.
        AlreadyOpen: another request of the customer is not finished.
        Remembered: the same was rejected within 180 days and there is no new evidence.
    """
    check_person(acting, Role.ACCOUNT_MANAGER)
    if acting.person.person_id != application.account_manager or acting.on_behalf_of is not None:
        raise NotYours(
            Bilingual("申请须由录入的客户经理本人提交。", "A request is entered by the account manager it names.")
        )
    check_gates(acting, _APPLY_GATES)
    waiting = OPEN_STATES | {ChangeState.FILED}
    for other in earlier:
        if other.application.licence_no == application.licence_no and other.state in waiting:
            raise AlreadyOpen(
                Bilingual(
                    f"变更{other.change_no}尚未办结。请先办结或撤回。",
                    f"{other.change_no} is not finished. Finish or withdraw it first.",
                )
            )
    old = remembered_rejection(application, evidence, earlier, acting.day)
    if old is not None and old.closing is not None:
        raise Remembered(
            Bilingual(
                f"同一申请({old.change_no})于{local_date(old.closing.at)}被驳回,{MEMORY_DAYS}天内须有新佐证。",
                f"The same request ({old.change_no}) was rejected on {local_date(old.closing.at)}; within "
                f"{MEMORY_DAYS} days it needs new evidence.",
            )
        )
    return SegmentChange(change_no, application, acting.at, evidence=evidence, favourable=favourable)


def remembered_rejection(
    application: Application, evidence: Iterable[EvidenceFile], earlier: Iterable[SegmentChange], day: date
) -> SegmentChange | None:
    """Return the rejection that still stands against ``application``: same proposal, nothing new, within 180 days."""
    brought = {file.digest for file in evidence}
    for other in earlier:
        if (
            other.state is ChangeState.REJECTED
            and other.closing is not None
            and other.application.licence_no == application.licence_no
            and other.application.proposed_segment == application.proposed_segment
            and (day - local_date(other.closing.at)).days <= MEMORY_DAYS
            and brought <= {file.digest for file in other.evidence}
        ):
            return other
    return None


def add_evidence(change: SegmentChange, files: tuple[EvidenceFile, ...], acting: Acting) -> SegmentChange:
    """Return the request with further files; it can be completed until both checks are signed, nothing is taken away.

    Raises:
        WrongState: it is verified already: what was signed stays what it was.
        NotYours: a deputy acts.
        RoleMissing, DutyConflict: the person neither entered it nor is a market supervisor, or may not act.
        TimeOrder: before the last step.
    """
    if change.state is not ChangeState.APPLIED:
        raise WrongState(
            Bilingual("实地核查完成后不能再补充材料。", "Nothing can be added once both site checks are signed.")
        )
    if acting.on_behalf_of is not None:
        raise NotYours(Bilingual("材料须由本人补充。", "Evidence is added in person."))
    entered = acting.person.person_id == change.application.account_manager
    check_person(acting, Role.ACCOUNT_MANAGER if entered else Role.MARKET_SUPERVISOR)
    _check_time(change, acting.at, or_same=True)
    return replace(change, evidence=(*change.evidence, *files))


def record_site_check(change: SegmentChange, check: SiteCheck, acting: Acting) -> SegmentChange:
    """Return the request with the check of layer 1 or 2; after both it is verified.

    Raises:
        WrongState: no check is waited for.
        NotYours: it is not that role's turn, or somebody else's sheet.
        RoleMissing, DutyConflict: the person may not make it; a check is made in person, never by a deputy.
        TimeOrder: the shop was seen before the request was made, or after the sheet was signed.
        GateClosed: with the second check, SEG-02 or SEG-03 blocks.
    """
    step = _expect(change, Act.CHECK)
    assert step.role is not None
    if check.role is not step.role or check.person_id != acting.person.person_id or acting.on_behalf_of is not None:
        raise NotYours(
            Bilingual(
                f"现在应由{step.role}本人提交实地核查。", f"It is the {step.role} in person whose check is waited for."
            )
        )
    check_person(acting, step.role)
    check_distinct(change, acting, initiator_may=step.layer == 1)
    _check_time(change, acting.at)
    if not change.applied_at <= check.checked_at <= acting.at:
        raise TimeOrder(
            Bilingual("实地核查须在申请之后、签署之前。", "The shop is seen after the request and before signing.")
        )
    check_gates(acting, step.gates)
    checks = (*change.site_checks, replace(check, signed_at=acting.at))
    state = ChangeState.VERIFIED if len(checks) == CHAIN.index(Role.MARKET_MANAGER) else change.state
    return replace(change, site_checks=checks, state=state)


def approve(change: SegmentChange, acting: Acting, note: str | None = None) -> SegmentChange:
    """Return the request with the signature of the layer it waits for; after layer 5 it is approved.

    Raises:
        WrongState: no approval is waited for.
        RoleMissing, DutyConflict: the person may not sign this layer.
        TimeOrder: not later than the layer before.
        GateClosed: a blocking rule of the layer does not hold.
        PaperMissing: the marketing leader gives no second-level review note although scarce cartons are gained, or it
            could not be told whether they are.
    """
    step = _expect(change, Act.APPROVE)
    assert step.role is not None
    assert step.layer is not None
    check_person(acting, step.role)
    check_distinct(change, acting)
    _check_time(change, acting.at)
    check_gates(acting, step.gates)
    written = (note or "").strip() or None
    if step.role is Role.MARKETING_LEADER and change.favourable is not False and written is None:
        raise PaperMissing(
            Bilingual(
                "变更后紧俏货源增加(或无法测算),须写明二级复核意见。",
                "Scarce supply is gained (or it cannot be told): a second-level review note is needed.",
            )
        )
    principal = acting.on_behalf_of.person_id if acting.on_behalf_of else None
    approval = Approval(step.layer, step.role, acting.person.person_id, acting.at, written, principal)
    state = ChangeState.APPROVED if step.layer == len(CHAIN) else ChangeState.IN_APPROVAL
    return replace(change, approvals=(*change.approvals, approval), state=state)


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
    step = _expect(change, Act.FILE)
    check_person(acting, Role.SUPERVISION_OFFICER)
    check_distinct(_without_last_approval(change), acting)
    _check_time(change, acting.at, or_same=True)
    check_gates(acting, step.gates)
    if not filing_no.strip():
        raise PaperMissing(Bilingual("缺少备案号。", "The filing number is missing."))
    filing = Filing(filing_no, acting.at, acting.person.person_id)
    day = effect_day(acting.at, change.application.requested_effective)
    return replace(change, filing=filing, effective_on=day, state=ChangeState.FILED)


def take_effect(change: SegmentChange, at: datetime, outcomes: Acting | None = None) -> SegmentChange:
    """Return the request as effective; the service does it on the first of the month, or later when it was not up.

    Raises:
        WrongState: it is not filed.
        NotDue: its day has not come.
        GateClosed: SEG-06, SEG-07 or SEG-08 blocks.
    """
    step = _expect(change, Act.TAKE_EFFECT)
    assert change.effective_on is not None  # fixed by filing
    if local_date(at) < change.effective_on:
        raise NotDue(Bilingual(f"{change.effective_on}起生效,今日未到。", f"It takes effect on {change.effective_on}."))
    if outcomes is not None:
        check_gates(outcomes, step.gates)
    return replace(change, state=ChangeState.EFFECTIVE, effected_at=at)


def record_review(change: SegmentChange, acting: Acting, *, fits: bool, note: str | None = None) -> SegmentChange:
    """Return the request with its spot-check after the effect.

    Raises:
        WrongState: it is not in effect, or was reviewed.
        RoleMissing, DutyConflict: the person is no supervision officer, or acted in layers 1 to 4.
        TimeOrder: before the effect.
    """
    _expect(change, Act.REVIEW)
    check_person(acting, Role.SUPERVISION_OFFICER)
    check_distinct(_without_last_approval(change), acting)
    _check_time(change, acting.at)
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
        raise _wrong(change, Act.REJECT)
    check_person(acting, step.role)
    reached = _without_last_approval(change) if step.act is Act.FILE else change
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
    if change.state not in OPEN_STATES:
        raise _wrong(change, Act.WITHDRAW)
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
        raise _wrong(change, Act.REVOKE)
    check_person(acting, Role.SUPERVISION_OFFICER)
    check_distinct(_without_last_approval(change), acting)
    closed = _closed(change, ChangeState.REVOKED, acting, reason_code, text)
    if change.state is ChangeState.FILED or closed.closing is None:
        return closed
    return replace(closed, closing=replace(closed.closing, ends_on=earliest_effect(acting.at)))


def _expect(change: SegmentChange, act: Act) -> Step:
    step = next_step(change)
    if step is None or step.act is not act:
        raise _wrong(change, act)
    return step


def _wrong(change: SegmentChange, act: Act) -> WrongState:
    return WrongState(
        Bilingual(
            f"变更{change.change_no}的状态为 {change.state},不能办理 {act}。",
            f"{change.change_no} is {change.state}; {act} is not possible now.",
        )
    )


def _check_time(change: SegmentChange, at: datetime, *, or_same: bool = False) -> None:
    if at < change.last_at or (at == change.last_at and not or_same):
        raise TimeOrder(Bilingual("时间早于或等于上一步,不予受理。", "The moment is not later than the step before."))


def _without_last_approval(change: SegmentChange) -> SegmentChange:
    """Return the request as layer 5 saw it: its officer goes on to file and review."""
    kept = tuple(approval for approval in change.approvals if approval.layer < len(CHAIN))
    return replace(change, approvals=kept)


def _closed(
    change: SegmentChange, state: ChangeState, acting: Acting, reason_code: str, text: str | None
) -> SegmentChange:
    _check_time(change, acting.at)
    if reason_code not in CLOSING_REASONS or not (text or "").strip():
        raise PaperMissing(
            Bilingual(
                f"须选择原因({'、'.join(CLOSING_REASONS)})并写明理由。",
                f"Choose a reason ({', '.join(CLOSING_REASONS)}) and say why in words.",
            )
        )
    closing = Closing(acting.person.person_id, acting.at, reason_code, text)
    return replace(change, state=state, closing=closing)
