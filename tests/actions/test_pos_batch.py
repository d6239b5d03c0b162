"""A batch of a terminal server: broken on the way, sent again whole, and never taken twice."""

import pytest

from app.actions.receive_pos_batch import BatchKnown
from app.core.errors import Invalid
from tests.actions.tiny_office import LI, SKUS, WITH_TERMINAL, changed_line, pos_batch


def test_a_batch_arrives_broken_and_then_whole(office):
    office.on(11, 15, 7)
    whole = pos_batch()
    lost = {**whole, "lines": whole["lines"][:3]}
    broken = office.receive(lost)
    assert broken.rules == {"ENT-10": "block"}
    assert "应4行实收3行" in broken.sentence("ENT-10")
    assert broken.body["subject"] == {"kind": "pos_batch", "id": "POS-T01-202611", "version": 1}

    # The same number again, now whole: the second reception of the batch.
    again = office.receive(whole)
    assert (again.verdict, again.body["subject"]["version"]) == ("pass", 2)

    # From now on the number is taken.
    with pytest.raises(BatchKnown):
        office.receive(whole)
    with pytest.raises(BatchKnown):
        office.receive(lost)
    assert [event.name for event in office.log()].count("pos_batch.received") == 2


def test_one_changed_quantity_is_noticed_by_the_checksum(office):
    whole = pos_batch()
    lines = [dict(line) for line in whole["lines"]]
    lines[0]["quantity"] += 1
    changed = office.receive({**whole, "lines": lines})
    assert changed.rules == {"ENT-10": "block"}
    assert "校验和" in changed.sentence("ENT-10")


def test_a_broken_batch_proves_nothing_for_a_forecast_that_names_it(office):
    office.supply_determined()
    office.on(11, 15, 7)
    whole = pos_batch()
    order = office.order()
    place = next(n for n, line in enumerate(order["lines"]) if line["licence_no"] == WITH_TERMINAL)
    named = changed_line(order, place, source={"pos_batch": whole["batch_id"]})
    assert office.try_out(named)["findings"][0]["outcome"] == "not_evaluable"
    office.receive({**whole, "lines": whole["lines"][:3]})
    assert office.try_out(named)["findings"][0]["outcome"] == "not_evaluable"
    office.receive(whole)
    assert office.try_out(named)["verdict"] == "pass"
    # And now it tells when what was entered is not what the terminal said.
    other = changed_line(named, place, collected_quantity=13)
    said = office.submit(other)
    assert said.rules == {"ENT-09": "flag"}
    assert SKUS[0] in said.sentence("ENT-09") or "13" in said.sentence("ENT-09")
    assert office.forecast(said.forecast)["account_manager"] == LI


def test_a_batch_that_cannot_be_read_is_refused_with_every_place(small_office):
    batch = {**pos_batch(), "lines": [{"licence_no": 4203}, {"sku": "a\u200bb"}]}
    with pytest.raises(Invalid) as refused:
        small_office.receive(batch)
    assert {fault.pointer for fault in refused.value.faults} >= {"/lines/0/licence_no", "/lines/1/sku"}
    assert "pos_batch.received" not in {event.name for event in small_office.log()}
