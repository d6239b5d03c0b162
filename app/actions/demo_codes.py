"""The codes of the demo's second factors, so that a newcomer can sign in and sign. Only a demo has them."""

from dataclasses import dataclass
from datetime import datetime

import pyotp

from app.actions.accounts import roles_on
from app.actions.deps import Deps
from app.actions.totp import DIGITS, DRIFT, STEP_SECONDS, about
from app.core.clock import local_date
from app.core.errors import NotFound
from app.store.people_values import SecondFactor
from app.store.unit_of_work import UnitOfWork
from app.store.values import Account


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One way into the demo."""

    login: str
    name: str
    roles: tuple[str, ...]
    code: str | None
    """Six digits, of this moment; None when no code is asked for."""
    used: bool
    """Whether this code has been used: the next one must be waited for."""
    seconds: int
    """Until the next code."""


def give_demo_second_factor(deps: Deps, account_id: str, secret: str) -> None:
    """Give a demo account a second factor of a known secret, which counts at once.

    Args:
        deps: the process; of a demo.
        account_id: of a demo account.
        secret: base 32.

    Raises:
        NotFound: this is no demo, or there is no such demo account.
    """
    at = deps.clock.now()
    with deps.store.write() as uow:
        account = uow.accounts.by_id(account_id)
        if not deps.is_demo or account is None or not account.is_demo:
            raise NotFound
        _put(deps, uow, account_id, secret, at)


def demo_codes(deps: Deps) -> tuple[DemoSignIn, ...]:
    """Return the demo's sign-ins with their codes of this moment, by sign-in name.

    Raises:
        NotFound: this is no demo.
    """
    if not deps.is_demo:
        raise NotFound
    at = deps.clock.now()
    day = local_date(at)
    now = int(at.timestamp()) // STEP_SECONDS
    with deps.store.write() as uow:
        found = []
        for account in uow.accounts.list():
            if not account.is_demo or account.disabled_at is not None:
                continue
            factor = _factor(deps, uow, account, now, at)
            person = uow.office.person(account.person_id) if account.person_id else None
            found.append(
                DemoSignIn(
                    login=account.sign_in_name,
                    name=account.display_name,
                    roles=roles_on(account, person, day),
                    code=_secret(deps, factor).generate_otp(now) if factor else None,
                    used=factor is not None and factor.last_step is not None and factor.last_step >= now,
                    seconds=STEP_SECONDS - int(at.timestamp()) % STEP_SECONDS,
                )
            )
        return tuple(found)


def _factor(deps: Deps, uow: UnitOfWork, account: Account, now: int, at: datetime) -> SecondFactor | None:
    factor = uow.second_factors.get(account.account_id)
    if factor is None or factor.confirmed_at is None:
        return None
    if factor.last_step is not None and factor.last_step > now + DRIFT:
        # The demo's clock begins anew whenever it is opened; codes used "later" than now would lock everybody out.
        _put(deps, uow, account.account_id, _secret(deps, factor).secret, at)
        return uow.second_factors.get(account.account_id)
    return factor


def _put(deps: Deps, uow: UnitOfWork, account_id: str, secret: str, at: datetime) -> None:
    uow.second_factors.put(account_id, deps.secret_box.seal(secret.encode(), about(account_id)), at)
    uow.second_factors.confirm(account_id, at)


def _secret(deps: Deps, factor: SecondFactor) -> pyotp.TOTP:
    secret = deps.secret_box.open(factor.sealed, about(factor.account_id)).decode()
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
