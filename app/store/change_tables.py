"""The tables of segment changes. What each is for stands in docs/store.md; rows never leave the store."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.store.schema import APPEND_ONLY, Instant, JsonText, MonthText, metadata

_SERIAL = BigInteger().with_variant(Integer, "sqlite")
_NUMBER = String(64)
_PERSON = String(255)
_DIGEST = String(71)

BLANK = " \t\n\r\v\f\u00a0\u2003\u3000"
"""What a reason must hold more than."""

# How each request stands, copied from its newest step for lists. `henji db check` compares both; acts read the step.
segment_change = Table(
    "segment_change",
    metadata,
    Column("change_no", _NUMBER, primary_key=True),
    # Of the first step: newest first goes by it, and pages stay stable while changes are added.
    Column("log_index", _SERIAL, ForeignKey("log_entry.log_index"), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("licence_no", _PERSON, nullable=False),
    Column("account_manager", _PERSON, nullable=False),
    Column("territory_id", _PERSON),
    Column("shop_name", Text),
    Column("filed_at", Instant),
    Column("effective_month", MonthText),
    Column("unfinished", Boolean, nullable=False),
    UniqueConstraint("log_index"),
    Index(None, "opened_at"),
    Index(None, "state", "log_index"),
    Index(None, "licence_no"),
    Index(None, "account_manager"),
    Index(None, "territory_id"),
    Index(None, "effective_month"),
    Index(None, "unfinished"),
)

segment_change_step = Table(
    "segment_change_step",
    metadata,
    Column("change_no", _NUMBER, ForeignKey("segment_change.change_no"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("act", String(32), nullable=False),
    Column("done_at", Instant, nullable=False),
    Column("person_id", _PERSON),
    Column("on_behalf_of", _PERSON),
    Column("actor", JsonText, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
    Column("evaluation_ids", JsonText, nullable=False),
    Column("log_index", _SERIAL, ForeignKey("log_entry.log_index"), nullable=False),
    Column("details", JsonText, nullable=False),
    # The whole request after this step.
    Column("body", JsonText, nullable=False),
    UniqueConstraint("log_index"),
    Index(None, "done_at"),
    info={**APPEND_ONLY, "guards": ("segment_change_step_refuse_gap",)},
)

evidence_file = Table(
    "evidence_file",
    metadata,
    Column("digest", _DIGEST, ForeignKey("blob.digest"), primary_key=True),
    Column("media_type", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("uploaded_by", _PERSON, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("taken_at", Instant),
    Column("latitude", Integer),
    Column("longitude", Integer),
    Column("width", Integer),
    Column("height", Integer),
    Column("actor", JsonText, nullable=False),
    CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position"),
    info=APPEND_ONLY,
)

register_entry = Table(
    "register_entry",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("number", _NUMBER, nullable=False),
    Column("object_kind", String(64), nullable=False),
    Column("object_id", String(255), nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("given_by", _PERSON),
    UniqueConstraint("number"),
    Index(None, "object_kind", "object_id"),
    info={**APPEND_ONLY, "guards": ("register_entry_refuse_gap",)},
)

register_void = Table(
    "register_void",
    metadata,
    Column("number", _NUMBER, ForeignKey("register_entry.number"), primary_key=True),
    Column("voided_at", Instant, nullable=False),
    Column("voided_by", _PERSON, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint(f"trim(reason, '{BLANK}') <> ''", name="reason"),
    info=APPEND_ONLY,
)

duty_conflict = Table(
    "duty_conflict",
    metadata,
    # Both directions are kept, so that one look suffices.
    Column("duty", String(32), primary_key=True),
    Column("excludes", String(32), primary_key=True),
    info=APPEND_ONLY,
)

duty = Table(
    "duty",
    metadata,
    Column("object_kind", String(64), primary_key=True),
    Column("object_id", String(255), primary_key=True),
    Column("person_id", _PERSON, primary_key=True),
    Column("duty", String(32), primary_key=True),
    Column("taken_at", Instant, nullable=False),
    Index(None, "person_id"),
    info={**APPEND_ONLY, "guards": ("duty_refuse_conflict",)},
)

paper_claim = Table(
    "paper_claim",
    metadata,
    Column("claim_no", _NUMBER, primary_key=True),
    Column("change_no", _NUMBER, ForeignKey("segment_change.change_no"), nullable=False),
    Column("layer", Integer, nullable=False),
    Column("person_id", _PERSON, nullable=False),
    Column("signed_at", Instant, nullable=False),
    Column("scan_digest", _DIGEST, ForeignKey("blob.digest"), nullable=False),
    Column("witness", _PERSON),
    Column("received_at", Instant, nullable=False),
    Column("evaluation_id", _NUMBER, ForeignKey("evaluation.evaluation_id")),
    Column("verdict", String(16)),
    Column("confirmed", Boolean, nullable=False),
    CheckConstraint("layer BETWEEN 1 AND 5", name="layer"),
    Index(None, "change_no"),
    info=APPEND_ONLY,
)

effect_report = Table(
    "effect_report",
    metadata,
    Column("report_no", _SERIAL, primary_key=True),
    Column("change_no", _NUMBER, ForeignKey("segment_change.change_no"), nullable=False),
    Column("effective_on", Date),
    Column("reported_at", Instant, nullable=False),
    Column("evaluation_id", _NUMBER, ForeignKey("evaluation.evaluation_id")),
    Column("verdict", String(16)),
    Column("actor", JsonText, nullable=False),
    Index(None, "change_no"),
    info=APPEND_ONLY,
)
