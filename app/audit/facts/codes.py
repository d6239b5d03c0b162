"""Codes that the master data does not know, and what they may have been meant to be: ENT-02."""

import string
from collections.abc import Container

from app.audit.fact import Cell
from app.audit.facts.context import ForecastContext
from app.audit.facts.table import Columns
from app.office.cycle import Stage
from app.office.forecast import Forecast

MOST_NEAREST = 5
LONGEST_SEARCHED = 20
"""Characters. Licence numbers have 12, SKUs 8; something much longer is no slip of the pen."""


def code_columns(forecast: Forecast, context: ForecastContext) -> Columns:
    """Return for each line how many of its codes are unknown, which, and the nearest known ones."""
    order = forecast.stage is Stage.ORDER
    customers, products = context.customers_at_snapshot, context.products
    counts: list[Cell] = [0] * len(forecast.lines)
    codes: list[Cell] = [None] * len(forecast.lines)
    nearest: list[Cell] = [[] for _ in forecast.lines]
    searched: dict[tuple[str, str], list[str]] = {}
    for place, line in enumerate(forecast.lines):
        licence_no, sku = line.licence_no, line.sku
        if sku in products and (not order or licence_no in customers):
            continue
        if sku is None or (order and licence_no is None):
            counts[place] = None
            continue
        unknown = []
        if order and licence_no is not None and licence_no not in customers:
            unknown.append(("licence_no", licence_no))
        if sku not in products:
            unknown.append(("sku", sku))
        for kind, code in unknown:
            if (kind, code) not in searched:
                searched[kind, code] = nearest_codes(
                    code, context.licence_numbers if kind == "licence_no" else products
                )
        counts[place] = len(unknown)
        codes[place] = " / ".join(code for _, code in unknown)
        nearest[place] = [near for key in unknown for near in searched[key]]
    return {"unknown_codes": counts, "unknown_code": codes, "nearest_codes": nearest}


def nearest_codes(code: str, known: Container[str]) -> list[str]:
    """Return the known codes one insertion, deletion or substitution away from ``code``, sorted, at most five.

    Tries the neighbours of the code instead of walking through the master data: it may hold 100,000 licences.
    """
    if len(code) > LONGEST_SEARCHED:
        return []
    letters = sorted(set(string.digits) | set(code))
    halves = [(code[:place], code[place:]) for place in range(len(code) + 1)]
    neighbours = {left + right[1:] for left, right in halves if right}
    neighbours |= {left + letter + right[1:] for left, right in halves if right for letter in letters}
    neighbours |= {left + letter + right for left, right in halves for letter in letters}
    return sorted(near for near in neighbours if near != code and near in known)[:MOST_NEAREST]
