"""A body that cannot be kept faithfully is refused; who sent it, when and its hash go on record, nothing more."""

import hashlib
import json

import pytest

from app.actions.machine_clients import create_client
from app.factory import create_app
from tests.actions.tiny_office import OPERATOR

SECRET = "绝密内容"
BODIES = {
    "no JSON": (b'{"stage": ', 400, "json.malformed"),
    "a float": (b'{"stage": "order", "cycle": "2026-11", "lines": [{"final_quantity": 1.5}]}', 422, None),
    "NaN": (b'{"stage": "order", "cycle": "2026-11", "lines": [{"final_quantity": NaN}]}', 422, None),
    "a key twice": (b'{"stage": "order", "stage": "supply", "cycle": "2026-11"}', 422, None),
    "an unknown field": (
        json.dumps({"stage": "order", "cycle": "2026-11", "note": SECRET}).encode(), 422, "request.shape",
    ),
    "a zero-width licence": (
        b'{"stage": "order", "cycle": "2026-11", "lines": [{"licence_no": "4203\\u200b1"}]}', 422, None,
    ),
    "a cycle that is no month": (b'{"stage": "order", "cycle": "2026-13"}', 422, "request.shape"),
}  # fmt: skip


@pytest.fixture
def post(small_office):
    def make(*scopes, territories=None):
        name = "-".join(["client", *scopes, *(territories or [])])
        _, credential = create_client(small_office.deps, OPERATOR, name, scopes, territories)
        browser = create_app(small_office.deps).test_client()
        keys = iter(range(1000))

        def send(data, path="/api/v1/forecasts", **headers):
            data = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
            return browser.post(
                path, data=data, content_type="application/json",
                headers={"Authorization": f"Bearer {credential}", "Idempotency-Key": f"k{next(keys)}", **headers},
            )  # fmt: skip

        return send

    return make


def test_refused_bodies_are_logged_by_their_hash_and_nothing_else(small_office, post):
    send = post("submit")
    for name, (body, status, code) in BODIES.items():
        rows, entries = small_office.counts(), len(small_office.log())
        answer = send(body)
        assert answer.status_code == status, name
        assert answer.content_type == "application/problem+json"
        if code:
            assert answer.json["code"] == code, name
        (event,) = small_office.log()[entries:]
        assert event.name == "request.refused"
        assert event.actor["id"] == "client-submit"
        assert event.body == {"body_digest": "sha256:" + hashlib.sha256(body).hexdigest(), "code": answer.json["code"]}
        after = small_office.counts()
        assert {table for table in rows if rows[table] != after[table]} <= {"log_entry", "log_node"}, name
    with small_office.deps.store.read() as uow:
        everything = b"".join(entry.leaf_data for entry in uow.log.entries(0))
    assert SECRET.encode() not in everything


def test_every_wrong_place_is_named_at_once(post):
    answer = post("submit")(
        {"stage": "third", "cycle": "2026-13", "lines": [{"final_quantity": True}, {"sku": "a\u202eb", "colour": 1}]}
    )
    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json["errors"]}
    assert pointers == {"/stage", "/cycle", "/lines/0/final_quantity", "/lines/1/sku", "/lines/1/colour"}


def test_a_request_without_a_key_or_credential_reaches_nothing(small_office, post):
    send = post("submit")
    rows = small_office.counts()
    assert send(small_office.supply(), Authorization="Bearer henji_nobody_" + "x" * 43).status_code == 401
    assert small_office.counts() == rows
    answer = send(small_office.supply(), **{"Idempotency-Key": ""})
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency.key_malformed")
    assert small_office.counts()["evaluation"] == 0


def test_what_an_office_calls_a_wrong_entry_is_not_refused_but_judged(small_office, post):
    small_office.on(11, 3)
    answer = post("submit")({"stage": "supply", "cycle": "2026-11", "territory_id": "T01", "lines": []})
    assert answer.status_code == 201
    assert answer.json["verdict"] == "block"
    assert small_office.counts()["forecast_version"] == 1
