"""The list of segment changes, and the customers an application can be made for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.actions.deps import Deps
from app.actions.read_change import calendar_around, overdue_days
from app.core.actor import Actor
from app.core.clock import local_date
from app.office.customer import Customer
from app.office.people import Role
from app.office.permission import Permission
from app.review.change_steps import Act, due_on, next_step
from app.store.change_values import ChangeFilter, StoredChange
from app.store.unit_of_work import UnitOfWork

_MOST_HITS = 10


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One line of the list."""

    change_no: str
    licence_no: str
    shop_name: str
    from_segment: str
    to_segment: str
    state: str
    account_manager_name: str
    applied_on: date
    next_act: Act | None
    next_role: Role | None
    due_on: date | None
    overdue_days: int
    favourable: bool | None
    version: int


@dataclass(frozen=True, slots=True)
class ChangeRows:
    """A page of the list, newest first."""

    items: tuple[ChangeRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer an application can be made for."""

    licence_no: str
    shop_name: str
    holder_name: str | None
    address: str | None
    segment: str
    segment_name: str
    grade: int
    territory_id: str
    territory_name: str


def page_changes(deps: Deps, actor: Actor, wanted: ChangeFilter, cursor: str | None, limit: int = 50) -> ChangeRows:
    """Return one page of the requests the actor may see, newest first.

    Raises:
        Forbidden: the actor may not read segment changes.
    """
    actor.require(Permission.READ_CHANGE)
    with deps.store.read() as uow:
        page = uow.segment_changes.page(replace(wanted, territories=actor.territories), cursor, limit)
        names = {person.person_id: person.name for person in uow.office.people()}
        formats = format_names(uow, local_date(deps.clock.now()))
        rows = tuple(_row(deps, uow, one, names, formats) for one in page.items)
    return ChangeRows(rows, page.next_cursor)


def format_names(uow: UnitOfWork, day: date) -> Mapping[str, str]:
    """Return the Chinese names of the formats by code, by the list valid on ``day``."""
    listed = uow.office.code_list("segment", day)
    return {item.code: item.zh for item in listed.items} if listed else {}


def _row(
    deps: Deps, uow: UnitOfWork, stored: StoredChange, names: Mapping[str, str], formats: Mapping[str, str]
) -> ChangeRow:
    change, at = stored.change, deps.clock.now()
    asked = change.application
    step = next_step(change)
    calendar = calendar_around(uow, change, at)
    return ChangeRow(
        change_no=change.change_no,
        licence_no=asked.licence_no,
        shop_name=asked.shop_name or asked.licence_no,
        from_segment=formats.get(asked.current_segment or "", asked.current_segment or "—"),
        to_segment=formats.get(asked.proposed_segment or "", asked.proposed_segment or "—"),
        state=change.state.value,
        account_manager_name=names.get(asked.account_manager, asked.account_manager),
        applied_on=local_date(change.applied_at),
        next_act=step.act if step else None,
        next_role=step.role if step else None,
        due_on=due_on(change, calendar),
        overdue_days=overdue_days(change, calendar, local_date(at)),
        favourable=change.favourable,
        version=stored.version,
    )


def look_up_customers(deps: Deps, actor: Actor, text: str) -> tuple[CustomerHit, ...]:
    """Return the customers whose number or shop name holds ``text``, of the actor's own territories, at most 10.

    Raises:
        Forbidden: the actor may not enter requests.
    """
    actor.require(Permission.SUBMIT_CHANGE)
    sought = text.strip().casefold()
    if not sought:
        return ()
    day = local_date(deps.clock.now())
    with deps.store.read() as uow:
        customers = uow.office.customers_on(day, territory_ids=actor.territories)
        formats = format_names(uow, day)
        territories = {one.territory_id: one.name for one in uow.office.territories().values()}
    found = [
        customer
        for customer in sorted(customers.values(), key=lambda one: one.licence_no)
        if sought in customer.licence_no or sought in customer.shop_name.casefold()
    ]
    return tuple(_hit(customer, formats, territories) for customer in found[:_MOST_HITS])


def _hit(customer: Customer, formats: Mapping[str, str], territories: Mapping[str, str]) -> CustomerHit:
    return CustomerHit(
        licence_no=customer.licence_no,
        shop_name=customer.shop_name,
        holder_name=customer.holder_name,
        address=customer.address,
        segment=customer.segment,
        segment_name=formats.get(customer.segment, customer.segment),
        grade=customer.grade,
        territory_id=customer.territory_id,
        territory_name=territories.get(customer.territory_id, customer.territory_id),
    )
