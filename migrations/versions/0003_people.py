"""People: signing keys, second factors, sign-in elsewhere, and roles nobody may hold together.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from app.store.role_guard import refuse_incompatible_roles
from app.store.schema import Instant, JsonText
from app.store.triggers import refuse_changes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "certificate": [("serial",), ("digest",)],
    "certificate_revocation": [("serial",)],
    "key_confirmation": [("key_id",)],
    "revocation_list": [("number",)],
    "role_conflict": [("role", "other")],
}
"""Table -> its primary key and its unique constraints."""

MARKETING = ("account_manager", "market_manager", "marketing_leader")
SUPERVISION = ("market_supervisor", "supervision_officer", "supervision_head")


def conflicts() -> list[tuple[str, str]]:
    """Return every pair of roles nobody may hold together, in both directions."""
    one_way = [(one, other) for one in MARKETING for other in SUPERVISION]
    one_way += [("administrator", other) for other in (*MARKETING, *SUPERVISION)]
    return [pair for one, other in one_way for pair in ((one, other), (other, one))]


def upgrade() -> None:
    op.add_column("account", sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("web_session", sa.Column("strong_at", Instant(), nullable=True))
    op.add_column("web_session", sa.Column("is_half", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "role_conflict",
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("other", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("role", "other", name="pk_role_conflict"),
    )
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_second_factor_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_second_factor"),
    )
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.Column("linked_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name="fk_identity_account_id"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_identity"),
    )
    op.create_index("ix_identity_account_id", "identity", ["account_id"], unique=False)
    op.create_table(
        "oidc_attempt",
        sa.Column("state_digest", sa.String(length=64), nullable=False),
        sa.Column("ticket_digest", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name="pk_oidc_attempt"),
    )
    op.create_table(
        "person_key",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=255), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("public_key_der", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint("(wrapped IS NULL) <> (token IS NULL)", name="ck_person_key_place"),
        sa.PrimaryKeyConstraint("key_id", name="pk_person_key"),
    )
    op.create_index("ix_person_key_person_id_made_at", "person_key", ["person_id", "made_at"], unique=False)
    op.create_table(
        "key_confirmation",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("confirmed_by", sa.String(length=255), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=False),
        sa.Column("actor", JsonText(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("log_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["person_key.key_id"], name="fk_key_confirmation_key_id"),
        sa.ForeignKeyConstraint(["log_index"], ["log_entry.log_index"], name="fk_key_confirmation_log_index"),
        sa.PrimaryKeyConstraint("key_id", name="pk_key_confirmation"),
    )
    op.create_table(
        "certificate",
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=255), nullable=False),
        sa.Column("certificate_der", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("not_after", Instant(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["person_key.key_id"], name="fk_certificate_key_id"),
        sa.PrimaryKeyConstraint("serial", name="pk_certificate"),
        sa.UniqueConstraint("digest", name="uq_certificate_digest"),
    )
    op.create_index("ix_certificate_person_id_issued_at", "certificate", ["person_id", "issued_at"], unique=False)
    op.create_table(
        "certificate_revocation",
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("revoked_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["serial"], ["certificate.serial"], name="fk_certificate_revocation_serial"),
        sa.PrimaryKeyConstraint("serial", name="pk_certificate_revocation"),
    )
    op.create_table(
        "revocation_list",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint("number >= 1", name="ck_revocation_list_number"),
        sa.PrimaryKeyConstraint("number", name="pk_revocation_list"),
    )
    op.create_table(
        "pin_try",
        sa.Column("try_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.String(length=255), nullable=False),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("try_no", name="pk_pin_try"),
    )
    op.create_index("ix_pin_try_person_id_tried_at", "pin_try", ["person_id", "tried_at"], unique=False)

    for one, other in conflicts():
        op.execute(
            sa.text("INSERT INTO role_conflict (role, other) VALUES (:one, :other)").bindparams(one=one, other=other)
        )
    connection = op.get_bind()
    for table, keys in APPEND_ONLY.items():
        for statement in refuse_changes(connection.dialect.name, table, keys):
            # Driver level: the colon and percent signs of SQL text mean nothing here.
            connection.exec_driver_sql(statement)
    for statement in refuse_incompatible_roles(connection.dialect.name):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
