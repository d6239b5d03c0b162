"""What the product knows of the regulation, as the command line and the pages list it."""

import re
from pathlib import Path
from typing import Any

import yaml

from app.audit.engine.loader import read_rules
from app.audit.engine.rulebook import RuleLibrary
from app.office.clause import read_clauses

AVAILABLE_DOCUMENTS = frozenset({"D03", "D04", "D19"})
"""The documents that can be produced today; each has a compose module in app/reports."""

AVAILABLE_WORKFLOWS: frozenset[str] = frozenset({"WF-1"})
"""The workflows (WF-1 ...) that can be walked today."""

AVAILABLE_REPORTS: frozenset[str] = frozenset()
"""The unsigned reports (R01 ...) that can be produced today."""

AVAILABLE_ATTESTATIONS: frozenset[str] = frozenset()
"""The attestations (ATT-1 ...) that can be given today."""

_DOCUMENT = re.compile(r"\bD(?:0[1-9]|1\d|2[0-4])\b")
_WORKFLOW = re.compile(r"\bWF-\d+")
_REPORT = re.compile(r"\bR0[1-7]\b")
_ATTESTATION = re.compile(r"\bATT-\d")


def rule_rows(library: RuleLibrary) -> list[dict[str, Any]]:
    """Return the newest version of every rule, by id, as ``henji rules list --json`` prints it."""
    newest = {rule.id: rule for rule in sorted(library.rules, key=lambda rule: (rule.id, rule.version))}
    return [
        {
            "id": rule.id,
            "version": rule.version,
            "pack": rule.pack,
            "severity": rule.severity,
            "title": rule.title.as_json(),
            "clauses": list(rule.clauses),
            "status": rule.status.value,
            "event": rule.events[0] if len(rule.events) == 1 else list(rule.events),
            "lead_only": rule.lead_only,
        }
        for rule in newest.values()
    ]


def clause_rows(rules: Path) -> list[dict[str, Any]]:
    """Return every clause with what realises it today: an empty list where nothing does yet.

    A rule counts when it is active and names the clause; a document, workflow, report or attestation counts when the
    catalogue names it for the clause and it can be produced or walked today.
    """
    by_clause: dict[str, list[str]] = {}
    for rule in read_rules(rules).rules:
        if rule.status == "active":
            for clause in rule.clauses:
                if rule.id not in by_clause.setdefault(clause, []):
                    by_clause[clause].append(rule.id)
    return [
        {
            "id": clause.clause_id,
            "kind": clause.kind,
            "document": clause.document,
            "section": clause.section,
            "zh": clause.zh,
            "en": clause.en,
            "realised_by": sorted(by_clause.get(clause.clause_id, [])) + _realised(clause.realised_by),
        }
        for clause in read_clauses((rules / "_clauses.json").read_text(encoding="utf-8")).values()
    ]


def _realised(planned: str) -> list[str]:
    sources = (
        (_DOCUMENT, AVAILABLE_DOCUMENTS),
        (_WORKFLOW, AVAILABLE_WORKFLOWS),
        (_REPORT, AVAILABLE_REPORTS),
        (_ATTESTATION, AVAILABLE_ATTESTATIONS),
    )
    return [
        name for pattern, available in sources for name in dict.fromkeys(pattern.findall(planned)) if name in available
    ]


def document_rows(rules: Path) -> list[dict[str, Any]]:
    """Return the documents D01 to D24 as ``henji documents --json`` prints them."""
    listed = yaml.safe_load((rules / "_documents.yml").read_text(encoding="utf-8"))
    return [
        {
            "code": code,
            "title": {"zh": entry["zh"], "en": entry["en"]},
            "signatories": entry["signatories"],
            "available": code in AVAILABLE_DOCUMENTS,
        }
        for code, entry in listed["documents"].items()
    ]
