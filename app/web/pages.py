"""What every page stands on: the wiring of this process, and the table of routes with who may call them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app
from flask.typing import ResponseReturnValue

from app.actions.deps import Deps
from app.http.current import current_deps as wiring
from app.office.clause import Clause
from app.office.permission import Permission
from app.web.vocabulary import Vocabulary

_WORDS: Final = "henji.web.vocabulary"

__all__ = ["PUBLIC", "SIGNED_IN", "Route", "View", "clauses", "keep_vocabulary", "vocabulary", "wiring"]

View = Callable[..., ResponseReturnValue]

PUBLIC: Final = "public"
"""Anybody may call the route, signed in or not."""
SIGNED_IN: Final = "signed_in"
"""Anybody who is signed in may call the route."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address, the view behind it, and who may call it."""

    path: str
    view: View
    who: Permission | str
    """A permission, or one of :data:`PUBLIC` and :data:`SIGNED_IN`."""
    methods: tuple[str, ...] = ("GET",)
    most_bytes: int = 1024 * 1024
    """What a form may weigh, files included."""


def keep_vocabulary(extensions: dict[str, Any], deps: Deps) -> None:
    """Let the views of this application find the words of its rules."""
    extensions[_WORDS] = Vocabulary(deps.library)


def vocabulary() -> Vocabulary:
    """Return the names, units and limits of everything the rules look at."""
    words: Vocabulary = current_app.extensions[_WORDS]
    return words


def clauses() -> Mapping[str, Clause]:
    """Return the clauses of the regulation by id."""
    return wiring().clauses
