"""Read the seal of a record from its raw bytes, so that there is no byte nobody answers for.

A PDF signature covers the whole file but one gap: the hexadecimal digits of its own container. A container has parts
no signature covers, and hexadecimal has two cases. So the container is taken apart, put together again from the
parts a seal of ours has and nothing else, and compared digit by digit. Source: design/signing.md, 2.5 and 2.6;
RFC 5652, 5.4; ETSI EN 319 122-1, 5.2.2.
"""

import binascii
import hashlib
import re
from dataclasses import dataclass

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import InvalidVersion, load_der_x509_certificate

from app.core.text import Bilingual
from app.keys.signature import is_canonical

_BYTE_RANGE = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]")
_SEQUENCE, _SET, _CONTEXT_0, _OCTETS = b"\x30", b"\x31", b"\xa0", b"\x04"
_VERSION_1 = bytes.fromhex("020101")
_OID_DATA = bytes.fromhex("06092a864886f70d010701")
_OID_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_SIGNED_ATTRIBUTES = ("content_type", "message_digest", "signing_certificate_v2")
_SHORT_LENGTH = 0x80


class SealBroken(Exception):  # never leaves this room; the check turns it into a sentence
    """The seal is not exactly as a seal of ours is written."""

    def __init__(self, zh: str, en: str) -> None:
        """Keep the sentence."""
        self.sentence = Bilingual(zh, en)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class SealBytes:
    """A seal that covers the whole file and is written in the only way it can be."""

    byte_range: tuple[int, int, int, int]
    certificate_der: bytes
    """The certificate the seal was made with; whether to trust it is another question."""


def _der(tag: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < _SHORT_LENGTH:
        return tag + bytes([len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return tag + bytes([_SHORT_LENGTH | len(length)]) + length + body


def read_seal_bytes(data: bytes) -> SealBytes:
    """Return the seal of ``data`` when every byte of the file is covered by it or determined by it.

    Raises:
        SealBroken: there is no seal or more than one, it leaves out bytes, or any byte was changed.
    """
    byte_range = _byte_range(data)
    _, start, end, _ = byte_range
    gap = data[start:end]
    if gap[:1] != b"<" or gap[-1:] != b">":
        raise SealBroken("印章未覆盖的部分不是签名容器。", "What the seal leaves out is not its container.")
    digits = gap[1:-1]
    container = _container(digits)
    seal = _parts(container)
    rebuilt = binascii.hexlify(seal.rebuilt).upper()
    if digits != rebuilt + b"0" * (len(digits) - len(rebuilt)):
        raise SealBroken(
            "签名容器中有多余或改动过的内容。", "The signature container holds something that was added or changed."
        )
    _verify(seal, hashlib.sha256(data[:start] + data[end:]).digest())
    return SealBytes(byte_range, seal.certificate)


def _byte_range(data: bytes) -> tuple[int, int, int, int]:
    found = _BYTE_RANGE.findall(data)
    if not found:
        raise SealBroken("文件中没有系统印章。", "There is no system seal in the file.")
    if len(found) > 1:
        raise SealBroken("文件中不止一个签名。", "There is more than one signature in the file.")
    texts = found[0]
    begin, start, end, rest = map(int, texts)
    usual = all(str(int(text)).encode() == text for text in texts)
    if not usual or begin != 0 or not 0 < start < end or end + rest != len(data):
        raise SealBroken(
            "印章没有覆盖整个文件：文件被截断或追加过内容。",
            "The seal does not cover the whole file: it was cut, or something was appended.",
        )
    return begin, start, end, rest


@dataclass(frozen=True, slots=True)
class _Container:
    certificate: bytes
    attributes: bytes
    """DER, implicitly tagged [0], as in the file."""
    kinds: tuple[str, ...]
    message_digest: bytes
    certificate_digest: bytes
    signature: bytes
    rebuilt: bytes


def _container(digits: bytes) -> bytes:
    try:
        return binascii.unhexlify(digits)
    except binascii.Error as error:
        raise SealBroken("签名容器不是十六进制。", "The signature container is not hexadecimal.") from error


def _parts(container: bytes) -> _Container:
    try:
        content = cms.ContentInfo.load(container)["content"]
        (certificate,) = content["certificates"]
        (signer,) = content["signer_infos"]
        # In exactly this order and nothing else: DER sorts them by their encoding.
        first, second, third = signer["signed_attrs"]
        kinds = tuple(attribute["type"].native for attribute in (first, second, third))
        (message_digest,) = second["values"].native
        (signing_certificate,) = third["values"]
        (identifier,) = signing_certificate["certs"]
        attributes = signer["signed_attrs"].dump()
        signature = signer["signature"].native
        der = certificate.chosen.dump()
        parts = _Container(
            certificate=der,
            attributes=attributes,
            kinds=kinds,
            message_digest=message_digest,
            certificate_digest=identifier["cert_hash"].native,
            signature=signature,
            rebuilt=_rebuild(certificate.chosen, der, attributes, signature),
        )
    # Whatever a damaged container makes the ASN.1 reader say, it is a damaged container.
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError) as error:
        raise SealBroken("签名容器已损坏。", "The signature container is damaged.") from error
    return parts


def _rebuild(certificate: x509.Certificate, der: bytes, attributes: bytes, signature: bytes) -> bytes:
    identity = _der(_SEQUENCE, certificate.issuer.dump(), certificate["tbs_certificate"]["serial_number"].dump())
    signer = _der(_SEQUENCE, _VERSION_1, identity, _SHA256, attributes, _ECDSA_SHA256, _der(_OCTETS, signature))
    signed = _der(
        _SEQUENCE,
        _VERSION_1,
        _der(_SET, _SHA256),
        _der(_SEQUENCE, _OID_DATA),
        _der(_CONTEXT_0, der),
        _der(_SET, signer),
    )
    return _der(_SEQUENCE, _OID_SIGNED_DATA, _der(_CONTEXT_0, signed))


def _verify(seal: _Container, digest: bytes) -> None:
    if seal.kinds != _SIGNED_ATTRIBUTES:
        raise SealBroken("签名属性与系统印章的不同。", "The signed attributes are not those of a system seal.")
    if seal.message_digest != digest:
        raise SealBroken("文件内容在封存后被改动。", "The content of the file was changed after sealing.")
    if hashlib.sha256(seal.certificate).digest() != seal.certificate_digest:
        raise SealBroken("印章的证书被替换。", "The certificate of the seal was replaced.")
    try:
        key = load_der_x509_certificate(seal.certificate).public_key()
    except (ValueError, InvalidVersion, UnsupportedAlgorithm) as error:
        raise SealBroken("印章的证书已损坏。", "The certificate of the seal is damaged.") from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise SealBroken("印章的密钥不是 P-256。", "The key of the seal is not P-256.")
    if not is_canonical(seal.signature):
        raise SealBroken("印章的签名值被改写。", "The signature value of the seal was rewritten.")
    try:
        # What is signed is the set of attributes under its own tag. Source: RFC 5652, 5.4.
        key.verify(seal.signature, _SET + seal.attributes[1:], ECDSA(SHA256()))
    except InvalidSignature as error:
        raise SealBroken("印章的签名不成立。", "The signature of the seal does not hold.") from error
