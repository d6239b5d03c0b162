"""Whether a person holds, or is about to use, duties that exclude each other: TRL-06."""

from app.audit.fact import FactSet, fact_set
from app.audit.facts.change_context import DutyContext
from app.audit.facts.parameters import Parameters
from app.audit.facts.table import Row, single
from app.core.clock import local_date
from app.office.duties import incompatible_roles
from app.office.people import Role


def duty_facts(context: DutyContext, parameters: Parameters) -> FactSet:  # noqa: ARG001  # one shape for all subjects
    """Return the scope ``duty``."""
    person, day = context.person, local_date(context.at)
    pairs = incompatible_roles(person, day)
    row: Row = {
        "person": person.person_id,
        "person_name": person.name,
        "act": context.act,
        "incompatible_pairs": len(pairs),
        "incompatible_roles": [f"{one} x {other}" for one, other in pairs],
        "roles_held": sorted({str(held.role) for held in person.roles if held.covers(day)}),
        "reviews_own": context.submitted_by == person.person_id,
        "activates_own": context.authored_by == person.person_id,
        "administrator_acts": context.is_business and person.holds(Role.ADMINISTRATOR, day),
    }
    return fact_set(single("duty", row))
