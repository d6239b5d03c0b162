"""Signing keys of others: who waits for a confirmation in person, and, for the head, certificates to be revoked."""

from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.open_signing_key import PinLocked
from app.actions.people import list_people
from app.actions.revoke_certificate import revoke_certificate
from app.actions.signing_keys import (
    KeyOther,
    KeyState,
    KeyStep,
    confirm_signing_key,
    my_signing_key,
    waiting_keys,
)
from app.core.errors import AppError, NotFound
from app.keys.pin import PinWrong
from app.office.permission import Permission
from app.web.access import acting
from app.web.form_errors import missing, refused
from app.web.pages import wiring
from app.web.refusals import Again, Refusal, typed

_SEE_OTHER: Final = 303
_CONFIRM: Final = ("fingerprint", "pin")
_REVOKE: Final = ("reason", "words")


def keys_confirm() -> ResponseReturnValue:
    """List the keys of others, those that wait first."""
    keys = waiting_keys(wiring(), acting())
    return render_template(
        "account/keys.html",
        waiting=[key for key in keys if key.state is KeyStep.PENDING],
        others=[key for key in keys if key.state is not KeyStep.PENDING],
        roles=_roles(),
        has_key=_has_key(),
        may_revoke=acting().may(Permission.REVOKE_KEY),
        done=request.args.get("done", ""),
    )


def key_confirm(person_id: str) -> ResponseReturnValue:
    """Ask for the fingerprint as its owner reads it out, and for the reader's own PIN."""
    return _confirm_page(_key_of(person_id), Again())


def key_confirm_form(person_id: str) -> ResponseReturnValue:
    """Vouch for the key of somebody else."""
    key = _key_of(person_id)
    given, pin = typed(("fingerprint",)), request.form.get("pin", "")
    refusal = Refusal(errors=missing({**given, "pin": pin}))
    if not refusal.errors:
        places = {KeyOther.code: "fingerprint", PinWrong.code: "pin", PinLocked.code: "pin"}
        try:
            confirm_signing_key(wiring(), acting(), person_id, given["fingerprint"], pin)
        except AppError as error:
            refusal = refused(error, _CONFIRM, places)
        else:
            return redirect(url_for("web.keys_confirm", done="confirmed"), _SEE_OTHER)
    return _confirm_page(key, Again(given, refusal)), refusal.status


def key_revoke(person_id: str) -> ResponseReturnValue:
    """Ask the head why the certificate of somebody else shall no longer count."""
    return _revoke_page(_key_of(person_id), Again())


def key_revoke_form(person_id: str) -> ResponseReturnValue:
    """Revoke the certificate of somebody else."""
    key = _key_of(person_id)
    given = typed(_REVOKE)
    refusal = Refusal(errors=missing(given))
    if not refusal.errors:
        try:
            revoke_certificate(wiring(), acting(), person_id, given["reason"], given["words"])
        except AppError as error:
            refusal = refused(error, _REVOKE, {})
        else:
            return redirect(url_for("web.keys_confirm", done="revoked"), _SEE_OTHER)
    return _revoke_page(key, Again(given, refusal)), refusal.status


def _confirm_page(key: KeyState, again: Again) -> str:
    return render_template(
        "account/key_confirm.html", key=key, roles=_roles(), has_key=_has_key(), **again.as_context()
    )


def _revoke_page(key: KeyState, again: Again) -> str:
    return render_template("account/signing_key_revoke.html", key=key, person_id=key.person_id, **again.as_context())


def _key_of(person_id: str) -> KeyState:
    """Return the key of somebody else; one's own is not found here."""
    for key in waiting_keys(wiring(), acting()):
        if key.person_id == person_id:
            return key
    raise NotFound


def _has_key() -> bool:
    mine = my_signing_key(wiring(), acting())
    return mine is not None and mine.state is KeyStep.CERTIFIED


def _roles() -> dict[str, tuple[str, ...]]:
    return {line.person.person_id: line.roles_today for line in list_people(wiring(), acting())}
