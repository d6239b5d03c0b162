"""How an evaluation is said to the outside: the same members in every reply. Source: design/hook.md."""

import base64
from collections.abc import Mapping
from typing import Any

from app.actions.recording import MOST_LINES
from app.audit.finding import Outcome
from app.core.clock import instant
from app.store.values import StoredEvaluation

_SILENT = {Outcome.PASS.value, Outcome.NOT_APPLICABLE.value}


def _shortened(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {**finding, "lines": finding["lines"][:MOST_LINES]}


def speaking_findings(findings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the findings of a judgement that a reader must be shown, each with at most 100 lines."""
    return [_shortened(f) for f in findings["findings"] if f["outcome"] not in _SILENT]


def verdict_body(findings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a reply that a dry run has too."""
    return {
        "verdict": findings["verdict"],
        "counts": findings["counts"],
        "findings": speaking_findings(findings),
    }


def evaluation_body(stored: StoredEvaluation) -> dict[str, Any]:
    """Return the reply to a submission."""
    return {
        "evaluation": stored.evaluation_id,
        "subject": {
            "kind": stored.subject_kind,
            "id": stored.subject_id,
            "version": stored.subject_version,
        },
        **verdict_body(stored.findings_json),
        "rulebook_digest": stored.rulebook_digest,
        "evaluated_at": instant(stored.evaluated_at),
        "simulated_clock": stored.simulated_clock,
        "receipt": {
            "log_index": stored.log_index,
            "leaf_hash": base64.b64encode(stored.leaf_hash).decode("ascii"),
            "proof": f"/api/v1/log/proofs/{stored.log_index}",
            "checkpoint": "/api/v1/log/checkpoint",
        },
        "record": f"/api/v1/evaluations/{stored.evaluation_id}/record.pdf",
    }


def full_evaluation_body(stored: StoredEvaluation) -> dict[str, Any]:
    """Return everything kept of an evaluation: the reply, with every rule that was asked, whole."""
    findings = stored.findings_json["findings"]
    return {
        **evaluation_body(stored),
        "findings": findings,
        "outcomes": {finding["rule"]: finding["outcome"] for finding in findings},
        "event": stored.event,
        "cycle": None if stored.cycle is None else str(stored.cycle),
        "stage": stored.stage,
        "account_manager": stored.account_manager,
        "territory_id": stored.territory_id,
        "actor": dict(stored.actor),
        "engine": stored.findings_json["engine"],
        "payload_digest": stored.payload_digest,
        "facts_digest": stored.facts_digest,
        "judgement_digest": stored.judgement_digest,
        "facts": f"/api/v1/evaluations/{stored.evaluation_id}/facts",
    }
