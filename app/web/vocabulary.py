"""What facts are called, what they are counted in, and which limits a rule holds them against."""

import operator
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.audit.engine.catalogue import NUMERIC, FactSpec
from app.audit.engine.condition import Among, Compare, Parameter, leaves
from app.audit.engine.rule import Rule
from app.audit.engine.rulebook import RuleLibrary
from app.core.text import Bilingual
from app.web.words import PLACES, word

_ORDERINGS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class FactWord:
    """What a fact is called."""

    name: str
    label: Bilingual
    unit: str = ""
    place: int = sys.maxsize
    """Where it stands in the catalogue; what is read together stands together there."""
    formula: Bilingual | None = None
    is_number: bool = False
    values: Mapping[str, Bilingual] = field(default_factory=dict)
    """What the values of an enum are called."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One comparison in a rule: the operator, what is compared with, and the parameter it comes from."""

    operator: str
    value: Any
    parameter: str | None

    def is_met_by(self, value: Any) -> bool:  # noqa: ANN401  # any JSON value
        """Return whether the comparison holds for a measured number; False for anything but numbers."""
        compare = _ORDERINGS.get(self.operator)
        if compare is None:
            return False
        try:
            return bool(compare(Decimal(str(value)), Decimal(str(self.value))))
        except InvalidOperation:
            return False


class Vocabulary:
    """The catalogue of facts and the comparisons of all rules, looked up by name."""

    def __init__(self, library: RuleLibrary) -> None:
        """Read the names once; the library never changes."""
        self._facts: dict[str, FactWord] = {}
        for scope in library.catalogue.scopes.values():
            for name, fact in scope.facts.items():
                self._facts.setdefault(name, _word_of(fact, len(self._facts)))
        self._comparisons = {(rule.id, rule.version): _comparisons(rule) for rule in library.rules}

    def fact(self, name: str) -> FactWord:
        """Return what ``name`` is called; its own name when the catalogue does not know it."""
        known = self._facts.get(name)
        if known is not None:
            return known
        label = word(PLACES, name)
        return FactWord(name, Bilingual(label, label))

    def limits(self, rule: str, version: int, parameters: Mapping[str, Any]) -> dict[str, tuple[Limit, ...]]:
        """Return the limits of a rule version by fact, with the ``parameters`` that were in force."""
        found: dict[str, list[Limit]] = {}
        for fact, sign, against in self._comparisons.get((rule, version), ()):
            name = against.name if isinstance(against, Parameter) else None
            if name is not None and name not in parameters:
                continue
            value = parameters[name] if name is not None else against
            limit = Limit(sign, value, name)
            if limit not in found.setdefault(fact, []):
                found[fact].append(limit)
        return {fact: tuple(limits) for fact, limits in found.items()}


def _word_of(fact: FactSpec, place: int) -> FactWord:
    return FactWord(
        name=fact.name,
        label=fact.title,
        unit=fact.unit or "",
        place=place,
        formula=fact.formula,
        is_number=fact.type in NUMERIC,
        values=fact.values or {},
    )


def _comparisons(rule: Rule) -> tuple[tuple[str, str, Any], ...]:
    """Return (fact, operator, constant or Parameter) of each comparison in the branches, in order."""
    found: list[tuple[str, str, Any]] = []
    for leaf in (leaf for branch in rule.branches for leaf in leaves(branch.when)):
        if isinstance(leaf, Compare):
            found.append((leaf.fact, leaf.op, leaf.limit))
        elif isinstance(leaf, Among):
            found.append((leaf.fact, "in" if leaf.inside else "not in", leaf.limits))
    return tuple(found)
