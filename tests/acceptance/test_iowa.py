"""A real delivery day that nobody here wrote, through the public API only.

Contains data from the Iowa Department of Commerce, Alcoholic Beverages Division (Creative Commons).
Mapping: store = customer, store segment = business format, item = SKU, vendor = manufacturer, bottle = carton (条).
"""

import csv
import gzip
import json
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.service import Caller, Installation

DAY = Path(__file__).resolve().parents[3] / "shared" / "data" / "iowa_order_day_2012-01-31.csv.gz"
MANAGERS = 6
CYCLE, TARGET = "2012-01", "2012-02"
HISTORY = ("2011-10", "2011-11", "2011-12")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DAY.exists(), reason="the Iowa delivery day is not beside the project (../shared/data)"),
]


def read_day() -> list[dict[str, str]]:
    with gzip.open(DAY, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def price_of(row: dict[str, str]) -> Decimal:
    """The bottle's price. One item has none anywhere in the file: one dollar stands in for it."""
    return Decimal(row["state_bottle_retail"] or "1").quantize(Decimal("0.01"))


def put(caller: Caller, collection: str, items: list[dict]) -> None:
    body = "\n".join(json.dumps(item, ensure_ascii=False) for item in items).encode()
    answer = caller.call("PUT", f"/api/v1/office/{collection}", body, content_type="application/x-ndjson")
    assert answer.status == 200, answer.body[:500]
    assert answer.json["rejected"] == 0, [r for r in answer.json["results"] if r["status"] == "rejected"][:3]


def set_up_office(caller: Caller, rows: list[dict[str, str]]) -> dict[str, str]:
    """Import the day as an office; return the territory of each store."""
    stores = sorted({row["store_number"] for row in rows})
    territory = {store: f"T{1 + place % MANAGERS}" for place, store in enumerate(stores)}
    people = [
        {
            "person_id": f"AM{n}",
            "name": f"Manager {n}",
            "roles": [{"role": "account_manager", "unit": f"T{n}", "from": "2010-01-01"}],
        }
        for n in range(1, MANAGERS + 1)
    ]
    officer = {"role": "supervision_officer", "unit": "office", "from": "2010-01-01"}
    put(caller, "people", [*people, {"person_id": "SO1", "name": "Officer", "roles": [officer]}])
    put(
        caller,
        "territories",
        [
            {
                "territory_id": f"T{n}",
                "name": f"Territory {n}",
                "county": "Iowa",
                "assignments": [{"account_manager": f"AM{n}", "kind": "own", "from": "2010-01-01"}],
            }
            for n in range(1, MANAGERS + 1)
        ],
    )
    segments = sorted({row["segment"] for row in rows})
    items = [{"code": segment, "zh": segment, "en": segment} for segment in segments]
    put(caller, "code-lists", [{"list": "segment", "version": "1", "valid_from": "2010-01-01", "items": items}])
    vendors = sorted({row["vendor_name"] for row in rows})
    put(caller, "manufacturers", [{"manufacturer_id": f"V{n}", "name": v} for n, v in enumerate(vendors)])
    brands = [{"brand_id": f"V{n}", "name": v, "manufacturer_id": f"V{n}"} for n, v in enumerate(vendors)]
    put(caller, "brands", brands)
    products = {row["item_number"]: row for row in rows}
    put(
        caller,
        "products",
        [
            {
                "sku": sku,
                "name": row["item_description"],
                "brand_id": f"V{vendors.index(row['vendor_name'])}",
                "price_class": 1,
                "wholesale_price_cny": f"{price_of(row):.2f}",
                "supply_attribute": "FULL",
                "on_sale_from": "2010-01-01",
            }
            for sku, row in products.items()
        ],
    )
    by_store = {row["store_number"]: row for row in rows}
    put(
        caller,
        "customers",
        [
            {
                "licence_no": store,
                "shop_name": by_store[store]["store_name"],
                "territory_id": territory[store],
                "segment": by_store[store]["segment"],
                "grade": 15,
                "market_type": "urban",
                "volatility_class": "volatile",
                "has_pos": False,
                "is_retail_info_officer": False,
                "business_status": "营业",
                "licence_valid_to": "2020-12-31",
                "valid_from": "2010-01-01",
            }
            for store in stores
        ],
    )
    sold: Counter[tuple[str, str]] = Counter()
    for row in rows:
        sold[row["store_number"], row["item_number"]] += int(row["bottles_sold"])
    for month in HISTORY:
        put(
            caller,
            "actuals",
            [
                {"month": month, "licence_no": store, "sku": sku, "delivered_cartons": bottles}
                for (store, sku), bottles in sold.items()
                if bottles > 0
            ],
        )
    return territory


def submission(stage: str, number: int, lines: list[dict], prices: dict[str, Decimal]) -> dict:
    cartons = sum(line["final_quantity"] for line in lines)
    amount = sum((prices[line["sku"]] * line["final_quantity"] for line in lines), Decimal(0))
    return {
        "stage": stage,
        "cycle": CYCLE,
        "target_month": TARGET,
        "account_manager": f"AM{number}",
        "territory_id": f"T{number}",
        "totals": {"cartons": cartons, "amount_cny": f"{amount:.2f}"},
        "lines": lines,
    }


def order_line(store: str, sku: str, bottles: int, segment: str) -> dict:
    return {
        "licence_no": store,
        "sku": sku,
        "channel": "visit",
        "unit": "条",
        "collected_quantity": bottles,
        "final_quantity": bottles,
        "basis": {"mean_3m_cartons": bottles, "last_month_cartons": bottles},
        "segment": segment,
    }


def pair(line: dict) -> tuple[str, str]:
    return line["licence_no"], line["sku"]


def pairs_twice(lines: list[dict]) -> set[tuple[str, str]]:
    return {place for place, times in Counter(map(pair, lines)).items() if times > 1}


def merged(lines: list[dict]) -> list[dict]:
    """One line for each store and item."""
    found: dict[tuple[str, str], dict] = {}
    for line in lines:
        if pair(line) in found:
            for name in ("collected_quantity", "final_quantity"):
                found[pair(line)][name] += line[name]
        else:
            found[pair(line)] = dict(line)
    return list(found.values())


def test_a_real_delivery_day_is_judged_through_the_public_api_and_every_record_verifies(tmp_path: Path) -> None:
    rows = read_day()
    prices = {row["item_number"]: price_of(row) for row in rows}
    home = Installation(tmp_path / "home", "2012-01-05T09:00:00+08:00")
    home.home.mkdir()
    home.set_up()
    credential = home.new_client("iowa", "office", "submit", "determine", "read")
    with home.serving(workers=1) as address:
        caller = Caller(address, credential)
        territory = set_up_office(caller, rows)
        items = sorted({row["item_number"] for row in rows})
        totals: dict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            totals[territory[row["store_number"]]][row["item_number"]] += max(int(row["bottles_sold"]), 0)
        for number in range(1, MANAGERS + 1):
            supply = [
                {
                    "sku": sku,
                    "unit": "条",
                    "collected_quantity": None,
                    "final_quantity": totals[f"T{number}"][sku],
                    "basis": {"mean_3m_cartons": totals[f"T{number}"][sku]},
                }
                for sku in items
            ]
            body = submission("supply", number, supply, prices)
            made = caller.call("POST", "/api/v1/forecasts", body, f"supply-{number}")
            assert (made.status, made.json["verdict"]) == (201, "pass"), made.json.get("findings", made.json)
            opinion = {"person_id": "SO1", "decision": "accept", "opinion": "in order"}
            path = f"/api/v1/forecasts/{made.json['subject']['id']}/determination"
            assert caller.call("POST", path, opinion).status == 200
    home.env["HENJI_CLOCK"] = "2012-01-16T09:00:00+08:00"
    raw: dict[int, list[dict]] = defaultdict(list)
    for row in rows:
        number = int(territory[row["store_number"]][1:])
        line = order_line(row["store_number"], row["item_number"], int(row["bottles_sold"]), row["segment"])
        raw[number].append(line)
    lines = {number: merged(found) for number, found in raw.items()}
    # Two known faults: a zero too many in the first territory, a line entered twice in the second.
    slipped = next(line for line in lines[1] if line["final_quantity"] >= 6)
    slipped["final_quantity"] *= 10
    doubled = dict(lines[2][0])
    lines[2].append(doubled)
    counts: Counter[str] = Counter()
    records: list[Path] = []
    with home.serving(workers=1) as address:
        caller = Caller(address, credential)

        def submit(number: int, body: dict, version: int) -> dict:
            made = caller.call("POST", "/api/v1/forecasts", body, f"order-{number}-{version}", timeout=120)
            assert made.status == 201, made.body[:500]
            counts.update(made.json["counts"])
            pdf = caller.call("GET", made.json["record"], timeout=120)
            assert pdf.status == 200
            records.append(tmp_path / f"{made.json['evaluation']}.pdf")
            records[-1].write_bytes(pdf.body)
            return made.json

        for number in range(1, MANAGERS + 1):
            # As it is in the file: a store that was served the same item twice that day stands there twice.
            first = submit(number, submission("order", number, raw[number], prices), 1)
            speaking = {f["rule"]: f for f in first["findings"]}
            twice = pairs_twice(raw[number])
            assert set(speaking) - {"ENT-06"} == ({"ENT-04"} if twice else set()), (number, speaking)
            if twice:
                assert {pair(line) for line in speaking["ENT-04"]["lines"]} == twice
            # Half of a wish entered twice may be an eighth of the usual quantity: nothing else may look wrong.
            odd = speaking.get("ENT-06", {"lines": []})
            assert {pair(line) for line in odd["lines"]} <= twice
            body = submission("order", number, lines[number], prices)
            body |= {"supersedes": first["subject"]["id"], "reason": "lines of one item added up"}
            second = submit(number, body, 2)
            speaking = {f["rule"]: f for f in second["findings"]}
            assert set(speaking) == {1: {"ENT-06"}, 2: {"ENT-04"}}.get(number, set()), (number, speaking)
            if number == 1:
                assert [pair(line) for line in speaking["ENT-06"]["lines"]] == [pair(slipped)]
            if number == 2:
                assert second["verdict"] == "block"
                assert {pair(line) for line in speaking["ENT-04"]["lines"]} == {pair(doubled)}
    judged = len(rows) + sum(len(found) for found in lines.values())
    print(f"\nIowa 2012-01-31: {judged} lines judged for {MANAGERS} account managers, rules by outcome: {dict(counts)}")
    root = tmp_path / "root.pem"
    root.write_text("".join(json.loads(home.command("keys", "show", "--json").stdout)["roots"]))
    home.command("verify", *map(str, records), "--trust", str(root))
    assert json.loads(home.command("log", "verify", "--json").stdout)["ok"]
