"""What is wrong with a form about people, beside the field it is about."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from flask import request

from app.core.errors import AppError, Fault
from app.core.text import Bilingual
from app.web.refusals import Refusal, refusal_of

NEEDED: Final = Bilingual("请填写。", "Please fill this in.")
_NO_DAY: Final = Bilingual("请写日期，例如 2026-12-01。", "Write a date such as 2026-12-01.")


def refused(error: AppError, fields: Sequence[str], places: Mapping[str, str]) -> Refusal:
    """Return ``error`` as a form with ``fields`` shows it.

    Args:
        error: of an action.
        fields: names of the fields of the form.
        places: the field by what the action calls it, or by the code of an error that is about one field.

    Raises:
        AppError: ``error`` itself, when it is none that the person who fills in the form can do anything about.
    """
    if not error.faults and error.code in places:
        return Refusal(error.status, (), {places[error.code]: error.detail})
    named = [Fault(places.get(one.pointer, one.pointer), one.code, one.message) for one in error.faults]
    return refusal_of(type(error)(error.detail, named), fields)


def missing(fields: Mapping[str, str]) -> dict[str, Bilingual]:
    """Return what to say beside every field of ``fields`` that is empty."""
    return {name: NEEDED for name, text in fields.items() if not text}


def day_in(name: str, errors: dict[str, Bilingual], *, needed: bool = True) -> date | None:
    """Return the day in a field of the present form; None with a word in ``errors`` when it is none.

    An empty field that is not ``needed`` is None without a word.
    """
    text = request.form.get(name, "").strip()
    if not text and not needed:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        errors[name] = _NO_DAY if text else NEEDED
        return None
