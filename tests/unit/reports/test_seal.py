"""The seal in the eyes of programs that are not ours."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.reports.sealed_bytes import read_seal_bytes


@pytest.fixture
def files(tmp_path, full_record, keys):
    (tmp_path / "record.pdf").write_bytes(full_record)
    (tmp_path / "root.pem").write_text(keys.roots[0])
    return tmp_path


def _run(command, where):
    return subprocess.run(command.split(), cwd=where, capture_output=True, text=True, timeout=120, check=False)


def test_openssl_verifies_the_seal(files, full_record):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    command = (
        "openssl cms -verify -binary -cades -inform DER -in seal.der -content content.bin "
        "-CAfile root.pem -purpose any -out verified.bin"
    )
    _, start, end, _ = read_seal_bytes(full_record).byte_range
    (files / "content.bin").write_bytes(full_record[:start] + full_record[end:])
    (files / "seal.der").write_bytes(bytes.fromhex(full_record[start + 1 : end - 1].decode()))
    said = _run(command, files)
    assert said.returncode == 0, said.stderr
    assert "CAdES Verification successful" in said.stderr
    (files / "content.bin").write_bytes(full_record[:start] + full_record[end:-2] + b"x\n")
    assert _run(command, files).returncode != 0


def test_pdfsig_finds_one_valid_signature_over_the_whole_document(files):
    if shutil.which("pdfsig") is None:
        pytest.skip("no pdfsig (poppler-utils) on this machine")
    said = _run("pdfsig record.pdf", files).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "系统印章 System Seal" in said
    assert "Signature #2" not in said


def test_the_pyhanko_command_line_judges_the_seal_valid(files):
    command = Path(sys.executable).with_name("pyhanko")
    if not command.exists():
        pytest.skip("no pyhanko command beside this Python")
    said = _run(
        f"{command} sign validate --pretty-print --no-revocation-check --trust root.pem record.pdf", files
    )
    assert "The signature is judged VALID." in said.stdout, said.stderr
    assert "The signature covers the entire file." in said.stdout


def test_only_the_certificate_of_the_seal_is_in_the_file(full_record, keys):
    assert read_seal_bytes(full_record).certificate_der == keys.seal.certificate_der


def test_the_time_of_sealing_is_the_services_and_is_printed(full_record):
    assert b"/M (D:20261116093107+08'00')" in full_record
    assert len(re.findall(rb"/Type /Sig\b", full_record)) == 1


def test_the_seal_allows_no_change_at_all(full_record):
    assert re.search(rb"/TransformMethod /DocMDP", full_record)
    assert re.search(rb"/P 1\b", full_record)
