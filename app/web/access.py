"""Who is looking at the page, and whether they may."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Request, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from app.actions.sign_in import SignedIn, session_actor
from app.core.actor import Actor
from app.office.permission import Permission
from app.web.forms import check_form
from app.web.pages import PUBLIC, Route, View, wiring
from app.web.session_cookie import session_token

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SOON: Final = timedelta(minutes=15)
"""So long before a session ends every page says so."""
_WITH_A_TEMPORARY_PASSWORD: Final = frozenset({"web.account_password", "web.account_password_form"})
"""Nothing else is open, behind the sign-in, to whoever must change the password first."""


class Reader(UserMixin):  # type: ignore[misc]  # flask_login carries no types
    """The signed-in person behind a request, as Flask-Login knows one."""

    def __init__(self, signed_in: SignedIn) -> None:
        """Stand for ``signed_in``."""
        self.id = signed_in.actor.actor_id
        self.actor = signed_in.actor
        self.person_name = signed_in.person_name
        self.roles = tuple(signed_in.roles)
        self.has_second_factor = signed_in.has_second_factor
        self.login = signed_in.login
        self.must_change_password = signed_in.must_change_password
        self.until = signed_in.until
        self.ends_soon = signed_in.until - wiring().clock.now() <= _SOON

    def may_open(self, endpoint: str) -> bool:
        """Return whether the route of ``endpoint`` is open to this person: menus show nothing else."""
        who = getattr(current_app.view_functions[endpoint], "who", PUBLIC)
        return not isinstance(who, Permission) or self.actor.may(who)


def use_sign_in(app: Flask) -> None:
    """Let Flask-Login find the reader by the session token, asked of the store once a request."""
    manager = LoginManager(app)
    manager.session_protection = None  # the session lies on the server; there is nothing in the cookie to protect
    manager.request_loader(_reader_of)


def _reader_of(_: Request) -> Reader | None:
    token = session_token()
    if token is None:
        return None
    signed_in = session_actor(wiring(), token)
    return Reader(signed_in) if signed_in else None


def reader() -> Reader | None:
    """Return who is signed in, None when nobody is."""
    found: Reader = current_user
    return found if found.is_authenticated else None


def acting() -> Actor:
    """Return the signed-in actor; only for views behind a sign-in."""
    actor: Actor = current_user.actor
    return actor


def guarded(route: Route) -> View:
    """Return the view of ``route`` behind its two doors: who may call it, and where a form may come from.

    The view carries ``who`` so that a test can ask every route.
    """
    view = route.view

    @wraps(view)
    def call(**parts: str) -> ResponseReturnValue:
        # Of a stranger's form nothing is read, and of anybody's not more than the page takes.
        request.max_content_length = route.most_bytes
        someone = reader()
        if route.who != PUBLIC and someone is None:
            return _to_sign_in()
        if request.method not in _SAFE:
            check_form()
        first = someone is not None and someone.must_change_password
        if first and route.who != PUBLIC and request.endpoint not in _WITH_A_TEMPORARY_PASSWORD:
            return redirect(url_for("web.account_password"))
        if isinstance(route.who, Permission):
            acting().require(route.who)
        return view(**parts)

    guarded_view: Callable[..., ResponseReturnValue] = call
    guarded_view.who = route.who  # type: ignore[attr-defined]  # read by tests/architecture
    return guarded_view


def _to_sign_in() -> ResponseReturnValue:
    wanted = request.full_path.rstrip("?") if request.method in _SAFE else "/"
    address = url_for("web.sign_in_page")
    return redirect(address if wanted == "/" else f"{address}?{urlencode({'next': wanted})}")
