"""Which roles one person may not hold together, whatever account that person uses.

Source: domain/data-model.md, "Permission & segregation-of-duties matrix", hard incompatibilities; YQ-1.7.2b.
"""

from datetime import date

from app.office.people import Person, Role

MARKETING = frozenset({Role.ACCOUNT_MANAGER, Role.MARKET_MANAGER, Role.MARKETING_LEADER})
SUPERVISION = frozenset({Role.MARKET_SUPERVISOR, Role.SUPERVISION_OFFICER, Role.SUPERVISION_HEAD})
"""The monopoly side: the market supervisor belongs to it as well. Source: domain/overview.md, I-3."""


def are_compatible(one: str, other: str) -> bool:
    """Return whether one person may hold both roles: not marketing with supervision, nothing with administration."""
    if one == other:
        return True
    if Role.ADMINISTRATOR in (one, other):
        return False
    return not ((one in MARKETING and other in SUPERVISION) or (one in SUPERVISION and other in MARKETING))


def incompatible_roles(person: Person, day: date) -> tuple[tuple[str, str], ...]:
    """Return the pairs of roles that ``person`` holds on ``day`` and may not hold together, in alphabetical order."""
    held = sorted({str(held.role) for held in person.roles if held.covers(day)})
    return tuple(
        (one, other) for place, one in enumerate(held) for other in held[place + 1 :] if not are_compatible(one, other)
    )
