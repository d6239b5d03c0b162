"""Twelve months of deliveries: every shop carries its own range, steadily, with the seasons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from app.demo.county import CYCLE, HISTORY_MONTHS, County
from app.office.month import Month

_SEASON = {1: 1.35, 2: 1.10, 3: 0.92, 4: 0.95, 5: 1.0, 6: 0.97, 7: 0.95, 8: 0.98, 9: 1.08, 10: 1.02, 11: 1.0, 12: 1.15}
"""The months around the Spring Festival sell most. 1 is an ordinary month."""

_LEAST_RANGE, _MOST_RANGE = 8, 22

TWINS_OF = "T12"
TWINS = 12
"""So many visited shops of one territory sell alike, month by month: honest shops may. Identical forecasts may not."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Delivered cartons by month, licence and SKU; a pair not in it was not delivered."""

    months: tuple[Month, ...]
    """Oldest first; the last three are those before the cycle."""
    cartons: Mapping[tuple[str, str], tuple[int, ...]]

    def actuals(self, month: Month) -> Iterator[dict[str, Any]]:
        """Return the month as items of the bulk import."""
        place = self.months.index(month)
        for (licence_no, sku), cartons in self.cartons.items():
            if cartons[place]:
                yield {
                    "month": str(month),
                    "licence_no": licence_no,
                    "sku": sku,
                    "requested_cartons": cartons[place] + (cartons[place] // 5),
                    "delivered_cartons": cartons[place],
                }

    def last_three(self, licence_no: str, sku: str) -> tuple[int, ...]:
        """Return the deliveries of the last three full months before the cycle, oldest first."""
        return self.cartons[(licence_no, sku)][-3:]


def make_deliveries(county: County, seed: int) -> Deliveries:
    """Return what was delivered in the twelve months before the cycle: the same seed, the same history."""
    draw = Random(f"history-{seed}")  # noqa: S311  # a demo wants to be repeatable, not secret
    months = tuple(CYCLE.plus(back) for back in range(-HISTORY_MONTHS, 0))
    skus = [product["sku"] for product in county.products]
    weights = [1 / (1 + place) ** 0.45 for place in range(len(skus))]
    draw.shuffle(weights)
    cartons: dict[tuple[str, str], tuple[int, ...]] = {}
    twins = {customer["licence_no"] for customer in twins_of(county)}
    twin_range: dict[str, tuple[int, ...]] = {}
    for customer in county.customers:
        if customer["licence_no"] in twins and twin_range:
            cartons.update({(customer["licence_no"], sku): months_ for sku, months_ in twin_range.items()})
            continue
        grade = customer["grade"]
        wanted = min(_MOST_RANGE, _LEAST_RANGE + grade // 2 + draw.randrange(4))
        carried: dict[str, None] = {}
        while len(carried) < wanted:
            carried[draw.choices(skus, weights)[0]] = None
        for sku in carried:
            usual = max(1.0, draw.lognormvariate(0.35 + grade / 14, 0.55))
            cartons[(customer["licence_no"], sku)] = tuple(
                max(1, round(usual * _SEASON[month.month] * draw.uniform(0.88, 1.12))) for month in months
            )
        if customer["licence_no"] in twins:
            twin_range = {sku: cartons[(customer["licence_no"], sku)] for sku in carried}
    return Deliveries(months, cartons)


def twins_of(county: County) -> list[Mapping[str, Any]]:
    """Return the shops that sell alike."""
    visited = [c for c in county.customers_of(TWINS_OF) if c["volatility_class"] == "volatile"]
    return visited[:TWINS]
