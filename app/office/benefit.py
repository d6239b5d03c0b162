"""What a change of format gives to a customer: eligibility and entitlement before and after, product by product.

Whole cartons and exact amounts only. What the filed standards do not say is missing; it is never counted as nothing.
Source: SEG-11; domain/data-model.md, "Why segment change is the favouritism hinge".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.office.allocation_standard import AllocationStandard, DeliveryMethod, StandardPeriod, StandardRow
from app.office.customer import Product
from app.office.month import Month
from app.office.normalise import OrderCycle

TIGHT = "TIGHT"
_ONE_ORDER_A_WEEK = OrderCycle("every", 1)


@dataclass(frozen=True, slots=True)
class Shop:
    """What of a customer, besides the format, the standards look at."""

    licence_no: str
    grade: int
    attributes: Mapping[str, str]
    """Values by the name of a dimension (``county``, ``market_type``, ``area_code`` ...). One that is not in it is
    unknown, and so is every entitlement that depends on it."""
    order_cycle: OrderCycle | None = None
    """None: not known; one order a week is assumed, on Mondays."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What one format may get of one product in the month."""

    eligible: bool
    cartons: int | None
    """None: eligible without limit (按需投放)."""


NOTHING = Entitlement(eligible=False, cartons=0)


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """One product under the old and the new format."""

    sku: str
    name: str | None
    is_tight: bool
    wholesale_price_cny: Decimal | None
    has_standard: bool
    """Whether any filed standard of the month speaks of it."""
    old: Entitlement | None
    """None: the standards and what is known of the customer do not tell."""
    new: Entitlement | None

    @property
    def delta_cartons(self) -> int | None:
        """New less old, in cartons a month; None when it cannot be told."""
        if self.old is None or self.new is None:
            return None
        if self.old.cartons is None or self.new.cartons is None:
            return 0 if self.old == self.new else None
        return self.new.cartons - self.old.cartons

    @property
    def delta_value_cny(self) -> Decimal | None:
        """``delta_cartons`` at the wholesale price; None when either is unknown."""
        delta = self.delta_cartons
        return None if delta is None or self.wholesale_price_cny is None else delta * self.wholesale_price_cny

    @property
    def old_value_cny(self) -> Decimal | None:
        """The old entitlement at the wholesale price; one without limit counts as nothing, for it does not change."""
        if self.old is None or self.wholesale_price_cny is None:
            return None
        return (self.old.cartons or 0) * self.wholesale_price_cny


@dataclass(frozen=True, slots=True)
class Benefit:
    """The analysis as approvers see it and as D03 prints it."""

    month: Month
    """Whose filed standards it is made with."""
    old_segment: str
    new_segment: str
    lines: tuple[BenefitLine, ...]
    """Scarce products first, then by SKU. Scarce products on sale that no standard speaks of stand among them."""
    order_cycle_assumed: bool

    @property
    def standards_found(self) -> bool:
        """Whether there is any filed standard for the month: without one nothing can be said."""
        return any(line.has_standard for line in self.lines)

    @property
    def delta_tight_cartons(self) -> int | None:
        """Scarce cartons a month more (less when negative), over the products with a filed standard.

        None when the month has no filed standard at all, or one of the differences cannot be told.
        """
        return self._sum([line.delta_cartons for line in self._told if line.is_tight])

    @property
    def delta_value_cny(self) -> Decimal | None:
        """Value of all cartons a month more (less when negative); None as for ``delta_tight_cartons``."""
        values = [line.delta_value_cny for line in self._told]
        if not self.standards_found or None in values:
            return None
        return sum((value for value in values if value is not None), Decimal(0))

    @property
    def old_value_cny(self) -> Decimal | None:
        """Value of the old format's monthly entitlement; None when it cannot be told."""
        values = [line.old_value_cny for line in self._told]
        if not self.standards_found or None in values:
            return None
        return sum((value for value in values if value is not None), Decimal(0))

    @property
    def tight_without_standard(self) -> tuple[str, ...]:
        """Scarce products on sale in the month that no filed standard speaks of; they are in no sum."""
        return tuple(line.sku for line in self.lines if line.is_tight and not line.has_standard)

    @property
    def gained(self) -> tuple[str, ...]:
        """The products only the new format is eligible for."""
        return tuple(line.sku for line in self.lines if _eligible(line.new) and not _eligible(line.old))

    @property
    def lost(self) -> tuple[str, ...]:
        """The products only the old format is eligible for."""
        return tuple(line.sku for line in self.lines if _eligible(line.old) and not _eligible(line.new))

    @property
    def _told(self) -> tuple[BenefitLine, ...]:
        return tuple(line for line in self.lines if line.has_standard)

    def _sum(self, deltas: Sequence[int | None]) -> int | None:
        if not self.standards_found or None in deltas:
            return None
        return sum(delta for delta in deltas if delta is not None)


def _eligible(entitlement: Entitlement | None) -> bool:
    return entitlement is not None and entitlement.eligible


def benefit_of_change(
    month: Month,
    shop: Shop,
    segments: tuple[str, str],
    standards: Iterable[AllocationStandard],
    products: Mapping[str, Product],
) -> Benefit:
    """Return what the change from ``segments[0]`` to ``segments[1]`` means to ``shop`` in ``month``.

    Args:
        month: the first month in which the new format would count.
        shop: the customer.
        segments: the old and the new format.
        standards: all versions of all standards; those not filed or not in force in the month are left out.
        products: by SKU. A product of a standard that is not in it has no name and no price.
    """
    by_sku: dict[str, list[AllocationStandard]] = defaultdict(list)
    for standard in standards:
        if standard.is_filed and standard.touches(month):
            by_sku[standard.sku].append(standard)
    tight = {sku for sku, product in products.items() if product.supply_attribute == TIGHT and _on_sale(product, month)}
    lines = [
        _line(sku, products.get(sku), by_sku.get(sku, ()), month, shop, segments) for sku in sorted({*by_sku, *tight})
    ]
    lines.sort(key=lambda line: not line.is_tight)
    return Benefit(month, *segments, tuple(lines), shop.order_cycle is None)


def benefit_of_first_month(
    months: Sequence[Month],
    shop: Shop,
    segments: tuple[str, str],
    standards: Sequence[AllocationStandard],
    products: Mapping[str, Product],
) -> Benefit:
    """Return the analysis of the first of ``months`` that has filed standards, of the first month when none has.

    The standards of the coming month are filed after most requests are made: the current ones stand in for them.
    Source: SEG-11, "filed standards of current and next period".
    """
    made = [benefit_of_change(month, shop, segments, standards, products) for month in months]
    return next((benefit for benefit in made if benefit.standards_found), made[0])


def order_days(cycle: OrderCycle, first: date, last: date) -> tuple[date, ...]:
    """Return the days of the period, both ends included, on which a customer of that order cycle may order.

    单周 and 双周 are the odd and even weeks of ISO 8601.
    """
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return tuple(day for day in days if day.isoweekday() == cycle.weekday and _in_week(cycle, day))


def _in_week(cycle: OrderCycle, day: date) -> bool:
    odd = day.isocalendar().week % 2 == 1
    return cycle.weeks == "every" or (cycle.weeks == "odd" and odd) or (cycle.weeks == "even" and not odd)


def _on_sale(product: Product, month: Month) -> bool:
    return product.on_sale_from <= month.last_day and (
        product.on_sale_to is None or product.on_sale_to >= month.first_day
    )


def _line(
    sku: str,
    product: Product | None,
    standards: Sequence[AllocationStandard],
    month: Month,
    shop: Shop,
    segments: tuple[str, str],
) -> BenefitLine:
    old, new = (_entitlement(standards, month, shop, segment) if standards else None for segment in segments)
    return BenefitLine(
        sku,
        product.name if product else None,
        product is not None and product.supply_attribute == TIGHT,
        product.wholesale_price_cny if product else None,
        bool(standards),
        old,
        new,
    )


def _entitlement(standards: Sequence[AllocationStandard], month: Month, shop: Shop, segment: str) -> Entitlement | None:
    """Return the sum over the standards; None when one of them cannot be told."""
    by_id: dict[str, list[AllocationStandard]] = defaultdict(list)
    for standard in standards:
        by_id[standard.std_id].append(standard)
    return _added(part for versions in by_id.values() for part in _parts(versions, month, shop, segment))


def _parts(
    versions: Sequence[AllocationStandard], month: Month, shop: Shop, segment: str
) -> Iterable[Entitlement | None]:
    """Yield what one standard gives: once for a monthly quota, with every order for a weekly one."""
    newest = max(versions, key=_age)
    if newest.period is StandardPeriod.MONTH:
        # A version that follows within the month replaces the month's quota. Source: WF-5, in-period adjustment.
        yield _of_version(newest, shop, segment)
        return
    known = _of_version(newest, shop, segment)
    # Eligible even in a month without an order.
    yield Entitlement(known.eligible, 0 if known.cartons is not None else None) if known else None
    for day in order_days(shop.order_cycle or _ONE_ORDER_A_WEEK, month.first_day, month.last_day):
        in_force = [version for version in versions if version.covers(day)]
        if in_force:
            yield _of_version(max(in_force, key=_age), shop, segment)


def _age(standard: AllocationStandard) -> tuple[date, int]:
    return standard.effective_from, standard.version


def _added(parts: Iterable[Entitlement | None]) -> Entitlement | None:
    eligible, cartons, unlimited = False, 0, False
    for part in parts:
        if part is None:
            return None
        eligible = eligible or part.eligible
        unlimited = unlimited or part.cartons is None
        cartons += part.cartons or 0
    return Entitlement(eligible, None if unlimited else cartons)


def _of_version(standard: AllocationStandard, shop: Shop, segment: str) -> Entitlement | None:
    reached = _reaches(standard, shop, segment)
    if not reached:
        return None if reached is None else NOTHING
    if standard.delivery_method is DeliveryMethod.ON_DEMAND and not standard.rows:
        return Entitlement(eligible=True, cartons=None)
    found, row = _row(standard.rows, shop, segment)
    if not found:
        return None
    if row is None:
        return NOTHING
    if standard.delivery_method is DeliveryMethod.ON_DEMAND:
        return Entitlement(eligible=True, cartons=None)
    cartons = row.cartons(shop.grade)
    return Entitlement(cartons > 0, cartons)


def _reaches(standard: AllocationStandard, shop: Shop, segment: str) -> bool | None:
    """Return whether the release is for customers like ``shop``; None when that is not known."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for dimension in standard.dimensions:
        wanted[dimension.name].add(dimension.value)
    if standard.delivery_method is DeliveryMethod.SELECTED_POINTS and "licence_no" not in wanted:
        return None
    known = {**shop.attributes, "licence_no": shop.licence_no, "segment": segment}
    if any(name in known and known[name] not in values for name, values in wanted.items()):
        return False
    return True if wanted.keys() <= known.keys() else None


def _row(rows: Sequence[StandardRow], shop: Shop, segment: str) -> tuple[bool, StandardRow | None]:
    """Return whether the row can be told, and the row: the format's own before the one for all, then the area's own."""
    own = [row for row in rows if row.segment == segment] or [row for row in rows if row.segment is None]
    area = shop.attributes.get("area_code")
    if area is None and any(row.area is not None for row in own):
        return False, None
    nearest = [row for row in own if row.area == area and area is not None] or [row for row in own if row.area is None]
    return True, nearest[0] if nearest else None
