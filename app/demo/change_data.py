"""What the demo office knows for segment changes: licences, profiles of formats, allocation standards, credit."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.demo.county import GRADES, County, Item

_FORMATS_WITH_SCARCE = {"Y": 6, "F": 3, "S": 8, "C": 8}
"""Cartons a month of each scarce product, by format; the others get some from a high grade on."""
_HIGH_GRADE, _OF_HIGH_GRADE = 22, 1
_ORIGIN = (30_000_000, 114_000_000)
_STEP = 1_700
"""Millionths of a degree between two shops: about 190 metres."""

PROFILES: tuple[Item, ...] = (
    {"list_version": "2025", "code": "B", "most_area_m2": 200, "sales_modes": ["counter", "self_service", "mixed"]},
    {"list_version": "2025", "code": "C", "least_area_m2": 200, "sales_modes": ["self_service"],
     "it_levels": ["pos", "chain_system"]},
    {"list_version": "2025", "code": "S", "least_area_m2": 1000, "least_hours": 9},
    {"list_version": "2025", "code": "Y", "least_area_m2": 30, "sales_modes": ["counter", "mixed"]},
    {"list_version": "2025", "code": "F", "least_area_m2": 60, "sales_modes": ["counter"]},
    {"list_version": "2025", "code": "Q"},
)  # fmt: skip


def address_of(place: int) -> str:
    """Return the address of the ``place``-th customer."""
    return f"示例县第{1 + place // 40}街{1 + place % 40}号"


def position_of(place: int) -> Mapping[str, str]:
    """Return where the ``place``-th customer's shop stands."""
    return {
        "latitude": _degrees(_ORIGIN[0] + _STEP * (place // 36)),
        "longitude": _degrees(_ORIGIN[1] + _STEP * (place % 36)),
    }


def _degrees(millionths: int) -> str:
    return str(Decimal(millionths) / 1_000_000)


def licences(county: County) -> tuple[Item, ...]:
    """Return what the licence system says of every customer."""
    return tuple(
        {
            "licence_no": customer["licence_no"],
            "holder_name": customer["holder_name"],
            "address": address_of(place),
            "valid_to": customer["licence_valid_to"],
            "is_valid": True,
            "position": position_of(place),
        }
        for place, customer in enumerate(county.customers)
    )


def standards(county: County) -> tuple[Item, ...]:
    """Return the filed standards of the scarce products, in force since October 2026."""
    scarce = [product for product in county.products if product["supply_attribute"] == "TIGHT"]
    return tuple(_standard(number, product) for number, product in enumerate(scarce, 1))


def _standard(number: int, product: Item) -> dict[str, Any]:
    own = [
        {"segment": code, "quota": [{"grade": grade, "cartons": least + grade // 10} for grade in range(1, GRADES + 1)]}
        for code, least in _FORMATS_WITH_SCARCE.items()
    ]
    rest = [{"grade": grade, "cartons": _OF_HIGH_GRADE} for grade in range(_HIGH_GRADE, GRADES + 1)]
    return {
        "std_id": f"TF-202610-{number:03d}",
        "version": 1,
        "sku": product["sku"],
        "period": "month",
        "delivery_method": "B",
        "rows": [*own, {"quota": rest}],
        "filing_no": f"NG-BA-202609-{number:03d}",
        "filed_at": "2026-09-25T10:00:00+08:00",
        "published_at": "2026-09-26T09:00:00+08:00",
        "effective_from": "2026-10-01",
    }


def sanctions(county: County) -> Iterator[Item]:
    """Yield the violations on file: a few shops."""
    for number, place in enumerate((17, 204, 611, 987), 1):
        yield {
            "case_no": f"示专罚202600{number}",
            "licence_no": county.customers[place]["licence_no"],
            "decided_on": f"2026-0{2 + number}-12",
            "title": "未在当地烟草专卖批发企业进货",
        }
