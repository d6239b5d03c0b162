"""Compare delivered customers with what is filed: nobody gets another format by sending one. Source: SEG-15, SEG-19."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.actions.deps import Deps
from app.actions.recording import Subject, judge, record, rulebook_on
from app.audit.facts.change_request import new_customer_facts
from app.audit.facts.master_sync import change_in_force, differing_attributes, master_sync_facts
from app.core.actor import Actor
from app.core.clock import local_date
from app.office.customer import Customer
from app.office.items import ReadItem
from app.office.month import Month
from app.office.segment_change import SegmentChange
from app.store.change_contexts import master_sync_context, new_customer_context
from app.store.office_snapshots import frozen_body
from app.store.unit_of_work import UnitOfWork
from app.store.values import StoredEvaluation

MASTER_SYNC, NEW_CUSTOMER = "on_master_sync", "on_new_customer"


def office_has_begun(uow: UnitOfWork) -> bool:
    """Return whether anything but deliveries was ever judged. Before that, what is delivered is the baseline."""
    return uow.evaluations.has_other_than((MASTER_SYNC, NEW_CUSTOMER, "on_role_grant"))


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivered customer as it is written, and what of it is not."""

    item: ReadItem
    held: tuple[dict[str, str], ...] = ()
    """``{"attribute", "filed", "delivered"}`` of every attribute for which the filed value stays in use."""


class CustomerComparison:
    """One delivery of customers, compared item by item with what was filed before it."""

    def __init__(self, uow: UnitOfWork, import_id: str, at: datetime) -> None:
        """Compare by what ``uow`` knows, for the import of that number, received at ``at``."""
        self._uow = uow
        self._import_id = import_id
        self._at = at
        self._today = local_date(at)
        self._filed: dict[str, dict[date, Customer]] = {}
        """States by licence and first day, those of the delivery included as soon as they are settled."""
        self._new: dict[str, Customer] = {}
        self._differing: list[dict[str, tuple[Customer, Customer]]] = []
        """(filed, delivered) by licence. A licence that comes again with another difference is in the next of them."""

    def settle(self, items: Sequence[ReadItem]) -> list[Settled]:
        """Return the items as they are to be written, in order: without what nobody approved.

        The format is written when it is the filed one on its first day, or when the change in force allows it from
        that day on. Everything else is written as delivered.
        """
        delivered = [customer for item in items if isinstance(customer := item.value, Customer)]
        assert len(delivered) == len(items)
        unknown = {customer.licence_no for customer in delivered} - self._filed.keys()
        self._filed.update(self._uow.office.states_of(unknown))
        allowed = self._changes_in_force(delivered)
        return [self._settle(item, one, allowed) for item, one in zip(items, delivered, strict=True)]

    def judge(self, deps: Deps, actor: Actor) -> list[StoredEvaluation]:
        """Put on record what the rules say of the differences and of the new customers; nothing when there are none."""
        found = [self._judge_differences(deps, actor, place) for place in range(len(self._differing))]
        return [*found, *([self._judge_new(deps, actor)] if self._new else [])]

    def _changes_in_force(self, delivered: Sequence[Customer]) -> dict[str, SegmentChange]:
        """Return the change in force today of each customer that is delivered with another format than it had."""
        licences = {
            one.licence_no
            for one in delivered
            if any(state.segment != one.segment for state in self._filed.get(one.licence_no, {}).values())
        }
        changes = self._uow.segment_changes.of_licences(licences)
        found = ((licence_no, change_in_force(changes, licence_no, self._today)) for licence_no in licences)
        return {licence_no: change for licence_no, change in found if change is not None}

    def _settle(self, item: ReadItem, delivered: Customer, allowed: dict[str, SegmentChange]) -> Settled:
        states = self._filed.setdefault(delivered.licence_no, {})
        if not states:
            states[delivered.valid_from] = self._new[delivered.licence_no] = delivered
            return Settled(item)
        filed = _state_on(states, delivered.valid_from) or states[min(states)]
        compared = delivered
        settled = Settled(item)
        if delivered.segment != filed.segment and not _counts_from(allowed.get(delivered.licence_no), delivered):
            kept = replace(delivered, segment=filed.segment)
            if self._is_filed_today(states, delivered):
                compared = kept
            held = {"attribute": "segment", "filed": filed.segment, "delivered": delivered.segment}
            body = {**item.body, "segment": filed.segment}
            settled = Settled(replace(item, value=kept, body=body), (held,))
            delivered = kept
        states[delivered.valid_from] = delivered
        if differing_attributes(filed, compared):
            self._keep_difference(filed, compared)
        return settled

    def _is_filed_today(self, states: dict[date, Customer], delivered: Customer) -> bool:
        """Return whether an old state comes with today's filed format: nothing silent, but it must not reach back."""
        today = _state_on(states, self._today)
        return delivered.valid_from <= self._today and today is not None and today.segment == delivered.segment

    def _keep_difference(self, filed: Customer, delivered: Customer) -> None:
        for known in self._differing:
            if delivered.licence_no not in known:
                known[delivered.licence_no] = (filed, delivered)
                return
        self._differing.append({delivered.licence_no: (filed, delivered)})

    def _judge_differences(self, deps: Deps, actor: Actor, place: int) -> StoredEvaluation:
        pairs = self._differing[place]
        before = {licence_no: filed for licence_no, (filed, _) in pairs.items()}
        after = {licence_no: delivered for licence_no, (_, delivered) in pairs.items()}
        rulebook = rulebook_on(deps, MASTER_SYNC, Month.of(self._today))
        context = master_sync_context(self._uow, self._import_id, self._at, before, after)
        payload = {
            "import": self._import_id,
            "customers": [
                {"filed": frozen_body(before[licence_no]), "delivered": frozen_body(after[licence_no])}
                for licence_no in sorted(pairs)
            ],
        }
        judged = judge(deps, rulebook, master_sync_facts(context, rulebook), payload)
        subject = self._subject("office_import", place + 1)
        return record(deps, self._uow, actor, subject, judged, "master_data.compared", self._at)

    def _judge_new(self, deps: Deps, actor: Actor) -> StoredEvaluation:
        customers = [self._new[licence_no] for licence_no in sorted(self._new)]
        rulebook = rulebook_on(deps, NEW_CUSTOMER, Month.of(self._today))
        facts = new_customer_facts(new_customer_context(self._uow, customers, self._at), rulebook)
        payload: dict[str, Any] = {"import": self._import_id, "customers": [frozen_body(one) for one in customers]}
        judged = judge(deps, rulebook, facts, payload)
        subject = self._subject("customer", 1)
        return record(deps, self._uow, actor, subject, judged, "customer.first_seen", self._at)

    def _subject(self, kind: str, version: int) -> Subject:
        return Subject(kind, self._import_id, version, Month.of(self._today))


def _state_on(states: dict[date, Customer], day: date) -> Customer | None:
    begun = [first for first in states if first <= day]
    return states[max(begun)] if begun else None


def _counts_from(change: SegmentChange | None, delivered: Customer) -> bool:
    """Return whether ``change`` gives the delivered format from the first day it is delivered for."""
    return (
        change is not None
        and change.application.proposed_segment == delivered.segment
        and change.effective_on is not None
        and change.effective_on <= delivered.valid_from
    )
