"""Accounts of people: created by an administrator, bound to one person, their rights read from that person's roles."""

from dataclasses import replace
from datetime import date, datetime

from argon2 import PasswordHasher

from app.actions.deps import Deps
from app.actions.judging_roles import judge_roles, record_roles, refused
from app.actions.noting import note
from app.actions.own_case import refuse_own_person
from app.core.actor import Actor, ActorKind
from app.core.clock import local_date
from app.core.errors import Conflict, Fault, Invalid
from app.core.text import Bilingual
from app.office.people import Person, Role, RoleHeld
from app.office.permission import Permission
from app.store.unit_of_work import UnitOfWork
from app.store.values import Account

LEAST_PASSWORD = 12
MOST_PASSWORD = 256

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""argon2id, t=2, m=19 MiB, p=1. Source: design/reliability.md 5.1, ASVS V11.4.2."""

_READS = frozenset(
    {
        Permission.READ_EVALUATION,
        Permission.READ_RECORD,
        Permission.READ_LOG,
        Permission.READ_CHANGE,
        Permission.HOLD_KEY,
    }
)
_SIGNS = _READS | {Permission.SIGN_CHANGE}
_CHECKS = _SIGNS | {Permission.CHECK_CHANGE, Permission.UPLOAD_EVIDENCE}
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.ACCOUNT_MANAGER: _CHECKS | {Permission.SUBMIT_CHANGE},
    Role.MARKET_SUPERVISOR: _CHECKS,
    Role.MARKET_MANAGER: _SIGNS | {Permission.READ_REGISTER},
    Role.MARKETING_LEADER: _SIGNS | {Permission.READ_REGISTER},
    Role.SUPERVISION_OFFICER: _SIGNS
    | {Permission.FILE_CHANGE, Permission.READ_REGISTER, Permission.UPLOAD_EVIDENCE, Permission.CONFIRM_KEY},
    Role.SUPERVISION_HEAD: _READS | {Permission.READ_REGISTER, Permission.CONFIRM_KEY, Permission.REVOKE_KEY},
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.MANAGE_ACCOUNTS,
            Permission.MANAGE_CLIENTS,
            Permission.MANAGE_ROLES,
            Permission.MANAGE_TERRITORIES,
        }
    ),
}
"""An administrator does no business act, not even reading evaluations. Source: domain/data-model.md, matrix."""

_EVERYWHERE = frozenset(set(Role) - {Role.ACCOUNT_MANAGER})
"""Roles that are not limited to the territories of their person."""


class AccountKnown(Conflict):
    """An account of this login exists."""

    code = "account.known"
    title = Bilingual("同名账号已存在", "An account of this login exists")


def create_account(
    deps: Deps, actor: Actor, login: str, password: str, person_id: str | None, *, administrator: bool = False
) -> Account:
    """Return the new account, bound to ``person_id``.

    Only the command line makes an administrator without a person: the first one, before any people are imported. A
    password given on a page is known to whoever gave it and must be changed at the first sign-in.

    Raises:
        Invalid: login, password or person will not do; every reason at once.
        AccountKnown: there is one of that login.
        OwnCase: the person is the actor: nobody makes oneself another account.
        RoleIncompatible: an administrator holds no business role; the evaluation is on record all the same.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    at = deps.clock.now()
    by_command = actor.kind is ActorKind.COMMAND
    password_hash = HASHER.hash(password)
    with deps.store.write() as uow:
        _check(uow, login, password, person_id, unbound=administrator and by_command)
        refuse_own_person(actor, person_id)
        if uow.accounts.by_name(login) is not None:
            raise AccountKnown(Bilingual(f"账号 {login} 已存在。", f"Account {login} exists."))
        person = uow.office.person(person_id) if person_id else None
        faults = _judge_administrator(deps, uow, actor, person, login, at) if administrator and person else ()
        if not faults:
            account = Account(
                account_id=login,
                sign_in_name=login,
                display_name=person.name if person else login,
                person_id=person_id,
                password_hash=password_hash,
                # Every other role is read from the person, as dated in the office, whenever the account is used.
                roles=(Role.ADMINISTRATOR.value,) if administrator else (),
                territories=None,
                language="zh",
                is_demo=deps.is_demo,
                created_at=at,
                must_change_password=not by_command,
            )
            uow.accounts.add(account)
            body = {"person_id": person_id, "administrator": administrator}
            note(uow, actor, "account.created", ("account", login), at, body)
            return account
    raise refused(faults)


def _judge_administrator(
    deps: Deps, uow: UnitOfWork, actor: Actor, person: Person, login: str, at: datetime
) -> tuple[Fault, ...]:
    role = RoleHeld(Role.ADMINISTRATOR, login, local_date(at))
    wanted = replace(person, roles=(*person.roles, role))
    told = judge_roles(deps, uow, wanted, {"role": role.role, "account": login}, at)
    record_roles(deps, uow, actor, told, at)
    return told.faults


def _check(uow: UnitOfWork, login: str, password: str, person_id: str | None, *, unbound: bool) -> None:
    faults = []
    if not (login.isascii() and login.replace("-", "").replace("_", "").replace(".", "").isalnum()):
        message = Bilingual("登录名应由字母、数字和 . _ - 组成。", "A login is made of letters, digits and . _ -.")
        faults.append(Fault("LOGIN", "account.login_invalid", message))
    faults += password_faults(password)
    if unbound and person_id is None and uow.office.person(login) is not None:
        # Whoever has no person is known by the login: it must not be somebody's number.
        message = Bilingual(f"{login} 是人员编号，不能用作登录名。", f"{login} is the number of a person.")
        faults.append(Fault("LOGIN", "account.login_invalid", message))
    if not (unbound and person_id is None) and (person_id is None or uow.office.person(person_id) is None):
        message = Bilingual(
            f"人员 {person_id} 不存在，请先导入人员。", f"There is no person {person_id}. Import the people first."
        )
        faults.append(Fault("--person", "person.unknown", message))
    if faults:
        raise Invalid(faults[0].message, faults)


def password_faults(password: str) -> list[Fault]:
    """Return what is wrong with a new password."""
    if LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        return []
    message = Bilingual(
        f"密码长度应为 {LEAST_PASSWORD} 到 {MOST_PASSWORD} 个字符。",
        f"A password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters.",
    )
    return [Fault("--password", "account.password_length", message)]


def roles_on(account: Account, person: Person | None, day: date) -> tuple[str, ...]:
    """Return the roles an account has on ``day``, each once, in the order they are held."""
    held = [role.role for role in person.roles if role.covers(day)] if person else []
    return tuple(dict.fromkeys([*held, *account.roles]))


def account_actor(deps: Deps, uow: UnitOfWork, account: Account) -> tuple[Actor, tuple[str, ...]]:
    """Return the person behind an account as an actor, with the roles held today."""
    day = local_date(deps.clock.now())
    person = uow.office.person(account.person_id) if account.person_id else None
    roles = roles_on(account, person, day)
    permissions: frozenset[str] = frozenset().union(*(ROLE_PERMISSIONS.get(role, frozenset()) for role in roles))
    territories = None if _EVERYWHERE.intersection(roles) else _territories_of(uow, person, day)
    name = person.name if person else account.display_name
    actor_id = person.person_id if person else account.account_id
    return Actor(ActorKind.PERSON, actor_id, name, permissions, territories), roles


def _territories_of(uow: UnitOfWork, person: Person | None, day: date) -> frozenset[str]:
    if person is None:
        return frozenset()
    territories = uow.office.territories().values()
    return frozenset(t.territory_id for t in territories if person.person_id in t.managers_on(day))
