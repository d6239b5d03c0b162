"""The files an application or a check sheet names: uploaded before, now part of a request."""

from collections.abc import Sequence
from datetime import datetime

from app.core.errors import Fault
from app.core.text import Bilingual
from app.office.intake.segment_changes import NamedEvidence
from app.office.segment_change import EvidenceFile
from app.store.unit_of_work import UnitOfWork


def named_files(
    uow: UnitOfWork, named: Sequence[NamedEvidence], added_by: str, at: datetime, pointer: str = "/evidence"
) -> tuple[tuple[EvidenceFile, ...], tuple[Fault, ...]]:
    """Return the uploaded files that are ``named``, and a fault for each that was never uploaded.

    Time and place of a photo are those the camera wrote into it; what was declared counts only where it wrote nothing.
    """
    files, faults = [], []
    for place, each in enumerate(named):
        kept = uow.evidence.get(each.digest)
        if kept is None:
            faults.append(_unknown(f"{pointer}/{place}/digest", each.digest))
            continue
        files.append(
            EvidenceFile(
                kind=each.kind,
                digest=kept.digest,
                media_type=kept.media_type,
                size=kept.size,
                added_by=added_by,
                added_at=at,
                taken_at=kept.taken_at or each.taken_at,
                taken_from=kept.position or each.taken_from,
            )
        )
    return tuple(files), tuple(faults)


def photo_faults(uow: UnitOfWork, digests: Sequence[str]) -> tuple[Fault, ...]:
    """Return a fault for each photo of a check sheet that was never uploaded."""
    return tuple(
        _unknown(f"/photos/{place}/digest", digest)
        for place, digest in enumerate(digests)
        if uow.evidence.get(digest) is None
    )


def _unknown(pointer: str, digest: str) -> Fault:
    message = Bilingual(f"没有摘要为 {digest} 的文件，请先上传。", f"No file {digest} was uploaded. Upload it first.")
    return Fault(pointer, "evidence.unknown", message)
