"""Running the cases that lie beside the rules, and saying which cases are lacking."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.audit.engine.catalogue import NUMERIC, FactSpec
from app.audit.engine.condition import Compare, Condition, leaves, needed_facts
from app.audit.engine.evaluate import Evaluator
from app.audit.engine.message import measured_value
from app.audit.engine.rule import Case, Rule
from app.audit.engine.rulebook import Rulebook, RuleLibrary
from app.audit.engine.trace import RuleTrace, trace
from app.audit.fact import FactSet, FactTable, fact_set
from app.audit.finding import Finding
from app.core.errors import Fault
from app.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case."""

    rule: str
    version: int
    case: Case
    branch: int | None
    """The branch that decided, from 1."""
    problem: Bilingual | None
    """Why it failed; None when it holds."""


@dataclass(frozen=True, slots=True)
class CasesReport:
    """All cases of all rules."""

    results: tuple[CaseResult, ...]
    gaps: tuple[Fault, ...]
    """Cases a rule must have and has not."""

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """The cases that do not hold."""
        return tuple(result for result in self.results if result.problem is not None)

    @property
    def ok(self) -> bool:
        """Whether every case holds and none is lacking."""
        return not self.failures and not self.gaps

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "ok": self.ok,
            "cases": len(self.results),
            "failures": [
                {
                    "pointer": result.case.place,
                    "rule": result.rule,
                    "name": result.case.name,
                    "problem": problem.as_json(),
                }
                for result in self.results
                if (problem := result.problem) is not None
            ],
            "gaps": [gap.as_json() for gap in self.gaps],
        }


def run_cases(library: RuleLibrary, evaluator: Evaluator | None = None) -> CasesReport:
    """Return what became of every case, judged through both engines and by the trace."""
    evaluator = evaluator or Evaluator()
    results: list[CaseResult] = []
    gaps: list[Fault] = []
    for rule in library.rules:
        rulebooks = _Rulebooks(library, rule)
        of_rule = [_run(case, rulebooks, evaluator) for case in rule.cases]
        results += of_rule
        gaps += _gaps(rule, of_rule, rulebooks)
    return CasesReport(tuple(results), tuple(gaps))


def case_facts(case: Case, rulebook: Rulebook) -> FactSet:
    """Return the facts of ``case`` as one row of the scope of the only rule of ``rulebook``; the rest is missing."""
    scope = rulebook.catalogue.scopes[rulebook.rules[0].rule.scope]
    return fact_set(FactTable(scope.name, {fact: [case.given.get(fact)] for fact in scope.facts}))


class _Rulebooks:
    """One rule alone, on the days of its cases."""

    def __init__(self, library: RuleLibrary, rule: Rule) -> None:
        self._library = library
        self._rule = rule
        self._made: dict[tuple[str, date], Rulebook] = {}

    def of(self, case: Case) -> Rulebook:
        key = (case.event or self._rule.events[0], case.at or self._rule.effective_from)
        if key not in self._made:
            self._made[key] = self._library.rulebook_of(self._rule, *key)
        return self._made[key]

    @property
    def facts(self) -> Mapping[str, FactSpec]:
        return self._library.catalogue.scopes[self._rule.scope].facts


def _run(case: Case, rulebooks: _Rulebooks, evaluator: Evaluator) -> CaseResult:
    rulebook = rulebooks.of(case)
    rule = rulebook.rules[0].rule
    judgement = evaluator.judge(rulebook, case_facts(case, rulebook))
    finding = judgement.findings[0]
    traced = trace(rulebook, rule.id, case.given)
    problem = _problem(case, finding, traced, judgement.alarms)
    return CaseResult(rule.id, rule.version, case, traced.branch, problem)


def _problem(case: Case, finding: Finding, traced: RuleTrace, alarms: Sequence[str]) -> Bilingual | None:
    if alarms:
        return Bilingual(f"引擎告警:{alarms[0]}", f"the engine raised an alarm: {alarms[0]}")
    if finding.outcome is not case.outcome:
        return Bilingual(
            f"应为 {case.outcome},实为 {finding.outcome}:{finding.message.zh}",
            f"expected {case.outcome}, got {finding.outcome}: {finding.message.en}",
        )
    if traced.outcome is not finding.outcome:
        return Bilingual(
            f"解释得出 {traced.outcome},引擎得出 {finding.outcome}。",
            f"the trace says {traced.outcome}, the engine {finding.outcome}.",
        )
    if case.branch is not None and traced.branch != case.branch:
        return Bilingual(
            f"应由第{case.branch}个分支决定,实为{traced.branch or '无'}。",
            f"branch {case.branch} should decide, it was {traced.branch or 'none'}.",
        )
    return None


def _gaps(rule: Rule, results: list[CaseResult], rulebooks: _Rulebooks) -> Iterator[Fault]:
    place = f"{rule.path.removesuffix('.yml')}.cases.yml:1"

    def gap(code: str, zh: str, en: str) -> Fault:
        return Fault(place, f"rule_cases.{code}", Bilingual(f"{rule.id}:{zh}", f"{rule.id}: {en}"))

    outcomes = {result.case.outcome.value for result in results}
    for number in range(1, len(rule.branches) + 1):
        if all(result.branch != number for result in results):
            yield gap("no_violation", f"没有案例触发第{number}个分支。", f"no case makes branch {number} decide.")
    if "pass" not in outcomes:
        yield gap("no_pass", "没有通过的案例。", "no case passes.")
    conditions: tuple[Condition, ...] = tuple(branch.when for branch in rule.branches)
    if rule.applies is not None:
        conditions = (rule.applies, *conditions)
    if "not_evaluable" not in outcomes and frozenset().union(*map(needed_facts, conditions)):
        yield gap("no_missing", "没有缺少所需事实的案例。", "no case lacks a needed fact.")
    for fact, limit in _bounds_not_met(results, rulebooks):
        yield gap(
            "no_bound", f"没有案例恰好取 {fact} 的界限 {limit}。", f"no case has {fact} exactly at its bound {limit}."
        )


def _bounds_not_met(results: list[CaseResult], rulebooks: _Rulebooks) -> Iterator[tuple[str, str]]:
    """Yield every numeric bound on which no case sits exactly, on the day of that case."""
    met: set[int] = set()
    bounds: list[Compare] = []
    for result in results:
        bounds = _bounds(rulebooks.of(result.case))
        met |= {
            place for place, bound in enumerate(bounds) if result.case.given.get(bound.fact, object()) == bound.limit
        }
    for place, bound in enumerate(bounds):
        if place not in met:
            spec = rulebooks.facts[bound.fact]
            assert isinstance(bound.limit, int)
            yield bound.fact, f"{bound.op} {measured_value(spec, bound.limit)}"


def _bounds(rulebook: Rulebook) -> list[Compare]:
    """Return the comparisons with a number, in the order of the file: the same places on every day."""
    bound = rulebook.rules[0]
    facts = rulebook.catalogue.scopes[bound.rule.scope].facts
    conditions = bound.branches if bound.applies is None else (bound.applies, *bound.branches)
    return [
        leaf
        for condition in conditions
        for leaf in leaves(condition)
        if isinstance(leaf, Compare) and facts[leaf.fact].type in NUMERIC
    ]
