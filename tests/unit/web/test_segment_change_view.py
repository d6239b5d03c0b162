from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.actions.change_view import MayDo, Task
from app.audit.engine.loader import read_rules
from app.core.text import Bilingual
from app.office.benefit import BenefitLine, Entitlement
from app.office.position import Position
from app.office.segment_change import ChangeState, Closing
from app.review.change_steps import Act
from app.web.segment_change_view import (
    benefit_table,
    case_view,
    entitlement_code,
    position_text,
    segment_name,
    signed_number,
    steps_since,
)
from app.web.tasks import task_groups
from app.web.vocabulary import Vocabulary
from tests.web.example_change import AT, FINDING, example_change, example_tasks, example_view

RULES = Path(__file__).parents[3] / "rules"


@pytest.fixture(scope="module")
def words():
    return Vocabulary(read_rules(RULES))


def test_the_road_shows_what_is_done_what_is_now_and_what_is_later(words):
    stages = case_view(example_view(), words, {}).stages

    assert [(stage.code, stage.standing) for stage in stages] == [
        ("apply", "done"),
        ("check", "done"),
        ("sign", "now"),
        ("file", "later"),
        ("take_effect", "later"),
        ("review", "later"),
    ]
    assert (stages[2].done, stages[2].parts) == (2, 5)


def test_the_road_of_a_draft_begins_with_the_application(words):
    draft = example_change(state=ChangeState.DRAFT, site_checks=(), form=None)

    stages = case_view(example_view(draft), words, {}).stages

    assert [stage.standing for stage in stages] == ["now", "later", "later", "later", "later", "later"]


def test_the_road_of_a_rejected_request_stops_where_it_was(words):
    ended = example_change(state=ChangeState.REJECTED, closing=Closing("M0031", AT, "too_frequent", "太频繁"))

    stages = case_view(example_view(ended, next_act=None), words, {}).stages

    assert [stage.standing for stage in stages][:4] == ["done", "done", "stopped", "later"]


def test_every_layer_says_whether_it_is_signed_next_or_later(words):
    layers = case_view(example_view(), words, {}).layers

    assert [line.standing for line in layers] == ["signed", "signed", "next", "later", "later"]
    assert [line.check is not None for line in layers] == [True, True, False, False, False]


def test_scarce_products_and_whatever_changes_are_shown_and_the_rest_is_folded():
    table = benefit_table(example_view().benefit)

    assert [line.sku for line in table.shown] == ["42010201", "42010202", "42010203", "42010301"]
    assert len(table.folded) == 9
    assert benefit_table(None) is None


@pytest.mark.parametrize(
    ("filed", "given", "code"),
    [
        (False, None, "no_standard"),
        (True, None, "unknown"),
        (True, Entitlement(eligible=False, cartons=0), "not_eligible"),
        (True, Entitlement(eligible=True, cartons=None), "unlimited"),
        (True, Entitlement(eligible=True, cartons=0), "cartons"),
    ],
)
def test_what_is_not_known_is_never_shown_as_nothing(filed, given, code):
    line = BenefitLine("1", None, True, None, filed, given, given)

    assert entitlement_code(line, given) == code


@pytest.mark.parametrize(
    ("value", "text"),
    [(7, "+7"), (-7, "\u22127"), (0, "0"), (Decimal(1260), "+1,260.00"), (Decimal("-0.5"), "\u22120.50"), (None, "")],
)
def test_a_difference_says_its_sign(value, text):
    assert signed_number(value) == text


def test_where_the_two_checks_differ_the_row_says_so(words):
    rows = {row.code: row.differ for row in case_view(example_view(), words, {}).checks}

    assert rows["area_m2"]
    assert not rows["hours_per_day"]
    # Two people are in a shop at two times; that is no contradiction.
    assert not rows["checked_at"]


def test_before_any_check_there_is_no_table_of_checks(words):
    assert case_view(example_view(example_change(site_checks=())), words, {}).checks == ()


def test_what_leads_on_is_the_main_act_and_what_is_forbidden_says_why(words):
    why = Bilingual("已在第3层签署", "has signed layer 3")
    view = example_view(may=(MayDo(Act.REJECT, None), MayDo(Act.APPROVE, 4), MayDo(Act.FILE, None, why)))

    case = case_view(view, words, {})

    assert case.main_act.act is Act.APPROVE
    assert [act.act for act in case.other_acts] == [Act.REJECT]
    assert [(act.act, act.why_not) for act in case.refused_acts] == [(Act.FILE, why)]


def test_an_act_of_the_service_is_offered_to_nobody(words):
    case = case_view(example_view(may=(MayDo(Act.TAKE_EFFECT, None),)), words, {})

    assert case.main_act is None
    assert case.other_acts == ()


def test_whoever_was_slower_is_told_what_happened_meanwhile():
    view = example_view()

    assert [step.version for step in steps_since(view, 4)] == [5, 6]
    assert steps_since(view, view.version) == ()


def test_a_finding_keeps_the_evaluation_it_stands_in(words):
    [(finding, evaluation)] = case_view(example_view(), words, {}).findings

    assert (finding.body["rule"], evaluation) == ("SEG-11", "E-202611-000007")


def test_the_lines_of_the_analysis_stand_in_their_own_table_and_not_among_the_numbers(words):
    body = {**FINDING, "measured": {**FINDING["measured"], "benefit_lines": [{"sku": "1"}]}}

    [(finding, _)] = case_view(example_view(findings=(body,)), words, {}).findings

    assert "benefit_lines" not in {number.fact.name for number in finding.numbers}
    assert "delta_tight_cartons" in {number.fact.name for number in finding.numbers}


def test_a_place_is_written_in_degrees():
    assert position_text(Position(30_512_345, -114_000_009)) == "30.512345, -114.000009"


def test_a_format_the_list_does_not_know_is_called_by_its_code():
    assert [segment_name({"B": "便利店"}, code) for code in ("B", "X", None)] == ["便利店", "X", "—"]


def test_tasks_stand_by_urgency_and_empty_groups_are_left_out():
    groups = task_groups(example_tasks(), date(2026, 11, 16))

    assert [(group.code, len(group.tasks)) for group in groups] == [
        ("overdue", 1),
        ("today", 1),
        ("later", 1),
        ("unlimited", 1),
    ]
    assert task_groups((), date(2026, 11, 16)) == ()


def test_what_was_due_on_a_day_without_work_is_due_today_and_not_late():
    sunday: Task = replace(example_tasks()[1], due_on=date(2026, 11, 15), overdue_days=0)

    assert [group.code for group in task_groups([sunday], date(2026, 11, 16))] == ["today"]


def test_the_day_of_effect_is_shown_before_it_has_come(words):
    planned = example_change(effective_on=date(2026, 12, 1))

    stage = case_view(example_view(planned), words, {}).stages[4]

    assert (stage.standing, stage.at) == ("later", date(2026, 12, 1))
