"""Stage 1, the life of a supply forecast: submitted, blocked, corrected, returned, determined, reopened."""

import pytest

from app.actions.determine_forecast import NotDeterminable
from app.actions.people_checks import PersonUnfit
from app.core.errors import Invalid
from tests.actions.tiny_office import LEADER, LI, MARKET_MANAGER, OFFICER, WANG, changed_line


def test_the_life_of_a_supply_forecast_from_the_first_block_to_the_determination(office):
    # On 3 November Li submits; one product is in half cartons, so ENT-03 blocks: on record, not accepted.
    office.on(11, 3)
    honest = office.supply()
    broken = office.supply(totals=honest["totals"])
    broken["lines"][1]["final_quantity"] = "30.5"
    first = office.submit(broken)
    assert first.status == 201
    assert first.rules["ENT-03"] == "block"
    assert first.verdict == "block"
    state = office.forecast(first.forecast)
    assert (state["accepted"], state["state"], state["version"]) == (False, "blocked", 1)
    assert "ENT-03" in {reason["rule"] for reason in state["not_accepted_because"]}

    # Supervision cannot determine what is blocked.
    with pytest.raises(NotDeterminable):
        office.determine(first.forecast)

    # On the 4th the correction names what it replaces and why: version 2 of the same forecast, nothing to say.
    office.on(11, 4)
    second = office.submit({**honest, "supersedes": first.forecast, "reason": "半条更正为整条"})
    assert (second.forecast, second.body["subject"]["version"]) == (first.forecast, 2)
    assert (second.verdict, second.rules) == ("pass", {})
    assert office.forecast(first.forecast)["state"] == "submitted"

    # On the 9th supervision returns it, with an opinion: it is open again.
    office.on(11, 6)
    state = office.determine(first.forecast, "return")
    assert (state["state"], state["determination"]["person_id"]) == ("returned", OFFICER)
    with pytest.raises(NotDeterminable):
        office.determine(first.forecast)

    # The new version is pending, whatever was said of the earlier one.
    office.on(11, 7)
    third = office.submit({**honest, "supersedes": first.forecast, "reason": "按内管意见复核，数量不变"})
    assert third.verdict == "pass"
    state = office.forecast(first.forecast)
    assert (state["state"], state["determination"]) == ("submitted", None)

    # On the 9th it is determined, once.
    office.on(11, 9)
    assert office.determine(first.forecast)["state"] == "determined"
    with pytest.raises(NotDeterminable):
        office.determine(first.forecast, "return")

    # All three versions stay on record, each with its own evaluation.
    versions = office.forecast(first.forecast)["versions"]
    assert [version["verdict"] for version in versions] == ["block", "pass", "pass"]
    assert [version["evaluation"] for version in versions] == [first.evaluation, second.evaluation, third.evaluation]
    names = [event.name for event in office.log()]
    assert names.count("forecast.submitted") == 3
    assert names.count("forecast.determined") == 2


def test_after_the_determination_only_an_approved_reopening_lets_a_new_version_in(office):
    forecast = office.supply_determined()
    again = {**office.supply(), "supersedes": forecast, "reason": "客户新增需求"}
    assert office.submit(again).rules["WIN-10"] == "block"
    # The blocked attempt does not shake off the determination.
    assert office.forecast(forecast)["state"] == "determined"

    office.on(11, 10)
    office.reopen(forecast)
    reopened = office.submit(again)
    assert "WIN-10" not in reopened.rules
    assert reopened.rules == {"WIN-01": "flag"}  # two days late, which stays visible
    assert office.forecast(forecast)["state"] == "submitted"

    # The approval held for that one version only.
    assert office.submit(again).rules["WIN-10"] == "block"


def test_only_a_market_manager_reopens_and_only_supervision_determines(office):
    office.on(11, 5)
    forecast = office.submit(office.supply()).forecast
    for stranger in (LI, MARKET_MANAGER, LEADER, "NOBODY"):
        with pytest.raises(PersonUnfit):
            office.determine(forecast, person=stranger)
    for stranger in (LI, OFFICER, LEADER, "NOBODY"):
        with pytest.raises(PersonUnfit):
            office.reopen(forecast, approved_by=stranger)
    state = office.forecast(forecast)
    assert (state["state"], state["reopened"]) == ("submitted", False)


def test_an_order_forecast_is_never_determined(office):
    office.supply_determined()
    office.on(11, 16)
    order = office.submit(office.order()).forecast
    with pytest.raises(NotDeterminable):
        office.determine(order)
    assert office.forecast(order)["state"] == "submitted"


@pytest.mark.parametrize(
    ("day", "hour", "outcome"),
    [(1, 0, None), (8, 23, None), (9, 0, "flag"), (10, 23, "flag"), (11, 0, "block")],
    ids=["first minute", "last hour", "one day late", "two days late", "beyond the grace"],
)
def test_the_window_of_stage_1_is_the_1st_to_the_8th_with_two_days_of_grace(small_office, day, hour, outcome):
    small_office.on(11, day, hour, 59 if hour else 0)
    assert small_office.submit(small_office.supply()).rules == ({"WIN-01": outcome} if outcome else {})


def test_before_the_window_nothing_is_accepted(small_office):
    small_office.on(10, 31, 23, 59)
    assert small_office.submit(small_office.supply()).rules == {"WIN-01": "block"}


def test_a_product_left_out_is_flagged_and_one_reported_as_zero_is_not(small_office):
    small_office.on(11, 3)
    short = small_office.supply(WANG)
    without = {**short, "lines": short["lines"][:3], "totals": {"cartons": 90, "amount_cny": "9000.00"}}
    assert small_office.try_out(without)["verdict"] == "flag"
    missing = small_office.submit(without)
    # ENT-05 speaks too: what sold every month was probably forgotten.
    assert missing.rules == {"WIN-09": "flag", "ENT-05": "flag"}
    explained = changed_line(short, 3, final_quantity=0, reason="该规格已与客户商定停销")
    answer = small_office.submit({**explained, "supersedes": missing.forecast, "reason": "补报零"})
    assert answer.rules == {}


@pytest.mark.parametrize("field", ["person_id", "decision", "opinion"])
def test_a_determination_without_a_person_a_decision_or_an_opinion_is_refused(small_office, field):
    from app.actions.determine_forecast import determine_forecast

    small_office.on(11, 3)
    forecast = small_office.submit(small_office.supply()).forecast
    body = {"person_id": OFFICER, "decision": "accept", "opinion": "同意", field: "  "}
    with pytest.raises(Invalid) as refused:
        determine_forecast(small_office.deps, small_office.system, forecast, body)
    assert [fault.pointer for fault in refused.value.faults] == [f"/{field}"]
    assert small_office.forecast(forecast)["state"] == "submitted"
