"""Ask the rules whether a person may hold the roles about to be given, and keep the answer, whatever it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from app.actions.deps import Deps
from app.actions.recording import Judged, Subject, judge, record, rulebook_on
from app.audit.facts.change_context import DutyContext
from app.audit.facts.duty import duty_facts
from app.audit.finding import Outcome
from app.core.actor import Actor
from app.core.clock import OFFICE_ZONE, local_date
from app.core.errors import Fault
from app.core.text import Bilingual
from app.office.month import Month
from app.office.people import Person, Role, RoleHeld
from app.office.role_conflicts import conflicting_roles, first_day_of_both
from app.reports.signing_words import ROLE_WORDS
from app.store.errors import RoleIncompatible
from app.store.unit_of_work import UnitOfWork
from app.store.values import StoredEvaluation

EVENT = "on_role_grant"
ACT = "role.grant"


@dataclass(frozen=True, slots=True)
class RolesJudged:
    """What the rules say of a person with the roles about to be given."""

    person: Person
    """With them, and with what the person's accounts hold."""
    judged: Judged
    faults: tuple[Fault, ...]
    """Why it must not be; empty when it may."""


def judge_roles(deps: Deps, uow: UnitOfWork, person: Person, asked: Mapping[str, Any], at: datetime) -> RolesJudged:
    """Return what the rules say of ``person``, who would have these roles.

    They are asked as of the first day two of the roles exclude each other, so that no later start hides one.

    Args:
        deps: the process.
        uow: reads the person's accounts: an administrator may be one by account.
        person: with the roles about to be given.
        asked: what was asked for, kept as what the judgement was reached from.
        at: now.
    """
    whole = with_accounts(uow, person)
    pairs = conflicting_roles(whole)
    days = [day for one, other in pairs if (day := first_day_of_both(one, other)) is not None]
    moment = datetime.combine(min(days), time(), OFFICE_ZONE) if days else at
    rulebook = rulebook_on(deps, EVENT, Month.of(local_date(at)))
    context = DutyContext(person=whole, at=moment, act=ACT, is_business=False)
    judged = judge(deps, rulebook, duty_facts(context, rulebook), {"roles": _as_json(whole), "asked": dict(asked)})
    faults = tuple(_fault(whole, one, other) for one, other in pairs)
    if not faults and judged.judgement.verdict in (Outcome.BLOCK, Outcome.NOT_EVALUABLE):
        # A rule that knows more than we do counts as well.
        faults = tuple(
            Fault("role", RoleIncompatible.code, finding.message)
            for finding in judged.judgement.findings
            if finding.outcome in (Outcome.BLOCK, Outcome.NOT_EVALUABLE)
        )
    return RolesJudged(whole, judged, faults)


def record_roles(deps: Deps, uow: UnitOfWork, actor: Actor, told: RolesJudged, at: datetime) -> StoredEvaluation:
    """Put the judgement on record as ``role.granted``, or as ``role.refused`` when there are faults."""
    version = uow.office.revision()
    subject = Subject("person", told.person.person_id, version, Month.of(local_date(at)))
    name = "role.refused" if told.faults else "role.granted"
    return record(deps, uow, actor, subject, told.judged, name, at)


def with_accounts(uow: UnitOfWork, person: Person) -> Person:
    """Return ``person`` with the role of every open account that gives one by itself: that of an administrator."""
    by_account = tuple(
        RoleHeld(role, account.sign_in_name, local_date(account.created_at))
        for account in uow.accounts.of_person(person.person_id)
        if account.disabled_at is None
        for role in account.roles
    )
    return replace(person, roles=(*person.roles, *by_account))


def refused(faults: tuple[Fault, ...]) -> RoleIncompatible:
    """Return the refusal to raise once the judgement is on record."""
    return RoleIncompatible(faults[0].message, faults)


def _fault(person: Person, one: RoleHeld, other: RoleHeld) -> Fault:
    administrator = Role.ADMINISTRATOR in (one.role, other.role)
    why = Bilingual("管理员不得办理业务", "an administrator does no business") if administrator else _SIDES
    here, there = (ROLE_WORDS[Role(held.role)] for held in (one, other))
    message = Bilingual(
        f"{person.name}（{person.person_id}）不能同时担任{here.zh}与{there.zh}：{why.zh}。请先终止其中一个。",
        f"{person.name} ({person.person_id}) cannot be {here.en.lower()} and {there.en.lower()}: {why.en}. "
        "End one of them first.",
    )
    return Fault("roles", RoleIncompatible.code, message)


_SIDES = Bilingual("营销与监管须分离", "who sells is not who watches")


def _as_json(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "role": held.role,
            "unit": held.unit,
            "from": held.since.isoformat(),
            "to": None if held.until is None else held.until.isoformat(),
        }
        for held in person.roles
    ]
