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
from app.store.values import StoredAccount, StoredSession

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=10)
"""Source: design/reliability.md 5.1, sessions."""

TRIES = 8
TRIES_WITHIN = timedelta(minutes=15)
"""After this many failures a login waits, whether it exists or not."""

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
        account = uow.accounts.by_login(login)
        failures = uow.accounts.failures_since(login, at - TRIES_WITHIN)
    right = _matches(account, password) and failures < TRIES
    token = secrets.token_urlsafe(32)
    with deps.store.write() as uow:
        if account is None or not right:
            uow.accounts.add_failure(login, origin, at)
            name, actor = "session.refused", Actor(ActorKind.PERSON, "unknown", "unknown")
        else:
            uow.sessions.add(
                StoredSession(_hash(token), account.login, started_at=at, seen_at=at, ended_at=None, origin=origin)
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


def _matches(account: StoredAccount | None, password: str) -> bool:
    try:
        HASHER.verify(account.password_hash if account else _NOBODY, password)
    except Argon2Error:
        return False
    return account is not None and account.disabled_at is None


def session_actor(deps: Deps, token: str) -> SignedIn | None:
    """Return who is behind ``token`` now; None when the session has ended, idled out or is unknown.

    Roles are read anew each time: a role that ends today grants nothing tomorrow.
    """
    at = deps.clock.now()
    with deps.store.read() as uow:
        session = uow.sessions.find(_hash(token))
        if session is None or session.ended_at is not None:
            return None
        if at - session.seen_at > IDLE_LIMIT or at - session.started_at > ABSOLUTE_LIMIT:
            return None
        account = uow.accounts.by_login(session.login)
        if account is None or account.disabled_at is not None:
            return None
        actor, roles = account_actor(deps, uow, account)
    if at - session.seen_at > timedelta(minutes=1):
        with deps.store.write() as uow:
            uow.sessions.touch(_hash(token), at)
    return SignedIn(actor, account.login, actor.name, roles, session.started_at + ABSOLUTE_LIMIT)


def sign_out(deps: Deps, token: str) -> None:
    """End the session on the server; an unknown token is no error."""
    at = deps.clock.now()
    with deps.store.write() as uow:
        session = uow.sessions.find(_hash(token))
        if session is None or session.ended_at is not None:
            return
        uow.sessions.end(_hash(token), at)
        account = uow.accounts.by_login(session.login)
        actor = account_actor(deps, uow, account)[0] if account else Actor(ActorKind.PERSON, "unknown", "unknown")
        uow.log.append(
            Event(
                name="session.ended",
                at=instant(at),
                actor=actor.as_json(),
                subject={"kind": "account", "id": session.login, "version": 1},
                body={},
                salt=secrets.token_hex(16),
            )
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
