"""Read one person's signature from the container in the file, and take only what is written as ours are.

A container has parts no signature covers. Here the padding must be zeros, the digits as pyHanko writes them, and what
is unsigned must be the one certificate the signature names and one time stamp. Source: design/signing.md, 2.5.
"""

import binascii
import hashlib
import re
from dataclasses import dataclass

from asn1crypto import cms
from pyhanko.sign.validation import EmbeddedPdfSignature

from app.core.text import Bilingual
from app.keys.signature import is_canonical

_DIGITS = re.compile(rb"<[0-9a-f]+>|<[0-9A-F]+>")
_HIGH_TAG, _CONSTRUCTED, _SHORT_LENGTH = 0x1F, 0x20, 0x80
_SIGNED = ("content_type", "message_digest", "signing_certificate_v2")


class ContainerBroken(Exception):  # never leaves this room; becomes a sentence
    """The container is not as ours are written."""

    def __init__(self, zh: str, en: str) -> None:
        """Keep the sentence."""
        self.sentence = Bilingual(zh, en)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Container:
    """What a signature container holds."""

    certificate_der: bytes
    signature_digest: bytes
    """SHA-256 of the signature value: what the time stamp is over."""
    token: bytes
    """The time stamp, DER."""


def require_whole(signature: EmbeddedPdfSignature) -> bytes:
    """Return the DER of the container of ``signature``; nothing may follow it but zeros.

    Raises:
        ContainerBroken: something does.
    """
    _, start, end, _ = (int(number) for number in signature.byte_range)
    length = start
    stream = signature.reader.stream
    stream.seek(length)
    gap = stream.read(end - length)
    if not _DIGITS.fullmatch(gap):
        raise ContainerBroken("签名容器不是十六进制。", "The signature container is not hexadecimal.")
    raw = binascii.unhexlify(gap[1:-1])
    try:
        end = _end_of_value(raw, 0, len(raw))
    except (ValueError, IndexError, RecursionError) as error:
        raise ContainerBroken("签名容器已损坏。", "The signature container is damaged.") from error
    if any(raw[end:]):
        raise ContainerBroken("签名容器之后有多余的内容。", "Something stands behind the signature in its container.")
    return raw[:end]


def _end_of_value(data: bytes, at: int, limit: int) -> int:
    """Return where the DER value at ``at`` ends; every length in it must be written in the one way there is.

    Raises:
        ValueError: BER but not DER, or it does not fit.
        IndexError: it ends too early.
    """
    tag, first = data[at], data[at + 1]
    if tag & _HIGH_TAG == _HIGH_TAG:
        raise ValueError("a tag of a kind no signature has")
    begin = at + 2
    length = first
    if first > _SHORT_LENGTH:
        more = first - _SHORT_LENGTH
        length = int.from_bytes(data[begin : begin + more], "big")
        if length < _SHORT_LENGTH or data[begin] == 0:
            raise ValueError("a length that is not the shortest")
        begin += more
    end = begin + length
    if first == _SHORT_LENGTH or end > limit:
        raise ValueError("a length that does not fit")
    inner = begin
    while tag & _CONSTRUCTED and inner < end:
        inner = _end_of_value(data, inner, end)
    return end


def read_container(signature: EmbeddedPdfSignature) -> Container:
    """Return what the container of a person's ``signature`` holds.

    Raises:
        ContainerBroken: it holds more or less than one of ours, or holds it differently.
    """
    der = require_whole(signature)
    try:
        signed = cms.ContentInfo.load(der)["content"]
        (certificate,) = signed["certificates"]
        (signer,) = signed["signer_infos"]
        kinds = tuple(attribute["type"].native for attribute in signer["signed_attrs"])
        (unsigned,) = signer["unsigned_attrs"]
        (token,) = unsigned["values"]
        value = signer["signature"].native
        usual = (
            (signed["version"].native, signer["version"].native) == ("v1", "v1")
            and [each["algorithm"].native for each in signed["digest_algorithms"]] == ["sha256"]
            and signer["digest_algorithm"]["algorithm"].native == "sha256"
            and signer["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
            and unsigned["type"].native == "signature_time_stamp_token"
            and kinds == _SIGNED
            and is_canonical(value)
        )
        found = Container(certificate.chosen.dump(), hashlib.sha256(value).digest(), token.dump())
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ContainerBroken("签名容器已损坏。", "The signature container is damaged.") from error
    if not usual:
        raise ContainerBroken(
            "签名容器的组成与本系统的签名不同。", "The signature container is not put together as ours are."
        )
    return found
