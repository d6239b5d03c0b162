"""The condition language: a small typed subset of CEL, as a tree that every evaluator reads.

There is no ``not`` node: negation is pushed to the leaves while parsing, because durable-rules has none inside a
pattern. There is no arithmetic and no comparison of two facts: durable-rules reads out of bounds there, and a number
nobody named is a number nobody can check. Source: design/engine.md, section 2.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from app.audit.engine.condition_hints import hint_for
from app.core.text import Bilingual

Constant = int | Decimal | bool | str


@dataclass(frozen=True, slots=True)
class Parameter:
    """``$name``: a parameter of the rule, resolved on the day of judging."""

    name: str


@dataclass(frozen=True, slots=True)
class Compare:
    """``fact op limit``. False when the fact is missing."""

    fact: str
    op: str
    limit: Constant | Parameter


@dataclass(frozen=True, slots=True)
class Among:
    """``fact in limits``, or its negation. False when the fact is missing, either way."""

    fact: str
    limits: tuple[Constant, ...] | Parameter
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Has:
    """Whether the fact is known (``present``) or missing."""

    fact: str
    present: bool = True


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one part is."""

    parts: "tuple[Condition, ...]"


Leaf = Compare | Among | Has
Condition = Compare | Among | Has | All | AnyOf

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

_GRAMMAR = r"""
?start: or_
?or_: and_ ("||" and_)*
?and_: unary ("&&" unary)*
?unary: "!" unary                    -> not_
      | atom
?atom: "(" or_ ")"
     | "has" "(" FACT ")"            -> has
     | FACT OP const                 -> compare
     | FACT OP param                 -> compare
     | FACT "in" "[" const ("," const)* "]" -> among
     | FACT "in" param               -> among_param
     | FACT                          -> truth
?const: NUMBER                       -> number
     | STRING                        -> string
     | "true"                        -> true
     | "false"                       -> false
param: "$" FACT
OP: "==" | "!=" | "<=" | ">=" | "<" | ">"
FACT: /(?!(?:true|false|null|in|has)\b)[a-zA-Z_][a-zA-Z0-9_]*/
NUMBER: /-?(0|[1-9][0-9]*)(\.[0-9]+)?(?![0-9A-Za-z_.])/
STRING: /"([^"\\\x00-\x1f]|\\["\\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/
%ignore /[ \t\n]+/
"""


class ConditionError(ValueError):
    """A condition cannot be read; ``message`` tells the author what to do."""

    def __init__(self, message: Bilingual) -> None:
        """Keep both sentences."""
        super().__init__(message.en)
        self.message = message


@v_args(inline=True)
class _Build(Transformer[Token, Condition]):
    """Turns the parse tree into conditions."""

    def number(self, token: Token) -> Constant:
        return Decimal(token) if "." in token else int(token)

    def string(self, token: Token) -> str:
        return str(json.loads(token))

    def true(self) -> bool:
        return True

    def false(self) -> bool:
        return False

    def param(self, name: Token) -> Parameter:
        return Parameter(str(name))

    def has(self, fact: Token) -> Condition:
        return Has(str(fact))

    def truth(self, fact: Token) -> Condition:
        return Compare(str(fact), "==", limit=True)

    def compare(self, fact: Token, op: Token, limit: Constant | Parameter) -> Condition:
        return Compare(str(fact), str(op), limit)

    def among(self, fact: Token, *limits: Constant) -> Condition:
        return Among(str(fact), limits)

    def among_param(self, fact: Token, limits: Parameter) -> Condition:
        return Among(str(fact), limits)

    def not_(self, part: Condition) -> Condition:
        return negation(part)

    def and_(self, *parts: Condition) -> Condition:
        return All(parts)

    def or_(self, *parts: Condition) -> Condition:
        return AnyOf(parts)


_PARSER = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)
_BUILD = _Build()


def parse_condition(text: str) -> Condition:
    """Return the condition written in ``text``.

    Raises:
        ConditionError: it is not in the language; the message says what to write instead.
    """
    try:
        return _BUILD.transform(_PARSER.parse(text))
    except UnexpectedInput as error:
        column = error.column if error.column > 0 else len(text) + 1
        raise ConditionError(hint_for(text, column)) from error
    except (VisitError, RecursionError) as error:
        raise ConditionError(Bilingual(f"条件无法读取:{text}", f"cannot read the condition {text}")) from error


def negation(condition: Condition) -> Condition:
    """Return the condition that is true where ``condition`` is false, negation at the leaves.

    Of a missing fact both a comparison and its negation are false: missing never decides.
    """
    match condition:
        case All(parts):
            return AnyOf(tuple(map(negation, parts)))
        case AnyOf(parts):
            return All(tuple(map(negation, parts)))
        case Compare(fact, op, limit):
            return Compare(fact, _OPPOSITE[op], limit)
        case Among(fact, limits, inside):
            return Among(fact, limits, not inside)
        case Has(fact, present):  # pragma: no branch
            return Has(fact, not present)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the leaves, left to right."""
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def facts_of(condition: Condition) -> tuple[str, ...]:
    """Return the facts the condition mentions, each once, in order."""
    return tuple(dict.fromkeys(leaf.fact for leaf in leaves(condition)))


def needed_facts(condition: Condition) -> frozenset[str]:
    """Return the facts without which the condition cannot be decided.

    A fact inside ``has`` is not needed, nor one that stands behind its own guard: ``has(x) && x > 3`` is false, and
    ``!has(x) || x <= 3`` is true, when ``x`` is missing.
    """
    match condition:
        case All(parts) | AnyOf(parts):
            known = isinstance(condition, All)
            guarded = {part.fact for part in parts if isinstance(part, Has) and part.present is known}
            return frozenset().union(*map(needed_facts, parts)) - guarded
        case Has():
            return frozenset()
        case Compare(fact) | Among(fact):  # pragma: no branch
            return frozenset({fact})


def alternatives(condition: Condition) -> int:
    """Return how many alternatives (terms of the disjunctive normal form) the condition has.

    The engine keeps a stack of 64 of them. Source: design/engine.md, section 2, "<= 60 DNF terms per handle".
    """
    match condition:
        case All(parts):
            product = 1
            for part in parts:
                product *= alternatives(part)
            return product
        case AnyOf(parts):
            return sum(map(alternatives, parts))
        case Among(_, limits, True):
            return len(limits) if isinstance(limits, tuple) else 1
        case _:
            return 1


def groups(condition: Condition) -> int:
    """Return how many and/or groups the condition has once lists are written out."""
    match condition:
        case All(parts) | AnyOf(parts):
            return 1 + sum(map(groups, parts))
        case Among():
            return 1
        case _:
            return 0
