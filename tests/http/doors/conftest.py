"""The API door over actions that only remember what they were asked: what is tested here is the door itself."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask

from app.actions.change_acting import ChangeReply
from app.actions.page_changes import ChangeRows
from app.actions.read_evidence_file import EvidenceContent
from app.actions.reply import Reply
from app.actions.upload_evidence import Uploaded
from app.api.register import register_api
from app.core.actor import Actor, ActorKind
from app.http.register import register_http
from app.office.position import Position
from app.store.change_values import StoredEvidence
from app.store.values import EvaluationPage
from tests.web.example_change import example_view

CREDENTIAL = "henji_fs_secret"
LIMIT = 200_000


class Actions:
    """Stands in for every action; remembers its calls and answers what the test wants."""

    def __init__(self):
        self.calls = []
        self.refusals = []
        self.answers = {}
        self.raises = None

    def stand_in(self, name, answer):
        def act(deps, *arguments):
            if name == "import_office":
                arguments = (*arguments[:-1], list(arguments[-1]))
            self.calls.append((name, *arguments))
            if self.raises is not None:
                raise self.raises
            return self.answers.get(name, answer)

        return act

    @property
    def last(self):
        return self.calls[-1]


PHOTO = "sha256:" + "2c" * 32


def uploaded_photo():
    at = datetime(2026, 11, 8, 2, tzinfo=UTC)
    return StoredEvidence(
        digest=PHOTO, media_type="image/jpeg", size=9, name="门头.jpg", uploaded_by="fs", uploaded_at=at, taken_at=at,
        position=Position(30_592_800, -114_305_500), width=4000, height=3000, actor={},
    )  # fmt: skip


KEPT = Reply(201, json.dumps({"evaluation": "E-202611-000001"}).encode())
CHANGE_NO = "NG-YT-202611-003"
APPLIED = Reply(201, json.dumps({"change_no": CHANGE_NO, "version": 1}).encode())
ACTED = ChangeReply(CHANGE_NO, 4, "verified", (), {"change_no": CHANGE_NO, "version": 4})
ANSWERS = {
    "forecasts.submit": KEPT,
    "forecasts.determine": {"id": "F-1"},
    "forecasts.reopen": {"id": "F-1"},
    "forecasts.read_forecast_state": {"id": "F-1"},
    "evaluations.judge_dry": {"dry_run": True},
    "evaluations.read_one": {"evaluation": "E-1"},
    "evaluations.read_stored_facts": {"facts": {}},
    "evaluations.read_sealed": b"%PDF-1.7 sealed",
    "evaluations.list_page": EvaluationPage((), None),
    "office.import_items": {"received": 0},
    "pos_batches.receive": KEPT,
    "cycles.extend": KEPT,
    "cycles.record": KEPT,
    "segment_changes.apply": APPLIED,
    "segment_changes.page": ChangeRows((), None),
    "segment_changes.read_one": example_view(),
    "segment_changes.add_evidence": ACTED,
    "segment_changes.check_site": ACTED,
    "segment_changes.claim_paper": ACTED,
    "segment_changes.report": KEPT,
    "segment_changes.read_form": b"%PDF-1.7 signed so far",
    "evidence.upload": Uploaded(uploaded_photo(), is_new=True),
    "evidence.read_file": EvidenceContent(b"\xff\xd8\xff photo", PHOTO, "image/jpeg", "门头 1.jpg"),
    "log.checkpoint": "henji\n0\n",
    "log.read_inclusion": {"index": 0},
    "log.read_consistency": {"from": 1, "to": 1},
    "system.ready": [],
}


@pytest.fixture
def actions(monkeypatch):
    fakes = Actions()
    for place, answer in ANSWERS.items():
        name = "import_office" if place == "office.import_items" else place.partition(".")[2]
        monkeypatch.setattr(f"app.api.{place}", fakes.stand_in(name, answer))

    def authenticate(_deps, credential):
        everything = frozenset({"metrics.read"})
        return Actor(ActorKind.CLIENT, "fs", "fs", everything, None) if credential == CREDENTIAL else None

    def refuse(_deps, actor, digest, code, instance):
        fakes.refusals.append((actor.actor_id, digest, code, instance))

    monkeypatch.setattr("app.http.bearer.authenticate_client", authenticate)
    monkeypatch.setattr("app.http.problems.record_refusal", refuse)
    return fakes


@pytest.fixture
def app(actions):
    app = Flask("door", static_folder=None, template_folder=None)
    deps = SimpleNamespace(most_body_bytes=LIMIT)
    register_http(app, deps)
    register_api(app, deps)
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def headers():
    return {"Authorization": f"Bearer {CREDENTIAL}", "Idempotency-Key": "k-1"}
