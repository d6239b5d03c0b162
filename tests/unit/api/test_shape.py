"""One pass over a body finds what the marshmallow schemas refuse, and nothing else."""

import copy

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.examples import DETERMINATION, DRY_RUN, EXTENSION, FORECAST, POS_BATCH
from app.api.schemas.cycle import CycleEventSchema, ExtensionSchema
from app.api.schemas.forecast import DeterminationSchema, DryRunSchema, ForecastSchema, ReopeningSchema
from app.api.schemas.pos_batch import PosBatchSchema
from app.api.schemas.segment_change import (
    ApplicationSchema,
    EffectReportSchema,
    EvidenceFilesSchema,
    PaperSignatureSchema,
    SiteCheckSchema,
)
from app.api.shape import require_shape, shape_check
from app.http.errors import RequestShape
from app.http.strict_json import pointer_token

SCHEMAS = [
    ForecastSchema,
    DryRunSchema,
    DeterminationSchema,
    ReopeningSchema,
    PosBatchSchema,
    ExtensionSchema,
    CycleEventSchema,
    ApplicationSchema,
    EvidenceFilesSchema,
    SiteCheckSchema,
    PaperSignatureSchema,
    EffectReportSchema,
]
CHECKS = {schema: shape_check(schema()) for schema in SCHEMAS}


def quick(schema, value):
    return sorted((fault.pointer, fault.code) for fault in CHECKS[schema](value, ""))


def flattened(messages, pointer=""):
    """Yield the pointers marshmallow complains about."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from flattened(inner, pointer if name == "_schema" else f"{pointer}/{pointer_token(str(name))}")
    else:
        yield pointer


def by_marshmallow(schema, value):
    try:
        schema().load(value)
    except ma.ValidationError as error:
        return sorted(set(flattened(error.messages)))
    return []


def with_change(body, path, value):
    changed = copy.deepcopy(body)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (ForecastSchema, FORECAST),
        (DryRunSchema, DRY_RUN),
        (PosBatchSchema, POS_BATCH),
        (ExtensionSchema, EXTENSION),
        (DeterminationSchema, DETERMINATION),
    ],
)
def test_the_examples_of_the_contract_have_no_fault(schema, body):
    assert quick(schema, dict(body)) == []
    assert by_marshmallow(schema, dict(body)) == []


LINE = ("lines", 0)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("stage",), "supply chain", ("/stage", "value.not_allowed")),
        (("stage",), None, ("/stage", "value.null")),
        (("stage",), ..., ("/stage", "value.missing")),
        (("cycle",), "2026-13", ("/cycle", "value.not_a_month")),
        (("cycle",), "0000-01", ("/cycle", "value.not_a_month")),
        (("cycle",), 202611, ("/cycle", "value.not_a_month")),
        (("cycle",), ..., ("/cycle", "value.missing")),
        (("surprise",), 1, ("/surprise", "field.unknown")),
        (("a/b",), None, ("/a~1b", "field.unknown")),
        ((*LINE, "surprise"), 1, ("/lines/0/surprise", "field.unknown")),
        ((*LINE, "basis", "surprise"), 1, ("/lines/0/basis/surprise", "field.unknown")),
        ((*LINE, "final_quantity"), True, ("/lines/0/final_quantity", "value.not_a_quantity")),
        ((*LINE, "final_quantity"), [1], ("/lines/0/final_quantity", "value.not_a_quantity")),
        ((*LINE, "licence_no"), 420301123456, ("/lines/0/licence_no", "value.not_text")),
        ((*LINE, "licence_no"), "4203\u200b", ("/lines/0/licence_no", "identifier.hidden_character")),
        ((*LINE, "source", "ledger"), "L\u202e1", ("/lines/0/source/ledger", "identifier.hidden_character")),
        (("account_manager",), "P\t12", ("/account_manager", "identifier.hidden_character")),
        ((*LINE, "reason"), 5, ("/lines/0/reason", "value.not_text")),
        ((*LINE, "reason"), "x" * 4001, ("/lines/0/reason", "value.too_long")),
        ((*LINE, "basis"), [], ("/lines/0/basis", "value.not_an_object")),
        (("lines",), {}, ("/lines", "value.not_a_list")),
        (LINE, None, ("/lines/0", "value.null")),
        (LINE, 7, ("/lines/0", "value.not_an_object")),
        (("totals",), "18", ("/totals", "value.not_an_object")),
    ],
)
def test_what_cannot_be_kept_faithfully_is_refused_at_its_place(path, value, expected):
    assert quick(ForecastSchema, with_change(FORECAST, path, value)) == [expected]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("target_month",), "next month"),
        (("target_month",), ...),
        (("account_manager",), None),
        (("account_manager",), ""),
        (("territory_id",), "nowhere"),
        (("client_time",), "yesterday"),
        (("lines",), []),
        (("lines",), None),
        (("lines",), ...),
        (("totals",), None),
        ((*LINE, "unit"), "bag"),
        ((*LINE, "channel"), "pigeon"),
        ((*LINE, "final_quantity"), -5),
        ((*LINE, "final_quantity"), "0.4"),
        ((*LINE, "final_quantity"), "many"),
        ((*LINE, "final_quantity"), None),
        ((*LINE, "licence_no"), None),
        ((*LINE, "sku"), ...),
        ((*LINE, "basis"), None),
        ((*LINE, "reason"), "right\u202eleft"),
    ],
)
def test_what_an_office_calls_a_wrong_entry_is_not_refused(path, value):
    body = with_change(FORECAST, path, value)
    assert quick(ForecastSchema, body) == []
    assert by_marshmallow(ForecastSchema, body) == []


def test_every_fault_is_named_at_once():
    body = with_change(FORECAST, ("stage",), "x")
    body = with_change(body, (*LINE, "sku"), 1)
    body = with_change(body, ("more",), 1)
    with pytest.raises(RequestShape) as caught:
        require_shape(CHECKS[ForecastSchema], body)
    assert sorted(fault.pointer for fault in caught.value.faults) == ["/lines/0/sku", "/more", "/stage"]


@pytest.mark.parametrize("value", [None, [], "x", 1, True])
def test_a_body_that_is_no_object_is_refused_as_a_whole(value):
    with pytest.raises(RequestShape) as caught:
        require_shape(CHECKS[ForecastSchema], value)
    assert [fault.pointer for fault in caught.value.faults] == [""]


def json_values():
    leaves = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "2026-11", "order", "x\u200b", "accept"])
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner))


@st.composite
def bodies(draw, schema):
    """Draw an object that is near the schema: its fields, some missing, some with foreign values."""
    body = {}
    for name, field in schema.fields.items():
        choice = draw(st.sampled_from(["absent", "foreign", "fitting", "fitting"]))
        if choice == "foreign":
            body[name] = draw(json_values())
        elif choice == "fitting":
            body[name] = draw(fitting(field))
    if draw(st.booleans()):
        body["unheard_of"] = draw(json_values())
    return body


def fitting(field):
    if isinstance(field, ma.fields.Nested):
        return bodies(field.schema)
    if isinstance(field, ma.fields.List):
        return st.lists(fitting(field.inner) | json_values(), max_size=2)
    return st.sampled_from(["2026-11", "order", "accept", "x", 3, "supply_forecast", "on_close"])


@given(st.sampled_from(SCHEMAS), st.data())
def test_the_quick_pass_and_marshmallow_name_the_same_places(schema, data):
    body = data.draw(bodies(schema()))
    assert sorted({pointer for pointer, _ in quick(schema, body)}) == by_marshmallow(schema, body)
