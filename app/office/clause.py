"""A clause of the regulations: what a rule, a document or a workflow step is there for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as taken apart in the catalogue."""

    clause_id: str
    document: str
    section: str
    kind: str
    """A automatic, W workflow, D document, R report, O other (attested)."""
    zh: str
    en: str
    realised_by: str
    """What is meant to realise it, as the catalogue names it: rules, documents, workflow steps, reports."""


def read_clauses(text: str) -> dict[str, Clause]:
    """Return the clauses of the catalogue ``rules/_clauses.json`` by id, in its order."""
    rows: list[Mapping[str, str]] = json.loads(text)["clauses"]
    return {
        row["id"]: Clause(row["id"], row["doc"], row["sec"], row["kind"], row["zh"], row["en"], row["realised_by"])
        for row in rows
    }
