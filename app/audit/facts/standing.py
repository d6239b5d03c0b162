"""Whether the account manager may speak for the territory and the customers named: WIN-06."""

from datetime import date

from app.audit.facts.context import ForecastContext
from app.audit.facts.table import Row
from app.core.clock import local_date
from app.office.forecast import Forecast
from app.office.people import Role


def standing_facts(forecast: Forecast, context: ForecastContext) -> Row:
    """Return role, territory and foreign customers of the submitter on the local day of submission."""
    day = local_date(context.submitted_at)
    manager = forecast.account_manager
    if manager is None:
        return {
            "submitter_has_role": None,
            "territory_assigned": None,
            "foreign_customer_lines": None,
            "foreign_customers": None,
        }
    spoken_for = _spoken_for(context, manager, day)
    foreign = [
        line.licence_no
        for line in forecast.lines
        if line.licence_no is not None
        and (customer := context.customers_today.get(line.licence_no)) is not None
        and customer.territory_id not in spoken_for
    ]
    territory = forecast.territory_id
    return {
        "submitter_has_role": context.manager is not None and context.manager.holds(Role.ACCOUNT_MANAGER, day),
        "territory_assigned": None if territory is None else territory in spoken_for,
        "foreign_customer_lines": len(foreign),
        "foreign_customers": sorted(set(foreign)),
    }


def _spoken_for(context: ForecastContext, manager: str, day: date) -> frozenset[str]:
    """Return the territories the manager may speak for: own, or by a cover with a filing number."""
    return frozenset(
        territory_id for territory_id, territory in context.territories.items() if manager in territory.managers_on(day)
    )
