"""The document describes what is there: valid, complete, and with examples that fit their schemas."""

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.office.items import COLLECTIONS


@pytest.fixture
def document(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.content_type == "application/json"
    return answer.json


def operations(document):
    for path, item in document["paths"].items():
        for method in item.keys() & {"get", "post", "put", "delete", "patch"}:
            yield path, method, item[method]


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_route_is_described_and_nothing_else(app, document):
    routes = {
        (rule.rule.replace("<int:", "<").replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD"}
    }
    assert {(path, method) for path, method, _ in operations(document)} == routes


def test_every_operation_says_who_may_call_it_and_how_it_fails(document):
    names = set()
    for path, _, operation in operations(document):
        names.add(operation["operationId"])
        assert operation["summary"]
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/PROBLEM"}
        if operation["security"]:
            assert operation["security"] == [{"bearer": []}]
            assert {"401", "422"} <= set(operation["responses"])
        else:
            assert not path.startswith("/api/") or path == "/api/v1/openapi.json" or path.startswith("/api/v1/log/")
        if "requestBody" in operation:
            assert operation["requestBody"]["required"] is True
            assert {"413", "415", "400"} <= set(operation["responses"])
    assert len(names) == len(list(operations(document)))
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_problem_responses_are_problem_documents(document):
    for name, response in document["components"]["responses"].items():
        assert name.startswith("PROBLEM")
        assert list(response["content"]) == ["application/problem+json"]


def keyed_by(document, parameter):
    reference = {"$ref": f"#/components/parameters/{parameter}"}
    return {path for path, _, operation in operations(document) if reference in operation.get("parameters", [])}


def test_a_forecast_needs_the_key_and_the_other_recording_operations_honour_one(document):
    assert keyed_by(document, "IDEMPOTENCY_KEY") == {"/api/v1/forecasts"}
    assert keyed_by(document, "IDEMPOTENCY_KEY_OPTIONAL") == {
        "/api/v1/pos-batches",
        "/api/v1/cycles/{cycle}/extensions",
        "/api/v1/cycles/{cycle}/events",
        "/api/v1/segment-changes",
        "/api/v1/segment-changes/{change_no}/submissions",
        "/api/v1/segment-changes/{change_no}/effect-reports",
    }


def test_acts_on_a_segment_change_name_the_version_they_are_based_on(document):
    assert keyed_by(document, "IF_MATCH") == {
        f"/api/v1/segment-changes/{{change_no}}/{act}"
        for act in ("submissions", "evidence-files", "site-checks", "paper-signatures")
    }
    for path, _, operation in operations(document):
        if path in keyed_by(document, "IF_MATCH"):
            assert {"412", "428", "404"} <= set(operation["responses"])
            assert "ETag" in operation["responses"]["201"]["headers"]


def test_examples_fit_their_schemas(document):
    checked = 0
    for path, method, operation in operations(document):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for media in body.get("content", {}).values():
                if "example" in media:
                    schema = {**media["schema"], "components": document["components"]}
                    errors = list(Draft202012Validator(schema).iter_errors(media["example"]))
                    assert errors == [], (path, method)
                    checked += 1
    assert checked >= 12


def test_request_schemas_refuse_unknown_fields(document):
    schemas = document["components"]["schemas"]
    for name in ("Forecast", "ForecastLine", "Basis", "Source", "Totals", "PosBatch", "Extension", "CycleEvent"):
        assert schemas[name]["additionalProperties"] is False


def test_every_collection_of_the_office_is_described(document):
    described = document["components"]["schemas"]["OfficeItems"]["items"]["anyOf"]
    assert len(described) == len(COLLECTIONS)
    customer = document["components"]["schemas"]["OfficeCustomers"]
    assert {"licence_no", "shop_name", "valid_from"} <= set(customer["required"])
    assert customer["additionalProperties"] is False
