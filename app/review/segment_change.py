"""The segment change from the application to both site checks: pure transitions, walked in order or not at all.

The signatures are in change_signing.py, filing and the end in change_ending.py. Every function takes the request as it
is and returns it as it becomes, or refuses; nothing is stored here. The limits are shown when they pass, they refuse
nothing. Source: domain/workflows.md, WF-1; YQ-2.6.1c.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from app.core.clock import local_date
from app.core.text import Bilingual
from app.office.people import Role
from app.office.segment_change import (
    CHAIN,
    OPEN_STATES,
    Application,
    ChangeState,
    EvidenceFile,
    SegmentChange,
    SiteCheck,
)
from app.review.change_guards import check_time, expect
from app.review.change_steps import APPLY_GATES, Act
from app.review.duties import Acting, check_distinct, check_gates, check_person
from app.review.refusals import AlreadyOpen, NotYours, Remembered, TimeOrder, WrongState

MEMORY_DAYS = 180
"""How long a rejection stands against the same request. Source: WF-1, x; SEG-20."""


def draft_change(
    change_no: str, application: Application, evidence: tuple[EvidenceFile, ...], at: datetime, submission: int = 1
) -> SegmentChange:
    """Return the request as it is kept when it could not be accepted: nothing that was entered is lost."""
    return SegmentChange(change_no, application, at, ChangeState.DRAFT, evidence=evidence, submission=submission)


def apply_for_change(
    change_no: str,
    application: Application,
    evidence: tuple[EvidenceFile, ...],
    acting: Acting,
    *,
    favourable: bool | None,
    earlier: Collection[SegmentChange],
    submission: int = 1,
) -> SegmentChange:
    """Return the new request, or the draft of that number entered again.

    Args:
        change_no: its number in the register.
        application: what the customer asks for; its ``account_manager`` is the person who acts.
        evidence: the files uploaded with it.
        acting: the account manager.
        favourable: whether the benefit analysis found scarce cartons gained; None when it could not be told.
        earlier: every other request of the same customer.
        submission: how often it has been entered, this time included.

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
    check_gates(acting.outcomes, APPLY_GATES)
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
    return SegmentChange(
        change_no, application, acting.at, evidence=evidence, favourable=favourable, submission=submission
    )


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
    """Return the request with further files; it can be completed until layer 3 signs, nothing is taken away.

    A form that is prepared already has another content then: it and its signatures are void, and it is prepared anew.

    Raises:
        WrongState: layer 3 has signed, or it is finished.
        NotYours: a deputy acts.
        RoleMissing, DutyConflict: the person neither entered it nor is a market supervisor, or may not act.
        TimeOrder: before the last step.
    """
    if change.state not in {ChangeState.APPLIED, ChangeState.VERIFIED}:
        raise WrongState(
            Bilingual("市场经理签署后不能再补充材料。", "Nothing can be added once the market manager has signed.")
        )
    if acting.on_behalf_of is not None:
        raise NotYours(Bilingual("材料须由本人补充。", "Evidence is added in person."))
    entered = acting.person.person_id == change.application.account_manager
    check_person(acting, Role.ACCOUNT_MANAGER if entered else Role.MARKET_SUPERVISOR)
    check_time(change, acting.at, or_same=True)
    return replace(change, evidence=(*change.evidence, *files), form=None)


def record_site_check(change: SegmentChange, check: SiteCheck, acting: Acting) -> SegmentChange:
    """Return the request with the next of the two checks; after both it is verified.

    Raises:
        WrongState: no check is waited for.
        NotYours: it is not that role's turn, or somebody else's sheet.
        RoleMissing, DutyConflict: the person may not make it; a check is made in person, never by a deputy.
        TimeOrder: the shop was seen before the request was made, or after the sheet was signed.
        GateClosed: with the second check, SEG-02 or SEG-03 blocks.
    """
    step = expect(change, Act.CHECK)
    assert step.role is not None
    if check.role is not step.role or check.person_id != acting.person.person_id or acting.on_behalf_of is not None:
        raise NotYours(
            Bilingual(
                f"现在应由{step.role}本人提交实地核查。", f"It is the {step.role} in person whose check is waited for."
            )
        )
    check_person(acting, step.role)
    check_distinct(change, acting, initiator_may=step.layer == 1)
    check_time(change, acting.at)
    if not change.applied_at <= check.checked_at <= acting.at:
        raise TimeOrder(
            Bilingual(
                "实地核查须在申请之后、提交之前。",
                "The shop is seen after the request and before the sheet is handed in.",
            )
        )
    check_gates(acting.outcomes, step.gates)
    checks = (*change.site_checks, replace(check, signed_at=acting.at))
    state = ChangeState.VERIFIED if len(checks) == CHAIN.index(Role.MARKET_MANAGER) else change.state
    return replace(change, site_checks=checks, state=state)
