"""Archive a document everybody has signed, so that it can be verified offline years later.

A step of its own, after the last signature: the revocation list must be younger than every signature, and lie in the
file before the time stamp that closes it. What would not stand the test of later years is not archived at all.
Source: design/signing.md, 0.3, 2.1 and 2.4.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from asn1crypto import cms, x509
from asn1crypto import crl as asn1_crl
from cryptography.x509 import Certificate, load_der_x509_certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from app.core.canonical import sha256_hex
from app.core.clock import instant
from app.core.errors import Conflict, Integrity
from app.core.text import Bilingual
from app.keys.authority import read_list, require_valid
from app.keys.certificates import der, issued_by
from app.keys.time_stamp_token import TimeStamp, verify_token
from app.keys.timestamps import TimeStamper
from app.reports.check_signatures import SignatureCheck, check_signatures
from app.reports.long_term import long_term_faults
from app.reports.signature_container import read_container, require_whole
from app.reports.signed_form import ARCHIVE_FIELD, Content, Expected
from app.reports.signer import AppendingWriter, Stamps

GATE_DAYS = (date(2027, 6, 1), date(2033, 6, 1), date(2045, 6, 1))
"""What is archived must be verifiable then, given that its time stamp is renewed in time."""


class ArchiveNotReady(Conflict):
    """Signatures are missing or do not hold, or the revocation list is older than one of them. 409."""

    code = "archive.not_ready"
    title = Bilingual("尚不能归档", "It cannot be archived yet")


class ArchiveUnfit(Integrity):
    """The archived file would not be verifiable later; it was thrown away. 500."""

    code = "archive.unfit"
    title = Bilingual("归档文件不能通过日后的验证", "The archived file would not be verifiable later")


@dataclass(frozen=True, slots=True)
class Archived:
    """A document that needs nothing but itself and the roots."""

    pdf: bytes
    stamp: TimeStamp
    gate: tuple[date, ...]
    """The days at which it was tried and found verifiable."""

    @property
    def file_digest(self) -> str:
        """``sha256:<hex>`` of the file, for the log."""
        return f"sha256:{sha256_hex(self.pdf)}"

    @property
    def renew_before(self) -> datetime:
        """Aware; when the certificate of the time stamp ends. Put another stamp over the file before."""
        return self.stamp.authority.not_valid_after_utc


def archive_signed(
    pdf: bytes,
    content: Content,
    expected: Sequence[Expected],
    crl: bytes,
    stamper: TimeStamper,
    roots: Sequence[Certificate],
    at: datetime,
    *,
    gate: Sequence[date] = GATE_DAYS,
) -> Archived:
    """Return ``pdf`` with everything a verifier needs, under a time stamp over the whole file.

    Args:
        pdf: signed by everybody, not archived.
        content: what it was before anybody signed.
        expected: every signature, in order.
        crl: the revocation list of the people's root, DER, made after the last signature.
        stamper: gives the closing time stamp; its roots are trusted for the others too.
        roots: of the people's certificates.
        at: aware; now.
        gate: days ahead at which the result is tried.

    Raises:
        ArchiveNotReady: the strict verdict fails, or the list is too old.
        CertificateNotValid: the list is not the root's.
        TimeStampMissing: no authority has answered.
        ArchiveUnfit: the result would not be verifiable today or on one of the days of ``gate``; also when a signer's
            certificate was revoked between the signature and now, so archive soon after the last signature.
    """
    checked = check_signatures(pdf, expected, roots, stamper.roots, content=content, archived=False, at=at)
    if not checked.ok:
        raise ArchiveNotReady(_said(checked))
    certificates = [load_der_x509_certificate(each.certificate_der) for each in checked.signatures]
    issuers = [root for root in roots if any(issued_by(each, root) for each in certificates)]
    _require_young(crl, issuers, checked)
    for certificate, signed in zip(certificates, checked.signatures, strict=True):
        require_valid(certificate, roots, signed.at, crl)
    writer = AppendingWriter(pdf)
    held = [*certificates, *issuers, *_authorities(pdf, stamper.roots), *stamper.roots]
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(der(each)) for each in dict.fromkeys(held)],
        crls=[asn1_crl.CertificateList.load(crl)],
    )
    archived, stamp = _stamp_whole(writer, 1, stamper)
    _require_fit(archived, content, expected, stamper.roots, roots, stamp.at, gate)
    return Archived(archived, stamp, tuple(gate))


def renew_archive(
    pdf: bytes,
    content: Content,
    expected: Sequence[Expected],
    stamper: TimeStamper,
    roots: Sequence[Certificate],
    at: datetime,
    *,
    tsa_roots: Sequence[Certificate] = (),
    tsa_lists: Sequence[bytes],
    gate: Sequence[date] = GATE_DAYS,
) -> Archived:
    """Return the archived ``pdf`` under one more time stamp, which takes over before the one before ends.

    The revocation list of who issued the newest time stamp goes in, and no other: a later one of the people's root, or
    of an older authority, would only put in doubt what has long ended. Source: design/signing.md, 2.4 (b), (c).

    Args:
        pdf: archived, renewed or not.
        content: what it was before anybody signed.
        expected: every signature, in order.
        stamper: gives the new time stamp; its authority may be of another generation with a root of its own.
        roots: of the people's certificates.
        at: aware; now, before the certificate of the newest time stamp ends.
        tsa_roots: trusted for the time stamps that are there, besides those of ``stamper``.
        tsa_lists: revocation lists, DER, made now; those of whoever stands above the newest time stamp are used, and
            that of who issued the certificate of its authority must be among them.
        gate: days ahead at which the result is tried; those not after ``at`` are left out.

    Raises:
        ArchiveNotReady: the strict verdict fails: too late, changed, or never archived; or the list is missing.
        TimeStampMissing: no authority has answered.
        ArchiveUnfit: the result would not be verifiable today or on one of the days of ``gate``.
    """
    trusted = tuple(dict.fromkeys([*stamper.roots, *tsa_roots]))
    checked = check_signatures(pdf, expected, roots, trusted, content=content, archived=True, at=at)
    if not checked.ok:
        raise ArchiveNotReady(_said(checked))
    stamps = PdfFileReader(io.BytesIO(pdf)).embedded_timestamp_signatures
    lists = _lists_of(require_whole(stamps[-1]), tsa_lists)
    # Appended to a copy: pyHanko's own renewal would write into the file it was given.
    writer = AppendingWriter(pdf)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(der(each)) for each in trusted],
        crls=lists,
    )
    renewed, stamp = _stamp_whole(writer, len(stamps) + 1, stamper)
    later = [day for day in gate if day > at.date()]
    _require_fit(renewed, content, expected, trusted, roots, stamp.at, later)
    return Archived(renewed, stamp, tuple(later))


def _lists_of(token: bytes, lists: Sequence[bytes]) -> list[asn1_crl.CertificateList]:
    held = [each.chosen for each in cms.ContentInfo.load(token)["content"]["certificates"]]
    above = {each.issuer.dump() for each in held}
    read = [asn1_crl.CertificateList.load(each) for each in lists]
    fitting = [each for each in read if each.issuer.dump() in above]
    if not fitting:
        raise ArchiveNotReady(
            Bilingual(
                "没有现有归档时间戳签发者的吊销列表，续期后无法证明该时间戳当时有效。",
                "There is no revocation list of who issued the present archive time stamp; without it nobody can tell "
                "later that the stamp was good.",
            )
        )
    return fitting


def _stamp_whole(writer: AppendingWriter, number: int, stamper: TimeStamper) -> tuple[bytes, TimeStamp]:
    stamps = Stamps(stamper)
    out = io.BytesIO()
    PdfTimeStamper(
        stamps, field_name=f"{ARCHIVE_FIELD}{number}", readable_field_name="归档时间戳 Archive time stamp"
    ).timestamp_pdf(writer, "sha256", bytes_reserved=2 * stamper.longest_token, output=out)
    assert stamps.given is not None
    return out.getvalue(), stamps.given


def _said(checked: SignatureCheck) -> Bilingual:
    sentences = [check.sentence for check in checked.checks if not check.passed]
    return Bilingual("".join(each.zh for each in sentences), " ".join(each.en for each in sentences))


def _require_young(crl: bytes, issuers: Sequence[Certificate], checked: SignatureCheck) -> None:
    if len(issuers) != 1:
        raise ArchiveNotReady(
            Bilingual("签名者的证书不是同一信任根签发的。", "The signers' certificates are not of one root.")
        )
    made_at = read_list(crl, issuers[0]).last_update_utc
    last = max(each.at for each in checked.signatures)
    if made_at <= last:
        raise ArchiveNotReady(
            Bilingual(
                f"吊销列表（{instant(made_at)}）早于最后一个签名（{instant(last)}），请先签发新的列表。",
                f"The revocation list of {instant(made_at)} is older than the last signature of {instant(last)}; "
                "make a new one first.",
            )
        )


def _authorities(pdf: bytes, tsa_roots: Sequence[Certificate]) -> list[Certificate]:
    found = []
    for signature in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures:
        container = read_container(signature)
        found.append(verify_token(container.token, container.signature_digest, tsa_roots).authority)
    return found


def _require_fit(
    pdf: bytes,
    content: Content,
    expected: Sequence[Expected],
    tsa_roots: Sequence[Certificate],
    roots: Sequence[Certificate],
    at: datetime,
    gate: Sequence[date],
) -> None:
    checked = check_signatures(pdf, expected, roots, tsa_roots, content=content, archived=True, at=at)
    if not checked.ok:
        raise ArchiveUnfit(_said(checked))
    people = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    faults = [
        fault
        for day in gate
        for fault in long_term_faults(
            people, roots, tsa_roots, datetime(day.year, day.month, day.day, tzinfo=UTC), reference=at
        )
    ]
    if faults:
        listed = "; ".join(faults)
        raise ArchiveUnfit(
            Bilingual(f"模拟日后验证未通过：{listed}。", f"The simulated later validation fails: {listed}.")
        )
