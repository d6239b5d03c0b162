"""The whole service through its API: from the import of a customer to the sealed record, as the document says it."""

import json

import pytest
from jsonschema import Draft202012Validator

from app.api import examples
from app.store.values import EvaluationFilter

PERSON = {
    "person_id": "P0012",
    "name": "李晓梅",
    "roles": [{"role": "account_manager", "unit": "T03", "from": "2024-03-01"}],
}


@pytest.fixture(scope="module")
def document(client):
    return client.get("/api/v1/openapi.json").json


@pytest.fixture(scope="module")
def call(client, everything, document):
    """Return a caller that holds every answer to the document."""
    counter = iter(range(1000))

    def ask(method, path, rule=None, *, status=200, key=None, **more):
        headers = {**everything, "Idempotency-Key": key or f"walk-{next(counter)}"}
        answer = client.open(path, method=method, headers=headers, **more)
        assert answer.status_code == status, answer.text
        described = document["paths"][rule or path.partition("?")[0]][method.lower()]["responses"][str(status)]
        if "$ref" in described:
            described = document["components"]["responses"][described["$ref"].rpartition("/")[2]]
        content = described["content"][answer.content_type]
        if answer.is_json:
            schema = {**content["schema"], "components": document["components"]}
            assert [error.message for error in Draft202012Validator(schema).iter_errors(answer.json)] == []
        return answer

    return ask


@pytest.fixture(scope="module")
def submitted(call):
    call("PUT", "/api/v1/office/customers", "/api/v1/office/{collection}", json=[examples.CUSTOMER])
    call("PUT", "/api/v1/office/people", "/api/v1/office/{collection}", json=[PERSON])
    return call("POST", "/api/v1/forecasts", status=201, key="first", json=examples.FORECAST)


def test_the_reply_to_a_submission_has_the_members_of_the_contract(submitted):
    assert {
        "evaluation",
        "subject",
        "verdict",
        "counts",
        "rulebook_digest",
        "evaluated_at",
        "findings",
        "receipt",
        "record",
    } <= set(submitted.json)
    assert set(submitted.json["receipt"]) == {"log_index", "leaf_hash", "proof", "checkpoint"}
    assert sum(submitted.json["counts"].values()) == 24


def test_the_same_request_again_gets_the_same_answer_marked_as_a_replay(call, submitted):
    again = call("POST", "/api/v1/forecasts", status=200, key="first", json=examples.FORECAST)
    assert again.json == {**submitted.json, "replayed": True}
    quoted = call("POST", "/api/v1/forecasts", status=200, key='"first"', json=examples.FORECAST)
    assert quoted.json == again.json


def test_the_same_key_with_another_body_is_422(call, submitted):
    answer = call("POST", "/api/v1/forecasts", status=422, key="first", json={**examples.FORECAST, "reason": "x"})
    assert answer.json["code"] == "idempotency.other_body"


def test_a_reader_follows_the_reply_to_everything_it_names(call, submitted):
    reply = submitted.json
    evaluation = f"/api/v1/evaluations/{reply['evaluation']}"
    whole = call("GET", evaluation, "/api/v1/evaluations/{evaluation_id}").json
    assert len(whole["findings"]) == 24
    call("GET", whole["facts"], "/api/v1/evaluations/{evaluation_id}/facts")
    state = call("GET", f"/api/v1/forecasts/{reply['subject']['id']}", "/api/v1/forecasts/{forecast_id}").json
    assert (state["accepted"], state["verdict"]) == (reply["verdict"] != "block", reply["verdict"])
    proof = call("GET", reply["receipt"]["proof"], "/api/v1/log/proofs/{index}").json
    assert proof["leaf_hash"] == reply["receipt"]["leaf_hash"]
    note = call("GET", reply["receipt"]["checkpoint"]).text
    assert int(note.splitlines()[1]) > reply["receipt"]["log_index"]
    record = call("GET", reply["record"], "/api/v1/evaluations/{evaluation_id}/record.pdf")
    assert record.data.startswith(b"%PDF-")
    assert call("GET", reply["record"], "/api/v1/evaluations/{evaluation_id}/record.pdf").data == record.data


def test_the_list_is_walked_page_by_page_and_each_is_seen_once(call, submitted):
    for _ in range(4):
        call(
            "POST",
            "/api/v1/cycles/2026-11/events",
            "/api/v1/cycles/{cycle}/events",
            status=201,
            json={"event": "on_close"},
        )
    seen, cursor = [], ""
    while cursor is not None:
        page = call("GET", f"/api/v1/evaluations?limit=2{cursor and '&cursor=' + cursor}", "/api/v1/evaluations").json
        seen += [head["evaluation"] for head in page["evaluations"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) >= 5
    assert submitted.json["evaluation"] in seen


def test_the_other_recording_calls_answer_with_evaluations(call, submitted):
    call("POST", "/api/v1/pos-batches", status=201, json=examples.POS_BATCH)
    path = "/api/v1/cycles/2026-11/extensions"
    answer = call("POST", path, "/api/v1/cycles/{cycle}/extensions", status=201, json=examples.EXTENSION)
    assert answer.json["in_force"] is False
    path = "/api/v1/cycles/2026-11/events"
    answer = call("POST", path, "/api/v1/cycles/{cycle}/events", status=201, json=examples.CYCLE_EVENT)
    assert [evaluation["subject"]["kind"] for evaluation in answer.json["evaluations"]] == ["stage"]


def test_a_dry_run_leaves_nothing_behind(call, installation, submitted):
    with installation.store.read() as uow:
        before = uow.log.size()
    call("POST", "/api/v1/evaluations:dry-run", json=examples.DRY_RUN)
    with installation.store.read() as uow:
        assert uow.log.size() == before


def test_a_refused_body_is_on_record_by_its_hash_only(call, installation, submitted):
    with installation.store.read() as uow:
        before = uow.log.size()
    answer = call("POST", "/api/v1/forecasts", status=422, json={"stage": "order", "licence": "420301999999"})
    with installation.store.read() as uow:
        assert uow.log.size() == before + 1
        entry = uow.log.leaf_data(before)
    assert "request.refused" in json.loads(entry).values()
    assert answer.json["instance"] in entry.decode()
    assert b"420301999999" not in entry


def test_a_wrong_entry_is_judged_and_not_refused(call, installation):
    body = {"stage": "order", "cycle": "2026-11", "lines": [{"unit": "袋", "final_quantity": -3, "sku": "no such"}]}
    answer = call("POST", "/api/v1/forecasts", status=201, json=body)
    assert answer.json["verdict"] == "block"
    with installation.store.read() as uow:
        page = uow.evaluations.page(EvaluationFilter(verdict="block"), None, 200)
    assert answer.json["evaluation"] in {head.evaluation_id for head in page.items}


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("read", "POST", "/api/v1/forecasts", 403),
        ("office", "POST", "/api/v1/forecasts", 403),
        ("submit", "PUT", "/api/v1/office/people", 403),
        ("submit", "POST", "/api/v1/cycles/2026-11/events", 403),
        ("submit", "POST", "/api/v1/cycles/2026-11/extensions", 403),
        ("read", "POST", "/api/v1/pos-batches", 403),
        ("read", "POST", "/api/v1/evaluations:dry-run", 403),
        ("submit", "GET", "/api/v1/evaluations", 403),
        ("office", "GET", "/api/v1/evaluations/E-202611-000001", 404),
        ("office", "GET", "/api/v1/evaluations/E-202611-000001/record.pdf", 404),
        ("determine", "GET", "/api/v1/forecasts/F-202611-000001", 404),
        ("office", "GET", "/api/v1/log/checkpoint", 200),
    ],
)
def test_a_client_can_do_what_its_scope_names_and_nothing_else(
    client, credential, submitted, scope, method, path, status
):
    bodies = {
        "/api/v1/forecasts": examples.FORECAST,
        "/api/v1/office/people": [],
        "/api/v1/cycles/2026-11/events": examples.CYCLE_EVENT,
        "/api/v1/cycles/2026-11/extensions": examples.EXTENSION,
        "/api/v1/pos-batches": examples.POS_BATCH,
        "/api/v1/evaluations:dry-run": examples.DRY_RUN,
    }
    name = f"only-{scope}-{method}-{abs(hash(path))}"
    headers = {"Authorization": f"Bearer {credential(name, scope)}", "Idempotency-Key": name}
    body = {"json": bodies[path]} if path in bodies else {}
    assert client.open(path, method=method, headers=headers, **body).status_code == status


def test_a_client_is_limited_to_its_territories(client, credential, submitted):
    headers = {"Authorization": f"Bearer {credential('t9', 'submit', 'read', territories=['T09'])}"}
    own = {**headers, "Idempotency-Key": "t9"}
    assert client.post("/api/v1/forecasts", headers=own, json=examples.FORECAST).status_code == 403
    assert client.get(f"/api/v1/evaluations/{submitted.json['evaluation']}", headers=headers).status_code == 404
    assert client.get("/api/v1/evaluations", headers=headers).json["evaluations"] == []


def test_every_route_of_the_application_says_who_may_call_it(app):
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api", "/livez", "/readyz", "/metrics", "/problems"))
        and not hasattr(app.view_functions[rule.endpoint], "access")
    ]
    assert silent == []
