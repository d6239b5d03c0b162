"""A genuine record verifies; nothing else does."""

import io
import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm

from app.audit.log.checkpoint import make_checkpoint
from app.core.canonical import canonical_bytes, digest_of
from app.keys.ring import create_keys
from app.reports.check import check_record
from app.reports.check_evidence import check_evidence
from app.reports.check_pages import check_pages, page_texts
from app.reports.check_seal import TrustRootUnreadable, check_signature, read_roots
from app.reports.read_evidence import EvidenceBroken, attached
from app.reports.sealed_bytes import read_seal_bytes

FLIPS = 1000


def outcome(data, keys, **more):
    """Return whether the record is genuine, and the checks that failed."""
    result = check_record(data, keys.roots, **more)
    return result.ok, [check.name for check in result.checks if not check.passed]


def changed(evidence, **parts):
    """Return a deep copy of ``evidence`` with members replaced: ``evaluation__verdict=...``."""
    copy = json.loads(canonical_bytes(evidence))
    for path, value in parts.items():
        *way, last = path.split("__")
        place = copy
        for step in way:
            place = place[step]
        place[last] = value
    return copy


def test_a_genuine_record_passes_every_check(record, keys, log_key):
    result = check_record(record, keys.roots, log_key=log_key.verifier_key)
    assert result.ok, [check.sentence.en for check in result.checks if not check.passed]
    assert [check.name for check in result.checks] == [
        "bytes",
        "trust",
        "signature",
        "attachment",
        "digests",
        "findings",
        "event",
        "inclusion",
        "checkpoint",
        "pages",
    ]
    assert (result.number, result.verdict) == ("E-202611-000123", "block")
    assert result.as_json()["ok"] is True
    assert all(check.sentence.zh and check.sentence.en for check in result.checks)


def test_the_outcome_is_told_as_json(record, keys):
    told = check_record(record, keys.roots).as_json()
    assert told["record"] == "E-202611-000123"
    assert told["checks"][0]["check"] == "bytes"
    assert told["checks"][0]["state"] == "passed"


def test_sealing_the_same_evidence_at_the_same_moment_signs_the_same_pages(make_record, evidence, record):
    end = record.index(b"/ByteRange")
    again = make_record(evidence)
    assert again[: end // 2] == record[: end // 2]


def test_any_changed_byte_is_detected(record, keys):
    chance = random.Random(20261123)  # not for secrets
    for _ in range(FLIPS):
        place = chance.randrange(len(record))
        forged = bytearray(record)
        forged[place] ^= chance.randrange(1, 256)
        ok, failing = outcome(bytes(forged), keys)
        assert not ok, place
        assert failing == ["bytes"], place


def test_any_changed_digit_of_the_signature_container_is_detected(record, keys):
    start = record.index(b"/Contents <")
    end = record.index(b">", start) + 1
    chance = random.Random(7)  # not for secrets
    for place in range(start, end):
        forged = bytearray(record)
        # 0x20 turns A into a: the same number in hexadecimal, another byte in the file.
        forged[place] ^= 0x20 if chr(forged[place]).isalpha() else chance.randrange(1, 256)
        assert not outcome(bytes(forged), keys)[0], place


@pytest.mark.parametrize("cut", [1, 2, 100, 3000, 20_000])
def test_a_truncated_record_is_refused(record, keys, cut):
    assert outcome(record[:-cut], keys) == (False, ["bytes"])


def test_the_file_before_its_seal_is_refused(record, keys):
    before = record[: record.index(b"%%EOF") + 6]
    assert outcome(before, keys) == (False, ["bytes"])


@pytest.mark.parametrize("more", [b"\n", b"\n% extra\n", b"\0", b"%%EOF\n"])
def test_an_appended_byte_is_refused(record, keys, more):
    assert outcome(record + more, keys) == (False, ["bytes"])


def _updated(record, change):
    writer = IncrementalPdfFileWriter(io.BytesIO(record))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _new_info(writer):
    writer.set_info(generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("Forged")}))


def _new_words(writer):
    page = writer.find_page_for_modification(0)[0].get_object()
    words = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 30 Tf 100 400 Td (FORGED) Tj ET"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), words])
    writer.update_container(page)


@pytest.mark.parametrize("change", [_new_info, _new_words])
def test_an_incremental_update_is_refused(record, keys, change):
    updated = _updated(record, change)
    assert updated.startswith(record)
    assert outcome(updated, keys) == (False, ["bytes"])


def test_a_rewritten_file_is_refused(record, keys):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(record)) as pdf:
        pdf.save(out)
    assert outcome(out.getvalue(), keys) == (False, ["bytes"])


def test_swapped_evidence_is_refused(record, keys, evidence):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(record)) as pdf:
        forged = changed(evidence, evaluation__verdict="pass")
        pdf.attachments["evidence.json"] = pikepdf.AttachedFileSpec(pdf, canonical_bytes(forged))
        pdf.save(out)
    assert outcome(out.getvalue(), keys) == (False, ["bytes"])


def test_something_that_is_no_pdf_is_refused(keys):
    for data in (b"", b"%PDF-1.7\n%%EOF\n", b"/ByteRange [0 1 2 3]", bytes(5000)):
        assert outcome(data, keys) == (False, ["bytes"])


@pytest.fixture(scope="session")
def strangers(tmp_path_factory):
    return create_keys(
        tmp_path_factory.mktemp("s") / "keys", "示例县烟草专卖局", datetime(2026, 11, 1, tzinfo=UTC), slug="demo-county"
    )


def test_a_record_sealed_by_somebody_of_the_same_name_is_refused(make_record, evidence, keys, strangers):
    forged = make_record(evidence, strangers)
    assert outcome(forged, keys) == (False, ["trust"])
    assert outcome(forged, strangers)[0]


def test_one_of_several_trust_roots_is_enough(record, keys, strangers):
    assert check_record(record, [*strangers.roots, *keys.roots]).ok


def test_an_expired_certificate_is_refused(record, keys):
    assert outcome(record, keys, at=datetime(2037, 1, 1, tzinfo=UTC)) == (False, ["trust"])
    assert outcome(record, keys, at=datetime(2036, 1, 1, tzinfo=UTC)) == (True, [])
    assert not outcome(record, keys, at=datetime(2020, 1, 1, tzinfo=UTC))[0]


@pytest.mark.parametrize("roots", [[], ["not a certificate"]])
def test_a_trust_root_that_is_none_is_an_error(record, roots):
    with pytest.raises(TrustRootUnreadable):
        check_record(record, roots)


# From here on the forger holds the seal itself: the evidence must give him away.


def _judged_milder(evidence):
    """Say pass instead of block, and make every digest and the log entry fit."""
    forged = changed(evidence)
    judgement = forged["judgement"]
    judgement["findings"][0]["outcome"] = "pass"
    judgement["verdict"] = "pass"
    judgement["counts"] = {**judgement["counts"], "block": 0, "pass": 1}
    digest = digest_of(judgement)
    forged["evaluation"] |= {"verdict": "pass", "judgement_digest": digest}
    forged["log"]["event"]["body"] |= {"verdict": "pass", "judgement_digest": digest}
    return forged


def test_a_milder_judgement_is_found_by_judging_again_and_by_the_log(make_record, evidence, keys):
    assert outcome(make_record(_judged_milder(evidence)), keys) == (False, ["findings", "inclusion"])


def test_a_milder_judgement_in_a_forged_log_is_still_found(make_record, samples, evidence, keys, log_key):
    from app.audit.log.event import read_event

    forged = _judged_milder(evidence)
    forged["log"] = samples.log_part(read_event(forged["log"]["event"]), log_key)
    assert outcome(make_record(forged), keys) == (False, ["findings"])


def _reworded(evidence, samples, log_key, engine):
    from app.audit.log.event import read_event

    older = changed(evidence)
    older["judgement"]["engine"] = engine
    for finding in older["judgement"]["findings"]:
        finding["message"] = {"zh": "从前的说法", "en": "an earlier wording"}
    digest = digest_of(older["judgement"])
    older["evaluation"]["judgement_digest"] = digest
    older["log"]["event"]["body"]["judgement_digest"] = digest
    older["log"] = samples.log_part(read_event(older["log"]["event"]), log_key)
    return older


def test_a_record_of_an_earlier_engine_may_say_the_same_numbers_in_other_words(
    make_record, samples, evidence, keys, log_key
):
    older = _reworded(evidence, samples, log_key, "durable-rules 2.0.28 + henji-twin 0")
    assert outcome(make_record(older), keys) == (True, [])


def test_a_record_of_this_engine_says_it_in_the_same_words(make_record, samples, evidence, keys, log_key):
    other = _reworded(evidence, samples, log_key, evidence["judgement"]["engine"])
    assert outcome(make_record(other), keys) == (False, ["findings"])


@pytest.mark.parametrize(
    ("parts", "failing"),
    [
        ({"submission": {"stage": "order"}}, ["digests"]),
        ({"facts__forecast__days_late": [2]}, ["digests", "findings"]),
        ({"judgement__engine": "another 1.0"}, ["digests"]),
        ({"judgement__counts__pass": 7}, ["digests", "findings"]),
        ({"evaluation__verdict": "pass"}, ["digests", "event"]),
        ({"evaluation__rulebook_digest": "sha256:" + "0" * 64}, ["findings", "event"]),
        ({"evaluation__id": "E-202611-000124"}, ["event"]),
        ({"evaluation__evaluated_at": "2026-11-16T01:30:01.215Z"}, ["event"]),
        ({"evaluation__account_manager": "AM-08"}, ["event"]),
        ({"evaluation__actor__name": "somebody"}, ["event"]),
        ({"evaluation__simulated_clock": True}, ["event"]),
        ({"log__index": 4}, ["inclusion"]),
        ({"log__size": 12}, ["inclusion"]),
        ({"log__path": []}, ["inclusion"]),
        ({"log__path": ["!"]}, ["inclusion"]),
        ({"log__event__salt": "00"}, ["inclusion"]),
        ({"log__origin": "henji.elsewhere/log"}, ["checkpoint"]),
    ],
)
def test_inconsistent_evidence_under_a_genuine_seal_is_refused(make_record, evidence, keys, parts, failing):
    assert outcome(make_record(changed(evidence, **parts)), keys) == (False, failing)


def test_changed_rules_are_not_the_rulebook_on_record(make_record, evidence, keys):
    files = evidence["rulebook"]["files"]
    milder = files["WIN/WIN-02.yml"].replace("value: 2,", "value: 9,")
    forged = changed(evidence, rulebook__files={**files, "WIN/WIN-02.yml": milder})
    result = check_record(make_record(forged), keys.roots)
    assert [check.sentence.en for check in result.checks if not check.passed] == [
        "The attached rules are not the rulebook on record."
    ]


def test_rules_that_cannot_be_read_are_told_with_their_line(make_record, evidence, keys):
    files = evidence["rulebook"]["files"]
    forged = changed(evidence, rulebook__files={**files, "WIN/WIN-02.yml": "id: ["})
    result = check_record(make_record(forged), keys.roots)
    assert any("WIN/WIN-02.yml:" in check.sentence.en for check in result.checks if not check.passed)


def test_a_checkpoint_of_another_log_key_is_refused(make_record, evidence, keys):
    forged = changed(
        evidence, log__checkpoint=make_checkpoint(keys.log, 11, bytes(32)), log__verifier_key=keys.log.verifier_key
    )
    assert outcome(make_record(forged), keys) == (False, ["inclusion"])


def test_the_readers_own_log_key_decides(record, keys, log_key):
    assert outcome(record, keys, log_key=log_key.verifier_key) == (True, [])
    assert outcome(record, keys, log_key=keys.log.verifier_key) == (False, ["checkpoint"])
    assert outcome(record, keys, log_key="nonsense") == (False, ["checkpoint"])


@pytest.mark.parametrize("part", ["judgement", "facts", "rulebook", "submission", "evaluation", "log"])
def test_evidence_of_another_shape_fails_its_checks_and_does_not_break_the_verifier(evidence, part):
    for value in (None, [], "x", 7, {}, {"files": {"a": 1}}, [[]]):
        checks = [*check_evidence(changed(evidence, **{part: value}), None)]
        assert not all(check.passed for check in checks), value


def test_members_of_another_type_fail_their_checks_and_do_not_break_the_verifier(evidence):
    huge = 10**40
    odd = (
        [{"log__index": value} for value in (None, "5", -1, huge, [])]
        + [{"log__path": value} for value in (None, "x", [7], ["AA=="] * 4)]
        + [{"facts__forecast__days_late": value} for value in (None, ["x"], [huge], [[]], [True], [3, 3], 7)]
        + [{"rulebook__day": value} for value in (None, "x", 7, "9999-99-99")]
        + [{"log__event": value} for value in (None, [], {"format": "henji-event/1"})]
    )
    for parts in odd:
        checks = check_evidence(changed(evidence, **parts), None)
        assert not all(check.passed for check in checks), parts


def test_pages_cannot_be_drawn_from_evidence_of_another_shape(record, evidence, fonts):
    for part in ("judgement", "rulebook", "evaluation", "log"):
        assert not check_pages(record, changed(evidence, **{part: None})).passed


@pytest.mark.parametrize(
    "attachment",
    [
        b"not json",
        b'{"format": "henji-evidence/1"}',
        b'{"format":"henji-evidence/2"}',
        b"[]",
        b'{"format":"henji-evidence/1","x":0.5}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_an_attachment_that_is_not_canonical_evidence_is_refused(make_sealed, keys, attachment):
    assert outcome(make_sealed(attachment), keys) == (False, ["attachment"])


def test_a_form_field_beside_the_seal_is_refused(make_sealed, evidence, keys):
    assert outcome(make_sealed(canonical_bytes(evidence), form=True), keys) == (False, ["signature"])


def test_a_seal_that_would_allow_changes_is_refused(make_sealed, evidence, keys, monkeypatch):
    monkeypatch.setattr("app.reports.seal.MDPPerm", SimpleNamespace(NO_CHANGES=MDPPerm.FILL_FORMS))
    assert outcome(make_sealed(canonical_bytes(evidence)), keys) == (False, ["signature"])


def test_two_readings_of_the_signature_must_agree(record, keys):
    roots, seal = read_roots(keys.roots), read_seal_bytes(record)
    elsewhere = replace(seal, byte_range=(0, 1, 2, 3))
    assert [check.passed for check in check_signature(record, elsewhere, roots, None)] == [True, False]
    assert [check.passed for check in check_signature(b"no pdf", seal, roots, None)] == [True, False]


def test_attachments_of_something_that_is_no_pdf_cannot_be_read():
    with pytest.raises(EvidenceBroken, match="cannot be read"):
        attached(b"no pdf")
    with pytest.raises(ValueError, match="readable"):
        page_texts(b"no pdf")


def test_a_second_or_missing_attachment_is_refused(make_sealed, evidence, keys):
    raw = canonical_bytes(evidence)
    assert outcome(make_sealed(raw, more={"other.txt": b"x"}), keys) == (False, ["attachment"])
    assert outcome(make_sealed(None), keys) == (False, ["attachment"])
    assert outcome(make_sealed(raw, undeclared=True), keys) == (False, ["attachment"])


def test_pages_that_say_something_else_are_found(make_sealed, evidence, keys):
    raw = canonical_bytes(evidence)
    milder = changed(evidence, office__zh="另一个单位")
    assert outcome(make_sealed(raw, pages_of=milder), keys) == (False, ["pages"])


def test_pages_in_another_file_are_compared_by_their_words(make_sealed, evidence, keys):
    result = check_record(make_sealed(canonical_bytes(evidence)), keys.roots)
    assert result.ok
    assert "not byte for byte" in result.checks[-1].sentence.en


@pytest.mark.parametrize("layout", ["henji-layout/0 reportlab/1.0", None])
def test_an_older_layout_is_no_forgery_and_is_said(make_sealed, evidence, keys, layout):
    milder = changed(evidence, office__zh="另一个单位")
    result = check_record(make_sealed(canonical_bytes({**evidence, "layout": layout}), pages_of=milder), keys.roots)
    assert result.ok
    assert result.checks[-1].state.value == "not_checked"


def test_pages_in_other_fonts_cannot_be_compared_and_that_is_said(make_sealed, evidence, keys, monkeypatch):
    milder = changed(evidence, office__zh="另一个单位")
    forged = make_sealed(canonical_bytes(evidence), pages_of=milder)
    monkeypatch.setattr("app.reports.check_pages.font_names", lambda pdf: frozenset({len(pdf)}))
    result = check_record(forged, keys.roots)
    assert result.ok
    assert "fonts here are not those" in result.checks[-1].sentence.en


def test_without_fonts_the_pages_are_not_checked_and_that_is_said(record, keys, monkeypatch, tmp_path):
    monkeypatch.setenv("HENJI_FONTS", str(tmp_path))
    result = check_record(record, keys.roots)
    assert result.ok
    assert result.checks[-1].state.value == "not_checked"
    assert "Not checked" in result.checks[-1].sentence.en
