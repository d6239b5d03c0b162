"""Turning what the judges found into findings: outcome, message, numbers. Only rows that speak cost anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.audit.engine.catalogue import FactSpec, Scope
from app.audit.engine.message import Spoken, Template, measured_value, speaker
from app.audit.engine.plan import RulePlan
from app.audit.engine.rule import Rule
from app.audit.fact import Cell, FactTable
from app.audit.finding import SEVERITY_ORDER, Finding, Outcome, RowFinding
from app.core.text import Bilingual

_COMPLIES = Bilingual("符合。", "Complies.")
_NOT_ASKED = Bilingual("本规则不在此事件下评估。", "This rule is not asked at this event.")
_NOT_APPLICABLE = Bilingual("不适用。", "Does not apply.")
_NOTHING = Bilingual("没有需要评估的内容。", "There is nothing to judge.")
_DISAGREEMENT = Bilingual(
    "规则引擎与对照引擎的结果不一致或引擎出错,本规则不作结论,须人工核查。",
    "The rule engine failed or does not agree with its twin. No conclusion is drawn; a person must look.",
)
_RANK = {outcome: rank for rank, outcome in enumerate(SEVERITY_ORDER)}


@dataclass(frozen=True, slots=True)
class _BranchWriter:
    """What a finding of one branch takes from each row."""

    severity: Outcome
    template: Template
    spoken: tuple[tuple[str, Sequence[Cell], Callable[[Cell], Spoken]], ...]
    measured: tuple[tuple[str, FactSpec, Sequence[Cell]], ...]


class RowWriter:
    """Writes the findings of one rule about the rows of one table."""

    def __init__(self, plan: RulePlan, scope: Scope, table: FactTable) -> None:
        """Write about ``table``, whose facts ``scope`` describes."""
        self._plan = plan
        self._scope = scope
        self._table = table
        self._absent: Sequence[Cell] = ()
        self._branches: dict[int, _BranchWriter] = {}
        self._keys = tuple((name, self._cells(name)) for name in scope.keys) if scope.many else ()

    def fired(self, row: int, branch: int) -> RowFinding:
        """Return the finding of branch ``branch`` (from 0) about ``row``."""
        writer = self._branches.get(branch)
        if writer is None:
            writer = self._branches[branch] = self._branch_writer(branch)
        values = dict(self._plan.spoken)
        for name, cells, say in writer.spoken:
            values[name] = say(cells[row])
        measured = {name: measured_value(spec, cells[row]) for name, spec, cells in writer.measured}
        return RowFinding(writer.severity, writer.template.fill(values), measured, self._place(row))

    def not_evaluable(self, row: int, missing: tuple[str, ...]) -> RowFinding:
        """Return that ``row`` cannot be judged because the facts ``missing`` are."""
        titles = [self._scope.facts[name].title for name in missing]
        message = Bilingual(
            f"缺少{'、'.join(title.zh for title in titles)},无法评估。",
            f"Cannot be judged: {', '.join(title.en for title in titles)} missing.",
        )
        return RowFinding(Outcome.NOT_EVALUABLE, message, self._all_measured(row), self._place(row), missing)

    def disputed(self, row: int) -> RowFinding:
        """Return that the judges do not agree about the rule, so that nothing is said about ``row``."""
        return RowFinding(Outcome.NOT_EVALUABLE, _DISAGREEMENT, self._all_measured(row), self._place(row))

    def measured_quietly(self) -> dict[str, Any]:
        """Return the facts behind an outcome that does not speak: those of the only row, or none."""
        return {} if self._scope.many else self._all_measured(0)

    def _cells(self, name: str) -> Sequence[Cell]:
        column = self._table.columns.get(name)
        if column is None:
            self._absent = self._absent or [None] * self._table.rows
            return self._absent
        return column

    def _branch_writer(self, branch: int) -> _BranchWriter:
        stated = self._plan.bound.rule.branches[branch]
        facts = self._scope.facts
        return _BranchWriter(
            stated.severity,
            stated.message,
            tuple((name, self._cells(name), speaker(facts[name])) for name in stated.message.names if name in facts),
            tuple((name, facts[name], self._cells(name)) for name in self._plan.branch_facts[branch]),
        )

    def _all_measured(self, row: int) -> dict[str, Any]:
        facts = self._scope.facts
        return {name: measured_value(facts[name], self._cells(name)[row]) for name in self._plan.all_facts}

    def _place(self, row: int) -> dict[str, Any]:
        if not self._scope.many:
            return {}
        place = {name: cell for name, cells in self._keys if (cell := cells[row]) is not None}
        # A row that does not say what it is about is still a row: give its number.
        return place or {"row": row + 1}


def finding_of_rows(plan: RulePlan, rows: list[RowFinding], quiet: Outcome, judged: int, writer: RowWriter) -> Finding:
    """Return the finding of a rule that looked at ``judged`` rows.

    Args:
        plan: the rule.
        rows: the rows that speak, in order of the subject.
        quiet: the outcome of all other rows together: PASS or NOT_APPLICABLE.
        judged: how many rows the rule looked at.
        writer: writes about the same table.
    """
    if not rows:
        message = _NOTHING if judged == 0 else _COMPLIES if quiet is Outcome.PASS else _NOT_APPLICABLE
        return _finding(plan.bound.rule, quiet, message, plan.parameters, writer.measured_quietly(), (), judged)
    ordered = sorted(rows, key=lambda row: _RANK[row.outcome])
    first = ordered[0]
    message = first.message
    if len(ordered) > 1:
        message = Bilingual(f"{message.zh}(等{len(ordered)}行)", f"{message.en} (and {len(ordered) - 1} more)")
    return _finding(plan.bound.rule, first.outcome, message, plan.parameters, first.measured, tuple(ordered), judged)


def not_asked(rule: Rule, parameters: Mapping[str, Any]) -> Finding:
    """Return the finding of a rule that is not for the event."""
    return _finding(rule, Outcome.NOT_APPLICABLE, _NOT_ASKED, parameters, {}, (), 0)


def without_table(plan: RulePlan, scope: Scope) -> Finding:
    """Return the finding of a rule whose table of facts is absent."""
    message = Bilingual(
        f"没有“{scope.title.zh}”的数据,无法评估。", f"Cannot be judged: there are no facts about the {scope.title.en}."
    )
    return _finding(plan.bound.rule, Outcome.NOT_EVALUABLE, message, plan.parameters, {}, (), 0)


def disputed(plan: RulePlan, writer: RowWriter, judged: int) -> Finding:
    """Return the finding of a rule about which the judges do not agree: no conclusion about any row."""
    rows = tuple(writer.disputed(row) for row in range(judged))
    measured = rows[0].measured if rows else {}
    return _finding(plan.bound.rule, Outcome.NOT_EVALUABLE, _DISAGREEMENT, plan.parameters, measured, rows, judged)


def _finding(
    rule: Rule,
    outcome: Outcome,
    message: Bilingual,
    parameters: Mapping[str, Any],
    measured: Mapping[str, Any],
    rows: tuple[RowFinding, ...],
    judged: int,
) -> Finding:
    return Finding(
        rule=rule.id,
        rule_version=rule.version,
        title=rule.title,
        outcome=outcome,
        clauses=rule.clauses,
        message=message,
        measured=measured,
        parameters=parameters,
        rows=rows,
        rows_total=len(rows),
        rows_judged=judged,
        lead_only=rule.lead_only,
        shadow=rule.status == "shadow",
    )
