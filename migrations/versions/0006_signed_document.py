"""Documents people sign that belong to no single case.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from app.store.schema import Instant
from app.store.triggers import refuse_changes

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "document_archive": [("document_no",), ("log_index",)],
    "document_signature": [("document_no", "place"), ("document_no", "person_id"), ("log_index",)],
    "signed_document": [("document_no",), ("log_index",)],
}
"""Table -> its primary key and its unique constraints."""


def upgrade() -> None:
    op.create_table(
        "signed_document",
        sa.Column("document_no", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.String(length=255), nullable=False),
        sa.Column("evidence_digest", sa.String(length=71), nullable=False),
        sa.Column("file_digest", sa.String(length=71), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("content_size", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", Instant(), nullable=False),
        sa.Column("prepared_by", sa.String(length=255), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_digest"], ["blob.digest"], name="fk_signed_document_evidence_digest_blob"),
        sa.ForeignKeyConstraint(["file_digest"], ["blob.digest"], name="fk_signed_document_file_digest_blob"),
        sa.ForeignKeyConstraint(["log_index"], ["log_entry.log_index"], name="fk_signed_document_log_index_log_entry"),
        sa.PrimaryKeyConstraint("document_no", name="pk_signed_document"),
        sa.UniqueConstraint("log_index", name="uq_signed_document_log_index"),
    )
    op.create_index("ix_signed_document_code_object_id", "signed_document", ["code", "object_id"])
    op.create_table(
        "document_signature",
        sa.Column("document_no", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=255), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("file_digest", sa.String(length=71), nullable=False),
        sa.Column("certificate_digest", sa.String(length=71), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("place >= 1", name="ck_document_signature_place"),
        sa.ForeignKeyConstraint(
            ["document_no"], ["signed_document.document_no"], name="fk_document_signature_document_no_signed_document"
        ),
        sa.ForeignKeyConstraint(["file_digest"], ["blob.digest"], name="fk_document_signature_file_digest_blob"),
        sa.ForeignKeyConstraint(
            ["log_index"], ["log_entry.log_index"], name="fk_document_signature_log_index_log_entry"
        ),
        sa.PrimaryKeyConstraint("document_no", "place", name="pk_document_signature"),
        sa.UniqueConstraint("document_no", "person_id", name="uq_document_signature_document_no_person_id"),
        sa.UniqueConstraint("log_index", name="uq_document_signature_log_index"),
    )
    op.create_table(
        "document_archive",
        sa.Column("document_no", sa.String(length=64), nullable=False),
        sa.Column("file_digest", sa.String(length=71), nullable=False),
        sa.Column("archived_at", Instant(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_no"], ["signed_document.document_no"], name="fk_document_archive_document_no_signed_document"
        ),
        sa.ForeignKeyConstraint(["file_digest"], ["blob.digest"], name="fk_document_archive_file_digest_blob"),
        sa.ForeignKeyConstraint(["log_index"], ["log_entry.log_index"], name="fk_document_archive_log_index_log_entry"),
        sa.PrimaryKeyConstraint("document_no", name="pk_document_archive"),
        sa.UniqueConstraint("log_index", name="uq_document_archive_log_index"),
    )
    for table, keys in APPEND_ONLY.items():
        for statement in refuse_changes(op.get_bind().dialect.name, table, keys):
            op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
