import pytest

from app.audit.engine.cases import run_cases
from app.audit.engine.lint import lint

CASES = """\
- {name: by hand and at the bound, given: {cartons: 1, ratio: 8, by_hand: true}, expect: {outcome: block, branch: 1}}
- {name: at the bound, given: {cartons: 1, ratio: 8, by_hand: false}, expect: {outcome: flag, branch: 2}}
- {name: below, given: {cartons: 1, ratio: "7.999999", by_hand: true}, expect: {outcome: pass}}
- {name: none, given: {cartons: 0}, expect: {outcome: not_applicable}}
- {name: later, at: 2026-07-01, given: {cartons: 1, ratio: "7.5", by_hand: false}, expect: {outcome: flag}}
- {name: unknown ratio, given: {cartons: 1, by_hand: true}, missing: [ratio], expect: {outcome: not_evaluable}}
"""


@pytest.fixture
def with_cases(files):
    return {**files, "AA/AA-01.cases.yml": CASES}


def test_good_cases_hold_and_leave_no_gap(with_cases, read):
    report = run_cases(read(with_cases))
    assert (report.ok, len(report.results)) == (True, 6)
    assert report.as_json() == {"ok": True, "cases": 6, "failures": [], "gaps": []}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("outcome: block, branch: 1", "outcome: flag", "expected flag, got block"),
        ("outcome: flag, branch: 2", "outcome: flag, branch: 1", "branch 1 should decide, it was 2"),
        ("{outcome: pass}", "{outcome: not_applicable}", "expected not_applicable, got pass"),
    ],
)
def test_a_case_that_does_not_hold_is_told_with_what_came_out(old, new, told, with_cases, read):
    with_cases["AA/AA-01.cases.yml"] = CASES.replace(old, new, 1)
    (failure,) = run_cases(read(with_cases)).failures
    assert told in failure.problem.en


GAPS = [
    ("by hand", "rule_cases.no_violation"),
    ("below", "rule_cases.no_pass"),
    ("unknown", "rule_cases.no_missing"),
    ("none", "rule_cases.no_bound"),
]


@pytest.mark.parametrize(("without", "code"), GAPS)
def test_a_case_that_is_lacking_is_asked_for(without, code, with_cases, read):
    kept = [line for line in CASES.splitlines() if without not in line]
    with_cases["AA/AA-01.cases.yml"] = "\n".join(kept)
    report = run_cases(read(with_cases))
    assert not report.failures
    assert [gap.code for gap in report.gaps] == [code]


def test_cases_are_judged_by_the_engine_and_not_only_explained(with_cases, read, monkeypatch):
    from app.audit.engine import durable

    monkeypatch.setattr(durable, "_run", lambda handle, texts: [])
    assert not run_cases(read(with_cases)).ok


def test_a_good_rule_gives_no_hint(with_cases, read):
    events = {"_events.yml": with_cases["_events.yml"].replace("[AA, BB]", "[AA]")}
    assert lint(read({**with_cases, **events}), {"YQ-1.1"}) == ()


LINT = [
    ("YQ-1.1", "YQ-9.9", "unknown_clause", 5),
    ("  most:", "  spare:\n    - {from: 2026-01-01, value: 1}\n  most:", "unused_param", 10),
    ("when: ratio >= $most", "when: ratio >= $most && by_hand", "dead_branch", 21),
    ("cartons > 0", "has(line) && cartons > 0", "pointless_has", 1),
    ("en: Ratio too large", "en: 倍数过大", "not_translated", 4),
    ('en: "{sku}: {ratio} times."', 'en: "{ratio} times."', "message_differs", 21),
    ('zh: "{sku}为{ratio}倍。"', 'zh: "{sku}: {ratio}"', "not_translated", 21),
]


@pytest.mark.parametrize(("old", "new", "code", "line"), LINT, ids=[row[2] for row in LINT])
def test_what_is_probably_a_mistake_is_told_with_its_line(old, new, code, line, with_cases, read):
    with_cases["AA/AA-01.yml"] = with_cases["AA/AA-01.yml"].replace(old, new, 1)
    told = {(fault.code, fault.pointer) for fault in lint(read(with_cases), {"YQ-1.1"})}
    assert (f"rule_lint.{code}", f"AA/AA-01.yml:{line}") in told


def test_a_rule_without_cases_and_an_event_without_rules_are_told(files, read):
    assert {fault.code for fault in lint(read(files))} == {"rule_lint.no_cases", "rule_lint.empty_pack"}


def test_a_rule_that_no_event_asks_is_told(with_cases, read):
    with_cases["_events.yml"] = with_cases["_events.yml"].replace("[AA, BB]", "[BB]")
    assert "rule_lint.never_asked" in {fault.code for fault in lint(read(with_cases))}


def test_has_of_a_fact_that_may_be_missing_gives_no_hint(with_cases, read):
    with_cases["AA/AA-01.yml"] = with_cases["AA/AA-01.yml"].replace("cartons > 0", "has(sku) && cartons > 0")
    assert "rule_lint.pointless_has" not in {fault.code for fault in lint(read(with_cases))}


def test_a_trace_that_differs_from_the_engine_fails_the_case(with_cases, read, monkeypatch):
    from app.audit.engine import cases
    from app.audit.engine.trace import RuleTrace
    from app.audit.finding import Outcome

    monkeypatch.setattr(cases, "trace", lambda *_: RuleTrace(Outcome.NOTE, None, (), None, ()))
    failures = run_cases(read(with_cases)).failures
    assert len(failures) == 6
    assert "the trace says note" in failures[0].problem.en
