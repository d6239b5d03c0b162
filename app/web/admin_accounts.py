"""Accounts of people: make one, close one, give a temporary password, reset a second factor, link an identity."""

from collections.abc import Callable, Mapping
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.accounts import AccountKnown, create_account
from app.actions.keep_accounts import AccountLine, disable_account, list_accounts, reset_password, temporary_password
from app.actions.people import list_people
from app.actions.second_factor import reset_second_factor
from app.actions.sign_in_elsewhere import IdentityKnown, link_identity, unlink_identity
from app.core.errors import AppError, NotFound
from app.core.text import Bilingual
from app.web.access import acting
from app.web.form_errors import missing, refused
from app.web.pages import wiring
from app.web.refusals import Again, Refusal, typed

_SEE_OTHER: Final = 303
_CREATE: Final = ("login", "person_id", "administrator")
_LINK: Final = ("subject", "issuer")
_PLACES: Final = {"LOGIN": "login", "--person": "person_id", AccountKnown.code: "login", IdentityKnown.code: "subject"}
_WHO: Final = Bilingual("请选择人员。", "Choose a person.")


def admin_accounts() -> ResponseReturnValue:
    """List every account, or those that what was searched for fits."""
    text = request.args.get("text", "").strip()
    accounts = list_accounts(wiring(), acting())
    words = text.casefold()
    found = [one for one in accounts if words in f"{one.login} {one.display_name} {one.person_id or ''}".casefold()]
    return render_template("admin/accounts.html", accounts=found, total=len(accounts), chosen={"text": text})


def account_new() -> ResponseReturnValue:
    """Ask for whom an account is made."""
    return _new_page(Again({"person_id": request.args.get("person", "")}))


def account_new_form() -> ResponseReturnValue:
    """Make an account and show its temporary password, this once."""
    given = typed(_CREATE)
    errors = missing({"login": given["login"]})
    if not given["person_id"]:
        errors["person_id"] = _WHO
    refusal = Refusal(errors=errors)
    if not errors:
        password = temporary_password()
        try:
            made = create_account(
                wiring(),
                acting(),
                given["login"],
                password,
                given["person_id"],
                administrator=bool(given["administrator"]),
            )
        except AppError as error:
            refusal = refused(error, _CREATE, _PLACES)
        else:
            return _password_page(_line(made.account_id), password, is_new=True)
    return _new_page(Again(given, refusal)), refusal.status


def _new_page(again: Again) -> str:
    people = [line.person for line in list_people(wiring(), acting()) if line.person.person_id != acting().actor_id]
    return render_template("admin/account_new.html", people=people, **again.as_context())


def admin_account(account_id: str) -> ResponseReturnValue:
    """Show one account and what can be done with it."""
    return _page(_line(account_id), Again())


def admin_account_form(account_id: str) -> ResponseReturnValue:
    """Do one thing with somebody else's account."""
    line = _line(account_id)
    act = request.form.get("act", "")
    given = typed(_LINK)
    if act == "password":
        return _give_password(line)
    if act not in _ACTS:
        raise NotFound
    try:
        _ACTS[act](line, given)
    except AppError as error:
        refusal = refused(error, _LINK, _PLACES)
        return _page(line, Again(given, refusal)), refusal.status
    return redirect(url_for("web.admin_account", account_id=account_id, done=act), _SEE_OTHER)


def _give_password(line: AccountLine) -> ResponseReturnValue:
    try:
        password = reset_password(wiring(), acting(), line.account_id)
    except AppError as error:
        refusal = refused(error, (), {})
        return _page(line, Again(refusal=refusal)), refusal.status
    return _password_page(line, password, is_new=False)


def _disable(line: AccountLine, _: Mapping[str, str]) -> None:
    disable_account(wiring(), acting(), line.account_id)


def _remove_factor(line: AccountLine, _: Mapping[str, str]) -> None:
    reset_second_factor(wiring(), acting(), line.account_id)


def _link(line: AccountLine, given: Mapping[str, str]) -> None:
    settings = wiring().oidc
    if settings is None:
        raise NotFound
    link_identity(wiring(), acting(), line.account_id, settings.issuer, given["subject"])


def _unlink(line: AccountLine, given: Mapping[str, str]) -> None:
    if (given["issuer"], given["subject"]) not in line.identities:
        raise NotFound
    unlink_identity(wiring(), acting(), given["issuer"], given["subject"])


_ACTS: Final[dict[str, Callable[[AccountLine, Mapping[str, str]], None]]] = {
    "disabled": _disable,
    "factor_removed": _remove_factor,
    "linked": _link,
    "unlinked": _unlink,
}
"""By what the page says once it is done."""


def _password_page(line: AccountLine, password: str, *, is_new: bool) -> str:
    return render_template("admin/password_once.html", account=line, password=password, is_new=is_new)


def _page(line: AccountLine, again: Again) -> str:
    actor = acting()
    mine = actor.access is not None and actor.access.account_id == line.account_id
    return render_template(
        "admin/account.html",
        account=line,
        own=mine or actor.actor_id == (line.person_id or line.account_id),
        oidc=wiring().oidc,
        done=request.args.get("done", ""),
        **again.as_context(),
    )


def _line(account_id: str) -> AccountLine:
    for line in list_accounts(wiring(), acting()):
        if line.account_id == account_id:
            return line
    raise NotFound
