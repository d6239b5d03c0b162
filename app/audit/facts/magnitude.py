"""How a quantity compares with the last three months: ENT-06."""

from app.audit.fact import Cell, ratio
from app.audit.facts.sales_history import Months, SalesHistory
from app.audit.facts.table import Columns
from app.office.cycle import Stage
from app.office.forecast import Forecast

CASE = 250
"""条 in a 箱."""

Measures = tuple[int | None, int | None, int | None, int | None]
"""Ratio to the mean, and the deviations from ten times, 250 times and a 250th of it, in millionths."""


def magnitude_columns(
    forecast: Forecast, history: SalesHistory, leaving: frozenset[str], suspended: frozenset[str]
) -> Columns:
    """Return for each line the 3-month mean, the forecast's ratio to it and whether a difference is excused."""
    order = forecast.stage is Stage.ORDER
    columns: Columns = {
        name: []
        for name in (
            "mean_3m_cartons",
            "delivered_3m",
            "ratio_to_mean",
            "ten_deviation",
            "case_deviation",
            "case_inverse_deviation",
            "excused",
        )
    }
    mean, delivered, to_mean, ten, case, inverse, excused = columns.values()
    known: dict[tuple[int, int | None], Measures] = {}
    for line in forecast.lines:
        licence_no, sku = line.licence_no, line.sku
        excused.append(line.explained or sku in leaving or licence_no in suspended)
        months = None
        if history.complete and sku is not None and (licence_no is not None or not order):
            months = history.delivered(licence_no if order else None, sku)
        total = None if months is None else sum(months)
        cells: Measures = (None, None, None, None)
        if total is not None:
            key = (total, line.final.cartons)
            if key not in known:
                known[key] = measures(*key)
            cells = known[key]
        mean.append(None if total is None else ratio(total, 3))
        delivered.append(_listed(months))
        for column, cell in zip((to_mean, ten, case, inverse), cells, strict=True):
            column.append(cell)
    return columns


def measures(total: int, final: int | None) -> Measures:
    """Return how ``final`` compares with the mean of three months that sum up to ``total``.

    Everything is multiplied out so that only whole numbers are divided: the mean is total / 3.
    """
    if final is None or total <= 0:
        return None, None, None, None
    return (
        ratio(3 * final, total),
        ratio(abs(3 * final - 10 * total), 10 * total),
        ratio(abs(3 * final - CASE * total), CASE * total),
        ratio(abs(3 * CASE * final - total), total),
    )


def _listed(months: Months | None) -> Cell:
    return None if months is None else list(months)
