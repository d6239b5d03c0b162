"""Keep one act on a segment change: the step, its log entry, its evaluations and its duties, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.actions.change_acting import ChangeReply
from app.actions.change_judging import KIND, Asked, put_on_record
from app.actions.deps import Deps
from app.actions.noting import note
from app.core.actor import Actor
from app.core.canonical import digest_of
from app.core.errors import AppError
from app.core.text import Bilingual
from app.office.segment_change import SegmentChange
from app.office.segment_change_json import change_as_json
from app.store.change_values import Step
from app.store.unit_of_work import UnitOfWork

LOG_NAMES: Mapping[str, str] = {
    "draft": "segment_change.drafted",
    "apply": "segment_change.applied",
    "add_evidence": "segment_change.evidence_added",
    "check": "segment_change.checked",
    "prepare": "segment_change.form_prepared",
    "sign": "segment_change.signed",
    "file": "segment_change.filed",
    "take_effect": "segment_change.took_effect",
    "review": "segment_change.reviewed",
    "reject": "segment_change.rejected",
    "withdraw": "segment_change.withdrawn",
    "revoke": "segment_change.revoked",
    "archive": "segment_change.form_archived",
}
"""The name of the log entry of each act."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act that is about to be kept."""

    name: str
    """A key of ``LOG_NAMES``."""
    person_id: str | None
    """Who acts; None: the service."""
    asked: tuple[Asked, ...] = ()
    """What the rules said; all of it goes on record."""
    duties: tuple[tuple[str, str], ...] = ()
    """(duty, person_id): what the person must never do together with another duty on the same request."""
    reason: str | None = None
    on_behalf_of: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    """What only this act has to say; goes into the log."""


def keep_act(
    deps: Deps, uow: UnitOfWork, actor: Actor, change: SegmentChange, version: int, act: Act, at: datetime
) -> ChangeReply:
    """Keep ``act``, after which the request is ``change`` in ``version``, and return the answer.

    Raises:
        DutyTaken: the database knows of another duty of the same person that excludes this one.
        AlreadyRecorded: somebody else was quicker.
    """
    stored = [put_on_record(deps, uow, actor, change, version, asked, at) for asked in act.asked]
    evaluations = tuple(one.evaluation_id for one in stored)
    for duty, person_id in act.duties:
        uow.duties.add(KIND, change.change_no, duty, person_id, at)
    log_index = note(
        uow,
        actor,
        LOG_NAMES[act.name],
        (KIND, change.change_no),
        at,
        {
            "act": act.name,
            "state": change.state.value,
            "change_digest": digest_of(change_as_json(change)),
            "person": act.person_id,
            "on_behalf_of": act.on_behalf_of,
            "reason": act.reason,
            "evaluations": list(evaluations),
            "duties": [[duty, person_id] for duty, person_id in act.duties],
            "simulated_clock": deps.clock.simulated,
            **act.details,
        },
        version=version,
    )
    uow.segment_changes.add_step(
        change,
        Step(
            change_no=change.change_no,
            version=version,
            act=act.name,
            at=at,
            person_id=act.person_id,
            on_behalf_of=act.on_behalf_of,
            actor=actor.as_json(),
            state=change.state.value,
            reason=act.reason,
            evaluation_ids=evaluations,
            log_index=log_index,
            details=dict(act.details),
        ),
    )
    uow.outbox.add(LOG_NAMES[act.name], {"change": change.change_no, "state": change.state.value}, at)
    return ChangeReply(
        change.change_no,
        version,
        change.state.value,
        evaluations,
        {
            "change_no": change.change_no,
            "version": version,
            "state": change.state.value,
            "evaluations": list(evaluations),
            "log_index": log_index,
        },
    )


def keep_refusal(
    deps: Deps,
    actor: Actor,
    change: SegmentChange,
    version: int,
    act: str,
    person_id: str | None,
    asked: Sequence[Asked],
    refusal: AppError,
    at: datetime,
) -> tuple[str, ...]:
    """Put an attempt that was refused on record, in a transaction of its own, and return its evaluations.

    Whoever tries what the rules forbid leaves a trace; the request stays as it was, in ``version``.
    """
    with deps.store.write() as uow:
        stored = [put_on_record(deps, uow, actor, change, version, one, at) for one in asked if one.speaks]
        evaluations = tuple(one.evaluation_id for one in stored)
        note(
            uow,
            actor,
            "segment_change.refused",
            (KIND, change.change_no),
            at,
            {
                "act": act,
                "person": person_id,
                "code": refusal.code,
                "why": refusal.detail.as_json(),
                "evaluations": list(evaluations),
            },
            version=version,
        )
        return evaluations


def said(sentences: Sequence[Bilingual]) -> list[dict[str, str]]:
    """Return sentences as JSON."""
    return [sentence.as_json() for sentence in sentences]
