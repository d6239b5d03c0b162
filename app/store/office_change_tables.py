"""The tables of office data that segment changes are judged by. History as in :mod:`app.store.office_tables`."""

from sqlalchemy import Boolean, Column, Index, Integer

from app.store.office_tables import ExactDecimal, date_column, history_table, line_table, text_column
from app.store.schema import Instant, JsonText

allocation_standard = history_table(
    "allocation_standard",
    [text_column("std_id"), Column("version", Integer, nullable=False, autoincrement=False)],
    text_column("sku"),
    text_column("period"),
    text_column("delivery_method"),
    Column("dimensions", JsonText, nullable=False),
    date_column("effective_from"),
    date_column("effective_to", optional=True),
    text_column("filing_no", optional=True),
    Column("filed_at", Instant),
    Column("published_at", Instant),
)
allocation_standard_row = line_table(
    "allocation_standard_row",
    allocation_standard,
    text_column("segment", optional=True),
    text_column("area", optional=True),
    Column("quota", JsonText, nullable=False),
)

licence_record = history_table(
    "licence_record",
    [text_column("licence_no")],
    text_column("holder_name"),
    text_column("address"),
    date_column("valid_to"),
    Column("is_valid", Boolean, nullable=False),
    Column("latitude", Integer),
    Column("longitude", Integer),
)

segment_profile = history_table(
    "segment_profile",
    [text_column("list_version"), text_column("code")],
    Column("least_area_m2", ExactDecimal),
    Column("most_area_m2", ExactDecimal),
    Column("least_hours", ExactDecimal),
    Column("sales_modes", JsonText, nullable=False),
    Column("it_levels", JsonText, nullable=False),
)

sanction = history_table(
    "sanction",
    [text_column("case_no")],
    text_column("licence_no"),
    date_column("decided_on"),
    text_column("title"),
    date_column("lifted_on", optional=True),
    more=(Index(None, "licence_no"),),
)

customer_decision = history_table(
    "customer_decision",
    [text_column("decision_no"), text_column("licence_no"), text_column("attribute")],
    text_column("value", optional=True),
    date_column("decided_on"),
    text_column("minutes_no", optional=True),
    Column("marketing_present", Boolean, nullable=False),
    Column("monopoly_present", Boolean, nullable=False),
    more=(Index(None, "licence_no"),),
)

census_campaign = history_table(
    "census_campaign", [text_column("campaign_no")], text_column("title"), date_column("filed_on")
)
