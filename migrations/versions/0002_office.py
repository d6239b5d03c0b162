"""Office data: people, territories, customers, products, calendar, cycles, deliveries, sources, snapshots.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from app.store.schema import Instant, JsonText
from app.store.triggers import refuse_changes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "actual": [("month", "licence_no", "sku", "recorded")],
    "brand": [("brand_id", "recorded")],
    "calendar_day": [("day", "recorded")],
    "code_item": [("list_id", "version", "recorded", "place")],
    "code_list": [("list_id", "version", "recorded")],
    "customer_snapshot": [("snapshot_id", "licence_no")],
    "customer_state": [("licence_no", "valid_from", "recorded")],
    "cycle": [("cycle", "recorded")],
    "ledger_entry": [("ledger_id", "recorded")],
    "ledger_line": [("ledger_id", "recorded", "place")],
    "manufacturer": [("manufacturer_id", "recorded")],
    "model_run": [("run_id", "recorded")],
    "model_run_line": [("run_id", "recorded", "place")],
    "office_import": [("import_id",)],
    "office_revision": [("revision",)],
    "person": [("person_id", "recorded")],
    "person_role": [("person_id", "recorded", "place")],
    "product": [("sku", "recorded")],
    "snapshot": [("snapshot_id",), ("cycle",)],
    "territory": [("territory_id", "recorded")],
    "territory_assignment": [("territory_id", "recorded", "place")],
}
"""Table -> its primary key and its unique constraints."""


def upgrade() -> None:
    op.create_table(
        "office_revision",
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_office_revision"),
    )
    op.create_table(
        "office_import",
        sa.Column("import_id", sa.String(length=64), nullable=False),
        sa.Column("imported_at", Instant(), nullable=False),
        sa.Column("actor", JsonText(), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("body_digest", sa.String(length=71), nullable=False),
        sa.Column("mismatches", JsonText(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name="pk_office_import"),
    )
    op.create_index("ix_office_import_imported_at", "office_import", ["imported_at"], unique=False)
    op.create_table(
        "manufacturer",
        sa.Column("manufacturer_id", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_manufacturer_revision"),
        sa.PrimaryKeyConstraint("manufacturer_id", "recorded", name="pk_manufacturer"),
    )
    op.create_table(
        "brand",
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manufacturer_id", sa.Text(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_brand_revision"),
        sa.PrimaryKeyConstraint("brand_id", "recorded", name="pk_brand"),
    )
    op.create_table(
        "product",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("price_class", sa.Integer(), nullable=False),
        sa.Column("wholesale_price_cny", sa.String(length=32), nullable=False),
        sa.Column("supply_attribute", sa.Text(), nullable=False),
        sa.Column("on_sale_from", sa.Date(), nullable=False),
        sa.Column("on_sale_to", sa.Date(), nullable=True),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_product_revision"),
        sa.PrimaryKeyConstraint("sku", "recorded", name="pk_product"),
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("staff_no", sa.Text(), nullable=True),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_person_revision"),
        sa.PrimaryKeyConstraint("person_id", "recorded", name="pk_person"),
    )
    op.create_table(
        "person_role",
        sa.Column("person_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id", "recorded"], ["person.person_id", "person.recorded"], name="fk_person_role_person_id_recorded"
        ),
        sa.PrimaryKeyConstraint("person_id", "recorded", "place", name="pk_person_role"),
    )
    op.create_table(
        "territory",
        sa.Column("territory_id", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_territory_revision"),
        sa.PrimaryKeyConstraint("territory_id", "recorded", name="pk_territory"),
    )
    op.create_table(
        "territory_assignment",
        sa.Column("territory_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_manager", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("filing_no", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["territory_id", "recorded"],
            ["territory.territory_id", "territory.recorded"],
            name="fk_territory_assignment_territory_id_recorded",
        ),
        sa.PrimaryKeyConstraint("territory_id", "recorded", "place", name="pk_territory_assignment"),
    )
    op.create_table(
        "customer_state",
        sa.Column("licence_no", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("shop_name", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("market_type", sa.Text(), nullable=False),
        sa.Column("volatility_class", sa.Text(), nullable=False),
        sa.Column("has_pos", sa.Boolean(), nullable=False),
        sa.Column("is_retail_info_officer", sa.Boolean(), nullable=False),
        sa.Column("business_status", sa.Text(), nullable=False),
        sa.Column("licence_valid_to", sa.Date(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=True),
        sa.Column("monthly_cap_cartons", sa.Integer(), nullable=True),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_customer_state_revision"),
        sa.PrimaryKeyConstraint("licence_no", "valid_from", "recorded", name="pk_customer_state"),
    )
    op.create_index(
        "ix_customer_state_territory_id_licence_no", "customer_state", ["territory_id", "licence_no"], unique=False
    )
    op.create_table(
        "code_list",
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_code_list_revision"),
        sa.PrimaryKeyConstraint("list_id", "version", "recorded", name="pk_code_list"),
    )
    op.create_table(
        "code_item",
        sa.Column("list_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("maps_to", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id", "version", "recorded"],
            ["code_list.list_id", "code_list.version", "code_list.recorded"],
            name="fk_code_item_list_id_version_recorded",
        ),
        sa.PrimaryKeyConstraint("list_id", "version", "recorded", "place", name="pk_code_item"),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("is_working_day", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_calendar_day_revision"),
        sa.PrimaryKeyConstraint("day", "recorded", name="pk_calendar_day"),
    )
    op.create_table(
        "cycle",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("target_month", sa.String(length=7), nullable=False),
        sa.Column("market_manager", sa.Text(), nullable=True),
        sa.Column("marketing_leader", sa.Text(), nullable=True),
        sa.Column("supervision_officer", sa.Text(), nullable=True),
        sa.Column("supply_first", sa.Date(), nullable=True),
        sa.Column("supply_last", sa.Date(), nullable=True),
        sa.Column("order_first", sa.Date(), nullable=True),
        sa.Column("order_last", sa.Date(), nullable=True),
        sa.Column("summary_dates", JsonText(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_cycle_revision"),
        sa.PrimaryKeyConstraint("cycle", "recorded", name="pk_cycle"),
    )
    op.create_table(
        "actual",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("licence_no", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("requested_cartons", sa.Integer(), nullable=True),
        sa.Column("delivered_cartons", sa.Integer(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_actual_revision"),
        sa.PrimaryKeyConstraint("month", "licence_no", "sku", "recorded", name="pk_actual"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("ledger_id", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("licence_no", sa.Text(), nullable=False),
        sa.Column("account_manager", sa.Text(), nullable=False),
        sa.Column("visited_at", Instant(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_ledger_entry_revision"),
        sa.PrimaryKeyConstraint("ledger_id", "recorded", name="pk_ledger_entry"),
    )
    op.create_table(
        "ledger_line",
        sa.Column("ledger_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("requested_quantity", JsonText(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ledger_id", "recorded"],
            ["ledger_entry.ledger_id", "ledger_entry.recorded"],
            name="fk_ledger_line_ledger_id_recorded",
        ),
        sa.PrimaryKeyConstraint("ledger_id", "recorded", "place", name="pk_ledger_line"),
    )
    op.create_table(
        "model_run",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("trained_to", sa.Date(), nullable=False),
        sa.Column("raw", JsonText(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["office_revision.revision"], name="fk_model_run_revision"),
        sa.PrimaryKeyConstraint("run_id", "recorded", name="pk_model_run"),
    )
    op.create_table(
        "model_run_line",
        sa.Column("run_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recorded", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("licence_no", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("cartons", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "recorded"], ["model_run.run_id", "model_run.recorded"], name="fk_model_run_line_run_id_recorded"
        ),
        sa.PrimaryKeyConstraint("run_id", "recorded", "place", name="pk_model_run_line"),
    )
    op.create_index("ix_model_run_line_run_id_licence_no", "model_run_line", ["run_id", "licence_no"], unique=False)
    op.create_table(
        "snapshot",
        sa.Column("snapshot_id", sa.String(length=40), nullable=False),
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", name="pk_snapshot"),
        sa.UniqueConstraint("cycle", name="uq_snapshot_cycle"),
    )
    op.create_table(
        "customer_snapshot",
        sa.Column("snapshot_id", sa.String(length=40), nullable=False),
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("licence_no", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Text(), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.snapshot_id"], name="fk_customer_snapshot_snapshot_id"),
        sa.PrimaryKeyConstraint("snapshot_id", "licence_no", name="pk_customer_snapshot"),
    )
    op.create_index(
        "ix_customer_snapshot_snapshot_id_territory_id",
        "customer_snapshot",
        ["snapshot_id", "territory_id"],
        unique=False,
    )

    dialect = op.get_bind().dialect.name
    for table, keys in APPEND_ONLY.items():
        for statement in refuse_changes(dialect, table, keys):
            # Driver level: the colon and percent signs of SQL text mean nothing here.
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("a database is never taken back: restore the backup made before the upgrade")
