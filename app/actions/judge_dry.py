"""Judge a forecast without recording anything: what would be said if it were submitted now."""

from collections.abc import Mapping
from typing import Any

from app.actions.deps import Deps
from app.actions.presenting import verdict_body
from app.actions.speaking_for import require_speaker
from app.actions.submit_forecast import judge_forecast
from app.core.actor import Actor
from app.core.clock import instant
from app.core.errors import Fault, Invalid
from app.core.text import Bilingual
from app.office.forecast import read_forecast
from app.office.permission import Permission

KINDS = {"supply_forecast": "supply", "order_forecast": "order"}


def judge_dry(deps: Deps, actor: Actor, kind: str, subject: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict, counts and findings; nothing is stored and there is no receipt.

    Raises:
        Invalid: ``kind`` is unknown or does not fit the subject's stage.
        Forbidden: the client may not submit for the territory or the account manager.
    """
    if KINDS.get(kind) != subject.get("stage"):
        message = Bilingual(
            f"kind 应为 {'、'.join(KINDS)} 之一，并与 subject.stage 一致。",
            f"kind must be one of {', '.join(KINDS)} and agree with subject.stage.",
        )
        raise Invalid(message, [Fault("/kind", "value.not_allowed", message)])
    forecast = read_forecast(subject)
    require_speaker(deps, actor, Permission.DRY_RUN, forecast)
    at = deps.clock.now()
    with deps.store.read() as uow:
        judged = judge_forecast(deps, uow, forecast, at).judged
    return {
        "dry_run": True,
        "subject": {"kind": kind, "id": None, "version": None},
        **verdict_body(judged.judgement_json),
        "rulebook_digest": judged.rulebook.digest,
        "evaluated_at": instant(at),
        "simulated_clock": deps.clock.simulated,
    }
