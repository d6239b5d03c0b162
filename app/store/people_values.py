"""What the store keeps about people, as values: second factors, identities elsewhere, keys and certificates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The secret an account's codes are made from."""

    account_id: str
    sealed: bytes
    """Under the key of the installation, for this account."""
    made_at: datetime
    confirmed_at: datetime | None = None
    """None: a code was never shown to come from it, so it does not count."""
    last_step: int | None = None
    """The newest time step whose code was used."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody at a provider elsewhere, and the account that one may enter."""

    issuer: str
    subject: str
    account_id: str
    linked_at: datetime
    linked_by: str


@dataclass(frozen=True, slots=True)
class OidcAttempt:
    """A sign-in elsewhere that has begun. Only digests of what the browser holds are kept."""

    state_digest: str
    ticket_digest: str
    nonce: str
    verifier: str
    wanted: str
    """The page to show afterwards."""
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A person's signing key. Exactly one of ``wrapped`` and ``token`` is there."""

    key_id: str
    person_id: str
    wrapped: bytes | None
    """See app/keys/person_key.py; only the person's PIN opens it."""
    made_at: datetime
    fingerprint: str
    """32 hexadecimal digits of the public half's SHA-256."""
    public_key_der: bytes
    token: str | None = None
    """Label of the person's own token."""


@dataclass(frozen=True, slots=True)
class KeyConfirmation:
    """Somebody else's word that a key is the person's."""

    key_id: str
    confirmed_by: str
    confirmed_at: datetime
    actor: Mapping[str, Any]
    statement: bytes
    """Canonical JSON: person, key, fingerprint, who confirms, when."""
    signature: bytes | None
    """DER, over ``statement``, with the confirming person's own key; None when confirmed on the host."""
    log_index: int
    """Where the log tells of it."""


@dataclass(frozen=True, slots=True)
class PersonCertificate:
    """A certificate of a person for one key."""

    serial: str
    """Hexadecimal digits."""
    key_id: str
    person_id: str
    certificate_der: bytes
    digest: str
    """``sha256:`` and 64 hexadecimal digits, of ``certificate_der``."""
    issued_at: datetime
    confirmed_by: str
    not_after: datetime


@dataclass(frozen=True, slots=True)
class CertificateRevocation:
    """A certificate that no longer counts."""

    serial: str
    revoked_at: datetime
    reason: str
    """Of app.keys.authority.Reason."""
    words: str | None
    revoked_by: str
    not_after: datetime | None = None
    """Of the certificate; filled when read."""


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A revocation list as the root signed it."""

    number: int
    der: bytes
    made_at: datetime
