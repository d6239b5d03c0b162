"""Everything about a rulebook that is worked out once and used for every subject."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from app.audit.engine.catalogue import Scope
from app.audit.engine.condition import All, Condition, facts_of, needed_facts
from app.audit.engine.durable import Definition, define
from app.audit.engine.message import Spoken, printed_parameter, spoken_parameter
from app.audit.engine.rule import BoundRule
from app.audit.engine.rulebook import Rulebook
from app.audit.engine.twin import Judge, compile_twin

MOST_PLANS = 32


@dataclass(frozen=True, slots=True)
class RulePlan:
    """One rule, ready to be asked about rows."""

    bound: BoundRule
    applies: Judge | None
    """The twin's; what the engine is asked is always `applies` and the branch together."""
    branches: tuple[Judge, ...]
    first_slot: int
    """Where its branches begin among the conditions of the definition."""
    applies_needs: tuple[str, ...]
    branches_need: tuple[str, ...]
    """What must be known besides, for any branch to be decided."""
    branch_facts: tuple[tuple[str, ...], ...]
    """What a finding of each branch shows: the facts it reads, then the evidence."""
    all_facts: tuple[str, ...]
    """What the rule shows when no branch decided."""
    parameters: Mapping[str, object]
    """As they print."""
    spoken: Mapping[str, Spoken]
    """The parameters as messages say them."""


@dataclass(frozen=True, slots=True)
class ScopePlan:
    """The rules about one table of facts."""

    scope: Scope
    rules: tuple[RulePlan, ...]
    facts: tuple[str, ...]
    """Every fact a condition reads."""
    definition: Definition


@dataclass(frozen=True, slots=True)
class Plan:
    """A rulebook, compiled for both judges."""

    scopes: tuple[ScopePlan, ...]


def make_plan(rulebook: Rulebook) -> Plan:
    """Return ``rulebook`` compiled; rules that are not for its event are left out."""
    by_scope: dict[str, list[BoundRule]] = {}
    for bound in rulebook.rules:
        if bound.asked:
            by_scope.setdefault(bound.rule.scope, []).append(bound)
    return Plan(
        tuple(
            _scope_plan(rulebook.catalogue.scopes[name], rules, f"{rulebook.digest} {name}")
            for name, rules in sorted(by_scope.items())
        )
    )


def _scope_plan(scope: Scope, rules: list[BoundRule], key: str) -> ScopePlan:
    conditions: list[Condition] = []
    plans = []
    for bound in rules:
        plans.append(_rule_plan(bound, scope, len(conditions)))
        conditions += [_guarded(bound, branch) for branch in bound.branches]
    facts = dict.fromkeys(fact for bound in rules for fact in bound.rule.reads)
    return ScopePlan(scope, tuple(plans), tuple(facts), define(key, conditions, scope))


def _guarded(bound: BoundRule, branch: Condition) -> Condition:
    """Return ``applies AND branch``: what the engine is asked."""
    return branch if bound.applies is None else All((bound.applies, branch))


def _rule_plan(bound: BoundRule, scope: Scope, first_slot: int) -> RulePlan:
    rule = bound.rule
    applies_needs = frozenset() if bound.applies is None else needed_facts(bound.applies)
    branches_need = frozenset().union(*map(needed_facts, bound.branches)) - applies_needs
    return RulePlan(
        bound,
        None if bound.applies is None else compile_twin(bound.applies, scope),
        tuple(compile_twin(branch, scope) for branch in bound.branches),
        first_slot,
        tuple(fact for fact in rule.reads if fact in applies_needs),
        tuple(fact for fact in rule.reads if fact in branches_need),
        tuple(tuple(dict.fromkeys((*facts_of(branch), *rule.evidence))) for branch in bound.branches),
        tuple(dict.fromkeys((*rule.reads, *rule.evidence))),
        {name: printed_parameter(value) for name, value in bound.parameters.items()},
        {name: spoken_parameter(value) for name, value in bound.parameters.items()},
    )


class Plans:
    """The plans of the rulebooks used last, by digest; thread-safe."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._made: OrderedDict[str, Plan] = OrderedDict()

    def of(self, rulebook: Rulebook) -> Plan:
        """Return the plan of ``rulebook``."""
        with self._lock:
            plan = self._made.get(rulebook.digest)
            if plan is None:
                plan = self._made[rulebook.digest] = make_plan(rulebook)
                if len(self._made) > MOST_PLANS:
                    self._made.popitem(last=False)
            else:
                self._made.move_to_end(rulebook.digest)
            return plan
