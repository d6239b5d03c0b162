"""Who may call what: the table is written by hand, the routes must agree with it."""

import pytest

OPEN = "open"

ROUTES = {
    ("POST", "/api/v1/forecasts"): ("submit",),
    ("GET", "/api/v1/forecasts/<forecast_id>"): ("submit", "read"),
    ("POST", "/api/v1/forecasts/<forecast_id>/determination"): ("determine",),
    ("POST", "/api/v1/forecasts/<forecast_id>/reopening"): ("determine",),
    ("POST", "/api/v1/segment-changes"): ("segment",),
    ("GET", "/api/v1/segment-changes"): ("segment",),
    ("GET", "/api/v1/segment-changes/<change_no>"): ("segment",),
    ("POST", "/api/v1/segment-changes/<change_no>/submissions"): ("segment",),
    ("POST", "/api/v1/segment-changes/<change_no>/evidence-files"): ("segment",),
    ("POST", "/api/v1/segment-changes/<change_no>/site-checks"): ("segment",),
    ("POST", "/api/v1/segment-changes/<change_no>/paper-signatures"): ("segment",),
    ("POST", "/api/v1/segment-changes/<change_no>/effect-reports"): ("segment",),
    ("GET", "/api/v1/segment-changes/<change_no>/form.pdf"): ("segment",),
    ("POST", "/api/v1/evidence"): ("segment",),
    ("GET", "/api/v1/segment-changes/<change_no>/evidence/<digest>"): ("segment",),
    ("GET", "/api/v1/evaluations"): ("read",),
    ("POST", "/api/v1/evaluations:dry-run"): ("submit",),
    ("GET", "/api/v1/evaluations/<evaluation_id>"): ("submit", "read"),
    ("GET", "/api/v1/evaluations/<evaluation_id>/facts"): ("submit", "read"),
    ("GET", "/api/v1/evaluations/<evaluation_id>/record.pdf"): ("submit", "read"),
    ("PUT", "/api/v1/office/<collection>"): ("office",),
    ("POST", "/api/v1/pos-batches"): ("office",),
    ("POST", "/api/v1/cycles/<cycle>/extensions"): ("determine",),
    ("POST", "/api/v1/cycles/<cycle>/events"): ("determine",),
    ("GET", "/api/v1/log/checkpoint"): OPEN,
    ("GET", "/api/v1/log/proofs/<int:index>"): OPEN,
    ("GET", "/api/v1/log/consistency"): OPEN,
    ("GET", "/api/v1/openapi.json"): OPEN,
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/metrics"): OPEN,
    ("GET", "/problems/<code>"): OPEN,
}


def declared(app):
    found = {}
    for rule in app.url_map.iter_rules():
        access = app.view_functions[rule.endpoint].access
        for method in rule.methods - {"HEAD"}:
            found[method, rule.rule] = OPEN if access.is_open else access.scopes
    return found


def test_every_route_declares_the_access_written_in_the_table(app):
    assert declared(app) == ROUTES


def address(rule):
    return rule.replace("<int:index>", "0").replace("<cycle>", "2026-11").replace("<", "").replace(">", "")


CLOSED = [(method, address(rule)) for (method, rule), access in ROUTES.items() if access != OPEN]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_without_a_credential_nothing_is_asked_of_an_action(client, actions, method, path):
    answer = client.open(path, method=method, json={})
    assert (answer.status_code, answer.json["code"]) == (401, "credential.missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert actions.calls == []


@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize("value", ["Bearer nonsense", "Bearer", "Basic aGk6aG8=", "Bearer a b", "Bearer é", ""])
def test_with_an_unknown_credential_nothing_is_asked_of_an_action(client, actions, method, path, value):
    answer = client.open(path, method=method, json={}, headers={"Authorization": value})
    assert (answer.status_code, answer.json["code"]) == (401, "credential.unknown")
    assert actions.calls == []
    assert actions.refusals == []


@pytest.mark.parametrize(("method", "path"), [(method, address(rule)) for method, rule in ROUTES])
@pytest.mark.parametrize("other", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_method_that_is_not_declared_is_405_with_those_that_are(client, headers, method, path, other):
    if any((other, address(rule)) for (m, rule) in ROUTES if m == other and address(rule) == path):
        return
    answer = client.open(path, method=other, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (405, "method.not_allowed")
    assert method in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/api", "/api/v1", "/api/v1/forecast", "/api/v2/forecasts", "/api/v1/forecasts/"])
def test_an_unknown_address_under_api_is_a_problem_document(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.json["code"]) == (404, "route.unknown")
