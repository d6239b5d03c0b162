"""Show one segment change to somebody who has to decide about it: who has looked, who is next, who gains what."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from app.actions.change_acting import change_visible
from app.actions.change_findings import evaluations_of, findings_of
from app.actions.change_view import ChangeView, EarlierChange, LayerView, StepView
from app.actions.deps import Deps
from app.actions.what_may_be_done import acts_open_to
from app.audit.facts.change_context import SegmentChangeContext
from app.core.actor import Actor
from app.core.clock import instant, local_date
from app.core.text import Bilingual
from app.office.calendar import Calendar
from app.office.permission import Permission
from app.office.segment_change import CHAIN, ChangeState, FormSignature, SegmentChange
from app.review.change_steps import Act, due_on, next_step
from app.store.change_contexts import history_of, segment_change_context
from app.store.change_values import StoredChange
from app.store.unit_of_work import UnitOfWork

_CALENDAR_DAYS = timedelta(days=120)


def read_change(deps: Deps, actor: Actor, change_no: str) -> ChangeView:
    """Return the request as the actor may see it.

    Raises:
        Forbidden: the actor may not read segment changes.
        NotFound: there is none, or the actor may not see it.
    """
    actor.require(Permission.READ_CHANGE)
    at = deps.clock.now()
    with deps.store.read() as uow:
        stored = change_visible(uow, actor, change_no)
        return _view(uow, actor, stored, at)


def _view(uow: UnitOfWork, actor: Actor, stored: StoredChange, at: datetime) -> ChangeView:
    change = stored.change
    context = segment_change_context(uow, change, at)
    names = {person.person_id: person.name for person in uow.office.people()}
    formats = {item.code: item.zh for item in context.segments.items} if context.segments else {}
    steps = uow.segment_changes.steps(change.change_no)
    history = history_of(uow, change)
    calendar = calendar_around(uow, change, at)
    step = next_step(change)
    territory = uow.office.territories().get(change.application.territory_id or "")
    person = uow.office.person(actor.actor_id)
    return ChangeView(
        change=change,
        version=stored.version,
        shop_name=_shop_name(change, context),
        territory_name=territory.name if territory else change.application.territory_id or "",
        segment_names=formats,
        names=names,
        layers=_layers(change, names),
        next_act=step.act if step else None,
        next_role=step.role if step else None,
        due_on=due_on(change, calendar),
        overdue_days=overdue_days(change, calendar, local_date(at)),
        missing=_missing(change, names),
        refusals=_refusals(change, steps[-1].details),
        benefit=context.benefit,
        customer_history=tuple(_earlier(one, names, formats) for one in history.customer),
        applicant_history=tuple(_earlier(one, names, formats) for one in history.applicant),
        territory_history=tuple(_earlier(one, names, formats) for one in history.territory),
        findings=tuple(findings_of(uow, change.change_no)),
        evaluations=tuple(
            {
                "evaluation": one.evaluation_id,
                "event": one.event,
                "verdict": one.verdict,
                "evaluated_at": instant(one.evaluated_at),
            }
            for one in reversed(evaluations_of(uow, change.change_no))
        ),
        evidence_names={
            file.digest: kept.name for file in change.evidence if (kept := uow.evidence.get(file.digest)) is not None
        },
        steps=tuple(
            StepView(
                version=one.version,
                act=one.act,
                at=one.at,
                person_id=one.person_id,
                person_name=names.get(one.person_id or "", one.person_id),
                state=one.state,
                reason=one.reason,
                evaluations=one.evaluation_ids,
                log_index=one.log_index,
            )
            for one in steps
        ),
        may=() if person is None else acts_open_to(actor, change, person, at),
    )


def calendar_around(uow: UnitOfWork, change: SegmentChange, at: datetime) -> Calendar:
    """Return the calendar of the days a limit of this request can touch."""
    day = local_date(at)
    first = min(local_date(change.applied_at), day)
    return uow.office.calendar(first, day + _CALENDAR_DAYS)


def overdue_days(change: SegmentChange, calendar: Calendar, today: date) -> int:
    """Return the working days past the limit of the step waited for; 0 in time, or when it cannot be told."""
    due = due_on(change, calendar)
    step = next_step(change)
    if due is None or today <= due or step is None or step.act is Act.TAKE_EFFECT:
        return 0
    return calendar.working_days(due, today) or 0


def _shop_name(change: SegmentChange, context: SegmentChangeContext) -> str:
    if context.customer is not None:
        return context.customer.shop_name
    return change.application.shop_name or change.application.licence_no


def _layers(change: SegmentChange, names: Mapping[str, str]) -> tuple[LayerView, ...]:
    signed = {signature.layer: signature for signature in change.form.signatures} if change.form else {}
    step = next_step(change)
    views = []
    for number, role in enumerate(CHAIN, start=1):
        signature = signed.get(number)
        check = change.site_checks[number - 1] if number <= len(change.site_checks) else None
        person_id = signature.person_id if signature else check.person_id if check else None
        views.append(
            LayerView(
                number=number,
                role=role,
                person_id=person_id,
                person_name=names.get(person_id or "", person_id),
                signed_at=signature.signed_at if signature else None,
                method=signature.method.value if signature else None,
                witness_name=_witness(signature, names),
                opinion=signature.opinion if signature else "",
                is_next=step is not None and step.layer == number,
            )
        )
    return tuple(views)


def _witness(signature: FormSignature | None, names: Mapping[str, str]) -> str | None:
    if signature is None or signature.witness is None:
        return None
    return names.get(signature.witness, signature.witness)


_MISSING: Mapping[Act, Bilingual] = {
    Act.APPLY: Bilingual("申请须补正后重新提交", "The application must be completed and entered again"),
    Act.PREPARE: Bilingual("审批表正在生成", "The approval form is being prepared"),
    Act.FILE: Bilingual("等待备案", "It waits to be filed"),
    Act.TAKE_EFFECT: Bilingual("等待生效日", "It waits for its day of effect"),
    Act.REVIEW: Bilingual("等待生效后复查", "It waits for the look after its effect"),
}
_ROLE_WORDS = (
    Bilingual("客户经理", "account manager"),
    Bilingual("市管员", "market supervisor"),
    Bilingual("市场经理", "market manager"),
    Bilingual("营销分管领导", "marketing leader"),
    Bilingual("内管人员", "supervision officer"),
)


def _missing(change: SegmentChange, names: Mapping[str, str]) -> tuple[Bilingual, ...]:
    step = next_step(change)
    if step is None or (step.act is Act.REVIEW and change.favourable is False):
        return ()
    if step.act in _MISSING:
        return (_MISSING[step.act],)
    assert step.layer is not None
    role = _ROLE_WORDS[step.layer - 1]
    if step.act is Act.CHECK:
        return (Bilingual(f"缺少{role.zh}的实地核查", f"The site check of the {role.en} is missing"),)
    who = names.get(change.site_checks[step.layer - 1].person_id, "") if step.act is Act.SIGN else ""
    return (
        Bilingual(
            f"缺少第{step.layer}层签名：{role.zh}{who}",
            f"The signature of layer {step.layer} is missing: {role.en} {who}".strip(),
        ),
    )


def _refusals(change: SegmentChange, details: Mapping[str, Sequence[Mapping[str, str]]]) -> tuple[Bilingual, ...]:
    if change.state is not ChangeState.DRAFT:
        return ()
    return tuple(Bilingual(**reason) for reason in details.get("reasons", ()))


def _earlier(change: SegmentChange, names: Mapping[str, str], formats: Mapping[str, str]) -> EarlierChange:
    asked = change.application
    return EarlierChange(
        change_no=change.change_no,
        licence_no=asked.licence_no,
        shop_name=asked.shop_name or asked.licence_no,
        from_segment=formats.get(asked.current_segment or "", asked.current_segment or ""),
        to_segment=formats.get(asked.proposed_segment or "", asked.proposed_segment or ""),
        applied_on=local_date(change.applied_at),
        state=change.state.value,
        account_manager_name=names.get(asked.account_manager, asked.account_manager),
        gained_scarce=change.favourable,
    )
