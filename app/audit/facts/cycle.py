"""Who answers for a cycle, and when its summary was held: WIN-03, WIN-12."""

from datetime import date

from app.audit.fact import FactSet, fact_set
from app.audit.facts.context import CycleContext
from app.audit.facts.parameters import Parameters, whole_numbers
from app.audit.facts.table import Row, single
from app.core.clock import local_date
from app.office.cycle import Cycle
from app.office.month import Month
from app.office.people import Role

_ROLE_NAMES = {
    Role.MARKET_MANAGER: "市场经理 (market manager)",
    Role.MARKETING_LEADER: "营销部门分管领导 (marketing leader)",
    Role.SUPERVISION_OFFICER: "内管人员 (supervision officer)",
}


def cycle_facts(context: CycleContext, parameters: Parameters) -> FactSet:
    """Return the scope ``cycle``, for opening and for closing it."""
    allowed = allowed_summary_days(context.cycle.cycle, whole_numbers(parameters, "WIN-03", "summary_days"))
    held = sorted(context.cycle.summary_dates)
    row: Row = {
        "cycle": str(context.cycle.cycle),
        "summary_dates_outside": sum(1 for day in held if day not in allowed) if held else None,
        "summary_dates": [day.isoformat() for day in held],
        "summary_days_allowed": [day.isoformat() for day in allowed],
        **_responsible(context),
    }
    return fact_set(single("cycle", row))


def allowed_summary_days(month: Month, days: tuple[int, ...]) -> tuple[date, ...]:
    """Return the ``days`` the month has; its last day when it has none of them. Source: YQ-3.1, reading I-4."""
    existing = tuple(month.day(day) for day in sorted(days) if day <= month.days)
    return existing or (month.last_day,)


def _named(cycle: Cycle) -> dict[Role, str | None]:
    return {
        Role.MARKET_MANAGER: cycle.market_manager,
        Role.MARKETING_LEADER: cycle.marketing_leader,
        Role.SUPERVISION_OFFICER: cycle.supervision_officer,
    }


def _responsible(context: CycleContext) -> Row:
    day = local_date(context.at)
    named = _named(context.cycle)
    missing = [_ROLE_NAMES[role] for role, person_id in named.items() if not person_id]
    inactive, listed = [], []
    for role, person_id in named.items():
        if not person_id:
            continue
        person = context.people.get(person_id)
        text = f"{person.name if person else '?'} {person_id} {_ROLE_NAMES[role]}"
        listed.append(text)
        if person is None or not person.holds(role, day):
            inactive.append(text)
    return {
        "responsible_missing": len(missing),
        "responsible_missing_list": list(missing),
        "responsible_inactive": len(inactive),
        "responsible_inactive_list": list(inactive),
        "responsible_distinct": len({person_id for person_id in named.values() if person_id}),
        "responsible_list": list(listed),
    }
