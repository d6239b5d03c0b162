"""Every case in rules/ through durable-rules, the twin, the trace and, as a judge from elsewhere, Google's CEL."""

from pathlib import Path

import pytest
from cel_expr_python import cel

from app.audit.engine.cases import case_facts, run_cases
from app.audit.engine.cel_text import cel_text
from app.audit.engine.condition import Condition, needed_facts
from app.audit.engine.evaluate import Evaluator
from app.audit.engine.lint import lint
from app.audit.engine.loader import read_rules
from app.audit.engine.rule import BoundRule, Case

LIBRARY = read_rules(Path(__file__).parents[2] / "rules")
CASES = [(rule, case) for rule in LIBRARY.rules for case in rule.cases]
ENVIRONMENT = cel.NewEnv(variables={"row": cel.Type.DYN})


def by_cel(condition: Condition, row: dict) -> bool:
    return ENVIRONMENT.compile(cel_text(condition)).eval(ENVIRONMENT.Activation({"row": row})).value()


def outcome_by_cel(bound: BoundRule, case: Case) -> str:
    """Judge ``case`` by the five steps of docs/rule-files.md, every condition decided by CEL."""
    row = dict(case.given)
    if bound.applies is not None:
        if any(fact not in row for fact in needed_facts(bound.applies)):
            return "not_evaluable"
        if not by_cel(bound.applies, row):
            return "not_applicable"
    if any(fact not in row for branch in bound.branches for fact in needed_facts(branch)):
        return "not_evaluable"
    fired = (
        stated.severity
        for stated, branch in zip(bound.rule.branches, bound.branches, strict=True)
        if by_cel(branch, row)
    )
    return next(fired, "pass")


@pytest.mark.parametrize(
    ("rule", "case"), CASES, ids=[f"{rule.id} v{rule.version}: {case.name}" for rule, case in CASES]
)
def test_a_case_comes_out_as_it_says_by_every_judge(rule, case):
    rulebook = LIBRARY.rulebook_of(rule, case.event or rule.events[0], case.at or rule.effective_from)
    judgement = Evaluator().judge(rulebook, case_facts(case, rulebook))
    assert judgement.alarms == ()
    assert judgement.findings[0].outcome == case.outcome
    assert outcome_by_cel(rulebook.rules[0], case) == case.outcome


def test_the_cases_leave_no_gap():
    report = run_cases(LIBRARY)
    assert [f"{gap.pointer} {gap.message.en}" for gap in report.gaps] == []
    assert [f"{failure.case.place} {failure.problem}" for failure in report.failures] == []


def test_the_rules_give_no_hint():
    assert [f"{fault.pointer} {fault.message.en}" for fault in lint(LIBRARY)] == []


def test_no_message_of_a_finding_leaves_a_place_unfilled():
    evaluator = Evaluator()
    silent = []
    for rule, case in CASES:
        rulebook = LIBRARY.rulebook_of(rule, case.event or rule.events[0], case.at or rule.effective_from)
        finding = evaluator.judge(rulebook, case_facts(case, rulebook)).findings[0]
        if finding.outcome.value in ("note", "flag", "block") and "{" in finding.message.zh + finding.message.en:
            silent.append(case.place)
    assert silent == []
