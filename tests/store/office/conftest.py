"""A small office as its systems would send it, and a way to bring it into a store."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from app.office.items import read_item

AT = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)


def item(collection, **fields):
    """Read one item; a fault in the test's own data is a mistake of the test."""
    read = read_item(collection, fields)
    assert not read.faults, read.faults
    return read


def customer(licence_no="420301123456", **changes):
    return item(
        "customers",
        **{
            "licence_no": licence_no,
            "shop_name": "利民便利店",
            "segment": "B",
            "grade": 23,
            "territory_id": "T03",
            "market_type": "urban",
            "volatility_class": "stable",
            "has_pos": True,
            "is_retail_info_officer": False,
            "business_status": "营业",
            "licence_valid_to": "2028-06-30",
            "monthly_cap_cartons": 120,
            "valid_from": "2026-01-01",
            **changes,
        },
    )


def person(person_id="P0012", **changes):
    roles = [{"role": "account_manager", "unit": "T03", "from": "2024-03-01", "to": None}]
    return item("people", **{"person_id": person_id, "name": "李晓梅", "roles": roles, **changes})


def territory(territory_id="T03", manager="P0012", *covers, **changes):
    own = {"account_manager": manager, "kind": "own", "from": "2024-03-01", "to": None}
    return item(
        "territories",
        **{
            "territory_id": territory_id,
            "name": "城东三片",
            "county": "房县",
            "assignments": [own, *covers],
            **changes,
        },
    )


def product(sku="42010101", **changes):
    return item(
        "products",
        **{
            "sku": sku,
            "name": "黄鹤楼（软蓝）",
            "brand_id": "B01",
            "price_class": 2,
            "wholesale_price_cny": "183.00",
            "supply_attribute": "BALANCED",
            "on_sale_from": "2020-01-01",
            "on_sale_to": None,
            **changes,
        },
    )


def actual(month="2026-10", licence_no="420301123456", sku="42010101", delivered=10, requested=None):
    return item(
        "actuals",
        month=month,
        licence_no=licence_no,
        sku=sku,
        requested_cartons=requested,
        delivered_cartons=delivered,
    )


def cycle(month="2026-11", **changes):
    return item("cycles", **{"cycle": month, "target_month": "2026-12", "market_manager": "P0002", **changes})


def bring(store, *items, at=AT):
    """Write the items in one transaction and return what became of each."""
    with store.write() as uow:
        return uow.office.write_many(items, at)


@pytest.fixture
def office(store):
    """Makers of items (the same office as in design/hook.md), and ``bring`` to write them in one transaction."""
    return SimpleNamespace(
        at=AT,
        item=item,
        customer=customer,
        person=person,
        territory=territory,
        product=product,
        actual=actual,
        cycle=cycle,
        bring=lambda *items, at=AT: bring(store, *items, at=at),
    )
