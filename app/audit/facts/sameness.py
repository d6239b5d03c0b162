"""Whether quantities look collected or copied: ENT-12."""

from collections import defaultdict

from app.audit.fact import Cell, ratio
from app.audit.facts.parameters import Parameters, whole_number
from app.audit.facts.table import Row
from app.office.forecast import Channel, Forecast

Vector = tuple[tuple[str, int], ...]
"""(SKU, final cartons) of all visit lines of one customer, in the order of the SKUs."""


def sameness_facts(forecast: Forecast, parameters: Parameters) -> Row:
    """Return the largest group of customers with one vector, and how round the quantities are."""
    quantities = [line.final.cartons for line in forecast.lines if line.channel == Channel.VISIT and line.final.cartons]
    rounded = sum(1 for cartons in quantities if cartons % 10 == 0)
    vector, customers = _largest_group(forecast, whole_number(parameters, "ENT-12", "identical_skus"))
    named: list[Cell] = [*customers]
    return {
        "identical_customers": len(customers),
        "identical_customer_list": named if len(customers) > 1 else [],
        "identical_vector": [[sku, cartons] for sku, cartons in vector] if len(customers) > 1 else [],
        "hand_entered_quantities": len(quantities),
        "round_quantities": rounded,
        "round_share": ratio(rounded, len(quantities)) or 0,
    }


def _largest_group(forecast: Forecast, least_skus: int) -> tuple[Vector, list[str]]:
    groups: dict[Vector, list[str]] = defaultdict(list)
    for licence_no, vector in _vectors(forecast).items():
        if sum(1 for _, cartons in vector if cartons) >= least_skus:
            groups[vector].append(licence_no)
    if not groups:
        return (), []
    # Of equally large groups the one with the smallest vector: the order of the lines must not matter.
    vector = min(groups, key=lambda vector: (-len(groups[vector]), vector))
    return vector, sorted(groups[vector])


def _vectors(forecast: Forecast) -> dict[str, Vector]:
    """Return the vector of each customer; a customer with an unreadable visit line has none."""
    entries: dict[str, list[tuple[str, int]]] = defaultdict(list)
    unreadable = set()
    for line in forecast.lines:
        if line.channel != Channel.VISIT or line.licence_no is None:
            continue
        if line.sku is None or line.final.cartons is None:
            unreadable.add(line.licence_no)
        else:
            entries[line.licence_no].append((line.sku, line.final.cartons))
    return {licence_no: tuple(sorted(pairs)) for licence_no, pairs in entries.items() if licence_no not in unreadable}
