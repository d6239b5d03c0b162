"""One item of every collection as docs/office-data.md has it, written the way it is kept."""

import copy
from typing import Any

import pytest

_CUSTOMER: dict[str, Any] = {
    "licence_no": "420301123456",
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
    "address": "清河县东街1号",
    "area_code": "主城区",
    "order_cycle": "单周周四",
    "credit_level": "AA",
    "valid_from": "2026-01-01",
}

_ITEMS: dict[str, dict[str, Any]] = {
    "people": {
        "person_id": "P0012",
        "name": "李晓梅",
        "roles": [
            {"role": "account_manager", "unit": "T03", "from": "2024-03-01"},
            {"role": "market_supervisor", "unit": "M1", "from": "2022-01-01", "to": "2023-12-31"},
        ],
    },
    "territories": {
        "territory_id": "T03",
        "name": "城关三线",
        "county": "清河县",
        "assignments": [
            {"account_manager": "P0012", "kind": "own", "from": "2024-03-01"},
            {
                "account_manager": "P0013",
                "kind": "cover",
                "filing_no": "NG-BA-202601-003",
                "from": "2026-01-01",
                "to": "2026-01-31",
            },
        ],
    },
    "customers": _CUSTOMER,
    "manufacturers": {"manufacturer_id": "M42", "name": "湖北中烟"},
    "brands": {"brand_id": "B07", "name": "黄鹤楼", "manufacturer_id": "M42"},
    "products": {
        "sku": "42010101",
        "name": "黄鹤楼（软蓝）",
        "brand_id": "B07",
        "price_class": 1,
        "wholesale_price_cny": "183.00",
        "supply_attribute": "TIGHT",
        "on_sale_from": "2015-06-01",
    },
    "code-lists": {
        "list": "segment",
        "version": "2026",
        "valid_from": "2026-01-01",
        "items": [
            {"code": "B", "zh": "便利店", "en": "Convenience store"},
            {"code": "S", "zh": "超市", "en": "Supermarket", "maps_to": "M"},
        ],
    },
    "segment-profiles": {
        "list_version": "2026",
        "code": "B",
        "least_area_m2": 15,
        "most_area_m2": "99.5",
        "least_hours": 12,
        "sales_modes": ["counter", "self_service"],
        "it_levels": ["pos"],
    },
    "calendar": {"date": "2026-10-01", "is_working_day": False, "name": "国庆节", "announced": True},
    "cycles": {
        "cycle": "2026-11",
        "target_month": "2026-12",
        "market_manager": "P0002",
        "marketing_leader": "P0001",
        "supervision_officer": "P0090",
        "windows": {
            "supply": {"from": "2026-11-05", "to": "2026-11-10"},
            "order": {"from": "2026-11-15", "to": "2026-11-20"},
            "summary": {"dates": ["2026-11-25", "2026-11-26"]},
        },
    },
    "licences": {
        "licence_no": "420301123456",
        "holder_name": "王利民",
        "address": "清河县东街1号",
        "valid_to": "2028-06-30",
        "is_valid": True,
        "position": {"latitude": "32.055013", "longitude": "110.741921"},
    },
    "sanctions": {
        "case_no": "QH-2026-017",
        "licence_no": "420301123456",
        "decided_on": "2026-03-12",
        "title": "未在当地烟草专卖批发企业进货",
        "lifted_on": "2026-05-20",
    },
    "customer-decisions": {
        "decision_no": "HY-202611-004",
        "licence_no": "420301123456",
        "attribute": "grade",
        "value": 24,
        "decided_on": "2026-11-20",
        "minutes_no": "JY-2026-11",
        "marketing_present": True,
        "monopoly_present": True,
    },
    "census-campaigns": {"campaign_no": "PC-2026-01", "title": "2026年业态普查", "filed_on": "2026-09-01"},
    "allocation-standards": {
        "std_id": "TF-202612-01",
        "version": 1,
        "sku": "42010101",
        "period": "week",
        "delivery_method": "B",
        "extension": [{"dimension": "county", "value": "清河县"}],
        "rows": [
            {
                "segment": "B",
                "area": "主城区",
                "quota": [{"grade": 21, "cartons": 5}, {"grade": 22, "cartons": 5}, {"grade": 30, "cartons": 8}],
            },
            {"quota": [{"grade": 0, "cartons": 2}]},
        ],
        "filing_no": "NG-BZ-202611-007",
        "filed_at": "2026-11-24T10:00:00+08:00",
        "published_at": "2026-11-25T10:00:00+08:00",
        "effective_from": "2026-12-01",
        "effective_to": "2026-12-31",
    },
    "actuals": {
        "month": "2026-10",
        "licence_no": "420301123456",
        "sku": "42010101",
        "requested_cartons": 12,
        "delivered_cartons": 10,
    },
    "ledger-entries": {
        "ledger_id": "L-20261116-0007",
        "licence_no": "420301123456",
        "account_manager": "P0012",
        "visited_at": "2026-11-16T09:30:00+08:00",
        "lines": [
            {"sku": "42010101", "requested_quantity": 20, "unit": "条"},
            {"sku": "42010102", "requested_quantity": "0.4", "unit": "箱"},
        ],
    },
    "model-runs": {
        "run_id": "R-2026-11",
        "model_version": "3.1",
        "inputs_hash": "sha256:9f",
        "trained_to": "2026-10-31",
        "lines": [
            {"licence_no": "420301123456", "sku": "42010101", "cartons": 18},
            {"licence_no": "420301123457", "sku": "42010101", "cartons": 0},
        ],
    },
}


@pytest.fixture
def samples() -> dict[str, dict[str, Any]]:
    """By collection; a test may change its copy."""
    return copy.deepcopy(_ITEMS)


@pytest.fixture
def customer(samples) -> dict[str, Any]:
    return samples["customers"]
