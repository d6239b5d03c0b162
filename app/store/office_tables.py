"""The tables of office data. Nothing in them is overwritten: a change is a new row with a higher ``recorded``.

``recorded`` counts the rows of one key from 1; the newest is what the office says now. ``revision`` names the office
revision, and so the instant, at which a row was written. ``raw`` is what was sent, kept where it was normalised.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from app.store.schema import APPEND_ONLY, Instant, JsonText, metadata


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept as its digits: SQLite would make a float of a number."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # same on both
        """Return the plain digits, never an exponent."""
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401, ARG002  # see above
        """Return the decimal."""
        return None if value is None else Decimal(value)


def history_table(name: str, keys: list[Column[Any]], *columns: Column[Any], more: tuple[Index, ...] = ()) -> Table:
    """Return the table of one kind of thing, by key and ``recorded``."""
    return Table(
        name,
        metadata,
        *keys,
        Column("recorded", Integer, nullable=False, autoincrement=False),
        Column("revision", BigInteger, nullable=False),
        *columns,
        Column("raw", JsonText),
        PrimaryKeyConstraint(*[column.name for column in keys], "recorded"),
        ForeignKeyConstraint(["revision"], ["office_revision.revision"]),
        *more,
        info=APPEND_ONLY,
    )


def line_table(name: str, parent: Table, *columns: Column[Any], more: tuple[Index, ...] = ()) -> Table:
    """Return the table of what one row of ``parent`` lists, in the order of ``place`` (0-based)."""
    names = [column.name for column in parent.primary_key.columns]
    return Table(
        name,
        metadata,
        *(Column(c.name, c.type, nullable=False, autoincrement=False) for c in parent.primary_key.columns),
        Column("place", Integer, nullable=False, autoincrement=False),
        *columns,
        PrimaryKeyConstraint(*names, "place"),
        ForeignKeyConstraint(names, [f"{parent.name}.{column}" for column in names]),
        *more,
        info=APPEND_ONLY,
    )


def text_column(name: str, *, optional: bool = False) -> Column[Any]:
    """Return a column of text."""
    return Column(name, Text, nullable=optional)


def date_column(name: str, *, optional: bool = False) -> Column[Any]:
    """Return a column of a day."""
    return Column(name, Date, nullable=optional)


office_revision = Table(
    "office_revision",
    metadata,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("changed_at", Instant, nullable=False),
    info=APPEND_ONLY,
)

office_import = Table(
    "office_import",
    metadata,
    Column("import_id", String(64), primary_key=True),
    Column("imported_at", Instant, nullable=False),
    Column("actor", JsonText, nullable=False),
    Column("collection", String(40), nullable=False),
    Column("received", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("body_digest", String(71), nullable=False),
    Column("mismatches", JsonText, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Index(None, "imported_at"),
    info=APPEND_ONLY,
)

manufacturer = history_table("manufacturer", [text_column("manufacturer_id")], text_column("name"))
brand = history_table("brand", [text_column("brand_id")], text_column("name"), text_column("manufacturer_id"))
product = history_table(
    "product",
    [text_column("sku")],
    text_column("name"),
    text_column("brand_id"),
    Column("price_class", Integer, nullable=False),
    Column("wholesale_price_cny", ExactDecimal, nullable=False),
    text_column("supply_attribute"),
    date_column("on_sale_from"),
    date_column("on_sale_to", optional=True),
)

person = history_table(
    "person", [text_column("person_id")], text_column("name"), text_column("staff_no", optional=True)
)
person_role = line_table(
    "person_role",
    person,
    text_column("role"),
    text_column("unit"),
    date_column("since"),
    date_column("until", optional=True),
)
territory = history_table("territory", [text_column("territory_id")], text_column("name"), text_column("county"))
territory_assignment = line_table(
    "territory_assignment",
    territory,
    text_column("account_manager"),
    text_column("kind"),
    date_column("since"),
    date_column("until", optional=True),
    text_column("filing_no", optional=True),
)

customer_state = history_table(
    "customer_state",
    [text_column("licence_no"), date_column("valid_from")],
    text_column("shop_name"),
    text_column("territory_id"),
    text_column("segment"),
    Column("grade", Integer, nullable=False),
    text_column("market_type"),
    text_column("volatility_class"),
    Column("has_pos", Boolean, nullable=False),
    Column("is_retail_info_officer", Boolean, nullable=False),
    text_column("business_status"),
    date_column("licence_valid_to"),
    text_column("holder_name", optional=True),
    Column("monthly_cap_cartons", Integer),
    text_column("address", optional=True),
    text_column("area_code", optional=True),
    text_column("order_cycle", optional=True),
    text_column("credit_level", optional=True),
    more=(Index(None, "territory_id", "licence_no"),),
)

code_list = history_table(
    "code_list",
    [text_column("list_id"), text_column("version")],
    date_column("valid_from"),
    date_column("valid_to", optional=True),
)
code_item = line_table(
    "code_item",
    code_list,
    text_column("code"),
    text_column("zh"),
    text_column("en"),
    text_column("maps_to", optional=True),
)

calendar_day = history_table(
    "calendar_day",
    [date_column("day")],
    Column("is_working_day", Boolean, nullable=False),
    text_column("name", optional=True),
    Column("announced", Boolean, nullable=False),
)
cycle = history_table(
    "cycle",
    [Column("cycle", String(7), nullable=False)],
    Column("target_month", String(7), nullable=False),
    text_column("market_manager", optional=True),
    text_column("marketing_leader", optional=True),
    text_column("supervision_officer", optional=True),
    date_column("supply_first", optional=True),
    date_column("supply_last", optional=True),
    date_column("order_first", optional=True),
    date_column("order_last", optional=True),
    Column("summary_dates", JsonText, nullable=False),
)

actual = history_table(
    "actual",
    [Column("month", String(7), nullable=False), text_column("licence_no"), text_column("sku")],
    Column("requested_cartons", Integer),
    Column("delivered_cartons", Integer, nullable=False),
)

ledger_entry = history_table(
    "ledger_entry",
    [text_column("ledger_id")],
    text_column("licence_no"),
    text_column("account_manager"),
    Column("visited_at", Instant, nullable=False),
)
ledger_line = line_table(
    "ledger_line",
    ledger_entry,
    text_column("sku"),
    Column("requested_quantity", JsonText),
    text_column("unit", optional=True),
)
model_run = history_table(
    "model_run",
    [text_column("run_id")],
    text_column("model_version"),
    text_column("inputs_hash"),
    date_column("trained_to"),
)
model_run_line = line_table(
    "model_run_line",
    model_run,
    text_column("licence_no"),
    text_column("sku"),
    Column("cartons", Integer, nullable=False),
    more=(Index(None, "run_id", "licence_no"),),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("snapshot_id", String(40), primary_key=True),
    Column("cycle", String(7), nullable=False),
    Column("valid_on", Date, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("customers", Integer, nullable=False),
    Column("digest", String(71), nullable=False),
    Column("revision", BigInteger, nullable=False),
    UniqueConstraint("cycle"),
    info=APPEND_ONLY,
)
customer_snapshot = Table(
    "customer_snapshot",
    metadata,
    Column("snapshot_id", String(40), nullable=False),
    Column("cycle", String(7), nullable=False),
    Column("licence_no", Text, nullable=False),
    Column("territory_id", Text, nullable=False),
    Column("body", JsonText, nullable=False),
    Column("digest", String(71), nullable=False),
    PrimaryKeyConstraint("snapshot_id", "licence_no"),
    ForeignKeyConstraint(["snapshot_id"], ["snapshot.snapshot_id"]),
    Index(None, "snapshot_id", "territory_id"),
    info=APPEND_ONLY,
)

OFFICE_TABLES = (
    office_revision,
    office_import,
    manufacturer,
    brand,
    product,
    person,
    person_role,
    territory,
    territory_assignment,
    customer_state,
    code_list,
    code_item,
    calendar_day,
    cycle,
    actual,
    ledger_entry,
    ledger_line,
    model_run,
    model_run_line,
    snapshot,
    customer_snapshot,
)
"""All of them, a table after those it refers to."""
