"""The second factor on the reader's own page: enrol it with a picture or by typing, confirm it with a code."""

from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.second_factor import (
    SecondFactorWrong,
    begun_enrolment,
    confirm_second_factor,
    enrol_second_factor,
    is_fresh,
)
from app.core.errors import AppError
from app.reports.qr import qr_path
from app.web.access import acting
from app.web.form_errors import missing, refused
from app.web.pages import wiring
from app.web.refusals import Again, Refusal

_SEE_OTHER: Final = 303
_FIELDS: Final = ("code",)
_GROUP: Final = 4


def second_factor() -> ResponseReturnValue:
    """Show whether there is a second factor, or the one being enrolled."""
    return _page(Again())


def second_factor_form() -> ResponseReturnValue:
    """Begin to enrol, or confirm with the code that was typed."""
    if "code" not in request.form:
        enrol_second_factor(wiring(), acting())
        return redirect(url_for("web.second_factor"), _SEE_OTHER)
    code = request.form["code"].strip()
    refusal = Refusal(errors=missing({"code": code}))
    if code:
        try:
            confirm_second_factor(wiring(), acting(), code)
        except AppError as error:
            refusal = refused(error, _FIELDS, {SecondFactorWrong.code: "code"})
        else:
            return redirect(url_for("web.account", done="second_factor"), _SEE_OTHER)
    return _page(Again(refusal=refusal)), refusal.status


def _page(again: Again) -> str:
    actor = acting()
    begun = begun_enrolment(wiring(), actor)
    return render_template(
        "account/second_factor.html",
        begun=begun,
        secret=_in_groups(begun.secret) if begun else "",
        picture=qr_path(begun.address) if begun else None,
        fresh=is_fresh(wiring(), actor),
        **again.as_context(),
    )


def _in_groups(secret: str) -> str:
    return " ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP))
