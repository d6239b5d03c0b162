"""Documents people sign that belong to no single case: registers, notices, reports. Nothing in them is overwritten."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.store.schema import APPEND_ONLY, Instant, metadata

_ID = String(64)
_DIGEST = String(71)

signed_document = Table(
    "signed_document",
    metadata,
    Column("document_no", _ID, primary_key=True),
    Column("code", String(8), nullable=False),
    Column("object_kind", String(64), nullable=False),
    Column("object_id", String(255), nullable=False),
    # What it is drawn from, and the file before anybody signed.
    Column("evidence_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("file_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("content_size", BigInteger, nullable=False),
    Column("prepared_at", Instant, nullable=False),
    Column("prepared_by", String(255), nullable=False),
    Column("log_index", BigInteger, ForeignKey("log_entry.log_index"), nullable=False),
    UniqueConstraint("log_index"),
    Index(None, "code", "object_id"),
    info=APPEND_ONLY,
)

document_signature = Table(
    "document_signature",
    metadata,
    Column("document_no", _ID, ForeignKey("signed_document.document_no"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("field", String(64), nullable=False),
    Column("person_id", String(255), nullable=False),
    Column("signed_at", Instant, nullable=False),
    Column("file_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("certificate_digest", _DIGEST, nullable=False),
    Column("opinion", Text, nullable=False),
    Column("log_index", BigInteger, ForeignKey("log_entry.log_index"), nullable=False),
    UniqueConstraint("document_no", "person_id"),
    UniqueConstraint("log_index"),
    CheckConstraint("place >= 1", name="place"),
    info=APPEND_ONLY,
)

document_archive = Table(
    "document_archive",
    metadata,
    Column("document_no", _ID, ForeignKey("signed_document.document_no"), primary_key=True),
    Column("file_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("archived_at", Instant, nullable=False),
    Column("log_index", BigInteger, ForeignKey("log_entry.log_index"), nullable=False),
    UniqueConstraint("log_index"),
    info=APPEND_ONLY,
)
