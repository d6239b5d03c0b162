"""Codes that the master data does not know, and what they may have been meant to be: ENT-02."""

import string
from collections.abc import Container

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
    searched: dict[tuple[bool, str], list[str]] = {}
    columns: Columns = {"unknown_codes": [], "unknown_code": [], "nearest_codes": []}
    counts, codes, nearest = columns.values()
    for line in forecast.lines:
        licence_no, sku = line.licence_no, line.sku
        if sku is None or (order and licence_no is None):
            counts.append(None)
            codes.append(None)
            nearest.append([])
            continue
        unknown = []
        if order and licence_no is not None and licence_no not in customers:
            unknown.append((True, licence_no))
        if sku not in products:
            unknown.append((False, sku))
        near: list[str] = []
        for is_licence, code in unknown:
            if (is_licence, code) not in searched:
                known = context.licence_numbers if is_licence else products
                searched[is_licence, code] = nearest_codes(code, known)
            near += searched[is_licence, code]
        counts.append(len(unknown))
        codes.append(" / ".join(code for _, code in unknown) or None)
        nearest.append(list(near))
    return columns


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
