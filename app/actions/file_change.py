"""File an approved request: a number in the register of filings, and the day from which it counts."""

from datetime import datetime

from app.actions.archive_change_forms import with_archive
from app.actions.change_acting import ChangeReply, acting_now, change_seen, person_acting
from app.actions.change_form_files import form_file, form_outline, signatures_on_file, verified
from app.actions.change_judging import Asked, ask_change, ask_duty, ask_signatures, merged
from app.actions.change_keeping import Act, keep_act, keep_refusal
from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.errors import AppError, Conflict, Forbidden
from app.office.people import Person
from app.office.permission import Permission
from app.office.segment_change import CHAIN, SegmentChange
from app.review.change_ending import file_change as file
from app.review.duties import Acting
from app.store.change_values import StoredChange
from app.store.unit_of_work import UnitOfWork

REGISTER = "BA"
_NOT_YET = "-"


def file_change(deps: Deps, actor: Actor, change_no: str, version: int | None) -> ChangeReply:
    """File the request under the next number of the register; its day of effect is fixed by the clock of the service.

    Its five signatures are verified once more before the number is given (TRL-04), and the chain is judged whole. A
    filing that is refused uses no number.

    Raises:
        NotFound, VersionMissing, VersionStale: see :func:`change_seen`.
        WrongState, RoleMissing, DutyConflict, TimeOrder, GateClosed: see :func:`app.review.change_ending.file_change`.
    """
    actor.require(Permission.FILE_CHANGE)
    at = deps.clock.now()
    with deps.store.write() as uow:
        seen = change_seen(uow, actor, change_no, version)
        person = person_acting(uow, actor)
        asked = _ask(deps, uow, seen.change, person, at)
        acting = acting_now(person, at, merged(*asked))
        refusal = _refusal(seen.change, acting)
        if refusal is None:
            reply = _keep(deps, uow, actor, seen, acting, asked, at)
    if refusal is not None:
        keep_refusal(deps, actor, seen.change, seen.version, "file", person.person_id, asked, refusal, at)
        raise refusal
    # The revocation list must be younger than the last signature: often the form could not be archived before now.
    return with_archive(deps, reply)


def _ask(deps: Deps, uow: UnitOfWork, change: SegmentChange, person: Person, at: datetime) -> tuple[Asked, ...]:
    asked: list[Asked] = []
    if change.form is not None and len(change.form.signatures) == len(CHAIN):
        form = form_file(uow, change)
        signed = uow.blobs.get(form.form.signatures[-1].file_digest)
        check = verified(deps, form, signed, form_outline(uow, form.form), at, unfinished=False)
        on_file = signatures_on_file(uow, change, form.form.signatures, check)
        asked.append(ask_change(deps, uow, "on_approval", change, at)[0])
        asked.append(ask_signatures(deps, uow, "on_verify", change, on_file, None, at))
    duty = ask_duty(deps, person, "segment_change.file", change, at)
    return (*asked, duty) if duty.speaks else tuple(asked)


def _refusal(change: SegmentChange, acting: Acting) -> AppError | None:
    """Return why it cannot be filed, before a number is taken for it."""
    try:
        file(change, _NOT_YET, acting)
    except (Conflict, Forbidden) as refusal:
        return refusal
    return None


def _keep(
    deps: Deps,
    uow: UnitOfWork,
    actor: Actor,
    seen: StoredChange,
    acting: Acting,
    asked: tuple[Asked, ...],
    at: datetime,
) -> ChangeReply:
    person_id = acting.person.person_id
    number = uow.registers.take(REGISTER, at, "segment_change", seen.change.change_no, person_id)
    filed = file(seen.change, number, acting)
    details = {"filing_no": number, "effective_on": str(filed.effective_on)}
    act = Act("file", person_id, asked, duties=(("file", person_id),), details=details)
    return keep_act(deps, uow, actor, filed, seen.version + 1, act, at)
