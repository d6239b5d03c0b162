"""Closing a window: who did not submit, which customers nobody asked, which terminals stayed silent."""

from tests.actions.tiny_office import (
    LI,
    OF_LI,
    OF_WANG,
    WANG,
    WITH_TERMINAL,
    ZHAO,
    cover,
    own,
    pos_batch,
    territory,
    with_totals,
)


def test_closing_stage_1_names_the_managers_who_did_not_submit(office):
    office.on(11, 5)
    office.submit(office.supply(LI))
    office.on(11, 9, 0, 5)
    closed = office.close_window("supply")
    assert closed.rules == {"WIN-07": "flag"}
    # Zhao has no territory of her own: nobody waits for her.
    assert WANG in closed.sentence("WIN-07")
    assert LI not in closed.sentence("WIN-07")
    assert ZHAO not in closed.sentence("WIN-07")


def test_a_blocked_forecast_is_no_submission_when_the_window_closes(office):
    office.on(11, 5)
    office.submit(office.supply(LI))
    office.submit(office.supply(WANG, target_month="2027-01"))
    office.on(11, 9, 0, 5)
    assert WANG in office.close_window("supply").sentence("WIN-07")


def test_closing_stage_2_counts_the_customers_nobody_spoke_for(office):
    office.supply_determined(LI)
    office.on(11, 16)
    office.receive(pos_batch(licences=(WITH_TERMINAL, OF_WANG[1])))
    office.submit(office.order(LI))
    office.on(11, 23, 0, 5)
    closed = office.close_window("order")
    assert closed.rules == {"WIN-07": "flag", "WIN-08": "block"}
    findings = {finding["rule"]: finding for finding in office.evaluation(closed.evaluation)["findings"]}
    measured = findings["WIN-08"]["measured"]
    assert (measured["active"], measured["covered"], measured["uncovered"]) == (6, 3, 3)
    assert measured["uncovered_list"] == list(OF_WANG)


def test_closing_is_silent_when_everybody_was_asked_once(office):
    for manager in (LI, WANG):
        office.supply_determined(manager)
    office.on(11, 16)
    office.receive(pos_batch(licences=(WITH_TERMINAL, OF_WANG[1])))
    for manager in (LI, WANG):
        assert office.submit(office.order(manager)).verdict == "pass"
    office.on(11, 23, 0, 5)
    closed = office.close_window("order")
    assert (closed.verdict, closed.rules) == ("pass", {})


def test_a_silent_terminal_is_named(office):
    for manager in (LI, WANG):
        office.supply_determined(manager)
    office.on(11, 16)
    office.receive(pos_batch(licences=(WITH_TERMINAL,)))
    for manager in (LI, WANG):
        office.submit(office.order(manager))
    office.on(11, 23, 0, 5)
    closed = office.close_window("order")
    assert closed.rules == {"ENT-10": "flag"}
    assert OF_WANG[1] in closed.sentence("ENT-10")


def test_a_customer_in_two_forecasts_is_counted_as_doubled(office):
    # Zhao's cover of T01 is filed now, and she forecasts one customer of Li's besides Li.
    office.deliver("territories", territory("T01", own(LI), cover(ZHAO, "NG-BA-202611-003")))
    for manager in (LI, WANG, ZHAO):
        office.supply_determined(manager)
    office.on(11, 16)
    office.receive(pos_batch(licences=(WITH_TERMINAL, OF_WANG[1])))
    for manager in (LI, WANG):
        office.submit(office.order(manager))
    one = office.order(ZHAO)
    lines = [line for line in one["lines"] if line["licence_no"] == OF_LI[0]]
    answer = office.submit(with_totals({**one, "lines": lines}))
    assert "block" not in answer.rules.values()
    office.on(11, 23, 0, 5)
    closed = office.close_window("order")
    assert closed.rules == {"WIN-08": "flag"}
    assert "重复1户" in closed.sentence("WIN-08")


def test_an_event_without_a_stage_closes_both_windows_with_one_evaluation_each(office):
    office.on(11, 23, 0, 5)
    evaluations = office.event("on_window_close")["evaluations"]
    assert [evaluation["subject"]["id"] for evaluation in evaluations] == ["2026-11/supply", "2026-11/order"]
    assert all("WIN-07" in {f["rule"] for f in evaluation["findings"]} for evaluation in evaluations)
    assert [event.name for event in office.log()].count("window.closed") == 2
