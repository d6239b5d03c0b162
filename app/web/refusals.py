"""When an act is refused: say why beside what was typed, keep what was typed, and say who was quicker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask import request

from app.actions.change_view import StepView
from app.core.clock import OFFICE_ZONE
from app.core.errors import AppError, NotFound
from app.core.text import Bilingual

UNPROCESSABLE: Final = 422
_STALE: Final = 412
_NOT_NOW: Final = 503
_CLIENT_ERRORS: Final = range(400, 500)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done, as a form shows it."""

    status: int = UNPROCESSABLE
    sentences: tuple[Bilingual, ...] = ()
    """What belongs to no field."""
    errors: Mapping[str, Bilingual] = field(default_factory=dict)
    """By the name of the field."""

    @property
    def is_stale(self) -> bool:
        """Whether somebody else was quicker."""
        return self.status == _STALE


def refusal_of(error: AppError, fields: Sequence[str]) -> Refusal:
    """Return ``error`` as a form with ``fields`` shows it.

    Raises:
        AppError: ``error`` itself, when it is none that the person who fills in the form can do anything about.
    """
    if isinstance(error, NotFound) or (error.status not in _CLIENT_ERRORS and error.status != _NOT_NOW):
        raise error
    errors: dict[str, Bilingual] = {}
    sentences = []
    for fault in error.faults:
        name = fault.pointer.strip("/").partition("/")[0]
        if name in fields:
            errors.setdefault(name, fault.message)
        else:
            sentences.append(fault.message)
    if not error.faults and error.status != _STALE:
        sentences.append(error.detail)
    return Refusal(error.status, tuple(dict.fromkeys(sentences)), errors)


def typed(names: Sequence[str]) -> dict[str, str]:
    """Return what was typed into the fields ``names`` of the present form, without spaces around it."""
    return {name: request.form.get(name, "").strip() for name in names}


def version_seen() -> int | None:
    """Return the version of the request that the form was made from; None when it names none."""
    return request.form.get("version", type=int)


def office_moment(text: str) -> str | None:
    """Return what a field for a moment holds, read in the office's zone; what cannot be read as it is."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE).isoformat()
    except ValueError:
        return text


@dataclass(frozen=True, slots=True)
class Again:
    """What a form is drawn again with."""

    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal = field(default_factory=Refusal)
    meanwhile: tuple[StepView, ...] = ()
    """What others did since the form was opened."""

    def as_context(self) -> dict[str, object]:
        """Return the names the templates of forms know."""
        return {
            "typed": self.typed,
            "refusals": self.refusal.sentences,
            "errors": self.refusal.errors,
            "meanwhile_steps": self.meanwhile,
        }
