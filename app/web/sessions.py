"""Signing in and out."""

from typing import Final

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.sign_in import half_session, sign_in, sign_out
from app.office.permission import Permission
from app.web.access import reader
from app.web.addresses import local_address
from app.web.pages import wiring
from app.web.session_cookie import session_token, take_session
from app.web.sign_in_steps import gone_on

_REFUSED: Final = 422


def home() -> ResponseReturnValue:
    """Go to the first page of whoever asks."""
    someone = reader()
    if someone is None:
        return redirect(url_for("web.sign_in_page"))
    # An administrator does no business act, not even reading evaluations.
    if someone.actor.may(Permission.READ_CHANGE):
        return redirect(url_for("web.tasks"))
    keeps = someone.actor.may(Permission.MANAGE_ROLES)
    return redirect(url_for("web.admin_people" if keeps else "web.rules"))


def sign_in_page() -> ResponseReturnValue:
    """Ask who is there."""
    if reader():
        return redirect(local_address(request.args.get("next")))
    token = session_token()
    # A browser that signed out has no token any more; this one's session ended by itself.
    ended = token is not None and half_session(wiring(), token) is None
    return render_template("sign_in.html", next=request.args.get("next", ""), login="", ended=ended)


def sign_in_form() -> ResponseReturnValue:
    """Let somebody in, or say calmly that the two words do not fit; never which of them."""
    login = request.form.get("login", "").strip()
    wanted = request.form.get("next", "")
    session = sign_in(wiring(), login, request.form.get("password", ""), request.remote_addr or "")
    if session is None:
        return render_template("sign_in.html", next=wanted, login=login, refused=True), _REFUSED
    return gone_on(session, wanted)


def sign_out_form() -> ResponseReturnValue:
    """End the session on the server and in the browser."""
    token = session_token()
    if token is not None:
        sign_out(wiring(), token)
    return take_session(make_response(redirect(url_for("web.sign_in_page"))))
