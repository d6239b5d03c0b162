"""The second step of signing in, and signing in elsewhere."""

from typing import Final
from urllib.parse import urlencode

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.sign_in import SessionStart, confirm_sign_in, half_session
from app.actions.sign_in_elsewhere import WITHIN, begin_oidc, finish_oidc
from app.core.errors import AppError, NotFound
from app.web.access import reader
from app.web.addresses import local_address
from app.web.pages import wiring
from app.web.refusals import UNPROCESSABLE
from app.web.session_cookie import give_session, session_token

_TICKET: Final = "henji_elsewhere"
_TICKET_PATH: Final = "/sign-in/oidc"


def gone_on(start: SessionStart, wanted: str) -> Response:
    """Return the way on after a step of signing in: to the page that was wanted, or to the next step."""
    address = local_address(wanted)
    if start.half:
        step = url_for("web.sign_in_code")
        address = step if address == "/" else f"{step}?{urlencode({'next': address})}"
    return give_session(make_response(redirect(address)), start.token)


def sign_in_code() -> ResponseReturnValue:
    """Ask for the code of the second factor; whoever gave no password yet begins at the beginning."""
    wanted = request.args.get("next", "")
    if reader():
        return redirect(local_address(wanted))
    half = half_session(wiring(), session_token() or "")
    if half is None:
        return redirect(url_for("web.sign_in_page"))
    return render_template("account/code.html", next=wanted, half=half, refused=False)


def sign_in_code_form() -> ResponseReturnValue:
    """Let somebody in, or say the one sentence: wrong, used, locked and too late look the same."""
    wanted = request.form.get("next", "")
    token = session_token() or ""
    start = confirm_sign_in(wiring(), token, request.form.get("code", "").strip(), request.remote_addr or "")
    if start is not None:
        return gone_on(start, wanted)
    half = half_session(wiring(), token)
    return render_template("account/code.html", next=wanted, half=half, refused=True), UNPROCESSABLE


def sign_in_oidc() -> ResponseReturnValue:
    """Send the browser to the provider; only this browser may come back."""
    try:
        start = begin_oidc(wiring(), local_address(request.args.get("next")), _return_address())
    except NotFound:
        raise
    except AppError as error:
        return _refused(error)
    answer = make_response(redirect(start.address, 303))
    answer.set_cookie(
        _TICKET,
        start.ticket,
        max_age=int(WITHIN.total_seconds()),
        secure=wiring().secure_cookies,
        httponly=True,
        samesite="Lax",
        path=_TICKET_PATH,
    )
    return answer


def sign_in_oidc_return() -> ResponseReturnValue:
    """Let in whoever comes back from the provider and is known here."""
    try:
        end = finish_oidc(
            wiring(),
            request.cookies.get(_TICKET),
            request.args.get("state", ""),
            request.args.get("code", ""),
            request.args.get("error"),
            _return_address(),
            request.remote_addr or "",
        )
    except NotFound:
        raise
    except AppError as error:
        return _refused(error)
    answer = gone_on(end.start, end.wanted)
    answer.delete_cookie(_TICKET, path=_TICKET_PATH)
    return answer


def _return_address() -> str:
    return wiring().public_url.rstrip("/") + url_for("web.sign_in_oidc_return")


def _refused(error: AppError) -> ResponseReturnValue:
    return render_template("sign_in.html", next="", login="", elsewhere_refused=error.detail), error.status
