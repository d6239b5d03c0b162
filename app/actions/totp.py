"""Codes of the time (RFC 6238): six digits every 30 seconds, each of them good once."""

import hmac
import unicodedata
from datetime import datetime

import pyotp

from app.actions.deps import Deps
from app.store.unit_of_work import UnitOfWork

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
"""A telephone's clock may be this many steps off."""

_NOBODY = "A" * 32
"""Compared with when there is no second factor, so that having one takes no other time."""


def new_secret() -> str:
    """Return a new secret, 160 bits, base 32."""
    return pyotp.random_base32(32)


def address_of(secret: str, login: str, issuer: str) -> str:
    """Return the ``otpauth://`` address an authenticator reads from a QR code."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(name=login, issuer_name=issuer)


def about(account_id: str) -> str:
    """Return what the sealed secret of an account is sealed for."""
    return f"second factor of {account_id}"


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """Return the time step near ``at`` whose code this is; None when it is none."""
    digits = unicodedata.normalize("NFKC", code).replace(" ", "").encode("utf-8", "replace")
    otp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    now = int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        # All of them, always: which one it was takes no other time.
        if hmac.compare_digest(otp.generate_otp(step).encode(), digits):
            found = step
    return found


def use_code(deps: Deps, uow: UnitOfWork, account_id: str | None, code: str, at: datetime) -> bool:
    """Use up ``code`` and return True; False when it is wrong, was used, or the account has no second factor.

    A code older than the newest one used counts as used. Source: RFC 6238, 5.2.
    """
    factor = uow.second_factors.get(account_id) if account_id else None
    if factor is None or factor.confirmed_at is None:
        step_of(_NOBODY, code, at)
        return False
    step = step_of(deps.secret_box.open(factor.sealed, about(factor.account_id)).decode(), code, at)
    return step is not None and uow.second_factors.use_step(factor.account_id, step)


def asks_for_code(uow: UnitOfWork, account_id: str) -> bool:
    """Return whether the account has a second factor that counts."""
    factor = uow.second_factors.get(account_id)
    return factor is not None and factor.confirmed_at is not None
