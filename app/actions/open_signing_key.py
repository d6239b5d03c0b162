"""Open a person's signing key with the PIN. A try is counted before it is made; five wrong ones lock it for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.actions.deps import Deps
from app.actions.noting import note
from app.core.actor import Access, Actor, ActorKind
from app.core.errors import Conflict
from app.core.text import Bilingual
from app.keys.person_certificate import require_person_valid
from app.keys.person_key import open_person_key, read_wrapped, token_person_key
from app.keys.pin import PinWrong
from app.keys.seal_key import SealKey
from app.store.people_values import PersonCertificate, PersonKey

TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)
LOCKED_FOR = timedelta(minutes=15)


class PinLocked(Conflict):
    """Too many wrong PINs; signing waits. 409."""

    code = "pin.locked"
    title = Bilingual("签名密码输错次数过多，暂不能签名", "Too many wrong PINs; signing waits")


class KeyAbsent(Conflict):
    """The person has no signing key with a valid certificate. 409."""

    code = "signing_key.absent"
    title = Bilingual("没有可用的签名密钥", "There is no signing key to use")


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A key ready for one signature, and the certificate it signs under. Drop it afterwards."""

    key: SealKey
    certificate: PersonCertificate


def open_signing_key(deps: Deps, person_id: str, pin: str, at: datetime, *, access: Access | None = None) -> OpenKey:
    """Return the key of a person, opened with ``pin``.

    Call it before a transaction of your own: tries are counted in transactions of its own, so that no rollback gives
    one back.

    Args:
        deps: the process.
        person_id: whose key.
        pin: as typed; of the person's own token where there is one.
        at: now.
        access: the session it is typed in; the PIN renews its proof of presence.

    Raises:
        KeyAbsent: there is no key, or no certificate that counts now.
        CertificateNotValid: the certificate does not allow a signature.
        PinLocked: too many wrong tries.
        PinWrong: this was another one.
        KeysUnusable: the token, or the stored key, cannot be used.
    """
    with deps.store.read() as uow:
        certificate = uow.certificates.valid(person_id, at)
        key = uow.person_keys.get(certificate.key_id) if certificate else None
        newest = uow.revocation_lists.newest()
    if certificate is None or key is None:
        raise KeyAbsent(
            Bilingual(
                "没有有效的签名证书。请先建立签名密钥，并由内管办另一人确认。",
                "There is no valid certificate. Make a signing key and have it confirmed by the supervision office.",
            )
        )
    require_person_valid(certificate.certificate_der, deps.load_keyring().roots, at, newest.der if newest else None)
    with TriedPin(deps, person_id, at, access):
        opened = _opened(deps, key, pin, certificate.certificate_der)
    return OpenKey(opened, certificate)


def _opened(deps: Deps, key: PersonKey, pin: str, certificate_der: bytes) -> SealKey:
    if key.wrapped is not None:
        return open_person_key(read_wrapped(key.wrapped), pin, certificate_der)
    token = deps.person_tokens.get(key.person_id)
    if token is None:
        raise KeyAbsent(
            Bilingual(
                "签名密钥在本人的设备中，但设置里没有该设备（HENJI_PERSON_TOKENS）。",
                "The signing key lies in an own token, which the settings do not name (HENJI_PERSON_TOKENS).",
            )
        )
    return token_person_key(token, pin, certificate_der)


class TriedPin:
    """Around one try of a PIN: counted before, forgotten when it succeeds, on record when it was wrong."""

    def __init__(self, deps: Deps, person_id: str, at: datetime, access: Access | None = None) -> None:
        """Be ready to count a try of ``person_id`` at ``at``."""
        self._deps, self._person_id, self._at, self._access = deps, person_id, at, access

    def __enter__(self) -> None:
        """Count the try.

        Raises:
            PinLocked: it may not be made.
        """
        with self._deps.store.write() as uow:
            until = locked_until(uow.pin_failures.times(self._person_id, self._at - LOCKED_FOR - TRIES_WITHIN))
            if until is not None and self._at < until:
                minutes = -(-int((until - self._at).total_seconds()) // 60)
                raise PinLocked(
                    Bilingual(
                        f"签名密码输错次数过多，请约 {minutes} 分钟后再试。",
                        f"There were too many wrong PINs. Try again in about {minutes} minutes.",
                    )
                )
            # Before, not after: tries made at the same time are as many as tries made one by one.
            uow.pin_failures.note(self._person_id, self._at)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Forget the tries, or put the wrong one on record."""
        with self._deps.store.write() as uow:
            if error is None:
                uow.pin_failures.forget(self._person_id)
                if self._access is not None:
                    uow.sessions.strengthen(self._access.session, self._at)
            elif isinstance(error, PinWrong):
                actor = Actor(ActorKind.PERSON, self._person_id, self._person_id)
                note(uow, actor, "pin.refused", ("person", self._person_id), self._at, {})


def locked_until(tries: Sequence[datetime]) -> datetime | None:
    """Return until when signing waits after these tries, oldest first; None when there were too few."""
    ends = [
        last + LOCKED_FOR
        for first, last in zip(tries, tries[TRIES - 1 :], strict=False)
        if last - first <= TRIES_WITHIN
    ]
    return max(ends, default=None)
