"""The cookie that carries the opaque token of a server-side session."""

from typing import Final

from flask import Response, g, request

from app.web.pages import wiring

_PLAIN_NAME: Final = "henji_session"
_HOST_NAME: Final = "__Host-henji_session"
"""Browsers accept this name only over https, for this host alone."""


def _name() -> str:
    return _HOST_NAME if wiring().secure_cookies else _PLAIN_NAME


def session_token() -> str | None:
    """Return the token of the browser: the one just given to it, else the one it sent; None without either."""
    return g.get("session_token") or request.cookies.get(_name()) or None


def use_session(token: str) -> None:
    """Go on with ``token`` in this request: forms drawn from here on belong to it."""
    g.session_token = token


def give_session(answer: Response, token: str) -> Response:
    """Let the browser keep ``token`` until it is closed; the server decides when it ends."""
    use_session(token)
    answer.set_cookie(_name(), token, secure=wiring().secure_cookies, httponly=True, samesite="Lax", path="/")
    return answer


def take_session(answer: Response) -> Response:
    """Let the browser forget its token."""
    answer.delete_cookie(_name(), secure=wiring().secure_cookies, httponly=True, samesite="Lax", path="/")
    return answer
