"""What is uploaded by some is opened by others: it is saved under a name that fits it, and nothing in it runs."""

import base64
import re
from urllib.parse import unquote

import pytest

from app.actions.read_evidence_file import EvidenceContent
from tests.http.doors.conftest import PHOTO

ADDRESS = f"/api/v1/segment-changes/NG-YT-202611-001/evidence/{PHOTO}"


def fetched(client, headers, actions, name="photo.jpg", kind="image/jpeg", data=b"<script>alert(1)</script>"):
    actions.answers["read_file"] = EvidenceContent(data, PHOTO, kind, name)
    return client.get(ADDRESS, headers=headers)


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp", "application/pdf"])
def test_a_file_is_an_attachment_of_its_own_kind(client, headers, actions, kind):
    answer = fetched(client, headers, actions, kind=kind)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_policy_lets_nothing_run_load_or_be_framed(client, headers, actions):
    policy = fetched(client, headers, actions).headers.get_all("Content-Security-Policy")
    assert len(policy) == 1
    said = {part.strip() for part in policy[0].split(";")}
    # sandbox without a single allow-: no script, no form, no plugin, an origin of its own.
    assert {"sandbox", "default-src 'none'", "form-action 'none'", "frame-ancestors 'none'"} <= said
    assert "allow-" not in policy[0]


def test_nothing_on_the_way_keeps_a_file(client, headers, actions):
    answer = fetched(client, headers, actions)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


def test_the_digest_goes_with_the_bytes(client, headers, actions):
    told = fetched(client, headers, actions).headers["Repr-Digest"]
    match = re.fullmatch(r"sha-256=:([A-Za-z0-9+/]{43}=):", told)
    assert match is not None
    assert "sha256:" + base64.b64decode(match[1]).hex() == PHOTO


@pytest.mark.parametrize(
    "name",
    [
        "photo.jpg",
        "门头照片.jpg",
        'a"; filename="evil.html.jpg',
        "a;b,c=d.jpg",
        "50%.jpg",
        "a'b.jpg",
        "naïve 😀.jpg",
        "back\\slash.jpg",
    ],
)
def test_any_name_is_written_so_that_no_browser_reads_another(client, headers, actions, name):
    told = fetched(client, headers, actions, name).headers["Content-Disposition"]
    match = re.fullmatch(r"attachment; filename=\"([A-Za-z0-9._-]+)\"; filename\*=UTF-8''([A-Za-z0-9%._~-]+)", told)
    assert match is not None, told
    assert unquote(match[2]) == name
    assert match[1].endswith(".jpg")
    assert told.isascii()


def test_a_line_break_in_a_name_makes_no_header_of_its_own(client, headers, actions):
    answer = fetched(client, headers, actions, "a\r\nSet-Cookie: x=1.jpg")
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers["Content-Disposition"]


def test_a_problem_says_nothing_of_the_file(client, headers, actions):
    from app.core.errors import NotFound

    actions.raises = NotFound()
    answer = client.get(ADDRESS, headers=headers)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert "Content-Disposition" not in answer.headers
