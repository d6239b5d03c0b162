"""How a quantity compares with the last three months: ENT-06."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.audit.fact import MICRO, Cell, ratio
from app.audit.facts.sales_history import Months, SalesHistory
from app.audit.facts.table import Columns
from app.office.cycle import Stage
from app.office.forecast import Forecast

CASE = 250
"""条 in a 箱."""

COMPARED = ("ratio_to_mean", "ten_deviation", "case_deviation", "case_inverse_deviation")
"""Ratio to the mean, and the deviations from ten times, 250 times and a 250th of it."""

_LARGEST = 10**9
"""Below it every product of a comparison fits 64 bits: 3 x 250 x 10^9 x 10^6 < 2^63."""


def magnitude_columns(
    forecast: Forecast, history: SalesHistory, leaving: frozenset[str], suspended: frozenset[str]
) -> Columns:
    """Return for each line the 3-month mean, the forecast's ratio to it and whether a difference is excused."""
    order = forecast.stage is Stage.ORDER
    delivered: list[Months | None] = [
        history.delivered(line.licence_no if order else None, line.sku)
        if history.complete and line.sku is not None and (line.licence_no is not None or not order)
        else None
        for line in forecast.lines
    ]
    totals = [None if months is None else sum(months) for months in delivered]
    return {
        "mean_3m_cartons": [None if total is None else ratio(total, 3) for total in totals],
        "delivered_3m": [None if months is None else list(months) for months in delivered],
        **compared_columns([line.final.cartons for line in forecast.lines], totals),
        "excused": [line.sku in leaving or line.licence_no in suspended or line.explained for line in forecast.lines],
    }


def compared_columns(finals: Sequence[int | None], totals: Sequence[int | None]) -> Columns:
    """Return the columns COMPARED of ``finals`` against the mean of three months that sum up to ``totals``.

    Missing where either is, and where nothing was delivered.
    """
    places = [
        place
        for place, (final, total) in enumerate(zip(finals, totals, strict=True))
        if final is not None and total is not None and total > 0
    ]
    known = [(finals[place] or 0, totals[place] or 0) for place in places]
    fits = all(abs(final) < _LARGEST and total < _LARGEST for final, total in known)
    measured = _in_arrays(known) if fits else [*zip(*(compare(final, total) for final, total in known), strict=True)]
    columns: Columns = {}
    for name, cells in zip(COMPARED, measured, strict=True):
        column: list[Cell] = [None] * len(finals)
        for place, cell in zip(places, cells, strict=True):
            column[place] = cell
        columns[name] = column
    return columns


def compare(final: int, total: int) -> tuple[int | None, ...]:
    """Return COMPARED of one quantity, in millionths.

    Everything is multiplied out so that whole numbers are divided: the mean is total / 3.
    """
    return (
        ratio(3 * final, total),
        ratio(abs(3 * final - 10 * total), 10 * total),
        ratio(abs(3 * final - CASE * total), CASE * total),
        ratio(abs(3 * CASE * final - total), total),
    )


def _in_arrays(known: Sequence[tuple[int, int]]) -> list[Sequence[int | None]]:
    """Return :func:`compare` of every pair, one column after the other."""
    finals, totals = np.array(known, dtype=np.int64).reshape(-1, 2).T
    return [
        _ratios(3 * finals, totals),
        _ratios(np.abs(3 * finals - 10 * totals), 10 * totals),
        _ratios(np.abs(3 * finals - CASE * totals), CASE * totals),
        _ratios(np.abs(3 * CASE * finals - totals), totals),
    ]


def _ratios(numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> list[int | None]:
    """Return :func:`app.audit.fact.ratio` of each pair; denominators above 0."""
    whole, rest = np.divmod(numerators * MICRO, denominators)
    twice = 2 * rest
    up = (twice > denominators) | ((twice == denominators) & (whole % 2 == 1))
    rounded: list[int | None] = (whole + up).tolist()
    return rounded
