"""What the doors know of the request they are answering: the parts of the process, who is calling, and its number."""

import uuid
from collections.abc import Callable
from typing import cast

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue

from app.actions.deps import Deps
from app.core.actor import Actor
from app.core.errors import AppError

_DEPS = "henji.deps"
_PAGE = "henji.problem_page"

API_PREFIXES = ("/api", "/livez", "/readyz", "/metrics", "/problems")
"""Paths that machines call: they are answered with problem documents, never with pages."""

ProblemPage = Callable[[AppError, int, str], ResponseReturnValue]
"""Draws a failure for a person: the error, the status, the number of the request."""


def keep_deps(app: Flask, deps: Deps) -> None:
    """Make ``deps`` what :func:`current_deps` returns in ``app``."""
    app.extensions[_DEPS] = deps


def current_deps() -> Deps:
    """Return the long-lived objects of the running process."""
    return cast("Deps", current_app.extensions[_DEPS])


def draw_problems_with(app: Flask, page: ProblemPage) -> None:
    """Let ``page`` draw failures on paths that people look at. The web door calls this once."""
    app.extensions[_PAGE] = page


def problem_page() -> ProblemPage | None:
    """Return what draws a failure for a person; None when there is no web door."""
    return cast("ProblemPage | None", current_app.extensions.get(_PAGE))


def is_machine_path(path: str) -> bool:
    """Return whether ``path`` is answered with problem documents."""
    return any(path == prefix or path.startswith(prefix + "/") for prefix in API_PREFIXES)


def request_number() -> str:
    """Return the number of this request, made here and never taken from the caller."""
    if "request_number" not in g:
        g.request_number = str(uuid.uuid4())
    return cast("str", g.request_number)


def preferred_language() -> str:
    """Return ``zh`` or ``en`` as ``Accept-Language`` asks; zh when it does not say."""
    for tag, quality in request.accept_languages:
        # werkzeug's own matching prefers an exact zh of low quality to an en-GB of high quality.
        language = tag.lower().partition("-")[0]
        if language in {"zh", "en"} and quality > 0:
            return language
    return "zh"


def set_current_actor(actor: Actor) -> None:
    """Remember who is calling, for the record of a refusal."""
    g.current_actor = actor


def current_actor() -> Actor | None:
    """Return who is calling; None before that is known."""
    return cast("Actor | None", g.get("current_actor"))


def set_payload_hash(digest: str) -> None:
    """Remember the hash of the body, for the record of a refusal."""
    g.payload_hash = digest


def payload_hash() -> str | None:
    """Return ``sha256:<hex>`` of the body; None when none was read."""
    return cast("str | None", g.get("payload_hash"))
