"""Only our own pages may send our forms."""

import secrets
from typing import Final
from urllib.parse import urlsplit

from flask import Response, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.core.errors import Forbidden
from app.core.text import Bilingual
from app.web.pages import wiring
from app.web.session_cookie import session_token

COOKIE: Final = "henji_form"
FIELD: Final = "form_key"
_MOST_SECONDS: Final = 12 * 3600
_SALT: Final = "henji.web.form"
_WORD: Final = "form"


class ForeignForm(Forbidden):
    """A form did not come from one of our pages, or from one opened too long ago."""

    code = "form.foreign"
    title = Bilingual("表单已失效", "The form is no longer valid")


def form_key() -> str:
    """Return what a form of ours carries: signed with a secret that only this browser and we know."""
    return _signer(_secret(make=True)).dumps(_WORD)


def check_form() -> None:
    """Do nothing when the form of the present request is one of ours.

    Two locks: the browser's own word about where the request comes from, and the signed field.

    Raises:
        ForeignForm: either of them does not fit.
    """
    if not _same_site() or not _signed():
        raise ForeignForm(Bilingual(*_refusal()))


def keep_form_cookie(answer: Response) -> Response:
    """Hand out the secret that was made for a form of this page."""
    if secret := g.get("new_form_secret"):
        answer.set_cookie(COOKIE, secret, secure=wiring().secure_cookies, httponly=True, samesite="Strict")
    return answer


def _refusal() -> tuple[str, str]:
    return (
        "这张表单不是从本系统页面提交的，或打开时间过长。请刷新页面后重试。",
        "This form was not sent from a page of this service, or was open too long. Reload the page and try again.",
    )


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=_SALT)


def _secret(*, make: bool) -> str:
    known: str | None = session_token() or request.cookies.get(COOKIE) or g.get("new_form_secret")
    if known is None and make:
        known = g.new_form_secret = secrets.token_urlsafe(32)
    return known or ""


def _signed() -> bool:
    secret = _secret(make=False)
    if not secret:
        return False
    try:
        return bool(_signer(secret).loads(request.form.get(FIELD, ""), max_age=_MOST_SECONDS) == _WORD)
    except BadSignature:
        return False


def _same_site() -> bool:
    if said := request.headers.get("Sec-Fetch-Site"):
        return said in ("same-origin", "none")
    origin = request.headers.get("Origin")
    # A client too old to say anything is left to the signed field alone.
    return origin is None or urlsplit(origin).netloc == request.host
