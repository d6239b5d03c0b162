"""Chinese and English, equally complete: which one a request gets, and the catalogue behind it.

Sentences in templates and words are Chinese; they are their own catalogue. English comes from
``translations/en``, read as text at start, so that no compiled file can be missing or stale.
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import flask_babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, Domain, get_locale

from app.core.errors import NotFound
from app.core.text import Bilingual
from app.web.addresses import local_address
from app.web.pages import wiring

ZH: Final = "zh_Hans_CN"
"""In a folder called zh_CN Babel would silently find nothing."""
EN: Final = "en"
COOKIE: Final = "henji_language"
_LOCALES: Final = {"zh": ZH, "en": EN}
_ONE_YEAR_SECONDS: Final = 365 * 24 * 3600
CATALOGUE: Final = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def use_languages(app: Flask) -> None:
    """Give ``app`` both languages."""
    babel = Babel(app, default_locale=ZH, locale_selector=_wanted_locale)
    domain = Domain(domain="messages")
    domain.cache[ZH, "messages"] = Translations()
    domain.cache[EN, "messages"] = _english()
    babel.domain_instance = domain


def _english() -> Translations:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale=EN, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _wanted_locale() -> str:
    chosen = _LOCALES.get(request.cookies.get(COOKIE, ""))
    return chosen or _LOCALES[request.accept_languages.best_match(["zh", "en"], "zh")]


def language() -> str:
    """Return ``zh`` or ``en``, whichever the present request is answered in."""
    return "en" if str(get_locale()) == EN else "zh"


def gettext(sentence: str, **values: object) -> str:
    """Return ``sentence`` in the language of the request, with ``values`` filled in."""
    return str(flask_babel.gettext(sentence, **values))


def say(text: Bilingual | Mapping[str, Any] | None) -> str:
    """Return a text of the office or of a rule in the language of the request; empty for None."""
    if text is None:
        return ""
    if isinstance(text, Bilingual):
        return text.in_language(language())
    return str(text.get(language()) or text.get("zh") or "")


def choose_language(code: str) -> ResponseReturnValue:
    """Remember the reader's language and go back to where the reader was."""
    if code not in _LOCALES:
        raise NotFound
    answer = make_response(redirect(local_address(request.args.get("next"))))
    answer.set_cookie(
        COOKIE, code, max_age=_ONE_YEAR_SECONDS, secure=wiring().secure_cookies, httponly=True, samesite="Lax"
    )
    return answer
