"""Which roles and duties one person may not hold together, whatever account that person uses.

Source: domain/data-model.md, "Permission & segregation-of-duties matrix", hard incompatibilities; YQ-1.7.2b.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

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


class Duty(StrEnum):
    """What a person has done about one object, and is bound by."""

    ENTER = "enter"
    """Entered the request."""
    LAYER_1 = "layer_1"
    LAYER_2 = "layer_2"
    LAYER_3 = "layer_3"
    LAYER_4 = "layer_4"
    LAYER_5 = "layer_5"
    WITNESS = "witness"
    """Saw somebody sign on paper, and signed for having seen it."""
    FILE = "file"
    REVOKE = "revoke"
    INSPECT = "inspect"
    """Re-checked on site after the effect."""
    SUBMIT = "submit"
    DETERMINE = "determine"
    REVIEW = "review"
    AUTHOR = "author"
    """Wrote a rule."""
    ACTIVATE = "activate"
    """Put a rule in force."""
    SIGN = "sign"
    """Signed a document that is no layer of the five."""


LAYER_DUTIES = (Duty.LAYER_1, Duty.LAYER_2, Duty.LAYER_3, Duty.LAYER_4, Duty.LAYER_5)
"""In the order of the chain."""


def _each(one: Duty, others: Iterable[Duty]) -> frozenset[frozenset[Duty]]:
    return frozenset(frozenset({one, other}) for other in others)


DUTY_CONFLICTS: frozenset[frozenset[Duty]] = frozenset().union(
    *(_each(layer, set(LAYER_DUTIES) - {layer}) for layer in LAYER_DUTIES),
    # Who entered a request may check it on site and sign for that, nothing more.
    _each(Duty.ENTER, LAYER_DUTIES[1:]),
    _each(Duty.WITNESS, (*LAYER_DUTIES, Duty.ENTER, Duty.FILE, Duty.REVOKE)),
    # Filing and revoking are the second half of layer 5.
    _each(Duty.FILE, (*LAYER_DUTIES[:4], Duty.ENTER)),
    _each(Duty.REVOKE, (*LAYER_DUTIES[:4], Duty.ENTER)),
    _each(Duty.INSPECT, (*LAYER_DUTIES, Duty.ENTER, Duty.WITNESS, Duty.SIGN, Duty.FILE)),
    _each(Duty.SUBMIT, (Duty.DETERMINE, Duty.REVIEW)),
    _each(Duty.AUTHOR, (Duty.ACTIVATE,)),
)
"""Pairs of duties that one person does not have about one object. The database refuses the second of a pair: its
table ``duty_conflict`` holds the same pairs.

Source: domain/data-model.md, hard incompatibilities; SEG-05; TRL-06.
"""
