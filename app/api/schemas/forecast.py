"""A forecast as it is sent. Only what cannot be kept faithfully is refused; every other mistake is judged."""

import marshmallow as ma

from app.api.fields import Choice, Identifier, MonthText, Number, Shape, Text
from app.office.cycle import Stage

STAGES = tuple(stage.value for stage in Stage)


class TotalsSchema(Shape):
    """What the sender says the lines add up to."""

    cartons = Number(nullable=True, description="条")
    amount_cny = Number(nullable=True)


class BasisSchema(Shape):
    """What the sender based the wish on, in cartons (条)."""

    mean_3m_cartons = Number(nullable=True)
    last_month_cartons = Number(nullable=True)
    last_forecast_cartons = Number(nullable=True)


class SourceSchema(Shape):
    """Where the collected quantity was written down first."""

    ledger = Identifier(nullable=True)
    pos_batch = Identifier(nullable=True)
    model_run = Identifier(nullable=True)


class ForecastLineSchema(Shape):
    """One customer's wish for one product; in stage ``supply`` one product's total."""

    licence_no = Identifier(nullable=True, description="Not in stage supply.")
    sku = Identifier(nullable=True)
    channel = Text(nullable=True, description="visit, self_report or model; not in stage supply.")
    unit = Text(nullable=True, description="条, 件 (50 条) or 箱 (250 条).")
    collected_quantity = Number(nullable=True)
    final_quantity = Number(nullable=True)
    basis = ma.fields.Nested(BasisSchema, allow_none=True)
    source = ma.fields.Nested(SourceSchema, allow_none=True)
    segment = Text(nullable=True)
    grade = Text(nullable=True)
    volatility_class = Text(nullable=True)
    reason_code = Text(nullable=True)
    reason = Text(nullable=True)


class ForecastSchema(Shape):
    """One submission of one account manager for one stage of one cycle."""

    stage = Choice(*STAGES, required=True)
    cycle = MonthText(required=True)
    target_month = Text(nullable=True)
    account_manager = Identifier(nullable=True)
    territory_id = Identifier(nullable=True)
    client_reference = Identifier(nullable=True)
    client_time = Text(nullable=True)
    supersedes = Identifier(nullable=True, description="The id of the forecast a later version replaces.")
    reason = Text(nullable=True)
    totals = ma.fields.Nested(TotalsSchema, allow_none=True)
    lines = ma.fields.List(ma.fields.Nested(ForecastLineSchema), allow_none=True)


class DryRunSchema(Shape):
    """A subject to be judged without being recorded."""

    kind = Choice("supply_forecast", "order_forecast", required=True)
    subject = ma.fields.Nested(ForecastSchema, required=True)


class DeterminationSchema(Shape):
    """What supervision decided of a supply forecast."""

    person_id = Identifier(required=True)
    decision = Choice("accept", "return", required=True)
    opinion = Text(required=True)


class ReopeningSchema(Shape):
    """The approval to submit again."""

    approved_by = Identifier(required=True)
    reason = Text(required=True)
