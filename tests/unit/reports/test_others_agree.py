"""Programs that know nothing of Henji say the same of an untouched form: OpenSSL, and pdfsig of poppler."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.keys.certificates import pem
from app.reports.signed_record import check_signed_record, prepare_form

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "verify.md"


@pytest.fixture(scope="module")
def office(signed_samples, tmp_path_factory):
    return signed_samples.make_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def prepared(form_samples, fonts):
    return prepare_form(form_samples.form_evidence(), form_samples.FILES, fonts)


@pytest.fixture(scope="module")
def signed(signed_samples, office, fonts, prepared):
    """Layer 3 is witnessed by somebody with a rare name."""
    return signed_samples.sign_form(office, fonts, prepared, by_hand=(3,))[-1]


@pytest.fixture(scope="module")
def archived(signed_samples, office, signed, prepared):
    return signed_samples.archive(office, signed, prepared.content, expected=prepared.expected).pdf


@pytest.fixture
def folder(tmp_path, office):
    (tmp_path / "trust-root.pem").write_text(pem(office.roots[0]))
    (tmp_path / "tsa-root.pem").write_text(pem(office.stamper.roots[0]))
    return tmp_path


def recipe():
    """Return the shell commands of the manual."""
    section = MANUAL.read_text(encoding="utf-8").split("### Without Henji: OpenSSL for each signature")[1]
    return re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)


def follow(folder, pdf):
    (folder / "form.pdf").write_bytes(pdf)
    said = subprocess.run(["sh", "-c", recipe()], cwd=folder, capture_output=True, text=True, check=False)
    return said.stdout


def test_openssl_verifies_every_signature_by_the_recipe_of_the_manual(need_tools, folder, signed, archived):
    need_tools("openssl", "perl")
    said = follow(folder, signed)
    assert said.count("CAdES Verification successful") == 5
    assert "NOT VERIFIED" not in said
    last = re.findall(r"to (\d+) of (\d+)", said)[-1]
    assert last[0] == last[1]
    said = follow(folder, archived)
    assert (said.count("CAdES Verification successful"), said.count("Verification: OK")) == (5, 1)
    assert "NOT VERIFIED" not in said


def test_openssl_does_not_verify_a_changed_page(need_tools, tampering, folder, signed, office):
    need_tools("openssl", "perl")
    said = follow(folder, tampering.flip_page_byte(signed, office))
    assert said.count("NOT VERIFIED") == 5


def test_pdfsig_trusts_every_signature_and_says_the_last_covers_all(need_tools, folder, signed):
    need_tools("pdfsig", "certutil")
    (folder / "form.pdf").write_bytes(signed)
    (folder / "nss").mkdir()
    for command in (
        "certutil -N -d sql:nss --empty-password",
        "certutil -A -d sql:nss -n root -t CT,C,C -i trust-root.pem",
    ):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    command = ["pdfsig", "-nssdir", "nss", "form.pdf"]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    assert said.count("Signature Validation: Signature is Valid.") == 5
    assert said.count("Certificate Validation: Certificate is Trusted.") == 5
    assert re.findall(r"- (Total|Not total) document signed", said)[-1] == "Total"
    assert "Signature #6" not in said
    assert "孙𬭎" in said


def test_the_words_of_boxes_and_pages_come_out_as_they_are(need_tools, folder, signed):
    need_tools("pdftotext")
    (folder / "form.pdf").write_bytes(signed)
    command = ["pdftotext", "-layout", "form.pdf", "-"]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    words = "".join(said.split())
    for wanted in (
        "孙𬭎",
        "见证手写签名：市场经理张伟（P-0003）",
        "sha256:3c3c",
        "合规审核通过，同意备案",
        "2026-11-2318:05:00+08:00",
        "provesnothingagainsttheoperator",
        "拟2027-01-01，以备案为准",
    ):
        assert wanted in words


def test_ours_accepts_what_they_accept(folder, signed, archived):
    roots = [(folder / name).read_text() for name in ("trust-root.pem", "tsa-root.pem")]
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert [check_signed_record(pdf, roots[:1], roots[1:], at=at).ok for pdf in (signed, archived)] == [True, True]
