"""Judging is done before the writer's turn, and again when the office changed in between."""

import threading
from unittest.mock import patch

from app.actions import submit_forecast
from app.store.contexts import forecast_dependencies
from tests.actions.tiny_office import LI, VISITED, customer


class _Interrupted:
    """Counts the looks at what a judgement rests on; lets something happen right after the first look."""

    def __init__(self, happen, times: int = 1) -> None:
        self.happen, self.times, self.looks = happen, times, 0

    def __call__(self, uow, forecast):
        rests_on = forecast_dependencies(uow, forecast)
        self.looks += 1
        # Odd looks are those before the writer's turn.
        if self.looks % 2 and self.looks < 2 * self.times:
            self.happen()
        return rests_on


def interrupted(office, happen, times=1):
    look = _Interrupted(happen, times)
    return look, patch.object(submit_forecast, "forecast_dependencies", look)


def test_undisturbed_it_is_judged_once(office):
    office.on(11, 3)
    look, patched = interrupted(office, lambda: None)
    with patched:
        assert office.submit(office.supply()).verdict == "pass"
    assert look.looks == 2


def test_a_customer_that_changes_in_between_is_judged_as_it_is_now(office):
    office.supply_determined()
    office.on(11, 16)

    def closes_down():
        office.deliver("customers", customer(VISITED, business_status="歇业", valid_from="2026-11-16"))

    look, patched = interrupted(office, closes_down)
    with patched:
        answer = office.submit(office.order())
    assert answer.rules == {"ENT-08": "block"}
    assert look.looks == 4
    # One record, not two.
    assert len(office.forecast(answer.forecast)["versions"]) == 1


def test_another_version_that_gets_in_first_makes_this_one_the_second(office):
    office.on(11, 3)
    # Another process: it waits for nobody's judging here.
    elsewhere = office.with_other(judging=threading.Lock())
    _, patched = interrupted(office, lambda: elsewhere.submit(office.supply(), key="first"))
    with patched:
        second = office.submit(office.supply(), key="second")
    assert second.body["subject"]["version"] == 2
    assert second.rules == {"WIN-10": "block"}


def test_an_office_that_never_stands_still_is_judged_inside_the_writers_turn(office):
    office.on(11, 3)
    moves = iter(range(100))

    def somebody_moves():
        office.deliver("customers", customer(VISITED, shop_name=f"改名{next(moves)}"))

    look, patched = interrupted(office, somebody_moves, times=99)
    # Inside the turn nobody can move any more: the last look is not followed by a change.
    judge = submit_forecast.judge_forecast
    looks_outside = 2 * submit_forecast._OPTIMISTIC_TRIES

    def judged(deps, uow, forecast, at):
        if look.looks >= looks_outside:
            look.times = 0
        return judge(deps, uow, forecast, at)

    with patched, patch.object(submit_forecast, "judge_forecast", judged):
        answer = office.submit(office.supply(LI))
    assert answer.verdict == "pass"
    assert look.looks == looks_outside + 1
