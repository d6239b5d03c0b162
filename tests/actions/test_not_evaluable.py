"""What cannot be judged never passes: it is counted, shown as itself, and waits for a person."""

import pytest

from tests.actions.tiny_office import changed_line


def test_a_named_source_that_was_not_delivered_is_not_evaluable_and_a_flag_to_the_eye(office):
    office.supply_determined()
    office.on(11, 16)
    answer = office.submit(changed_line(office.order(), 0, source={"ledger": "L-202611-999999"}))
    assert (answer.verdict, answer.rules) == ("flag", {"ENT-09": "not_evaluable"})
    assert answer.body["counts"]["not_evaluable"] == 1
    assert "L-202611-999999" in str(answer.body["findings"]) or answer.sentence("ENT-09")


def test_without_three_months_of_deliveries_omissions_and_magnitudes_are_not_evaluable(small_office):
    small_office.on(10, 5)
    payload = small_office.supply(cycle="2026-10", target_month="2026-11")
    answer = small_office.submit(payload)
    # July is missing for the cycle of October.
    assert answer.rules == {"ENT-05": "not_evaluable", "ENT-06": "not_evaluable"}
    assert answer.verdict == "flag"


@pytest.mark.parametrize("field", ["account_manager", "territory_id", "target_month", "totals"])
def test_a_missing_header_field_leaves_the_rules_that_need_it_open(small_office, field):
    small_office.on(11, 3)
    payload = {**small_office.supply(), field: None}
    answer = small_office.submit(payload)
    assert answer.rules["ENT-01"] == "block"
    open_rules = {rule for rule, outcome in answer.rules.items() if outcome == "not_evaluable"}
    expected = {
        "account_manager": {"WIN-06"},
        "territory_id": {"WIN-06"},
        "target_month": {"WIN-04", "WIN-09"},
        "totals": {"ENT-07"},
    }[field]
    assert expected <= open_rules
    outcomes = small_office.evaluation(answer.evaluation)["outcomes"]
    assert "pass" not in {outcomes[rule] for rule in expected}


def test_when_the_two_evaluators_disagree_the_rule_does_not_pass(small_office, monkeypatch):
    """The engine is made blind on purpose: it hits nothing. The twin sees the wrong month, so nothing is concluded."""
    small_office.on(11, 3)
    payload = small_office.supply(target_month="2027-05")
    assert small_office.try_out(payload)["verdict"] == "block"
    engine = small_office.deps.evaluator._engine
    ask = engine.ask
    monkeypatch.setattr(engine, "ask", lambda *question: [mask & False for mask in ask(*question)])
    answer = small_office.try_out(payload)
    assert answer["verdict"] == "flag"
    assert {finding["rule"]: finding["outcome"] for finding in answer["findings"]}["WIN-04"] == "not_evaluable"


def test_when_the_engine_fails_no_rule_of_its_table_passes(small_office, monkeypatch):
    from app.audit.engine.durable import EngineFailure

    def fails(*_):
        raise EngineFailure("out of memory")

    small_office.on(11, 3)
    monkeypatch.setattr(small_office.deps.evaluator._engine, "ask", fails)
    answer = small_office.submit(small_office.supply())
    assert answer.verdict == "flag"
    assert answer.body["counts"]["pass"] == 0
    assert answer.body["counts"]["not_evaluable"] > 0
