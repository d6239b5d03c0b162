"""A file in its own process: what comes back, what a name may hold, and what happens when the process breaks."""

import json
import subprocess
import sys
import threading
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.office.position import Position
from app.office.visible_text import is_hidden
from app.reports import upload_process
from app.reports.upload_errors import (
    REFUSALS,
    UploadActive,
    UploadEmpty,
    UploadNotChecked,
    UploadRefused,
    UploadTooHard,
    UploadTooLarge,
    UploadTruncated,
)
from app.reports.upload_process import answer, look_apart, look_inside
from app.reports.uploaded_file import MOST_BYTES, CheckedFile, check_upload, clean_name, download_name
from app.reports.uploaded_kind import JPEG, KINDS, PDF
from tests.unit.reports.upload_samples import exif, pdf, photo

PHOTO = photo(exif=exif("2026:11:08 10:00:00", "+08:00", "30.712345", "114.305512"))


def test_a_photo_comes_back_with_everything_that_is_known_of_it():
    checked = check_upload(PHOTO, r"C:\fakepath\门头.png", "image/png")
    assert checked == CheckedFile(
        media_type="image/jpeg", size=len(PHOTO), width=64, height=48, pages=None,
        taken_at=datetime(2026, 11, 8, 2, tzinfo=UTC), position=Position(30_712_345, 114_305_512),
        name="门头.png", declared_media_type="image/png",
    )  # fmt: skip


def test_a_pdf_comes_back_with_its_pages():
    checked = check_upload(pdf(), "申请书.pdf")
    assert (checked.media_type, checked.pages, checked.width, checked.taken_at) == ("application/pdf", 1, None, None)


def test_no_bytes_and_too_many_bytes_are_refused_before_anything_is_started(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("it was started"))
    with pytest.raises(UploadEmpty):
        check_upload(b"", "a.jpg")
    with pytest.raises(UploadTooLarge):
        check_upload(PHOTO + bytes(MOST_BYTES + 1 - len(PHOTO)), "a.jpg")


def test_a_file_of_exactly_twenty_mebibytes_is_looked_at():
    """It is refused for what follows its end, not for its size."""
    with pytest.raises(UploadRefused) as refused:
        check_upload(PHOTO + b"x" * (MOST_BYTES - len(PHOTO)), "a.jpg")
    assert refused.value.code == "upload.trailing_data"


def test_a_refusal_comes_out_of_the_process_in_its_own_words():
    with pytest.raises(UploadTruncated) as apart:
        check_upload(PHOTO[:-2], "a.jpg")
    with pytest.raises(UploadTruncated) as here:
        look_inside(PHOTO[:-2])
    assert apart.value.detail == here.value.detail
    with pytest.raises(UploadActive):
        check_upload(pdf(b"<< /S /Launch >>"), "a.pdf")


@pytest.mark.parametrize("data", [PHOTO, photo(kind="PNG"), photo(kind="WEBP"), pdf(), PHOTO[:-2], b"GIF89a"])
def test_the_answer_of_the_process_says_all_of_it(data):
    said = json.loads(answer(data))
    if "refused" in said:
        with pytest.raises(UploadRefused) as refused:
            look_inside(data)
        assert said == {"refused": refused.value.code, **refused.value.detail.as_json()}
    else:
        assert upload_process._read_answer(answer(data)) == look_inside(data)


@pytest.mark.parametrize(
    "said",
    [b"", b"{", b"[]", b"{}", b"null", b"5", b'{"refused": "store.damaged", "zh": "", "en": ""}', b'{"media_type": 5}',
     b'{"refused": "upload.empty"}', b"\xff\xff", b'{"refused": {}}'],
)  # fmt: skip
def test_a_process_that_broke_is_not_believed(monkeypatch, said):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], -9, said, b""))
    with pytest.raises(UploadTooHard):
        look_apart(PHOTO)


def test_a_process_that_takes_too_long_is_given_up(monkeypatch):
    def sleep(*_, **__):
        raise subprocess.TimeoutExpired([], 30)

    monkeypatch.setattr(subprocess, "run", sleep)
    with pytest.raises(UploadTooHard):
        look_apart(PHOTO)


def test_when_the_process_cannot_be_started_nothing_is_let_through(monkeypatch):
    def gone(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", gone)
    with pytest.raises(UploadNotChecked) as failed:
        check_upload(PHOTO, "a.jpg")
    assert (failed.value.status, failed.value.code) == (503, "upload.not_checked")


def test_no_more_than_two_files_are_taken_apart_at_once(monkeypatch):
    lock, now, most = threading.Lock(), [0], [0]
    gate = threading.Event()

    def slow(*_, **__):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        gate.wait(0.1)
        with lock:
            now[0] -= 1
        return subprocess.CompletedProcess([], 0, answer(PHOTO), b"")

    monkeypatch.setattr(subprocess, "run", slow)
    threads = [threading.Thread(target=look_apart, args=(PHOTO,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == upload_process.AT_ONCE == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep other limits")
def test_the_process_has_its_limits_from_the_system():
    asked = (
        "import sys, resource as r; sys.path.insert(0, sys.argv[1]); from app.reports import upload_process as u;"
        "u.limit_process();"
        "print([r.getrlimit(x)[0] for x in (r.RLIMIT_DATA, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)])"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-c", asked, str(upload_process._ROOT)], capture_output=True, text=True, check=True
    )
    assert json.loads(told.stdout) == [upload_process.MOST_MEMORY_BYTES, upload_process.MOST_CPU_SECONDS, 0, 0]


def test_a_system_without_such_limits_still_limits_the_readers(monkeypatch):
    def refuse(*_):
        raise ValueError

    limited = []
    monkeypatch.setattr(upload_process.resource, "setrlimit", refuse)
    monkeypatch.setattr(upload_process, "limit_reader", lambda: limited.append(True))
    upload_process.limit_process()
    assert limited == [True]


def test_the_process_reads_one_file_and_says_one_answer(monkeypatch):
    class Ends:
        def __init__(self, data=b""):
            self.buffer = self
            self.data = data

        def read(self):
            return self.data

        def write(self, data):
            self.data += data

    said = Ends()
    monkeypatch.setattr(upload_process, "limit_process", lambda: None)
    monkeypatch.setattr(upload_process.sys, "stdin", Ends(PHOTO))
    monkeypatch.setattr(upload_process.sys, "stdout", said)
    upload_process.main()
    assert said.data == answer(PHOTO)


def test_every_refusal_has_a_code_of_its_own_and_a_name_in_both_languages():
    assert len(REFUSALS) == len(UploadRefused.__subclasses__()) > 15
    for code, kind in REFUSALS.items():
        assert code.startswith("upload.")
        assert (kind.status, bool(kind.title.zh), bool(kind.title.en)) == (422, True, True)


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("门头照片.jpg", "门头照片.jpg"),
        ("../../etc/passwd", "passwd"),
        (r"..\..\windows\system32\a.exe", "a.exe"),
        ("/absolute/a.jpg", "a.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "a Set-Cookie: x.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066a\u2069\u200b.jpg", "a.jpg"),
        ("  a   b.jpg  ", "a b.jpg"),
        ("...hidden", "hidden"),
        (".", "evidence.jpg"),
        ("..", "evidence.jpg"),
        ("", "evidence.jpg"),
        ("a/", "evidence.jpg"),
        ("\u200b", "evidence.jpg"),
        ("cafe\u0301.jpg", "caf\u00e9.jpg"),
        ("a\ud800.jpg", "a.jpg"),
        ("x" * 200 + ".jpeg", "x" * 115 + ".jpeg"),
        ("x" * 200, "x" * 120),
        ("x." + "y" * 200, "x." + "y" * 118),
        ("<b>.jpg", "<b>.jpg"),
    ],
)
def test_a_name_is_kept_as_told_without_what_nobody_sees(raw, clean):
    assert clean_name(raw, JPEG) == clean


@given(st.text(max_size=300), st.sampled_from(KINDS))
def test_no_name_is_a_path_or_hides_anything(raw, kind):
    name = clean_name(raw, kind)
    assert 0 < len(name) <= 120
    assert not any(is_hidden(character) or character in "/\\" for character in name)
    assert Path(name).name == name
    assert unicodedata.normalize("NFC", name) == name
    assert clean_name(name, kind) == name


@pytest.mark.parametrize(
    ("name", "kind", "saved"),
    [
        ("photo.jpg", JPEG, "photo.jpg"),
        ("PHOTO.JPEG", JPEG, "PHOTO.JPEG"),
        ("photo.html", JPEG, "photo.html.jpg"),
        ("申请书", PDF, "申请书.pdf"),
        ("a.jpg", PDF, "a.jpg.pdf"),
        ('a":<>|?*.jpg', JPEG, "a_______.jpg"),
    ],
)
def test_a_file_is_saved_with_the_suffix_of_what_it_is(name, kind, saved):
    assert download_name(name, kind) == saved
