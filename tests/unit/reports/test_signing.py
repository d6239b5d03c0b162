"""Five people sign one after another; nothing can be changed, added or cut off without being told."""

import hashlib
import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.x509 import load_der_x509_certificate

from app.core.text import Bilingual
from app.keys.authority import CertificateNotValid, Reason, Revocation
from app.keys.timestamps import RemoteTimeStamper, TimeStampMissing
from app.reports.archive_signatures import GATE_DAYS, ArchiveNotReady, ArchiveUnfit
from app.reports.check_signatures import check_signatures
from app.reports.signing import SignerNotAllowed, SigningOutOfOrder, SigningRefused, StatementUnusable

LATER = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(signed_samples, tmp_path_factory):
    return signed_samples.make_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def ready(signed_samples, office, fonts):
    """The unsigned file, its content, and where the fields stand."""
    return signed_samples.base(office, fonts)


@pytest.fixture(scope="module")
def steps(signed_samples, office, fonts, ready):
    return signed_samples.sign_all(office, fonts, *ready)


@pytest.fixture(scope="module")
def signed(steps):
    return steps[-1]


@pytest.fixture(scope="module")
def archived(signed_samples, office, signed, ready):
    return signed_samples.archive(office, signed, ready[1])


@pytest.fixture(scope="module")
def verdict(office, ready):
    def check(data, **more):
        more = {"content": ready[1], "at": LATER, **more}
        return check_signatures(data, office.expected, office.roots, office.stamper.roots, **more)

    return check


@pytest.fixture(scope="module")
def sign(signed_samples, office, fonts, ready):
    def step(pdf, number, **changes):
        return signed_samples.sign_one(office, fonts, pdf, ready[1], ready[2], number, **changes)

    return step


def test_the_untouched_file_is_accepted(verdict, signed):
    checked = verdict(signed)
    assert checked.ok, [check.sentence.en for check in checked.checks if not check.passed]
    assert [each.person.name for each in checked.signatures] == ["王小明", "李芳", "张伟", "赵强", "陈静"]
    assert [each.at.minute for each in checked.signatures] == [0, 1, 2, 3, 4]
    assert checked.signatures[2].reason.startswith("审核同意 Reviewed and agreed；经核实")
    assert not checked.archived


def test_the_archived_file_is_accepted_too_and_says_so(verdict, archived):
    checked = verdict(archived.pdf, archived=True)
    assert checked.ok, [check.sentence.en for check in checked.checks if not check.passed]
    assert checked.archived
    assert archived.gate == GATE_DAYS == (date(2027, 6, 1), date(2033, 6, 1), date(2045, 6, 1))
    assert archived.renew_before.year == 2036


def test_the_box_shows_name_role_meaning_opinion_and_time_with_offset(need_tools, signed, tmp_path):
    need_tools("pdftotext")
    (tmp_path / "form.pdf").write_bytes(signed)
    said = subprocess.run(
        ["pdftotext", "-layout", "form.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    words = "".join(said.stdout.split())
    for wanted in (
        "陈静",
        "内管人员Supervisionofficer",
        "合规审查通过，予以备案",
        "经核实",
        "2026-11-2318:04:00+08:00",
    ):
        assert wanted in words
    assert "provesnothingagainsttheoperator" in words


# -- the tampering cases of design/signing.md, 2.5 and 2.6; they stand in tampering.py


def test_a_tampered_file_is_rejected(tampering, signed, archived, verdict, office):
    accepted = []
    for name, attack in tampering.ATTACKS.items():
        for pdf in (signed, archived.pdf):
            forged = attack(pdf, office)
            assert forged != pdf
            # Also by a reader who does not know the content beforehand.
            if verdict(forged).ok or verdict(forged, content=None).ok:
                accepted.append(name)
    assert len(tampering.ATTACKS) == 13
    assert accepted == []


def test_nobody_signs_on_top_of_a_tampered_file(tampering, steps, sign, office):
    signed_over = []
    for name, attack in tampering.ATTACKS.items():
        try:
            sign(attack(steps[2], office), 3)
            signed_over.append(name)
        except (SigningRefused, SigningOutOfOrder):
            continue
    assert signed_over == []


def test_a_file_cut_back_to_an_earlier_signature_is_rejected(steps, verdict):
    for step in steps[:-1]:
        checked = verdict(step)
        assert not checked.ok
        assert "there are ['sig_1" in checked.checks[0].sentence.en


def test_an_archive_cut_back_to_before_it_was_archived_is_told_by_the_log(signed, archived, verdict):
    assert verdict(archived.pdf, file_digest=archived.file_digest).ok
    assert not verdict(signed, file_digest=archived.file_digest).ok
    assert not verdict(signed, archived=True).ok


def test_no_flipped_byte_of_the_last_container_is_accepted(signed, verdict):
    found = list(re.finditer(rb"/Contents <([0-9a-fA-F]+)>", signed))[-1]
    accepted = []
    for place in range(found.start(1) + 1, found.end(1), 173):
        changed = bytearray(signed)
        changed[place] = ord("1") if changed[place] == ord("0") else ord("0")
        if verdict(bytes(changed)).ok:
            accepted.append(place - found.start(1))
    assert accepted == []


# -- who may sign, and when


def test_the_next_person_signs_and_nobody_else(sign, ready, steps):
    with pytest.raises(SigningOutOfOrder, match="next is Account manager"):
        sign(ready[0], 1)
    with pytest.raises(SigningOutOfOrder, match="next is Marketing leader"):
        sign(steps[2], 2)
    with pytest.raises(SigningOutOfOrder, match="Everybody has signed"):
        sign(steps[-1], 4)


def test_the_content_kept_beforehand_is_what_counts(signed_samples, office, fonts, ready):
    other, _, places = signed_samples.base(
        office, fonts, replace(signed_samples.small_document(office.expected), number="YT-202611-000002")
    )
    with pytest.raises(SigningRefused, match="content of the file was changed"):
        signed_samples.sign_one(office, fonts, other, ready[1], places, 0)


def test_a_place_is_signed_by_its_person_only(sign, ready, office):
    with pytest.raises(SignerNotAllowed, match="signed by P-0001, not by P-0002"):
        sign(ready[0], 0, key=office.signers[1][2])


def test_one_person_never_signs_two_layers(sign, ready, office, steps):
    open_to_all = tuple(replace(each, person=None) for each in office.expected)
    with pytest.raises(SignerNotAllowed, match="has signed this document already"):
        sign(steps[0], 1, key=office.signers[0][2], expected=open_to_all)


def test_a_revoked_person_does_not_sign(sign, ready, office, signed_samples):
    certificate = load_der_x509_certificate(office.signers[0][2].certificate_der)
    revoked = Revocation(certificate.serial_number, signed_samples.NOW - timedelta(days=1), Reason.SUPERSEDED)
    crl = office.authority.revocation_list([revoked], 3, signed_samples.NOW)
    with pytest.raises(CertificateNotValid, match="revoked"):
        sign(ready[0], 0, crl=crl)


@pytest.mark.parametrize(
    "says", [{"meaning": Bilingual(" ", "x")}, {"opinion": "长" * 201}, {"opinion": "ok [content sha256:0]"}]
)
def test_a_signature_says_what_it_means_and_fits_its_box(sign, ready, says):
    with pytest.raises(StatementUnusable):
        sign(ready[0], 0, says=says)


def test_without_a_time_stamp_there_is_no_signature(sign, ready, office):
    nobody = RemoteTimeStamper(("http://127.0.0.1:9/",), office.stamper.roots, seconds=1)
    with pytest.raises(TimeStampMissing):
        sign(ready[0], 0, stamper=nobody)


def test_a_time_stamp_before_the_last_signature_is_refused(sign, steps, office, signed_samples):
    class Slow:
        roots, longest_token, note = office.stamper.roots, office.stamper.longest_token, office.stamper.note

        def stamp(self, digest):
            office.clock.set(signed_samples.NOW - timedelta(minutes=5))
            return office.stamper.stamp(digest)

    with pytest.raises(TimeStampMissing, match="earlier than"):
        sign(steps[0], 1, stamper=Slow())


def test_with_the_digest_of_the_log_another_file_is_refused_and_the_same_one_signed(
    tampering, sign, steps, ready, verdict
):
    digest = f"sha256:{ready[1].digest}"
    pdf = ready[0]
    for number in range(5):
        step = sign(pdf, number, file_digest=digest)
        pdf, digest = step.pdf, step.file_digest
    assert verdict(pdf).ok
    for attack in (tampering.set_info, tampering.append_garbage, tampering.replace_appearance):
        with pytest.raises(SigningRefused, match="SHA-256 the log has"):
            sign(attack(steps[2], None), 3, file_digest=f"sha256:{hashlib.sha256(steps[2]).hexdigest()}")


# -- archiving


def test_a_list_older_than_a_signature_archives_nothing(signed_samples, office, signed, ready):
    stale = office.authority.revocation_list([], 1, signed_samples.NOW + timedelta(minutes=3))
    with pytest.raises(ArchiveNotReady, match="older than the last signature"):
        signed_samples.archive(office, signed, ready[1], crl=stale)


def test_an_unfinished_file_is_not_archived(signed_samples, office, steps, ready):
    with pytest.raises(ArchiveNotReady, match="in this order"):
        signed_samples.archive(office, steps[3], ready[1])


def test_an_archived_file_takes_no_more(archived, sign, signed_samples, office, ready):
    with pytest.raises(SigningRefused):
        sign(archived.pdf, 4)
    with pytest.raises(ArchiveNotReady):
        signed_samples.archive(office, archived.pdf, ready[1])


def test_a_signature_before_a_revocation_stays_good_and_one_after_does_not(
    signed_samples, office, signed, ready, verdict
):
    serial = load_der_x509_certificate(office.signers[4][2].certificate_der).serial_number
    at = signed_samples.NOW + timedelta(hours=1)
    left = Revocation(serial, at - timedelta(minutes=1), Reason.CESSATION_OF_OPERATION)
    crl = office.authority.revocation_list([left], 2, at)
    assert verdict(signed, crl=crl).ok
    # Known limit of the long-term engine: archive before anybody leaves; it refuses rather than guesses.
    with pytest.raises(ArchiveUnfit):
        signed_samples.archive(office, signed, ready[1], crl=crl)
    stolen = replace(left, at=signed_samples.NOW, reason=Reason.KEY_COMPROMISE)
    crl = office.authority.revocation_list([stolen], 2, at)
    assert not verdict(signed, crl=crl).ok
    with pytest.raises(CertificateNotValid):
        signed_samples.archive(office, signed, ready[1], crl=crl)


def test_the_gate_throws_away_what_could_not_be_verified_later(signed_samples, office, signed, ready):
    # The root itself ends in 2046: nothing below it can be shown to have been good after.
    with pytest.raises(ArchiveUnfit):
        signed_samples.archive(office, signed, ready[1], gate=(date(1999, 1, 1),))
