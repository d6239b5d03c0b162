"""Signing keys of people, who confirmed them, their certificates, what was revoked, and tries of PINs."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from app.store.people_tables import (
    certificate,
    certificate_revocation,
    key_confirmation,
    person_key,
    pin_try,
    revocation_list,
)
from app.store.people_values import (
    CertificateRevocation,
    KeyConfirmation,
    PersonCertificate,
    PersonKey,
    RevocationList,
)


def _columns(table: Table, value: object) -> dict[str, Any]:
    return {column.name: getattr(value, column.name) for column in table.columns if hasattr(value, column.name)}


def _of(kind: type[Any], row: Row[*tuple[Any, ...]]) -> Any:  # noqa: ANN401  # a value of ``kind``
    named = row._mapping  # noqa: SLF001  # the public way to a mapping
    return kind(**{one.name: named[one.name] for one in fields(kind) if one.name in named})


class PersonKeyRepository:
    """Keep keys; the wrapping of one may change, its public half never."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, new: PersonKey) -> None:
        """Keep a key."""
        self._connection.execute(person_key.insert(), _columns(person_key, new))

    def get(self, key_id: str) -> PersonKey | None:
        """Return the key; None when there is none."""
        row = self._connection.execute(select(person_key).where(person_key.c.key_id == key_id)).first()
        return None if row is None else _of(PersonKey, row)

    def newest(self, person_id: str) -> PersonKey | None:
        """Return the key the person made last; None when there is none."""
        wanted = select(person_key).where(person_key.c.person_id == person_id)
        row = self._connection.execute(wanted.order_by(*_NEWEST_FIRST).limit(1)).first()
        return None if row is None else _of(PersonKey, row)

    def newest_of_all(self) -> tuple[PersonKey, ...]:
        """Return the newest key of everybody who has one, by person."""
        rows = self._connection.execute(select(person_key).order_by(person_key.c.person_id, *_NEWEST_FIRST))
        found: dict[str, PersonKey] = {}
        for row in rows:
            found.setdefault(row.person_id, _of(PersonKey, row))
        return tuple(found.values())

    def rewrap(self, key_id: str, wrapped: bytes) -> None:
        """Replace the wrapping: the old one is gone."""
        self._connection.execute(person_key.update().where(person_key.c.key_id == key_id).values(wrapped=wrapped))

    def confirm(self, confirmation: KeyConfirmation) -> None:
        """Keep who confirmed a key.

        Raises:
            AlreadyRecorded: it is confirmed.
        """
        self._connection.execute(key_confirmation.insert(), _columns(key_confirmation, confirmation))

    def confirmation(self, key_id: str) -> KeyConfirmation | None:
        """Return who confirmed the key; None when nobody has."""
        row = self._connection.execute(select(key_confirmation).where(key_confirmation.c.key_id == key_id)).first()
        return None if row is None else _of(KeyConfirmation, row)


_NEWEST_FIRST = (person_key.c.made_at.desc(), person_key.c.key_id.desc())

_WITH_REVOCATION = certificate.outerjoin(
    certificate_revocation, certificate.c.serial == certificate_revocation.c.serial
)


class CertificateRepository:
    """Keep certificates and what was revoked."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, new: PersonCertificate) -> None:
        """Keep a certificate."""
        self._connection.execute(certificate.insert(), _columns(certificate, new))

    def valid(self, person_id: str, at: datetime) -> PersonCertificate | None:
        """Return the newest certificate of the person that counts at ``at``; None when there is none."""
        wanted = (
            select(certificate)
            .select_from(_WITH_REVOCATION)
            .where(
                certificate.c.person_id == person_id,
                certificate.c.issued_at <= at,
                certificate.c.not_after >= at,
                certificate_revocation.c.revoked_at.is_(None) | (certificate_revocation.c.revoked_at > at),
            )
            .order_by(certificate.c.issued_at.desc(), certificate.c.serial)
            .limit(1)
        )
        row = self._connection.execute(wanted).first()
        return None if row is None else _of(PersonCertificate, row)

    def was_valid(self, serial: str, at: datetime) -> bool:
        """Return whether the certificate counted at ``at``: issued, not expired, not revoked."""
        wanted = (
            select(certificate.c.serial)
            .select_from(_WITH_REVOCATION)
            .where(
                certificate.c.serial == serial,
                certificate.c.issued_at <= at,
                certificate.c.not_after >= at,
                certificate_revocation.c.revoked_at.is_(None) | (certificate_revocation.c.revoked_at > at),
            )
        )
        return self._connection.execute(wanted).first() is not None

    def owners(self, key_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return everybody who was ever given a certificate for the same key pair, by key."""
        same, other = person_key.alias("same"), person_key.alias("other")
        wanted = (
            select(same.c.key_id, certificate.c.person_id)
            .join(other, other.c.fingerprint == same.c.fingerprint)
            .join(certificate, certificate.c.key_id == other.c.key_id)
            .where(same.c.key_id.in_(key_ids))
        )
        found: dict[str, set[str]] = {key_id: set() for key_id in key_ids}
        for key_id, person_id in self._connection.execute(wanted):
            found[key_id].add(person_id)
        return {key_id: frozenset(people) for key_id, people in found.items()}

    def of_key(self, key_id: str) -> PersonCertificate | None:
        """Return the newest certificate of a key, valid or not; None when it never had one."""
        wanted = select(certificate).where(certificate.c.key_id == key_id).order_by(certificate.c.issued_at.desc())
        row = self._connection.execute(wanted.limit(1)).first()
        return None if row is None else _of(PersonCertificate, row)

    def by_digest(self, digest: str) -> PersonCertificate | None:
        """Return the certificate with this digest; None when there is none."""
        row = self._connection.execute(select(certificate).where(certificate.c.digest == digest)).first()
        return None if row is None else _of(PersonCertificate, row)

    def revoke(self, serial: str, at: datetime, reason: str, by: str, words: str | None = None) -> None:
        """Let a certificate no longer count.

        Raises:
            AlreadyRecorded: it is revoked.
        """
        row = {"serial": serial, "revoked_at": at, "reason": reason, "words": words, "revoked_by": by}
        self._connection.execute(certificate_revocation.insert(), row)

    def revocation(self, serial: str) -> CertificateRevocation | None:
        """Return why a certificate no longer counts; None while it is not revoked."""
        return next((one for one in self.revocations() if one.serial == serial), None)

    def revocations(self) -> tuple[CertificateRevocation, ...]:
        """Return everything ever revoked, oldest first."""
        wanted = (
            select(*certificate_revocation.c, certificate.c.not_after)
            .join(certificate, certificate.c.serial == certificate_revocation.c.serial)
            .order_by(certificate_revocation.c.revoked_at, certificate_revocation.c.serial)
        )
        return tuple(_of(CertificateRevocation, row) for row in self._connection.execute(wanted))


class RevocationListRepository:
    """Keep every revocation list; their numbers only grow."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, number: int, der: bytes, made_at: datetime) -> None:
        """Keep a list.

        Raises:
            AlreadyRecorded: there is one of that number.
        """
        self._connection.execute(revocation_list.insert(), {"number": number, "der": der, "made_at": made_at})

    def newest(self) -> RevocationList | None:
        """Return the newest list; None before the first."""
        row = self._connection.execute(select(revocation_list).order_by(revocation_list.c.number.desc())).first()
        return None if row is None else _of(RevocationList, row)

    def next_number(self) -> int:
        """Return the number of the next list, from 1."""
        return (self._connection.scalar(select(func.max(revocation_list.c.number))) or 0) + 1


class PinFailureRepository:
    """Count tries of signing PINs. A try is noted before it is made and forgotten when it succeeds."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def note(self, person_id: str, at: datetime) -> None:
        """Note a try."""
        self._connection.execute(pin_try.insert(), {"person_id": person_id, "tried_at": at})

    def since(self, person_id: str, at: datetime) -> int:
        """Return how many tries there were at or after ``at``."""
        return len(self.times(person_id, at))

    def times(self, person_id: str, at: datetime) -> tuple[datetime, ...]:
        """Return the moments of the tries at or after ``at``, oldest first."""
        wanted = select(pin_try.c.tried_at).where(pin_try.c.person_id == person_id, pin_try.c.tried_at >= at)
        return tuple(self._connection.scalars(wanted.order_by(pin_try.c.tried_at)))

    def forget(self, person_id: str) -> None:
        """Forget the tries of a person: one has succeeded."""
        self._connection.execute(pin_try.delete().where(pin_try.c.person_id == person_id))
