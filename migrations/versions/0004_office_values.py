"""Office data that segment changes are judged by.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from app.store.office_tables import ExactDecimal
from app.store.schema import Instant, JsonText
from app.store.triggers import refuse_changes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "allocation_standard": [("std_id", "version", "recorded")],
    "allocation_standard_row": [("std_id", "version", "recorded", "place")],
    "census_campaign": [("campaign_no", "recorded")],
    "customer_decision": [("decision_no", "licence_no", "attribute", "recorded")],
    "licence_record": [("licence_no", "recorded")],
    "sanction": [("case_no", "recorded")],
    "segment_profile": [("list_version", "code", "recorded")],
}
"""Table -> its primary key."""


def upgrade() -> None:
    for name in ("address", "area_code", "order_cycle", "credit_level"):
        op.add_column("customer_state", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "allocation_standard",
        sa.Column("std_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("delivery_method", sa.Text(), nullable=False),
        sa.Column("dimensions", JsonText(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("filing_no", sa.Text(), nullable=True),
        sa.Column("filed_at", Instant(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_allocation_standard_revision"),
        sa.PrimaryKeyConstraint("std_id", "version", "recorded", name="pk_allocation_standard"),
    )
    op.create_table(
        "allocation_standard_row",
        sa.Column("std_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("quota", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["std_id", "version", "recorded"],
            ["allocation_standard.std_id", "allocation_standard.version", "allocation_standard.recorded"],
            name="fk_allocation_standard_row_std_id_version_recorded",
        ),
        sa.PrimaryKeyConstraint("std_id", "version", "recorded", "place", name="pk_allocation_standard_row"),
    )
    op.create_table(
        "licence_record",
        sa.Column("licence_no", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("is_valid", sa.Boolean(), nullable=False),
        sa.Column("latitude", sa.Integer(), nullable=True),
        sa.Column("longitude", sa.Integer(), nullable=True),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_licence_record_revision"),
        sa.PrimaryKeyConstraint("licence_no", "recorded", name="pk_licence_record"),
    )
    op.create_table(
        "segment_profile",
        sa.Column("list_version", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("least_area_m2", ExactDecimal(), nullable=True),
        sa.Column("most_area_m2", ExactDecimal(), nullable=True),
        sa.Column("least_hours", ExactDecimal(), nullable=True),
        sa.Column("sales_modes", JsonText(), nullable=False),
        sa.Column("it_levels", JsonText(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_segment_profile_revision"),
        sa.PrimaryKeyConstraint("list_version", "code", "recorded", name="pk_segment_profile"),
    )
    op.create_table(
        "sanction",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("licence_no", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_sanction_revision"),
        sa.PrimaryKeyConstraint("case_no", "recorded", name="pk_sanction"),
    )
    op.create_index("ix_sanction_licence_no", "sanction", ["licence_no"], unique=False)
    op.create_table(
        "customer_decision",
        sa.Column("decision_no", sa.Text(), nullable=False),
        sa.Column("licence_no", sa.Text(), nullable=False),
        sa.Column("attribute", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("minutes_no", sa.Text(), nullable=True),
        sa.Column("marketing_present", sa.Boolean(), nullable=False),
        sa.Column("monopoly_present", sa.Boolean(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_customer_decision_revision"),
        sa.PrimaryKeyConstraint("decision_no", "licence_no", "attribute", "recorded", name="pk_customer_decision"),
    )
    op.create_index("ix_customer_decision_licence_no", "customer_decision", ["licence_no"], unique=False)
    op.create_table(
        "census_campaign",
        sa.Column("campaign_no", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_census_campaign_revision"),
        sa.PrimaryKeyConstraint("campaign_no", "recorded", name="pk_census_campaign"),
    )

    dialect = op.get_bind().dialect.name
    for table, keys in APPEND_ONLY.items():
        for statement in refuse_changes(dialect, table, keys):
            # Driver level: the colon and percent signs of SQL text mean nothing here.
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
