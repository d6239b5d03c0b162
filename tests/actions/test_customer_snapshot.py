"""The customers of stage 2 are those of the 15th at 00:00: frozen once, not before, and never changed by later news."""

import pytest

from app.actions.record_cycle_event import SnapshotEarly, SnapshotTaken
from tests.actions.tiny_office import OF_LI, VISITED, WITH_TERMINAL, changed_line, customer


def test_the_customers_are_frozen_once_and_not_before_the_15th(office):
    office.on(11, 14, 23, 59)
    before = office.counts()
    with pytest.raises(SnapshotEarly):
        office.event("on_stage_open", "order")
    assert office.counts() == before
    office.on(11, 15, 0)
    taken = office.event("on_stage_open", "order")
    assert taken["snapshot"]["customers"] == 6
    assert taken["snapshot"]["day"] == "2026-11-15"
    with pytest.raises(SnapshotTaken):
        office.event("on_stage_open", "order")
    assert [event.name for event in office.log()].count("stage.opened") == 1


def test_what_is_told_of_a_customer_after_the_freezing_does_not_count(office):
    office.supply_determined()
    office.on(11, 15, 0)
    office.event("on_stage_open", "order")
    office.on(11, 16)
    # A backdated change of format arrives on the 16th, valid "since the 10th".
    office.deliver("customers", customer(VISITED, segment="C", valid_from="2026-11-10"))
    payload = office.order()
    as_filed, as_told = changed_line(payload, 0, segment="B"), changed_line(payload, 0, segment="C")
    assert office.try_out(as_filed)["verdict"] == "pass"
    said = office.submit(as_told)
    assert said.rules == {"ENT-11": "block"}
    assert "便利店" in said.sentence("ENT-11")


def test_the_state_of_the_15th_counts_whenever_it_is_frozen(office):
    # Before the office begins to work a delivery is the baseline; later on nobody gets another format by sending one.
    office.deliver("customers", customer(VISITED, segment="C", valid_from="2026-11-14"))
    office.deliver("customers", customer(WITH_TERMINAL, segment="C", valid_from="2026-11-16"))
    office.supply_determined()
    office.on(11, 18)
    office.event("on_stage_open", "order")
    payload = office.order()
    changed = [place for place, line in enumerate(payload["lines"]) if line["licence_no"] in OF_LI[:2]]
    for place in changed:
        payload = changed_line(payload, place, segment="C")
    said = office.submit(payload)
    # Valid on the 14th counts, valid on the 16th comes too late.
    assert said.rules == {"ENT-11": "block"}
    (finding,) = said.body["findings"]
    assert {line["licence_no"] for line in finding["lines"]} == {WITH_TERMINAL}


def test_a_new_customer_after_the_15th_is_unknown_to_stage_2(office):
    office.supply_determined()
    office.on(11, 15, 0)
    office.event("on_stage_open", "order")
    office.on(11, 16)
    office.deliver("customers", customer("420300000099", valid_from="2026-11-16", territory_id="T01"))
    payload = changed_line(office.order(), 0, licence_no="420300000099", source={})
    assert office.submit(payload).rules["ENT-02"] == "block"


def test_a_shop_that_closed_after_the_15th_is_not_supplied(office):
    """What a customer was is frozen; whether the shop may be supplied is asked today."""
    office.supply_determined()
    office.on(11, 15, 0)
    office.event("on_stage_open", "order")
    office.on(11, 17)
    office.deliver("customers", customer(VISITED, business_status="注销", valid_from="2026-11-17"))
    assert office.submit(office.order()).rules == {"ENT-08": "block"}


def test_opening_the_supply_stage_freezes_nobody(small_office):
    assert small_office.event("on_stage_open", "supply") == {"evaluations": []}
    with small_office.deps.store.read() as uow:
        from app.office.month import Month

        assert uow.office.snapshot(Month(2026, 11)) is None
