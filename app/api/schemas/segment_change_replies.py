"""What is said of segment changes, for the documentation. Members may be added; none is renamed."""

import marshmallow as ma
from marshmallow import fields

from app.api.schemas.replies import BilingualSchema, EvaluationReplySchema, FindingSchema
from app.api.schemas.said import text
from app.office.people import Role
from app.office.segment_change import ChangeState, SigningMethod
from app.review.change_steps import Act

_STATES = [state.value for state in ChangeState]
_ACTS = [act.value for act in Act]
_METHODS = [method.value for method in SigningMethod]


class GatesSchema(ma.Schema):
    """The rules that keep the request from going on, by the step they shut."""

    apply = fields.List(fields.String(), required=True)
    verify = fields.List(fields.String(), required=True)


class AppliedSchema(EvaluationReplySchema):
    """An application that is on record: judged, and accepted or kept as a draft with the reasons."""

    change_no = text(example="NG-YT-202611-001")
    version = fields.Integer(required=True)
    state = text(enum=_STATES)
    accepted = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(BilingualSchema), required=True)
    gates = fields.Nested(GatesSchema, required=True)


class ActedSchema(ma.Schema):
    """The request after an act on it, with everything the service did at once because of it."""

    change_no = text(example="NG-YT-202611-001")
    version = fields.Integer(required=True)
    state = text(enum=_STATES)
    evaluations = fields.List(fields.String(), required=True)
    log_index = fields.Integer(required=True)


class PaperClaimSchema(EvaluationReplySchema):
    """What the rules say of a signature claimed; the request itself has not changed."""

    change_no = text()
    version = fields.Integer(required=True)
    state = text(enum=_STATES)
    claim = text()
    accepted = fields.Boolean(required=True, metadata={"description": "False: a rule blocks it; it cannot count."})
    evaluations = fields.List(fields.Nested(EvaluationReplySchema), required=True)


class EffectReportReplySchema(EvaluationReplySchema):
    """What the rules say of the day of effect that was reported."""

    change_no = text()
    state = text(enum=_STATES)


class RowSchema(ma.Schema):
    """One line of the list."""

    change_no = text()
    version = fields.Integer(required=True)
    licence_no = text()
    shop_name = text()
    from_segment = text()
    to_segment = text()
    state = text(enum=_STATES)
    account_manager_name = text()
    applied_on = text(format="date")
    next = fields.Dict(required=True, allow_none=True)
    due_on = text(nullable=True, format="date")
    overdue_days = fields.Integer(required=True)
    favourable = fields.Boolean(required=True, allow_none=True)


class SegmentChangePageSchema(ma.Schema):
    """A part of the list, newest first; ``next_cursor`` is null at the end."""

    segment_changes = fields.List(fields.Nested(RowSchema), required=True)
    next_cursor = text(nullable=True)


class NextSchema(ma.Schema):
    """What the request waits for."""

    act = text(enum=_ACTS)
    role = text(nullable=True, enum=[*(role.value for role in Role), None], description="Null: the service itself.")


class LayerSchema(ma.Schema):
    """One of the five layers, signed or waited for."""

    number = fields.Integer(required=True)
    role = text()
    person_id = text(nullable=True)
    person_name = text(nullable=True)
    signed_at = text(nullable=True, format="date-time")
    method = text(nullable=True, enum=[*_METHODS, None])
    witness_name = text(nullable=True)
    opinion = text()
    is_next = fields.Boolean(required=True)


class BenefitLineSchema(ma.Schema):
    """One product under the old and the new format. ``cartons`` null: without limit; ``old`` null: not known."""

    sku = text()
    name = text(nullable=True)
    is_tight = fields.Boolean(required=True)
    has_standard = fields.Boolean(required=True)
    old = fields.Dict(required=True, allow_none=True)
    new = fields.Dict(required=True, allow_none=True)
    delta_cartons = fields.Integer(required=True, allow_none=True)
    delta_value_cny = text(nullable=True)


class BenefitSchema(ma.Schema):
    """What the change gives, by the filed standards of the month (SEG-11)."""

    month = text()
    old_segment = text()
    new_segment = text()
    delta_tight_cartons = fields.Integer(required=True, allow_none=True)
    delta_value_cny = text(nullable=True)
    order_cycle_assumed = fields.Boolean(required=True)
    lines = fields.List(fields.Nested(BenefitLineSchema), required=True)


class StepSchema(ma.Schema):
    """One act in the history, as the log has it."""

    version = fields.Integer(required=True)
    act = text()
    at = text(format="date-time")
    person_id = text(nullable=True)
    person_name = text(nullable=True)
    state = text(enum=_STATES)
    reason = text(nullable=True)
    evaluations = fields.List(fields.String(), required=True)
    log_index = fields.Integer(required=True)


class ChangeFindingSchema(FindingSchema):
    """The newest finding of a rule, and the evaluation it stands in."""

    evaluation = text()


class HistorySchema(ma.Schema):
    """Earlier requests of the customer, and of a year of the account manager and the territory."""

    customer = fields.List(fields.Dict(), required=True)
    account_manager = fields.List(fields.Dict(), required=True)
    territory = fields.List(fields.Dict(), required=True)


class SegmentChangeSchema(ma.Schema):
    """A request as the caller may see it."""

    change_no = text(example="NG-YT-202611-001")
    version = fields.Integer(required=True, metadata={"description": "What the next act must name with If-Match."})
    state = text(enum=_STATES)
    submission = fields.Integer(required=True, metadata={"description": "How often it was entered."})
    application = fields.Dict(required=True)
    shop_name = text()
    territory_name = text()
    segment_names = fields.Dict(required=True)
    applied_at = text(format="date-time")
    favourable = fields.Boolean(required=True, allow_none=True)
    evidence = fields.List(fields.Dict(), required=True)
    site_checks = fields.List(fields.Dict(), required=True)
    form = fields.Dict(required=True, allow_none=True)
    layers = fields.List(fields.Nested(LayerSchema), required=True)
    next = fields.Nested(NextSchema, required=True, allow_none=True)
    due_on = text(nullable=True, format="date")
    overdue_days = fields.Integer(required=True, metadata={"description": "Working days past the limit."})
    missing = fields.List(fields.Nested(BilingualSchema), required=True)
    refusals = fields.List(fields.Nested(BilingualSchema), required=True)
    benefit = fields.Nested(BenefitSchema, required=True, allow_none=True)
    history = fields.Nested(HistorySchema, required=True)
    findings = fields.List(fields.Nested(ChangeFindingSchema), required=True)
    evaluations = fields.List(fields.Dict(), required=True)
    filing = fields.Dict(required=True, allow_none=True)
    effective_on = text(nullable=True, format="date")
    effected_at = text(nullable=True, format="date-time")
    review = fields.Dict(required=True, allow_none=True)
    closing = fields.Dict(required=True, allow_none=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    may = fields.List(fields.Dict(), required=True, metadata={"description": "What the caller may do; people only."})
