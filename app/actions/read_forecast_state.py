"""Say how a forecast stands: its versions' newest, whether it is accepted, and why not."""

from typing import Any

from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.clock import instant
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.office.permission import Permission
from app.store.unit_of_work import UnitOfWork
from app.store.values import ForecastHead


def forecast_body(uow: UnitOfWork, head: ForecastHead) -> dict[str, Any]:
    """Return what the API says of a forecast."""
    evaluation = uow.evaluations.get(head.evaluation_id)
    reasons = [
        {"rule": f["rule"], "outcome": f["outcome"], "message": f["message"]}
        for f in evaluation.findings_json["findings"]
        if f["outcome"] == "block" and not f["shadow"]
    ]
    return {
        "id": head.forecast_id,
        "stage": head.stage.value,
        "cycle": str(head.cycle),
        "account_manager": head.account_manager,
        "territory_id": head.newest.territory_id,
        "version": head.version,
        "versions": [
            {
                "version": version.version,
                "evaluation": version.evaluation_id,
                "verdict": version.verdict,
                "submitted_at": instant(version.submitted_at),
                "supersedes": version.supersedes,
                "reason": version.reason,
            }
            for version in uow.forecasts.versions(head.forecast_id)
        ],
        "verdict": head.verdict,
        "accepted": head.accepted,
        "not_accepted_because": reasons,
        "state": head.state.value,
        "determination": _determination(head),
        "reopened": head.reopened,
        "evaluation": f"/api/v1/evaluations/{head.evaluation_id}",
    }


def _determination(head: ForecastHead) -> dict[str, Any] | None:
    made = head.determination
    if made is None:
        return None
    return {
        "version": made.version,
        "person_id": made.person_id,
        "decision": made.decision.value,
        "opinion": made.opinion,
        "at": instant(made.at),
    }


def require_readable(actor: Actor, territory_id: str | None) -> None:
    """Do nothing when the actor may read what belongs to ``territory_id``.

    Raises:
        NotFound: it may not; what may not be seen does not exist.
    """
    reads = actor.may(Permission.READ_EVALUATION) or actor.may(Permission.SUBMIT_FORECAST)
    inside = actor.territories is None or (territory_id is not None and territory_id in actor.territories)
    if not (reads and inside):
        raise NotFound(Bilingual("未找到。", "Not found."))


def read_forecast_state(deps: Deps, actor: Actor, forecast_id: str) -> dict[str, Any]:
    """Return how the forecast stands.

    Raises:
        NotFound: there is no such forecast, or the actor may not see it.
    """
    with deps.store.read() as uow:
        head = uow.forecasts.get(forecast_id)
        require_readable(actor, head.newest.territory_id)
        return forecast_body(uow, head)
