"""Sign people in and out. The session lives on the server; the browser holds only a random token."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2.exceptions import Argon2Error

from app.actions.accounts import HASHER, account_actor
from app.actions.deps import Deps
from app.audit.log.event import Event
from app.core.actor import Actor, ActorKind
from app.core.clock import instant
from app.store.values import Account, WebSession

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=10)
"""Source: design/reliability.md 5.1, sessions."""

TRIES = 8
TRIES_WITHIN = timedelta(minutes=15)
"""After this many failures in a row an account waits; the answer is the same sentence."""

_NOBODY = HASHER.hash("nobody has this password")
"""Verified against when the login is unknown, so that knowing one takes no other time."""


@dataclass(frozen=True, slots=True)
class SessionStart:
    """A session just begun."""

    token: str
    """Goes to the browser; the store keeps only its hash."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a session at this moment."""

    actor: Actor
    login: str
    person_name: str
    roles: tuple[str, ...]
    until: datetime


def sign_in(deps: Deps, login: str, password: str, origin: str) -> SessionStart | None:
    """Return a new session, or None: wrong login, wrong password, disabled and locked all look the same."""
    at = deps.clock.now()
    with deps.store.read() as uow:
        account = uow.accounts.by_name(login)
    right = _matches(account, password) and not _locked(account, at)
    token = secrets.token_urlsafe(32)
    with deps.store.write() as uow:
        if account is None or not right:
            if account is not None:
                uow.accounts.note_failure(account.account_id, at)
            name, actor = "session.refused", Actor(ActorKind.PERSON, "unknown", "unknown")
        else:
            uow.accounts.touch(account.account_id, at)
            uow.sessions.add(
                WebSession(
                    token_digest=_hash(token),
                    account_id=account.account_id,
                    created_at=at,
                    seen_at=at,
                    expires_at=at + ABSOLUTE_LIMIT,
                    ended_at=None,
                    content={"origin": origin},
                )
            )
            name, actor = "session.started", account_actor(deps, uow, account)[0]
        uow.log.append(
            Event(
                name=name,
                at=instant(at),
                actor=actor.as_json(),
                # A wrong login may be somebody's password typed into the wrong field: only its hash goes on record.
                subject={"kind": "account", "id": login if right else _hash(login), "version": 1},
                body={"origin": origin},
                salt=secrets.token_hex(16),
            )
        )
    return SessionStart(token) if right else None


def _matches(account: Account | None, password: str) -> bool:
    try:
        HASHER.verify(account.password_hash if account else _NOBODY, password)
    except Argon2Error:
        return False
    return account is not None and account.disabled_at is None


def _locked(account: Account | None, at: datetime) -> bool:
    if account is None or account.failed_at is None:
        return False
    return account.failed_sign_ins >= TRIES and at - account.failed_at < TRIES_WITHIN


def session_actor(deps: Deps, token: str) -> SignedIn | None:
    """Return who is behind ``token`` now; None when the session has ended, idled out or is unknown.

    Roles are read anew each time: a role that ends today grants nothing tomorrow.
    """
    at = deps.clock.now()
    with deps.store.read() as uow:
        session = uow.sessions.get(_hash(token), at)
        if session is None or at - session.seen_at > IDLE_LIMIT:
            return None
        account = uow.accounts.by_id(session.account_id)
        if account is None or account.disabled_at is not None:
            return None
        actor, roles = account_actor(deps, uow, account)
    if at - session.seen_at > timedelta(minutes=1):
        with deps.store.write() as uow:
            uow.sessions.touch(_hash(token), at)
    return SignedIn(actor, account.sign_in_name, actor.name, roles, session.expires_at)


def sign_out(deps: Deps, token: str) -> None:
    """End the session on the server; an unknown token is no error."""
    at = deps.clock.now()
    with deps.store.write() as uow:
        session = uow.sessions.get(_hash(token), at)
        if session is None:
            return
        uow.sessions.end(_hash(token), at)
        account = uow.accounts.by_id(session.account_id)
        actor = account_actor(deps, uow, account)[0] if account else Actor(ActorKind.PERSON, "unknown", "unknown")
        uow.log.append(
            Event(
                name="session.ended",
                at=instant(at),
                actor=actor.as_json(),
                subject={"kind": "account", "id": session.account_id, "version": 1},
                body={},
                salt=secrets.token_hex(16),
            )
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
