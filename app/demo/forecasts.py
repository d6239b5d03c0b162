"""The honest month: what twelve careful account managers would submit. Faults are planted on top, elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from app.core.canonical import canonical_bytes, sha256_hex
from app.core.clock import OFFICE_ZONE
from app.demo.county import CYCLE, County, territory_id
from app.demo.history import Deliveries

Payload = dict[str, Any]
TARGET = CYCLE.plus(1)


@dataclass(frozen=True, slots=True)
class Month:
    """Everything that is submitted in the cycle, by account manager, before anything goes wrong."""

    supply: Mapping[str, Payload]
    order: Mapping[str, Payload]
    ledgers: tuple[Mapping[str, Any], ...]
    model_run: Mapping[str, Any]
    pos_batches: tuple[Payload, ...]


def channel_of(customer: Mapping[str, Any]) -> str:
    """Return how the customer's wish is collected. Source: YQ-2.5.1 to 2.5.3."""
    if customer["volatility_class"] == "volatile" or customer["is_retail_info_officer"]:
        return "visit"
    return "self_report" if customer["has_pos"] else "model"


def retotal(payload: Payload, prices: Mapping[str, Decimal]) -> None:
    """Make the totals of ``payload`` agree with its lines (all in 条)."""
    cartons = sum(int(line["final_quantity"]) for line in payload["lines"])
    amount = sum((prices[line["sku"]] * int(line["final_quantity"]) for line in payload["lines"]), Decimal(0))
    payload["totals"] = {"cartons": cartons, "amount_cny": f"{amount:.2f}"}


def prices_of(county: County) -> dict[str, Decimal]:
    """Return the wholesale price of every product in CNY per carton."""
    return {product["sku"]: Decimal(product["wholesale_price_cny"]) for product in county.products}


def make_month(county: County, deliveries: Deliveries, seed: int) -> Month:
    """Return the honest submissions of the cycle: the same seed, the same month."""
    draw = Random(f"month-{seed}")  # noqa: S311  # a demo wants to be repeatable, not secret
    prices = prices_of(county)
    pairs: dict[str, list[str]] = defaultdict(list)
    for licence_no, sku in deliveries.cartons:
        pairs[licence_no].append(sku)
    supply, order = {}, {}
    ledgers: list[Mapping[str, Any]] = []
    batches: list[Payload] = []
    model_lines: list[Mapping[str, Any]] = []
    for number, manager in enumerate(county.staff.account_managers, 1):
        place = territory_id(number)
        customers = county.customers_of(place)
        lines: list[Payload] = []
        terminal: list[Payload] = []
        for customer in customers:
            made = _order_lines(draw, customer, sorted(pairs[customer["licence_no"]]), deliveries, place)
            lines += made
            if channel_of(customer) == "visit":
                ledgers.append(_ledger(customer, manager, made))
            elif channel_of(customer) == "self_report":
                terminal += [
                    {
                        "licence_no": line["licence_no"],
                        "sku": line["sku"],
                        "quantity": line["collected_quantity"],
                        "unit": "条",
                    }
                    for line in made
                ]
            else:
                model_lines += [
                    {"licence_no": line["licence_no"], "sku": line["sku"], "cartons": line["final_quantity"]}
                    for line in made
                ]
        batches.append(pos_batch(f"POS-{place}-202611", terminal))
        order[manager] = _payload("order", manager, place, lines, prices)
        supply[manager] = _payload("supply", manager, place, _supply_lines(draw, county, customers, deliveries), prices)
    model_run = {
        "run_id": "MODEL-202611-01",
        "model_version": "3.2.1",
        "inputs_hash": "sha256:" + sha256_hex(canonical_bytes(model_lines)),
        "trained_to": "2026-10-31",
        "lines": model_lines,
    }
    return Month(supply, order, tuple(ledgers), model_run, tuple(batches))


def pos_batch(batch_id: str, lines: list[Payload]) -> Payload:
    """Return a batch as a terminal server sends it, whole."""
    return {
        "batch_id": batch_id,
        "terminal_server": "pos-01.demo",
        "line_count": len(lines),
        "checksum": sha256_hex(canonical_bytes(lines)),
        "lines": lines,
    }


def _payload(stage: str, manager: str, place: str, lines: list[Payload], prices: Mapping[str, Decimal]) -> Payload:
    payload: Payload = {
        "stage": stage,
        "cycle": str(CYCLE),
        "target_month": str(TARGET),
        "account_manager": manager,
        "territory_id": place,
        "client_reference": f"DEMO-{stage}-{place}",
        "client_time": datetime(2026, 11, 5 if stage == "supply" else 17, 9, 30, tzinfo=OFFICE_ZONE).isoformat(),
        "supersedes": None,
        "reason": None,
        "lines": lines,
    }
    retotal(payload, prices)
    return payload


def _basis(months: Iterable[int]) -> Payload:
    listed = list(months)
    mean = Decimal(sum(listed)) / len(listed)
    return {
        "mean_3m_cartons": f"{mean:.2f}",
        "last_month_cartons": listed[-1],
        "last_forecast_cartons": listed[-1],
    }


def _order_lines(
    draw: Random, customer: Mapping[str, Any], skus: list[str], deliveries: Deliveries, place: str
) -> list[Payload]:
    channel, lines = channel_of(customer), []
    for sku in skus:
        months = deliveries.last_three(customer["licence_no"], sku)
        wish = max(1, round(sum(months) / 3 * draw.uniform(0.9, 1.25)))
        # Now and then the manager follows the stock on the shelf and not the wish, and says so.
        adjusted = channel == "visit" and wish > 3 and draw.random() < 0.15  # noqa: PLR2004  # about one line in seven
        final = max(1, round(wish * 0.85)) if adjusted else wish
        line: Payload = {
            "licence_no": customer["licence_no"],
            "sku": sku,
            "channel": channel,
            "unit": "条",
            "collected_quantity": None if channel == "model" else wish,
            "final_quantity": final,
            "basis": _basis(months),
            "source": {
                "ledger": ledger_id(customer) if channel == "visit" else None,
                "pos_batch": f"POS-{place}-202611" if channel == "self_report" else None,
                "model_run": "MODEL-202611-01" if channel == "model" else None,
            },
            "segment": customer["segment"],
            "grade": str(customer["grade"]),
            "volatility_class": customer["volatility_class"],
        }
        if adjusted:
            line["reason_code"], line["reason"] = "STOCK", "柜台库存充足，与客户商定下调"
        lines.append(line)
    return lines


def ledger_id(customer: Mapping[str, Any]) -> str:
    """Return the number of the customer's sell-through ledger entry of the cycle."""
    return f"L-202611-{customer['licence_no'][-6:]}"


def _ledger(customer: Mapping[str, Any], manager: str, lines: list[Payload]) -> Mapping[str, Any]:
    return {
        "ledger_id": ledger_id(customer),
        "licence_no": customer["licence_no"],
        "account_manager": manager,
        "visited_at": datetime(2026, 11, 12, 10, 0, tzinfo=OFFICE_ZONE).isoformat(),
        "lines": [
            {"sku": line["sku"], "requested_quantity": line["collected_quantity"], "unit": "条"} for line in lines
        ],
    }


def _supply_lines(
    draw: Random, county: County, customers: list[Mapping[str, Any]], deliveries: Deliveries
) -> list[Payload]:
    licences = {customer["licence_no"] for customer in customers}
    sums: dict[str, list[int]] = {product["sku"]: [0, 0, 0] for product in county.products}
    for (licence_no, sku), cartons in deliveries.cartons.items():
        if licence_no in licences:
            for place, count in enumerate(cartons[-3:]):
                sums[sku][place] += count
    return [
        {
            "sku": sku,
            "unit": "条",
            "collected_quantity": None,
            "final_quantity": round(sum(months) / 3 * draw.uniform(0.95, 1.15)),
            "basis": _basis(months),
            "source": {"ledger": None, "pos_batch": None, "model_run": None},
        }
        for sku, months in sums.items()
    ]
