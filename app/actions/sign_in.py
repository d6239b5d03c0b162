"""Sign people in and out. The session lives on the server; the browser holds only a random token.

With a second factor there are two steps: the password gives a half session, which opens nothing but the page that asks
for the code; the code gives the session, under a token of its own.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from argon2.exceptions import Argon2Error

from app.actions.accounts import HASHER, account_actor
from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.totp import asks_for_code, use_code
from app.core.actor import Access, Actor, ActorKind
from app.store.unit_of_work import UnitOfWork
from app.store.values import Account, WebSession

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=10)
"""Source: design/reliability.md 5.1, sessions."""
HALF_LIMIT = timedelta(minutes=5)
"""How long the page that asks for the code waits."""

TRIES = 8
TRIES_WITHIN = timedelta(minutes=15)
"""After this many failures in a row an account waits; the answer is the same sentence. Codes count like passwords."""

_NOBODY = HASHER.hash("nobody has this password")
"""Verified against when the login is unknown, so that knowing one takes no other time."""

_UNKNOWN = Actor(ActorKind.PERSON, "unknown", "unknown")


@dataclass(frozen=True, slots=True)
class SessionStart:
    """A session just begun."""

    token: str
    """Goes to the browser; the store keeps only its hash."""
    half: bool = False
    """Whether the code of the second factor is still asked for."""


@dataclass(frozen=True, slots=True)
class HalfSession:
    """Whose code is asked for."""

    login: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a session at this moment."""

    actor: Actor
    login: str
    person_name: str
    roles: tuple[str, ...]
    until: datetime
    account_id: str = ""
    strong_at: datetime | None = None
    must_change_password: bool = False
    """The actor may do nothing before."""
    has_second_factor: bool = False


def sign_in(deps: Deps, login: str, password: str, origin: str) -> SessionStart | None:
    """Return a new session, or None: wrong login, wrong password, disabled and locked all look the same."""
    at = deps.clock.now()
    with deps.store.read() as uow:
        account = uow.accounts.by_name(login)
    right = password_fits(account, password) and not is_locked(account, at)
    with deps.store.write() as uow:
        if account is None or not right:
            refuse(uow, account, login, origin, at)
            return None
        return begin_session(deps, uow, account, origin, at)


def confirm_sign_in(deps: Deps, token: str, code: str, origin: str) -> SessionStart | None:
    """Return the session after the second step, or None: a wrong or used code, a locked account, a token too old.

    The session has a token of its own; that of the first step is worth nothing afterwards.
    """
    at = deps.clock.now()
    with deps.store.write() as uow:
        session = uow.sessions.get(digest_of_token(token), at)
        account = uow.accounts.by_id(session.account_id) if session and session.is_half else None
        usable = account is not None and account.disabled_at is None and not is_locked(account, at)
        right = use_code(deps, uow, account.account_id if account and usable else None, code, at)
        if account is None or not right:
            refuse(uow, account, account.sign_in_name if account else token, origin, at)
            return None
        uow.sessions.end(digest_of_token(token), at)
        elsewhere = bool(session and session.content.get("elsewhere"))
        return begin_session(deps, uow, account, origin, at, code_given=True, elsewhere=elsewhere)


def elevate(deps: Deps, token: str, password: str, code: str | None, origin: str) -> SessionStart | None:
    """Return the same session under a new token, its owner just proven to be there; None: as for :func:`sign_in`.

    It ends when the old one would have ended.
    """
    at = deps.clock.now()
    with deps.store.read() as uow:
        session = live_session(uow, token, at)
        account = uow.accounts.by_id(session.account_id) if session else None
    right = password_fits(account, password) and not is_locked(account, at)
    with deps.store.write() as uow:
        if account is not None and right and asks_for_code(uow, account.account_id):
            right = use_code(deps, uow, account.account_id, code or "", at)
        if account is None or session is None or not right:
            refuse(uow, account, account.sign_in_name if account else token, origin, at)
            return None
        uow.sessions.end(session.token_digest, at)
        start = _open(uow, account, session.content, at, session.expires_at, strong_at=at)
        _note_session(deps, uow, account, "session.elevated", origin, at)
        return start


def begin_session(
    deps: Deps,
    uow: UnitOfWork,
    account: Account,
    origin: str,
    at: datetime,
    *,
    code_given: bool = False,
    elsewhere: bool = False,
) -> SessionStart:
    """Return the session of ``account``, whose password or identity elsewhere is proven; half when a code is due."""
    content = {"origin": origin, "elsewhere": elsewhere}
    if asks_for_code(uow, account.account_id) and not code_given:
        # The failures of before are not forgotten: codes would else be tried without end.
        start = _open(uow, account, content, at, at + HALF_LIMIT, strong_at=None)
        _note_session(deps, uow, account, "session.challenged", origin, at)
        return start
    uow.accounts.touch(account.account_id, at)
    start = _open(uow, account, content, at, at + ABSOLUTE_LIMIT, strong_at=at)
    _note_session(deps, uow, account, "session.started", origin, at)
    return start


def _open(
    uow: UnitOfWork,
    account: Account,
    content: Mapping[str, Any],
    at: datetime,
    until: datetime,
    *,
    strong_at: datetime | None,
) -> SessionStart:
    token = secrets.token_urlsafe(32)
    uow.sessions.add(
        WebSession(
            token_digest=digest_of_token(token),
            account_id=account.account_id,
            created_at=at,
            seen_at=at,
            expires_at=until,
            ended_at=None,
            content=content,
            strong_at=strong_at,
            is_half=strong_at is None,
        )
    )
    return SessionStart(token, strong_at is None)


def _note_session(deps: Deps, uow: UnitOfWork, account: Account, name: str, origin: str, at: datetime) -> None:
    actor = account_actor(deps, uow, account)[0]
    note(uow, actor, name, ("account", account.sign_in_name), at, {"origin": origin})


def refuse(uow: UnitOfWork, account: Account | None, login: str, origin: str, at: datetime) -> None:
    """Count and log a refusal; the log tells the reasons no more apart than the answer does."""
    if account is not None:
        uow.accounts.note_failure(account.account_id, at)
    # A wrong login may be somebody's password typed into the wrong field: only its hash goes on record.
    note(uow, _UNKNOWN, "session.refused", ("account", digest_of_token(login)), at, {"origin": origin})


def password_fits(account: Account | None, password: str) -> bool:
    """Return whether it is the password of an account that is open; slow alike for every wrong one."""
    try:
        HASHER.verify(account.password_hash if account else _NOBODY, password)
    except Argon2Error:
        return False
    return account is not None and account.disabled_at is None


def is_locked(account: Account | None, at: datetime) -> bool:
    """Return whether the account waits after too many failures."""
    if account is None or account.failed_at is None:
        return False
    return account.failed_sign_ins >= TRIES and at - account.failed_at < TRIES_WITHIN


def live_session(uow: UnitOfWork, token: str, at: datetime) -> WebSession | None:
    """Return the whole session behind ``token``; None when it is half, has ended, idled out or is unknown."""
    session = uow.sessions.get(digest_of_token(token), at)
    if session is None or session.is_half or at - session.seen_at > IDLE_LIMIT:
        return None
    return session


def must_change_first(account: Account, session: WebSession) -> bool:
    """Return whether a temporary password opened the session: nothing is open to whoever knows one.

    Who comes from elsewhere has not used it, and need not know it.
    """
    return account.must_change_password and not session.content.get("elsewhere")


def half_session(deps: Deps, token: str) -> HalfSession | None:
    """Return whose code is asked for; None when ``token`` is of no half session, or of one too old."""
    at = deps.clock.now()
    with deps.store.read() as uow:
        session = uow.sessions.get(digest_of_token(token), at)
        account = uow.accounts.by_id(session.account_id) if session and session.is_half else None
    if session is None or account is None:
        return None
    return HalfSession(account.sign_in_name, session.expires_at)


def session_actor(deps: Deps, token: str) -> SignedIn | None:
    """Return who is behind ``token`` now; None when the session is half, has ended, idled out or is unknown.

    Roles are read anew each time: a role that ends today grants nothing tomorrow.
    """
    at = deps.clock.now()
    with deps.store.read() as uow:
        session = live_session(uow, token, at)
        if session is None:
            return None
        account = uow.accounts.by_id(session.account_id)
        if account is None or account.disabled_at is not None:
            return None
        actor, roles = account_actor(deps, uow, account)
        has_code = asks_for_code(uow, account.account_id)
    must_change = must_change_first(account, session)
    if at - session.seen_at > timedelta(minutes=1):
        with deps.store.write() as uow:
            uow.sessions.touch(session.token_digest, at)
    return SignedIn(
        actor=replace(
            actor,
            permissions=frozenset() if must_change else actor.permissions,
            access=Access(account.account_id, session.token_digest, session.strong_at),
        ),
        login=account.sign_in_name,
        person_name=actor.name,
        roles=roles,
        until=session.expires_at,
        account_id=account.account_id,
        strong_at=session.strong_at,
        must_change_password=must_change,
        has_second_factor=has_code,
    )


def sign_out(deps: Deps, token: str) -> None:
    """End the session on the server; an unknown token is no error."""
    at = deps.clock.now()
    with deps.store.write() as uow:
        session = uow.sessions.get(digest_of_token(token), at)
        if session is None:
            return
        uow.sessions.end(session.token_digest, at)
        account = uow.accounts.by_id(session.account_id)
        actor = account_actor(deps, uow, account)[0] if account else _UNKNOWN
        note(uow, actor, "session.ended", ("account", session.account_id), at, {})


def digest_of_token(text: str) -> str:
    """Return what is kept in the place of a token, or of a login that is wrong."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
