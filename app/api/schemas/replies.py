"""What comes back, for the documentation. Members may be added to replies; none is renamed."""

import marshmallow as ma
from marshmallow import fields

from app.api.schemas.said import text as _text
from app.audit.finding import Outcome

_OUTCOMES = [outcome.value for outcome in Outcome]
_VERDICTS = ["block", "flag", "note", "pass"]


class BilingualSchema(ma.Schema):
    """The same sentence in both languages."""

    zh = _text()
    en = _text()


class LineSchema(ma.Schema):
    """One line, customer or product a rule speaks about."""

    class Meta:
        """The key facts of the rule's scope stand beside these members."""

        unknown = ma.INCLUDE

    licence_no = fields.String(allow_none=True)
    sku = fields.String(allow_none=True)
    outcome = fields.String(metadata={"enum": _OUTCOMES})
    measured = fields.Dict()
    message = fields.Nested(BilingualSchema)


class FindingSchema(ma.Schema):
    """What one version of a rule says of the subject."""

    rule = _text(example="ENT-06")
    rule_version = fields.Integer(required=True)
    title = fields.Nested(BilingualSchema)
    outcome = _text(enum=_OUTCOMES)
    clauses = fields.List(fields.String(), required=True)
    message = fields.Nested(BilingualSchema, required=True)
    measured = fields.Dict(required=True)
    parameters = fields.Dict(required=True)
    lines = fields.List(fields.Nested(LineSchema), required=True)
    lines_total = fields.Integer(required=True)
    rows_judged = fields.Integer()
    lead_only = fields.Boolean(required=True)
    shadow = fields.Boolean()


class SubjectSchema(ma.Schema):
    """What was judged."""

    kind = _text(example="order_forecast")
    id = _text(nullable=True)
    version = fields.Integer(required=True, allow_none=True)


CountsSchema = ma.Schema.from_dict({name: fields.Integer(required=True) for name in _OUTCOMES}, name="CountsSchema")
"""How many rules gave each outcome."""


class ReceiptSchema(ma.Schema):
    """Where the evaluation stands in the log. Leaf hash in base64 (RFC 6962)."""

    log_index = fields.Integer(required=True)
    leaf_hash = _text()
    proof = _text(format="uri-reference")
    checkpoint = _text(format="uri-reference")


class VerdictSchema(ma.Schema):
    """What the rules say, without a record."""

    subject = fields.Nested(SubjectSchema, required=True)
    verdict = _text(enum=_VERDICTS)
    counts = fields.Nested(CountsSchema, required=True)
    rulebook_digest = _text()
    evaluated_at = _text(format="date-time")
    simulated_clock = fields.Boolean()
    findings = fields.List(fields.Nested(FindingSchema), required=True)


class DryRunReplySchema(VerdictSchema):
    """A verdict that is nowhere on record: no evaluation, no receipt."""

    dry_run = fields.Boolean()


class EvaluationReplySchema(VerdictSchema):
    """An evaluation that is on record, with its receipt."""

    evaluation = _text(example="E-202611-000123")
    receipt = fields.Nested(ReceiptSchema, required=True)
    record = _text(format="uri-reference")
    replayed = fields.Boolean(metadata={"description": "True when the same request was answered before."})


class ExtensionReplySchema(EvaluationReplySchema):
    """The evaluation of an extension; only one in force moves the window."""

    in_force = fields.Boolean()


class FullEvaluationSchema(EvaluationReplySchema):
    """Everything kept of an evaluation; ``findings`` has every rule that was asked."""

    outcomes = fields.Dict(keys=fields.String(), values=fields.String(metadata={"enum": _OUTCOMES}))
    event = fields.String()
    cycle = fields.String(allow_none=True)
    stage = fields.String(allow_none=True)
    account_manager = fields.String(allow_none=True)
    territory_id = fields.String(allow_none=True)
    actor = fields.Dict()
    engine = fields.String()
    payload_digest = fields.String()
    facts_digest = fields.String()
    judgement_digest = fields.String()
    facts = fields.String(metadata={"format": "uri-reference"})


class EvaluationHeadSchema(ma.Schema):
    """One line of the list of evaluations."""

    evaluation = _text()
    event = _text()
    subject = fields.Nested(SubjectSchema, required=True)
    cycle = _text(nullable=True)
    stage = _text(nullable=True)
    account_manager = _text(nullable=True)
    territory_id = _text(nullable=True)
    evaluated_at = _text(format="date-time")
    verdict = _text(enum=_VERDICTS)
    counts = fields.Nested(CountsSchema, required=True)
    log_index = fields.Integer(required=True)
    simulated_clock = fields.Boolean()


class EvaluationPageSchema(ma.Schema):
    """A part of the list, newest first; ``next_cursor`` is null at the end."""

    evaluations = fields.List(fields.Nested(EvaluationHeadSchema), required=True)
    next_cursor = _text(nullable=True)


class FactsSchema(ma.Schema):
    """The stored facts: equally long columns by scope and name; decimals in millionths."""

    evaluation = _text()
    facts_digest = _text()
    facts = fields.Dict(required=True)


class VersionSchema(ma.Schema):
    """One version of a forecast."""

    version = fields.Integer(required=True)
    evaluation = _text()
    verdict = _text(enum=_VERDICTS)
    submitted_at = _text(format="date-time")
    supersedes = _text(nullable=True)
    reason = _text(nullable=True)


class ForecastStateSchema(ma.Schema):
    """How a forecast stands."""

    id = _text(example="F-202611-000045")
    stage = _text()
    cycle = _text()
    account_manager = _text(nullable=True)
    territory_id = _text(nullable=True)
    version = fields.Integer(required=True)
    versions = fields.List(fields.Nested(VersionSchema))
    verdict = _text(enum=_VERDICTS)
    accepted = fields.Boolean(required=True)
    not_accepted_because = fields.List(fields.Dict())
    state = _text()
    determination = fields.Dict(allow_none=True)
    reopened = fields.Boolean(allow_none=True)
    evaluation = _text(format="uri-reference")


class CycleEventReplySchema(ma.Schema):
    """One evaluation for each subject judged at the event."""

    evaluations = fields.List(fields.Nested(EvaluationReplySchema), required=True)
    effective = fields.List(
        fields.String(), metadata={"description": "Segment changes that took effect; of `daily` and the monthly runs."}
    )
    archived = fields.List(fields.String(), metadata={"description": "Segment changes whose forms were archived."})
    snapshot = fields.Dict(metadata={"description": "When the customers were frozen."})
    replayed = fields.Boolean()


class FaultSchema(ma.Schema):
    """One thing that is wrong, and where."""

    pointer = _text(description="JSON Pointer (RFC 6901) into the body, or the name of a parameter.")
    code = _text(example="value.not_an_integer")
    message = fields.Nested(BilingualSchema, required=True)


class ProblemSchema(ma.Schema):
    """A problem document (RFC 9457). Title and detail follow Accept-Language, zh by default."""

    type = _text(format="uri-reference", example="/problems/request.shape")
    title = _text()
    status = fields.Integer(required=True)
    detail = _text()
    instance = _text(format="uri-reference")
    code = _text(example="request.shape")
    errors = fields.List(fields.Nested(FaultSchema), required=True)


class HeldSchema(ma.Schema):
    """A value that was delivered and not written: nobody approved it, and the filed one stays in use (SEG-15)."""

    attribute = _text(enum=["segment"])
    filed = _text()
    delivered = _text()


class ImportResultSchema(ma.Schema):
    """What became of one item."""

    index = fields.Integer(required=True)
    key = fields.Raw(required=True, allow_none=True)
    status = _text(enum=["created", "changed", "unchanged", "rejected"])
    errors = fields.List(fields.Nested(FaultSchema))
    mismatches = fields.List(fields.Dict(), metadata={"description": "Values that were normalised, with the raw form."})
    held = fields.List(
        fields.Nested(HeldSchema), metadata={"description": "Values that were not written; the filed ones stay in use."}
    )


class ImportReplySchema(ma.Schema):
    """What became of a bulk call. One bad item never blocks the good ones."""

    received = fields.Integer(required=True)
    created = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    results = fields.List(fields.Nested(ImportResultSchema), required=True)
    evaluations = fields.List(
        fields.Nested(EvaluationReplySchema),
        required=True,
        metadata={"description": "What the rules said of delivered customers (SEG-15, SEG-19); empty otherwise."},
    )


class InclusionSchema(ma.Schema):
    """The proof that one entry lies in the log (RFC 6962, 2.1.1); hashes in base64."""

    index = fields.Integer(required=True)
    size = fields.Integer(required=True)
    leaf_hash = _text()
    path = fields.List(fields.String(), required=True)
    checkpoint = _text(nullable=True)


ConsistencySchema = ma.Schema.from_dict(
    {
        "from": fields.Integer(required=True),
        "to": fields.Integer(required=True),
        "path": fields.List(fields.String(), required=True),
    },
    name="ConsistencySchema",
)
"""The proof that a longer log continues a shorter one (RFC 6962, 2.1.2); hashes in base64."""


class ReadinessCheckSchema(ma.Schema):
    """One thing that must work."""

    name = _text()
    ok = fields.Boolean(required=True)
    message = fields.Nested(BilingualSchema, required=True)


class ReadinessSchema(ma.Schema):
    """Whether the process may take work."""

    ready = fields.Boolean(required=True)
    checks = fields.List(fields.Nested(ReadinessCheckSchema), required=True)


class LiveSchema(ma.Schema):
    """The process answers."""

    live = fields.Boolean(required=True)


class DocumentedProblemSchema(ma.Schema):
    """What an error code means."""

    type = _text(format="uri-reference")
    code = _text()
    status = fields.Integer(required=True, allow_none=True)
    title = fields.Nested(BilingualSchema, required=True)
