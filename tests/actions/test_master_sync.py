"""Customers that come with another format, grade or territory than is filed, and customers nobody has seen before."""

import json
from dataclasses import replace
from datetime import date

import pytest

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import rulebook_from_files
from app.audit.fact import FactSet
from app.audit.log.event import Event
from app.core.canonical import digest_of
from app.core.clock import instant
from app.office.segment_change import ChangeState
from app.store.change_values import Step
from tests import changes
from tests.actions.tiny_office import OF_LI, VISITED, WITH_TERMINAL, customer

NEW = "420300000099"


@pytest.fixture
def at_work(office):
    """The office on 16 November: something has been judged, so deliveries are compared."""
    office.on(11, 3)
    office.submit(office.supply())
    office.on(11, 16)
    return office


def on_record(office, change) -> None:
    """Put a segment change on record as it stands."""
    with office.deps.store.write() as uow:
        at = office.clock.now()
        event = Event("segment_change.judged", instant(at), {}, {"id": change.change_no}, {}, "00")
        index = uow.log.append(event).index
        step = Step(change.change_no, 1, "take_effect", at, None, None, {}, change.state.value, None, (), index)
        uow.segment_changes.add_step(change, step)


def in_effect(licence_no=VISITED, old="B", new="C", since=date(2026, 11, 1), **more):
    asked = changes.application(licence_no=licence_no, current_segment=old, proposed_segment=new)
    return replace(
        changes.change(ChangeState.EFFECTIVE),
        **{"change_no": "NG-YT-202610-001", "application": asked, "effective_on": since, **more},
    )


def deliver(office, *items):
    """Deliver customers and return the results and the evaluations of the reply."""
    body = office.deliver("customers", *items)
    return body["results"], body["evaluations"]


def rules_of(evaluation):
    return {finding["rule"]: finding["outcome"] for finding in evaluation["findings"]}


def filed(office, licence_no=VISITED, day=date(2026, 11, 16)):
    with office.deps.store.read() as uow:
        return uow.office.customers_on(day, licences=[licence_no])[licence_no]


def decision(licence_no, attribute, value=None, **more):
    return {
        "decision_no": f"HY-{attribute}",
        "licence_no": licence_no,
        "attribute": attribute,
        "value": value,
        "decided_on": "2026-11-10",
        "minutes_no": "JY-2026-11",
        "marketing_present": True,
        "monopoly_present": True,
        **more,
    }


def test_a_silent_change_of_format_is_blocked_and_the_filed_format_stays_in_use(at_work):
    sent = customer(VISITED, segment="超市", shop_name="新招牌", valid_from="2026-11-10")
    (result,), (evaluation,) = deliver(at_work, sent)
    assert result["held"] == [{"attribute": "segment", "filed": "B", "delivered": "C"}]
    assert result["status"] == "changed"
    assert (evaluation["verdict"], rules_of(evaluation)) == ("block", {"SEG-15": "block"})
    assert evaluation["subject"] == {"kind": "office_import", "id": "I-202611-000012", "version": 1}
    assert (filed(at_work).segment, filed(at_work).shop_name) == ("B", "新招牌")
    # A forecast of that month still speaks of the filed format.
    assert at_work.evaluation(evaluation["evaluation"])["event"] == "on_master_sync"


def test_what_is_held_is_found_again_at_the_next_delivery(at_work):
    sent = customer(VISITED, segment="C", valid_from="2026-11-10")
    deliver(at_work, sent)
    at_work.on(11, 17)
    (result,), (evaluation,) = deliver(at_work, sent)
    assert (result["status"], result["held"][0]["delivered"]) == ("unchanged", "C")
    assert rules_of(evaluation) == {"SEG-15": "block"}
    at_work.on(11, 18)
    (result,), evaluations = deliver(at_work, customer(VISITED, valid_from="2026-11-10"))
    assert ("held" in result, evaluations) == (False, [])


def test_a_format_by_a_change_in_effect_is_written(at_work):
    on_record(at_work, in_effect())
    (result,), (evaluation,) = deliver(at_work, customer(VISITED, segment="C", valid_from="2026-11-10"))
    assert "held" not in result
    assert (evaluation["verdict"], filed(at_work).segment) == ("pass", "C")
    assert deliver(at_work, customer(VISITED, segment="C", valid_from="2026-11-10"))[1] == []


@pytest.mark.parametrize(
    "other",
    [
        in_effect(new="B", old="C"),
        in_effect(licence_no=WITH_TERMINAL),
        in_effect(since=date(2026, 12, 1)),
        replace(in_effect(), state=ChangeState.FILED),
    ],
    ids=["another format", "another customer", "from next month on", "only filed"],
)
def test_no_other_change_lets_a_format_in(at_work, other):
    on_record(at_work, other)
    (result,), (evaluation,) = deliver(at_work, customer(VISITED, segment="C", valid_from="2026-11-10"))
    assert (evaluation["verdict"], "held" in result, filed(at_work).segment) == ("block", True, "B")


def test_an_approval_does_not_reach_back_behind_its_day(at_work):
    on_record(at_work, in_effect())
    (result,), (evaluation,) = deliver(at_work, customer(VISITED, segment="C", valid_from="2026-10-20"))
    assert evaluation["verdict"] == "pass"
    assert result["held"] == [{"attribute": "segment", "filed": "B", "delivered": "C"}]
    deliver(at_work, customer(VISITED, segment="C", valid_from="2026-11-01"))
    assert (filed(at_work, day=date(2026, 10, 31)).segment, filed(at_work).segment) == ("B", "C")
    # An old state with today's filed format is nothing silent; it is kept out of the past without a word of a rule.
    (result,), evaluations = deliver(at_work, customer(VISITED, segment="C", valid_from="2026-10-20"))
    assert ("held" in result, evaluations) == (True, [])
    assert filed(at_work, day=date(2026, 10, 31)).segment == "B"


def test_a_late_state_of_the_old_format_is_no_change(at_work):
    on_record(at_work, in_effect())
    deliver(at_work, customer(VISITED, segment="C", valid_from="2026-11-01"))
    (result,), evaluations = deliver(at_work, customer(VISITED, shop_name="旧招牌", valid_from="2026-10-05"))
    assert (result["status"], evaluations) == ("changed", [])
    assert (filed(at_work).segment, filed(at_work, day=date(2026, 10, 31)).shop_name) == ("C", "旧招牌")


def test_a_format_from_a_coming_day_is_held_as_well(at_work):
    (result,), (evaluation,) = deliver(at_work, customer(VISITED, segment="C", valid_from="2027-01-01"))
    assert (evaluation["verdict"], "held" in result) == ("block", True)
    assert filed(at_work, day=date(2027, 1, 1)).segment == "B"


@pytest.mark.parametrize(
    ("attribute", "change", "value"),
    [
        ("grade", {"grade": 20}, 20),
        ("volatility_class", {"volatility_class": "stable"}, "稳定型"),
        ("territory", {"territory_id": "T02"}, "T02"),
    ],
)
def test_a_grade_a_class_or_a_territory_needs_a_decision(at_work, attribute, change, value):
    sent = customer(VISITED, valid_from="2026-11-10", **change)
    at_work.deliver("customer-decisions", decision(WITH_TERMINAL, attribute, value))
    (result,), (evaluation,) = deliver(at_work, sent)
    assert (evaluation["verdict"], rules_of(evaluation)) == ("flag", {"SEG-15": "flag"})
    # Flagged, and in use: only a format is held.
    assert ("held" in result, result["status"]) == (False, "changed")
    at_work.deliver("customer-decisions", decision(VISITED, attribute, value))
    (_,), (evaluation,) = deliver(at_work, {**sent, "valid_from": "2025-01-01"})
    assert evaluation["verdict"] == "pass"


def test_of_several_decisions_the_last_counts_and_one_to_come_does_not(at_work):
    older = decision(VISITED, "grade", 20, decision_no="HY-1", decided_on="2026-10-10")
    newer = decision(VISITED, "grade", 12, decision_no="HY-2", decided_on="2026-11-10")
    coming = decision(VISITED, "grade", 20, decision_no="HY-3", decided_on="2026-12-10")
    at_work.deliver("customer-decisions", older, newer, coming)
    (_,), (evaluation,) = deliver(at_work, customer(VISITED, grade=20, valid_from="2026-11-10"))
    assert evaluation["verdict"] == "flag"
    (_,), (evaluation,) = deliver(at_work, customer(VISITED, grade=12, valid_from="2026-11-11"))
    assert evaluation["verdict"] == "pass"


def test_a_new_customer_without_minutes_is_blocked_and_on_record(at_work):
    before = len(at_work.log())
    (result,), (evaluation,) = deliver(at_work, customer(NEW, territory_id="T01", valid_from="2026-11-16"))
    assert (result["status"], "held" in result) == ("created", False)
    assert (evaluation["verdict"], rules_of(evaluation)) == ("block", {"SEG-19": "block"})
    assert evaluation["subject"] == {"kind": "customer", "id": "I-202611-000012", "version": 1}
    assert [event.name for event in at_work.log()[before:]] == ["office.imported", "customer.first_seen"]
    assert filed(at_work, NEW).grade == 10
    # It is known from now on.
    assert deliver(at_work, customer(NEW, territory_id="T01", valid_from="2026-11-16"))[1] == []


@pytest.mark.parametrize(
    ("grade", "more", "verdict"),
    [
        (24, {}, "pass"),
        (25, {}, "block"),
        (24, {"minutes_no": None}, "block"),
        (24, {"marketing_present": False}, "block"),
        (24, {"monopoly_present": False}, "block"),
        (24, {"decided_on": "2026-11-17"}, "block"),
        (24, {"attribute": "grade", "value": 24}, "block"),
    ],
)
def test_a_new_customer_is_set_by_a_meeting_of_both_sides_up_to_the_cap(at_work, grade, more, verdict):
    at_work.deliver(
        "customer-decisions",
        decision(NEW, "first_setting", **more) if "attribute" not in more else {**decision(NEW, "grade"), **more},
    )
    _, (evaluation,) = deliver(at_work, customer(NEW, grade=grade, territory_id="T01", valid_from="2026-11-16"))
    assert evaluation["verdict"] == verdict


def test_the_baseline_is_compared_with_nothing(office):
    sent = customer(VISITED, segment="C", grade=30, valid_from="2026-10-10")
    results, evaluations = deliver(office, sent, customer(NEW, territory_id="T01"))
    assert evaluations == []
    assert not any("held" in result for result in results)
    assert filed(office).segment == "C"
    office.on(11, 3)
    office.submit(office.supply())
    assert deliver(office, {**sent, "grade": 29})[1][0]["verdict"] == "flag"


def test_evaluations_of_deliveries_alone_do_not_begin_the_work_of_an_office(at_work):
    deliver(at_work, customer(NEW, territory_id="T01"))
    with at_work.deps.store.read() as uow:
        assert uow.evaluations.has_other_than(("on_master_sync", "on_new_customer"))
        assert not uow.evaluations.has_other_than(("on_master_sync", "on_new_customer", "on_submit"))


def test_one_bad_item_does_not_block_the_others(at_work):
    items = [
        customer(VISITED, segment="C", valid_from="2026-11-10"),
        {**customer(OF_LI[2]), "grade": 99},
        customer(WITH_TERMINAL, shop_name="新招牌"),
        customer(NEW, territory_id="T01"),
    ]
    from app.actions.import_office import import_office

    body = import_office(at_work.deps, at_work.system, "customers", items)
    assert [result["status"] for result in body["results"]] == ["changed", "rejected", "changed", "created"]
    assert [evaluation["verdict"] for evaluation in body["evaluations"]] == ["block", "block"]
    assert filed(at_work, WITH_TERMINAL).shop_name == "新招牌"


def test_two_states_of_one_customer_in_one_delivery_are_both_looked_at(at_work):
    results, evaluations = deliver(
        at_work,
        customer(VISITED, grade=11, valid_from="2026-11-10"),
        customer(VISITED, grade=11, segment="C", valid_from="2026-11-12"),
        customer(NEW, territory_id="T01", valid_from="2026-11-10"),
        customer(NEW, territory_id="T01", valid_from="2026-11-12", segment="C"),
    )
    assert ["held" in result for result in results] == [False, True, False, True]
    assert [(one["subject"]["kind"], one["subject"]["version"], one["verdict"]) for one in evaluations] == [
        ("office_import", 1, "block"), ("office_import", 2, "block"), ("customer", 1, "block"),
    ]  # fmt: skip
    # The second state is compared with the first, whose grade it has.
    lines = [
        (line["licence_no"], line["attribute"]) for finding in evaluations[1]["findings"] for line in finding["lines"]
    ]
    assert lines == [(VISITED, "segment")]


def test_nothing_is_written_when_the_judgement_cannot_be_recorded(at_work, monkeypatch):
    from app.store.outbox import OutboxRepository

    def cut(*_, **__):
        raise RuntimeError("the power is gone")

    before = at_work.counts()
    monkeypatch.setattr(OutboxRepository, "add", cut)
    with pytest.raises(RuntimeError):
        deliver(at_work, customer(VISITED, grade=20))
    assert at_work.counts() == before


def test_what_was_said_of_a_delivery_replays(at_work):
    _, evaluations = deliver(
        at_work,
        customer(VISITED, segment="C", grade=20, valid_from="2026-11-10"),
        customer(NEW, grade=30, territory_id="T01"),
    )
    events = set()
    with at_work.deps.store.read() as uow:
        for evaluation in evaluations:
            stored = uow.evaluations.get(evaluation["evaluation"])
            kept = json.loads(uow.rulebooks.get(stored.rulebook_digest))
            rulebook = rulebook_from_files(kept["files"], kept["event"], date.fromisoformat(kept["day"]))
            facts = FactSet.from_json(json.loads(uow.blobs.get(stored.facts_digest)))
            judgement = Evaluator().judge(rulebook, facts).as_json()
            assert digest_of(judgement) == stored.judgement_digest
            assert len(judgement["findings"]) == 20
            payload = json.loads(uow.blobs.get(stored.payload_digest))
            assert payload["import"] == stored.subject_id
            events.add(stored.event)
    assert events == {"on_master_sync", "on_new_customer"}
