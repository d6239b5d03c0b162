"""Issue the certificates of confirmed keys from the office's root."""

import json
from datetime import datetime

from app.actions.deps import Deps
from app.actions.grant_role import known_person
from app.actions.noting import note
from app.audit.log.event import parse_event
from app.core.actor import Actor
from app.core.canonical import sha256_hex
from app.core.clock import local_date
from app.core.errors import Integrity
from app.core.text import Bilingual
from app.keys.authority import Authority
from app.keys.certificates import PersonName
from app.keys.person_certificate import issue_for, was_signed_by
from app.office.people import Person, Role
from app.office.permission import Permission
from app.reports.signing_words import ROLE_WORDS
from app.store.people_values import KeyConfirmation, PersonCertificate, PersonKey
from app.store.unit_of_work import UnitOfWork

_LONGEST_UNIT = 64


class ConfirmationBroken(Integrity):
    """The confirmation of a key was not made through the program, or not by whom it names. 500."""

    code = "signing_key.confirmation_broken"
    title = Bilingual("密钥的确认不成立", "The confirmation of a key does not hold")


def certify_keys(deps: Deps, actor: Actor, authority: Authority) -> tuple[PersonCertificate, ...]:
    """Return the certificates issued for every key that is confirmed and has none yet.

    Raises:
        ConfirmationBroken: a confirmation was not signed by whom it names; nothing is issued.
        PersonNameUnusable: a name does not fit into a certificate; nothing is issued.
    """
    actor.require(Permission.CONFIRM_KEY)
    at = deps.clock.now()
    issued = []
    with deps.store.write() as uow:
        for key in uow.person_keys.newest_of_all():
            confirmation = uow.person_keys.confirmation(key.key_id)
            if confirmation is not None and uow.certificates.of_key(key.key_id) is None:
                issued.append(certify(uow, actor, authority, key, confirmation, at))
    return tuple(issued)


def certify(
    uow: UnitOfWork, actor: Actor, authority: Authority, key: PersonKey, confirmation: KeyConfirmation, at: datetime
) -> PersonCertificate:
    """Return the certificate issued for ``key``, kept and logged in ``uow``.

    Raises:
        ConfirmationBroken, PersonNameUnusable: as above.
    """
    _check(uow, key, confirmation)
    person = known_person(uow, key.person_id)
    issued = issue_for(authority, name_in_certificate(person, at), key.public_key_der, at)
    certificate = PersonCertificate(
        serial=issued.serial,
        key_id=key.key_id,
        person_id=key.person_id,
        certificate_der=issued.certificate_der,
        digest=issued.digest,
        issued_at=at,
        confirmed_by=confirmation.confirmed_by,
        not_after=issued.not_after,
    )
    uow.certificates.add(certificate)
    body = {"person": key.person_id, "key": key.key_id, "digest": issued.digest}
    note(uow, actor, "certificate.issued", ("certificate", issued.serial), at, body)
    return certificate


def name_in_certificate(person: Person, at: datetime) -> PersonName:
    """Return the person as the certificate says it: name, first role of the day with its unit, number."""
    held = next((role for role in person.roles if role.covers(local_date(at))), None)
    if held is None:
        return PersonName(person.name, "无岗位 No role", person.person_id)
    words = ROLE_WORDS.get(Role(held.role)) if held.role in set(Role) else None
    role = f"{words.zh} {words.en}" if words else held.role
    return PersonName(person.name, f"{role} · {held.unit}"[:_LONGEST_UNIT], person.person_id)


def _check(uow: UnitOfWork, key: PersonKey, confirmation: KeyConfirmation) -> None:
    """Refuse a confirmation that was written past the program: not in the log, or not signed by whom it names."""
    if _is_logged(uow, confirmation) and _is_signed(uow, confirmation) and _names_key(key, confirmation):
        return
    raise ConfirmationBroken(
        Bilingual(
            f"密钥 {confirmation.key_id} 的确认日志中没有，或没有 {confirmation.confirmed_by} 的有效签名，未签发。",
            f"The log does not tell of the confirmation of key {confirmation.key_id}, or {confirmation.confirmed_by} "
            "has not signed it; no certificate was issued.",
        )
    )


def _is_logged(uow: UnitOfWork, confirmation: KeyConfirmation) -> bool:
    event = parse_event(uow.log.leaf_data(confirmation.log_index))
    return (
        event.name == "signing_key.confirmed"
        and event.subject["id"] == confirmation.key_id
        and event.actor["id"] == confirmation.confirmed_by
        and event.body["statement"] == "sha256:" + sha256_hex(confirmation.statement)
    )


def _is_signed(uow: UnitOfWork, confirmation: KeyConfirmation) -> bool:
    if confirmation.signature is None:
        return confirmation.confirmed_by == "command:henji"
    signer = uow.certificates.valid(confirmation.confirmed_by, confirmation.confirmed_at)
    return signer is not None and was_signed_by(signer.certificate_der, confirmation.signature, confirmation.statement)


def _names_key(key: PersonKey, confirmation: KeyConfirmation) -> bool:
    told = json.loads(confirmation.statement)
    named = (told["person"], told["key"], told["public_key"])
    return named == (key.person_id, key.key_id, "sha256:" + sha256_hex(key.public_key_der))
