"""Segment changes: steps, evidence, registers, and duties nobody may hold together.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from app.store.change_triggers import refuse_conflicting_duties, refuse_gaps
from app.store.schema import Instant, JsonText
from app.store.triggers import refuse_changes

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BLANK = " \t\n\r\v\f\u00a0\u2003\u3000"

APPEND_ONLY = {
    "duty": [("object_kind", "object_id", "person_id", "duty")],
    "duty_conflict": [("duty", "excludes")],
    "effect_report": [("report_no",)],
    "evidence_file": [("digest",)],
    "paper_claim": [("claim_no",)],
    "register_entry": [("kind", "year", "serial"), ("number",)],
    "register_void": [("number",)],
    "segment_change_step": [("change_no", "version"), ("log_index",)],
}
"""Table -> its primary key and its unique constraints."""

CONFLICTS = [
    ("activate", "author"),
    ("determine", "submit"),
    ("enter", "file"),
    ("enter", "inspect"),
    ("enter", "layer_2"),
    ("enter", "layer_3"),
    ("enter", "layer_4"),
    ("enter", "layer_5"),
    ("enter", "revoke"),
    ("enter", "witness"),
    ("file", "inspect"),
    ("file", "layer_1"),
    ("file", "layer_2"),
    ("file", "layer_3"),
    ("file", "layer_4"),
    ("file", "witness"),
    ("inspect", "layer_1"),
    ("inspect", "layer_2"),
    ("inspect", "layer_3"),
    ("inspect", "layer_4"),
    ("inspect", "layer_5"),
    ("inspect", "sign"),
    ("inspect", "witness"),
    ("layer_1", "layer_2"),
    ("layer_1", "layer_3"),
    ("layer_1", "layer_4"),
    ("layer_1", "layer_5"),
    ("layer_1", "revoke"),
    ("layer_1", "witness"),
    ("layer_2", "layer_3"),
    ("layer_2", "layer_4"),
    ("layer_2", "layer_5"),
    ("layer_2", "revoke"),
    ("layer_2", "witness"),
    ("layer_3", "layer_4"),
    ("layer_3", "layer_5"),
    ("layer_3", "revoke"),
    ("layer_3", "witness"),
    ("layer_4", "layer_5"),
    ("layer_4", "revoke"),
    ("layer_4", "witness"),
    ("layer_5", "witness"),
    ("review", "submit"),
    ("revoke", "witness"),
]
"""As app/office/duties.py had them when this was written; a later step adds what it adds."""


def upgrade() -> None:
    op.create_table(
        "segment_change",
        sa.Column("change_no", sa.String(length=64), nullable=False),
        sa.Column("log_index", SERIAL, nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("licence_no", sa.String(length=255), nullable=False),
        sa.Column("account_manager", sa.String(length=255), nullable=False),
        sa.Column("territory_id", sa.String(length=255), nullable=True),
        sa.Column("shop_name", sa.Text(), nullable=True),
        sa.Column("filed_at", Instant(), nullable=True),
        sa.Column("effective_month", sa.String(length=7), nullable=True),
        sa.Column("unfinished", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["log_index"], ["log_entry.log_index"], name="fk_segment_change_log_index"),
        sa.PrimaryKeyConstraint("change_no", name="pk_segment_change"),
        sa.UniqueConstraint("log_index", name="uq_segment_change_log_index"),
    )
    op.create_index("ix_segment_change_account_manager", "segment_change", ["account_manager"], unique=False)
    op.create_index("ix_segment_change_effective_month", "segment_change", ["effective_month"], unique=False)
    op.create_index("ix_segment_change_licence_no", "segment_change", ["licence_no"], unique=False)
    op.create_index("ix_segment_change_opened_at", "segment_change", ["opened_at"], unique=False)
    op.create_index("ix_segment_change_state_log_index", "segment_change", ["state", "log_index"], unique=False)
    op.create_index("ix_segment_change_territory_id", "segment_change", ["territory_id"], unique=False)
    op.create_index("ix_segment_change_unfinished", "segment_change", ["unfinished"], unique=False)
    op.create_table(
        "segment_change_step",
        sa.Column("change_no", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("person_id", sa.String(length=255), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=255), nullable=True),
        sa.Column("actor", JsonText(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("evaluation_ids", JsonText(), nullable=False),
        sa.Column("log_index", SERIAL, nullable=False),
        sa.Column("details", JsonText(), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["change_no"], ["segment_change.change_no"], name="fk_segment_change_step_change_no"),
        sa.ForeignKeyConstraint(["log_index"], ["log_entry.log_index"], name="fk_segment_change_step_log_index"),
        sa.PrimaryKeyConstraint("change_no", "version", name="pk_segment_change_step"),
        sa.UniqueConstraint("log_index", name="uq_segment_change_step_log_index"),
    )
    op.create_index("ix_segment_change_step_done_at", "segment_change_step", ["done_at"], unique=False)
    op.create_table(
        "evidence_file",
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=255), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("latitude", sa.Integer(), nullable=True),
        sa.Column("longitude", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("actor", JsonText(), nullable=False),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="ck_evidence_file_position"),
        sa.ForeignKeyConstraint(["digest"], ["blob.digest"], name="fk_evidence_file_digest"),
        sa.PrimaryKeyConstraint("digest", name="pk_evidence_file"),
    )
    op.create_table(
        "register_entry",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.String(length=255), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("given_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("kind", "year", "serial", name="pk_register_entry"),
        sa.UniqueConstraint("number", name="uq_register_entry_number"),
    )
    op.create_index(
        "ix_register_entry_object_kind_object_id", "register_entry", ["object_kind", "object_id"], unique=False
    )
    op.create_table(
        "register_void",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("voided_at", Instant(), nullable=False),
        sa.Column("voided_by", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(f"trim(reason, '{BLANK}') <> ''", name="ck_register_void_reason"),
        sa.ForeignKeyConstraint(["number"], ["register_entry.number"], name="fk_register_void_number"),
        sa.PrimaryKeyConstraint("number", name="pk_register_void"),
    )
    op.create_table(
        "duty_conflict",
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("excludes", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("duty", "excludes", name="pk_duty_conflict"),
    )
    op.create_table(
        "duty",
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=255), nullable=False),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("object_kind", "object_id", "person_id", "duty", name="pk_duty"),
    )
    op.create_index("ix_duty_person_id", "duty", ["person_id"], unique=False)
    op.create_table(
        "paper_claim",
        sa.Column("claim_no", sa.String(length=64), nullable=False),
        sa.Column("change_no", sa.String(length=64), nullable=False),
        sa.Column("layer", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=255), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("scan_digest", sa.String(length=71), nullable=False),
        sa.Column("witness", sa.String(length=255), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("evaluation_id", sa.String(length=64), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("layer BETWEEN 1 AND 5", name="ck_paper_claim_layer"),
        sa.ForeignKeyConstraint(["change_no"], ["segment_change.change_no"], name="fk_paper_claim_change_no"),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.evaluation_id"], name="fk_paper_claim_evaluation_id"),
        sa.ForeignKeyConstraint(["scan_digest"], ["blob.digest"], name="fk_paper_claim_scan_digest"),
        sa.PrimaryKeyConstraint("claim_no", name="pk_paper_claim"),
    )
    op.create_index("ix_paper_claim_change_no", "paper_claim", ["change_no"], unique=False)
    op.create_table(
        "effect_report",
        sa.Column("report_no", SERIAL, nullable=False),
        sa.Column("change_no", sa.String(length=64), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("evaluation_id", sa.String(length=64), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("actor", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["change_no"], ["segment_change.change_no"], name="fk_effect_report_change_no"),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.evaluation_id"], name="fk_effect_report_evaluation_id"),
        sa.PrimaryKeyConstraint("report_no", name="pk_effect_report"),
    )
    op.create_index("ix_effect_report_change_no", "effect_report", ["change_no"], unique=False)

    both_ways = [*CONFLICTS, *((other, one) for one, other in CONFLICTS)]
    op.bulk_insert(
        sa.table("duty_conflict", sa.column("duty", sa.String()), sa.column("excludes", sa.String())),
        [{"duty": one, "excludes": other} for one, other in both_ways],
    )

    dialect = op.get_bind().dialect.name
    statements = [
        statement for table, keys in APPEND_ONLY.items() for statement in refuse_changes(dialect, table, keys)
    ]
    statements += refuse_gaps(dialect, "segment_change_step", ["change_no"], "version")
    statements += refuse_gaps(dialect, "register_entry", ["kind", "year"], "serial")
    statements += refuse_conflicting_duties(dialect)
    for statement in statements:
        # Driver level: the colon and percent signs of SQL text mean nothing here.
        op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
