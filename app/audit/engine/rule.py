"""A rule as a frozen value, exactly as its file says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.audit.engine.condition import Condition, facts_of
from app.audit.engine.message import Template
from app.audit.fact import Cell
from app.audit.finding import Outcome
from app.core.text import Bilingual

ParameterValue = int | Decimal | bool | str | tuple[int | Decimal | bool | str, ...]


class Status(StrEnum):
    """The ladder of a rule. Only upwards."""

    DRAFT = "draft"
    """Written, not asked."""
    SHADOW = "shadow"
    """Asked and shown, never decides."""
    ACTIVE = "active"
    RETIRED = "retired"
    """Not asked any more; the file stays."""


ASKED = frozenset({Status.SHADOW, Status.ACTIVE})


@dataclass(frozen=True, slots=True)
class DatedValue:
    """What a parameter is from a day on."""

    starts_on: date
    value: ParameterValue
    filing: str | None


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to violate a rule."""

    severity: Outcome
    """NOTE, FLAG or BLOCK."""
    when: Condition
    message: Template
    line: int


@dataclass(frozen=True, slots=True)
class Case:
    """What must come out for given facts."""

    name: str
    given: Mapping[str, Cell]
    """As they are kept: decimals in millionths. A fact not in it is missing."""
    outcome: Outcome
    branch: int | None
    """Counts from 1; None when the case does not say."""
    at: date | None
    event: str | None
    place: str
    """``file:line``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one rule."""

    id: str
    version: int
    pack: str
    status: Status
    title: Bilingual
    clauses: tuple[str, ...]
    events: tuple[str, ...]
    scope: str
    effective_from: date
    effective_to: date | None
    """Inclusive; None while no end is set."""
    params: Mapping[str, tuple[DatedValue, ...]]
    """Oldest value first."""
    facts_params: tuple[str, ...]
    """Parameters that are used while facts are computed."""
    applies: Condition | None
    branches: tuple[Branch, ...]
    evidence: tuple[str, ...]
    lead_only: bool
    false_alarms: Bilingual | None
    text: str
    path: str
    """Relative to the rules folder: ``WIN/WIN-01.yml``."""
    cases: tuple[Case, ...] = field(default=(), compare=False)
    """Empty when the rule was read from a stored rulebook."""

    @property
    def severities(self) -> tuple[Outcome, ...]:
        """The severities of the branches in order, each once."""
        return tuple(dict.fromkeys(branch.severity for branch in self.branches))

    @property
    def severity(self) -> str:
        """``block/flag``: the severities as the office writes them."""
        return "/".join(self.severities)

    @property
    def reads(self) -> tuple[str, ...]:
        """Every fact its conditions mention, each once, in order."""
        conditions = ((self.applies,) if self.applies else ()) + tuple(branch.when for branch in self.branches)
        return tuple(dict.fromkeys(fact for condition in conditions for fact in facts_of(condition)))

    def in_force_on(self, day: date) -> bool:
        """Whether this version is asked on ``day``."""
        if self.status not in ASKED or day < self.effective_from:
            return False
        return self.effective_to is None or day <= self.effective_to

    def parameter_on(self, name: str, day: date) -> ParameterValue:
        """Return what the parameter ``name`` is on ``day``.

        Raises:
            KeyError: there is no such parameter, or it has no value yet on that day.
        """
        values = [dated.value for dated in self.params[name] if dated.starts_on <= day]
        if not values:
            raise KeyError(name)
        return values[-1]


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule on one day: parameters resolved, conditions typed, numbers as the engine sees them."""

    rule: Rule
    asked: bool
    """Whether the rule is for the event of the rulebook."""
    parameters: Mapping[str, ParameterValue]
    applies: Condition | None
    """Decimals in millionths, no parameters left."""
    branches: tuple[Condition, ...]
    """The same for each branch."""
