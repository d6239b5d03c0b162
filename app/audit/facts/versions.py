"""What a new version replaces, and whether it may: WIN-10."""

from collections.abc import Iterable

from app.audit.facts.context import ForecastContext
from app.audit.facts.parameters import Parameters
from app.audit.facts.table import Row
from app.audit.facts.windows import stage_window
from app.core.clock import local_date
from app.office.forecast import Forecast, ForecastLine
from app.office.visible_text import says_something

Pair = tuple[str | None, str | None]
"""Licence number (None in a supply forecast) and SKU."""


def cartons_by_pair(lines: Iterable[ForecastLine]) -> dict[Pair, int | None]:
    """Return final cartons by (licence_no, sku), lines of the same pair added up; None when one cannot be read."""
    cartons: dict[Pair, int | None] = {}
    for line in lines:
        pair = (line.licence_no, line.sku)
        more, earlier = line.final.cartons, cartons.get(pair, 0)
        cartons[pair] = None if more is None or earlier is None else earlier + more
    return cartons


def version_facts(forecast: Forecast, context: ForecastContext, parameters: Parameters) -> Row:
    """Return the place of this submission in the chain of versions."""
    previous = context.previous
    row: Row = {
        "version": context.versions_recorded + 1,
        "reason_given": says_something(forecast.reason),
        "supersedes_named": previous is not None and forecast.supersedes == previous.forecast_id,
        "reopening_needed": False,
        "reopening_approved": previous is not None and previous.reopened,
        "lines_changed": None,
        "cartons_change": None,
    }
    if previous is None:
        return row
    window = stage_window(
        forecast.stage, forecast.cycle, context.cycle, context.extended_to, context.calendar, parameters
    )
    now, before = cartons_by_pair(forecast.lines), previous.cartons
    row["reopening_needed"] = previous.determined or local_date(context.submitted_at) > window.last
    row["lines_changed"] = sum(
        1 for pair in now.keys() | before.keys() if pair not in now or pair not in before or now[pair] != before[pair]
    )
    row["cartons_change"] = sum(filter(None, now.values())) - sum(filter(None, before.values()))
    return row
