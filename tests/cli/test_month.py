"""A month from the command line: batches, forecasts, determinations, events; exit 3 when a rule blocks."""

import json

import pytest

from app.core.clock import SteppedClock
from tests.actions.conftest import AT
from tests.actions.tiny_office import Office, pos_batch

PAYLOADS = Office(None, SteppedClock(AT))  # type: ignore[arg-type]  # it only writes payloads here


def test_a_month_goes_by(machine):
    # 5 November: tried, then submitted; the same file again is the same submission.
    machine.env["HENJI_CLOCK"] = "2026-11-05T09:00:00+08:00"
    opened = machine.json("cycle", "event", "2026-11", "on_cycle_open")
    assert [evaluation["verdict"] for evaluation in opened["evaluations"]] == ["pass"]
    supply = machine.file("supply.json", PAYLOADS.supply())
    tried = machine.json("forecast", "submit", supply, "--dry-run")
    assert (tried["dry_run"], tried["verdict"]) == (True, "pass")
    submitted = machine.json("forecast", "submit", supply)
    assert (submitted["evaluation"], submitted["verdict"]) == ("E-202611-000002", "pass")
    again = machine.json("forecast", "submit", supply)
    assert again == {**submitted, "replayed": True}
    forecast = submitted["subject"]["id"]

    # Stage 2 too early and before the determination: on record, exit 3.
    order = machine.file("order.json", PAYLOADS.order())
    blocked = machine.command("forecast", "submit", order, expect=3)
    assert "■ 阻断" in blocked.stdout
    assert "WIN-02" in blocked.stdout
    assert "WIN-05" in blocked.stdout

    determined = machine.command(
        "forecast", "determine", forecast, "--person", "SO1", "--decision", "accept", "--opinion", "程序合规"
    )
    assert json.loads(determined.stdout)["state"] == "determined"
    refused = machine.command(
        "forecast", "determine", forecast, "--person", "P01", "--decision", "accept", "--opinion", "好", expect=1
    )
    assert "person.lacks_role" in refused.stderr

    # 16 November.
    machine.env["HENJI_CLOCK"] = "2026-11-16T09:00:00+08:00"
    frozen = machine.json("cycle", "event", "2026-11", "on_stage_open", "--stage", "order")
    assert frozen["snapshot"]["customers"] == 6
    assert "snapshot.taken" in machine.command("cycle", "event", "2026-11", "on_stage_open", "--stage", "order", expect=1).stderr  # fmt: skip  # noqa: E501
    broken = {**pos_batch(), "lines": pos_batch()["lines"][:2]}
    assert machine.json("pos-batch", "receive", machine.file("b1.json", broken), expect=3)["verdict"] == "block"
    assert machine.json("pos-batch", "receive", machine.file("b2.json", pos_batch()))["verdict"] == "pass"
    extended = machine.json(
        "cycle", "extend", "2026-11", "--stage", "order", "--new-end", "2026-11-24", "--approved-by", "ML1",
        "--countersigned-by", "SO1", "--filing-no", "NG-1", "--filed-at", "2026-11-15T10:00:00+08:00",
    )  # fmt: skip
    assert (extended["verdict"], extended["in_force"]) == ("pass", True)
    reopened = machine.command("forecast", "reopen", forecast, "--approved-by", "MM1", "--reason", "漏录")
    assert json.loads(reopened.stdout)["reopened"] is True
    closed = machine.json("cycle", "event", "2026-11", "on_window_close", expect=3)
    assert {evaluation["subject"]["id"] for evaluation in closed["evaluations"]} == {"2026-11/supply", "2026-11/order"}
    checked = machine.json("db", "check")
    assert checked == {"ok": True, "problems": []}


@pytest.mark.parametrize(
    ("content", "code", "pointer"),
    [
        ("{", "json.malformed", ""),
        ({"stage": "order", "cycle": "2026-13"}, "request.shape", "/cycle"),
        ('{"stage": "order", "cycle": "2026-11", "cycle": "2026-12"}', "key.duplicate", "/cycle"),
        ('{"stage": "order", "cycle": "2026-11", "totals": {"cartons": 1.5}}', "value.float", "/totals/cartons"),
        ("[]", "value.not_an_object", ""),
    ],
)
def test_a_forecast_that_cannot_be_kept_is_refused_with_its_place(machine, content, code, pointer):
    refused = machine.command("forecast", "submit", machine.file("f.json", content), expect=1)
    assert code in refused.stderr
    assert pointer in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_key_of_a_file_can_be_named(machine):
    first = machine.file("one.json", PAYLOADS.supply())
    other = machine.file("two.json", PAYLOADS.supply(reason="另一份"))
    machine.command("forecast", "submit", first, "--key", "K1", expect=3)
    assert "idempotency.other_body" in machine.command("forecast", "submit", other, "--key", "K1", expect=1).stderr


def test_an_unknown_forecast_and_a_month_that_is_none_are_refused(machine):
    words = ("--person", "SO1", "--decision", "accept", "--opinion", "同意")
    assert "object.not_found" in machine.command("forecast", "determine", "F-1", *words, expect=1).stderr
    assert "YYYY-MM" in machine.command("cycle", "event", "November", "on_close", expect=1).stderr
