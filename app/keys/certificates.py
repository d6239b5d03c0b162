"""The certificates of an installation: a root, and the system seal and the people issued directly by it.

Flat on purpose: the revocation list of an issuing authority in between cannot be validated once it is stale.
Source: design/signing.md, 2.4.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.core.errors import Invalid
from app.core.text import Bilingual
from app.keys.folder import KeysUnusable
from app.keys.rare_names import accept_rare_names

accept_rare_names()

ROOT_NAME = "信任根 Trust Root"
SEAL_NAME = "系统印章 System Seal"
_ROOT_DAYS = 20 * 365 + 5
_SEAL_DAYS = 10 * 365 + 2
PERSON_DAYS = 3 * 365
_MOST_CHARACTERS = 64
"""Source: ITU-T X.520, upper bound of an organisation name."""
_BACKDATED = timedelta(days=1)


class PersonNameUnusable(Invalid):
    """The name, unit or number of a person does not fit into a certificate. 422."""

    code = "keys.person_name_unusable"
    title = Bilingual("姓名不能写入证书", "The person's name does not fit into a certificate")


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


def issue_root(
    office: str, key: EllipticCurvePrivateKey, now: datetime, begin: datetime | None = None
) -> x509.Certificate:
    """Return the self-signed root of ``office``, valid for 20 years from ``now`` (aware), and since ``begin`` if given.

    Raises:
        OfficeNameUnusable: the name does not fit.
    """
    name = _name(office, ROOT_NAME)
    public = key.public_key()
    return (
        _builder(name, name, public, public, begin or now)
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
    begin: datetime | None = None,
) -> x509.Certificate:
    """Return the certificate of the system seal, valid for 10 years from ``now`` (aware), and since ``begin`` if given.

    ``crl_url`` need not be reachable, but without a distribution point a revocation list embedded later is ignored.

    Raises:
        OfficeNameUnusable: the name does not fit.
    """
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
    return (
        _builder(_name(office, SEAL_NAME), root.subject, key, root_key.public_key(), begin or now)
        .not_valid_after(now.replace(microsecond=0) + timedelta(days=_SEAL_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .sign(root_key, hashes.SHA256())
    )


@dataclass(frozen=True, slots=True)
class PersonName:
    """Who a person is, as certificate and page say it."""

    name: str
    """As printed, at most 64 characters."""
    unit: str
    """Role and unit, as printed: 客户经理 Account manager · T-07. At most 64 characters."""
    number: str
    """Id of the person, ASCII: two people of one name stay two."""


def issue_person(
    office: str,
    person: PersonName,
    key: EllipticCurvePublicKey,
    root: x509.Certificate,
    root_key: EllipticCurvePrivateKey,
    now: datetime,
    crl_url: str,
    days: int = PERSON_DAYS,
) -> x509.Certificate:
    """Return the certificate of ``person``, valid for ``days`` from ``now`` (aware), never longer than the root.

    For digital signatures a person stands by: KeyUsage digitalSignature and nonRepudiation, nothing else.

    Raises:
        PersonNameUnusable: a part is empty, too long, or cannot be written in a certificate.
        OfficeNameUnusable: the name of the office does not fit.
        KeysUnusable: the key is on another curve.
    """
    if not isinstance(key.curve, SECP256R1):
        raise KeysUnusable(
            Bilingual("个人签名密钥应为 P-256。", "A person signs with a key on P-256; this one is on another curve.")
        )
    printable = person.number.isascii() and person.number.isprintable()
    parts = (person.name, person.unit, person.number)
    if not printable or not all(part.strip() and len(part) <= _MOST_CHARACTERS for part in parts):
        raise PersonNameUnusable(
            Bilingual(
                f"姓名“{person.name}”、岗位“{person.unit}”各应为 1 至 {_MOST_CHARACTERS} 个字符，"
                f"编号“{person.number}”只能用 ASCII 字符。",
                f"The name {person.name!r} and the unit {person.unit!r} have 1 to {_MOST_CHARACTERS} characters, "
                f"the number {person.number!r} is ASCII.",
            )
        )
    more = [
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, person.unit),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, person.number),
    ]
    subject = x509.Name([*_name(office, person.name), *more])
    end = min(now.replace(microsecond=0) + timedelta(days=days), root.not_valid_after_utc)
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
    return (
        _builder(subject, root.subject, key, root_key.public_key(), now)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .sign(root_key, hashes.SHA256())
    )


def person_of(certificate: x509.Certificate) -> PersonName:
    """Return who ``certificate`` says it belongs to; parts it does not name are empty."""

    def said(oid: x509.ObjectIdentifier) -> str:
        found = certificate.subject.get_attributes_for_oid(oid)
        return str(found[0].value) if found else ""

    return PersonName(said(NameOID.COMMON_NAME), said(NameOID.ORGANIZATIONAL_UNIT_NAME), said(NameOID.SERIAL_NUMBER))


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
