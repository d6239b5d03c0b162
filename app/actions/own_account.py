"""What people do with their own account: a new password."""

from app.actions.accounts import HASHER, account_actor, password_faults
from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.sign_in import SessionStart, begin_session, is_locked, live_session, password_fits, refuse
from app.core.errors import Fault, Forbidden, Invalid
from app.core.text import Bilingual


class PasswordWrong(Forbidden):
    """The old password is not right, or the account waits. 403."""

    code = "password.wrong"
    title = Bilingual("原密码不正确", "The old password is not right")


def change_own_password(deps: Deps, token: str, old: str, new: str, origin: str) -> SessionStart:
    """Return a new session after the password was changed; every other session of the account has ended.

    Raises:
        PasswordWrong: ``old`` is wrong, the account waits, or nobody is signed in under ``token``.
        Invalid: ``new`` will not do.
    """
    at = deps.clock.now()
    with deps.store.read() as uow:
        session = live_session(uow, token, at)
        account = uow.accounts.by_id(session.account_id) if session else None
    right = password_fits(account, old) and not is_locked(account, at)
    faults = password_faults(new)
    if right and not faults and old == new:
        message = Bilingual("新密码不能与原密码相同。", "The new password must differ from the old one.")
        faults.append(Fault("new", "account.password_same", message))
    if right and faults:
        raise Invalid(faults[0].message, faults)
    password_hash = HASHER.hash(new) if right else ""
    with deps.store.write() as uow:
        if account is None or not right:
            refuse(uow, account, account.sign_in_name if account else token, origin, at)
        else:
            uow.accounts.set_password(account.account_id, password_hash)
            uow.sessions.end_all(account.account_id, at)
            actor = account_actor(deps, uow, account)[0]
            note(uow, actor, "password.changed", ("account", account.account_id), at, {})
            return begin_session(deps, uow, account, origin, at, code_given=True)
    raise PasswordWrong
