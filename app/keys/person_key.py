"""A person's P-256 key, wrapped by the person's own PIN: whoever has all files still cannot sign as that person.

The key is generated here, encrypted with AES-256-GCM under a key derived from the PIN by argon2id (RFC 9106), and never
written in any other form. What it belongs to (the person, the public half, the cost) is authenticated with it, so a
wrapped key cannot be passed off as another's. What this cannot stop: a changed program that keeps the PIN while it is
typed. A key in the signer's own token (:func:`token_person_key`) can.
"""

import base64
import json
import os
from dataclasses import dataclass
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509 import load_der_x509_certificate

from app.core.canonical import canonical_bytes
from app.core.text import Bilingual
from app.keys.folder import KeysUnusable
from app.keys.pin import LONGEST, PinWeak, PinWrong, pin_bytes, require_strong
from app.keys.seal_key import FileSealKey, SealKey
from app.keys.token import PinTokenKey, Token, token_public_key

KEY_FORMAT = "henji-person-key/1"
_SALT, _NONCE, _KEY, _SCALAR, _TAG = 16, 12, 32, 32, 16
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES = 1024 * 1024, 32, 16
_LONGEST_PIN_BYTES = 8 * LONGEST


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try of a PIN costs."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4
    """Source: RFC 9106, 4, second recommended option."""


DEFAULT_COST = Cost()


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A key only its owner's PIN opens. May be stored and backed up anywhere; it is as strong as the PIN."""

    person: str
    """Id of the owner."""
    public_key_der: bytes
    """SubjectPublicKeyInfo, P-256."""
    cost: Cost
    salt: bytes
    nonce: bytes
    sealed: bytes
    """32-byte scalar and 16-byte tag, encrypted."""

    def as_bytes(self) -> bytes:
        """Return the canonical JSON that :func:`read_wrapped` reads."""
        return canonical_bytes({**self._header(), "sealed": _text(self.sealed)})

    def bound(self) -> bytes:
        """Return what is authenticated together with the key."""
        return canonical_bytes(self._header())

    @property
    def public_key(self) -> EllipticCurvePublicKey:
        """The public half, for the certificate."""
        key = load_der_public_key(self.public_key_der)
        assert isinstance(key, EllipticCurvePublicKey)
        return key

    def _header(self) -> dict[str, Any]:
        return {
            "format": KEY_FORMAT,
            "person": self.person,
            "public_key": _text(self.public_key_der),
            "kdf": {
                "name": "argon2id",
                "memory_kib": self.cost.memory_kib,
                "passes": self.cost.passes,
                "lanes": self.cost.lanes,
            },
            "cipher": "AES-256-GCM",
            "salt": _text(self.salt),
            "nonce": _text(self.nonce),
        }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("not a text")
    return base64.b64decode(text, validate=True)


def read_wrapped(data: bytes) -> WrappedKey:
    """Return the wrapped key that :meth:`WrappedKey.as_bytes` gave.

    Raises:
        KeysUnusable: another format, damaged, or so costly that opening it would exhaust the machine.
    """
    try:
        body = json.loads(data)
        kdf = body["kdf"]
        if not isinstance(body["person"], str):
            raise _damaged()
        wrapped = WrappedKey(
            body["person"],
            _bytes(body["public_key"]),
            Cost(kdf["memory_kib"], kdf["passes"], kdf["lanes"]),
            _bytes(body["salt"]),
            _bytes(body["nonce"]),
            _bytes(body["sealed"]),
        )
        cost = wrapped.cost
        usable = (
            wrapped.as_bytes() == data
            and all(type(number) is int for number in (cost.memory_kib, cost.passes, cost.lanes))
            and 8 * cost.lanes <= cost.memory_kib <= _MOST_MEMORY_KIB
            and 1 <= cost.passes <= _MOST_PASSES
            and 1 <= cost.lanes <= _MOST_LANES
            and (len(wrapped.salt), len(wrapped.nonce), len(wrapped.sealed)) == (_SALT, _NONCE, _SCALAR + _TAG)
            and isinstance(load_der_public_key(wrapped.public_key_der), EllipticCurvePublicKey)
        )
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        raise _damaged() from error
    if not usable:
        raise _damaged()
    return wrapped


def _damaged() -> KeysUnusable:
    return KeysUnusable(
        Bilingual(
            "签名密钥的存储内容已损坏。请从备份恢复，或重新建立密钥并吊销旧证书。",
            "The stored signing key is damaged. Restore it, or make another and revoke the certificate of the old.",
        )
    )


def create_person_key(person: str, pin: str, *, known: tuple[str, ...] = (), cost: Cost = DEFAULT_COST) -> WrappedKey:
    """Return a new key of ``person`` that ``pin`` opens.

    Args:
        person: id of the owner.
        pin: chosen by the owner, typed twice.
        known: what others know of the owner; must not be part of the PIN.
        cost: of one try.

    Raises:
        PinWeak: the PIN may not protect a key.
    """
    require_strong(pin, (person, *known))
    return _wrap(person, generate_private_key(SECP256R1()), pin, cost)


def _wrap(person: str, key: EllipticCurvePrivateKey, pin: str, cost: Cost) -> WrappedKey:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    # A salt and a nonce of its own for every wrapping: the same PIN never derives the same key again.
    empty = WrappedKey(person, public, cost, os.urandom(_SALT), os.urandom(_NONCE), b"")
    scalar = key.private_numbers().private_value.to_bytes(_SCALAR, "big")
    sealed = AESGCM(_derive(empty, pin)).encrypt(empty.nonce, scalar, empty.bound())
    return WrappedKey(person, public, cost, empty.salt, empty.nonce, sealed)


def _derive(wrapped: WrappedKey, pin: str) -> bytes:
    cost = wrapped.cost
    return hash_secret_raw(
        pin_bytes(pin)[:_LONGEST_PIN_BYTES],
        wrapped.salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=_KEY,
        type=Type.ID,
    )


_NOBODY = WrappedKey("", b"", DEFAULT_COST, bytes(_SALT), bytes(_NONCE), bytes(_SCALAR + _TAG))


def _open(wrapped: WrappedKey | None, pin: str) -> EllipticCurvePrivateKey:
    # Somebody without a key takes as long, and hears the same, as somebody with a wrong PIN.
    tried = wrapped or _NOBODY
    try:
        scalar = AESGCM(_derive(tried, pin)).decrypt(tried.nonce, tried.sealed, tried.bound())
    except InvalidTag as error:
        raise PinWrong from error
    return derive_private_key(int.from_bytes(scalar, "big"), SECP256R1())


def open_person_key(wrapped: WrappedKey | None, pin: str, certificate_der: bytes) -> SealKey:
    """Return the key of ``wrapped``, ready to sign under ``certificate_der``. Drop it after the one signature.

    Counting wrong tries is the caller's: this function is only slow (about 0.2 s), alike for every wrong input.

    Raises:
        PinWrong: not the PIN, or there is no key (None).
        KeysUnusable: the certificate is that of another key.
    """
    key = _open(wrapped, pin)
    if load_der_x509_certificate(certificate_der).public_key() != key.public_key():
        raise _not_of_this_key()
    return FileSealKey(certificate_der, key)


def _not_of_this_key() -> KeysUnusable:
    return KeysUnusable(Bilingual("签名证书与签名密钥不匹配。", "The certificate is not that of the signing key."))


def change_pin(
    wrapped: WrappedKey, old: str, new: str, *, known: tuple[str, ...] = (), cost: Cost = DEFAULT_COST
) -> WrappedKey:
    """Return the same key wrapped by ``new``; the certificate stays good. Destroy the old wrapping, backups included.

    Raises:
        PinWrong: ``old`` does not open it.
        PinWeak: ``new`` may not protect a key, or is ``old``.
    """
    key = _open(wrapped, old)
    if pin_bytes(old) == pin_bytes(new):
        raise PinWeak(Bilingual("新密码不能与旧密码相同。", "The new PIN must differ from the old one."))
    require_strong(new, (wrapped.person, *known))
    return _wrap(wrapped.person, key, new, cost)


def token_person_key(token: Token, pin: str, certificate_der: bytes) -> SealKey:
    """Return a key that never leaves the signer's own PKCS#11 token; ``pin`` is the token's. One session a signature.

    The token is opened once here, so that a wrong PIN is known before anything is prepared for signing.

    Raises:
        PinWrong: the token refuses the PIN (tokens count tries and lock themselves).
        KeysUnusable: the package, the module, the token or the key is missing, or the certificate is another key's.
    """
    if load_der_x509_certificate(certificate_der).public_key() != token_public_key(token, pin):
        raise _not_of_this_key()
    return PinTokenKey(certificate_der, token, pin)
