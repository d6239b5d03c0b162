"""Archive signed documents that belong to no single case, as the forms of segment changes are archived."""

from app.actions.archive_change_forms import ARCHIVIST, list_after
from app.actions.change_form_files import people_roots
from app.actions.deps import Deps
from app.actions.noting import note
from app.core.errors import AppError
from app.reports.archive_signatures import archive_signed
from app.reports.signed_form import Content
from app.reports.signing_places import outline_of


def archive_documents(deps: Deps) -> tuple[str, ...]:
    """Archive every document that everybody has signed, and return their numbers; what cannot be is tried again."""
    with deps.store.read() as uow:
        waiting = [document.document_no for document in uow.documents.not_archived()]
    return tuple(number for number in waiting if _tried(deps, number))


def _tried(deps: Deps, document_no: str) -> bool:
    try:
        return _archive(deps, document_no)
    except AppError:
        # Still to be signed by somebody, no revocation list, no time stamp: the next run comes back to it.
        return False


def _archive(deps: Deps, document_no: str) -> bool:
    with deps.store.read() as uow:
        document = uow.documents.get(document_no)
        pdf = uow.blobs.get(document.current_digest)
        prepared = outline_of(uow.blobs.get(document.file_digest), uow.blobs.get(document.evidence_digest))
    if len(document.signatures) < len(prepared.expected):
        return False
    listed = list_after(deps, document.signatures[-1].signed_at)
    archived = archive_signed(
        pdf,
        Content(document.content_size, document.content_digest),
        prepared.expected,
        listed.der,
        deps.load_time_stamper(),
        people_roots(deps),
        deps.clock.now(),
    )
    with deps.store.write() as uow:
        if uow.documents.get(document_no) != document:
            return False
        digest = uow.blobs.put(archived.pdf)
        log_index = note(
            uow,
            ARCHIVIST,
            "document.archived",
            ("document", document_no),
            archived.stamp.at,
            {"file": digest, "bytes": len(archived.pdf), "revocation_list": listed.number},
        )
        uow.documents.archive(document_no, digest, archived.stamp.at, log_index)
    return True
