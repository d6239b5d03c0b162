"""What an administrator does with the accounts of others: list them, close one, give a temporary password."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from app.actions.accounts import HASHER
from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.own_case import refuse_own_account
from app.actions.sign_in import is_locked
from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.text import Bilingual
from app.office.people import Role
from app.office.permission import Permission

_TEMPORARY_BYTES = 12


class AccountClosed(Conflict):
    """The account is closed for good. 409."""

    code = "account.inactive"
    title = Bilingual("账号已停用", "The account is closed")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account, without its secrets."""

    account_id: str
    login: str
    display_name: str
    person_id: str | None
    administrator: bool
    created_at: datetime
    disabled_at: datetime | None
    signed_in_at: datetime | None
    locked: bool
    must_change_password: bool
    has_second_factor: bool
    identities: tuple[tuple[str, str], ...]
    """(issuer, subject) of every provider one may come from."""


def list_accounts(deps: Deps, actor: Actor) -> tuple[AccountLine, ...]:
    """Return every account, by login."""
    actor.require(Permission.MANAGE_ACCOUNTS)
    at = deps.clock.now()
    with deps.store.read() as uow:
        with_code = uow.second_factors.confirmed()
        return tuple(
            AccountLine(
                account_id=one.account_id,
                login=one.sign_in_name,
                display_name=one.display_name,
                person_id=one.person_id,
                administrator=Role.ADMINISTRATOR in one.roles,
                created_at=one.created_at,
                disabled_at=one.disabled_at,
                signed_in_at=one.signed_in_at,
                locked=is_locked(one, at),
                must_change_password=one.must_change_password,
                has_second_factor=one.account_id in with_code,
                identities=tuple((link.issuer, link.subject) for link in uow.identities.of(one.account_id)),
            )
            for one in uow.accounts.list()
        )


def disable_account(deps: Deps, actor: Actor, account_id: str) -> None:
    """Close somebody else's account for good and end its sessions; closing it again changes nothing.

    Raises:
        NotFound: there is no such account.
        OwnCase: it is the actor's, or another one of the same person.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    at = deps.clock.now()
    with deps.store.write() as uow:
        account = refuse_own_account(uow, actor, account_id)
        if account.disabled_at is None:
            uow.accounts.disable(account_id, at)
            note(uow, actor, "account.disabled", ("account", account_id), at, {})


def temporary_password() -> str:
    """Return a password nobody has chosen, for an account to begin with."""
    return secrets.token_urlsafe(_TEMPORARY_BYTES)


def reset_password(deps: Deps, actor: Actor, account_id: str) -> str:
    """Return a temporary password, shown this once; its sessions end, and nothing is open before it is changed.

    The second factor stays, and so does the signing key: who has only the password still cannot sign.

    Raises:
        NotFound: there is no such account.
        OwnCase: it is the actor's, or another one of the same person.
        AccountClosed: it is closed.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    at = deps.clock.now()
    password = temporary_password()
    password_hash = HASHER.hash(password)
    with deps.store.write() as uow:
        account = refuse_own_account(uow, actor, account_id)
        if account.disabled_at is not None:
            raise AccountClosed
        uow.accounts.set_password(account_id, password_hash, temporary=True)
        uow.sessions.end_all(account_id, at)
        note(uow, actor, "password.replaced", ("account", account_id), at, {})
    return password
