"""The Ed25519 key that signs checkpoints of the log."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519_NOTE = b"\x01"


class LogKey:
    """A named Ed25519 key. The private half never leaves the object."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        """Sign as ``name``, which is also the origin of the log."""
        self.name = name
        self._private_key = private_key

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self._private_key.public_key().public_bytes_raw()

    @property
    def verifier_key(self) -> str:
        """``<name>+<key id>+<base64>``. Source: C2SP signed-note."""
        body = _ED25519_NOTE + self.public_key
        key_id = hashlib.sha256(self.name.encode() + b"\n" + body).digest()[:4]
        return f"{self.name}+{key_id.hex()}+{base64.b64encode(body).decode()}"

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of ``message``."""
        return self._private_key.sign(message)


def ed25519_verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether ``signature`` (64 bytes) of ``message`` was made with the private half of ``public_key``."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
