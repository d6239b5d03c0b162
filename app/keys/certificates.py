"""The two certificates of an installation: a root, and the system seal issued directly by it.

Flat on purpose: the revocation list of an issuing authority in between cannot be validated once it is stale.
Source: design/signing.md, 2.4.
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.core.errors import Invalid
from app.core.text import Bilingual

ROOT_NAME = "信任根 Trust Root"
SEAL_NAME = "系统印章 System Seal"
_ROOT_DAYS = 20 * 365 + 5
_SEAL_DAYS = 10 * 365 + 2
_MOST_CHARACTERS = 64
"""Source: ITU-T X.520, upper bound of an organisation name."""
_BACKDATED = timedelta(days=1)


class OfficeNameUnusable(Invalid):
    """The name of the organisation does not fit into a certificate. 422."""

    code = "keys.office_name_unusable"
    title = Bilingual("单位名称不能写入证书", "The office name does not fit into a certificate")


def _name(office: str, common: str) -> x509.Name:
    if not office.strip() or len(office) > _MOST_CHARACTERS:
        raise OfficeNameUnusable(
            Bilingual(
                f"单位名称“{office}”应为 1 至 {_MOST_CHARACTERS} 个字符。",
                f"The office name {office!r} must have 1 to {_MOST_CHARACTERS} characters.",
            )
        )
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, office),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePublicKey,
    issuer_key: EllipticCurvePublicKey,
    now: datetime,
) -> x509.CertificateBuilder:
    whole_seconds = now.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # A verifier's clock may be a little behind.
        .not_valid_before(whole_seconds - _BACKDATED)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def issue_root(office: str, key: EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    """Return the self-signed root of ``office``, valid for 20 years from ``now`` (aware).

    Raises:
        OfficeNameUnusable: the name does not fit.
    """
    name = _name(office, ROOT_NAME)
    public = key.public_key()
    return (
        _builder(name, name, public, public, now)
        .not_valid_after(now.replace(microsecond=0) + timedelta(days=_ROOT_DAYS))
        # Path length 0: this root issues leaves and nothing that issues.
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def issue_seal(
    office: str,
    key: EllipticCurvePublicKey,
    root: x509.Certificate,
    root_key: EllipticCurvePrivateKey,
    now: datetime,
    crl_url: str,
) -> x509.Certificate:
    """Return the certificate of the system seal, valid for 10 years from ``now`` (aware).

    ``crl_url`` need not be reachable, but without a distribution point a revocation list embedded later is ignored.

    Raises:
        OfficeNameUnusable: the name does not fit.
    """
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
    return (
        _builder(_name(office, SEAL_NAME), root.subject, key, root_key.public_key(), now)
        .not_valid_after(now.replace(microsecond=0) + timedelta(days=_SEAL_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .sign(root_key, hashes.SHA256())
    )


def pem(certificate: x509.Certificate) -> str:
    """Return the certificate as PEM text."""
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def der(certificate: x509.Certificate) -> bytes:
    """Return the certificate as DER bytes."""
    return certificate.public_bytes(Encoding.DER)


def issued_by(certificate: x509.Certificate, root: x509.Certificate) -> bool:
    """Return whether ``root`` has signed ``certificate``."""
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def holds_p256_key(certificate: x509.Certificate) -> bool:
    """Return whether the key of ``certificate`` is on the curve P-256."""
    key = certificate.public_key()
    return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
