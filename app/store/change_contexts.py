"""What the office knew when a segment change, a delivery of customers or a run of the day was judged."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from app.audit.facts.activity import is_active
from app.audit.facts.change_context import (
    ChangeWatchContext,
    MasterSyncContext,
    NewCustomerContext,
    SegmentChangeContext,
)
from app.audit.facts.parameters import FirstFiled, Parameters, inactive_statuses, whole_number
from app.core.clock import local_date
from app.office.benefit import Benefit, Shop, benefit_of_change, benefit_of_first_month
from app.office.calendar import Calendar
from app.office.change_records import FIRST_SETTING, CustomerDecision
from app.office.customer import Customer
from app.office.month import Month
from app.office.normalise import read_order_cycle
from app.office.people import Person
from app.office.segment_change import IN_EFFECT_STATES, ChangeState, SegmentChange, effect_day
from app.store.change_values import ChangeHistory
from app.store.contexts import SEGMENT_LIST
from app.store.office_cache import OfficeCache, OfficeView
from app.store.unit_of_work import UnitOfWork

__all__ = [
    "benefit_of",
    "change_watch_context",
    "history_of",
    "master_sync_context",
    "new_customer_context",
    "segment_change_context",
]

_FIRST_FILED = FirstFiled()
_YEAR = timedelta(days=365)
_LONGEST_STAY = 24
"""Months of another format over which what it gave is still added up. SEG-10 looks at one year."""


def segment_change_context(
    uow: UnitOfWork,
    change: SegmentChange,
    at: datetime,
    *,
    layer: int | None = None,
    cache: OfficeCache | None = None,
    parameters: Parameters = _FIRST_FILED,
) -> SegmentChangeContext:
    """Return everything the facts of ``change``, judged at ``at``, are computed from.

    Args:
        uow: any transaction.
        change: as it would be after the act that is judged.
        at: the moment of judging.
        layer: the layer now being signed; None: all five must be there.
        cache: the memory of the process.
        parameters: of the rulebook; they say for how long a sanction counts (SEG-17).
    """
    office = (cache or OfficeCache()).view(uow.office)
    day = local_date(at)
    licence_no = change.application.licence_no
    filed = office.customers_named(day, frozenset({licence_no}), None).get(licence_no)
    earlier = _earlier(uow, change)
    since = _months_before(day, whole_number(parameters, "SEG-17", "months"))
    return SegmentChangeContext(
        at=at,
        customer=filed,
        segments=office.code_list(SEGMENT_LIST, day),
        profiles=office.segment_profiles(day),
        licence=office.licence(licence_no),
        earlier=earlier,
        benefit=_benefit(office, change, filed, at),
        people=_signers(office, change),
        cartons_gained=_cartons_gained(office, change, earlier, filed, day),
        # Not through the memory: that there are none is said by a delivery that changes nothing.
        sanctions=uow.office.sanctions(licence_no, since),
        credit_level=filed.credit_level if filed else None,
        layer=layer,
    )


def benefit_of(
    uow: UnitOfWork, change: SegmentChange, at: datetime, *, cache: OfficeCache | None = None
) -> Benefit | None:
    """Return what the change gives, by the standards of its first month, or else of the current one.

    None when the customer is unknown or no format is asked for. Until the change is in effect the old format is the
    filed one, whatever the application says.
    """
    office = (cache or OfficeCache()).view(uow.office)
    licence_no = change.application.licence_no
    filed = office.customers_named(local_date(at), frozenset({licence_no}), None).get(licence_no)
    return _benefit(office, change, filed, at)


def _benefit(office: OfficeView, change: SegmentChange, filed: Customer | None, at: datetime) -> Benefit | None:
    asked = change.application
    if filed is None or asked.proposed_segment is None:
        return None
    old = (asked.current_segment if change.effected_at else None) or filed.segment
    first = change.effective_on or effect_day(at, asked.requested_effective)
    months = (Month.of(first), Month.of(local_date(at)))
    standards = {(one.std_id, one.version): one for month in months for one in office.allocation_standards(month)}
    shop = _shop(office, filed)
    return benefit_of_first_month(
        months, shop, (old, asked.proposed_segment), list(standards.values()), office.products()
    )


def _shop(office: OfficeView, customer: Customer) -> Shop:
    territory = office.territories().get(customer.territory_id)
    known = {
        "county": territory.county if territory else None,
        "market_type": customer.market_type,
        "area_code": customer.area_code,
        "credit_level": customer.credit_level,
    }
    attributes = {name: value for name, value in known.items() if value is not None}
    return Shop(customer.licence_no, customer.grade, attributes, read_order_cycle(customer.order_cycle))


def _earlier(uow: UnitOfWork, change: SegmentChange) -> tuple[SegmentChange, ...]:
    """Return the other requests of the customer made before it. A draft never became a request."""
    return tuple(
        one for one in uow.segment_changes.of_customer(change.application.licence_no) if _is_before(one, change)
    )


def _is_before(one: SegmentChange, change: SegmentChange) -> bool:
    return (
        one.change_no != change.change_no and one.state is not ChangeState.DRAFT and one.applied_at <= change.applied_at
    )


def _signers(office: OfficeView, change: SegmentChange) -> dict[str, Person]:
    names = {person_id for layer in change.layers for person_id in (layer.person_id, layer.on_behalf_of)}
    names |= {
        person_id
        for one in (change.form.signatures if change.form else ())
        for person_id in (one.person_id, one.witness)
    }
    people = office.people()
    return {person_id: people[person_id] for person_id in sorted(filter(None, names)) if person_id in people}


def _cartons_gained(
    office: OfficeView,
    change: SegmentChange,
    earlier: Iterable[SegmentChange],
    filed: Customer | None,
    day: date,
) -> int | None:
    """Return the scarce cartons allotted more since the format to which the customer now returns was left.

    Counted by whole months, for the customer as it is today. None when it does not return, or a month cannot be told.
    """
    in_effect = [
        (one.effective_on, one.change_no, one)
        for one in earlier
        if one.state in IN_EFFECT_STATES and one.effective_on is not None and one.effective_on <= day
    ]
    if filed is None or not in_effect:
        return None
    since, _, last = max(in_effect, key=lambda found: found[:2])
    left, taken = last.application.current_segment, last.application.proposed_segment
    months = _months(Month.of(since), Month.of(day))
    if left is None or taken is None or left != change.application.proposed_segment or len(months) > _LONGEST_STAY:
        return None
    shop, products = _shop(office, filed), office.products()
    gains = [
        benefit_of_change(month, shop, (left, taken), office.allocation_standards(month), products).delta_tight_cartons
        for month in months
    ]
    return None if None in gains else sum(gain for gain in gains if gain is not None)


def _months(first: Month, last: Month) -> list[Month]:
    months = [first]
    while months[-1] < last:
        months.append(months[-1].plus(1))
    return months


def _months_before(day: date, months: int) -> date:
    month = Month.of(day).plus(-months)
    return date(month.year, month.month, min(day.day, month.last_day.day))


def history_of(uow: UnitOfWork, change: SegmentChange) -> ChangeHistory:
    """Return what went before ``change``: of its customer always, of its account manager and territory for a year."""
    asked = change.application

    def in_the_year(changes: Iterable[SegmentChange]) -> tuple[SegmentChange, ...]:
        since = change.applied_at - _YEAR
        return tuple(one for one in changes if _is_before(one, change) and one.applied_at >= since)

    return ChangeHistory(
        customer=_earlier(uow, change),
        applicant=in_the_year(uow.segment_changes.of_manager(asked.account_manager)),
        territory=in_the_year(uow.segment_changes.in_territory(asked.territory_id) if asked.territory_id else ()),
    )


def change_watch_context(
    uow: UnitOfWork,
    at: datetime,
    *,
    cache: OfficeCache | None = None,
    parameters: Parameters = _FIRST_FILED,
) -> ChangeWatchContext:
    """Return everything the facts of the daily and monthly runs are computed from.

    The requests are those still to be acted on, and those made in the days SEG-14 looks at. A draft is no request.
    """
    office = (cache or OfficeCache()).view(uow.office)
    day = local_date(at)
    since = day - timedelta(days=whole_number(parameters, "SEG-14", "window_days"))
    found = {stored.change.change_no: stored.change for stored in uow.segment_changes.open()}
    found |= {change.change_no: change for change in uow.segment_changes.all_since(since)}
    changes = tuple(found[number] for number in sorted(found) if found[number].state is not ChangeState.DRAFT)
    return ChangeWatchContext(
        at=at,
        changes=changes,
        calendar=_calendar(office, changes, day),
        customers=_active_customers(office, day, inactive_statuses(parameters)),
        names={person_id: person.name for person_id, person in office.people().items()},
        campaigns=uow.office.campaigns(),
    )


def _calendar(office: OfficeView, changes: Iterable[SegmentChange], day: date) -> Calendar:
    first = min((local_date(change.applied_at) for change in changes), default=day)
    return office.calendar(Month.of(first).first_day, Month.of(day).last_day)


def _active_customers(office: OfficeView, day: date, inactive: frozenset[str]) -> Mapping[str, int]:
    """Return how many active customers each account manager has; one with none of them is in it with 0."""
    territories = office.territories()
    counts = Counter[str]()
    for territory_id, territory in territories.items():
        customers = office.customers_in(day, frozenset({territory_id}), None)
        active = sum(1 for customer in customers.values() if is_active(customer, Month.of(day), inactive))
        for manager in territory.own_managers_on(day):
            counts[manager] += active
    return counts


def master_sync_context(
    uow: UnitOfWork,
    batch: str,
    received_at: datetime,
    before: Mapping[str, Customer],
    after: Mapping[str, Customer],
    source_user: str | None = None,
) -> MasterSyncContext:
    """Return everything the facts of one delivery of customers are computed from.

    Of several decisions on one attribute of a customer the last counts: an older one allows no silent way back.

    Args:
        uow: any transaction.
        batch: number of the import.
        received_at: when it came.
        before: as filed, by licence.
        after: as delivered, by licence.
        source_user: who changed it in the source system, when that is told.
    """
    day = local_date(received_at)
    last = _last_decisions(uow, after, day)
    orders = {
        (decision.licence_no, decision.attribute, decision.value): decision.decision_no
        for decision in last.values()
        if decision.value is not None
    }
    changes = uow.segment_changes.of_licences(after)
    return MasterSyncContext(batch, received_at, before, after, changes, orders, source_user)


def new_customer_context(
    uow: UnitOfWork, customers: Iterable[Customer], at: datetime
) -> tuple[NewCustomerContext, ...]:
    """Return, for each customer delivered for the first time, what is known of the meeting that set it."""
    new = tuple(customers)
    last = _last_decisions(uow, (one.licence_no for one in new), local_date(at))
    return tuple(_new_customer(one, last.get((one.licence_no, FIRST_SETTING))) for one in new)


def _new_customer(customer: Customer, decision: CustomerDecision | None) -> NewCustomerContext:
    if decision is None:
        return NewCustomerContext(customer, None, marketing_present=False, monopoly_present=False)
    return NewCustomerContext(customer, decision.minutes_no, decision.marketing_present, decision.monopoly_present)


def _last_decisions(uow: UnitOfWork, licences: Iterable[str], day: date) -> dict[tuple[str, str], CustomerDecision]:
    """Return the last decision up to ``day`` by licence and attribute."""
    decided = uow.office.decisions(licences)
    return {(one.licence_no, one.attribute): one for one in decided if one.decided_on <= day}
