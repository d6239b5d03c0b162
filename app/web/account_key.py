"""The signing key on the reader's own page: make it by choosing a PIN, change the PIN, revoke the certificate."""

from datetime import datetime, timedelta
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.open_signing_key import PinLocked
from app.actions.revoke_certificate import revoke_certificate
from app.actions.signing_keys import KeyState, KeyStep, change_pin, create_signing_key, has_token, my_signing_key
from app.core.errors import AppError
from app.keys.pin import FEWEST_DIGITS_ALONE, LONGEST, SHORTEST, PinWeak, PinWrong
from app.web.access import acting
from app.web.form_errors import missing, refused
from app.web.pages import wiring
from app.web.refusals import Again, Refusal, typed

_SEE_OTHER: Final = 303
_CREATE: Final = ("pin", "pin_again")
_CHANGE: Final = ("old", "pin", "pin_again")
_REVOKE: Final = ("reason", "words")
_RENEWED_BEFORE: Final = timedelta(days=30)
"""The action lets another key be made so long before the certificate ends."""
_REPLACED: Final = frozenset({KeyStep.PENDING, KeyStep.REVOKED, KeyStep.EXPIRED})


def signing_key() -> ResponseReturnValue:
    """Say how the reader's key stands, and let a key be made where there is none that counts."""
    return _key_page(Again())


def signing_key_form() -> ResponseReturnValue:
    """Make a key under the PIN that was chosen."""
    pins = {name: request.form.get(name, "") for name in _CREATE}
    if has_token(wiring(), acting()):
        # The token's own PIN is not chosen here, so it is typed once.
        pins["pin_again"] = pins["pin"]
    refusal = Refusal(errors=missing(pins))
    if not refusal.errors:
        try:
            create_signing_key(wiring(), acting(), pins["pin"], pins["pin_again"])
        except AppError as error:
            refusal = refused(error, _CREATE, dict.fromkeys((PinWeak.code, PinWrong.code, PinLocked.code), "pin"))
        else:
            return redirect(url_for("web.signing_key", done="key"), _SEE_OTHER)
    return _key_page(Again(refusal=refusal)), refusal.status


def _key_page(again: Again) -> str:
    key = my_signing_key(wiring(), acting())
    return render_template(
        "account/signing_key.html",
        key=key,
        token=has_token(wiring(), acting()),
        may_create=_may_create(key, wiring().clock.now()),
        done=request.args.get("done", ""),
        **_pin_rules(),
        **again.as_context(),
    )


def _may_create(key: KeyState | None, now: datetime) -> bool:
    if key is None or key.state in _REPLACED:
        return True
    return key.certificate is not None and key.certificate.not_after - now <= _RENEWED_BEFORE


def _pin_rules() -> dict[str, int]:
    return {"shortest": SHORTEST, "longest": LONGEST, "digits_alone": FEWEST_DIGITS_ALONE}


def signing_pin() -> ResponseReturnValue:
    """Ask for the old and the new PIN."""
    return _pin_page(Again())


def signing_pin_form() -> ResponseReturnValue:
    """Change the PIN; the certificate stays."""
    pins = {name: request.form.get(name, "") for name in _CHANGE}
    refusal = Refusal(errors=missing(pins))
    if not refusal.errors:
        places = {PinWrong.code: "old", PinLocked.code: "old", PinWeak.code: "pin"}
        try:
            change_pin(wiring(), acting(), pins["old"], pins["pin"], pins["pin_again"])
        except AppError as error:
            refusal = refused(error, _CHANGE, places)
        else:
            return redirect(url_for("web.signing_key", done="pin"), _SEE_OTHER)
    return _pin_page(Again(refusal=refusal)), refusal.status


def _pin_page(again: Again) -> str:
    return render_template("account/signing_pin.html", **_pin_rules(), **again.as_context())


def signing_key_revoke() -> ResponseReturnValue:
    """Ask why the certificate shall no longer count."""
    return _revoke_page(Again())


def signing_key_revoke_form() -> ResponseReturnValue:
    """Revoke the reader's own certificate."""
    given = typed(_REVOKE)
    refusal = Refusal(errors=missing(given))
    if not refusal.errors:
        try:
            revoke_certificate(wiring(), acting(), acting().actor_id, given["reason"], given["words"])
        except AppError as error:
            refusal = refused(error, _REVOKE, {})
        else:
            return redirect(url_for("web.signing_key", done="revoked"), _SEE_OTHER)
    return _revoke_page(Again(given, refusal)), refusal.status


def _revoke_page(again: Again) -> str:
    key = my_signing_key(wiring(), acting())
    return render_template("account/signing_key_revoke.html", key=key, person_id=None, **again.as_context())
