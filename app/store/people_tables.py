"""The tables about people: signing keys with their certificates, second factors, sign-in elsewhere, role conflicts."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.store.schema import APPEND_ONLY, Instant, JsonText, metadata

_SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""SQLite only counts for itself in a column declared INTEGER."""

_ID = String(64)

role_conflict = Table(
    "role_conflict",
    metadata,
    # Both directions of every pair. Triggers ask it; see app/store/role_guard.py.
    Column("role", String(32), primary_key=True),
    Column("other", String(32), primary_key=True),
    info=APPEND_ONLY,
)

second_factor = Table(
    "second_factor",
    metadata,
    Column("account_id", _ID, ForeignKey("account.account_id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    # The newest time step whose code was used: no code counts twice.
    Column("last_step", BigInteger),
)

identity = Table(
    "identity",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("account_id", _ID, ForeignKey("account.account_id"), nullable=False),
    Column("linked_at", Instant, nullable=False),
    Column("linked_by", String(255), nullable=False),
    Index(None, "account_id"),
)

oidc_attempt = Table(
    "oidc_attempt",
    metadata,
    Column("state_digest", _ID, primary_key=True),
    Column("ticket_digest", _ID, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
)

person_key = Table(
    "person_key",
    metadata,
    Column("key_id", _ID, primary_key=True),
    Column("person_id", String(255), nullable=False),
    # NULL when the key lies in the person's own token.
    Column("wrapped", LargeBinary),
    Column("token", Text),
    Column("public_key_der", LargeBinary, nullable=False),
    Column("fingerprint", _ID, nullable=False),
    Column("made_at", Instant, nullable=False),
    CheckConstraint("(wrapped IS NULL) <> (token IS NULL)", name="place"),
    Index(None, "person_id", "made_at"),
)

key_confirmation = Table(
    "key_confirmation",
    metadata,
    Column("key_id", _ID, ForeignKey("person_key.key_id"), primary_key=True),
    Column("confirmed_by", String(255), nullable=False),
    Column("confirmed_at", Instant, nullable=False),
    Column("actor", JsonText, nullable=False),
    Column("statement", LargeBinary, nullable=False),
    # Of the person who confirmed; NULL when it was done on the host.
    Column("signature", LargeBinary),
    Column("log_index", _SERIAL, ForeignKey("log_entry.log_index"), nullable=False),
    info=APPEND_ONLY,
)

certificate = Table(
    "certificate",
    metadata,
    Column("serial", _ID, primary_key=True),
    Column("key_id", _ID, ForeignKey("person_key.key_id"), nullable=False),
    Column("person_id", String(255), nullable=False),
    Column("certificate_der", LargeBinary, nullable=False),
    Column("digest", String(71), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("not_after", Instant, nullable=False),
    Column("confirmed_by", String(255), nullable=False),
    UniqueConstraint("digest"),
    Index(None, "person_id", "issued_at"),
    info=APPEND_ONLY,
)

certificate_revocation = Table(
    "certificate_revocation",
    metadata,
    Column("serial", _ID, ForeignKey("certificate.serial"), primary_key=True),
    Column("revoked_at", Instant, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("words", Text),
    Column("revoked_by", String(255), nullable=False),
    info=APPEND_ONLY,
)

revocation_list = Table(
    "revocation_list",
    metadata,
    Column("number", _SERIAL, primary_key=True, autoincrement=False),
    Column("der", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    CheckConstraint("number >= 1", name="number"),
    info=APPEND_ONLY,
)

pin_try = Table(
    "pin_try",
    metadata,
    # A try is counted before it is made; one that succeeds removes them all.
    Column("try_no", _SERIAL, primary_key=True),
    Column("person_id", String(255), nullable=False),
    Column("tried_at", Instant, nullable=False),
    Index(None, "person_id", "tried_at"),
)
