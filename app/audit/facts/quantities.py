"""Quantities that are no whole cartons, and lines entered twice: ENT-03, ENT-04."""

from collections import defaultdict

from app.audit.facts.table import Columns
from app.office.cycle import Stage
from app.office.forecast import Channel, Forecast, ForecastLine
from app.office.quantity import Quantity, QuantityProblem

_WRONG = frozenset({QuantityProblem.UNIT, QuantityProblem.NEGATIVE, QuantityProblem.FRACTION})
_ABSENT = frozenset({QuantityProblem.MISSING, QuantityProblem.UNREADABLE})


def quantity_columns(forecast: Forecast) -> Columns:
    """Return for each line its quantities in cartons and the first problem they have."""
    lines = forecast.lines
    order = forecast.stage is Stage.ORDER
    told = [_told(line, order) for line in lines]
    return {
        "collected_cartons": [line.collected.cartons for line in lines],
        "final_cartons": [line.final.cartons for line in lines],
        "quantity_problem": [problem for problem, _ in told],
        "quantity_given": [None if quantity.raw is None else str(quantity.raw) for _, quantity in told],
        "unit_given": [quantity.unit for _, quantity in told],
    }


def _told(line: ForecastLine, order: bool) -> tuple[str | None, Quantity]:
    """Return the problem and the quantity it is about; None when a needed quantity is absent: ENT-01 speaks."""
    final, collected = line.final, line.collected
    none = QuantityProblem.NONE
    if final.problem is none and collected.problem is none:
        return none.value, final
    for quantity in (final, collected):
        if quantity.problem in _WRONG:
            return quantity.problem.value, quantity
    if final.problem in _ABSENT:
        return None, final
    if nothing_collected(line) and (not order or line.channel == Channel.MODEL):
        return none.value, final
    return None, collected


def nothing_collected(line: ForecastLine) -> bool:
    """Return whether the line states no collected quantity."""
    return line.collected.raw is None or line.collected.raw == ""


def duplicate_columns(forecast: Forecast) -> Columns:
    """Return for each line how often its licence and SKU (supply: its SKU) were entered, and on which lines."""
    order = forecast.stage is Stage.ORDER
    numbers: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    keys: list[tuple[str | None, str] | None] = []
    for line in forecast.lines:
        key = None
        if line.sku is not None and (line.licence_no is not None or not order):
            key = (line.licence_no if order else None, line.sku)
            numbers[key].append(line.number)
        keys.append(key)
    return {
        "times_entered": [None if key is None else len(numbers[key]) for key in keys],
        "duplicate_lines": [list(numbers[key]) if key is not None and len(numbers[key]) > 1 else [] for key in keys],
    }
