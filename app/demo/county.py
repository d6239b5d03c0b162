"""An invented county of about 1,300 customers, in proportions seen in a public city sample.

Source: domain/data-model.md (scale, formats, grades), domain/overview.md (cycle).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from app.demo.names import BRAND_NAMES, LINES, person_name, shop_name
from app.office.month import Month

TERRITORIES = 12
CUSTOMERS = 1_300
PRODUCTS = 86
GRADES = 30

SEGMENTS = {"B": 866, "Q": 62, "Y": 48, "F": 19, "C": 5, "S": 1}
"""Shares in thousandths: convenience stores prevail. Source: domain/data-model.md."""

SEGMENT_NAMES = {
    "B": ("便利店", "Convenience store"),
    "C": ("超市", "Supermarket"),
    "S": ("商场", "Department store"),
    "Y": ("烟酒商店", "Tobacco and liquor shop"),
    "F": ("娱乐服务类", "Entertainment and catering"),
    "Q": ("其他", "Other"),
}

CYCLE = Month(2026, 11)
HISTORY_MONTHS = 12

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is who in the demo office; all person ids."""

    account_managers: tuple[str, ...]
    market_manager: str
    marketing_leader: str
    officers: tuple[str, str]
    head: str
    market_supervisors: tuple[str, str]


@dataclass(frozen=True, slots=True)
class County:
    """Everything the office knows before the month begins, as items of the bulk import."""

    staff: Staff
    people: tuple[Item, ...]
    territories: tuple[Item, ...]
    manufacturers: tuple[Item, ...]
    brands: tuple[Item, ...]
    products: tuple[Item, ...]
    customers: tuple[Item, ...]
    code_lists: tuple[Item, ...]
    calendar: tuple[Item, ...]

    def customers_of(self, territory_id: str) -> list[Item]:
        """Return the customers of a territory in order of licence."""
        return [customer for customer in self.customers if customer["territory_id"] == territory_id]


def territory_id(number: int) -> str:
    """Return the id of the ``number``-th territory, counting from 1."""
    return f"T{number:02d}"


def make_county(seed: int) -> County:
    """Return the county of ``seed``: the same seed, the same county."""
    draw = Random(f"county-{seed}")  # noqa: S311  # a demo wants to be repeatable, not secret
    staff, people = _people(draw)
    manufacturers, brands, products = _products(draw)
    return County(
        staff=staff,
        people=people,
        territories=_territories(staff),
        manufacturers=manufacturers,
        brands=brands,
        products=products,
        customers=_customers(draw),
        code_lists=_code_lists(),
        calendar=tuple(_calendar()),
    )


def _people(draw: Random) -> tuple[Staff, tuple[Item, ...]]:
    people: list[Item] = []
    used: set[str] = set()

    def person(role: str, unit: str) -> str:
        name = person_name(draw)
        while name in used:
            name = person_name(draw)
        used.add(name)
        person_id = f"P{len(people) + 1:04d}"
        people.append(
            {
                "person_id": person_id,
                "name": name,
                "staff_no": f"4203{len(people) + 1:04d}",
                "roles": [{"role": role, "unit": unit, "from": "2024-01-01"}],
            }
        )
        return person_id

    managers = tuple(person("account_manager", territory_id(n)) for n in range(1, TERRITORIES + 1))
    staff = Staff(
        account_managers=managers,
        market_manager=person("market_manager", "示例县营销部"),
        marketing_leader=person("marketing_leader", "示例县营销部"),
        officers=(person("supervision_officer", "示例县内管办"), person("supervision_officer", "示例县内管办")),
        head=person("supervision_head", "示例县内管办"),
        market_supervisors=(
            person("market_supervisor", "示例县专卖科"),
            person("market_supervisor", "示例县专卖科"),
        ),
    )
    return staff, tuple(people)


def _territories(staff: Staff) -> tuple[Item, ...]:
    return tuple(
        {
            "territory_id": territory_id(number),
            "name": f"第{number}片区",
            "county": "示例县",
            "assignments": [{"account_manager": manager, "kind": "own", "from": "2024-01-01"}],
        }
        for number, manager in enumerate(staff.account_managers, 1)
    )


def _products(draw: Random) -> tuple[tuple[Item, ...], tuple[Item, ...], tuple[Item, ...]]:
    manufacturers = tuple({"manufacturer_id": f"M{n:02d}", "name": f"示例中烟第{n}厂"} for n in range(1, 9))
    brands = tuple(
        {"brand_id": f"B{n:02d}", "name": name, "manufacturer_id": f"M{1 + (n * 3) % 8:02d}"}
        for n, name in enumerate(BRAND_NAMES, 1)
    )
    products: list[Item] = []
    for number in range(1, PRODUCTS + 1):
        brand = brands[(number - 1) % len(brands)]
        line = LINES[(number - 1) // len(brands) + draw.randrange(2) * 4]
        price_class = draw.choices((1, 2, 3, 4, 5), (26, 20, 34, 14, 6))[0]
        price = {1: (210, 620), 2: (140, 205), 3: (70, 135), 4: (36, 66), 5: (22, 34)}[price_class]
        products.append(
            {
                "sku": f"4201{number:04d}",
                "name": f"{brand['name']}（{line}）",
                "brand_id": brand["brand_id"],
                "price_class": price_class,
                "wholesale_price_cny": f"{draw.randrange(price[0] * 2, price[1] * 2) / 2:.2f}",
                "supply_attribute": draw.choices(("TIGHT", "BALANCED", "FULL"), (12, 40, 34))[0],
                "on_sale_from": "2023-01-01",
            }
        )
    return manufacturers, brands, tuple(products)


def _customers(draw: Random) -> tuple[Item, ...]:
    customers: list[Item] = []
    for number in range(1, CUSTOMERS + 1):
        segment = draw.choices(list(SEGMENTS), list(SEGMENTS.values()))[0]
        # Grades crowd in the middle, with a long thin top. Source: 130 to 763 shops a grade in the sample.
        grade = min(GRADES, max(1, round(draw.gauss(13 + (8 if segment in "CSY" else 0), 6.5))))
        volatile = draw.random() < 0.30  # noqa: PLR2004  # "30% of the customers are volatile": YQ-2.5.1a
        customers.append(
            {
                "licence_no": f"4203{draw.randrange(10, 99)}{number:06d}",
                "shop_name": shop_name(draw, segment),
                "holder_name": person_name(draw)[0] + "**",
                "territory_id": territory_id(1 + (number - 1) * TERRITORIES // CUSTOMERS),
                "segment": segment,
                "grade": grade,
                "market_type": draw.choices(("urban", "rural"), (46, 54))[0],
                "volatility_class": "volatile" if volatile else "stable",
                "has_pos": not volatile and draw.random() < 0.55,  # noqa: PLR2004  # more than half of the stable ones
                "is_retail_info_officer": volatile and draw.random() < 0.05,  # noqa: PLR2004  # a few in each territory
                "business_status": "营业",
                "licence_valid_to": f"20{draw.randrange(27, 31)}-{draw.randrange(1, 13):02d}-28",
                "monthly_cap_cartons": 20 + grade * 12,
                "valid_from": "2025-01-01",
                "credit_level": ("AA", "A", "A", "AAA", "B")[number % 5],
            }
        )
    return tuple(customers)


def _code_lists() -> tuple[Item, ...]:
    return (
        {
            "list": "segment",
            "version": "2025",
            "valid_from": "2025-01-01",
            "items": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in SEGMENT_NAMES.items()],
        },
    )


_HOLIDAYS_2026 = {
    "元旦": (date(2026, 1, 1), 3),
    "春节": (date(2026, 2, 15), 9),
    "清明节": (date(2026, 4, 4), 3),
    "劳动节": (date(2026, 5, 1), 5),
    "端午节": (date(2026, 6, 19), 3),
    "中秋节": (date(2026, 9, 25), 3),
    "国庆节": (date(2026, 10, 1), 7),
}
_WORKED_WEEKENDS_2026 = {
    date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
}  # fmt: skip


def _calendar() -> list[Item]:
    """Return 2026 as decreed, and January 2027, whose swap days nobody has announced yet."""
    named = {
        first + timedelta(days=ahead): name for name, (first, days) in _HOLIDAYS_2026.items() for ahead in range(days)
    }
    days: list[Item] = []
    day = date(2026, 1, 1)
    while day < date(2027, 2, 1):
        weekend = day.weekday() >= 5  # noqa: PLR2004  # Saturday
        worked = day in _WORKED_WEEKENDS_2026 or (not weekend and day not in named)
        days.append(
            {
                "date": day.isoformat(),
                "is_working_day": worked,
                "announced": day.year == 2026,  # noqa: PLR2004  # the decree for 2027 is still to come
                **({"name": named[day]} if day in named else {}),
            }
        )
        day += timedelta(days=1)
    return days
