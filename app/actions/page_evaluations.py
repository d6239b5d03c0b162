"""Show people a page of evaluations: each with its worst sentence and the name of who it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.actions.deps import Deps
from app.actions.presenting import full_evaluation_body
from app.actions.read_forecast_state import require_readable
from app.core.actor import Actor
from app.core.clock import local_date
from app.core.text import Bilingual
from app.office.people import Role
from app.office.permission import Permission
from app.store.unit_of_work import UnitOfWork
from app.store.values import EvaluationFilter, EvaluationHead


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One line of the list."""

    head: EvaluationHead
    rule: str | None
    """The rule that gave the worst finding; None when none speaks."""
    sentence: Bilingual | None
    """What that finding says."""
    more: int
    """How many more rules speak."""
    account_manager: str | None
    """The name of whom it is about, None when nobody is named or known."""


@dataclass(frozen=True, slots=True)
class EvaluationRows:
    """A page of the list, newest first, with what the filters above it need."""

    rows: tuple[EvaluationRow, ...]
    next_cursor: str | None
    counts: Mapping[str, int]
    """How many evaluations have each verdict, all other filters applied."""
    account_managers: tuple[tuple[str, str], ...]
    """(id, name) of the account managers the actor may ask for, by name."""
    cycles: tuple[str, ...]
    """The cycles there are, newest first."""


def page_evaluations(
    deps: Deps, actor: Actor, wanted: EvaluationFilter, cursor: str | None, limit: int
) -> EvaluationRows:
    """Return one page of the evaluations the actor may see.

    Raises:
        Forbidden: the actor may not read evaluations.
    """
    actor.require(Permission.READ_EVALUATION)
    wanted = replace(wanted, territories=actor.territories)
    with deps.store.read() as uow:
        page = uow.evaluations.page(wanted, cursor, limit)
        names = {person.person_id: person.name for person in uow.office.people()}
        return EvaluationRows(
            rows=tuple(_row(head, names) for head in page.items),
            next_cursor=page.next_cursor,
            counts=uow.evaluations.verdict_counts(replace(wanted, verdict=None)),
            account_managers=_account_managers(deps, uow, actor),
            cycles=tuple(sorted((str(cycle.cycle) for cycle in uow.office.cycles()), reverse=True)),
        )


def _row(head: EvaluationHead, names: Mapping[str, str]) -> EvaluationRow:
    worst = head.findings[0] if head.findings else None
    return EvaluationRow(
        head=head,
        rule=worst.rule if worst else None,
        sentence=worst.message if worst else None,
        more=max(len(head.findings) - 1, 0),
        account_manager=names.get(head.account_manager or "", head.account_manager),
    )


def _account_managers(deps: Deps, uow: UnitOfWork, actor: Actor) -> tuple[tuple[str, str], ...]:
    day = local_date(deps.clock.now())
    people = {person.person_id: person.name for person in uow.office.people_holding(Role.ACCOUNT_MANAGER, day)}
    if actor.territories is not None:
        territories = uow.office.territories()
        mine = [territories[t].managers_on(day) for t in actor.territories if t in territories]
        people = {p: name for p, name in people.items() if any(p in managers for managers in mine)}
    return tuple(sorted(people.items(), key=lambda pair: pair[1]))


def show_evaluation(deps: Deps, actor: Actor, evaluation_id: str) -> dict[str, Any]:
    """Return everything kept of the evaluation, and the names of whom and where it is about.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    with deps.store.read() as uow:
        stored = uow.evaluations.get(evaluation_id)
        require_readable(actor, stored.territory_id)
        person = uow.office.person(stored.account_manager) if stored.account_manager else None
        territory = uow.office.territories().get(stored.territory_id) if stored.territory_id else None
        return {
            **full_evaluation_body(stored),
            "account_manager_name": person.name if person else stored.account_manager,
            "territory_name": territory.name if territory else stored.territory_id,
        }
