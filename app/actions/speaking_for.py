"""For whom a client may submit: its territories limit it, whoever it names as account manager."""

from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.clock import local_date
from app.core.errors import Forbidden
from app.core.text import Bilingual
from app.office.forecast import Forecast


def require_speaker(deps: Deps, actor: Actor, permission: str, forecast: Forecast) -> None:
    """Do nothing when ``actor`` may submit ``forecast``.

    A client limited to territories speaks for no account manager whose territories all lie elsewhere: a forecast is
    one per manager, so it would open, or replace, the forecast of somebody it has nothing to do with. A manager
    nobody knows, or without a territory, is a matter of judging (WIN-06).

    Raises:
        Forbidden: not for this territory, or not for this account manager.
    """
    actor.require(permission, territory=forecast.territory_id)
    if actor.territories is None or forecast.account_manager is None:
        return
    with deps.store.read() as uow:
        office = deps.office_cache.view(uow.office)
        theirs = office.territories_of(forecast.account_manager, local_date(deps.clock.now()))
    if theirs and theirs.isdisjoint(actor.territories):
        raise Forbidden(
            Bilingual(
                f"{actor.name}不能代客户经理 {forecast.account_manager} 提交：其片区不在该客户端的授权范围内。",
                f"{actor.name} may not submit for {forecast.account_manager}, whose territories it is not granted.",
            )
        )
