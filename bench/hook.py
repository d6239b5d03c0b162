"""The hook with durable commit: submissions a second beside the same server storing the payload without judging it.

    python -m bench.hook [--seconds 6] [--rounds 5] [--clients 8] [--lines 100]

SQLite (WAL, synchronous FULL), gunicorn with 2 workers, clients on the same machine, TLS off. Rounds alternate between
the hook and the floor, so that a slow moment of the machine hits both.
"""

import argparse
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.service import ROOT, Caller, Installation, free_port, wait_for

MANAGERS = 400
SKUS = 10
CLOCK = "2026-11-16T09:00:00+08:00"


def put(caller: Caller, collection: str, items: list[dict]) -> None:
    body = "\n".join(json.dumps(item, ensure_ascii=False) for item in items).encode()
    answer = caller.call("PUT", f"/api/v1/office/{collection}", body, content_type="application/x-ndjson", timeout=300)
    assert answer.status == 200, answer.body[:800]
    assert not answer.json["rejected"], answer.body[:800]


def load_office(caller: Caller, lines: int) -> None:
    shops = max(1, lines // SKUS)
    people, territories, customers, actuals = [], [], [], []
    for manager in range(MANAGERS):
        place = f"T{manager:03d}"
        role = {"role": "account_manager", "unit": place, "from": "2024-01-01"}
        people.append({"person_id": f"P{manager:03d}", "name": f"经理{manager}", "roles": [role]})
        own = {"account_manager": f"P{manager:03d}", "kind": "own", "from": "2024-01-01"}
        territories.append({"territory_id": place, "name": place, "county": "县", "assignments": [own]})
        for shop in range(shops):
            customers.append(
                {
                    "licence_no": f"42{manager:04d}{shop:06d}",
                    "shop_name": f"店{shop}",
                    "territory_id": place,
                    "segment": "B",
                    "grade": 15,
                    "market_type": "urban",
                    "volatility_class": "volatile",
                    "has_pos": False,
                    "is_retail_info_officer": False,
                    "business_status": "营业",
                    "licence_valid_to": "2029-12-31",
                    "valid_from": "2025-01-01",
                }
            )
            for month in ("2026-08", "2026-09", "2026-10"):
                actuals += [
                    {
                        "month": month,
                        "licence_no": f"42{manager:04d}{shop:06d}",
                        "sku": f"SKU{sku:03d}",
                        "delivered_cartons": 5 + (shop * 7 + sku) % 20,
                    }
                    for sku in range(SKUS)
                ]
    put(caller, "people", people)
    put(caller, "territories", territories)
    put(caller, "manufacturers", [{"manufacturer_id": "M1", "name": "厂"}])
    put(caller, "brands", [{"brand_id": "B1", "name": "牌", "manufacturer_id": "M1"}])
    put(
        caller,
        "products",
        [
            {
                "sku": f"SKU{sku:03d}",
                "name": f"规格{sku}",
                "brand_id": "B1",
                "price_class": 3,
                "wholesale_price_cny": "100.00",
                "supply_attribute": "FULL",
                "on_sale_from": "2020-01-01",
            }
            for sku in range(SKUS)
        ],
    )
    put(caller, "customers", customers)
    for start in range(0, len(actuals), 20_000):
        put(caller, "actuals", actuals[start : start + 20_000])


def forecast(manager: int, lines: int) -> bytes:
    shops = max(1, lines // SKUS)
    rows = [
        {
            "licence_no": f"42{manager:04d}{shop:06d}",
            "sku": f"SKU{sku:03d}",
            "channel": "visit",
            "unit": "条",
            "collected_quantity": 6 + (shop * 7 + sku) % 20,
            "final_quantity": 6 + (shop * 7 + sku) % 20,
            "basis": {"mean_3m_cartons": 5 + (shop * 7 + sku) % 20, "last_month_cartons": 5},
            "segment": "B",
            "grade": "15",
        }
        for shop in range(shops)
        for sku in range(SKUS)
    ]
    cartons = sum(row["final_quantity"] for row in rows)
    body = {
        "stage": "order",
        "cycle": "2026-11",
        "target_month": "2026-12",
        "account_manager": f"P{manager:03d}",
        "territory_id": f"T{manager:03d}",
        "reason": "bench",
        "totals": {"cartons": cartons, "amount_cny": f"{cartons * 100}.00"},
        "lines": rows,
    }
    return json.dumps(body, ensure_ascii=False).encode()


def client(port: int, credential: str, path: str, seconds: float, seed: int, lines: int) -> list[float]:
    """Send one submission after the other; return the latency of each in seconds."""
    draw, times = random.Random(seed), []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        headers = {
            "Authorization": f"Bearer {credential}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"{path}-{seed}-{len(times)}-{draw.random()}",
        }
        body = forecast(draw.randrange(MANAGERS), lines)
        began = time.perf_counter()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        assert answer.status == 201, answer.status
    return times


def clients(count: int, *arguments: Any) -> list[float]:
    """Run several clients as threads of one process."""
    times: list[float] = []

    def one(seed: int) -> None:
        times.extend(client(*arguments[:4], seed, arguments[4]))

    threads = [threading.Thread(target=one, args=(random.randrange(1 << 30),)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def figures(times: list[float], seconds: float) -> Mapping[str, float]:
    cuts = statistics.quantiles(times, n=100)
    return {"per_s": len(times) / seconds, "p50": cuts[49] * 1e3, "p95": cuts[94] * 1e3, "p99": cuts[98] * 1e3}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--lines", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Installation(Path(folder) / "home", CLOCK, HENJI_MOST_BODY_BYTES=str(64 << 20))
        home.home.mkdir()
        home.set_up()
        credential = home.new_client("bench", "office", "submit")
        port = free_port()
        log = (home.home / "serve.log").open("wb")
        words = [
            sys.executable, "-m", "gunicorn", "bench.floor_app:application", "--bind", f"127.0.0.1:{port}",
            "--workers", "2", "--threads", "4", "--worker-class", "gthread", "--timeout", "300", "--preload",
        ]  # fmt: skip
        server = subprocess.Popen(words, env=home.env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(f"http://127.0.0.1:{port}/livez", server, home.home / "serve.log")
            load_office(Caller(f"http://127.0.0.1:{port}", credential), options.lines)
            run(options, port, credential)
        finally:
            server.terminate()
            server.wait(30)


def run(options: argparse.Namespace, port: int, credential: str) -> None:
    paths = {"hook": "/api/v1/forecasts", "floor": "/api/v1/floor"}
    measured: dict[str, list[Mapping[str, float]]] = {"hook": [], "floor": []}
    with ProcessPoolExecutor(1) as pool:
        for place in range(options.rounds + 1):
            for name, path in paths.items():
                arguments = (options.clients, port, credential, path, options.seconds, options.lines)
                times = pool.submit(clients, *arguments).result()
                if place:  # the first round warms up
                    measured[name].append(figures(times, options.seconds))
    print(f"hook, {options.lines}-line order forecasts, {options.clients} clients, 2 workers, SQLite FULL")
    print(f"  {os.cpu_count()} cores shared with the clients; median of {options.rounds} rounds each")
    for name, rounds in measured.items():
        row = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
        latency = "  ".join(f"{key} {row[key]:6.1f} ms" for key in ("p50", "p95", "p99"))
        print(f"  {name:<6} {row['per_s']:7.1f}/s   {latency}")
    pairs = zip(measured["hook"], measured["floor"], strict=True)
    ratios = sorted(hook["per_s"] / floor["per_s"] for hook, floor in pairs)
    middle = statistics.median(ratios)
    print(f"  hook / floor: median {middle:.2f}  (min {ratios[0]:.2f}, max {ratios[-1]:.2f}; aim >= 0.40)")


if __name__ == "__main__":
    main()
