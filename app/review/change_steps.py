"""What comes next on the road of a segment change: who does it, by when, under which rules.

Source: domain/workflows.md, WF-1.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.clock import local_date
from app.office.calendar import Calendar
from app.office.people import Role
from app.office.segment_change import CHAIN, ChangeState, SegmentChange

REVIEW_DAYS = 90
"""Within how many days after its effect a favourable change is checked on site. Source: SEG-18."""


class Act(StrEnum):
    """What can be done to a request."""

    APPLY = "apply"
    """Enter a draft again, completed."""
    CHECK = "check"
    """The two site checks."""
    PREPARE = "prepare"
    """Fix the content of the approval form; the service does it."""
    SIGN = "sign"
    """Layers 1 and 2 of the form, by those who made the checks."""
    APPROVE = "approve"
    """Layers 3 to 5."""
    FILE = "file"
    TAKE_EFFECT = "take_effect"
    REVIEW = "review"
    ADD_EVIDENCE = "add_evidence"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    ARCHIVE = "archive"
    """Make the signed form verifiable for years; the service does it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next on the straight road: who does it, by when, and which blocking rules must hold."""

    act: Act
    layer: int | None
    role: Role | None
    """None: the service itself."""
    limit_working_days: int | None
    gates: frozenset[str]


_CHECK_LIMIT, _LAYER_LIMIT = 5, 3

APPLY_GATES = frozenset({"SEG-01", "SEG-13"})
"""What blocks an application. Source: WF-1, 1."""

_APPLY = Step(Act.APPLY, None, Role.ACCOUNT_MANAGER, None, APPLY_GATES)
_CHECKS: tuple[Step, ...] = (
    Step(Act.CHECK, 1, CHAIN[0], _CHECK_LIMIT, frozenset()),
    Step(Act.CHECK, 2, CHAIN[1], _CHECK_LIMIT, frozenset({"SEG-02", "SEG-03"})),
)
_PREPARE = Step(Act.PREPARE, None, None, None, frozenset())
_LAYERS: tuple[Step, ...] = (
    Step(Act.SIGN, 1, CHAIN[0], _LAYER_LIMIT, frozenset({"TRL-04", "TRL-06"})),
    Step(Act.SIGN, 2, CHAIN[1], _LAYER_LIMIT, frozenset({"TRL-04", "TRL-06"})),
    Step(Act.APPROVE, 3, CHAIN[2], _LAYER_LIMIT, frozenset({"SEG-04", "SEG-05", "SEG-11", "TRL-04", "TRL-06"})),
    Step(Act.APPROVE, 4, CHAIN[3], _LAYER_LIMIT, frozenset({"SEG-04", "SEG-05", "SEG-11", "TRL-04", "TRL-06"})),
    Step(Act.APPROVE, 5, CHAIN[4], _LAYER_LIMIT, frozenset({"SEG-04", "SEG-05", "SEG-11", "TRL-04", "TRL-06"})),
)
_FILE = Step(Act.FILE, None, Role.SUPERVISION_OFFICER, _LAYER_LIMIT, frozenset({"SEG-04", "SEG-05", "TRL-04"}))
_EFFECT = Step(Act.TAKE_EFFECT, None, None, None, frozenset({"SEG-06", "SEG-07", "SEG-08"}))
_REVIEW = Step(Act.REVIEW, None, Role.SUPERVISION_OFFICER, None, frozenset())


def next_step(change: SegmentChange) -> Step | None:
    """Return what the request waits for; None when nothing is left to do.

    A change that was not favourable need not be reviewed, though it may.
    """
    if change.state is ChangeState.DRAFT:
        return _APPLY
    if change.state is ChangeState.APPLIED:
        return _CHECKS[len(change.site_checks)]
    if change.state in {ChangeState.VERIFIED, ChangeState.IN_APPROVAL}:
        return _LAYERS[len(change.form.signatures)] if change.form is not None else _PREPARE
    return {ChangeState.APPROVED: _FILE, ChangeState.FILED: _EFFECT, ChangeState.EFFECTIVE: _REVIEW}.get(change.state)


def due_on(change: SegmentChange, calendar: Calendar) -> date | None:
    """Return the last day of the limit of the step now waited for.

    None when nothing is waited for, when the step has no limit, or when a day needed is not announced yet.
    """
    step = next_step(change)
    if step is None:
        return None
    if step.act is Act.TAKE_EFFECT:
        return change.effective_on
    if step.act is Act.REVIEW:
        return review_due_on(change)
    if step.limit_working_days is None:
        return None
    # Both checks share one limit, which begins with the application.
    began = change.applied_at if step.act is Act.CHECK else change.last_step_at
    return calendar.due(local_date(began), step.limit_working_days)


def review_due_on(change: SegmentChange) -> date | None:
    """Return the last day for the review of a change in effect; None when none must be made."""
    if change.effective_on is None or change.favourable is False:
        return None
    return change.effective_on + timedelta(days=REVIEW_DAYS)
