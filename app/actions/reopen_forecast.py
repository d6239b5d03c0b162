"""Let a forecast be submitted again after its window or its determination, by approval of a market manager."""

from collections.abc import Mapping
from typing import Any

from app.actions.deps import Deps
from app.actions.fields import Fields
from app.actions.noting import note
from app.actions.people_checks import require_role
from app.actions.read_forecast_state import forecast_body
from app.core.actor import Actor
from app.core.clock import local_date
from app.office.people import Role
from app.office.permission import Permission
from app.store.values import Reopening


def reopen_forecast(deps: Deps, actor: Actor, forecast_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Record the approval, which holds for the next version only, and return the forecast.

    Args:
        deps: the process.
        actor: needs ``forecast.reopen``.
        forecast_id: of either stage.
        body: ``approved_by`` (a market manager) and ``reason``.

    Raises:
        Invalid: a field is missing, or the person is no market manager.

    Source: WIN-10.
    """
    actor.require(Permission.REOPEN_FORECAST)
    fields = Fields(body)
    approved_by, reason = fields.text("approved_by"), fields.text("reason")
    fields.done()
    at = deps.clock.now()
    with deps.store.write() as uow:
        head = uow.forecasts.get(forecast_id)
        actor.require(Permission.REOPEN_FORECAST, territory=head.newest.territory_id)
        require_role(uow, approved_by, (Role.MARKET_MANAGER,), local_date(at), "/approved_by")
        uow.forecasts.add_reopening(Reopening(forecast_id, head.version, approved_by, reason, at, actor.as_json()))
        note(
            uow,
            actor,
            "forecast.reopened",
            (f"{head.stage.value}_forecast", forecast_id),
            at,
            {"approved_by": approved_by, "reason": reason},
            version=head.version,
        )
        return forecast_body(uow, uow.forecasts.get(forecast_id))
