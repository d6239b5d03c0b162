"""Events of the monthly cycle and requests to move a window."""

from app.actions.record_cycle_event import EVENTS
from app.api.fields import Choice, Identifier, Shape, Text
from app.api.schemas.forecast import STAGES


class ExtensionSchema(Shape):
    """A request to move the end of a window (D24). Missing papers are a finding (WIN-11)."""

    stage = Choice(*STAGES, required=True)
    new_end = Text(nullable=True, format="date", description="YYYY-MM-DD")
    reason = Text(nullable=True)
    requested_by = Identifier(nullable=True)
    approved_by = Identifier(nullable=True)
    countersigned_by = Identifier(nullable=True)
    filing_no = Identifier(nullable=True)
    filed_at = Text(nullable=True, format="date-time")


class CycleEventSchema(Shape):
    """Something that happened in the cycle."""

    event = Choice(*EVENTS, required=True)
    stage = Choice(*STAGES, nullable=True, description="For windows and stages.")
