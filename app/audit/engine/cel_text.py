"""A condition as text of Google's Common Expression Language, so that anybody can judge it with another engine.

The tests do exactly that. Facts are members of a map ``row``; a missing fact is absent from it.
"""

import json

from app.audit.engine.condition import All, Among, AnyOf, Compare, Condition, Has


def cel_text(condition: Condition) -> str:
    """Return ``condition`` (bound: decimals in millionths) as CEL over the map ``row``."""
    match condition:
        case All(parts):
            return "(" + " && ".join(map(cel_text, parts)) + ")"
        case AnyOf(parts):
            return "(" + " || ".join(map(cel_text, parts)) + ")"
        case Has(fact, present):
            return f"{'' if present else '!'}has(row.{fact})"
        case Compare(fact, op, limit):
            return f"(has(row.{fact}) && row.{fact} {op} {json.dumps(limit, ensure_ascii=False)})"
        case Among(fact, limits, inside):  # pragma: no branch
            among = f"row.{fact} in {json.dumps(limits, ensure_ascii=False)}"
            return f"(has(row.{fact}) && {among if inside else f'!({among})'})"
