"""Judging a 1,000-line order forecast with all rules of the packs WIN and ENT, computing the facts included.

    python -m bench.judging [--lines 1000] [--rounds 21]

A real submission of the demo county, its context read once from a real store. Each way starts from submission and
context and computes the same facts; then our Evaluator (durable-rules, its numpy twin and the written findings),
zen-engine on the same rules and lines with the same findings written, and numpy masks as one would write them by hand.
"""

import argparse
import gc
import statistics
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from app.actions.import_office import import_office
from app.actions.receive_pos_batch import receive_pos_batch
from app.actions.reply import RequestKey
from app.audit.facts.forecast import forecast_facts
from app.core.actor import command_actor
from app.core.clock import OFFICE_ZONE, SteppedClock
from app.demo.county import make_county
from app.demo.forecasts import make_month, prices_of, retotal
from app.demo.history import make_deliveries
from app.office.forecast import read_forecast
from app.office.permission import Permission
from app.store.contexts import forecast_context
from app.wiring import new_installation
from bench.engine import arrays, numpy_masks, spent_ms, spoken_of, zen_decision, zen_service

OURS = "henji: facts, durable-rules, twin, findings"
AT = datetime(2026, 11, 16, 9, tzinfo=OFFICE_ZONE)
PLACE = "T01"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "home", options.lines, options.rounds)


def measure(home: Path, lines: int, rounds: int) -> None:
    deps = new_installation(home, SteppedClock(AT))
    payload = load(deps, lines)
    forecast = read_forecast(payload)
    rulebook = deps.library.rulebook("on_submit", forecast.cycle.first_day)
    with deps.store.read() as uow:
        context = forecast_context(uow, forecast, AT, deps.office_cache)
    masks = numpy_masks(rulebook)
    zen_document, zen_judge = zen_decision(rulebook, deps.library)
    zen_findings = zen_service(rulebook, zen_document, zen_judge)

    def facts():
        return forecast_facts(forecast, context, rulebook)

    known = facts()
    ours = spoken_of(deps.evaluator.judge(rulebook, known), rulebook, known)
    assert ours == zen_judge(zen_document(known)) == masks(arrays(rulebook, known)), "the ways disagree"
    ways: Mapping[str, Callable[[], object]] = {
        OURS: lambda: deps.evaluator.judge(rulebook, facts()),
        "zen-engine: facts, matching, findings": lambda: zen_findings(facts()),
        "zen-engine: facts, matching alone": lambda: zen_judge(zen_document(facts())),
        "numpy masks: facts, matching alone": lambda: masks(arrays(rulebook, facts())),
        "the facts alone": facts,
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    gc.disable()
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(spent_ms(way))
    gc.enable()
    print(f"{len(forecast.lines)} lines, {len(ours)} rows speak in all three; CPU ms, median of {rounds} rounds")
    base = statistics.median(times[OURS])
    for name, each in times.items():
        middle = statistics.median(each)
        print(f"  {name:44} {middle:7.2f} ms   ours is {base / middle:5.2f} of it   (min {min(each):.2f})")


def load(deps, lines: int) -> dict:
    """Import one territory of the demo county; return its order forecast, cut to about ``lines`` whole customers."""
    county = make_county(2026)
    deliveries = make_deliveries(county, 2026)
    month = make_month(county, deliveries, 2026)
    payload = month.order[county.staff.account_managers[0]]
    # On lines of the model nothing was collected; zen and the masks are spared what is missing.
    collected = [line for line in payload["lines"] if line["channel"] != "model"]
    last = collected[min(lines, len(collected) - 1)]["licence_no"]
    payload["lines"] = [line for line in collected[:lines] if line["licence_no"] != last]
    # Two faults, so that there is something to find.
    payload["lines"][3]["final_quantity"] *= 40
    payload["lines"][5]["segment"] = "Y"
    retotal(payload, prices_of(county))
    licences = {line["licence_no"] for line in payload["lines"]}
    customers = [customer for customer in county.customers if customer["licence_no"] in licences]
    collections = {
        "people": county.people,
        "territories": county.territories,
        "code-lists": county.code_lists,
        "calendar": county.calendar,
        "manufacturers": county.manufacturers,
        "brands": county.brands,
        "products": county.products,
        "customers": customers,
        "ledger-entries": [entry for entry in month.ledgers if entry["licence_no"] in licences],
    }
    operator = command_actor(Permission)
    for collection, items in collections.items():
        assert not import_office(deps, operator, collection, items)["rejected"], collection
    for past in deliveries.months[-3:]:
        items = [item for item in deliveries.actuals(past) if item["licence_no"] in licences]
        import_office(deps, operator, "actuals", items)
    batch = month.pos_batches[0]
    receive_pos_batch(deps, operator, batch, RequestKey(None, ""))
    return payload


if __name__ == "__main__":
    main()
