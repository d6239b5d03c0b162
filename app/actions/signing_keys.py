"""Signing keys of people: made by their owner, confirmed by somebody else of the supervision office.

An administrator can give a new password, but no certificate: whoever confirms a key signs for it with an own one, and
only the owner's PIN opens a key.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.actions.certify_keys import certify
from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.open_signing_key import KeyAbsent, TriedPin, locked_until, open_signing_key
from app.actions.own_case import refuse_own_person
from app.actions.revoke_certificate import renew_revocation_list, revoke_certificate
from app.core.actor import Actor, ActorKind
from app.core.canonical import canonical_bytes, sha256_hex
from app.core.clock import instant
from app.core.errors import Conflict, Fault, Forbidden, Invalid
from app.core.text import Bilingual
from app.keys import person_key
from app.keys.person_certificate import fingerprint_of, heard, public_der, spoken
from app.keys.token import token_public_key
from app.office.people import Person
from app.office.permission import Permission
from app.store.people_values import KeyConfirmation, PersonCertificate, PersonKey
from app.store.unit_of_work import UnitOfWork

__all__ = [
    "KeyKnown",
    "KeyState",
    "KeyStep",
    "change_pin",
    "confirm_signing_key",
    "create_signing_key",
    "has_token",
    "my_signing_key",
    "renew_revocation_list",
    "revoke_certificate",
    "signing_key_of",
    "waiting_keys",
]

CONFIRMATION = "henji-key-confirmation/1"


class KeyKnown(Conflict):
    """There is a key already, and it counts. 409."""

    code = "signing_key.known"
    title = Bilingual("已有签名密钥", "There is a signing key already")


class KeyOther(Conflict):
    """The fingerprint that was read out is not that of the key on file. 409."""

    code = "signing_key.other"
    title = Bilingual("指纹不符", "The fingerprint is not that of the key")


class KeyStep(StrEnum):
    """How far a key has come."""

    PENDING = "pending"
    """Nobody has confirmed that it is the person's."""
    CONFIRMED = "confirmed"
    """Confirmed; the operator must bring the root's key and issue the certificate."""
    CERTIFIED = "certified"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class KeyState:
    """The newest key of a person."""

    key_id: str
    person_id: str
    person_name: str
    state: KeyStep
    fingerprint: str
    """In groups of four, for reading out."""
    made_at: datetime
    token: bool
    """Whether it lies in the person's own token."""
    confirmed_by: str | None
    certificate: PersonCertificate | None
    locked_until: datetime | None
    """Until when wrong PINs keep it shut; None when they do not."""


def my_signing_key(deps: Deps, actor: Actor) -> KeyState | None:
    """Return the newest key of the actor; None when there is none."""
    at = deps.clock.now()
    with deps.store.read() as uow:
        key = uow.person_keys.newest(actor.actor_id)
        return None if key is None else _state(uow, key, at)


def has_token(deps: Deps, actor: Actor) -> bool:
    """Return whether the actor signs with an own token: its PIN is the token's."""
    return actor.actor_id in deps.person_tokens


def signing_key_of(deps: Deps, actor: Actor, person_id: str) -> KeyState | None:
    """Return the newest key of a person, for whoever keeps accounts or vouches for keys; None when there is none."""
    if not actor.may(Permission.CONFIRM_KEY):
        actor.require(Permission.MANAGE_ACCOUNTS)
    at = deps.clock.now()
    with deps.store.read() as uow:
        key = uow.person_keys.newest(person_id)
        return None if key is None else _state(uow, key, at)


def waiting_keys(deps: Deps, actor: Actor) -> tuple[KeyState, ...]:
    """Return the newest keys of everybody else, those nobody has confirmed first."""
    actor.require(Permission.CONFIRM_KEY)
    at = deps.clock.now()
    with deps.store.read() as uow:
        keys = [key for key in uow.person_keys.newest_of_all() if key.person_id != actor.actor_id]
        states = [_state(uow, key, at) for key in keys]
    return tuple(sorted(states, key=lambda one: (one.state is not KeyStep.PENDING, one.person_id)))


def create_signing_key(deps: Deps, actor: Actor, pin: str, pin_again: str) -> KeyState:
    """Return the new key of the actor, which waits to be confirmed; one that nobody certified is replaced.

    Args:
        deps: the process.
        actor: needs ``signing_key.hold``.
        pin: chosen by the person; that of the token when the person has an own one.
        pin_again: the same.

    Raises:
        Forbidden: the actor is nobody the office knows.
        Invalid: the two PINs differ.
        PinWeak: it may not protect a key.
        KeyKnown: there is a key that counts; revoke its certificate first.
        PinWrong, PinLocked, KeysUnusable: of the token.
    """
    actor.require(Permission.HOLD_KEY)
    at = deps.clock.now()
    _same(pin, pin_again)
    with deps.store.read() as uow:
        person, known = _person(uow, actor)
        _refuse_second(uow, person, at)
    token = deps.person_tokens.get(person.person_id)
    if token is not None:
        with TriedPin(deps, person.person_id, at):
            public, wrapped = public_der(token_public_key(token, pin)), None
    else:
        made = person_key.create_person_key(person.person_id, pin, known=known)
        public, wrapped = made.public_key_der, made.as_bytes()
    period = f"{at:%Y%m}"
    with deps.store.write() as uow:
        _refuse_second(uow, person, at)
        key = PersonKey(
            key_id=f"K-{period}-{uow.numbers.next('K', period):06d}",
            person_id=person.person_id,
            wrapped=wrapped,
            made_at=at,
            fingerprint=fingerprint_of(public),
            public_key_der=public,
            token=token.token if token else None,
        )
        uow.person_keys.add(key)
        body = {"person": person.person_id, "fingerprint": key.fingerprint, "own_token": token is not None}
        note(uow, actor, "signing_key.created", ("signing_key", key.key_id), at, body)
        return _state(uow, key, at)


def change_pin(deps: Deps, actor: Actor, old: str, new: str, new_again: str) -> None:
    """Let ``new`` open the actor's key, and ``old`` no longer; the certificate stays good.

    Raises:
        KeyAbsent: there is no key, or it lies in a token, whose own tools change the PIN.
        Invalid: the two new PINs differ.
        PinWrong, PinLocked: ``old`` does not open it, or too often did not.
        PinWeak: ``new`` may not protect a key, or is ``old``.
    """
    actor.require(Permission.HOLD_KEY)
    at = deps.clock.now()
    _same(new, new_again)
    with deps.store.read() as uow:
        _, known = _person(uow, actor)
        key = uow.person_keys.newest(actor.actor_id)
    if key is None or key.wrapped is None:
        raise KeyAbsent(
            Bilingual(
                "没有由本系统保管的签名密钥；在本人设备中的，请用设备自带的工具修改密码。",
                "There is no signing key kept here; the PIN of an own token is changed with the token's own tools.",
            )
        )
    wrapped = person_key.read_wrapped(key.wrapped)
    with TriedPin(deps, actor.actor_id, at, actor.access):
        rewrapped = person_key.change_pin(wrapped, old, new, known=known)
    with deps.store.write() as uow:
        uow.person_keys.rewrap(key.key_id, rewrapped.as_bytes())
        note(uow, actor, "pin.changed", ("signing_key", key.key_id), at, {})


def confirm_signing_key(deps: Deps, actor: Actor, person_id: str, fingerprint: str, pin: str | None) -> KeyState:
    """Return the key of another person after the actor vouched for it; certified when the root's key is here.

    Args:
        deps: the process.
        actor: head or officer of supervision, another person; or the command line of the host, for the very first.
        person_id: whose key.
        fingerprint: as the owner read it out from the own page.
        pin: of the actor's own signing key: the confirmation is signed, so that no reset password is enough. None at
            the command line.

    Raises:
        OwnCase: it is the actor's own key.
        KeyAbsent: the person has no key, or the actor has none to sign with.
        KeyKnown: it is confirmed already.
        KeyOther: the fingerprint is another one; that is on record.
        PinWrong, PinLocked, CertificateNotValid: the actor's own.
    """
    actor.require(Permission.CONFIRM_KEY)
    refuse_own_person(actor, person_id)
    at = deps.clock.now()
    with deps.store.read() as uow:
        key = _to_confirm(uow, person_id)
    if heard(fingerprint) != key.fingerprint:
        _note_other(deps, actor, key, at)
        raise KeyOther(
            Bilingual(
                f"所报指纹与 {person_id} 待确认密钥的指纹不符，未确认。请与本人当面核对。",
                f"That is not the fingerprint of the key of {person_id}; nothing was confirmed. Compare in person.",
            )
        )
    statement = canonical_bytes(
        {
            "format": CONFIRMATION,
            "person": person_id,
            "key": key.key_id,
            "public_key": "sha256:" + sha256_hex(key.public_key_der),
            "confirmed_by": actor.actor_id,
            "at": instant(at),
        }
    )
    signature = None
    if actor.kind is not ActorKind.COMMAND:
        signature = open_signing_key(deps, actor.actor_id, pin or "", at, access=actor.access).key.sign(statement)
    authority = deps.load_authority()
    with deps.store.write() as uow:
        if _to_confirm(uow, person_id).key_id != key.key_id:
            raise KeyOther
        body = {"person": person_id, "fingerprint": key.fingerprint, "statement": "sha256:" + sha256_hex(statement)}
        index = note(uow, actor, "signing_key.confirmed", ("signing_key", key.key_id), at, body)
        confirmation = KeyConfirmation(key.key_id, actor.actor_id, at, actor.as_json(), statement, signature, index)
        uow.person_keys.confirm(confirmation)
        if authority is not None:
            certify(uow, actor, authority, key, confirmation, at)
        return _state(uow, key, at)


def _to_confirm(uow: UnitOfWork, person_id: str) -> PersonKey:
    key = uow.person_keys.newest(person_id)
    if key is None:
        raise KeyAbsent(Bilingual(f"{person_id} 还没有建立签名密钥。", f"{person_id} has not made a signing key yet."))
    if uow.person_keys.confirmation(key.key_id) is not None:
        raise KeyKnown(Bilingual(f"{person_id} 的密钥已确认。", f"The key of {person_id} is confirmed already."))
    return key


def _note_other(deps: Deps, actor: Actor, key: PersonKey, at: datetime) -> None:
    with deps.store.write() as uow:
        note(uow, actor, "signing_key.refused", ("signing_key", key.key_id), at, {"person": key.person_id})


def _same(pin: str, again: str) -> None:
    if pin != again:
        message = Bilingual("两次输入的签名密码不一致。", "The two PINs differ.")
        raise Invalid(message, [Fault("pin_again", "pin.mismatch", message)])


def _person(uow: UnitOfWork, actor: Actor) -> tuple[Person, tuple[str, ...]]:
    """Return the person behind the actor, and what everybody knows of that one."""
    person = uow.office.person(actor.actor_id) if actor.kind is ActorKind.PERSON else None
    if person is None:
        raise Forbidden(Bilingual("须由本单位人员本人办理。", "A person of the office must do this."))
    logins = (account.sign_in_name for account in uow.accounts.of_person(person.person_id))
    return person, tuple(word for word in (person.name, person.staff_no, *logins) if word)


def _refuse_second(uow: UnitOfWork, person: Person, at: datetime) -> None:
    if uow.certificates.valid(person.person_id, at + _RENEWED_BEFORE) is not None:
        raise KeyKnown(
            Bilingual(
                "已有有效的签名证书。更换密钥请先吊销现有证书。",
                "There is a valid certificate. Revoke it before making another key.",
            )
        )


_RENEWED_BEFORE = timedelta(days=30)
"""So long before a certificate ends another key may be made."""


def _state(uow: UnitOfWork, key: PersonKey, at: datetime) -> KeyState:
    person = uow.office.person(key.person_id)
    confirmation = uow.person_keys.confirmation(key.key_id)
    certificate = uow.certificates.of_key(key.key_id)
    until = locked_until(uow.pin_failures.times(key.person_id, at - timedelta(hours=1)))
    return KeyState(
        key_id=key.key_id,
        person_id=key.person_id,
        person_name=person.name if person else key.person_id,
        state=_step(uow, confirmation, certificate, at),
        fingerprint=spoken(key.fingerprint),
        made_at=key.made_at,
        token=key.token is not None,
        confirmed_by=confirmation.confirmed_by if confirmation else None,
        certificate=certificate,
        locked_until=until if until is not None and until > at else None,
    )


def _step(
    uow: UnitOfWork, confirmation: KeyConfirmation | None, certificate: PersonCertificate | None, at: datetime
) -> KeyStep:
    if certificate is None:
        return KeyStep.CONFIRMED if confirmation else KeyStep.PENDING
    if uow.certificates.revocation(certificate.serial) is not None:
        return KeyStep.REVOKED
    return KeyStep.CERTIFIED if certificate.not_after >= at else KeyStep.EXPIRED
