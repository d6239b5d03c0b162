"""Accounts of people: created by an administrator, bound to one person, their rights read from that person's roles."""

import secrets
from datetime import date

from argon2 import PasswordHasher

from app.actions.deps import Deps
from app.audit.log.event import Event
from app.core.actor import Actor, ActorKind
from app.core.clock import instant, local_date
from app.core.errors import Conflict, Fault, Invalid
from app.core.text import Bilingual
from app.office.people import Person, Role
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
    """Return the new account, bound to ``person_id``, or to nobody for an administrator.

    Raises:
        Invalid: login, password or person will not do; every reason at once.
        AccountKnown: there is one of that login.
    """
    actor.require(Permission.MANAGE_ACCOUNTS)
    at = deps.clock.now()
    with deps.store.write() as uow:
        _check(uow, login, password, person_id, administrator=administrator)
        if uow.accounts.by_name(login) is not None:
            raise AccountKnown(Bilingual(f"账号 {login} 已存在。", f"Account {login} exists."))
        person = uow.office.person(person_id) if person_id else None
        account = Account(
            account_id=login,
            sign_in_name=login,
            display_name=person.name if person else login,
            person_id=person_id,
            password_hash=HASHER.hash(password),
            # Every other role is read from the person, as dated in the office, whenever the account is used.
            roles=(Role.ADMINISTRATOR.value,) if administrator else (),
            territories=None,
            language="zh",
            is_demo=deps.is_demo,
            created_at=at,
        )
        uow.accounts.add(account)
        uow.log.append(
            Event(
                name="account.created",
                at=instant(at),
                actor=actor.as_json(),
                subject={"kind": "account", "id": login, "version": 1},
                body={"person_id": person_id, "administrator": administrator},
                salt=secrets.token_hex(16),
            )
        )
        return account


def _check(uow: UnitOfWork, login: str, password: str, person_id: str | None, *, administrator: bool) -> None:
    faults = []
    if not (login.isascii() and login.replace("-", "").replace("_", "").replace(".", "").isalnum()):
        message = Bilingual("登录名应由字母、数字和 . _ - 组成。", "A login is made of letters, digits and . _ -.")
        faults.append(Fault("LOGIN", "account.login_invalid", message))
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        message = Bilingual(
            f"密码长度应为 {LEAST_PASSWORD} 到 {MOST_PASSWORD} 个字符。",
            f"A password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters.",
        )
        faults.append(Fault("--password", "account.password_length", message))
    if not administrator and (person_id is None or uow.office.person(person_id) is None):
        message = Bilingual(
            f"人员 {person_id} 不存在，请先导入人员。", f"There is no person {person_id}. Import the people first."
        )
        faults.append(Fault("--person", "person.unknown", message))
    if faults:
        raise Invalid(faults[0].message, faults)


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
