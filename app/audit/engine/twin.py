"""The independent second judge: the same condition tree over the same facts, by numpy, without durable-rules.

It shares the tree with :mod:`app.audit.engine.durable` and nothing else: a hit that one finds and the other does not is
a disagreement, and then nobody guesses. Source: design/engine.md, house decision 2.
"""

import operator
from collections.abc import Callable, Mapping

import numpy as np

from app.audit.engine.catalogue import FactType, Scope
from app.audit.engine.columns import Column, Columns, Mask, Numbers
from app.audit.engine.condition import All, Among, AnyOf, Compare, Condition, Constant, Has, Leaf, Parameter

NAME = "henji-twin 1"

_OPERATORS: Mapping[str, Callable[[Numbers, int], Mask]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class TwinRows:
    """The rows of one table as whole numbers; an enum by the position of its value."""

    def __init__(self, columns: Columns) -> None:
        """Look at ``columns``; numbers are made when a condition asks for them."""
        self.rows = columns.rows
        self._columns = columns.by_name
        self._coded: dict[str, Numbers] = {}
        self.leaves: dict[Leaf, Mask] = {}
        """What is already known of single comparisons: rules of one scope share many."""

    def known(self, fact: str) -> Mask | None:
        """Return where ``fact`` is known; None when everywhere."""
        return self._columns[fact].known

    def numbers(self, fact: str) -> Numbers:
        """Return ``fact`` as int64, shape (rows,)."""
        column = self._columns[fact]
        if column.numbers is not None:
            return column.numbers
        if fact not in self._coded:
            self._coded[fact] = _coded(column)
        return self._coded[fact]


def _coded(column: Column) -> Numbers:
    place: dict[object, int] = {value: position for position, value in enumerate(column.spec.values or ())}
    place[None] = -1
    return np.array([place[cell] for cell in column.cells], dtype=np.int64)


Judge = Callable[[TwinRows], Mask]


def compile_twin(condition: Condition, scope: Scope) -> Judge:
    """Return the function that tells in which rows ``condition`` (bound) is true."""
    match condition:
        case All(parts):
            return _joined(np.logical_and, tuple(compile_twin(part, scope) for part in parts))
        case AnyOf(parts):
            return _joined(np.logical_or, tuple(compile_twin(part, scope) for part in parts))
        case Compare(fact, op, limit):
            assert not isinstance(limit, Parameter)
            return _remembered(condition, _comparison(fact, _OPERATORS[op], _number(fact, limit, scope)))
        case Among(fact, limits, inside):
            assert isinstance(limits, tuple)
            wanted = np.array([_number(fact, limit, scope) for limit in limits], dtype=np.int64)
            return _remembered(condition, _membership(fact, wanted, inside=inside))
        case Has(fact, present):  # pragma: no branch
            return _presence(fact, present=present)


def _number(fact: str, limit: Constant, scope: Scope) -> int:
    spec = scope.facts[fact]
    if spec.type is FactType.ENUM:
        return list(spec.values or ()).index(str(limit))
    return int(limit)


def _joined(join: Callable[[Mask, Mask], Mask], parts: tuple[Judge, ...]) -> Judge:
    def judge(rows: TwinRows) -> Mask:
        mask = parts[0](rows)
        for part in parts[1:]:
            mask = join(mask, part(rows))
        return mask

    return judge


def _remembered(leaf: Leaf, judge: Judge) -> Judge:
    """Return ``judge``, asked once per table however many rules contain ``leaf``."""

    def once(rows: TwinRows) -> Mask:
        mask = rows.leaves.get(leaf)
        if mask is None:
            mask = rows.leaves[leaf] = judge(rows)
        return mask

    return once


def _comparison(fact: str, compare: Callable[[Numbers, int], Mask], limit: int) -> Judge:
    def judge(rows: TwinRows) -> Mask:
        mask = compare(rows.numbers(fact), limit)
        known = rows.known(fact)
        return mask if known is None else mask & known

    return judge


def _membership(fact: str, wanted: Numbers, *, inside: bool) -> Judge:
    def judge(rows: TwinRows) -> Mask:
        mask = np.isin(rows.numbers(fact), wanted, invert=not inside)
        known = rows.known(fact)
        return mask if known is None else mask & known

    return judge


def _presence(fact: str, *, present: bool) -> Judge:
    def judge(rows: TwinRows) -> Mask:
        known = rows.known(fact)
        if known is None:
            return np.full(rows.rows, present, dtype=np.bool_)
        return known if present else ~known

    return judge
