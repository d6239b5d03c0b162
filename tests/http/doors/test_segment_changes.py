"""What the calls about segment changes hand to their actions, and what they make of the answers."""

import pytest
from jsonschema import Draft202012Validator

from app.actions.change_acting import VersionMissing, VersionStale
from app.actions.page_changes import ChangeRow, ChangeRows
from app.actions.reply import Reply
from app.api import change_examples as examples
from app.office.month import Month
from app.office.people import Role
from app.review.change_steps import Act
from tests.http.doors.conftest import CHANGE_NO
from tests.web.example_change import example_view

ONE = f"/api/v1/segment-changes/{CHANGE_NO}"
ACTS = [
    ("evidence-files", examples.EVIDENCE_FILES, "add_evidence"),
    ("site-checks", examples.SITE_CHECK, "check_site"),
    ("paper-signatures", examples.PAPER_SIGNATURE, "claim_paper"),
]


def test_a_request_is_handed_over_with_its_key_and_answered_with_its_address_and_version(client, headers, actions):
    answer = client.post("/api/v1/segment-changes", headers=headers, json=examples.APPLICATION)
    assert (answer.status_code, answer.headers["ETag"], answer.headers["Location"]) == (201, '"v1"', ONE)
    name, actor, payload, key = actions.last
    assert (name, actor.actor_id, payload, key.key) == ("apply", "fs", examples.APPLICATION, "k-1")


def test_the_key_of_a_request_may_be_left_out(client, headers, actions):
    del headers["Idempotency-Key"]
    assert client.post("/api/v1/segment-changes", headers=headers, json=examples.APPLICATION).status_code == 201
    assert actions.last[-1].key is None


def test_a_replay_of_a_request_is_passed_on_byte_by_byte(client, headers, actions):
    actions.answers["apply"] = Reply(200, b'{"change_no":"X","version":1,"replayed":true}', replayed=True)
    answer = client.post("/api/v1/segment-changes", headers=headers, json=examples.APPLICATION)
    assert (answer.status_code, answer.data) == (200, b'{"change_no":"X","version":1,"replayed":true}')


def test_a_request_that_lacks_what_an_office_wants_is_handed_over_all_the_same(client, headers, actions):
    bare = {"licence_no": "420301123456", "account_manager": "P0012", "proposed_segment": None}
    assert client.post("/api/v1/segment-changes", headers=headers, json=bare).status_code == 201
    assert actions.last[2] == bare


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"licence": "420301123456"}, "/licence", "field.unknown"),
        ({"licence_no": "4203\u200b01"}, "/licence_no", "identifier.hidden_character"),
        ({"reason_text": 7}, "/reason_text", "value.not_text"),
        ({"evidence": {}}, "/evidence", "value.not_a_list"),
        ({"evidence": [{"kind": "storefront"}]}, "/evidence/0/digest", "value.missing"),
        (
            {"evidence": [{"kind": "other", "digest": "x", "position": {"latitude": True, "longitude": "1"}}]},
            "/evidence/0/position/latitude",
            "value.not_a_quantity",
        ),
    ],
)
def test_what_cannot_be_kept_faithfully_is_refused_by_place(client, headers, actions, changes, pointer, code):
    answer = client.post("/api/v1/segment-changes", headers=headers, json={**examples.APPLICATION, **changes})
    assert (answer.status_code, answer.json["code"]) == (422, "request.shape")
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [(pointer, code)]
    assert actions.calls == []


def test_a_draft_is_entered_again_with_the_version_that_was_seen(client, headers, actions):
    answer = client.post(f"{ONE}/submissions", headers={**headers, "If-Match": '"v1"'}, json=examples.APPLICATION)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"v1"')
    assert actions.last[2:3] + actions.last[4:] == (examples.APPLICATION, CHANGE_NO, 1)


@pytest.mark.parametrize(("path", "body", "action"), ACTS)
@pytest.mark.parametrize(("header", "version"), [('"v3"', 3), ('W/"v3"', 3), ("v3", 3), (None, None)])
def test_an_act_hands_over_the_version_and_answers_with_the_next(
    client, headers, actions, path, body, action, header, version
):
    if header is not None:
        headers["If-Match"] = header
    answer = client.post(f"{ONE}/{path}", headers=headers, json=body)
    assert (answer.status_code, answer.json["version"], answer.headers["ETag"]) == (201, 4, '"v4"')
    assert actions.last[0] == action
    assert actions.last[2:4] == (CHANGE_NO, version)


def test_acts_say_for_whom_the_client_speaks(client, headers, actions):
    client.post(f"{ONE}/site-checks", headers=headers, json=examples.SITE_CHECK)
    sheet, person = actions.last[4:]
    assert person == examples.SITE_CHECK["person_id"]
    assert sheet == {name: value for name, value in examples.SITE_CHECK.items() if name != "person_id"}
    client.post(f"{ONE}/evidence-files", headers=headers, json=examples.EVIDENCE_FILES)
    assert actions.last[4:] == (examples.EVIDENCE_FILES["evidence"], examples.EVIDENCE_FILES["person_id"])
    client.post(f"{ONE}/paper-signatures", headers=headers, json=examples.PAPER_SIGNATURE)
    assert actions.last[4] == examples.PAPER_SIGNATURE


@pytest.mark.parametrize(("error", "status"), [(VersionMissing, 428), (VersionStale, 412)])
def test_an_act_without_a_version_or_with_an_old_one_is_a_problem_document(client, headers, actions, error, status):
    actions.raises = error()
    answer = client.post(f"{ONE}/site-checks", headers=headers, json=examples.SITE_CHECK)
    assert (answer.status_code, answer.json["code"], answer.mimetype) == (
        status,
        error.code,
        "application/problem+json",
    )


def test_an_if_match_that_names_no_version_is_400(client, headers, actions):
    answer = client.post(f"{ONE}/site-checks", headers={**headers, "If-Match": "*"}, json=examples.SITE_CHECK)
    assert (answer.status_code, answer.json["code"]) == (400, "version.malformed")
    assert actions.calls == []


def test_a_report_of_the_effect_needs_no_version(client, headers, actions):
    answer = client.post(f"{ONE}/effect-reports", headers=headers, json=examples.EFFECT_REPORT)
    assert answer.status_code == 201
    assert actions.last[2:4] == (CHANGE_NO, examples.EFFECT_REPORT)


def test_a_request_is_said_whole_and_as_the_document_describes_it(client, headers):
    document = client.get("/api/v1/openapi.json").json
    answer = client.get(ONE, headers=headers)
    view = example_view()
    assert answer.headers["ETag"] == f'"v{view.version}"'
    described = document["paths"]["/api/v1/segment-changes/{change_no}"]["get"]["responses"]["200"]
    schema = {**described["content"]["application/json"]["schema"], "components": document["components"]}
    assert [error.message for error in Draft202012Validator(schema).iter_errors(answer.json)] == []
    said = answer.json
    assert said["next"] == {"act": "approve", "role": "market_manager"}
    assert [layer["is_next"] for layer in said["layers"]] == [False, False, True, False, False]
    assert said["missing"] == [sentence.as_json() for sentence in view.missing]
    assert said["benefit"]["lines"][1]["new"] == {"eligible": True, "cartons": 4}
    assert said["benefit"]["lines"][2]["old"] is None
    assert said["evidence"][1]["position"] == {"latitude": "30.512345", "longitude": "114.401234"}
    assert said["site_checks"][0]["area_m2"] == "62.5"
    assert said["evidence"][0]["content"] == f"{ONE}/evidence/{view.change.evidence[0].digest}"
    assert said["form"]["content"] == f"{ONE}/form.pdf"
    assert [step["act"] for step in said["steps"]] == ["apply", "check", "check", "prepare", "sign", "sign"]
    assert said["may"] == [
        {"act": "approve", "layer": 3, "why_not": None},
        {"act": "reject", "layer": None, "why_not": None},
    ]


def test_the_list_takes_its_filters_and_says_its_rows(client, headers, actions):
    row = ChangeRow(
        CHANGE_NO, "420301000012", "楚雄路鑫源烟酒", "便利店", "超市", "verified", "李晓梅",
        example_view().customer_history[0].applied_on, Act.APPROVE, Role.MARKET_MANAGER, None, 2, True, 6,
    )  # fmt: skip
    actions.answers["page"] = ChangeRows((row,), "next")
    query = "state=verified&licence_no=4203&account_manager=P1&effective_month=2026-12&text=x&cursor=c&limit=7"
    answer = client.get(f"/api/v1/segment-changes?{query}", headers=headers)
    assert answer.json["next_cursor"] == "next"
    assert answer.json["segment_changes"][0]["next"] == {"act": "approve", "role": "market_manager"}
    _, _, wanted, cursor, limit = actions.last
    assert (wanted.states, wanted.licence_no, wanted.account_manager) == (frozenset({"verified"}), "4203", "P1")
    assert (wanted.effective_month, wanted.text, cursor, limit) == (Month(2026, 12), "x", "c", 7)


def test_the_form_is_handed_out_as_a_file_of_its_name(client, headers):
    answer = client.get(f"{ONE}/form.pdf", headers=headers)
    assert (answer.data, answer.content_type) == (b"%PDF-1.7 signed so far", "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{CHANGE_NO}.pdf"'
