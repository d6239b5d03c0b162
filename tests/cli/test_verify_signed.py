"""henji verify of documents people sign: who, as what, meaning what, when; and what it needs to be told."""

import hashlib
import importlib.util
from pathlib import Path

import pytest

from app.keys.certificates import pem
from app.reports.fonts import FontsMissing, load_fonts
from app.reports.signed_record import prepare_form

SAMPLES = Path(__file__).resolve().parents[1] / "unit" / "reports"


def _samples(name):
    spec = importlib.util.spec_from_file_location(f"cli_{name}", SAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """The signed form, the archived one, the register, and the roots, as files; nothing else is needed."""
    try:
        fonts = load_fonts()
    except FontsMissing as error:
        pytest.skip(f"no fonts to draw with: {error}")
    folder = tmp_path_factory.mktemp("papers")
    form, signing = _samples("form_samples"), _samples("signed_samples")
    office = signing.make_office(folder / "office")
    prepared = prepare_form(form.form_evidence(), form.FILES, fonts)
    signed = signing.sign_form(office, fonts, prepared, by_hand=(3,))[-1]
    register = prepare_form(form.register_evidence(), {}, fonts)
    files = {
        "form.pdf": signed,
        "archived.pdf": signing.archive(office, signed, prepared.content, expected=prepared.expected).pdf,
        "register.pdf": signing.sign_register(office, fonts, register),
        "cut.pdf": signed[:-4000],
        "letter.pdf": b"Dear Sir",
        "root.pem": pem(office.roots[0]).encode(),
        "time.pem": pem(office.stamper.roots[0]).encode(),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def verify(machine, papers):
    def ask(*words, expect=0):
        return machine.command("verify", *words, "--trust", str(papers / "root.pem"), expect=expect)

    return ask


def test_it_says_who_signed_what_as_what_and_when(verify, papers):
    said = verify(str(papers / "form.pdf"), "--trust-time", str(papers / "time.pem")).stdout
    assert said.startswith("✓ 真实完整 genuine  form.pdf\n  ✓ 业态变更审批表 D03 NG-YT-202611-017。\n")
    for wanted in (
        "“客户经理”由 王小明（P-0001，客户经理 Account manager） 签名：“本人到店核查属实，提请审批 ",
        "“市场经理”由 P-0003 手写签名，孙𬭎（P-0006，内管人员 Supervision officer） 见证并签名",
        "时间戳 2026-11-23T10:05:00.000Z，签名成立。",
        "末个签名锁定了文件",
        "文件尚未归档",
        "按证据重新绘制",
    ):
        assert wanted in said


def test_programs_get_the_signatures_one_by_one(machine, papers):
    told = machine.json(
        "verify",
        *(str(papers / name) for name in ("archived.pdf", "register.pdf")),
        "--trust",
        str(papers / "root.pem"),
        "--trust-time",
        str(papers / "time.pem"),
    )
    form, register = told["files"]
    assert (form["ok"], form["archived"], form["record"]) == (True, True, "NG-YT-202611-017")
    assert [each["field"] for each in form["signatures"]] == [f"layer_{number}" for number in range(1, 6)]
    assert form["signatures"][2]["witness_for"] == "P-0003"
    assert form["signatures"][4]["person"] == {"id": "P-0005", "name": "陈静", "unit": "内管人员 Supervision officer"}
    assert "archive_time_stamp_1" in {check["check"] for check in form["checks"]}
    assert (register["ok"], register["archived"]) == (True, False)


def test_another_file_than_the_log_has_is_told_and_so_is_one_that_was_cut(verify, papers):
    time = ("--trust-time", str(papers / "time.pem"))
    digest = hashlib.sha256((papers / "archived.pdf").read_bytes()).hexdigest()
    verify(str(papers / "archived.pdf"), *time, "--expect-digest", f"sha256:{digest}")
    said = verify(str(papers / "form.pdf"), *time, "--expect-digest", f"sha256:{digest}", expect=1).stdout
    assert "not genuine" in said
    assert "SHA-256 the log has" in said
    assert "not genuine" in verify(str(papers / "cut.pdf"), *time, expect=1).stdout
    said = verify(str(papers / "letter.pdf"), "--expect-digest", f"sha256:{digest}", expect=1).stdout
    assert "SHA-256 that was expected" in said


def test_it_says_what_it_must_be_told(verify, papers):
    form = str(papers / "form.pdf")
    assert "--trust-time" in verify(form, expect=2).stderr
    for wrong in ("sha256:abc", "abc"):
        assert "--expect-digest" in verify(form, "--expect-digest", wrong, expect=2).stderr
    assert "--expect-digest" in verify(form, form, "--expect-digest", "sha256:" + "0" * 64, expect=2).stderr


def test_the_roots_are_not_exchanged_for_one_another(machine, papers):
    words = (str(papers / "form.pdf"), "--trust", str(papers / "time.pem"), "--trust-time", str(papers / "root.pem"))
    assert "not genuine" in machine.command("verify", *words, expect=1).stdout
