"""Compare what stands in the tables about people's accounts and keys with what the log says was done."""

from collections.abc import Callable, Iterator, Mapping

from app.audit.log.event import Event
from app.core.canonical import sha256_hex
from app.core.text import Bilingual
from app.store.unit_of_work import UnitOfWork

Problem = tuple[str, str, str | None]
"""Kind, name, and the column that is wrong; None when the row is missing."""


def _account_closed(uow: UnitOfWork, event: Event) -> Iterator[Problem]:
    name = str(event.subject["id"])
    kept = uow.accounts.by_id(name)
    if kept is not None and kept.disabled_at is None:
        yield "account", name, "disabled_at"


def _client_revoked(uow: UnitOfWork, event: Event) -> Iterator[Problem]:
    name = str(event.subject["id"])
    kept = uow.clients.by_id(name)
    if kept is not None and kept.revoked_at is None:
        yield "client", name, "revoked_at"


def _key(uow: UnitOfWork, event: Event) -> Iterator[Problem]:
    name = str(event.subject["id"])
    kept = uow.person_keys.get(name)
    if kept is None:
        yield "person_key", name, None
    elif (kept.person_id, kept.fingerprint) != (event.body["person"], event.body["fingerprint"]):
        yield "person_key", name, "fingerprint"


def _confirmation(uow: UnitOfWork, event: Event) -> Iterator[Problem]:
    name = str(event.subject["id"])
    kept = uow.person_keys.confirmation(name)
    if kept is None:
        yield "key_confirmation", name, None
    elif "sha256:" + sha256_hex(kept.statement) != event.body["statement"] or kept.confirmed_by != event.actor["id"]:
        yield "key_confirmation", name, "statement"


def _certificate(uow: UnitOfWork, event: Event) -> Iterator[Problem]:
    name, digest = str(event.subject["id"]), str(event.body["digest"])
    kept = uow.certificates.by_digest(digest)
    if kept is None:
        yield "certificate", name, None
    elif (kept.serial, kept.key_id, kept.person_id) != (name, event.body["key"], event.body["person"]):
        yield "certificate", name, "person_id"
    elif "sha256:" + sha256_hex(kept.certificate_der) != digest:
        yield "certificate", name, "certificate_der"


def _revocation(uow: UnitOfWork, event: Event) -> Iterator[Problem]:
    name = str(event.subject["id"])
    kept = uow.certificates.revocation(name)
    if kept is None:
        yield "certificate_revocation", name, None
    elif kept.reason != event.body["reason"]:
        yield "certificate_revocation", name, "reason"


_CHECKS: Mapping[str, Callable[[UnitOfWork, Event], Iterator[Problem]]] = {
    "account.disabled": _account_closed,
    "client.revoked": _client_revoked,
    "signing_key.created": _key,
    "signing_key.confirmed": _confirmation,
    "certificate.issued": _certificate,
    "certificate.revoked": _revocation,
}


def compare_people(uow: UnitOfWork, event: Event) -> Iterator[Bilingual]:
    """Yield what is not as ``event`` tells; nothing for an event that is about something else."""
    check = _CHECKS.get(event.name)
    for kind, name, column in check(uow, event) if check else ():
        if column is None:
            yield Bilingual(
                f"日志记有 {kind} {name}，表中却没有。",
                f"The log tells of {kind} {name}, which is missing from its table.",
            )
        else:
            yield Bilingual(
                f"{kind} {name} 的 {column} 与日志不符：该行被改动过。",
                f"{column} of {kind} {name} is not what the log says: the row was changed.",
            )
