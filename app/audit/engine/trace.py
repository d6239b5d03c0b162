"""Why a rule says what it says about one row: every comparison with its value, its limit and whether it holds.

Written for people, and for the cases as a third evaluation: plain Python over the tree, one row at a time.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.audit.engine.catalogue import FactSpec, FactType, Scope
from app.audit.engine.condition import (
    All,
    Among,
    AnyOf,
    Compare,
    Condition,
    Constant,
    Has,
    Leaf,
    Parameter,
    needed_facts,
)
from app.audit.engine.message import measured_value
from app.audit.engine.rulebook import Rulebook
from app.audit.fact import Cell
from app.audit.finding import Outcome

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class LeafTrace:
    """One comparison."""

    fact: str
    op: str
    """``== != < <= > >=``, ``in``, ``not in``, ``has`` or ``has not``."""
    value: Any
    """The fact as it prints; None when missing."""
    limit: Any
    """The limit as it prints, a list for ``in``; None for ``has``."""
    parameter: str | None
    """The parameter the limit comes from."""
    ok: bool

    def as_json(self) -> dict[str, Any]:
        """Return the comparison for a page or a record."""
        return {
            "fact": self.fact,
            "op": self.op,
            "value": self.value,
            "limit": self.limit,
            "parameter": self.parameter,
            "ok": self.ok,
        }


@dataclass(frozen=True, slots=True)
class GroupTrace:
    """Several comparisons of which all, or any, must hold."""

    join: str
    """``all`` or ``any``."""
    ok: bool
    parts: "tuple[Trace, ...]"

    def as_json(self) -> dict[str, Any]:
        """Return the group for a page or a record."""
        return {"join": self.join, "ok": self.ok, "parts": [part.as_json() for part in self.parts]}


Trace = LeafTrace | GroupTrace


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """How a rule came to its outcome about one row."""

    outcome: Outcome
    branch: int | None
    """The branch that decided, from 1; None when none did."""
    missing: tuple[str, ...]
    """What kept the row from being judged."""
    applies: Trace | None
    branches: tuple[Trace, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the trace for a page or a record."""
        return {
            "outcome": self.outcome.value,
            "branch": self.branch,
            "missing": list(self.missing),
            "applies": None if self.applies is None else self.applies.as_json(),
            "branches": [branch.as_json() for branch in self.branches],
        }


def trace(rulebook: Rulebook, rule_id: str, row_facts: Mapping[str, Cell]) -> RuleTrace:
    """Return how ``rule_id`` judges one row; a fact not in ``row_facts`` is missing.

    Raises:
        KeyError: the rule is not in this rulebook.
    """
    bound = rulebook.rule(rule_id)
    scope = rulebook.catalogue.scopes[bound.rule.scope]
    applies = None
    if bound.applies is not None and bound.rule.applies is not None:
        applies = _trace(bound.applies, bound.rule.applies, scope, row_facts)
    branches = tuple(
        _trace(condition, branch.when, scope, row_facts)
        for condition, branch in zip(bound.branches, bound.rule.branches, strict=True)
    )
    if not bound.asked:
        return RuleTrace(Outcome.NOT_APPLICABLE, None, (), applies, branches)

    def missing(*conditions: Condition) -> tuple[str, ...]:
        needed = frozenset().union(*map(needed_facts, conditions))
        return tuple(fact for fact in bound.rule.reads if fact in needed and row_facts.get(fact) is None)

    lacking = missing(bound.applies) if bound.applies is not None else ()
    if not lacking and applies is not None and not applies.ok:
        return RuleTrace(Outcome.NOT_APPLICABLE, None, (), applies, branches)
    lacking = lacking or missing(*bound.branches)
    if lacking:
        return RuleTrace(Outcome.NOT_EVALUABLE, None, lacking, applies, branches)
    for place, (branch, stated) in enumerate(zip(branches, bound.rule.branches, strict=True), start=1):
        if branch.ok:
            return RuleTrace(stated.severity, place, (), applies, branches)
    return RuleTrace(Outcome.PASS, None, (), applies, branches)


def _trace(bound: Condition, stated: Condition, scope: Scope, row: Mapping[str, Cell]) -> Trace:
    """Trace ``bound``; ``stated`` is the same tree as its file says it, with the names of parameters."""
    if isinstance(bound, All | AnyOf):
        assert isinstance(stated, All | AnyOf)
        parts = tuple(_trace(b, s, scope, row) for b, s in zip(bound.parts, stated.parts, strict=True))
        every = isinstance(bound, All)
        verdicts = [part.ok for part in parts]
        return GroupTrace("all" if every else "any", all(verdicts) if every else any(verdicts), parts)
    assert not isinstance(stated, All | AnyOf)
    return _leaf(bound, stated, scope.facts[bound.fact], row.get(bound.fact))


def _leaf(bound: Leaf, stated: Leaf, spec: FactSpec, cell: Cell) -> LeafTrace:
    value = measured_value(spec, cell)
    match bound, stated:
        case Has(fact, present), _:
            return LeafTrace(fact, "has" if present else "has not", value, None, None, (cell is not None) == present)
        case Compare(fact, op, limit), Compare(limit=source):
            assert not isinstance(limit, Parameter)
            ok = cell is not None and _OPERATORS[op](cell, limit)
            return LeafTrace(fact, op, value, _printed(spec, limit), _parameter(source), ok)
        case Among(fact, limits, inside), Among(limits=source):
            assert isinstance(limits, tuple)
            ok = cell is not None and (cell in limits) == inside
            shown = [_printed(spec, limit) for limit in limits]
            return LeafTrace(fact, "in" if inside else "not in", value, shown, _parameter(source), ok)
    raise AssertionError(bound, stated)  # pragma: no cover  # the two trees have one shape


def _parameter(source: object) -> str | None:
    return source.name if isinstance(source, Parameter) else None


def _printed(spec: FactSpec, limit: Constant) -> Any:  # noqa: ANN401  # a JSON value
    return measured_value(spec, limit) if spec.type is FactType.DECIMAL and isinstance(limit, int) else limit
