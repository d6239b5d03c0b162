"""Everything the rules may know about one segment change, at whatever step it is judged."""

from app.audit.fact import FactSet, fact_set
from app.audit.facts.change_chain import chain_row, layer_table
from app.audit.facts.change_context import SegmentChangeContext
from app.audit.facts.change_history import history_row
from app.audit.facts.change_merits import merits_row
from app.audit.facts.change_request import request_row
from app.audit.facts.parameters import Parameters
from app.audit.facts.table import Row, local_text, single
from app.office.segment_change import SegmentChange


def segment_change_facts(change: SegmentChange, context: SegmentChangeContext, parameters: Parameters) -> FactSet:
    """Return the scopes ``segment_change`` and ``approval_layer``."""
    asked = change.application
    row: Row = {
        "change_no": change.change_no,
        "licence_no": asked.licence_no,
        "change_state": change.state.value,
        "applied_at": local_text(change.applied_at),
        "account_manager": asked.account_manager,
        "current_segment": _named(asked.current_segment, context),
        "proposed_segment": _named(asked.proposed_segment, context),
        **request_row(change, context, parameters),
        **history_row(change, context, parameters),
        **merits_row(change, context, parameters),
        **chain_row(change, context),
    }
    return fact_set(single("segment_change", row), layer_table(change, context))


def _named(code: str | None, context: SegmentChangeContext) -> str | None:
    return context.segments.name_of(code) if context.segments and code else code
