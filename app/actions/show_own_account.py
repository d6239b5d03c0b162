"""What people see of their own account: who they are here, what they hold and when, where they are signed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.sign_in import IDLE_LIMIT
from app.core.actor import Access, Actor
from app.core.errors import Forbidden
from app.core.text import Bilingual
from app.office.people import Assignment, Person, Territory
from app.store.unit_of_work import UnitOfWork
from app.store.values import Account, WebSession


@dataclass(frozen=True, slots=True)
class OwnTerritory:
    """A territory somebody is, was or will be given."""

    territory_id: str
    name: str
    assignment: Assignment


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A browser somebody is signed in with."""

    since: datetime
    seen_at: datetime
    until: datetime
    origin: str
    """Network address it began from; empty when nobody kept it."""
    elsewhere: bool
    """Whether it began at another provider."""
    is_this: bool
    """Whether it is the one that asks."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One's own account."""

    login: str
    display_name: str
    created_at: datetime
    roles: tuple[str, ...]
    """What the account gives by itself: that of an administrator. All others are read from the person."""
    person: Person | None
    """None for an administrator made on the host before there were people."""
    territories: tuple[OwnTerritory, ...]
    """Newest assignment first."""
    sessions: tuple[OwnSession, ...]
    """The one that asks first, then the one seen last."""
    identities: tuple[tuple[str, str], ...]
    """(issuer, subject) of every provider one may come from."""


def show_own_account(deps: Deps, actor: Actor) -> OwnAccount:
    """Return the account behind the session of ``actor``.

    Raises:
        Forbidden: nobody signed in to an open account asks.
    """
    at = deps.clock.now()
    access = _access(actor)
    with deps.store.read() as uow:
        account = _account(uow, access)
        person = uow.office.person(account.person_id) if account.person_id else None
        sessions = [
            _own_session(one, access)
            for one in uow.sessions.open_of(account.account_id, at)
            if not one.is_half and at - one.seen_at <= IDLE_LIMIT
        ]
        return OwnAccount(
            login=account.sign_in_name,
            display_name=person.name if person else account.display_name,
            created_at=account.created_at,
            roles=account.roles,
            person=person,
            territories=territories_of(uow.office.territories().values(), person) if person else (),
            sessions=tuple(sorted(sessions, key=lambda one: not one.is_this)),
            identities=tuple((link.issuer, link.subject) for link in uow.identities.of(account.account_id)),
        )


def end_other_sessions(deps: Deps, actor: Actor) -> int:
    """End every session of the actor's account but the one that asks, half ones too; return how many ended.

    Raises:
        Forbidden: nobody signed in to an open account asks.
    """
    at = deps.clock.now()
    access = _access(actor)
    with deps.store.write() as uow:
        account = _account(uow, access)
        others = [one for one in uow.sessions.open_of(account.account_id, at) if one.token_digest != access.session]
        if others:
            uow.sessions.end_all(account.account_id, at, but=access.session)
            note(uow, actor, "session.ended", ("account", account.account_id), at, {"others": len(others)})
    return len(others)


def territories_of(territories: Iterable[Territory], person: Person) -> tuple[OwnTerritory, ...]:
    """Return every assignment of ``person``, the newest first."""
    found = [
        OwnTerritory(one.territory_id, one.name, assignment)
        for one in territories
        for assignment in one.assignments
        if assignment.account_manager == person.person_id
    ]
    return tuple(sorted(found, key=lambda one: (one.assignment.since, one.territory_id), reverse=True))


def _own_session(session: WebSession, access: Access) -> OwnSession:
    return OwnSession(
        since=session.created_at,
        seen_at=session.seen_at,
        until=session.expires_at,
        origin=str(session.content.get("origin") or ""),
        elsewhere=bool(session.content.get("elsewhere")),
        is_this=session.token_digest == access.session,
    )


def _access(actor: Actor) -> Access:
    if actor.access is None:
        raise Forbidden(Bilingual("须由登录的人员办理。", "A person who is signed in must do this."))
    return actor.access


def _account(uow: UnitOfWork, access: Access) -> Account:
    account = uow.accounts.by_id(access.account_id)
    if account is None or account.disabled_at is not None:
        raise Forbidden(Bilingual("账号已停用。", "The account is closed."))
    return account
