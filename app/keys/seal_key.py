"""The P-256 key of the system seal, in a file or in a token."""

from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey

from app.keys.signature import smaller_s


class SealKey(Protocol):
    """Something that signs with the key of the seal certificate."""

    @property
    def certificate_der(self) -> bytes:
        """The certificate of the seal."""

    def sign(self, message: bytes) -> bytes:
        """Return the ECDSA-SHA256 signature of ``message``, DER, with the smaller s."""


class FileSealKey:
    """A seal whose key was read from a file."""

    def __init__(self, certificate_der: bytes, private_key: EllipticCurvePrivateKey) -> None:
        """Sign with ``private_key``, which belongs to the certificate."""
        self.certificate_der = certificate_der
        self._private_key = private_key

    def sign(self, message: bytes) -> bytes:
        """Return the ECDSA-SHA256 signature of ``message``, DER, with the smaller s.

        Deterministic (RFC 6979): the same record sealed at the same instant is the same file.
        """
        return smaller_s(self._private_key.sign(message, ECDSA(hashes.SHA256(), deterministic_signing=True)))
