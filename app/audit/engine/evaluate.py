"""Judging facts by a rulebook: durable-rules and its twin must agree on every hit, else nothing is concluded."""

import numpy as np

from app.audit.engine import durable, twin
from app.audit.engine.canary import canary_problem
from app.audit.engine.columns import Columns, Mask, check_table, read_columns
from app.audit.engine.durable import DurableEngine, EngineFailure
from app.audit.engine.explain import RowWriter, disputed, finding_of_rows, not_asked, without_table
from app.audit.engine.faults import EngineBroken, FactsRefused
from app.audit.engine.message import printed_parameter
from app.audit.engine.plan import Plans, RulePlan, ScopePlan
from app.audit.engine.rulebook import Rulebook
from app.audit.engine.twin import TwinRows
from app.audit.fact import FactSet, FactTable
from app.audit.finding import Finding, Judgement, Outcome, RowFinding, judgement_of
from app.core.text import Bilingual

ENGINE = f"{durable.NAME} + {twin.NAME}"
"""What a judgement names as its engine."""

_SHOWN_IN_ALARM = 5


class Evaluator:
    """Judges. One per process; thread-safe; holds nothing of what it judged."""

    def __init__(self) -> None:
        """Compile nothing yet: a worker is forked before it judges."""
        self._plans = Plans()
        self._engine = DurableEngine()

    def judge(self, rulebook: Rulebook, facts: FactSet) -> Judgement:
        """Return the answer of every rule of ``rulebook`` about ``facts``.

        A failure or disagreement of the engines makes the rules concerned NOT_EVALUABLE and adds an alarm.

        Raises:
            FactsRefused: a table does not have the shape the catalogue promises.
        """
        catalogue = rulebook.catalogue
        unknown = [scope for scope in facts.tables if scope not in catalogue.scopes]
        if unknown:
            names = ", ".join(unknown)
            raise FactsRefused(Bilingual(f"事实目录中没有:{names}。", f"The catalogue has no scope {names}."))
        for name, table in facts.tables.items():
            check_table(catalogue.scopes[name], table)
        findings = [
            not_asked(bound.rule, {name: printed_parameter(value) for name, value in bound.parameters.items()})
            for bound in rulebook.rules
            if not bound.asked
        ]
        alarms: list[str] = []
        for plan in self._plans.of(rulebook).scopes:
            table_or_none = facts.tables.get(plan.scope.name)
            if table_or_none is None:
                findings += [without_table(rule, plan.scope) for rule in plan.rules]
            else:
                findings += self._judge_table(plan, table_or_none, alarms)
        return judgement_of(findings, ENGINE, tuple(alarms))

    def canary(self) -> None:
        """Do nothing when the engine answers known questions as it must.

        Raises:
            EngineBroken: it does not; nothing may be judged.
        """
        problem = canary_problem(self._engine)
        if problem is not None:
            raise EngineBroken(
                Bilingual(f"规则引擎自检失败:{problem}", f"The rule engine fails its own check: {problem}")
            )

    def close(self) -> None:
        """Unload what the engine holds."""
        self._engine.close()

    def _judge_table(self, plan: ScopePlan, table: FactTable, alarms: list[str]) -> list[Finding]:
        columns = read_columns(plan.scope, table, plan.facts)
        for column in columns.by_name.values():
            if column.unusable:
                place = f"{plan.scope.name}.{column.spec.name}"
                alarms.append(f"fact.unusable {place} rows {list(column.unusable[:_SHOWN_IN_ALARM])}")
        hits: list[Mask] | None = None
        try:
            hits = self._engine.ask(plan.definition, columns)
        except EngineFailure as failure:
            alarms.append(f"engine.failure {plan.scope.name}: {failure}")
        rows = TwinRows(columns)
        findings = []
        for rule in plan.rules:
            writer = RowWriter(rule, plan.scope, table)
            found = None if hits is None else hits[rule.first_slot : rule.first_slot + len(rule.branches)]
            findings.append(_judge_rule(rule, found, rows, columns, writer, alarms))
        return findings


def _judge_rule(
    plan: RulePlan,
    hits: list[Mask] | None,
    rows: TwinRows,
    columns: Columns,
    writer: RowWriter,
    alarms: list[str],
) -> Finding:
    if hits is None:
        return disputed(plan, writer, rows.rows)
    applies_missing = columns.missing(plan.applies_needs)
    branches_missing = columns.missing(plan.branches_need)
    unreadable = _either(applies_missing, branches_missing)
    applies = None if plan.applies is None else plan.applies(rows)
    expected = [judge(rows) if applies is None else applies & judge(rows) for judge in plan.branches]
    if unreadable is not None:
        readable = ~unreadable
        expected = [mask & readable for mask in expected]
        hits = [mask & readable for mask in hits]
    for place, (found, wanted) in enumerate(zip(hits, expected, strict=True)):
        if (found != wanted).any():
            only_engine = np.flatnonzero(found & ~wanted)[:_SHOWN_IN_ALARM].tolist()
            only_twin = np.flatnonzero(wanted & ~found)[:_SHOWN_IN_ALARM].tolist()
            rule = plan.bound.rule
            alarms.append(
                f"engine.disagreement {rule.id} v{rule.version} branch {place + 1}: "
                f"rows only durable-rules hits {only_engine}, only the twin {only_twin}"
            )
            return disputed(plan, writer, rows.rows)
    stuck = _stuck(applies_missing, branches_missing, applies)
    speaking = _speaking_rows(plan, hits, stuck, columns, writer)
    return finding_of_rows(plan, speaking, _quiet(applies, rows.rows), rows.rows, writer)


def _either(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other


def _stuck(applies_missing: Mask | None, branches_missing: Mask | None, applies: Mask | None) -> Mask | None:
    """Return the rows that cannot be judged: missing for `applies`, or for a branch where the rule applies."""
    if branches_missing is not None and applies is not None:
        branches_missing = branches_missing & applies
    return _either(applies_missing, branches_missing)


def _quiet(applies: Mask | None, rows: int) -> Outcome:
    """Return what the rows that do not speak amount to."""
    if applies is None or rows == 0 or applies.any():
        return Outcome.PASS
    return Outcome.NOT_APPLICABLE


def _speaking_rows(
    plan: RulePlan, hits: list[Mask], stuck: Mask | None, columns: Columns, writer: RowWriter
) -> list[RowFinding]:
    fired: dict[int, int] = {}
    for branch in reversed(range(len(hits))):
        # The first branch that is true wins, so it is written last.
        for row in np.flatnonzero(hits[branch]).tolist():
            fired[row] = branch
    speaking = {row: writer.fired(row, branch) for row, branch in fired.items()}
    if stuck is not None:
        for row in np.flatnonzero(stuck).tolist():
            speaking[row] = writer.not_evaluable(row, _missing_at(plan, columns, row))
    return [speaking[row] for row in sorted(speaking)]


def _missing_at(plan: RulePlan, columns: Columns, row: int) -> tuple[str, ...]:
    """Return the facts that keep ``row`` from being judged: those of `applies` first, else those of the branches."""

    def missing(facts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(fact for fact in facts if columns.by_name[fact].cells[row] is None)

    return missing(plan.applies_needs) or missing(plan.branches_need)
