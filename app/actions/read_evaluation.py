"""Read evaluations: one whole, its facts, or a page of many. What the actor may not see does not exist."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.actions.deps import Deps
from app.actions.presenting import full_evaluation_body
from app.actions.read_forecast_state import require_readable
from app.core.actor import Actor
from app.office.permission import Permission
from app.store.values import EvaluationFilter, EvaluationPage


def read_evaluation(deps: Deps, actor: Actor, evaluation_id: str) -> dict[str, Any]:
    """Return everything kept of the evaluation, with every rule that was asked.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    with deps.store.read() as uow:
        stored = uow.evaluations.get(evaluation_id)
        require_readable(actor, stored.territory_id)
        return full_evaluation_body(stored)


def read_facts(deps: Deps, actor: Actor, evaluation_id: str) -> dict[str, Any]:
    """Return the stored facts ``{scope: {fact: [cell, ...]}}``; decimals are in millionths.

    Raises:
        NotFound: there is no such evaluation, or the actor may not see it.
    """
    with deps.store.read() as uow:
        stored = uow.evaluations.get(evaluation_id)
        require_readable(actor, stored.territory_id)
        facts: Mapping[str, Any] = json.loads(uow.blobs.get(stored.facts_digest))
        return {"evaluation": evaluation_id, "facts_digest": stored.facts_digest, "facts": facts}


def list_evaluations(
    deps: Deps, actor: Actor, wanted: EvaluationFilter, cursor: str | None = None, limit: int = 50
) -> EvaluationPage:
    """Return one page of the evaluations the actor may see, newest first.

    Raises:
        Forbidden: the actor may not read evaluations.
    """
    actor.require(Permission.READ_EVALUATION)
    with deps.store.read() as uow:
        return uow.evaluations.page(replace(wanted, territories=actor.territories), cursor, limit)
