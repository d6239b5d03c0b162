"""What is missing or unreadable in a submission: ENT-01."""

from app.audit.facts.table import Row
from app.office.forecast import EntryProblem, Forecast

MOST_LISTED = 100
"""Further problems are counted; the submission itself is on record."""


def entry_facts(forecast: Forecast) -> Row:
    """Return how many required fields cannot be used, and which."""
    problems = forecast.problems
    return {
        "missing_fields": len(problems),
        "missing_field_list": [_as_json(problem) for problem in problems[:MOST_LISTED]],
        "first_missing_field": problems[0].pointer if problems else None,
    }


def _as_json(problem: EntryProblem) -> dict[str, str | int | None]:
    return {
        "pointer": problem.pointer,
        "line": problem.line,
        "field": problem.field,
        "kind": problem.kind.value,
    }
