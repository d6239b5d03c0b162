"""Changes of the master data that nobody approved: SEG-15."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from app.audit.fact import FactSet, FactTable, fact_set
from app.audit.facts.change_context import MasterSyncContext
from app.audit.facts.parameters import Parameters
from app.audit.facts.table import Columns
from app.core.clock import local_date
from app.office.customer import Customer
from app.office.segment_change import IN_EFFECT_STATES, SegmentChange

_ATTRIBUTES: Mapping[str, Callable[[Customer], str]] = {
    "segment": lambda customer: customer.segment,
    "grade": lambda customer: str(customer.grade),
    "volatility_class": lambda customer: customer.volatility_class,
    "territory": lambda customer: customer.territory_id,
}

_FACTS = (
    "licence_no",
    "attribute",
    "value_filed",
    "value_delivered",
    "authorised",
    "authority_no",
    "batch",
    "source_user",
)


def master_sync_facts(
    context: MasterSyncContext,
    parameters: Parameters,  # noqa: ARG001  # one shape for all subjects
) -> FactSet:
    """Return the scope ``master_difference``: one row for each attribute that differs from what was filed.

    A customer delivered for the first time differs from nothing: SEG-19 looks at it.
    """
    columns: Columns = {name: [] for name in _FACTS}
    today = local_date(context.received_at)
    for licence_no, after in sorted(context.after.items()):
        before = context.before.get(licence_no)
        for attribute, filed, delivered in differing_attributes(before, after) if before else ():
            number = _authority(context, licence_no, attribute, delivered, today)
            row = (licence_no, attribute, filed, delivered, number is not None, number)
            for name, cell in zip(_FACTS, (*row, context.batch, context.source_user), strict=True):
                columns[name].append(cell)
    return fact_set(FactTable("master_difference", columns))


def differing_attributes(before: Customer, after: Customer) -> tuple[tuple[str, str, str], ...]:
    """Return (attribute, value filed, value delivered) of every attribute that needs a decision and differs."""
    return tuple(
        (name, value(before), value(after)) for name, value in _ATTRIBUTES.items() if value(before) != value(after)
    )


def _authority(context: MasterSyncContext, licence_no: str, attribute: str, value: str, today: date) -> str | None:
    """Return the number of what allows the new value from that day on; None when nothing does."""
    if attribute == "segment":
        last = change_in_force(context.changes, licence_no, today)
        return last.change_no if last and last.application.proposed_segment == value else None
    return context.orders.get((licence_no, attribute, value))


def change_in_force(changes: Iterable[SegmentChange], licence_no: str, day: date) -> SegmentChange | None:
    """Return the change by which the customer has its format on ``day``; None without one.

    Of several in effect the last counts: an approval that was followed by another allows no silent way back.
    """
    in_effect = [
        (one.effective_on, one.change_no, one)
        for one in changes
        if one.state in IN_EFFECT_STATES
        and one.application.licence_no == licence_no
        and one.effective_on is not None
        and one.effective_on <= day
    ]
    return max(in_effect, key=lambda found: found[:2])[2] if in_effect else None
