"""Bring further files to a request. Nothing is ever taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.actions.change_acting import ChangeReply, acting_now, change_seen, person_acting, refuse_faults
from app.actions.change_evidence import named_files
from app.actions.change_keeping import Act, keep_act
from app.actions.deps import Deps
from app.actions.prepare_change_form import prepare_change_form
from app.core.actor import Actor
from app.core.errors import Fault
from app.core.text import Bilingual
from app.office.intake.change_acts import read_evidence
from app.office.permission import Permission
from app.review.segment_change import add_evidence


def add_change_evidence(
    deps: Deps,
    actor: Actor,
    change_no: str,
    version: int | None,
    files: Sequence[Mapping[str, Any]],
    person_id: str | None = None,
) -> ChangeReply:
    """Record that ``files``, uploaded before, belong to the request too.

    When the approval form is prepared already, its content changes: it is void with every signature it bears, which
    the log says, and is prepared anew.

    Args:
        deps: the process.
        actor: the account manager who entered it, a market supervisor, or a machine client that speaks for one.
        change_no: of the request.
        version: as it was seen.
        files: as ``evidence`` of an application.
        person_id: for whom a machine client speaks.

    Raises:
        NotFound, VersionMissing, VersionStale: see :func:`change_seen`.
        Invalid: a file cannot be read, was never uploaded, or none is named.
        WrongState, NotYours, RoleMissing, DutyConflict, TimeOrder: see :func:`add_evidence`.
    """
    actor.require(Permission.CHECK_CHANGE)
    at = deps.clock.now()
    with deps.store.write() as uow:
        stored = change_seen(uow, actor, change_no, version)
        person = person_acting(uow, actor, person_id)
        read = read_evidence({"evidence": list(files)})
        refuse_faults(read.faults)
        if not read.evidence:
            message = Bilingual("至少补充一份材料。", "Name at least one file.")
            refuse_faults((Fault("/evidence", "value.missing", message),))
        brought, faults = named_files(uow, read.evidence, person.person_id, at)
        refuse_faults(faults)
        change = add_evidence(stored.change, brought, acting_now(person, at))
        form = stored.change.form
        details: dict[str, Any] = {"files": [{"kind": file.kind.value, "digest": file.digest} for file in brought]}
        if form is not None:
            details["void_form"] = {"revision": form.revision, "content_digest": form.content_digest}
            details["void_signatures"] = [[one.layer, one.person_id] for one in form.signatures]
        act = Act("add_evidence", person.person_id, details=details)
        reply = keep_act(deps, uow, actor, change, stored.version + 1, act, at)
    prepared = prepare_change_form(deps, change_no)
    if prepared is None:
        return reply
    return replace(reply, version=prepared.version, body={**reply.body, "version": prepared.version})
