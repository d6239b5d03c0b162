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


def _history(name: str, keys: list[Column[Any]], *columns: Column[Any], more: tuple[Index, ...] = ()) -> Table:
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


def _lines(name: str, parent: Table, *columns: Column[Any], more: tuple[Index, ...] = ()) -> Table:
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


def _text(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=optional)


def _date(name: str, *, optional: bool = False) -> Column[Any]:
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

manufacturer = _history("manufacturer", [_text("manufacturer_id")], _text("name"))
brand = _history("brand", [_text("brand_id")], _text("name"), _text("manufacturer_id"))
product = _history(
    "product",
    [_text("sku")],
    _text("name"),
    _text("brand_id"),
    Column("price_class", Integer, nullable=False),
    Column("wholesale_price_cny", ExactDecimal, nullable=False),
    _text("supply_attribute"),
    _date("on_sale_from"),
    _date("on_sale_to", optional=True),
)

person = _history("person", [_text("person_id")], _text("name"), _text("staff_no", optional=True))
person_role = _lines("person_role", person, _text("role"), _text("unit"), _date("since"), _date("until", optional=True))
territory = _history("territory", [_text("territory_id")], _text("name"), _text("county"))
territory_assignment = _lines(
    "territory_assignment",
    territory,
    _text("account_manager"),
    _text("kind"),
    _date("since"),
    _date("until", optional=True),
    _text("filing_no", optional=True),
)

customer_state = _history(
    "customer_state",
    [_text("licence_no"), _date("valid_from")],
    _text("shop_name"),
    _text("territory_id"),
    _text("segment"),
    Column("grade", Integer, nullable=False),
    _text("market_type"),
    _text("volatility_class"),
    Column("has_pos", Boolean, nullable=False),
    Column("is_retail_info_officer", Boolean, nullable=False),
    _text("business_status"),
    _date("licence_valid_to"),
    _text("holder_name", optional=True),
    Column("monthly_cap_cartons", Integer),
    more=(Index(None, "territory_id", "licence_no"),),
)

code_list = _history(
    "code_list", [_text("list_id"), _text("version")], _date("valid_from"), _date("valid_to", optional=True)
)
code_item = _lines("code_item", code_list, _text("code"), _text("zh"), _text("en"), _text("maps_to", optional=True))

calendar_day = _history(
    "calendar_day",
    [_date("day")],
    Column("is_working_day", Boolean, nullable=False),
    _text("name", optional=True),
    Column("announced", Boolean, nullable=False),
)
cycle = _history(
    "cycle",
    [Column("cycle", String(7), nullable=False)],
    Column("target_month", String(7), nullable=False),
    _text("market_manager", optional=True),
    _text("marketing_leader", optional=True),
    _text("supervision_officer", optional=True),
    _date("supply_first", optional=True),
    _date("supply_last", optional=True),
    _date("order_first", optional=True),
    _date("order_last", optional=True),
    Column("summary_dates", JsonText, nullable=False),
)

actual = _history(
    "actual",
    [Column("month", String(7), nullable=False), _text("licence_no"), _text("sku")],
    Column("requested_cartons", Integer),
    Column("delivered_cartons", Integer, nullable=False),
)

ledger_entry = _history(
    "ledger_entry",
    [_text("ledger_id")],
    _text("licence_no"),
    _text("account_manager"),
    Column("visited_at", Instant, nullable=False),
)
ledger_line = _lines(
    "ledger_line", ledger_entry, _text("sku"), Column("requested_quantity", JsonText), _text("unit", optional=True)
)
model_run = _history("model_run", [_text("run_id")], _text("model_version"), _text("inputs_hash"), _date("trained_to"))
model_run_line = _lines(
    "model_run_line",
    model_run,
    _text("licence_no"),
    _text("sku"),
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
