"""Enter a request for another business format: on record in any case, judged, accepted when nothing forbids it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.actions.change_acting import (
    acting_now,
    change_seen,
    person_acting,
    refuse_faults,
)
from app.actions.change_evidence import named_files
from app.actions.change_judging import Asked, ask_change, ask_duty
from app.actions.change_keeping import Act, keep_act, said
from app.actions.deps import Deps
from app.actions.presenting import evaluation_body
from app.actions.recording import kept
from app.actions.reply import Reply, RequestKey, answer_once, kept_reply
from app.audit.facts.change_context import SegmentChangeContext
from app.audit.finding import Outcome
from app.core.actor import Actor, ActorKind
from app.core.clock import local_date
from app.core.errors import AppError, Conflict, Forbidden
from app.core.text import Bilingual
from app.office.intake.segment_changes import ReadApplication, read_application
from app.office.people import Person
from app.office.permission import Permission
from app.office.segment_change import Application, ChangeState, EvidenceFile, SegmentChange
from app.review.change_steps import APPLY_GATES
from app.review.refusals import WrongState
from app.review.segment_change import apply_for_change as apply
from app.review.segment_change import draft_change
from app.store.unit_of_work import UnitOfWork

EVENT = "on_change_request"
REGISTER = "YT"
_VERIFY_GATES = frozenset({"SEG-02"})
_SHUT = frozenset({Outcome.BLOCK, Outcome.NOT_EVALUABLE})


@dataclass(frozen=True, slots=True)
class Entered:
    """An application that was read, and the draft it continues."""

    read: ReadApplication
    draft: SegmentChange | None
    version: int
    """Of the step about to be kept."""


def apply_for_change(
    deps: Deps,
    actor: Actor,
    payload: Mapping[str, Any],
    request: RequestKey,
    change_no: str | None = None,
    version: int | None = None,
) -> Reply:
    """Record the application, judge it, and answer; all in one transaction.

    What an office calls a wrong application is recorded as a draft with the reasons and can be entered again under its
    number; nothing typed is lost.

    Args:
        deps: the process.
        actor: the account manager, or a machine client that speaks for the one the payload names.
        payload: see APPLICATION_FIELDS.
        request: the idempotency key.
        change_no: of the draft that is entered again; None for a new request.
        version: of that draft as it was seen.

    Raises:
        Invalid: something cannot be read, or names a file that was never uploaded; every fault at once.
        Forbidden: not for this territory, or a person enters it for somebody else.
        NotFound, VersionMissing, VersionStale, WrongState: there is no such draft to enter again.
        RequestRunning, OtherBody: the ``Idempotency-Key`` is in use.
    """
    actor.require(Permission.SUBMIT_CHANGE)
    given = dict(payload)
    if actor.kind is ActorKind.PERSON:
        given.setdefault("account_manager", actor.actor_id)
    return answer_once(deps, actor, request, lambda: _record(deps, actor, given, request, change_no, version))


def _record(
    deps: Deps,
    actor: Actor,
    payload: Mapping[str, Any],
    request: RequestKey,
    change_no: str | None,
    version: int | None,
) -> Reply:
    at = deps.clock.now()
    with deps.store.write() as uow:
        earlier = kept_reply(uow, actor, request)
        if earlier is not None:
            return earlier
        entered = _enter(uow, actor, payload, at, change_no, version)
        assert entered.read.application is not None
        application = _completed(uow, actor, entered.read.application, at)
        return _judge_and_keep(deps, uow, actor, request, entered, application, at)


def _enter(
    uow: UnitOfWork, actor: Actor, payload: Mapping[str, Any], at: datetime, change_no: str | None, version: int | None
) -> Entered:
    read = read_application(payload, uow.office.code_list("segment", local_date(at)))
    refuse_faults(read.faults)
    if change_no is None:
        return Entered(read, None, 1)
    stored = change_seen(uow, actor, change_no, version)
    if stored.change.state is not ChangeState.DRAFT:
        raise WrongState(
            Bilingual("该申请已被受理，不能重新填报。", "The application was accepted; it cannot be entered again.")
        )
    return Entered(read, stored.change, stored.version + 1)


def _completed(uow: UnitOfWork, actor: Actor, application: Application, at: datetime) -> Application:
    """Return the application with the territory of the customer, which the actor must be allowed to speak for.

    Raises:
        Forbidden: the territory is not the actor's.
    """
    customer = uow.office.customers_on(local_date(at), licences=[application.licence_no]).get(application.licence_no)
    territory_id = customer.territory_id if customer else application.territory_id
    actor.require(Permission.SUBMIT_CHANGE, territory=territory_id)
    return replace(application, territory_id=territory_id)


def _judge_and_keep(
    deps: Deps,
    uow: UnitOfWork,
    actor: Actor,
    request: RequestKey,
    entered: Entered,
    application: Application,
    at: datetime,
) -> Reply:
    draft = entered.draft
    files, faults = named_files(uow, entered.read.evidence, application.account_manager, at)
    refuse_faults(faults)
    if draft is not None:
        files = _with_new(draft.evidence, files)
    if draft is not None:
        change_no = draft.change_no
    else:
        change_no = uow.registers.take(REGISTER, at, "segment_change", None, _enterer(actor, application))
    submission = draft.submission + 1 if draft else 1
    candidate = draft_change(change_no, application, files, at, submission)
    asked, context = ask_change(deps, uow, EVENT, candidate, at)
    person, duty, reasons = _person(deps, uow, actor, application, candidate, at)
    change = candidate
    if person is not None and not reasons:
        change, reasons = _accepted(candidate, context, person, asked, at)
    act = Act(
        name="apply" if change.state is ChangeState.APPLIED else "draft",
        person_id=application.account_manager,
        asked=(asked, *((duty,) if duty is not None and duty.speaks else ())),
        duties=(("enter", application.account_manager),) if change.state is ChangeState.APPLIED else (),
        details={"submission": submission, "reasons": said(reasons), "licence_no": application.licence_no},
    )
    reply = keep_act(deps, uow, actor, change, entered.version, act, at)
    stored = uow.evaluations.get(reply.evaluations[0])
    shut = sorted(rule for rule, outcome in asked.outcomes.items() if outcome in _SHUT)
    body = {
        **evaluation_body(stored),
        "change_no": change_no,
        "version": entered.version,
        "state": change.state.value,
        "accepted": change.state is ChangeState.APPLIED,
        "reasons": said(reasons),
        "gates": {
            "apply": [rule for rule in shut if rule in APPLY_GATES],
            "verify": [rule for rule in shut if rule in _VERIFY_GATES],
        },
    }
    return kept(uow, actor, request, body, at)


def _enterer(actor: Actor, application: Application) -> str:
    return actor.actor_id if actor.kind is ActorKind.PERSON else application.account_manager


def _with_new(before: tuple[EvidenceFile, ...], brought: tuple[EvidenceFile, ...]) -> tuple[EvidenceFile, ...]:
    """Return what a draft had, and what is new: nothing that was brought once is taken away."""
    known = {(file.kind, file.digest) for file in before}
    return (*before, *(file for file in brought if (file.kind, file.digest) not in known))


def _person(
    deps: Deps, uow: UnitOfWork, actor: Actor, application: Application, candidate: SegmentChange, at: datetime
) -> tuple[Person | None, Asked | None, tuple[Bilingual, ...]]:
    """Return who enters it, what TRL-06 says of that person, and why that person may not."""
    try:
        person = person_acting(uow, actor, application.account_manager)
    except Forbidden as refusal:
        if actor.kind is ActorKind.PERSON:
            raise
        return None, None, (refusal.detail,)
    return person, ask_duty(deps, person, "segment_change.apply", candidate, at), ()


def _accepted(
    candidate: SegmentChange, context: SegmentChangeContext, person: Person, asked: Asked, at: datetime
) -> tuple[SegmentChange, tuple[Bilingual, ...]]:
    """Return the request as accepted; or as it is, with the reasons why not."""
    delta = context.benefit.delta_tight_cartons if context.benefit else None
    earlier = [one for one in context.earlier or () if one.change_no != candidate.change_no]
    try:
        change = apply(
            candidate.change_no,
            candidate.application,
            candidate.evidence,
            acting_now(person, at, asked.outcomes),
            favourable=None if delta is None else delta > 0,
            earlier=earlier,
            submission=candidate.submission,
        )
    except (Conflict, Forbidden) as refusal:
        return candidate, (_why(refusal, asked),)
    return change, ()


def _why(refusal: AppError, asked: Asked) -> Bilingual:
    """Return the sentence of the refusal, with what the rules behind a closed gate say."""
    shut = [
        finding.message
        for finding in asked.judged.judgement.findings
        if finding.rule in APPLY_GATES and finding.outcome in _SHUT
    ]
    if refusal.code != "change.gate_closed" or not shut:
        return refusal.detail
    return Bilingual("".join(each.zh for each in shut), " ".join(each.en for each in shut))
