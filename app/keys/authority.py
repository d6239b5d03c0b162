"""The root at work: certificates for people, and the list of those that no longer count.

The root signs people directly and issues the list itself; with an authority in between, a record could not be verified
once the list is stale. Source: design/signing.md, 2.4. The root's key is needed only here: keep ``root.key`` elsewhere
and name it when people join or leave, and when the list is renewed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.core.clock import instant
from app.core.errors import Forbidden
from app.core.text import Bilingual
from app.keys.certificates import PERSON_DAYS, PersonName, holds_p256_key, issue_person, issued_by, pem
from app.keys.ring import ROOT, ROOT_KEY, SEAL, damaged, read_certificate, read_private

LIST_DAYS = 30


class CertificateNotValid(Forbidden):
    """A person's certificate does not allow a signature now. 403."""

    code = "certificate.not_valid"
    title = Bilingual("签名证书无效", "The certificate does not allow a signature")


class Reason(StrEnum):
    """Why a certificate no longer counts. Source: RFC 5280, 5.3.1."""

    KEY_COMPROMISE = "keyCompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"


@dataclass(frozen=True, slots=True)
class Revocation:
    """One certificate that no longer counts."""

    serial: int
    at: datetime
    """Aware. Signatures time-stamped before stay good."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class Authority:
    """The root with its key."""

    root: x509.Certificate
    key: EllipticCurvePrivateKey
    crl_url: str
    """Stands in every certificate; need not be reachable."""

    def issue(
        self, person: PersonName, key: EllipticCurvePublicKey, now: datetime, days: int = PERSON_DAYS
    ) -> x509.Certificate:
        """Return the certificate of ``person`` for ``key``; ``now`` is aware.

        Raises:
            PersonNameUnusable: the name does not fit.
        """
        (office,) = self.root.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return issue_person(str(office.value), person, key, self.root, self.key, now, self.crl_url, days)

    def revocation_list(self, revoked: Sequence[Revocation], number: int, now: datetime) -> bytes:
        """Return the list as of ``now`` (aware, whole seconds count), DER.

        Args:
            revoked: everything ever revoked that has not expired.
            number: greater than that of every list before.
            now: the state of which moment it tells.
        """
        # Not backdated: an archive needs a list that was made after its last signature.
        made_at = now.replace(microsecond=0)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.subject)
            .last_update(made_at)
            .next_update(made_at + timedelta(days=LIST_DAYS))
            .add_extension(x509.CRLNumber(number), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        for each in revoked:
            entry = (
                x509.RevokedCertificateBuilder()
                .serial_number(each.serial)
                .revocation_date(each.at.replace(microsecond=0))
                .add_extension(x509.CRLReason(x509.ReasonFlags(each.reason.value)), critical=False)
            )
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def load_authority(folder: Path, root_key: Path | None = None) -> Authority:
    """Return the root of the key folder with its key, which may lie elsewhere.

    Raises:
        KeysUnusable: something is missing, open to others, damaged, or does not belong together.
    """
    path = root_key or folder / ROOT_KEY
    root = read_certificate(folder / ROOT)
    key = read_private(path)
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != root.public_key():
        raise damaged(path)
    # The seal has carried the address since the installation was made; people get the same.
    points = read_certificate(folder / SEAL).extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    names = points[0].full_name or ()
    return Authority(root, key, "".join(str(name.value) for name in names))


def certificate_chain(certificate: x509.Certificate, root: x509.Certificate) -> str:
    """Return the PEM of a person's certificate and of the root that issued it, leaf first."""
    return pem(certificate) + pem(root)


def require_valid(
    certificate: x509.Certificate, roots: Sequence[x509.Certificate], at: datetime, crl: bytes | None = None
) -> None:
    """Do nothing when a person may sign under ``certificate`` at ``at`` (aware).

    Args:
        certificate: the person's.
        roots: trusted.
        at: the moment of signing.
        crl: the newest revocation list, DER; not looked at when None.

    Raises:
        CertificateNotValid: not issued by a root, not for P-256, out of its time, or revoked.
    """
    name = certificate.subject.rfc4514_string()
    root = next((root for root in roots if issued_by(certificate, root)), None)
    if root is None or not holds_p256_key(certificate):
        raise CertificateNotValid(
            Bilingual(f"证书 {name} 不是本单位信任根签发的。", f"The certificate {name} is not of the office's root.")
        )
    for each in (certificate, root):
        if not each.not_valid_before_utc <= at <= each.not_valid_after_utc:
            raise CertificateNotValid(
                Bilingual(
                    f"证书 {name} 在 {instant(at)} 不在有效期内，请先换发。",
                    f"The certificate {name} is not valid at {instant(at)}; have another issued first.",
                )
            )
    if crl is not None and _revoked_at(certificate, crl, root, at):
        raise CertificateNotValid(
            Bilingual(f"证书 {name} 已被吊销，不能再签名。", f"The certificate {name} is revoked and signs no more.")
        )


def _revoked_at(certificate: x509.Certificate, crl: bytes, root: x509.Certificate, at: datetime) -> bool:
    revoked = read_list(crl, root).get_revoked_certificate_by_serial_number(certificate.serial_number)
    return revoked is not None and revoked.revocation_date_utc <= at


def read_list(crl: bytes, root: x509.Certificate) -> x509.CertificateRevocationList:
    """Return the revocation list of ``root`` in ``crl`` (DER).

    Raises:
        CertificateNotValid: no list, or not the root's.
    """
    try:
        read = x509.load_der_x509_crl(crl)
        key = root.public_key()
        good = isinstance(key, EllipticCurvePublicKey) and read.is_signature_valid(key)
    except (ValueError, TypeError) as error:
        raise _no_list() from error
    if not good:
        raise _no_list()
    return read


def _no_list() -> CertificateNotValid:
    return CertificateNotValid(
        Bilingual("吊销列表无法使用：不是本单位信任根签发的。", "The revocation list is not one of the office's root.")
    )
