"""Put on record what supervision determined of a supply forecast: accepted, or returned."""

from collections.abc import Mapping
from typing import Any

from app.actions.deps import Deps
from app.actions.fields import Fields
from app.actions.noting import note
from app.actions.people_checks import require_role
from app.actions.read_forecast_state import forecast_body
from app.core.actor import Actor
from app.core.clock import local_date
from app.core.errors import Conflict
from app.core.text import Bilingual
from app.office.cycle import Stage
from app.office.people import Role
from app.office.permission import Permission
from app.store.values import Decision, Determination, ForecastHead

_OFFICERS = (Role.SUPERVISION_OFFICER, Role.SUPERVISION_HEAD)


class NotDeterminable(Conflict):
    """The forecast is not in a state in which it can be determined."""

    code = "forecast.not_determinable"
    title = Bilingual("该预测当前不能审核确定", "The forecast cannot be determined now")


def determine_forecast(deps: Deps, actor: Actor, forecast_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Record the determination and return the forecast.

    Args:
        deps: the process.
        actor: needs ``forecast.determine``.
        forecast_id: of stage 1 (supply).
        body: ``person_id`` (a supervision officer), ``decision`` (accept or return), ``opinion``.

    Raises:
        Invalid: a field is missing or wrong, or the person is no supervision officer.
        NotDeterminable: not a supply forecast, blocked (only a return is possible), or determined already.
    """
    actor.require(Permission.DETERMINE_FORECAST)
    fields = Fields(body)
    person_id, opinion = fields.text("person_id"), fields.text("opinion")
    decision = fields.choice("decision", ("accept", "return"))
    fields.done()
    at = deps.clock.now()
    with deps.store.write() as uow:
        head = uow.forecasts.get(forecast_id)
        actor.require(Permission.DETERMINE_FORECAST, territory=head.newest.territory_id)
        require_role(uow, person_id, _OFFICERS, local_date(at), "/person_id")
        version = _determinable_version(head, decision)
        uow.forecasts.add_determination(
            Determination(forecast_id, version, person_id, Decision(decision), opinion, at, actor.as_json())
        )
        note(
            uow,
            actor,
            "forecast.determined",
            ("supply_forecast", forecast_id),
            at,
            {"person_id": person_id, "decision": decision, "opinion": opinion},
            version=version,
        )
        return forecast_body(uow, uow.forecasts.get(forecast_id))


def _determinable_version(head: ForecastHead, decision: str) -> int:
    """Return the version that is determined: the newest that was not blocked, as that is the one that counts."""
    if head.stage is not Stage.SUPPLY:
        raise NotDeterminable(
            Bilingual("只有货源预测（第一环节）需要审核确定。", "Only a supply forecast (stage 1) is determined.")
        )
    version = (head.accepted_version or head.newest).version
    if head.determination is not None and head.determination.version == version:
        raise NotDeterminable(
            Bilingual(
                f"第{version}版已经审核（{head.state.value}）。请等待新版本。",
                f"Version {version} has been determined ({head.state.value}). Wait for a new version.",
            )
        )
    if decision == "accept" and head.accepted_version is None:
        raise NotDeterminable(
            Bilingual(
                f"第{version}版被规则阻断，不能确定；可以退回。",
                f"Version {version} is blocked by a rule and cannot be accepted; it can be returned.",
            )
        )
    return version
