"""Everything that is not a success is one kind of document, and says nothing of the inside."""

import re
import uuid

import pytest

from app.api.examples import FORECAST
from app.core.errors import Conflict, Fault, Forbidden, Integrity, Invalid, NotFound
from app.core.text import Bilingual
from app.http.problem_table import documented_problems

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors"}


def submit(client, headers, **more):
    return client.post("/api/v1/forecasts", headers=headers, **{"json": FORECAST, **more})


def require_problem(answer, status, code):
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"
    assert set(answer.json) == MEMBERS
    assert answer.json["status"] == status
    assert answer.json["type"] == f"/problems/{code}"
    assert answer.json["instance"] == f"urn:uuid:{answer.headers['X-Request-Id']}"
    assert "Traceback" not in answer.text
    assert code in documented_problems()


@pytest.mark.parametrize(
    ("kind", "status"), [(Invalid, 422), (NotFound, 404), (Forbidden, 403), (Conflict, 409), (Integrity, 500)]
)
def test_every_kind_of_failure_of_an_action_is_a_problem_document(client, headers, actions, kind, status):
    actions.raises = kind(Bilingual("甲", "A"), [Fault("/x", "value.missing", Bilingual("缺", "gone"))])
    answer = submit(client, headers)
    require_problem(answer, status, kind.code)
    assert answer.json["detail"] == "甲"
    assert answer.json["errors"] == [{"pointer": "/x", "code": "value.missing", "message": {"zh": "缺", "en": "gone"}}]


@pytest.mark.parametrize("error", [ValueError("secret /etc/passwd"), RecursionError(), KeyError("x"), MemoryError()])
def test_a_surprise_is_500_and_says_nothing_of_the_inside(client, headers, actions, caplog, error):
    actions.raises = error
    answer = submit(client, headers)
    require_problem(answer, 500, "internal.error")
    assert "secret" not in answer.text
    assert answer.headers["X-Request-Id"] in caplog.text


@pytest.mark.parametrize(
    ("language", "title"),
    [
        (None, "没有这个地址"),
        ("zh-CN", "没有这个地址"),
        ("fr", "没有这个地址"),
        ("en", "There is no such address"),
        ("en-GB,zh;q=0.5", "There is no such address"),
        ("de, en;q=0.3", "There is no such address"),
    ],
)
def test_title_and_detail_follow_the_language_of_the_caller(client, language, title):
    answer = client.get("/api/nowhere", headers={"Accept-Language": language} if language else {})
    require_problem(answer, 404, "route.unknown")
    assert answer.json["title"] == title
    assert "Accept-Language" in answer.headers["Vary"]


def test_malformed_json_is_400_and_goes_on_record(client, headers, actions):
    answer = submit(client, headers, json=None, data=b"{", content_type="application/json")
    require_problem(answer, 400, "json.malformed")
    [(who, digest, code, instance)] = actions.refusals
    assert (who, code, instance) == ("fs", "json.malformed", answer.json["instance"])
    assert re.fullmatch("sha256:[0-9a-f]{64}", digest)
    assert actions.calls == []


def test_every_wrong_place_is_named_at_once(client, headers, actions):
    body = {**FORECAST, "cycle": "soon", "extra": 1, "lines": [{"sku": 1}, {"licence_no": "42\u200b"}]}
    answer = submit(client, headers, json=body)
    require_problem(answer, 422, "request.shape")
    assert {(e["pointer"], e["code"]) for e in answer.json["errors"]} == {
        ("/cycle", "value.not_a_month"),
        ("/extra", "field.unknown"),
        ("/lines/0/sku", "value.not_text"),
        ("/lines/1/licence_no", "identifier.hidden_character"),
    }
    for error in answer.json["errors"]:
        assert error["code"] in documented_problems()
    assert len(actions.refusals) == 1


def test_a_float_is_refused_at_its_place(client, headers):
    data = b'{"stage": "order", "cycle": "2026-11", "lines": [{"final_quantity": 0.5}]}'
    answer = submit(client, headers, json=None, data=data, content_type="application/json")
    require_problem(answer, 422, "request.shape")
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [("/lines/0/final_quantity", "value.float")]


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
def test_bulk_data_over_the_limit_is_413(client, headers, actions, monkeypatch, chunked, kind):
    monkeypatch.setattr("app.api.office.MOST_LIST_BYTES", 1000)
    monkeypatch.setattr("app.api.office.MOST_STREAM_BYTES", 1000)
    more = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"} if chunked else {}
    for size, status in ((1000, 200), (1001, 413)):
        data = b"[]".ljust(size)
        answer = client.put(
            "/api/v1/office/customers", headers=headers, data=data, content_type=kind, environ_overrides=more
        )
        assert answer.status_code == status
    require_problem(answer, 413, "request.too_large")
    assert len(actions.calls) == 1


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_413(client, headers, actions, chunked):
    data = b" " * 200_001
    more = (
        {"environ_overrides": {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}} if chunked else {}
    )
    answer = submit(client, headers, json=None, data=data, content_type="application/json", **more)
    require_problem(answer, 413, "request.too_large")
    assert actions.calls == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=gbk", "text/json"]
)
def test_another_kind_of_body_is_415(client, headers, kind):
    answer = submit(client, headers, json=None, data=b"{}", content_type=kind)
    require_problem(answer, 415, "request.media_unsupported")


def test_a_compressed_body_is_415(client, headers):
    answer = submit(client, {**headers, "Content-Encoding": "gzip"})
    require_problem(answer, 415, "request.media_unsupported")


def test_json_with_its_charset_said_is_taken(client, headers):
    data = b'{"stage": "order", "cycle": "2026-11"}'
    answer = submit(client, headers, json=None, data=data, content_type="application/json; charset=UTF-8")
    assert answer.status_code == 201


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/xml;q=1.0"])
def test_a_form_nobody_offers_is_406(client, headers, accept):
    require_problem(submit(client, {**headers, "Accept": accept}), 406, "reply.not_acceptable")


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "application/*", "application/problem+json", "text/html, */*;q=0.1"]
)
def test_a_caller_who_takes_json_is_served(client, headers, accept):
    assert submit(client, {**headers, "Accept": accept}).status_code == 201


def test_a_refusal_that_cannot_be_recorded_is_still_a_refusal(client, headers, monkeypatch):
    def broken(*_):
        raise OSError("disk")

    monkeypatch.setattr("app.http.problems.record_refusal", broken)
    require_problem(submit(client, headers, json={}), 422, "request.shape")


def test_a_success_and_a_read_leave_no_refusal(client, headers, actions):
    assert submit(client, headers).status_code == 201
    client.get("/api/v1/evaluations?nothing=1", headers=headers)
    assert actions.refusals == []


@pytest.mark.parametrize("code", ["request.shape", "route.unknown", "value.float"])
def test_the_address_of_a_problem_says_what_it_means(client, code):
    answer = client.get(f"/problems/{code}")
    assert answer.json["title"] == documented_problems()[code].title.as_json()
    page = client.get(f"/problems/{code}", headers={"Accept": "text/html,application/xhtml+xml"})
    assert page.mimetype == "text/html"
    assert documented_problems()[code].title.zh in page.text


def test_an_undocumented_code_is_404(client):
    require_problem(client.get("/problems/<script>"), 404, "object.not_found")


@pytest.mark.parametrize(
    "path", ["/livez", "/api/v1/openapi.json", "/api/nowhere", "/api/v1/forecasts", "/problems/no.such", "/elsewhere"]
)
@pytest.mark.parametrize("https", [False, True])
def test_every_answer_carries_the_security_headers(client, path, https):
    answer = client.get(path, base_url="https://henji.test" if https else "http://henji.test")
    said = answer.headers
    assert "default-src 'none'" in said["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in said["Content-Security-Policy"]
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Cross-Origin-Opener-Policy"] == "same-origin"
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert said["Referrer-Policy"] == "no-referrer"
    assert ("Strict-Transport-Security" in said) is https
    assert uuid.UUID(said["X-Request-Id"])
    if path != "/elsewhere":
        assert said["Cache-Control"] == "no-store"


def test_the_number_of_a_request_is_never_taken_from_the_caller(client):
    answer = client.get("/livez", headers={"X-Request-Id": "mine"})
    assert answer.headers["X-Request-Id"] != "mine"
