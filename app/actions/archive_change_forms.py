"""Archive signed forms: revocation list, certificates and a closing time stamp, so that they validate for years."""

from dataclasses import replace
from datetime import datetime

from app.actions.change_acting import ChangeReply
from app.actions.change_form_files import form_file, form_outline, people_roots
from app.actions.change_keeping import Act, keep_act
from app.actions.deps import Deps
from app.actions.signing_keys import renew_revocation_list
from app.core.actor import system_actor
from app.core.errors import AppError
from app.office.permission import Permission
from app.office.segment_change import CHAIN, SegmentChange
from app.reports.archive_signatures import Archived, archive_signed
from app.review.change_signing import archive_form
from app.store.people_values import RevocationList

ARCHIVIST = system_actor("archive", (Permission.REVOKE_KEY,))


def archive_change_forms(deps: Deps) -> tuple[str, ...]:
    """Archive every form that all five have signed, and return the numbers of the requests.

    One that cannot be archived now is tried again the next time; why it could not is in the log of the service.
    """
    with deps.store.read() as uow:
        waiting = [stored.change for stored in uow.segment_changes.open() if _is_complete(stored.change)]
    return tuple(change.change_no for change in waiting if archive_form_of(deps, change.change_no) is not None)


def archive_form_of(deps: Deps, change_no: str) -> ChangeReply | None:
    """Archive the form of one request; None when it cannot be done now, or is done already.

    Never raises for what can be tried again: no revocation list while the root's key is elsewhere, no time stamp.
    """
    try:
        return _archive(deps, change_no)
    except AppError:
        # Signing is on record and stays so; the daily job comes back to it, and the task list shows it.
        return None


def with_archive(deps: Deps, reply: ChangeReply) -> ChangeReply:
    """Return the answer to an act after which the form may be archived: its version is the one after that."""
    archived = archive_form_of(deps, reply.change_no)
    if archived is None:
        return reply
    return replace(reply, version=archived.version, body={**reply.body, "version": archived.version})


def _is_complete(change: SegmentChange) -> bool:
    form = change.form
    return form is not None and len(form.signatures) == len(CHAIN) and form.archived_digest is None


def _archive(deps: Deps, change_no: str) -> ChangeReply | None:
    with deps.store.read() as uow:
        seen = uow.segment_changes.get(change_no)
        if not _is_complete(seen.change):
            return None
        assert seen.change.form is not None
        file = form_file(uow, seen.change)
        prepared = form_outline(uow, seen.change.form)
    last = seen.change.form.signatures[-1].signed_at
    listed = list_after(deps, last)
    at = deps.clock.now()
    archived: Archived = archive_signed(
        file.pdf, file.content, prepared.expected, listed.der, deps.load_time_stamper(), people_roots(deps), at
    )
    with deps.store.write() as uow:
        newest = uow.segment_changes.get(change_no)
        if newest.change.form != seen.change.form:
            return None
        digest = uow.blobs.put(archived.pdf)
        change = archive_form(newest.change, digest, archived.stamp.at)
        details = {"file": digest, "bytes": len(archived.pdf), "revocation_list": listed.number}
        act = Act("archive", None, details=details)
        return keep_act(deps, uow, ARCHIVIST, change, newest.version + 1, act, max(at, archived.stamp.at))


def list_after(deps: Deps, last: datetime) -> RevocationList:
    """Return a revocation list made after the moment ``last``: made now when the newest is older.

    Raises:
        Conflict: the root's key is kept elsewhere, and the operator has brought no list since.
    """
    with deps.store.read() as uow:
        newest = uow.revocation_lists.newest()
    return newest if newest is not None and newest.made_at > last else renew_revocation_list(deps, ARCHIVIST)
