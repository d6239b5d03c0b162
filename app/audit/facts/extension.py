"""Whether a window extension was filed in time and by the right people: WIN-11."""

from app.audit.fact import FactSet, fact_set
from app.audit.facts.context import ExtensionContext
from app.audit.facts.parameters import Parameters
from app.audit.facts.table import Row, local_text, single
from app.core.clock import local_date
from app.office.cycle import Extension
from app.office.people import Role
from app.office.visible_text import says_something

_OFFICERS = (Role.SUPERVISION_OFFICER, Role.SUPERVISION_HEAD)


def extension_facts(
    extension: Extension,
    context: ExtensionContext,
    parameters: Parameters,  # noqa: ARG001  # one shape for all subjects
) -> FactSet:
    """Return the scope ``extension``. Missing paper is never missing data here: it is simply not there."""
    filed_at, window = extension.filed_at, context.window
    signed_on = local_date(filed_at or context.received_at)
    leader = context.people.get(extension.approved_by or "")
    officer = context.people.get(extension.countersigned_by or "")
    row: Row = {
        "stage": extension.stage.value,
        "cycle": str(extension.cycle),
        "window_last": window.last.isoformat(),
        "new_end": extension.new_end.isoformat() if extension.new_end else None,
        "filed_at": local_text(filed_at) if filed_at else None,
        "received_at": local_text(context.received_at),
        "filing_no": extension.filing_no,
        "extension_reason": extension.reason,
        "requested_by": extension.requested_by,
        "approved_by": extension.approved_by,
        "countersigned_by": extension.countersigned_by,
        "filed_before_end": filed_at is not None and local_date(filed_at) <= window.last,
        "filing_no_given": says_something(extension.filing_no),
        "approver_is_leader": leader is not None and leader.holds(Role.MARKETING_LEADER, signed_on),
        "countersigned_by_officer": officer is not None and any(officer.holds(role, signed_on) for role in _OFFICERS),
        "extension_days": (extension.new_end - window.last).days if extension.new_end else 0,
    }
    return fact_set(single("extension", row))
