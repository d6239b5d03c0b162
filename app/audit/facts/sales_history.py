"""What was delivered in the last three full months, for a pair or (supply) for the territory: ENT-05, ENT-06."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.audit.facts.activity import is_active, submitter_territories
from app.audit.facts.context import ForecastContext
from app.office.cycle import Stage
from app.office.forecast import Forecast
from app.office.month import Month

Months = tuple[int, int, int]
"""Delivered cartons of three months, oldest first."""

Key = tuple[str | None, str]
"""Licence number (None in a supply forecast) and SKU."""

NOTHING: Months = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class SalesHistory:
    """Deliveries as the lines of a forecast can be compared with."""

    complete: bool
    """Whether all three months are loaded; otherwise nothing is known."""
    pairs: Mapping[tuple[str, str], Months]
    """By customer and product, of any customer."""
    sums: Mapping[str, Months]
    """By product, over the submitter's active customers; empty in an order forecast."""
    expected: Mapping[Key, Months]
    """What the submitter's active customers bought: by pair, or by product alone in a supply forecast."""
    territory_known: bool
    """Whether it is known who the submitter's customers are."""

    def delivered(self, licence_no: str | None, sku: str) -> Months:
        """Return the deliveries of a pair, or of a product over all customers when ``licence_no`` is None."""
        return self.sums.get(sku, NOTHING) if licence_no is None else self.pairs.get((licence_no, sku), NOTHING)


def sales_history(
    forecast: Forecast, context: ForecastContext, day: date, target: Month, inactive: frozenset[str]
) -> SalesHistory:
    """Return the deliveries to compare ``forecast`` with."""
    territories = submitter_territories(forecast, context, day)
    ours = frozenset(
        licence_no
        for licence_no, customer in context.customers_at_snapshot.items()
        if customer.territory_id in territories and is_active(customer, target, inactive)
    )
    pairs = context.history.delivered
    supply = forecast.stage is Stage.SUPPLY
    sums = _sums(pairs, ours) if supply else {}
    expected: dict[Key, Months] = (
        {(None, sku): months for sku, months in sums.items()}
        if supply
        else {pair: months for pair, months in pairs.items() if pair[0] in ours and max(months) > 0}
    )
    return SalesHistory(context.history.complete, pairs, sums, expected, bool(territories))


def _sums(pairs: Mapping[tuple[str, str], Months], ours: frozenset[str]) -> dict[str, Months]:
    sums: dict[str, Months] = {}
    for (licence_no, sku), (first, second, third) in pairs.items():
        if licence_no in ours:
            before = sums.get(sku, NOTHING)
            sums[sku] = (before[0] + first, before[1] + second, before[2] + third)
    return {sku: months for sku, months in sums.items() if max(months) > 0}
