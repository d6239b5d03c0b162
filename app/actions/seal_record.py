"""Hand out the signed record (D19) of an evaluation: made and sealed once, the same bytes ever after."""

import base64
import json
from typing import Any

from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.read_forecast_state import require_readable
from app.actions.read_log import checkpoint_for
from app.audit.log.proof import inclusion_path
from app.core.actor import Actor
from app.core.canonical import sha256_hex
from app.core.clock import instant
from app.reports.evaluation_record import EVIDENCE_FORMAT
from app.reports.produce import produce_evaluation_record
from app.store.unit_of_work import UnitOfWork
from app.store.values import StoredCheckpoint, StoredEvaluation, StoredRecord

DOCUMENT = "D19"


def read_record(deps: Deps, actor: Actor, evaluation_id: str) -> bytes:
    """Return the sealed PDF/A-3u of the evaluation's record.

    The first call makes it: with the log position proven against the checkpoint of that moment.

    Raises:
        NotFound: there is no such evaluation, or the actor may not see it.
    """
    with deps.store.read() as uow:
        stored = uow.evaluations.get(evaluation_id)
        require_readable(actor, stored.territory_id)
        made = uow.records.find(evaluation_id)
        if made is not None:
            return uow.blobs.get(made.digest)
    signed = checkpoint_for(deps, at_least=stored.log_index + 1)
    with deps.store.read() as uow:
        evidence = record_evidence(deps, uow, stored, signed)
    at = deps.clock.now()
    data = produce_evaluation_record(evidence, deps.load_keyring(), deps.public_url, at)
    with deps.store.write() as uow:
        made = uow.records.find(evaluation_id)
        if made is not None:
            # Somebody else sealed it meanwhile: there is one record, and it is that one.
            return uow.blobs.get(made.digest)
        digest = uow.blobs.put(data)
        note(
            uow,
            actor,
            "record.sealed",
            ("record", f"{DOCUMENT}/{evaluation_id}"),
            at,
            {"file": "sha256:" + sha256_hex(data), "bytes": len(data)},
        )
        uow.records.add(
            StoredRecord(
                evaluation_id=evaluation_id,
                document=DOCUMENT,
                digest=digest,
                size_bytes=len(data),
                sealed_at=at,
                checkpoint_size=signed.size,
            )
        )
    return data


def record_evidence(deps: Deps, uow: UnitOfWork, stored: StoredEvaluation, signed: StoredCheckpoint) -> dict[str, Any]:
    """Return the evidence that is attached to the record: all that is needed to check it without the service."""
    keyring = deps.load_keyring()
    return {
        "format": EVIDENCE_FORMAT,
        "document": DOCUMENT,
        "office": deps.office_name.as_json(),
        "evaluation": {
            "id": stored.evaluation_id,
            "event": stored.event,
            "evaluated_at": instant(stored.evaluated_at),
            "subject": {
                "kind": stored.subject_kind,
                "id": stored.subject_id,
                "version": stored.subject_version,
            },
            "cycle": None if stored.cycle is None else str(stored.cycle),
            "stage": stored.stage,
            "account_manager": stored.account_manager,
            "territory_id": stored.territory_id,
            "actor": dict(stored.actor),
            "simulated_clock": stored.simulated_clock,
            "payload_digest": stored.payload_digest,
            "facts_digest": stored.facts_digest,
            "rulebook_digest": stored.rulebook_digest,
            "judgement_digest": stored.judgement_digest,
            "verdict": stored.verdict,
        },
        "judgement": dict(stored.findings_json),
        "facts": json.loads(uow.blobs.get(stored.facts_digest)),
        "rulebook": json.loads(uow.rulebooks.get(stored.rulebook_digest)),
        "submission": json.loads(uow.blobs.get(stored.payload_digest)),
        "log": {
            "origin": keyring.log.name,
            "verifier_key": keyring.log.verifier_key,
            "index": stored.log_index,
            "size": signed.size,
            "event": json.loads(uow.log.leaf_data(stored.log_index)),
            "path": [
                base64.b64encode(digest).decode("ascii")
                for digest in inclusion_path(stored.log_index, signed.size, uow.log.node)
            ],
            "checkpoint": signed.note,
        },
    }
