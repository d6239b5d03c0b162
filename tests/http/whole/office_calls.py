"""The calls of a system of the office about segment changes, over the whole service and its real API."""

import itertools
from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from app.actions.machine_clients import create_client
from app.factory import create_app
from app.office.permission import SCOPES
from tests.actions.segment_change_office import ChangeOffice
from tests.actions.tiny_office import OPERATOR

API = "/api/v1"
CHANGES = f"{API}/segment-changes"


class OfficeCalls:
    """One machine client that may do everything, speaking to the service of an office."""

    def __init__(self, office: ChangeOffice, name: str = "office-system") -> None:
        self.office = office
        self._client = create_app(office.deps).test_client()
        self._credential = create_client(office.deps, OPERATOR, name, list(SCOPES), None)[1]
        self._keys = itertools.count(1)

    def call(
        self, method: str, path: str, body: Any = None, *, status: int = 200, version: int | None = None
    ) -> TestResponse:
        """Call and hold the answer to its status."""
        headers = {"Authorization": f"Bearer {self._credential}", "Idempotency-Key": f"call-{next(self._keys)}"}
        if version is not None:
            headers["If-Match"] = f'"v{version}"'
        more = {} if body is None else {"json": body}
        answer = self._client.open(path, method=method, headers=headers, **more)
        assert answer.status_code == status, (method, path, answer.text)
        return answer

    def upload(self, path: str, data: bytes) -> dict[str, Any]:
        """Upload a photo."""
        headers = {"Authorization": f"Bearer {self._credential}"}
        answer = self._client.post(path, headers=headers, data=data, content_type="image/jpeg")
        assert answer.status_code == 201, answer.text
        return answer.json

    # --- what happens -------------------------------------------------------------------------------------------

    def deliver(self, collection: str, *items: Mapping[str, Any]) -> dict[str, Any]:
        return self.call("PUT", f"{API}/office/{collection}", list(items)).json

    def apply(self, licence_no: str | None = None, **changes: Any) -> dict[str, Any]:
        """Enter a request; the honest one but for ``changes``."""
        asked = self.office.application(**({"licence_no": licence_no} if licence_no else {}), **changes)
        return self.call("POST", CHANGES, asked, status=201).json

    def act(
        self, change_no: str, path: str, body: Mapping[str, Any], status: int = 201, version: int | None = None
    ) -> dict[str, Any]:
        """Act on a request as it is now."""
        seen = self.version(change_no) if version is None else version
        return self.call("POST", f"{CHANGES}/{change_no}/{path}", body, status=status, version=seen).json

    def check(self, change_no: str, person: str, status: int = 201, **changes: Any) -> dict[str, Any]:
        return self.act(change_no, "site-checks", {"person_id": person, **self.office.sheet(**changes)}, status)

    def claim(self, change_no: str, layer: int, person: str, witness: str, **changes: Any) -> dict[str, Any]:
        """Say that somebody has signed a layer on paper just now."""
        body = {
            "layer": layer,
            "person_id": person,
            "signed_at": self.office.clock.now().isoformat(),
            "scan": self.office.upload(name="签字页.jpg"),
            "witness": witness,
            **changes,
        }
        return self.act(change_no, "paper-signatures", body)

    def report_effect(self, change_no: str, day: str) -> dict[str, Any]:
        path = f"{CHANGES}/{change_no}/effect-reports"
        return self.call("POST", path, {"effective_on": day}, status=201).json

    def event(self, name: str) -> dict[str, Any]:
        path = f"{API}/cycles/{self.office.today:%Y-%m}/events"
        return self.call("POST", path, {"event": name}, status=201).json

    # --- what is said -------------------------------------------------------------------------------------------

    def change(self, change_no: str) -> dict[str, Any]:
        return self.call("GET", f"{CHANGES}/{change_no}").json

    def version(self, change_no: str) -> int:
        """The version an act must name, as the ETag gives it."""
        tag = self.call("GET", f"{CHANGES}/{change_no}").headers["ETag"]
        return int(tag.strip('"').removeprefix("v"))

    def said_by(self, rule: str) -> list[str]:
        """What a rule said in every evaluation in which it spoke, newest first."""
        heads = self.call("GET", f"{API}/evaluations?rule={rule}&limit=200").json["evaluations"]
        return [self.outcomes(head["evaluation"])[rule] for head in heads]

    def outcomes(self, evaluation: str) -> dict[str, str]:
        """What every rule asked said."""
        return self.call("GET", f"{API}/evaluations/{evaluation}").json["outcomes"]

    def all_outcomes(self) -> dict[str, set[str]]:
        """Everything every rule has said in this office."""
        said: dict[str, set[str]] = {}
        cursor = ""
        while cursor is not None:
            page = self.call("GET", f"{API}/evaluations?limit=200{cursor and '&cursor=' + cursor}").json
            for head in page["evaluations"]:
                for rule, outcome in self.outcomes(head["evaluation"]).items():
                    said.setdefault(rule, set()).add(outcome)
            cursor = page["next_cursor"]
        return said
