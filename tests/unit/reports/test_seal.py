"""The seal in the eyes of programs that are not ours."""

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from app.reports.sealed_bytes import read_seal_bytes

VERIFY = Path(__file__).resolve().parents[3] / "docs" / "verify.md"


@pytest.fixture
def files(tmp_path, full_record, keys):
    (tmp_path / "record.pdf").write_bytes(full_record)
    (tmp_path / "trust-root.pem").write_text(keys.roots[0])
    return tmp_path


def _run(command, where):
    return subprocess.run(command.split(), cwd=where, capture_output=True, text=True, timeout=120, check=False)


def test_the_recipe_for_outsiders_verifies_with_openssl_alone(files, full_record):
    if any(shutil.which(tool) is None for tool in ("openssl", "perl", "sh")):
        pytest.skip("no openssl or perl on this machine")
    recipe = re.findall(r"```sh\n(.*?)```", VERIFY.read_text(encoding="utf-8"), re.DOTALL)[1]
    (files / "recipe.sh").write_text("set -e\n" + recipe)
    said = _run("sh recipe.sh", files)
    assert said.returncode == 0, said.stderr
    assert "CAdES Verification successful" in said.stderr
    assert "whole file" not in said.stdout
    (files / "record.pdf").write_bytes(full_record.replace(b"/Lang (zh-CN)", b"/Lang (zh-TW)"))
    assert _run("sh recipe.sh", files).returncode != 0


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
        f"{command} sign validate --pretty-print --no-revocation-check --trust trust-root.pem record.pdf", files
    )
    assert "The signature is judged VALID." in said.stdout, said.stderr
    assert "The signature covers the entire file." in said.stdout


def test_only_the_certificate_of_the_seal_is_in_the_file(full_record, keys):
    assert read_seal_bytes(full_record).certificate_der == keys.seal.certificate_der


def test_the_seal_states_the_services_time_and_what_it_is(full_record):
    with pikepdf.open(io.BytesIO(full_record)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        seal = field.V
        assert str(field.T) == "seal_system"
        assert str(seal.M) == "D:20261116093107+08'00'"
        assert str(seal.SubFilter) == "/ETSI.CAdES.detached"
        assert "非个人签名" in str(seal.Reason)


def test_the_seal_allows_no_change_at_all(full_record):
    with pikepdf.open(io.BytesIO(full_record)) as pdf:
        (reference,) = pdf.Root.Perms.DocMDP.Reference
        assert reference.TransformMethod == pikepdf.Name.DocMDP
        assert reference.TransformParams.P == 1
