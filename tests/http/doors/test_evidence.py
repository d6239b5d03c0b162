"""Files through the door: raw bytes in, what is known of them out, and nothing that the action did not see."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from app.actions.upload_evidence import Declared, Uploaded
from app.office.position import Position
from app.reports.upload_errors import UploadIsArchive, UploadNotChecked
from tests.http.doors.conftest import PHOTO, uploaded_photo

ADDRESS = "/api/v1/evidence"
AT = "taken_at=2026-11-08T10:00:00%2B08:00"


def upload(client, headers, query="", data=b"\xff\xd8\xff", content_type="image/jpeg"):
    return client.post(f"{ADDRESS}{query}", headers=headers, data=data, content_type=content_type)


def test_a_new_file_is_201_with_what_is_known_of_it(client, headers, actions):
    answer = upload(client, headers)
    assert (answer.status_code, answer.json) == (
        201,
        {
            "digest": PHOTO,
            "media_type": "image/jpeg",
            "size": 9,
            "name": "门头.jpg",
            "taken_at": "2026-11-08T02:00:00.000Z",
            "position": {"latitude": "30.592800", "longitude": "-114.305500"},
            "width": 4000,
            "height": 3000,
        },
    )
    name, actor, data, declared = actions.last
    assert (name, actor.actor_id, data, declared) == ("upload", "fs", b"\xff\xd8\xff", Declared("", "image/jpeg"))


def test_the_same_file_again_is_200_with_the_same_answer(client, headers, actions):
    first = upload(client, headers).json
    actions.answers["upload"] = Uploaded(uploaded_photo(), is_new=False)
    again = upload(client, headers)
    assert (again.status_code, again.json) == (200, first)


def test_name_time_and_place_come_in_the_address(client, headers, actions):
    query = f"?name=%E9%97%A8%E5%A4%B4.jpg&{AT}&latitude=30.5928&longitude=-114.3055"
    assert upload(client, headers, query, content_type="application/octet-stream").status_code == 201
    assert actions.last[-1] == Declared(
        "门头.jpg", None, datetime(2026, 11, 8, 2, tzinfo=UTC), Position(30_592_800, -114_305_500)
    )


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp", "application/pdf"])
def test_the_four_kinds_are_taken_and_handed_on_as_declared(client, headers, actions, kind):
    assert upload(client, headers, content_type=kind).status_code == 201
    assert actions.last[-1].media_type == kind


@pytest.mark.parametrize(
    "kind",
    ["application/zip", "image/svg+xml", "text/html", "multipart/form-data", "application/json", "image/gif", ""],
)
def test_another_kind_is_415_before_anything_is_read(client, headers, actions, kind):
    answer = upload(client, headers, content_type=kind)
    assert (answer.status_code, answer.json["code"]) == (415, "request.media_unsupported")
    assert actions.calls == []


def test_a_compressed_body_is_415(client, headers, actions):
    answer = upload(client, {**headers, "Content-Encoding": "gzip"})
    assert (answer.status_code, actions.calls) == (415, [])


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("?taken_at=yesterday", {"taken_at"}),
        ("?taken_at=2026-11-08T10:00:00", {"taken_at"}),
        ("?latitude=30", {"longitude"}),
        ("?longitude=30", {"latitude"}),
        ("?latitude=91&longitude=0", {"latitude"}),
        ("?latitude=north&longitude=181", {"latitude", "longitude"}),
        ("?latitude=%D9%A3&longitude=1e2", {"latitude", "longitude"}),
        ("?colour=red", {"colour"}),
        ("?name=a&name=b", {"name"}),
    ],
)
def test_what_cannot_be_read_of_the_address_is_422_by_name(client, headers, actions, query, places):
    answer = upload(client, headers, query)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json["errors"]} == places
    assert actions.calls == []


def test_more_than_twenty_mebibytes_are_413(client, headers, actions):
    most = 20 * 1024 * 1024
    assert upload(client, headers, data=b"\0" * most).status_code == 201
    answer = upload(client, headers, data=b"\0" * (most + 1))
    assert (answer.status_code, answer.json["code"]) == (413, "request.too_large")
    assert len(actions.calls) == 1


def test_a_body_without_a_length_is_cut_off_at_the_same_place(client, headers, actions):
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    body = BytesIO(b"\0" * (20 * 1024 * 1024 + 1))
    answer = client.post(
        ADDRESS, headers=headers, input_stream=body, content_type="image/png", environ_overrides=environ
    )
    assert (answer.status_code, actions.calls) == (413, [])


def test_a_refused_file_is_422_and_the_refusal_is_recorded_with_the_hash_of_the_bytes(client, headers, actions):
    actions.raises = UploadIsArchive()
    answer = upload(client, headers, data=b"abc", content_type="application/octet-stream")
    assert (answer.status_code, answer.json["code"]) == (422, "upload.is_archive")
    digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert [refusal[:3] for refusal in actions.refusals] == [("fs", digest, "upload.is_archive")]


def test_a_file_that_could_not_be_checked_is_503(client, headers, actions):
    actions.raises = UploadNotChecked()
    answer = upload(client, headers)
    assert (answer.status_code, answer.json["code"]) == (503, "upload.not_checked")


def test_a_file_is_asked_for_through_its_request(client, headers, actions):
    answer = client.get(f"/api/v1/segment-changes/NG-YT-202611-001/evidence/{PHOTO}", headers=headers)
    assert (answer.status_code, answer.data) == (200, b"\xff\xd8\xff photo")
    assert actions.last[2:] == ("NG-YT-202611-001", PHOTO)


def test_there_is_no_other_way_to_a_file(client, headers, actions):
    for path in (f"/api/v1/evidence/{PHOTO}", f"/evidence/{PHOTO}", "/api/v1/evidence/", f"/files/{PHOTO[7:]}"):
        assert client.get(path, headers=headers).status_code == 404
    assert client.get(ADDRESS, headers=headers).status_code == 405
    assert actions.calls == []
