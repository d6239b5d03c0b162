"""Judge a subject, and put the judgement on record: the half of every submission that is the same for all kinds."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.actions.deps import Deps
from app.actions.reply import CREATED, Reply, RequestKey, reply_bytes
from app.audit.engine.rulebook import Rulebook
from app.audit.fact import FactSet
from app.audit.finding import Judgement
from app.audit.log.event import Event
from app.core.actor import Actor
from app.core.canonical import canonical_bytes
from app.core.clock import instant
from app.office.month import Month
from app.store.blobs import PreparedBlob, prepare_blob
from app.store.unit_of_work import UnitOfWork
from app.store.values import StoredEvaluation

MOST_LINES = 100
"""A reply names at most this many lines of a finding; ``lines_total`` says how many there are."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged."""

    kind: str
    subject_id: str
    version: int
    cycle: Month
    stage: str | None = None
    account_manager: str | None = None
    territory_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what replies and the log say of the subject."""
        return {"kind": self.kind, "id": self.subject_id, "version": self.version}


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement with everything it can be replayed from, hashed and compressed before the writer's lock is taken."""

    rulebook: Rulebook
    judgement: Judgement
    judgement_json: Mapping[str, Any]
    judgement_blob: PreparedBlob
    facts_blob: PreparedBlob
    payload_blob: PreparedBlob


def rulebook_on(deps: Deps, event: str, cycle: Month) -> Rulebook:
    """Return the rules asked at ``event`` in ``cycle``: those in force on its first day.

    A change of a rule takes effect with the next cycle. Source: domain/workflows.md, WF-6.
    """
    return deps.library.rulebook(event, cycle.first_day)


def judge(deps: Deps, rulebook: Rulebook, facts: FactSet, payload: Mapping[str, Any]) -> Judged:
    """Return the judgement by ``rulebook`` of ``facts``, which were computed from ``payload``."""
    judgement = deps.evaluator.judge(rulebook, facts)
    body = judgement.as_json()
    return Judged(
        rulebook=rulebook,
        judgement=judgement,
        judgement_json=body,
        judgement_blob=prepare_blob(canonical_bytes(body)),
        facts_blob=prepare_blob(canonical_bytes(facts.as_json())),
        payload_blob=prepare_blob(canonical_bytes(payload)),
    )


def record(
    deps: Deps,
    uow: UnitOfWork,
    actor: Actor,
    subject: Subject,
    judged: Judged,
    event_name: str,
    at: datetime,
) -> StoredEvaluation:
    """Put the judgement, what it was reached from and its log entry on record in ``uow``; return it as stored."""
    judgement = judged.judgement
    period = str(subject.cycle).replace("-", "")
    evaluation_id = f"E-{period}-{uow.numbers.next('E', period):06d}"
    uow.blobs.put_all([judged.payload_blob, judged.facts_blob, judged.judgement_blob])
    payload_digest, facts_digest = judged.payload_blob.digest, judged.facts_blob.digest
    judgement_digest = judged.judgement_blob.digest
    rulebook = judged.rulebook
    if not uow.rulebooks.known(rulebook.digest):
        content = {"event": rulebook.event, "day": rulebook.day.isoformat(), "files": dict(rulebook.files)}
        uow.rulebooks.keep(rulebook.digest, canonical_bytes(content))
    position = uow.log.append(
        Event(
            name=event_name,
            at=instant(at),
            actor=actor.as_json(),
            subject=subject.as_json(),
            body={
                "evaluation": evaluation_id,
                "cycle": str(subject.cycle),
                "stage": subject.stage,
                "account_manager": subject.account_manager,
                "territory_id": subject.territory_id,
                "verdict": judgement.verdict.value,
                "payload_digest": payload_digest,
                "facts_digest": facts_digest,
                "rulebook_digest": rulebook.digest,
                "judgement_digest": judgement_digest,
                "simulated_clock": deps.clock.simulated,
            },
            salt=secrets.token_hex(16),
        )
    )
    stored = StoredEvaluation(
        evaluation_id=evaluation_id,
        event=rulebook.event,
        subject_kind=subject.kind,
        subject_id=subject.subject_id,
        subject_version=subject.version,
        cycle=subject.cycle,
        stage=subject.stage,
        account_manager=subject.account_manager,
        territory_id=subject.territory_id,
        actor=actor.as_json(),
        evaluated_at=at,
        verdict=judgement.verdict.value,
        counts=judgement.counts,
        findings_json=judged.judgement_json,
        facts_digest=facts_digest,
        payload_digest=payload_digest,
        rulebook_digest=rulebook.digest,
        judgement_digest=judgement_digest,
        log_index=position.index,
        leaf_hash=position.leaf_hash,
        simulated_clock=deps.clock.simulated,
    )
    uow.evaluations.add(stored, judgement_is_kept=True)
    if judgement.alarms:
        # The two evaluators disagreed, or the engine failed: the rules concerned are not_evaluable, and a person looks.
        uow.log.append(
            Event(
                name="engine.alarmed",
                at=instant(at),
                actor=actor.as_json(),
                subject={"kind": "evaluation", "id": evaluation_id, "version": 1},
                body={"alarms": list(judgement.alarms)},
                salt=secrets.token_hex(16),
            )
        )
        uow.outbox.add("engine.alarmed", {"evaluation": evaluation_id, "alarms": list(judgement.alarms)}, at)
    uow.outbox.add("evaluation.recorded", {"evaluation": evaluation_id, "verdict": judgement.verdict.value}, at)
    return stored


def kept(uow: UnitOfWork, actor: Actor, request: RequestKey, body: Mapping[str, Any], at: datetime) -> Reply:
    """Return the 201 answer with ``body``, kept under the request's key in the same transaction."""
    text = reply_bytes(body)
    if request.key is not None:
        uow.idempotency.keep(actor.actor_id, request.key, request.body_digest, CREATED, text, at)
    return Reply(CREATED, text)
