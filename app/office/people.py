"""People with dated roles, territories with dated assignments."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.office.visible_text import says_something


class Role(StrEnum):
    """The roles of the two sides. Source: domain/glossary.md."""

    ACCOUNT_MANAGER = "account_manager"
    MARKET_MANAGER = "market_manager"
    MARKETING_LEADER = "marketing_leader"
    MARKET_SUPERVISOR = "market_supervisor"
    SUPERVISION_OFFICER = "supervision_officer"
    SUPERVISION_HEAD = "supervision_head"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role a person holds in a unit between two days, both inclusive."""

    role: str
    unit: str
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether the role is held on ``day``."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Person:
    """A natural person. May have several accounts but stays one person."""

    person_id: str
    name: str
    staff_no: str | None = None
    roles: tuple[RoleHeld, ...] = ()

    def holds(self, role: str, day: date) -> bool:
        """Return whether the person holds ``role`` in any unit on ``day``."""
        return any(held.role == role and held.covers(day) for held in self.roles)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who looks after a territory between two days: its own account manager, or a filed cover."""

    account_manager: str
    kind: str
    """``own`` or ``cover``."""
    since: date
    until: date | None = None
    filing_no: str | None = None

    def counts_on(self, day: date) -> bool:
        """Return whether it gives the territory to its manager on ``day``.

        A cover without a filing number gives nothing. Source: WIN-06.
        """
        if not (self.since <= day and (self.until is None or day <= self.until)):
            return False
        return self.kind == "own" or says_something(self.filing_no)


@dataclass(frozen=True, slots=True)
class Territory:
    """A set of customers looked after by one account manager at a time."""

    territory_id: str
    name: str
    county: str
    assignments: tuple[Assignment, ...] = ()

    def managers_on(self, day: date) -> frozenset[str]:
        """Return the account managers who may speak for the territory on ``day``."""
        return frozenset(a.account_manager for a in self.assignments if a.counts_on(day))

    def own_managers_on(self, day: date) -> frozenset[str]:
        """Return the account managers whose own territory it is on ``day``."""
        return frozenset(a.account_manager for a in self.assignments if a.kind == "own" and a.counts_on(day))
