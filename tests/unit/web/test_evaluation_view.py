from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from app.audit.engine.loader import read_rules
from app.office.clause import Clause
from app.web.evaluation_view import evaluation_view, finding_view
from app.web.vocabulary import Limit, Vocabulary

RULES = Path(__file__).parents[3] / "rules"
CLAUSES = {"YQ-1.6.5a": Clause("YQ-1.6.5a", "YQ", "", "A", "不得出现错录", "No wrong entry", "ENT-06")}


@pytest.fixture(scope="module")
def words():
    return Vocabulary(read_rules(RULES))


def finding(outcome="flag", lines=(), **changes) -> Mapping[str, object]:
    return {
        "rule": "ENT-06",
        "rule_version": 1,
        "outcome": outcome,
        "clauses": ["YQ-1.6.5a", "YQ-not-in-the-catalogue"],
        "measured": {"excused": False, "final_cartons": 170, "mean_3m_cartons": "16.7", "ratio_to_mean": "10.2"},
        "parameters": {"inverse_ratio": "0.125", "min_mean_cartons": "5", "ratio": "8", "ten_tol": "0.2"},
        "lines": list(lines),
        "lines_total": len(lines),
        **changes,
    }


def line(number, **changes):
    return {
        "licence_no": "420301100000",
        "line": number,
        "measured": {"ratio_to_mean": "10.2", "final_cartons": 170},
        "message": {"zh": "说", "en": "says"},
        "outcome": "flag",
        "sku": "42010101",
        **changes,
    }


def test_the_number_that_went_past_its_filed_limit_stands_first(words):
    view = finding_view(finding(), words, CLAUSES, 0, 20)

    assert view.numbers[0].fact.name == "ratio_to_mean"
    assert view.numbers[0].decided == (Limit(">=", "8", "ratio"),)
    assert all(not number.decided for number in view.numbers[1:])


def test_a_plain_number_decides_only_where_no_parameter_was_passed(words):
    late = finding(rule="WIN-02", measured={"days_late": 1, "days_early": 0}, parameters={"late_grace_days": "2"})

    first = finding_view(late, words, CLAUSES, 0, 20).numbers[0]

    assert first.fact.name == "days_late"
    assert [(limit.operator, str(limit.value)) for limit in first.decided] == [(">", "0")]


def test_parameters_that_no_shown_number_is_held_against_are_still_named(words):
    view = finding_view(finding(), words, CLAUSES, 0, 20)

    assert dict(view.other_parameters) == {"min_mean_cartons": "5", "ten_tol": "0.2"}


def test_places_and_numbers_stand_in_the_order_of_the_catalogue(words):
    table = finding_view(finding(lines=[line(1)]), words, CLAUSES, 0, 20).lines

    assert [place.name for place in table.places] == ["line", "licence_no", "sku"]
    assert [fact.name for fact in table.facts] == ["final_cartons", "ratio_to_mean"]
    assert not table.with_sentences


def test_rows_of_different_outcomes_say_their_own_sentence(words):
    table = finding_view(finding(lines=[line(1), line(2, outcome="not_evaluable")]), words, CLAUSES, 0, 20).lines

    assert table.with_sentences


def test_what_is_missing_is_named_once(words):
    gaps = [line(n, outcome="not_evaluable", missing=["mean_3m_cartons"]) for n in range(3)]

    view = finding_view(finding("not_evaluable", gaps), words, CLAUSES, 0, 20)

    assert [fact.label.zh for fact in view.missing] == ["近三月均销量"]


def test_a_clause_the_catalogue_does_not_know_breaks_nothing(words):
    assert [clause.clause_id for clause in finding_view(finding(), words, CLAUSES, 0, 20).clauses] == ["YQ-1.6.5a"]


def test_many_loud_findings_share_the_lines_of_one_page(words):
    loud = [finding(lines=[line(n) for n in range(400)]) for _ in range(24)]

    view = evaluation_view({"findings": loud}, words, CLAUSES)

    assert sum(len(each.lines.rows) for each in view.speaking) <= 150
    assert {each.lines.total for each in view.speaking} == {400}


def test_silent_findings_are_folded_away_but_kept(words):
    view = evaluation_view({"findings": [finding(), finding("pass"), finding("not_applicable")]}, words, CLAUSES)

    assert (len(view.speaking), len(view.silent)) == (1, 2)


def test_a_fact_nobody_knows_any_more_is_called_by_its_own_name(words):
    assert words.fact("retired_fact").label.zh == "retired_fact"


@pytest.mark.parametrize(
    ("limit", "value", "met"),
    [
        (Limit(">=", "8", "ratio"), "8", True),
        (Limit(">", Decimal(8), None), "8", False),
        (Limit("<=", "0.125", None), "0.125", True),
        (Limit("<", "1", None), 0, True),
        (Limit("==", "8", None), "8", False),
        (Limit(">", "8", None), "about nine", False),
        (Limit(">", "8", None), None, False),
    ],
)
def test_a_limit_is_met_by_numbers_only(limit, value, met):
    assert limit.is_met_by(value) is met


def test_where_data_is_missing_no_number_decides(words):
    view = finding_view(finding("not_evaluable"), words, CLAUSES, 0, 20)

    assert all(not number.decided for number in view.numbers)
