"""A photo on its way through the whole service: in over HTTP, checked in its own process, on record, and kept in."""

import pytest

from app.core.canonical import sha256_hex
from tests.unit.reports.upload_samples import exif, nested_zip, pdf, photo

PHOTO = photo(exif=exif("2026:11:08 10:00:00", "+08:00", "30.592800", "114.305500"))
DIGEST = "sha256:" + sha256_hex(PHOTO)


def send(client, headers, data, query="", content_type="image/jpeg"):
    return client.post(f"/api/v1/evidence{query}", headers=headers, data=data, content_type=content_type)


def test_a_photo_comes_in_once_and_is_the_same_ever_after(client, credential):
    headers = {"Authorization": f"Bearer {credential('phone', 'segment')}"}
    first = send(client, headers, PHOTO, "?name=%E9%97%A8%E5%A4%B4.jpg")
    assert first.status_code == 201
    assert first.json == {
        "digest": DIGEST, "media_type": "image/jpeg", "size": len(PHOTO), "name": "门头.jpg",
        "taken_at": "2026-11-08T02:00:00.000Z", "position": {"latitude": "30.592800", "longitude": "114.305500"},
        "width": 64, "height": 48,
    }  # fmt: skip
    again = send(client, headers, PHOTO, "?name=other.jpg", "application/octet-stream")
    assert (again.status_code, again.json) == (200, first.json)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "upload.empty"),
        (nested_zip(), "upload.is_archive"),
        (PHOTO[:-2], "upload.truncated"),
        (PHOTO + b"<script>", "upload.hidden_content"),
        (pdf(b"<< /S /Launch >>"), "upload.active_content"),
        (b"<svg onload=alert(1)>", "upload.unsupported"),
    ],
)
def test_what_is_refused_is_on_record_as_refused_and_nowhere_else(client, credential, installation, data, code):
    headers = {"Authorization": f"Bearer {credential(f'phone-{code}', 'segment')}", "Accept-Language": "zh"}
    answer = send(client, headers, data)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["detail"].endswith("。")
    with installation.store.read() as uow:
        assert not uow.blobs.known("sha256:" + sha256_hex(data))
        newest = uow.log.leaf_data(uow.log.size() - 1).decode()
    assert code in newest
    assert "request.refused" in newest


@pytest.mark.parametrize("scope", ["office", "submit", "determine", "read"])
def test_other_scopes_upload_nothing_and_fetch_nothing(client, credential, scope):
    headers = {"Authorization": f"Bearer {credential(f'only-{scope}', scope)}"}
    assert send(client, headers, PHOTO).status_code == 403
    answer = client.get(f"/api/v1/segment-changes/NG-YT-202611-001/evidence/{DIGEST}", headers=headers)
    assert answer.status_code == 403


def test_a_file_no_request_names_does_not_exist(client, credential):
    headers = {"Authorization": f"Bearer {credential('reader', 'segment')}"}
    send(client, headers, PHOTO)
    answer = client.get(f"/api/v1/segment-changes/NG-YT-202611-001/evidence/{DIGEST}", headers=headers)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
