"""Show the public half of our keys: what a verifier must be given, and how to tell that it is the right one."""

import ssl
from dataclasses import dataclass

from app.actions.deps import Deps
from app.core.canonical import sha256_hex
from app.keys.certificates import pem


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """Everything public about the keys of this installation."""

    roots: tuple[str, ...]
    """PEM of every root a record may be sealed under."""
    fingerprints: tuple[str, ...]
    """SHA-256 of the DER of each root, in pairs of digits, in the same order."""
    verifier_key: str
    """Of the log, as C2SP writes it."""


def show_keys(deps: Deps) -> PublicKeys:
    """Return the public half of the keys. Anybody may ask."""
    ring = deps.load_keyring()
    return PublicKeys(ring.roots, tuple(map(_fingerprint, ring.roots)), ring.log.verifier_key)


def show_time_roots(deps: Deps) -> str:
    """Return the PEM of every root that the time stamps of people's signatures are checked against. Anybody may ask.

    Raises:
        KeysUnusable: there are no time-stamping authorities, neither outside nor of our own.
    """
    return "".join(pem(root) for root in deps.load_time_stamper().roots)


def _fingerprint(root: str) -> str:
    digits = sha256_hex(ssl.PEM_cert_to_DER_cert(root.strip())).upper()
    return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))
