"""The core: log, evaluations, forecasts, events of cycles, content, clients, accounts.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from app.store.schema import Instant, JsonText, MonthText
from app.store.triggers import POSTGRESQL_FUNCTION, refuse_changes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = {
    "blob": [("digest",)],
    "checkpoint": [("size",)],
    "cycle_event": [("event_no",), ("evaluation_id",)],
    "determination": [("determination_no",)],
    "evaluation": [("evaluation_id",), ("log_index",)],
    "finding": [("evaluation_id", "rule")],
    "forecast": [("forecast_id",), ("stage", "cycle", "account_manager")],
    "forecast_version": [("forecast_id", "version"), ("evaluation_id",)],
    "idempotency": [("client_id", "idempotency_key")],
    "log_entry": [("log_index",)],
    "log_node": [("level", "node_index")],
    "outbox": [("message_no",)],
    "pos_batch": [("reception_no",), ("evaluation_id",)],
    "record": [("evaluation_id", "document")],
    "reopening": [("reopening_no",)],
    "rulebook": [("rulebook_digest",)],
    "window_extension": [("extension_no",), ("evaluation_id",)],
}
"""Table -> its primary key and its unique constraints."""


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("sign_in_name", sa.String(length=255), nullable=False),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=255), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("roles", JsonText(), nullable=False),
        sa.Column("territories", JsonText(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.Column("signed_in_at", Instant(), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name="pk_account"),
        sa.UniqueConstraint("sign_in_name", name="uq_account_sign_in_name"),
    )
    op.create_table(
        "blob",
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("zipped", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_blob"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", SERIAL, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.CheckConstraint("length(root) = 32", name="ck_checkpoint_root"),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint"),
    )
    op.create_table(
        "client",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("credential_hash", sa.Text(), nullable=False),
        sa.Column("scopes", JsonText(), nullable=False),
        sa.Column("territories", JsonText(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("client_id", name="pk_client"),
        sa.UniqueConstraint("name", name="uq_client_name"),
    )
    op.create_table(
        "forecast",
        sa.Column("forecast_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("cycle", MonthText(), nullable=False),
        sa.Column("account_manager", sa.String(length=255), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("forecast_id", name="pk_forecast"),
        sa.UniqueConstraint("stage", "cycle", "account_manager", name="uq_forecast_stage_cycle_account_manager"),
    )
    op.create_table(
        "idempotency",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("body_digest", sa.String(length=71), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "idempotency_key", name="pk_idempotency"),
    )
    op.create_table(
        "log_entry",
        sa.Column("log_index", SERIAL, autoincrement=False, nullable=False),
        sa.Column("leaf_data", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(leaf_hash) = 32", name="ck_log_entry_leaf_hash"),
        sa.CheckConstraint("log_index >= 0", name="ck_log_entry_log_index"),
        sa.PrimaryKeyConstraint("log_index", name="pk_log_entry"),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("node_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(node_hash) = 32", name="ck_log_node_node_hash"),
        sa.CheckConstraint("level >= 1 AND node_index >= 0", name="ck_log_node_place"),
        sa.PrimaryKeyConstraint("level", "node_index", name="pk_log_node"),
    )
    op.create_table(
        "number",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "period", name="pk_number"),
    )
    op.create_table(
        "outbox",
        sa.Column("message_no", SERIAL, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("message_no", name="pk_outbox"),
    )
    op.create_table(
        "rulebook",
        sa.Column("rulebook_digest", sa.String(length=71), nullable=False),
        sa.Column("content_digest", sa.String(length=71), nullable=False),
        sa.ForeignKeyConstraint(["content_digest"], ["blob.digest"], name="fk_rulebook_content_digest"),
        sa.PrimaryKeyConstraint("rulebook_digest", name="pk_rulebook"),
    )
    op.create_table(
        "web_session",
        sa.Column("token_digest", sa.String(length=71), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("content", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_web_session_account_id"),
        sa.PrimaryKeyConstraint("token_digest", name="pk_web_session"),
    )
    op.create_index("ix_web_session_account_id", "web_session", ["account_id"], unique=False)
    op.create_table(
        "evaluation",
        sa.Column("evaluation_id", sa.String(length=64), nullable=False),
        sa.Column("log_index", SERIAL, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=255), nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=False),
        sa.Column("cycle", MonthText(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("account_manager", sa.String(length=255), nullable=True),
        sa.Column("territory_id", sa.String(length=255), nullable=True),
        sa.Column("actor_id", sa.String(length=255), nullable=False),
        sa.Column("actor", JsonText(), nullable=False),
        sa.Column("evaluated_at", Instant(), nullable=False),
        sa.Column("simulated_clock", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("counts", JsonText(), nullable=False),
        sa.Column("facts_digest", sa.String(length=71), nullable=False),
        sa.Column("payload_digest", sa.String(length=71), nullable=False),
        sa.Column("rulebook_digest", sa.String(length=71), nullable=False),
        sa.Column("judgement_digest", sa.String(length=71), nullable=False),
        sa.ForeignKeyConstraint(["facts_digest"], ["blob.digest"], name="fk_evaluation_facts_digest"),
        sa.ForeignKeyConstraint(["judgement_digest"], ["blob.digest"], name="fk_evaluation_judgement_digest"),
        sa.ForeignKeyConstraint(["log_index"], ["log_entry.log_index"], name="fk_evaluation_log_index"),
        sa.ForeignKeyConstraint(["payload_digest"], ["blob.digest"], name="fk_evaluation_payload_digest"),
        sa.ForeignKeyConstraint(
            ["rulebook_digest"], ["rulebook.rulebook_digest"], name="fk_evaluation_rulebook_digest"
        ),
        sa.PrimaryKeyConstraint("evaluation_id", name="pk_evaluation"),
        sa.UniqueConstraint("log_index", name="uq_evaluation_log_index"),
    )
    op.create_index(
        "ix_evaluation_account_manager_log_index", "evaluation", ["account_manager", "log_index"], unique=False
    )
    op.create_index("ix_evaluation_cycle_log_index", "evaluation", ["cycle", "log_index"], unique=False)
    op.create_index("ix_evaluation_subject_id", "evaluation", ["subject_id"], unique=False)
    op.create_index("ix_evaluation_territory_id_log_index", "evaluation", ["territory_id", "log_index"], unique=False)
    op.create_index("ix_evaluation_verdict_log_index", "evaluation", ["verdict", "log_index"], unique=False)
    op.create_table(
        "cycle_event",
        sa.Column("event_no", SERIAL, nullable=False),
        sa.Column("evaluation_id", sa.String(length=64), nullable=False),
        sa.Column("cycle", MonthText(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("actor", JsonText(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.evaluation_id"], name="fk_cycle_event_evaluation_id"),
        sa.PrimaryKeyConstraint("event_no", name="pk_cycle_event"),
        sa.UniqueConstraint("evaluation_id", name="uq_cycle_event_evaluation_id"),
    )
    op.create_index("ix_cycle_event_cycle_event_stage", "cycle_event", ["cycle", "event", "stage"], unique=False)
    op.create_table(
        "finding",
        sa.Column("evaluation_id", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("message_zh", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("lines_total", sa.Integer(), nullable=False),
        sa.Column("lead_only", sa.Boolean(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.evaluation_id"], name="fk_finding_evaluation_id"),
        sa.PrimaryKeyConstraint("evaluation_id", "rule", name="pk_finding"),
    )
    op.create_index("ix_finding_outcome_log_index", "finding", ["outcome", "log_index"], unique=False)
    op.create_index("ix_finding_rule_log_index", "finding", ["rule", "log_index"], unique=False)
    op.create_table(
        "forecast_version",
        sa.Column("forecast_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("evaluation_id", sa.String(length=64), nullable=False),
        sa.Column("payload_digest", sa.String(length=71), nullable=False),
        sa.Column("supersedes", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("submitted_at", Instant(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.String(length=255), nullable=True),
        sa.Column("actor", JsonText(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("final_cartons", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("version >= 1", name="ck_forecast_version_version"),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.evaluation_id"], name="fk_forecast_version_evaluation_id"
        ),
        sa.ForeignKeyConstraint(["forecast_id"], ["forecast.forecast_id"], name="fk_forecast_version_forecast_id"),
        sa.ForeignKeyConstraint(["payload_digest"], ["blob.digest"], name="fk_forecast_version_payload_digest"),
        sa.PrimaryKeyConstraint("forecast_id", "version", name="pk_forecast_version"),
        sa.UniqueConstraint("evaluation_id", name="uq_forecast_version_evaluation_id"),
    )
    op.create_table(
        "pos_batch",
        sa.Column("reception_no", SERIAL, nullable=False),
        sa.Column("evaluation_id", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.String(length=255), nullable=False),
        sa.Column("terminal_server", sa.String(length=255), nullable=False),
        sa.Column("announced_lines", sa.BigInteger(), nullable=False),
        sa.Column("received_lines", sa.BigInteger(), nullable=False),
        sa.Column("checksum_matches", sa.Boolean(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("licence_numbers", JsonText(), nullable=False),
        sa.Column("payload_digest", sa.String(length=71), nullable=False),
        sa.Column("actor", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.evaluation_id"], name="fk_pos_batch_evaluation_id"),
        sa.ForeignKeyConstraint(["payload_digest"], ["blob.digest"], name="fk_pos_batch_payload_digest"),
        sa.PrimaryKeyConstraint("reception_no", name="pk_pos_batch"),
        sa.UniqueConstraint("evaluation_id", name="uq_pos_batch_evaluation_id"),
    )
    op.create_index("ix_pos_batch_batch_id", "pos_batch", ["batch_id"], unique=False)
    op.create_index("ix_pos_batch_received_at", "pos_batch", ["received_at"], unique=False)
    op.create_table(
        "record",
        sa.Column("evaluation_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", Instant(), nullable=False),
        sa.Column("checkpoint_size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["blob.digest"], name="fk_record_digest"),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.evaluation_id"], name="fk_record_evaluation_id"),
        sa.PrimaryKeyConstraint("evaluation_id", "document", name="pk_record"),
    )
    op.create_table(
        "window_extension",
        sa.Column("extension_no", SERIAL, nullable=False),
        sa.Column("evaluation_id", sa.String(length=64), nullable=False),
        sa.Column("cycle", MonthText(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("new_end", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.String(length=255), nullable=True),
        sa.Column("approved_by", sa.String(length=255), nullable=True),
        sa.Column("countersigned_by", sa.String(length=255), nullable=True),
        sa.Column("filing_no", sa.String(length=255), nullable=True),
        sa.Column("filed_at", Instant(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("actor", JsonText(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.evaluation_id"], name="fk_window_extension_evaluation_id"
        ),
        sa.PrimaryKeyConstraint("extension_no", name="pk_window_extension"),
        sa.UniqueConstraint("evaluation_id", name="uq_window_extension_evaluation_id"),
    )
    op.create_index("ix_window_extension_cycle_stage", "window_extension", ["cycle", "stage"], unique=False)
    op.create_table(
        "determination",
        sa.Column("determination_no", SERIAL, nullable=False),
        sa.Column("forecast_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=255), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("determined_at", Instant(), nullable=False),
        sa.Column("actor", JsonText(), nullable=False),
        sa.CheckConstraint("decision IN ('accept', 'return')", name="ck_determination_decision"),
        sa.ForeignKeyConstraint(
            ["forecast_id", "version"],
            ["forecast_version.forecast_id", "forecast_version.version"],
            name="fk_determination_forecast_id_version",
        ),
        sa.PrimaryKeyConstraint("determination_no", name="pk_determination"),
    )
    op.create_index("ix_determination_forecast_id_version", "determination", ["forecast_id", "version"], unique=False)
    op.create_table(
        "reopening",
        sa.Column("reopening_no", SERIAL, nullable=False),
        sa.Column("forecast_id", sa.String(length=64), nullable=False),
        sa.Column("after_version", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reopened_at", Instant(), nullable=False),
        sa.Column("actor", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id", "after_version"],
            ["forecast_version.forecast_id", "forecast_version.version"],
            name="fk_reopening_forecast_id_after_version",
        ),
        sa.PrimaryKeyConstraint("reopening_no", name="pk_reopening"),
    )
    op.create_index("ix_reopening_forecast_id", "reopening", ["forecast_id"], unique=False)

    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(POSTGRESQL_FUNCTION)
    for table, keys in APPEND_ONLY.items():
        for statement in refuse_changes(dialect, table, keys):
            # Driver level: the colon and percent signs of SQL text mean nothing here.
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
