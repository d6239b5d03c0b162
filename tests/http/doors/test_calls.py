"""What each operation hands to its action, and what it makes of the answer."""

import hashlib
import json
import uuid

import pytest

from app.actions.health import Readiness
from app.actions.reply import Reply, RequestKey
from app.api import examples
from app.core.errors import Fault
from app.core.text import Bilingual
from app.office.month import Month

KEYED = [
    ("/api/v1/forecasts", examples.FORECAST, "submit"),
    ("/api/v1/pos-batches", examples.POS_BATCH, "receive"),
    ("/api/v1/cycles/2026-11/extensions", examples.EXTENSION, "extend"),
    ("/api/v1/cycles/2026-11/events", examples.CYCLE_EVENT, "record"),
]


@pytest.mark.parametrize(("path", "body", "action"), KEYED)
def test_a_recording_call_hands_over_body_key_and_digest(client, headers, actions, path, body, action):
    data = json.dumps(body, ensure_ascii=False).encode()
    answer = client.post(path, headers=headers, data=data, content_type="application/json")
    assert (answer.status_code, answer.json) == (201, {"evaluation": "E-202611-000001"})
    digest = "sha256:" + hashlib.sha256(path.encode() + b"\n" + data).hexdigest()
    name, actor, *rest, payload, request_key = actions.last
    assert (name, actor.actor_id, payload, request_key) == (action, "fs", body, RequestKey("k-1", digest))
    assert rest == (["2026-11"] if "cycles" in path else [])


def refused_for(client, headers, actions, path, body, code):
    answer = client.post(path, headers=headers, json=body)
    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert actions.calls == []
    assert [refusal[2] for refusal in actions.refusals] == [code]


@pytest.mark.parametrize(("path", "body", "_action"), KEYED)
def test_a_recording_call_with_an_unusable_key_is_400(client, headers, actions, path, body, _action):
    headers["Idempotency-Key"] = "x" * 256
    refused_for(client, headers, actions, path, body, "idempotency.key_malformed")
    assert actions.calls == []


def test_a_forecast_without_a_key_is_400(client, headers, actions):
    del headers["Idempotency-Key"]
    refused_for(client, headers, actions, "/api/v1/forecasts", examples.FORECAST, "idempotency.key_missing")
    assert actions.calls == []


@pytest.mark.parametrize(("path", "body", "action"), [row for row in KEYED if "forecasts" not in row[0]])
def test_other_recording_calls_may_come_without_a_key(client, headers, actions, path, body, action):
    del headers["Idempotency-Key"]
    assert client.post(path, headers=headers, json=body).status_code == 201
    assert (actions.last[0], actions.last[-1].key) == (action, None)


def test_the_same_body_at_another_address_has_another_digest(client, headers, actions):
    for cycle in ("2026-11", "2026-12"):
        client.post(f"/api/v1/cycles/{cycle}/events", headers=headers, json=examples.CYCLE_EVENT)
    first, second = (call[-1].body_digest for call in actions.calls)
    assert first != second


def test_a_replay_is_passed_on_byte_by_byte(client, headers, actions):
    actions.answers["submit"] = Reply(200, b'{"b":1,"replayed":true}', replayed=True)
    answer = client.post("/api/v1/forecasts", headers=headers, json=examples.FORECAST)
    assert (answer.status_code, answer.data) == (200, b'{"b":1,"replayed":true}')


def test_determination_and_reopening_need_no_key(client, headers, actions):
    del headers["Idempotency-Key"]
    for name, body in (("determination", examples.DETERMINATION), ("reopening", examples.REOPENING)):
        answer = client.post(f"/api/v1/forecasts/F-1/{name}", headers=headers, json=body)
        assert (answer.status_code, answer.json) == (200, {"id": "F-1"})
        assert actions.last[2:] == ("F-1", body)


def test_a_dry_run_hands_over_kind_and_subject(client, headers, actions):
    answer = client.post("/api/v1/evaluations:dry-run", headers=headers, json=examples.DRY_RUN)
    assert (answer.status_code, answer.json) == (200, {"dry_run": True})
    assert actions.last[2:] == ("order_forecast", examples.FORECAST)


def test_the_faults_of_a_tried_subject_point_into_the_subject(client, headers):
    body = {"kind": "order_forecast", "subject": {**examples.FORECAST, "cycle": 5}}
    answer = client.post("/api/v1/evaluations:dry-run", headers=headers, json=body)
    assert [error["pointer"] for error in answer.json["errors"]] == ["/subject/cycle"]


def test_reading_calls_hand_over_the_id(client, headers, actions):
    assert client.get("/api/v1/forecasts/F-1", headers=headers).json == {"id": "F-1"}
    assert client.get("/api/v1/evaluations/E-1", headers=headers).json == {"evaluation": "E-1"}
    assert client.get("/api/v1/evaluations/E-1/facts", headers=headers).json == {"facts": {}}
    assert [call[0] for call in actions.calls] == ["read_forecast_state", "read_one", "read_stored_facts"]
    assert [call[2] for call in actions.calls] == ["F-1", "E-1", "E-1"]


def test_the_record_is_handed_out_as_a_file_of_its_name(client, headers):
    answer = client.get("/api/v1/evaluations/E-1/record.pdf", headers=headers)
    assert (answer.data, answer.content_type) == (b"%PDF-1.7 sealed", "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="E-1.pdf"'


def test_the_list_takes_its_filters_and_its_limit(client, headers, actions):
    query = "verdict=flag&stage=order&cycle=2026-11&account_manager=P1&rule=ENT-06&text=x&cursor=c&limit=200"
    answer = client.get(f"/api/v1/evaluations?{query}", headers=headers)
    assert answer.json == {"evaluations": [], "next_cursor": None}
    _, _, wanted, cursor, limit = actions.last
    assert (wanted.verdict, wanted.stage, wanted.cycle, wanted.rule) == ("flag", "order", Month(2026, 11), "ENT-06")
    assert (wanted.account_manager, wanted.text, cursor, limit) == ("P1", "x", "c", 200)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=201", {("limit", "value.out_of_range")}),
        ("limit=0", {("limit", "value.out_of_range")}),
        ("limit=-1", {("limit", "value.out_of_range")}),
        ("limit=ten", {("limit", "value.out_of_range")}),
        ("limit=1&limit=2", {("limit", "query.duplicate")}),
        ("limit=1&limit=2&colour=red", {("limit", "query.duplicate"), ("colour", "field.unknown")}),
        ("colour=red", {("colour", "field.unknown")}),
        ("verdict=good&cycle=now", {("verdict", "value.not_allowed"), ("cycle", "value.not_a_month")}),
        ("cursor=%E2%80%8B", {("cursor", "identifier.hidden_character")}),
    ],
)
def test_a_parameter_that_is_not_understood_is_refused_by_name(client, headers, actions, query, expected):
    answer = client.get(f"/api/v1/evaluations?{query}", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "query.invalid")
    assert {(error["pointer"], error["code"]) for error in answer.json["errors"]} == expected
    assert actions.calls == []


def test_a_call_that_takes_no_parameters_refuses_them(client, headers):
    answer = client.get("/api/v1/forecasts/F-1?full=1", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "query.invalid")


def test_the_log_hands_out_its_note_and_its_proofs(client, headers, actions):
    note = client.get("/api/v1/log/checkpoint", headers=headers)
    assert (note.text, note.content_type) == ("henji\n0\n", "text/plain; charset=utf-8")
    client.get("/api/v1/log/proofs/118?size=200", headers=headers)
    assert actions.last == ("read_inclusion", 118, 200)
    client.get("/api/v1/log/proofs/118", headers=headers)
    assert actions.last == ("read_inclusion", 118, None)
    client.get("/api/v1/log/consistency?from=3&to=9", headers=headers)
    assert actions.last == ("read_consistency", 3, 9)
    missing = client.get("/api/v1/log/consistency?to=9", headers=headers)
    assert [error["pointer"] for error in missing.json["errors"]] == ["from"]


def test_a_json_list_of_office_data_keeps_the_good_items(client, headers, actions):
    data = b'[{"a": 1}, {"a": 1.5}, 7, {"a": 2}]'
    answer = client.put("/api/v1/office/customers", headers=headers, data=data, content_type="application/json")
    assert (answer.status_code, answer.json) == (200, {"received": 0})
    _, actor, collection, items = actions.last
    assert (actor.actor_id, collection) == ("fs", "customers")
    assert [item.code if isinstance(item, Fault) else item for item in items] == [
        {"a": 1},
        "value.float",
        "value.not_an_object",
        {"a": 2},
    ]


def test_lines_of_office_data_keep_the_good_ones(client, headers, actions):
    data = b'{"a": 1}\nnonsense\n{"a": 2, "a": 3}\n{"a": 4}\n' * 2000
    answer = client.put("/api/v1/office/actuals", headers=headers, data=data, content_type="application/x-ndjson")
    assert answer.status_code == 200
    items = actions.last[3]
    assert [item.code if isinstance(item, Fault) else item for item in items[:4]] == [
        {"a": 1},
        "json.malformed",
        "key.duplicate",
        {"a": 4},
    ]
    assert len(items) == 8000


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b'{"a": 1}', "application/json", "request.shape"),
        (b"[", "application/json", "json.malformed"),
        (b"[]", "text/csv", "request.media_unsupported"),
    ],
)
def test_office_data_in_no_known_form_is_refused(client, headers, actions, data, kind, code):
    answer = client.put("/api/v1/office/customers", headers=headers, data=data, content_type=kind)
    assert answer.json["code"] == code
    assert actions.calls == []


def test_alive_is_said_without_touching_anything(client, actions):
    assert client.get("/livez").json == {"live": True}
    assert actions.calls == []


def test_readiness_names_what_is_broken(client, actions):
    good = Readiness("store", ok=True, sentence=Bilingual("正常", "in order"))
    actions.answers["ready"] = [good]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True)
    assert answer.json["checks"] == [{"name": "store", "ok": True, "message": {"zh": "正常", "en": "in order"}}]
    actions.answers["ready"] = [good, Readiness("keys", ok=False, sentence=Bilingual("无", "gone"))]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "service.not_ready")
    assert answer.headers["Retry-After"] == "5"
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [("keys", "check.failed")]


def test_answers_are_counted_by_route_and_never_by_address(client, headers):
    client.get("/livez")
    client.get("/api/v1/forecasts/F-202611-000045", headers=headers)
    client.get(f"/scanner/{uuid.uuid4()}")
    text = client.get("/metrics").text
    assert 'henji_http_requests_total{method="GET",route="/livez",status="200"} 1.0' in text
    assert 'route="/api/v1/forecasts/<forecast_id>"' in text
    assert 'route="(unknown)",status="404"' in text
    assert "F-202611-000045" not in text


@pytest.mark.parametrize(
    ("environ", "more"),
    [({"REMOTE_ADDR": "10.1.2.3"}, {}), ({}, {"X-Forwarded-For": "127.0.0.1"}), ({}, {"Forwarded": "for=127.0.0.1"})],
)
def test_the_counters_are_closed_to_other_machines_without_a_credential(client, headers, environ, more):
    assert client.get("/metrics", environ_overrides=environ, headers=more).status_code == 401
    assert client.get("/metrics", environ_overrides=environ, headers={**headers, **more}).status_code == 200
