"""Uploaded files and what is known of them; the bytes are blobs."""

from typing import Any

from sqlalchemy import Connection, Row, select

from app.office.position import Position
from app.store.change_tables import evidence_file
from app.store.change_values import StoredEvidence


class EvidenceRepository:
    """Add and read uploaded files, each once by its digest."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, kept: StoredEvidence) -> None:
        """Keep a file; its blob must be kept before. What was uploaded before stays as it was first described.

        Raises:
            BrokenReference: there is no such blob.
        """
        if self.get(kept.digest) is not None:
            return
        place = kept.position
        self._connection.execute(
            evidence_file.insert(),
            {
                "digest": kept.digest,
                "media_type": kept.media_type,
                "size_bytes": kept.size,
                "name": kept.name,
                "uploaded_by": kept.uploaded_by,
                "uploaded_at": kept.uploaded_at,
                "taken_at": kept.taken_at,
                "latitude": place.latitude if place else None,
                "longitude": place.longitude if place else None,
                "width": kept.width,
                "height": kept.height,
                "actor": kept.actor,
            },
        )

    def get(self, digest: str) -> StoredEvidence | None:
        """Return what is known of a file; None when it was never uploaded."""
        row = self._connection.execute(select(evidence_file).where(evidence_file.c.digest == digest)).first()
        return None if row is None else _value(row)


def _value(row: Row[Any]) -> StoredEvidence:
    return StoredEvidence(
        digest=row.digest,
        media_type=row.media_type,
        size=row.size_bytes,
        name=row.name,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        taken_at=row.taken_at,
        position=None if row.latitude is None else Position(row.latitude, row.longitude),
        width=row.width,
        height=row.height,
        actor=row.actor,
    )
