"""我的账户: who I am here, what I hold, where I am signed in; the password, and proving to be there again."""

from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.accounts import LEAST_PASSWORD, MOST_PASSWORD
from app.actions.own_account import PasswordWrong, change_own_password
from app.actions.second_factor import is_fresh
from app.actions.show_own_account import end_other_sessions, show_own_account
from app.actions.sign_in import elevate
from app.actions.signing_keys import my_signing_key
from app.core.clock import local_date
from app.core.errors import AppError
from app.core.text import Bilingual
from app.office.permission import Permission
from app.web.access import acting, reader
from app.web.addresses import local_address
from app.web.form_errors import missing, refused
from app.web.pages import wiring
from app.web.refusals import UNPROCESSABLE, Again, Refusal
from app.web.session_cookie import give_session, session_token

_SEE_OTHER: Final = 303
_PASSWORD_FIELDS: Final = ("old", "new", "again")
_PRESENCE_FIELDS: Final = ("password", "code")
_DIFFERENT: Final = Bilingual("两次输入的新密码不一致。", "The two new passwords differ.")
_NOT_PROVEN: Final = Bilingual("密码或动态码不对，请再试一次。", "Password or code is not right. Try again.")


def account() -> ResponseReturnValue:
    """Show the reader's own account."""
    actor = acting()
    return render_template(
        "account/account.html",
        own=show_own_account(wiring(), actor),
        key=my_signing_key(wiring(), actor) if actor.may(Permission.HOLD_KEY) else None,
        holds_key=actor.may(Permission.HOLD_KEY),
        today=local_date(wiring().clock.now()),
        done=request.args.get("done", ""),
    )


def account_sessions_form() -> ResponseReturnValue:
    """Sign the reader out of every other browser."""
    end_other_sessions(wiring(), acting())
    return redirect(url_for("web.account", done="sessions"), _SEE_OTHER)


def account_password() -> ResponseReturnValue:
    """Ask for the old and the new password."""
    return _password_page(Again())


def account_password_form() -> ResponseReturnValue:
    """Change the password; every other browser is signed out."""
    # Passwords are taken as typed: a space at an end is part of one.
    given = {name: request.form.get(name, "") for name in _PASSWORD_FIELDS}
    errors = missing(given)
    if not errors and given["new"] != given["again"]:
        errors["again"] = _DIFFERENT
    refusal = Refusal(errors=errors)
    if not errors:
        places = {"--password": "new", PasswordWrong.code: "old"}
        try:
            start = change_own_password(
                wiring(), session_token() or "", given["old"], given["new"], request.remote_addr or ""
            )
        except AppError as error:
            refusal = refused(error, _PASSWORD_FIELDS, places)
        else:
            return give_session(make_response(redirect(_after_password(), _SEE_OTHER)), start.token)
    return _password_page(Again(refusal=refusal)), refusal.status


def _after_password() -> str:
    someone = reader()
    # Whoever came with a temporary password goes on to the work; everybody else comes from the account page.
    first = someone is not None and someone.must_change_password
    return url_for("web.home") if first else url_for("web.account", done="password")


def _password_page(again: Again) -> str:
    return render_template("account/password.html", least=LEAST_PASSWORD, most=MOST_PASSWORD, **again.as_context())


def presence() -> ResponseReturnValue:
    """Ask who is there once more."""
    return _presence_page(request.args.get("next", ""), Again())


def presence_form() -> ResponseReturnValue:
    """Let the reader go on after the password, and the code where one is asked for, were given once more."""
    wanted = request.form.get("next", "")
    password, code = (request.form.get(name, "") for name in _PRESENCE_FIELDS)
    start = elevate(wiring(), session_token() or "", password, code.strip() or None, request.remote_addr or "")
    if start is None:
        refusal = Refusal(errors={"password": _NOT_PROVEN})
        return _presence_page(wanted, Again(refusal=refusal)), UNPROCESSABLE
    return give_session(make_response(redirect(local_address(wanted), _SEE_OTHER)), start.token)


def _presence_page(wanted: str, again: Again) -> str:
    return render_template(
        "account/presence.html", next=wanted, fresh=is_fresh(wiring(), acting()), **again.as_context()
    )
