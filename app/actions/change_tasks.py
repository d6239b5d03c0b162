"""What waits for somebody: requests to check, sign or file, and keys of others to confirm. Overdue first."""

from collections.abc import Mapping
from datetime import date, datetime

from app.actions.change_acting import may_see
from app.actions.change_findings import evaluations_of
from app.actions.change_view import Task
from app.actions.deps import Deps
from app.actions.page_changes import format_names
from app.actions.read_change import calendar_around, overdue_days
from app.actions.signing_keys import waiting_keys
from app.actions.what_may_be_done import acts_open_to
from app.audit.finding import SEVERITY_ORDER, Outcome
from app.core.actor import Actor, ActorKind
from app.core.clock import local_date
from app.core.text import Bilingual
from app.office.people import Person
from app.office.permission import Permission
from app.review.change_steps import Act, due_on
from app.store.change_values import StoredChange
from app.store.unit_of_work import UnitOfWork

_STRAIGHT = frozenset({Act.APPLY, Act.CHECK, Act.SIGN, Act.APPROVE, Act.FILE, Act.REVIEW})
_WORDS = {
    Act.APPLY: Bilingual("补正申请", "Complete the application"),
    Act.CHECK: Bilingual("实地核查", "Site check"),
    Act.SIGN: Bilingual("签署审批表", "Sign the form"),
    Act.APPROVE: Bilingual("审批", "Approve"),
    Act.FILE: Bilingual("备案", "File"),
    Act.REVIEW: Bilingual("生效后复查", "Look again after the effect"),
}
_PATHS = {
    Act.APPLY: "/edit",
    Act.CHECK: "/check",
    Act.SIGN: "/sign",
    Act.APPROVE: "/sign",
    Act.FILE: "/file",
    Act.REVIEW: "/review",
}


def my_tasks(deps: Deps, actor: Actor) -> tuple[Task, ...]:
    """Return what waits for the person behind ``actor``: overdue first, then by limit, then by age.

    What the separation of duties forbids the person is nobody's task of theirs.
    """
    if actor.kind is not ActorKind.PERSON:
        return ()
    at = deps.clock.now()
    tasks: list[Task] = []
    if actor.may(Permission.READ_CHANGE):
        with deps.store.read() as uow:
            person = uow.office.person(actor.actor_id)
            if person is not None:
                tasks += _changes(uow, actor, person, at)
                tasks += _papers(uow, actor, person)
    if actor.may(Permission.CONFIRM_KEY):
        tasks += _keys(deps, actor)
    return tuple(sorted(tasks, key=lambda task: (-task.overdue_days, task.due_on or date.max, task.since)))


def _changes(uow: UnitOfWork, actor: Actor, person: Person, at: datetime) -> list[Task]:
    formats = format_names(uow, local_date(at))
    tasks = []
    for stored in uow.segment_changes.open():
        if not may_see(actor, stored.change):
            continue
        for may in acts_open_to(actor, stored.change, person, at):
            if may.act in _STRAIGHT and may.why_not is None and _is_needed(stored, may.act):
                tasks.append(_task(uow, stored, may.act, formats, at))
                break
    return tasks


def _is_needed(stored: StoredChange, act: Act) -> bool:
    return act is not Act.REVIEW or stored.change.favourable is not False


def _task(uow: UnitOfWork, stored: StoredChange, act: Act, formats: Mapping[str, str], at: datetime) -> Task:
    change = stored.change
    asked = change.application
    calendar = calendar_around(uow, change, at)
    old, new = (formats.get(code or "", code or "—") for code in (asked.current_segment, asked.proposed_segment))
    shop = asked.shop_name or asked.licence_no
    words = _WORDS[act]
    return Task(
        kind="segment_change",
        act=act.value,
        object_id=change.change_no,
        title=Bilingual(f"{words.zh}：{shop}，{old} → {new}", f"{words.en}: {shop}, {old} → {new}"),
        since=change.last_step_at,
        due_on=due_on(change, calendar),
        overdue_days=overdue_days(change, calendar, local_date(at)),
        url=f"/segment-changes/{change.change_no}{_PATHS[act]}",
        severity=_worst(uow, change.change_no),
    )


def _worst(uow: UnitOfWork, change_no: str) -> str | None:
    """Return the worst verdict on record; None when nothing spoke."""
    verdicts = [Outcome(one.verdict) for one in evaluations_of(uow, change_no)]
    speaking = [one for one in verdicts if one is not Outcome.PASS]
    return min(speaking, key=SEVERITY_ORDER.index).value if speaking else None


def _papers(uow: UnitOfWork, actor: Actor, person: Person) -> list[Task]:
    """Return the signatures on paper that the person is said to have seen."""
    if not actor.may(Permission.FILE_CHANGE):
        return []
    tasks = []
    for stored in uow.segment_changes.open():
        for claim in uow.paper_claims.open_of(stored.change.change_no):
            if claim.witness != person.person_id:
                continue
            no = stored.change.change_no
            tasks.append(
                Task(
                    kind="paper_signature",
                    act="confirm",
                    object_id=no,
                    title=Bilingual(
                        f"见证手写签名：{no} 第{claim.layer}层", f"Witness a paper signature: {no}, layer {claim.layer}"
                    ),
                    since=claim.received_at,
                    due_on=None,
                    overdue_days=0,
                    url=f"/segment-changes/{no}/sign",
                    severity=claim.verdict,
                )
            )
    return tasks


def _keys(deps: Deps, actor: Actor) -> list[Task]:
    return [
        Task(
            kind="signing_key",
            act="confirm",
            object_id=key.person_id,
            title=Bilingual(f"核对签名密钥：{key.person_name}", f"Confirm the signing key of {key.person_name}"),
            since=key.made_at,
            due_on=None,
            overdue_days=0,
            url="/keys/confirm",
            severity=None,
        )
        for key in waiting_keys(deps, actor)
        if key.state == "pending"
    ]
