"""The second factor of an account: enrol it, confirm it with a code, prove to be there with one, have it reset."""

from dataclasses import dataclass
from datetime import timedelta

from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.own_case import refuse_own_account
from app.actions.sign_in import is_locked, must_change_first, refuse
from app.actions.totp import about, address_of, asks_for_code, new_secret, step_of, use_code
from app.core.actor import Access, Actor
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.text import Bilingual
from app.office.permission import Permission
from app.store.unit_of_work import UnitOfWork
from app.store.values import Account

FRESH_FOR = timedelta(minutes=15)
"""So long after the last proof of presence nothing is asked again."""


class SessionStale(Forbidden):
    """The last proof of presence is too old for this act. 403."""

    code = "session.stale"
    title = Bilingual("需要再次验证身份", "Prove again that it is you")


class SecondFactorWrong(Forbidden):
    """The code is wrong or was used, or the account waits: nobody is told which. 403."""

    code = "second_factor.wrong"
    title = Bilingual("动态码不正确或已使用", "The code is wrong or was used")


class SecondFactorKnown(Conflict):
    """There is one that counts; only an administrator can take it away. 409."""

    code = "second_factor.known"
    title = Bilingual("已登记第二因素", "There is a second factor already")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor about to be enrolled. Shown on the page only, until a code of it was entered."""

    secret: str
    """Base 32, for typing."""
    address: str
    """``otpauth://``, for the QR code."""


def is_fresh(deps: Deps, actor: Actor) -> bool:
    """Return whether the last proof of presence still counts; a page asks for the code when not."""
    strong_at = actor.access.strong_at if actor.access else None
    return strong_at is not None and deps.clock.now() - strong_at <= FRESH_FOR


def prove_presence(deps: Deps, actor: Actor, code: str | None) -> None:
    """Do nothing when the person has lately proven to be there, or does so with ``code``.

    Call it before a transaction of your own: wrong codes are counted in one.

    Raises:
        SessionStale: it was too long ago, and there is no code or no second factor: see ``sign_in.elevate``.
        SecondFactorWrong: wrong, used, or the account waits.
    """
    access = _access(actor)
    if is_fresh(deps, actor):
        return
    at = deps.clock.now()
    with deps.store.write() as uow:
        account = _account(uow, access)
        if code is None or not asks_for_code(uow, account.account_id):
            raise SessionStale(
                Bilingual(
                    "距上次验证已超过 15 分钟，请输入动态码，或重新输入密码后再试。",
                    "The last proof is older than 15 minutes. Enter a code, or the password again.",
                )
            )
        right = not is_locked(account, at) and use_code(deps, uow, account.account_id, code, at)
        if right:
            uow.sessions.strengthen(access.session, at)
            note(uow, actor, "session.elevated", ("account", account.sign_in_name), at, {})
        else:
            refuse(uow, account, account.sign_in_name, "", at)
    if not right:
        raise SecondFactorWrong


def enrol_second_factor(deps: Deps, actor: Actor) -> Enrolment:
    """Return a new secret for the actor's own account; it counts only once a code of it was entered.

    Raises:
        SessionStale: the person must prove to be there first: who finds an open browser enrols nothing.
        SecondFactorKnown: one counts already.
    """
    access = _access(actor)
    if not is_fresh(deps, actor):
        raise SessionStale
    at = deps.clock.now()
    secret = new_secret()
    with deps.store.write() as uow:
        account = _account(uow, access)
        session = uow.sessions.get(access.session, at)
        if session is None or must_change_first(account, session):
            raise SessionStale(Bilingual("请先修改临时密码。", "Change the temporary password first."))
        if asks_for_code(uow, account.account_id):
            raise SecondFactorKnown(
                Bilingual(
                    "该账号已登记第二因素。更换设备请由管理员先重置。",
                    "The account has a second factor. An administrator must reset it first.",
                )
            )
        uow.second_factors.put(account.account_id, deps.secret_box.seal(secret.encode(), about(account.account_id)), at)
        note(uow, actor, "second_factor.enrolled", ("account", account.account_id), at, {})
    return Enrolment(secret, address_of(secret, account.sign_in_name, deps.office_name.zh))


def begun_enrolment(deps: Deps, actor: Actor) -> Enrolment | None:
    """Return the enrolment that waits for its first code, so that its page can be shown again; None without one.

    None as well when the last proof of presence is too old, as for beginning one.
    """
    access = _access(actor)
    if not is_fresh(deps, actor):
        return None
    with deps.store.read() as uow:
        account = _account(uow, access)
        factor = uow.second_factors.get(account.account_id)
    if factor is None or factor.confirmed_at is not None:
        return None
    secret = deps.secret_box.open(factor.sealed, about(account.account_id)).decode()
    return Enrolment(secret, address_of(secret, account.sign_in_name, deps.office_name.zh))


def confirm_second_factor(deps: Deps, actor: Actor, code: str) -> None:
    """Let the enrolled second factor count, as ``code`` comes from it. Other sessions of the account end.

    Raises:
        SecondFactorWrong: it does not, or nothing is enrolled.
        SecondFactorKnown: it counts already.
    """
    access = _access(actor)
    at = deps.clock.now()
    with deps.store.write() as uow:
        account = _account(uow, access)
        factor = uow.second_factors.get(account.account_id)
        if factor is not None and factor.confirmed_at is not None:
            raise SecondFactorKnown
        secret = deps.secret_box.open(factor.sealed, about(account.account_id)).decode() if factor else new_secret()
        step = step_of(secret, code, at)
        right = factor is not None and step is not None and not is_locked(account, at)
        if right and step is not None:
            uow.second_factors.confirm(account.account_id, at)
            uow.second_factors.use_step(account.account_id, step)
            uow.sessions.end_all(account.account_id, at, but=access.session)
            uow.sessions.strengthen(access.session, at)
            note(uow, actor, "second_factor.confirmed", ("account", account.account_id), at, {})
        else:
            refuse(uow, account, account.sign_in_name, "", at)
    if not right:
        raise SecondFactorWrong


def reset_second_factor(deps: Deps, actor: Actor, account_id: str) -> None:
    """Take the second factor of somebody else's account away and end its sessions.

    Raises:
        OwnCase: it is the actor's own account, or another one of the same person.
        NotFound: there is no such account, or it has no second factor.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    at = deps.clock.now()
    with deps.store.write() as uow:
        refuse_own_account(uow, actor, account_id)
        if not uow.second_factors.remove(account_id):
            raise NotFound(
                Bilingual(f"账号 {account_id} 没有第二因素。", f"Account {account_id} has no second factor.")
            )
        uow.sessions.end_all(account_id, at)
        note(uow, actor, "second_factor.removed", ("account", account_id), at, {})


def _access(actor: Actor) -> Access:
    if actor.access is None:
        raise SessionStale(Bilingual("须由登录的人员办理。", "A person who is signed in must do this."))
    return actor.access


def _account(uow: UnitOfWork, access: Access) -> Account:
    account = uow.accounts.by_id(access.account_id)
    if account is None or account.disabled_at is not None:
        raise SessionStale(Bilingual("账号已停用。", "The account is closed."))
    return account
