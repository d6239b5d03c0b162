"""Revoke a person's certificate, and renew the list that says so."""

from datetime import datetime

from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.open_signing_key import KeyAbsent
from app.core.actor import Actor
from app.core.canonical import sha256_hex
from app.core.errors import Conflict, Fault, Invalid
from app.core.text import Bilingual
from app.keys.authority import Authority, Reason, Revocation
from app.office.permission import Permission
from app.office.visible_text import says_something
from app.store.people_values import RevocationList
from app.store.unit_of_work import UnitOfWork


class AuthorityAbsent(Conflict):
    """The root's key is kept elsewhere; only the operator can bring it. 409."""

    code = "authority.absent"
    title = Bilingual("信任根密钥不在本机", "The root's key is not here")


def revoke_certificate(deps: Deps, actor: Actor, person_id: str, reason: str, words: str) -> None:
    """Let the certificate of a person no longer count, from now on; what was signed before stays good.

    The list is renewed at once when the root's key is here. Signing is refused from now on in any case.

    Args:
        deps: the process.
        actor: the person, or the head of supervision.
        person_id: whose certificate.
        reason: of app.keys.authority.Reason.
        words: why, in words.

    Raises:
        Invalid: the reason is none, or there are no words.
        KeyAbsent: the person has no certificate that counts.
    """
    actor.require(Permission.HOLD_KEY if actor.actor_id == person_id else Permission.REVOKE_KEY)
    _check(reason, words)
    at = deps.clock.now()
    authority = deps.load_authority()
    with deps.store.write() as uow:
        certificate = uow.certificates.valid(person_id, at)
        if certificate is None:
            raise KeyAbsent(
                Bilingual(f"{person_id} 没有有效的签名证书。", f"{person_id} has no certificate that counts.")
            )
        uow.certificates.revoke(certificate.serial, at, reason, actor.actor_id, words.strip())
        body = {"person": person_id, "reason": reason, "words": words.strip()}
        note(uow, actor, "certificate.revoked", ("certificate", certificate.serial), at, body)
        if authority is not None:
            _renew(uow, actor, authority, at)


def renew_revocation_list(deps: Deps, actor: Actor, authority: Authority | None = None) -> RevocationList:
    """Return the revocation list made now; its number is greater than that of every one before.

    Args:
        deps: the process.
        actor: needs ``signing_key.revoke``.
        authority: the root with its key; that of the key folder when None.

    Raises:
        AuthorityAbsent: the root's key is not here.
    """
    actor.require(Permission.REVOKE_KEY)
    authority = authority or deps.load_authority()
    if authority is None:
        raise AuthorityAbsent(
            Bilingual(
                "信任根密钥不在本机。请由系统运维人员执行 henji keys revocation-list --root-key 路径。",
                "The root's key is not here. Let the operator run henji keys revocation-list --root-key PATH.",
            )
        )
    at = deps.clock.now()
    with deps.store.write() as uow:
        return _renew(uow, actor, authority, at)


def _renew(uow: UnitOfWork, actor: Actor, authority: Authority, at: datetime) -> RevocationList:
    revoked = [one for one in uow.certificates.revocations() if one.not_after is None or one.not_after >= at]
    number = uow.revocation_lists.next_number()
    der = authority.revocation_list(
        [Revocation(int(one.serial, 16), one.revoked_at, Reason(one.reason)) for one in revoked], number, at
    )
    # The list tells whole seconds.
    made_at = at.replace(microsecond=0)
    uow.revocation_lists.add(number, der, made_at)
    body = {"revoked": len(revoked), "digest": "sha256:" + sha256_hex(der)}
    note(uow, actor, "revocation_list.renewed", ("revocation_list", str(number)), at, body)
    return RevocationList(number, der, made_at)


def _check(reason: str, words: str) -> None:
    faults = []
    if reason not in set(Reason):
        known = ", ".join(Reason)
        message = Bilingual(f"没有吊销原因 {reason}。可用：{known}。", f"No reason {reason}. There are: {known}.")
        faults.append(Fault("reason", "certificate.reason_unknown", message))
    if not says_something(words):
        message = Bilingual("请说明吊销原因。", "Say why it is revoked.")
        faults.append(Fault("words", "certificate.words_missing", message))
    if faults:
        raise Invalid(faults[0].message, faults)
