"""Whether a customer may be supplied at all: ENT-08."""

from app.audit.facts.context import ForecastContext
from app.audit.facts.table import Columns
from app.office.cycle import Stage
from app.office.forecast import Forecast
from app.office.month import Month


def licence_columns(forecast: Forecast, context: ForecastContext, target: Month, inactive: frozenset[str]) -> Columns:
    """Return for each line the state of its customer's business and licence today; missing when unknown."""
    order = forecast.stage is Stage.ORDER
    customers = [
        context.customers_today.get(line.licence_no) if order and line.licence_no is not None else None
        for line in forecast.lines
    ]
    first_day = target.first_day
    return {
        "supply_stopped": [None if c is None else c.business_status in inactive for c in customers],
        "licence_expired": [None if c is None else c.licence_valid_to < first_day for c in customers],
        "business_status": [None if c is None else c.business_status for c in customers],
        "licence_valid_to": [None if c is None else c.licence_valid_to.isoformat() for c in customers],
    }
