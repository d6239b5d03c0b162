"""What every act on a segment change asks first: whether it is the turn of the act, and whether time runs forward."""

from dataclasses import replace
from datetime import datetime

from app.core.text import Bilingual
from app.office.segment_change import CHAIN, SegmentChange
from app.review.change_steps import Act, Step, next_step
from app.review.duties import Acting
from app.review.refusals import NotYours, TimeOrder, WrongState


def expect(change: SegmentChange, act: Act) -> Step:
    """Return the step the request waits for, which is an ``act``.

    Raises:
        WrongState: it waits for something else, or for nothing.
    """
    step = next_step(change)
    if step is None or step.act is not act:
        raise wrong(change, act)
    return step


def wrong(change: SegmentChange, act: Act) -> WrongState:
    """Return the refusal of an ``act`` that does not belong to the state."""
    return WrongState(
        Bilingual(
            f"变更{change.change_no}的状态为 {change.state},不能办理 {act}。",
            f"{change.change_no} is {change.state}; {act} is not possible now.",
        )
    )


def check_time(change: SegmentChange, at: datetime, *, or_same: bool = False) -> None:
    """Do nothing when ``at`` is later than everything that happened to the request, or ``or_same``.

    Raises:
        TimeOrder: it is not.
    """
    if at < change.last_at or (at == change.last_at and not or_same):
        raise TimeOrder(Bilingual("时间早于或等于上一步,不予受理。", "The moment is not later than the step before."))


def without_last_approval(change: SegmentChange) -> SegmentChange:
    """Return the request as layer 5 saw it: its officer goes on to file and review."""
    kept = tuple(approval for approval in change.approvals if approval.layer < len(CHAIN))
    return replace(change, approvals=kept)


def require_own_layer(change: SegmentChange, step: Step, acting: Acting) -> None:
    """Do nothing when ``acting`` made the site check that the signature of ``step`` (layer 1 or 2) stands for.

    Raises:
        NotYours: somebody else, or a deputy.
    """
    assert step.layer is not None
    if acting.on_behalf_of is not None or acting.person.person_id != change.site_checks[step.layer - 1].person_id:
        raise NotYours(
            Bilingual(
                f"第{step.layer}层须由做实地核查的本人签署。", f"Layer {step.layer} is signed by who made the check."
            )
        )
