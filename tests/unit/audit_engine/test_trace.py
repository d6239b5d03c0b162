from datetime import date

import pytest

from app.audit.engine.trace import trace
from app.audit.fact import MICRO
from app.audit.finding import Outcome


@pytest.fixture
def book(files, read):
    return read(files).rulebook("on_submit", date(2026, 8, 1))


def test_a_trace_shows_each_comparison_with_value_limit_and_parameter(book):
    shown = trace(book, "AA-01", {"cartons": 20, "ratio": 7_600_000, "by_hand": False}).as_json()
    assert (shown["outcome"], shown["branch"], shown["missing"]) == ("flag", 2, [])
    assert shown["applies"] == {"fact": "cartons", "op": ">", "value": 20, "limit": 0, "parameter": None, "ok": True}
    assert shown["branches"][0]["join"] == "all"
    assert shown["branches"][0]["ok"] is False
    assert shown["branches"][1] == {
        "fact": "ratio",
        "op": ">=",
        "value": "7.6",
        "limit": "7.5",
        "parameter": "most",
        "ok": True,
    }


@pytest.mark.parametrize(
    ("row", "outcome", "missing"),
    [
        ({}, "not_evaluable", ("cartons",)),
        ({"cartons": 0}, "not_applicable", ()),
        ({"cartons": 1}, "not_evaluable", ("ratio", "by_hand")),
        ({"cartons": 1, "ratio": MICRO, "by_hand": True}, "pass", ()),
        ({"cartons": 1, "ratio": 8 * MICRO, "by_hand": True}, "block", ()),
    ],
)
def test_a_trace_comes_to_the_outcome_of_the_rule(row, outcome, missing, book):
    traced = trace(book, "AA-01", row)
    assert (traced.outcome.value, traced.missing) == (outcome, missing)


def test_a_list_and_a_question_for_presence_are_shown(rulebook):
    book = rulebook('unit in ["条", "件"] && !has(sku) && !(cartons in [1, 2])')
    parts = trace(book, "AA-01", {"unit": "条", "cartons": 3}).as_json()["branches"][0]["parts"]
    assert [(part["op"], part["limit"], part["ok"]) for part in parts] == [
        ("in", ["条", "件"], True),
        ("has not", None, True),
        ("not in", [1, 2], True),
    ]


def test_a_rule_of_another_event_is_not_applicable(rulebook):
    assert trace(rulebook("cartons > 0", event="on_close"), "AA-01", {"cartons": 1}).outcome is Outcome.NOT_APPLICABLE


def test_a_rule_that_is_not_asked_has_no_trace(book):
    with pytest.raises(KeyError):
        trace(book, "AA-09", {})
