"""What the store keeps of a person's key and certificate, read from the bytes themselves."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from app.core.text import Bilingual
from app.keys.authority import Authority, require_valid
from app.keys.certificates import PersonName, der
from app.keys.folder import KeysUnusable

_FINGERPRINT = 32
_GROUP = 4


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate just issued."""

    certificate_der: bytes
    serial: str
    """Hexadecimal digits."""
    digest: str
    """``sha256:`` and 64 hexadecimal digits."""
    not_after: datetime


def public_der(key: EllipticCurvePublicKey) -> bytes:
    """Return the SubjectPublicKeyInfo of ``key``, DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def fingerprint_of(public_key_der: bytes) -> str:
    """Return 32 hexadecimal digits (128 bits) of the SHA-256 of a public half: what two people read to each other."""
    return hashlib.sha256(public_key_der).hexdigest()[:_FINGERPRINT]


def spoken(fingerprint: str) -> str:
    """Return a fingerprint in groups of four: ``3f2a 901c ...``."""
    return " ".join(fingerprint[start : start + _GROUP] for start in range(0, len(fingerprint), _GROUP))


def heard(text: str) -> str:
    """Return a fingerprint as it was typed: groups, colons, capitals and full-width digits mean nothing."""
    return "".join(character for character in text.casefold() if character.isalnum())


def issue_for(authority: Authority, person: PersonName, public_key_der: bytes, now: datetime) -> Issued:
    """Return a certificate of ``person`` for a public half; ``now`` is aware.

    Raises:
        PersonNameUnusable: the name does not fit.
        KeysUnusable: the key is none of an elliptic curve.
    """
    key = load_der_public_key(public_key_der)
    if not isinstance(key, EllipticCurvePublicKey):
        raise KeysUnusable(Bilingual("签名密钥不是 P-256。", "The signing key is not on P-256."))
    certificate = authority.issue(person, key, now)
    return Issued(
        der(certificate),
        f"{certificate.serial_number:x}",
        "sha256:" + hashlib.sha256(der(certificate)).hexdigest(),
        certificate.not_valid_after_utc,
    )


def require_person_valid(certificate_der: bytes, roots: tuple[str, ...], at: datetime, crl: bytes | None) -> None:
    """Do nothing when a person may sign under the certificate at ``at`` (aware); ``roots`` are PEM.

    Raises:
        CertificateNotValid: not of a root, out of its time, or revoked.
    """
    trusted = [load_pem_x509_certificate(root.encode()) for root in roots]
    require_valid(load_der_x509_certificate(certificate_der), trusted, at, crl)


def was_signed_by(certificate_der: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether ``signature`` (ECDSA-SHA256, DER) over ``message`` is of the key of the certificate."""
    key = x509.load_der_x509_certificate(certificate_der).public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, message, ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
