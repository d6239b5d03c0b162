"""What the rules have said of a request so far: of each rule the newest, the worst first."""

from collections.abc import Mapping
from typing import Any

from app.audit.finding import SEVERITY_ORDER, Outcome
from app.store.unit_of_work import UnitOfWork
from app.store.values import StoredEvaluation

_SILENT = frozenset({Outcome.PASS.value, Outcome.NOT_APPLICABLE.value})


def evaluations_of(uow: UnitOfWork, change_no: str) -> tuple[StoredEvaluation, ...]:
    """Return every evaluation of the request, refused attempts included, oldest first."""
    heads = uow.evaluations.of_subject("segment_change", change_no)
    whole = [uow.evaluations.get(head.evaluation_id) for head in heads]
    return tuple(sorted(whole, key=lambda stored: stored.log_index))


def findings_of(uow: UnitOfWork, change_no: str) -> list[Mapping[str, Any]]:
    """Return the newest finding of every rule that speaks, the worst first, each with the ``evaluation`` it is from.

    A rule that spoke at the application and is satisfied at a later step speaks no more.
    """
    newest: dict[str, Mapping[str, Any]] = {}
    for stored in evaluations_of(uow, change_no):
        for finding in stored.findings_json["findings"]:
            if finding["outcome"] != Outcome.NOT_APPLICABLE.value:
                newest[finding["rule"]] = {**finding, "evaluation": stored.evaluation_id}
    speaking = [finding for finding in newest.values() if finding["outcome"] not in _SILENT]
    order = {outcome.value: place for place, outcome in enumerate(SEVERITY_ORDER)}
    return sorted(speaking, key=lambda finding: (order[finding["outcome"]], finding["rule"]))
