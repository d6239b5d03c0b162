"""Hand out an uploaded file, through a segment change the reader may see and that names it: in no other way."""

from dataclasses import dataclass

from app.actions.change_acting import change_visible
from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.office.permission import Permission
from app.office.segment_change import SegmentChange
from app.reports.uploaded_file import download_name


@dataclass(frozen=True, slots=True)
class EvidenceContent:
    """The bytes of a file as they were uploaded, and how to hand them out."""

    data: bytes
    digest: str
    media_type: str
    """Told by the content at upload."""
    download_name: str
    """With the suffix of what it is."""


def read_evidence_file(deps: Deps, actor: Actor, change_no: str, digest: str) -> EvidenceContent:
    """Return the file ``digest`` (``sha256:<hex>``) of the request ``change_no``.

    Raises:
        Forbidden: the actor may not read segment changes.
        NotFound: there is no such request, the actor may not see it, or it does not name such a file.
    """
    actor.require(Permission.READ_CHANGE)
    with deps.store.read() as uow:
        change = change_visible(uow, actor, change_no).change
        evidence = uow.evidence.get(digest) if digest in evidence_digests(change) else None
        if evidence is None:
            raise NotFound(
                Bilingual(
                    f"业态变更 {change_no} 中没有该文件。",
                    f"The segment change {change_no} has no such file.",
                )
            )
        return EvidenceContent(
            data=uow.blobs.get(digest),
            digest=digest,
            media_type=evidence.media_type,
            download_name=download_name(evidence.name, evidence.media_type),
        )


def evidence_digests(change: SegmentChange) -> frozenset[str]:
    """Return the digests of all files a request names: evidence, photos of the checks, scans of signatures on paper."""
    named = {file.digest for file in change.evidence}
    named.update(digest for check in change.site_checks for digest in check.photos)
    signatures = change.form.signatures if change.form else ()
    named.update(signature.scan_digest for signature in signatures if signature.scan_digest)
    return frozenset(named)
