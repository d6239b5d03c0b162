"""Time-stamp tokens: what one says, and whether it was really made over our digest by somebody we trust.

Source: RFC 3161; RFC 5816 (ESSCertIDv2). Written against the bytes, with nothing but ASN.1 and elliptic curves, so that
an answer is judged before it goes anywhere near a document.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.keys.certificates import issued_by

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_LONGEST_CHAIN = 5
_SET = b"\x31"


class TokenBroken(Exception):  # never leaves this room; becomes part of a sentence
    """A token is not what was asked for, or nobody we trust made it."""


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """A token that holds."""

    token: bytes
    """DER ContentInfo."""
    at: datetime
    """Aware, UTC."""
    authority: x509.Certificate
    """Who says so."""


def read_token_info(token: bytes) -> tuple[datetime, int | None, bytes]:
    """Return time (aware), nonce and SHA-256 digest of what ``token`` says, believing it.

    Raises:
        TokenBroken: not a time-stamp token over SHA-256.
    """
    try:
        content = cms.ContentInfo.load(token)["content"]["encap_content_info"]
        info = content["content"].parsed
        if content["content_type"].native != "tst_info" or not isinstance(info, tsp.TSTInfo):
            raise TokenBroken("not a time-stamp token")
        imprint = info["message_imprint"]
        if imprint["hash_algorithm"]["algorithm"].native != "sha256":
            raise TokenBroken("another digest algorithm than SHA-256")
        return info["gen_time"].native.astimezone(UTC), info["nonce"].native, imprint["hashed_message"].native
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TokenBroken("not a time-stamp token") from error


def verify_token(token: bytes, digest: bytes, roots: Sequence[x509.Certificate]) -> TimeStamp:
    """Return what ``token`` proves of ``digest`` (SHA-256) to somebody who trusts ``roots``.

    Raises:
        TokenBroken: another digest, a broken signature, a certificate that is not for time stamps, or not of a root.
    """
    at, _, stamped = read_token_info(token)
    if stamped != digest:
        raise TokenBroken("it is over another digest")
    try:
        signed = cms.ContentInfo.load(token)["content"]
        (signer,) = signed["signer_infos"]
        held = [x509.load_der_x509_certificate(each.chosen.dump()) for each in signed["certificates"]]
        attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
        (named,) = attributes["signing_certificate_v2"]
        identifier = named["certs"][0]
        algorithm = identifier["hash_algorithm"]["algorithm"].native
        leaf = next(
            (each for each in held if each.fingerprint(_HASHES[algorithm]) == identifier["cert_hash"].native),
            None,
        )
        (content_digest,) = attributes["message_digest"].native
        kind = signer["digest_algorithm"]["algorithm"].native
        _require_usual(signed, signer, kind)
        content = signed["encap_content_info"]["content"].contents
        whole = hashlib.new(kind, content).digest()
        named_as = (signer["sid"].chosen["issuer"].dump(), signer["sid"].chosen["serial_number"].native)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, x509.InvalidVersion) as error:
        raise TokenBroken("it is damaged") from error
    if leaf is None or named_as != (leaf.issuer.public_bytes(), leaf.serial_number) or whole != content_digest:
        raise TokenBroken("it does not hold together")
    _verify_signature(leaf, signer, kind)
    _require_for_time_stamps(leaf)
    _require_chain(leaf, held, roots, at)
    return TimeStamp(token, at, leaf)


def _require_usual(signed: Any, signer: Any, kind: str) -> None:  # noqa: ANN401  # asn1crypto
    """Hold what no signature covers to the one form there is. Source: RFC 5652, 5.1 and 5.3."""
    same = [each["algorithm"].native for each in signed["digest_algorithms"]] == [kind]
    versions = (signed["version"].native, signer["version"].native) == ("v3", "v1")
    hashed = signer["signature_algorithm"]["algorithm"].native in (f"{kind}_ecdsa", f"{kind}_rsa", "rsassa_pkcs1v15")
    if not (same and versions and hashed):
        raise TokenBroken("it is not put together as RFC 3161 says")


def _verify_signature(leaf: x509.Certificate, signer: Any, kind: str) -> None:  # noqa: ANN401  # asn1crypto
    try:
        message = _SET + signer["signed_attrs"].dump()[1:]
        signature = signer["signature"].native
        key = leaf.public_key()
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, message, ECDSA(_HASHES[kind]))
        elif isinstance(key, RSAPublicKey):
            key.verify(signature, message, PKCS1v15(), _HASHES[kind])
        else:
            raise TokenBroken("its key is neither elliptic-curve nor RSA")
    except (InvalidSignature, UnsupportedAlgorithm, KeyError, ValueError, TypeError) as error:
        raise TokenBroken("its signature does not hold") from error


def _require_for_time_stamps(leaf: x509.Certificate) -> None:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError) as error:
        raise TokenBroken("its certificate is not for time stamps") from error
    # Source: RFC 3161, 2.3: critical, and nothing else.
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TokenBroken("its certificate is not for time stamps only")


def _require_chain(
    leaf: x509.Certificate, held: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> None:
    trusted = {root.fingerprint(hashes.SHA256()) for root in roots}
    link = leaf
    for _ in range(_LONGEST_CHAIN):
        if not link.not_valid_before_utc <= at <= link.not_valid_after_utc:
            raise TokenBroken("a certificate of it was out of its time")
        root = next((root for root in roots if issued_by(link, root)), None)
        if root is not None and root.not_valid_before_utc <= at <= root.not_valid_after_utc:
            return
        if link.fingerprint(hashes.SHA256()) in trusted:
            break
        above = next((each for each in held if each != link and _is_authority(each) and issued_by(link, each)), None)
        if above is None:
            break
        link = above
    raise TokenBroken("no root you trust stands behind it")


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False
