"""The core tables. What each is for stands in docs/store.md; rows never leave the store."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from app.store.schema import APPEND_ONLY, Instant, JsonText, MonthText, metadata

_SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""SQLite only counts for itself in a column declared INTEGER."""

_ID = String(64)
_DIGEST = String(71)
"""``sha256:`` and 64 hexadecimal digits."""

log_entry = Table(
    "log_entry",
    metadata,
    Column("log_index", _SERIAL, primary_key=True, autoincrement=False),
    Column("leaf_data", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    CheckConstraint("log_index >= 0", name="log_index"),
    CheckConstraint("length(leaf_hash) = 32", name="leaf_hash"),
    info=APPEND_ONLY,
)

log_node = Table(
    "log_node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("node_index", BigInteger, primary_key=True, autoincrement=False),
    Column("node_hash", LargeBinary, nullable=False),
    # Level 0 is log_entry.leaf_hash: kept once.
    CheckConstraint("level >= 1 AND node_index >= 0", name="place"),
    CheckConstraint("length(node_hash) = 32", name="node_hash"),
    info=APPEND_ONLY,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", _SERIAL, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("signed_at", Instant, nullable=False),
    CheckConstraint("length(root) = 32", name="root"),
    info=APPEND_ONLY,
)

blob = Table(
    "blob",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("zipped", LargeBinary),
    info=APPEND_ONLY,
)

number = Table(
    "number",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("client_id", _ID, primary_key=True),
    Column("idempotency_key", String(255), primary_key=True),
    Column("body_digest", _DIGEST, nullable=False),
    Column("status", Integer, nullable=False),
    Column("reply", LargeBinary, nullable=False),
    Column("kept_at", Instant, nullable=False),
    info=APPEND_ONLY,
)

rulebook = Table(
    "rulebook",
    metadata,
    Column("rulebook_digest", _DIGEST, primary_key=True),
    Column("content_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    info=APPEND_ONLY,
)

evaluation = Table(
    "evaluation",
    metadata,
    Column("evaluation_id", _ID, primary_key=True),
    Column("log_index", _SERIAL, ForeignKey("log_entry.log_index"), nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("event", String(64), nullable=False),
    Column("subject_kind", String(64), nullable=False),
    Column("subject_id", String(255), nullable=False),
    Column("subject_version", Integer, nullable=False),
    Column("cycle", MonthText),
    Column("stage", String(16)),
    Column("account_manager", String(255)),
    Column("territory_id", String(255)),
    Column("actor_id", String(255), nullable=False),
    Column("actor", JsonText, nullable=False),
    Column("evaluated_at", Instant, nullable=False),
    Column("simulated_clock", Boolean, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("counts", JsonText, nullable=False),
    Column("facts_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("payload_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("rulebook_digest", _DIGEST, ForeignKey("rulebook.rulebook_digest"), nullable=False),
    # The findings themselves are the blob with this digest.
    Column("judgement_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    UniqueConstraint("log_index"),
    Index(None, "verdict", "log_index"),
    Index(None, "cycle", "log_index"),
    Index(None, "account_manager", "log_index"),
    Index(None, "territory_id", "log_index"),
    Index(None, "subject_id"),
    info=APPEND_ONLY,
)

finding = Table(
    "finding",
    metadata,
    Column("evaluation_id", _ID, ForeignKey("evaluation.evaluation_id"), primary_key=True),
    Column("rule", String(32), primary_key=True),
    Column("rule_version", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
    # What lists show without opening the whole judgement.
    Column("message_zh", Text, nullable=False),
    Column("message_en", Text, nullable=False),
    Column("lines_total", Integer, nullable=False),
    Column("lead_only", Boolean, nullable=False),
    Column("shadow", Boolean, nullable=False),
    # Of the evaluation: newest first without a join.
    Column("log_index", BigInteger, nullable=False),
    Index(None, "rule", "log_index"),
    Index(None, "outcome", "log_index"),
    info=APPEND_ONLY,
)

record = Table(
    "record",
    metadata,
    Column("evaluation_id", _ID, ForeignKey("evaluation.evaluation_id"), primary_key=True),
    Column("document", String(8), primary_key=True),
    Column("digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sealed_at", Instant, nullable=False),
    Column("checkpoint_size", BigInteger, nullable=False),
    info=APPEND_ONLY,
)

forecast = Table(
    "forecast",
    metadata,
    Column("forecast_id", _ID, primary_key=True),
    Column("stage", String(16), nullable=False),
    Column("cycle", MonthText, nullable=False),
    # NULL when the submission named nobody: such a forecast has one version only, as nothing can refer to it.
    Column("account_manager", String(255)),
    Column("opened_at", Instant, nullable=False),
    UniqueConstraint("stage", "cycle", "account_manager"),
    info=APPEND_ONLY,
)

forecast_version = Table(
    "forecast_version",
    metadata,
    Column("forecast_id", _ID, ForeignKey("forecast.forecast_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("evaluation_id", _ID, ForeignKey("evaluation.evaluation_id"), nullable=False),
    Column("payload_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("supersedes", String(255)),
    Column("reason", Text),
    Column("submitted_at", Instant, nullable=False),
    Column("days_late", Integer),
    Column("territory_id", String(255)),
    Column("actor", JsonText, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("final_cartons", BigInteger),
    UniqueConstraint("evaluation_id"),
    CheckConstraint("version >= 1", name="version"),
    info=APPEND_ONLY,
)

determination = Table(
    "determination",
    metadata,
    Column("determination_no", _SERIAL, primary_key=True),
    Column("forecast_id", _ID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("person_id", String(255), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("opinion", Text),
    Column("determined_at", Instant, nullable=False),
    Column("actor", JsonText, nullable=False),
    ForeignKeyConstraint(["forecast_id", "version"], ["forecast_version.forecast_id", "forecast_version.version"]),
    CheckConstraint("decision IN ('accept', 'return')", name="decision"),
    Index(None, "forecast_id", "version"),
    info=APPEND_ONLY,
)

reopening = Table(
    "reopening",
    metadata,
    Column("reopening_no", _SERIAL, primary_key=True),
    Column("forecast_id", _ID, nullable=False),
    Column("after_version", Integer, nullable=False),
    Column("approved_by", String(255), nullable=False),
    Column("reason", Text, nullable=False),
    Column("reopened_at", Instant, nullable=False),
    Column("actor", JsonText, nullable=False),
    ForeignKeyConstraint(
        ["forecast_id", "after_version"], ["forecast_version.forecast_id", "forecast_version.version"]
    ),
    Index(None, "forecast_id"),
    info=APPEND_ONLY,
)

window_extension = Table(
    "window_extension",
    metadata,
    Column("extension_no", _SERIAL, primary_key=True),
    Column("evaluation_id", _ID, ForeignKey("evaluation.evaluation_id"), nullable=False),
    Column("cycle", MonthText, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("new_end", Date),
    Column("reason", Text),
    Column("requested_by", String(255)),
    Column("approved_by", String(255)),
    Column("countersigned_by", String(255)),
    Column("filing_no", String(255)),
    Column("filed_at", Instant),
    Column("received_at", Instant, nullable=False),
    Column("actor", JsonText, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("accepted", Boolean, nullable=False),
    UniqueConstraint("evaluation_id"),
    Index(None, "cycle", "stage"),
    info=APPEND_ONLY,
)

pos_batch = Table(
    "pos_batch",
    metadata,
    Column("reception_no", _SERIAL, primary_key=True),
    Column("evaluation_id", _ID, ForeignKey("evaluation.evaluation_id"), nullable=False),
    Column("batch_id", String(255), nullable=False),
    Column("terminal_server", String(255), nullable=False),
    Column("announced_lines", BigInteger, nullable=False),
    Column("received_lines", BigInteger, nullable=False),
    Column("checksum_matches", Boolean, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("licence_numbers", JsonText, nullable=False),
    Column("payload_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("actor", JsonText, nullable=False),
    UniqueConstraint("evaluation_id"),
    Index(None, "batch_id"),
    Index(None, "received_at"),
    info=APPEND_ONLY,
)

cycle_event = Table(
    "cycle_event",
    metadata,
    Column("event_no", _SERIAL, primary_key=True),
    Column("evaluation_id", _ID, ForeignKey("evaluation.evaluation_id"), nullable=False),
    Column("cycle", MonthText, nullable=False),
    Column("event", String(64), nullable=False),
    Column("stage", String(16)),
    Column("recorded_at", Instant, nullable=False),
    Column("actor", JsonText, nullable=False),
    Column("verdict", String(16), nullable=False),
    UniqueConstraint("evaluation_id"),
    Index(None, "cycle", "event", "stage"),
    info=APPEND_ONLY,
)

outbox = Table(
    "outbox",
    metadata,
    Column("message_no", _SERIAL, primary_key=True),
    Column("topic", String(64), nullable=False),
    Column("body", JsonText, nullable=False),
    Column("created_at", Instant, nullable=False),
    info=APPEND_ONLY,
)

client = Table(
    "client",
    metadata,
    Column("client_id", _ID, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("credential_hash", Text, nullable=False),
    Column("scopes", JsonText, nullable=False),
    # NULL is every territory; an empty list is none.
    Column("territories", JsonText),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    UniqueConstraint("name"),
)

account = Table(
    "account",
    metadata,
    Column("account_id", _ID, primary_key=True),
    Column("sign_in_name", String(255), nullable=False),
    Column("display_name", String(255), nullable=False),
    Column("person_id", String(255)),
    Column("password_hash", Text, nullable=False),
    Column("roles", JsonText, nullable=False),
    Column("territories", JsonText),
    Column("language", String(8), nullable=False),
    Column("is_demo", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("signed_in_at", Instant),
    Column("failed_sign_ins", Integer, nullable=False),
    Column("failed_at", Instant),
    Column("must_change_password", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("sign_in_name"),
)

web_session = Table(
    "web_session",
    metadata,
    Column("token_digest", _DIGEST, primary_key=True),
    Column("account_id", _ID, ForeignKey("account.account_id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("content", JsonText, nullable=False),
    # Of the last proof of presence: password, and code where there is a second factor.
    Column("strong_at", Instant),
    # Only the page that asks for the code is open.
    Column("is_half", Boolean, nullable=False, server_default=false()),
    Index(None, "account_id"),
)
