"""Keep documents people sign: what was prepared, every signature, the archived file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from app.core.errors import NotFound
from app.core.text import Bilingual
from app.store.document_tables import document_archive, document_signature, signed_document
from app.store.errors import house_errors


@dataclass(frozen=True, slots=True)
class DocumentSignature:
    """One signature in a document."""

    field: str
    """Name of the PDF signature field."""
    person_id: str
    signed_at: datetime
    """By the time stamp in the signature."""
    file_digest: str
    """``sha256:<hex>`` of the file after it."""
    certificate_digest: str
    opinion: str
    log_index: int


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document whose content is fixed, as far as it is signed."""

    document_no: str
    code: str
    """``D04`` ..."""
    object_kind: str
    object_id: str
    evidence_digest: str
    file_digest: str
    """Before anybody signed."""
    content_digest: str
    """64 hexadecimal digits."""
    content_size: int
    prepared_at: datetime
    prepared_by: str
    log_index: int
    signatures: tuple[DocumentSignature, ...] = ()
    """In order."""
    archived_digest: str | None = None
    archived_at: datetime | None = None

    @property
    def current_digest(self) -> str:
        """The digest of the file as it is now."""
        if self.archived_digest is not None:
            return self.archived_digest
        return self.signatures[-1].file_digest if self.signatures else self.file_digest


_OWN = ("document_no", "code", "object_kind", "object_id", "evidence_digest", "file_digest", "content_digest",
        "content_size", "prepared_at", "prepared_by", "log_index")  # fmt: skip
_OF_SIGNATURE = ("field", "person_id", "signed_at", "file_digest", "certificate_digest", "opinion", "log_index")


class DocumentRepository:
    """Add documents and what is put on them; nothing is ever changed."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, document: SignedDocument) -> None:
        """Keep a document nobody has signed yet.

        Raises:
            AlreadyRecorded: there is one of that number.
        """
        with house_errors():
            self._connection.execute(signed_document.insert(), {name: getattr(document, name) for name in _OWN})

    def sign(self, document_no: str, signature: DocumentSignature) -> None:
        """Keep the next signature of a document.

        Raises:
            AlreadyRecorded: the person has signed it, or somebody else was quicker.
        """
        place = len(self._signatures(document_no)) + 1
        row = {name: getattr(signature, name) for name in _OF_SIGNATURE}
        with house_errors():
            self._connection.execute(document_signature.insert(), {"document_no": document_no, "place": place, **row})

    def archive(self, document_no: str, file_digest: str, archived_at: datetime, log_index: int) -> None:
        """Keep the archived file of a document.

        Raises:
            AlreadyRecorded: it is archived.
        """
        row = {
            "document_no": document_no,
            "file_digest": file_digest,
            "archived_at": archived_at,
            "log_index": log_index,
        }
        with house_errors():
            self._connection.execute(document_archive.insert(), row)

    def get(self, document_no: str) -> SignedDocument:
        """Return a document with everything put on it.

        Raises:
            NotFound: there is none.
        """
        found = self._read(select(signed_document).where(signed_document.c.document_no == document_no))
        if not found:
            raise NotFound(Bilingual(f"没有文件 {document_no}。", f"There is no document {document_no}."))
        return found[0]

    def of_object(self, code: str, object_id: str) -> tuple[SignedDocument, ...]:
        """Return the documents of a kind about one object, oldest first."""
        wanted = select(signed_document).where(signed_document.c.code == code, signed_document.c.object_id == object_id)
        return self._read(wanted.order_by(signed_document.c.log_index))

    def not_archived(self) -> tuple[SignedDocument, ...]:
        """Return every signed document that is not archived, oldest first."""
        wanted = (
            select(signed_document)
            .outerjoin(document_archive, document_archive.c.document_no == signed_document.c.document_no)
            .where(document_archive.c.document_no.is_(None))
            .order_by(signed_document.c.log_index)
        )
        return tuple(one for one in self._read(wanted) if one.signatures)

    def _read(self, wanted: Select[Any]) -> tuple[SignedDocument, ...]:
        return tuple(self._whole(row) for row in self._connection.execute(wanted).all())

    def _whole(self, row: Row[Any]) -> SignedDocument:
        archived = self._connection.execute(
            select(document_archive).where(document_archive.c.document_no == row.document_no)
        ).first()
        return SignedDocument(
            **{name: getattr(row, name) for name in _OWN},
            signatures=tuple(
                DocumentSignature(**{name: getattr(one, name) for name in _OF_SIGNATURE})
                for one in self._signatures(row.document_no)
            ),
            archived_digest=archived.file_digest if archived else None,
            archived_at=archived.archived_at if archived else None,
        )

    def _signatures(self, document_no: str) -> Sequence[Row[Any]]:
        wanted = select(document_signature).where(document_signature.c.document_no == document_no)
        return self._connection.execute(wanted.order_by(document_signature.c.place)).all()
