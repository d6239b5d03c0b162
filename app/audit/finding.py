"""What a rule says about a subject: one outcome per rule, with the numbers it was reached by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.core.text import Bilingual


class Outcome(StrEnum):
    """The six answers of a rule. Source: domain/rule-semantics.md, evaluation semantics 1."""

    PASS = "pass"  # noqa: S105  # an outcome, not a password
    NOTE = "note"
    FLAG = "flag"
    BLOCK = "block"
    NOT_EVALUABLE = "not_evaluable"
    NOT_APPLICABLE = "not_applicable"


SEVERITY_ORDER = (
    Outcome.BLOCK,
    Outcome.FLAG,
    Outcome.NOT_EVALUABLE,
    Outcome.NOTE,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)
"""Worst first. Missing data stands behind a flag and before a note: a person must look."""


def worst(outcomes: Iterable[Outcome]) -> Outcome | None:
    """Return the worst of ``outcomes``, None when there is none."""
    return min(outcomes, key=SEVERITY_ORDER.index, default=None)


@dataclass(frozen=True, slots=True)
class RowFinding:
    """What a rule says about one row (a line, a customer, a product) of its scope."""

    outcome: Outcome
    message: Bilingual
    measured: Mapping[str, Any]
    """The facts the rule read and names as evidence, as they print: decimals as strings."""
    place: Mapping[str, Any]
    """What the row is about: ``line``, ``licence_no``, ``sku`` ...; empty for a scope of one row."""
    missing: tuple[str, ...] = ()
    """The facts that were missing, when NOT_EVALUABLE."""

    def as_json(self) -> dict[str, Any]:
        """Return the row as the API and the evidence print it."""
        body: dict[str, Any] = {**self.place, "outcome": self.outcome.value, "measured": dict(self.measured)}
        body["message"] = self.message.as_json()
        if self.missing:
            body["missing"] = list(self.missing)
        return body


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one rule version to one subject. There is one for every rule that was asked."""

    rule: str
    rule_version: int
    title: Bilingual
    outcome: Outcome
    clauses: tuple[str, ...]
    message: Bilingual
    measured: Mapping[str, Any]
    """Of the first of the worst rows."""
    parameters: Mapping[str, Any]
    rows: tuple[RowFinding, ...]
    """The rows whose outcome is not pass or not_applicable, worst first, then in order of the subject."""
    rows_total: int
    """How many such rows there are; ``rows`` always holds them all, the API cuts at 100."""
    rows_judged: int
    """How many rows the rule looked at."""
    lead_only: bool = False
    shadow: bool = False
    """Counted, but never decides: the rule is on trial."""

    @property
    def speaks(self) -> bool:
        """Whether a reader of the result must be shown this finding."""
        return self.outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)

    @property
    def weight(self) -> Outcome:
        """What the outcome counts as in a verdict.

        Missing data counts as a flag, for a rule that only gives leads as a note.
        Source: design/hook.md, a forecast.
        """
        if self.shadow:
            return Outcome.NOT_APPLICABLE
        if self.outcome is Outcome.NOT_EVALUABLE:
            return Outcome.NOTE if self.lead_only else Outcome.FLAG
        return self.outcome

    def as_json(self, most_rows: int | None = None) -> dict[str, Any]:
        """Return the finding as the API prints it, with at most ``most_rows`` lines."""
        rows = self.rows if most_rows is None else self.rows[:most_rows]
        return {
            "rule": self.rule,
            "rule_version": self.rule_version,
            "title": self.title.as_json(),
            "outcome": self.outcome.value,
            "clauses": list(self.clauses),
            "message": self.message.as_json(),
            "measured": dict(self.measured),
            "parameters": dict(self.parameters),
            "lines": [row.as_json() for row in rows if row.place],
            "lines_total": sum(1 for row in self.rows if row.place),
            "rows_judged": self.rows_judged,
            "lead_only": self.lead_only,
            "shadow": self.shadow,
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """All findings of one evaluation, in the order of severity, then rule id."""

    verdict: Outcome
    """BLOCK, FLAG, NOTE or PASS."""
    findings: tuple[Finding, ...]
    engine: str
    """Name and version of the engine and the twin that agreed."""
    alarms: tuple[str, ...] = ()
    """What a person must be woken for: a disagreement or failure of the engines, an unusable fact. Not evidence."""

    @property
    def counts(self) -> dict[str, int]:
        """How many rules gave each of the six outcomes (a shadow rule does not count)."""
        counts = {outcome.value: 0 for outcome in Outcome}
        for finding in self.findings:
            if not finding.shadow:
                counts[finding.outcome.value] += 1
        return counts

    def outcome_of(self, rule: str) -> Outcome | None:
        """Return what the rule of that id answered; None when it was not asked."""
        return next((finding.outcome for finding in self.findings if finding.rule == rule), None)

    def as_json(self) -> dict[str, Any]:
        """Return the canonical form whose digest the log keeps: everything but the moment."""
        return {
            "verdict": self.verdict.value,
            "counts": self.counts,
            "engine": self.engine,
            "findings": [finding.as_json() for finding in self.findings],
        }


def judgement_of(findings: Iterable[Finding], engine: str, alarms: tuple[str, ...] = ()) -> Judgement:
    """Return ``findings`` in order with their verdict: the worst of block, flag, note, pass."""
    ordered = sorted(findings, key=lambda f: (SEVERITY_ORDER.index(f.outcome), f.rule))
    weights = {finding.weight for finding in ordered}
    verdict = next((o for o in (Outcome.BLOCK, Outcome.FLAG, Outcome.NOTE) if o in weights), Outcome.PASS)
    return Judgement(verdict, tuple(ordered), engine, alarms)
