"""Terminal batches: read as sent, so that ENT-10 can judge what arrived."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.office.pos_batch import checksum_of, read_pos_batch
from app.office.quantity import QuantityProblem

LINES = [
    {"licence_no": "420301123456", "sku": "42010101", "quantity": 20, "unit": "条"},
    {"licence_no": "420301123457", "sku": "42010101", "quantity": "0.4", "unit": "箱"},
]
CANONICAL = (
    '[{"licence_no":"420301123456","quantity":20,"sku":"42010101","unit":"条"},'
    '{"licence_no":"420301123457","quantity":"0.4","sku":"42010101","unit":"箱"}]'
)
CHECKSUM = hashlib.sha256(CANONICAL.encode()).hexdigest()
BATCH = {"batch_id": "B-1", "terminal_server": "S-1", "line_count": 2, "checksum": CHECKSUM, "lines": LINES}


def test_a_whole_batch_matches_its_announcement():
    batch = read_pos_batch(BATCH)
    assert batch.faults == ()
    assert (batch.batch_id, batch.terminal_server) == ("B-1", "S-1")
    assert (batch.line_count, batch.received_lines) == (2, 2)
    assert batch.checksum_matches
    assert batch.licence_numbers == {"420301123456", "420301123457"}
    assert batch.cartons == {("420301123456", "42010101"): 20, ("420301123457", "42010101"): 100}


@pytest.mark.parametrize("checksum", [f"sha256:{CHECKSUM}", CHECKSUM.upper(), f"SHA256:{CHECKSUM.upper()}"])
def test_a_checksum_may_carry_its_name_and_any_case(checksum):
    assert read_pos_batch({**BATCH, "checksum": checksum}).checksum_matches


@pytest.mark.parametrize("checksum", [None, "", "x", CHECKSUM[:-1], "sha256:"])
def test_a_missing_or_wrong_checksum_is_judged_not_refused(checksum):
    batch = read_pos_batch({**BATCH, "checksum": checksum})
    assert batch.faults == ()
    assert not batch.checksum_matches


@pytest.mark.parametrize("changed", [{"quantity": 21}, {"quantity": "20"}, {"unit": "件"}, {"sku": None}])
def test_any_change_of_a_line_changes_the_checksum(changed):
    assert not read_pos_batch({**BATCH, "lines": [{**LINES[0], **changed}, LINES[1]]}).checksum_matches


def test_a_line_lost_on_the_way_is_seen_twice():
    batch = read_pos_batch({**BATCH, "lines": LINES[:1]})
    assert (batch.line_count, batch.received_lines, batch.checksum_matches) == (2, 1, False)


def test_what_an_office_calls_a_wrong_entry_is_kept_for_judging():
    lines = [{"licence_no": None, "sku": "", "quantity": -3, "unit": "包"}, {}]
    batch = read_pos_batch({"batch_id": "B-1", "lines": lines, "checksum": checksum_of(lines)})
    assert batch.faults == ()
    assert (batch.terminal_server, batch.line_count, batch.checksum_matches) == ("", 0, True)
    assert [line.quantity.problem for line in batch.lines] == [QuantityProblem.UNIT, QuantityProblem.MISSING]
    assert batch.licence_numbers == frozenset()
    assert batch.cartons == {}


def test_a_negative_number_of_lines_is_a_wrong_entry():
    assert read_pos_batch({**BATCH, "line_count": -1}).line_count == -1


def test_quantities_of_the_same_product_add_up_and_one_unreadable_spoils_the_sum():
    again = {**LINES[0], "quantity": 5}
    broken = {**LINES[1], "unit": "包"}
    batch = read_pos_batch({**BATCH, "lines": [*LINES, again, broken, LINES[1]]})
    assert batch.cartons == {("420301123456", "42010101"): 25, ("420301123457", "42010101"): None}


def test_what_cannot_be_represented_is_refused_all_at_once():
    raw = {
        "terminal_server": 5,
        "line_count": "2",
        "checksum": "a\u200b",
        "lines": [{"licence_no": "42\u202e", "sku": 3, "quantity": 1.5, "unit": True, "price": 1}, 7],
        "total": 3,
    }
    assert {fault.pointer: fault.code for fault in read_pos_batch(raw).faults} == {
        "/batch_id": "value.missing",
        "/terminal_server": "value.not_text",
        "/line_count": "value.not_an_integer",
        "/checksum": "identifier.hidden_character",
        "/total": "field.unknown",
        "/lines/0/licence_no": "identifier.hidden_character",
        "/lines/0/sku": "value.not_text",
        "/lines/0/quantity": "value.float",
        "/lines/0/unit": "value.not_text",
        "/lines/0/price": "field.unknown",
        "/lines/1": "value.not_an_object",
    }


@pytest.mark.parametrize(("lines", "code"), [({}, "value.not_a_list"), ("x", "value.not_a_list"), (1.5, "value.float")])
def test_lines_must_be_a_list(lines, code):
    assert [fault.code for fault in read_pos_batch({**BATCH, "lines": lines}).faults] == [code]


def test_a_count_beyond_all_bounds_is_refused():
    faults = read_pos_batch({**BATCH, "line_count": 10**5000}).faults
    assert [fault.code for fault in faults] == ["value.out_of_range"]


@settings(deadline=None)  # the machine is shared
@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*BATCH, *LINES[0], "x"]), inner, max_size=6),
    ),
    max_leaves=12,
))  # fmt: skip
def test_no_json_at_all_makes_reading_a_batch_fail(raw):
    batch = read_pos_batch(raw)
    assert batch.faults or batch.batch_id
