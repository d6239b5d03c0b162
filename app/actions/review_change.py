"""Record the look at a shop after its change has taken effect."""

from app.actions.change_acting import ChangeReply, acting_now, change_seen, person_acting
from app.actions.change_judging import ask_duty, merged
from app.actions.change_keeping import Act, keep_act, keep_refusal
from app.actions.deps import Deps
from app.core.actor import Actor
from app.office.permission import Permission
from app.review.change_ending import record_review
from app.review.duties import check_gates
from app.review.refusals import DutyConflict, GateClosed


def review_change(
    deps: Deps, actor: Actor, change_no: str, version: int | None, *, fits: bool, note: str | None
) -> ChangeReply:
    """Record whether the shop still is what its format says; by an officer who had no part in the request.

    Raises:
        NotFound, VersionMissing, VersionStale: see :func:`change_seen`.
        WrongState, RoleMissing, DutyConflict, TimeOrder, GateClosed: see :func:`record_review`.
    """
    actor.require(Permission.FILE_CHANGE)
    at = deps.clock.now()
    with deps.store.write() as uow:
        seen = change_seen(uow, actor, change_no, version)
        person = person_acting(uow, actor)
        duty = ask_duty(deps, person, "segment_change.review", seen.change, at, reviews=True)
        acting = acting_now(person, at, merged(duty))
        written = (note or "").strip() or None
        try:
            change = record_review(seen.change, acting, fits=fits, note=written)
            check_gates(acting.outcomes, {"TRL-06"})
        except (DutyConflict, GateClosed) as stopped:
            refusal = stopped
        else:
            act = Act(
                "review",
                person.person_id,
                (duty,) if duty.speaks else (),
                duties=(("inspect", person.person_id),),
                reason=written,
                details={"fits": fits},
            )
            return keep_act(deps, uow, actor, change, seen.version + 1, act, at)
    keep_refusal(deps, actor, seen.change, seen.version, "review", person.person_id, [duty], refusal, at)
    raise refusal
