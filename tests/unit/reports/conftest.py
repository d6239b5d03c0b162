"""Keys, evidence and sealed records, made once."""

import importlib.util
import io
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.keys.log_key import LogKey
from app.keys.ring import create_keys
from app.reports.archive_format import archive_pdf
from app.reports.evaluation_record import compose_evaluation_record
from app.reports.fonts import FontsMissing, load_fonts
from app.reports.produce import produce_evaluation_record
from app.reports.render import render
from app.reports.seal import seal_pdf

CREATED_AT = datetime(2026, 11, 1, tzinfo=UTC)


def _beside(name):
    spec = importlib.util.spec_from_file_location(f"report_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def samples():
    return _beside("samples")


@pytest.fixture(scope="session")
def signed_samples():
    return _beside("signed_samples")


@pytest.fixture(scope="session")
def need_tools():
    """Return a function that skips the test when a program is missing; where everything must be there, it fails."""

    def need(*names):
        missing = [name for name in names if shutil.which(name) is None]
        if missing and os.environ.get("HENJI_REQUIRE_BROWSER"):
            pytest.fail(f"these programs must be there: {', '.join(missing)}")
        if missing:
            pytest.skip(f"these programs are not on this machine: {', '.join(missing)}")

    return need


@pytest.fixture(scope="session")
def tampering():
    return _beside("tampering")


@pytest.fixture(scope="session")
def archive_rules():
    return _beside("archive_rules")


@pytest.fixture(scope="session")
def form_samples():
    return _beside("form_samples")


@pytest.fixture(scope="session")
def fonts():
    try:
        return load_fonts()
    except FontsMissing as error:
        pytest.skip(f"no fonts to draw with: {error}")


@pytest.fixture(scope="session")
def log_key():
    return LogKey("henji.demo-county/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    return create_keys(tmp_path_factory.mktemp("k") / "keys", "示例县烟草专卖局", CREATED_AT, slug="demo-county")


@pytest.fixture(scope="session")
def make_record(samples, keys, fonts):
    def make(evidence, ring=keys):
        return produce_evaluation_record(evidence, ring, "https://henji.example.org", samples.SEALED_AT)

    return make


@pytest.fixture(scope="session")
def evidence(samples, log_key):
    """Evidence that was really judged."""
    return samples.replayable_evidence(log_key)


@pytest.fixture(scope="session")
def record(make_record, evidence):
    """A small sealed record of it."""
    return make_record(evidence)


@pytest.fixture(scope="session")
def full_record(make_record, samples, log_key):
    """A sealed record with every kind of finding; nobody has judged it."""
    return make_record(samples.full_evidence(log_key))


@pytest.fixture(scope="session")
def make_sealed(samples, keys, fonts, evidence):
    """Seal any attachment under pages that fit or do not: what a forger with the seal could do."""

    def make(attachment, *, more=None, undeclared=False, pages_of=None, form=False):
        pages = render(compose_evaluation_record(pages_of or evidence), fonts)
        pdf = archive_pdf(
            pages.pdf, title="t", author="a", at=CREATED_AT, file_name="evidence.json", attachment=attachment or b""
        )
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            for name, data in (more or {}).items():
                opened.attachments[name] = pikepdf.AttachedFileSpec(opened, data)
            if form:
                field = opened.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Tx, T="total", V="7"))
                opened.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
            if undeclared:
                del opened.Root.AF
            if attachment is None:
                # Takes its declaration away with it.
                del opened.attachments["evidence.json"]
            out = io.BytesIO()
            opened.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        place = pages.fields["seal_system"]
        return seal_pdf(out.getvalue(), keys.seal, place, samples.SEALED_AT, fonts, simulated=False)

    return make
