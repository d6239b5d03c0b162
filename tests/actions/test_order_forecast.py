"""Stage 2, the life of an order forecast: after stage 1 only, in its window, version by version."""

import pytest

from tests.actions.tiny_office import LI, WANG, changed_line


def test_stage_2_waits_until_supervision_has_determined_stage_1(office):
    # Without any supply forecast.
    office.on(11, 15)
    order = office.order()
    first = office.submit(order)
    assert first.rules == {"WIN-05": "block"}
    assert "未提交" in first.sentence("WIN-05")
    assert office.forecast(first.forecast)["accepted"] is False

    # Submitted, but late and not determined.
    supply = office.submit(office.supply()).forecast
    assert office.forecast(supply)["state"] == "blocked"  # seven days late
    again = {**order, "supersedes": first.forecast, "reason": "货源预测已报"}
    assert office.submit(again).rules == {"WIN-05": "block"}


def test_stage_2_is_accepted_after_the_determination_and_silent_when_honest(office):
    office.supply_determined()
    office.on(11, 15, 0)
    answer = office.submit(office.order())
    # The terminal batch has not come: ENT-09 has no source to compare with where none is named.
    assert (answer.verdict, answer.rules) == ("pass", {})
    state = office.forecast(answer.forecast)
    assert (state["accepted"], state["state"]) == (True, "submitted")
    # The answer names all 24 rules, asked or not.
    outcomes = office.evaluation(answer.evaluation)["outcomes"]
    assert len(outcomes) == 24
    assert sorted({rule for rule, outcome in outcomes.items() if outcome == "not_applicable"}) == [
        "ENT-10", "WIN-01", "WIN-03", "WIN-07", "WIN-08", "WIN-09", "WIN-11", "WIN-12",
    ]  # fmt: skip


def test_a_returned_supply_forecast_does_not_open_stage_2(office):
    office.on(11, 5)
    supply = office.submit(office.supply()).forecast
    office.determine(supply, "return")
    office.on(11, 16)
    assert office.submit(office.order()).rules == {"WIN-05": "block"}


def test_one_managers_determination_opens_stage_2_for_nobody_else(office):
    office.supply_determined(LI)
    office.on(11, 16)
    assert office.submit(office.order(WANG)).rules == {"WIN-05": "block"}
    assert office.submit(office.order(LI)).verdict == "pass"


@pytest.mark.parametrize(
    ("month", "day", "hour", "outcome"),
    [
        (11, 14, 23, "block"),
        (11, 15, 0, None),
        (11, 22, 23, None),
        (11, 23, 0, "flag"),
        (11, 24, 23, "flag"),
        (11, 25, 0, "block"),
        (12, 1, 9, "block"),
    ],
)
def test_the_window_of_stage_2_is_the_15th_to_the_22nd_with_two_days_of_grace(small_office, month, day, hour, outcome):
    small_office.supply_determined()
    small_office.on(month, day, hour, 59 if hour else 0)
    assert small_office.submit(small_office.order()).rules == ({"WIN-02": outcome} if outcome else {})


def test_every_version_says_what_it_replaces_and_why(office):
    office.supply_determined()
    office.on(11, 16)
    honest = office.order()
    first = office.submit(honest)
    more = changed_line(honest, 0, final_quantity=12)

    # Nothing said; only a reason; only the forecast; another forecast.
    assert "缺少更正原因" in office.submit(more).sentence("WIN-10")
    assert "未指明被替换" in office.submit({**more, "reason": "客户加量"}).sentence("WIN-10")
    assert "缺少更正原因" in office.submit({**more, "supersedes": first.forecast}).sentence("WIN-10")
    other = office.submit({**more, "supersedes": "F-202611-999999", "reason": "客户加量"})
    assert other.rules["WIN-10"] == "block"
    assert office.forecast(first.forecast)["version"] == 5

    # Both: accepted, and flagged because it is the sixth attempt. What changed is measured.
    said = office.submit({**more, "supersedes": first.forecast, "reason": "客户加量"})
    assert said.rules == {"WIN-10": "flag"}
    assert "第6次" in said.sentence("WIN-10")
    findings = {finding["rule"]: finding for finding in office.evaluation(said.evaluation)["findings"]}
    # Measured against the newest version on record, a blocked one too.
    assert findings["WIN-10"]["measured"]["cartons_change"] == 0
    assert office.forecast(first.forecast)["accepted"] is True


def test_the_third_version_is_silent_and_the_fourth_is_flagged(small_office):
    small_office.supply_determined()
    small_office.on(11, 16)
    forecast, verdicts = None, []
    for count in range(1, 5):
        payload = changed_line(small_office.order(), 0, final_quantity=10 + count)
        if forecast:
            payload = {**payload, "supersedes": forecast, "reason": f"第{count}次与客户核实"}
        answer = small_office.submit(payload)
        forecast = answer.forecast
        verdicts.append(answer.rules.get("WIN-10"))
    assert verdicts == [None, None, None, "flag"]


def test_after_the_window_a_new_version_needs_a_reopening_for_each_time(office):
    office.supply_determined()
    office.on(11, 20)
    first = office.submit(office.order())
    correction = {**changed_line(office.order(), 0, final_quantity=9), "supersedes": first.forecast, "reason": "录错"}
    office.on(11, 23)
    refused = office.submit(correction)
    assert refused.rules == {"WIN-02": "flag", "WIN-10": "block"}
    assert "重开审批" in refused.sentence("WIN-10")
    # The first version still stands.
    assert office.forecast(first.forecast)["state"] == "submitted"

    office.reopen(first.forecast)
    accepted = office.submit(correction)
    assert accepted.rules == {"WIN-02": "flag"}
    again = office.submit({**correction, "reason": "再改"})
    assert again.rules == {"WIN-02": "flag", "WIN-10": "block"}
    log = [event.name for event in office.log()]
    assert log.count("forecast.reopened") == 1


def test_a_forecast_has_one_identity_per_stage_cycle_and_manager(office):
    supply_li, supply_wang = office.supply_determined(LI), office.supply_determined(WANG)
    office.on(11, 16)
    order_li = office.submit(office.order(LI)).forecast
    order_wang = office.submit(office.order(WANG)).forecast
    assert len({supply_li, supply_wang, order_li, order_wang}) == 4
    assert order_li == "F-202611-000003"  # numbers have no gaps
    assert order_wang == "F-202611-000004"
