"""Record what somebody found in the shop; with the second check, ask whether the request may go on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.actions.change_acting import (
    ChangeReply,
    acting_now,
    change_seen,
    person_acting,
    refuse_faults,
)
from app.actions.change_evidence import photo_faults
from app.actions.change_judging import Asked, ask_change, ask_duty, merged
from app.actions.change_keeping import Act, keep_act, keep_refusal
from app.actions.deps import Deps
from app.actions.prepare_change_form import prepare_change_form
from app.audit.finding import Outcome
from app.core.actor import Actor
from app.core.errors import AppError, Conflict, Forbidden
from app.office.intake.segment_changes import read_site_check
from app.office.people import Person, Role
from app.office.permission import Permission
from app.office.segment_change import ChangeState, EvidenceFile, EvidenceKind, SegmentChange, SiteCheck
from app.review.change_steps import Act as StepAct
from app.review.change_steps import next_step
from app.review.segment_change import record_site_check as check_site
from app.store.change_values import StoredChange
from app.store.unit_of_work import UnitOfWork

EVENT = "before_layer1"


def record_site_check(
    deps: Deps,
    actor: Actor,
    change_no: str,
    version: int | None,
    payload: Mapping[str, Any],
    person_id: str | None = None,
) -> ChangeReply:
    """Record the check sheet of the one whose turn it is; after the second one prepare the approval form.

    Args:
        deps: the process.
        actor: who was in the shop, or a machine client that speaks for that person.
        change_no: of the request.
        version: as it was seen.
        payload: see SITE_CHECK_FIELDS; photos name digests of uploaded files.
        person_id: for whom a machine client speaks.

    Raises:
        NotFound, VersionMissing, VersionStale: see :func:`change_seen`.
        Invalid: something cannot be read, or a photo was never uploaded.
        GateClosed: with the second check, SEG-02 or SEG-03 blocks; the attempt is on record.
        WrongState, NotYours, RoleMissing, DutyConflict, TimeOrder: see :func:`app.review.segment_change`.
    """
    actor.require(Permission.CHECK_CHANGE)
    at = deps.clock.now()
    asked: list[Asked] = []
    seen: StoredChange | None = None
    person: Person | None = None
    try:
        with deps.store.write() as uow:
            seen = change_seen(uow, actor, change_no, version)
            person = person_acting(uow, actor, person_id)
            step = next_step(seen.change)
            role = step.role if step and step.act is StepAct.CHECK and step.role else Role.MARKET_SUPERVISOR
            sheet = _read(uow, payload, role, person, at)
            with_photos = _with_photos(uow, seen.change, sheet, person, at)
            if step is not None and step.act is StepAct.CHECK and step.layer is not None and step.layer > 1:
                attempted = replace(with_photos, site_checks=(*with_photos.site_checks, sheet))
                asked.append(ask_change(deps, uow, EVENT, attempted, at)[0])
            duty = ask_duty(deps, person, "segment_change.check", seen.change, at)
            if duty.speaks:
                asked.append(duty)
            change = check_site(with_photos, sheet, acting_now(person, at, merged(*asked)))
            act = Act(
                "check",
                person.person_id,
                tuple(asked),
                duties=((f"layer_{len(change.site_checks)}", person.person_id),),
                details={"role": sheet.role.value, "joint": sheet.joint, "photos": list(sheet.photos)},
            )
            reply = keep_act(deps, uow, actor, change, seen.version + 1, act, at)
    except (Conflict, Forbidden) as refusal:
        _keep_refusal(deps, actor, seen, person, asked, refusal, at)
        raise
    prepared = prepare_change_form(deps, change_no) if change.state is ChangeState.VERIFIED else None
    if prepared is None:
        return reply
    return replace(reply, version=prepared.version, body={**reply.body, "version": prepared.version})


def _read(uow: UnitOfWork, payload: Mapping[str, Any], role: Role, person: Person, at: datetime) -> SiteCheck:
    read = read_site_check(payload, role, person.person_id, at)
    refuse_faults(read.faults)
    assert read.check is not None
    refuse_faults(photo_faults(uow, read.check.photos))
    return read.check


def _with_photos(
    uow: UnitOfWork, change: SegmentChange, sheet: SiteCheck, person: Person, at: datetime
) -> SegmentChange:
    """Return the request with the photos of the sheet among its files: whoever decides later must be able to look."""
    known = {file.digest for file in change.evidence}
    brought = []
    for digest in dict.fromkeys(sheet.photos):
        kept = uow.evidence.get(digest)
        if kept is not None and digest not in known:
            brought.append(
                EvidenceFile(
                    EvidenceKind.SITE_RECORD,
                    digest,
                    kept.media_type,
                    kept.size,
                    person.person_id,
                    at,
                    kept.taken_at,
                    kept.position,
                )
            )
    return replace(change, evidence=(*change.evidence, *brought))


def _keep_refusal(
    deps: Deps,
    actor: Actor,
    seen: StoredChange | None,
    person: Person | None,
    asked: list[Asked],
    refusal: AppError,
    at: datetime,
) -> None:
    """Put the attempt on record when it got as far as the rules, or was one against the separation of duties."""
    shut = any(outcome is Outcome.BLOCK for outcome in merged(*asked).values())
    if seen is not None and person is not None and (shut or refusal.code == "change.duty_conflict"):
        keep_refusal(deps, actor, seen.change, seen.version, "check", person.person_id, asked, refusal, at)
