"""Whether a branch can ever decide: conditions as alternatives, each a range or a set of values per fact."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.audit.engine.catalogue import NUMERIC, FactSpec, FactType, Scope
from app.audit.engine.condition import All, Among, AnyOf, Compare, Condition, Constant, Has, Leaf


@dataclass(frozen=True, slots=True)
class _Values:
    """What one fact may be in one alternative."""

    low: int | None = None
    high: int | None = None
    allowed: frozenset[Constant] | None = None
    """None: any."""
    refused: frozenset[Constant] = frozenset()
    missing: bool = True
    """Whether the fact may be missing."""
    known: bool = True
    """Whether the fact may be known."""

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        if self.missing:
            return False
        if not self.known or (self.low is not None and self.high is not None and self.low > self.high):
            return True
        if self.allowed is not None:
            return not any(self.holds(value) for value in self.allowed)
        return self.low is not None and self.low == self.high and self.low in self.refused

    def holds(self, value: Constant) -> bool:
        """Whether ``value`` is possible."""
        if value in self.refused or (self.allowed is not None and value not in self.allowed):
            return False
        if isinstance(value, int) and not isinstance(value, bool):
            return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
        return True

    def within(self, other: "_Values") -> bool:
        """Whether everything possible here, where something is, is possible in ``other``."""
        if (self.missing and not other.missing) or (self.known and not other.known):
            return False
        if not self.known:
            return True
        if self.allowed is not None:
            return all(other.holds(value) for value in self.allowed if self.holds(value))
        above = other.low is None or (self.low is not None and self.low >= other.low)
        below = other.high is None or (self.high is not None and self.high <= other.high)
        apart = all(not self.holds(value) for value in other.refused)
        return above and below and apart and other.allowed is None


_Alternative = Mapping[str, _Values]


def unreachable(branches: Iterable[Condition], applies: Condition | None, scope: Scope) -> tuple[int, ...]:
    """Return which of ``branches`` (bound, from 0) can never decide a row.

    Such a branch contradicts itself or `applies`, or an earlier branch is true whenever it is. Only what can be seen by
    comparing one alternative with one other is found; what is returned is certain.
    """
    earlier: list[_Alternative] = []
    found = []
    for place, branch in enumerate(branches):
        whole = branch if applies is None else All((applies, branch))
        possible = [each for each in _alternatives(whole, scope) if not any(v.empty for v in each.values())]
        if all(any(_covers(other, each) for other in earlier) for each in possible):
            found.append(place)
        earlier += possible
    return tuple(found)


def _covers(wider: _Alternative, narrower: _Alternative) -> bool:
    return all(narrower.get(fact, _Values()).within(values) for fact, values in wider.items())


def _alternatives(condition: Condition, scope: Scope) -> list[dict[str, _Values]]:
    match condition:
        case AnyOf(parts):
            return [each for part in parts for each in _alternatives(part, scope)]
        case All(parts):
            product: list[dict[str, _Values]] = [{}]
            for part in parts:
                product = [_merged(one, other) for one in product for other in _alternatives(part, scope)]
            return product
        case _:
            return [{condition.fact: _leaf_values(condition, scope.facts[condition.fact])}]


def _merged(one: Mapping[str, _Values], other: Mapping[str, _Values]) -> dict[str, _Values]:
    merged = dict(one)
    for fact, values in other.items():
        merged[fact] = _both(merged[fact], values) if fact in merged else values
    return merged


def _both(one: _Values, other: _Values) -> _Values:
    lows = [low for low in (one.low, other.low) if low is not None]
    highs = [high for high in (one.high, other.high) if high is not None]
    sets = [allowed for allowed in (one.allowed, other.allowed) if allowed is not None]
    return _Values(
        max(lows, default=None),
        min(highs, default=None),
        frozenset.intersection(*sets) if sets else None,
        one.refused | other.refused,
        missing=one.missing and other.missing,
        known=one.known and other.known,
    )


def _leaf_values(leaf: Leaf, spec: FactSpec) -> _Values:
    every = frozenset[Constant]({True, False}) if spec.type is FactType.BOOL else None
    if spec.type is FactType.ENUM:
        every = frozenset(spec.values or ())
    known = _Values(allowed=every, missing=False)
    match leaf:
        case Has(_, present):
            return known if present else _Values(known=False)
        case Among(_, limits, inside):
            assert isinstance(limits, tuple)
            values = frozenset(limits)
            return replace(known, allowed=values) if inside else replace(known, refused=values)
        case Compare(_, op, limit):  # pragma: no branch
            if op == "!=":
                return replace(known, refused=frozenset({limit}))  # type: ignore[arg-type]  # bound: no parameter
            if spec.type not in NUMERIC:
                return replace(known, allowed=frozenset({limit}))  # type: ignore[arg-type]  # bound: no parameter
            assert isinstance(limit, int)
            low = {"==": limit, ">=": limit, ">": limit + 1}.get(op)
            high = {"==": limit, "<=": limit, "<": limit - 1}.get(op)
            return replace(known, low=low, high=high)
