"""What went before a request: how often the format changed, to and fro, and what was rejected: SEG-09, 10, 20."""

from datetime import date, timedelta

from app.audit.fact import Cell
from app.audit.facts.change_context import SegmentChangeContext
from app.audit.facts.parameters import Parameters, whole_number
from app.audit.facts.table import Row
from app.core.clock import local_date
from app.office.segment_change import (
    CLERICAL_CORRECTION,
    IN_EFFECT_STATES,
    ChangeState,
    EvidenceKind,
    SegmentChange,
)

_YEAR_DAYS = 365
_COUNTED = IN_EFFECT_STATES | {ChangeState.APPROVED, ChangeState.FILED}
"""What was approved changes the format, or is about to."""

_NAMES = (
    "earlier_changes",
    "days_since_last_change",
    "changes_in_12_months",
    "last_change_no",
    "round_trip_days",
    "round_trip_gain_cartons",
    "rejections",
    "days_since_rejection",
    "rejected_change_no",
    "new_evidence_files",
    "other_manager",
)


def history_row(change: SegmentChange, context: SegmentChangeContext, parameters: Parameters) -> Row:
    """Return what SEG-09, SEG-10 and SEG-20 read; all missing when the earlier requests are not known."""
    proof = any(file.kind is EvidenceKind.CORRECTION_PROOF for file in change.evidence)
    exempt = change.application.reason_code == CLERICAL_CORRECTION and proof
    if context.earlier is None:
        return {**dict.fromkeys(_NAMES), "proven_correction": exempt}
    day = local_date(change.applied_at)
    before = sorted((one for one in context.earlier if one.state in _COUNTED), key=_since)
    last = before[-1] if before else None
    year_ago = day - timedelta(days=_YEAR_DAYS)
    return {
        "proven_correction": exempt,
        "earlier_changes": len(before),
        "days_since_last_change": max(0, (day - _since(last)).days) if last else None,
        # This request would be the next one.
        "changes_in_12_months": 1 + sum(1 for one in before if _since(one) > year_ago),
        "last_change_no": last.change_no if last else None,
        **_round_trip(change, last, context, day),
        **_rejected(change, context, parameters, day),
    }


def _since(change: SegmentChange) -> date:
    return change.effective_on or local_date(change.last_at)


def _round_trip(change: SegmentChange, last: SegmentChange | None, context: SegmentChangeContext, day: date) -> Row:
    asked = change.application
    back = (
        last is not None
        and asked.proposed_segment is not None
        and last.application.current_segment == asked.proposed_segment
        and last.application.proposed_segment in (asked.current_segment, None)
    )
    days: Cell = max(0, (day - _since(last)).days) if back and last else None
    return {"round_trip_days": days, "round_trip_gain_cartons": context.cartons_gained if back else None}


def _rejected(change: SegmentChange, context: SegmentChangeContext, parameters: Parameters, day: date) -> Row:
    memory = whole_number(parameters, "SEG-20", "days")
    same = [
        (local_date(one.closing.at), one)
        for one in context.earlier or ()
        if one.state is ChangeState.REJECTED
        and one.closing is not None
        and _equivalent(one, change, context)
        and (day - local_date(one.closing.at)).days <= memory
    ]
    row: Row = {
        "rejections": len(same),
        "days_since_rejection": None,
        "rejected_change_no": None,
        "new_evidence_files": None,
        "other_manager": None,
    }
    if same:
        rejected_on, old = max(same, key=lambda pair: (pair[0], pair[1].change_no))
        known = {file.digest for _, one in same for file in one.evidence}
        row["days_since_rejection"] = (day - rejected_on).days
        row["rejected_change_no"] = old.change_no
        row["new_evidence_files"] = len({file.digest for file in change.evidence} - known)
        row["other_manager"] = old.application.account_manager != change.application.account_manager
    return row


def _equivalent(one: SegmentChange, other: SegmentChange, context: SegmentChangeContext) -> bool:
    """Return whether both ask for the same format, or for two that the list maps to the same."""
    wanted = {_mapped(change.application.proposed_segment, context) for change in (one, other)}
    return len(wanted) == 1


def _mapped(code: str | None, context: SegmentChangeContext) -> str | None:
    for item in context.segments.items if context.segments else ():
        if item.code == code:
            return item.maps_to or code
    return code
