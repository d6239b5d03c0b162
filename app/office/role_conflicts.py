"""When the roles of one person exclude each other, on whatever day: what nobody may be granted."""

from datetime import date

from app.office.duties import are_compatible
from app.office.people import Person, RoleHeld


def conflicting_roles(person: Person) -> tuple[tuple[RoleHeld, RoleHeld], ...]:
    """Return the pairs of roles of ``person`` that exclude each other and overlap, in the order they are held."""
    held = person.roles
    return tuple(
        (one, other)
        for place, one in enumerate(held)
        for other in held[place + 1 :]
        if not are_compatible(one.role, other.role) and first_day_of_both(one, other) is not None
    )


def first_day_of_both(one: RoleHeld, other: RoleHeld) -> date | None:
    """Return the first day both are held; None when there is none."""
    since = max(one.since, other.since)
    return since if one.covers(since) and other.covers(since) else None
