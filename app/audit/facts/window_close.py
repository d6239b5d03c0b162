"""Who and what is missing when a window closes: WIN-07, WIN-08, ENT-10."""

from collections import defaultdict

from app.audit.fact import FactSet, fact_set, ratio
from app.audit.facts.activity import is_active
from app.audit.facts.context import WindowCloseContext
from app.audit.facts.parameters import Parameters, inactive_statuses
from app.audit.facts.pos_batch import intake_row, is_intact
from app.audit.facts.table import Row, local_text, single
from app.office.customer import Customer
from app.office.cycle import Stage

_COVERAGE = (
    "active",
    "covered",
    "uncovered",
    "double_covered",
    "coverage_ratio",
    "uncovered_list",
    "double_covered_list",
)


def window_close_facts(context: WindowCloseContext, parameters: Parameters) -> FactSet:
    """Return the scopes ``stage`` and ``pos_intake``."""
    inactive = inactive_statuses(parameters)
    target = context.cycle.plus(1)
    active = {
        licence_no: customer
        for licence_no, customer in context.customers.items()
        if is_active(customer, target, inactive)
    }
    submitted = {accepted.account_manager for accepted in context.accepted}
    missing = [
        f"{person.name} ({person_id})"
        for person_id, person in sorted(context.managers.items())
        if person_id not in submitted
    ]
    stage: Row = {
        "stage": context.stage.value,
        "cycle": str(context.cycle),
        "closed_at": local_text(context.closed_at),
        "managers": len(context.managers),
        "missing_managers": len(missing),
        "missing_manager_list": list(missing),
        **_coverage(context, active),
    }
    return fact_set(single("stage", stage), single("pos_intake", _silence(context, active)))


def _coverage(context: WindowCloseContext, active: dict[str, Customer]) -> Row:
    """Return how many active customers the accepted order forecasts cover; missing for the supply stage."""
    if context.stage is not Stage.ORDER:
        return dict.fromkeys(_COVERAGE)
    ways: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for accepted in context.accepted:
        for licence_no, channels in accepted.channels.items():
            # A line without a readable channel covers its customer all the same.
            ways[licence_no] |= {(accepted.account_manager, channel) for channel in channels or {""}}
    uncovered = sorted(licence_no for licence_no in active if licence_no not in ways)
    double = sorted(licence_no for licence_no, covered_by in ways.items() if len(covered_by) > 1)
    covered = len(active) - len(uncovered)
    return {
        "active": len(active),
        "covered": covered,
        "uncovered": len(uncovered),
        "double_covered": len(double),
        "coverage_ratio": ratio(covered, len(active)),
        "uncovered_list": list(uncovered),
        "double_covered_list": list(double),
    }


def _silence(context: WindowCloseContext, active: dict[str, Customer]) -> Row:
    """Return the active POS customers nobody heard of in the cycle month."""
    if context.stage is not Stage.ORDER:
        return intake_row("supply_close")
    heard = {licence_no for batch in context.batches if is_intact(batch) for licence_no in batch.licence_numbers}
    silent = sorted(
        licence_no for licence_no, customer in active.items() if customer.has_pos and licence_no not in heard
    )
    return {**intake_row("order_close"), "silent_pos_customers": len(silent), "silent_customer_list": list(silent)}
