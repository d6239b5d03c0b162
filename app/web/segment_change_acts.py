"""Act on a segment change: check it on site, add files, file it, look again after its effect."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.actions.add_change_evidence import add_change_evidence
from app.actions.file_change import file_change
from app.actions.record_site_check import record_site_check
from app.actions.review_change import review_change
from app.core.clock import local
from app.core.errors import AppError
from app.core.text import Bilingual
from app.office.segment_change import effect_day
from app.web.access import acting
from app.web.pages import wiring
from app.web.refusals import UNPROCESSABLE, Again, Refusal, office_moment, refusal_of, typed, version_seen
from app.web.segment_change_view import CaseView, steps_since
from app.web.segment_changes import case_of
from app.web.uploads import KINDS, KeptFile, kinds_of_files, position, receive_files

_PLACE_FIELDS: Final = ("latitude", "longitude")
_CHECK_FIELDS: Final = ("checked_at", "area_m2", "hours_per_day", "sales_mode", "it_level", "joint", *_PLACE_FIELDS)
_EVIDENCE_FIELDS: Final = ("taken_at", *_PLACE_FIELDS)
_REVIEW_FIELDS: Final = ("fits", "note")
_OK: Final = 200
_LOCATION_POLICY: Final = "camera=(), geolocation=(self), microphone=(), payment=()"

Draw = Callable[[CaseView, Again], ResponseReturnValue]
"""Draws the form of an act, anew where it was refused."""


def begin(change_no: str, page: str, draw: Draw, first: Again | None = None) -> ResponseReturnValue:
    """Return the form of an act; to whom it is not open, the page of the request, which says why."""
    case = case_of(change_no)
    open_pages = {act.page for act in (case.main_act, *case.other_acts) if act is not None}
    if page not in open_pages:
        return redirect(url_for("web.segment_change", change_no=change_no))
    return draw(case, first or Again())


def finish(
    change_no: str, done: str, names: Sequence[str], act: Callable[[], object], draw: Draw
) -> ResponseReturnValue:
    """Do ``act`` and go back to the request; when it is refused, draw the form with everything typed and the reason.

    Raises:
        AppError: a refusal that the person at the form can do nothing about.
    """
    try:
        act()
    except AppError as error:
        return redraw(change_no, names, refusal_of(error, names), draw)
    return redirect(url_for("web.segment_change", change_no=change_no, done=done), 303)


def redraw(change_no: str, names: Sequence[str], refusal: Refusal, draw: Draw) -> ResponseReturnValue:
    """Return the form of the present request again: as the case is now, with what was typed, and why not."""
    case = case_of(change_no)
    meanwhile = steps_since(case.view, version_seen() or 0) if refusal.is_stale else ()
    answer = make_response(draw(case, Again(typed(names), refusal, meanwhile)))
    answer.status_code = refusal.status
    return answer


# Site checks


def segment_change_check(change_no: str) -> ResponseReturnValue:
    """Ask what was found in the shop."""
    now = local(wiring().clock.now()).strftime("%Y-%m-%dT%H:%M:%S")
    return begin(change_no, "web.segment_change_check", _check_drawer(()), Again({"checked_at": now}))


def segment_change_check_form(change_no: str) -> ResponseReturnValue:
    """Record what was found in the shop."""
    given, uploads = typed(_CHECK_FIELDS), receive_files()
    draw = _check_drawer(uploads.files)
    if uploads.errors:
        return redraw(change_no, _CHECK_FIELDS, Refusal(errors=uploads.errors), draw)
    payload: dict[str, Any] = {
        name: given[name] for name in ("area_m2", "hours_per_day", "sales_mode", "it_level") if given[name]
    }
    payload |= {"checked_at": office_moment(given["checked_at"]), "joint": bool(given["joint"])}
    place = position(given)
    payload |= {"position": place} if place else {}
    payload["photos"] = [{"digest": file.digest} for file in uploads.files]
    return finish(
        change_no,
        "check",
        _CHECK_FIELDS,
        lambda: record_site_check(wiring(), acting(), change_no, version_seen(), payload),
        draw,
    )


def _check_drawer(kept: tuple[KeptFile, ...]) -> Draw:
    def draw(case: CaseView, again: Again) -> ResponseReturnValue:
        page = render_template("segment_change_check.html", case=case, kept=kept, **again.as_context())
        answer = make_response(page)
        answer.headers["Permissions-Policy"] = _LOCATION_POLICY
        return answer

    return draw


# Further files


def segment_change_evidence(change_no: str) -> ResponseReturnValue:
    """Ask for further files."""
    return begin(change_no, "web.segment_change_evidence", _evidence_drawer(()))


def segment_change_evidence_form(change_no: str) -> ResponseReturnValue:
    """Add further files."""
    given, uploads = typed(_EVIDENCE_FIELDS), receive_files()
    draw = _evidence_drawer(uploads.files)
    if uploads.errors:
        return redraw(change_no, _EVIDENCE_FIELDS, Refusal(errors=uploads.errors), draw)
    return finish(
        change_no,
        "add_evidence",
        _EVIDENCE_FIELDS,
        lambda: add_change_evidence(wiring(), acting(), change_no, version_seen(), uploads.as_evidence(given)),
        draw,
    )


def _evidence_drawer(kept: tuple[KeptFile, ...]) -> Draw:
    def draw(case: CaseView, again: Again) -> ResponseReturnValue:
        kinds = kinds_of_files((), KINDS)
        page = render_template("segment_change_evidence.html", case=case, kept=kept, kinds=kinds, **again.as_context())
        answer = make_response(page)
        answer.headers["Permissions-Policy"] = _LOCATION_POLICY
        return answer

    return draw


# Filing


def segment_change_file(change_no: str) -> ResponseReturnValue:
    """Say what filing does, before it is done."""
    return begin(change_no, "web.segment_change_file", _draw_filing)


def segment_change_file_form(change_no: str) -> ResponseReturnValue:
    """File the request."""
    return finish(
        change_no, "file", (), lambda: file_change(wiring(), acting(), change_no, version_seen()), _draw_filing
    )


def _draw_filing(case: CaseView, again: Again) -> ResponseReturnValue:
    day = effect_day(wiring().clock.now(), case.view.change.application.requested_effective)
    return render_template("segment_change_file.html", case=case, effective_on=day, **again.as_context())


# The look after the effect


def segment_change_review(change_no: str) -> ResponseReturnValue:
    """Ask whether the shop still is what its format says."""
    return begin(change_no, "web.segment_change_review", _draw_review)


def segment_change_review_form(change_no: str) -> ResponseReturnValue:
    """Record whether the shop still is what its format says."""
    given = typed(_REVIEW_FIELDS)
    errors = {}
    if given["fits"] not in {"yes", "no"}:
        errors["fits"] = Bilingual("请选择相符还是不符。", "Choose whether it fits.")
    if not given["note"]:
        errors["note"] = Bilingual("请写明看到的情况。", "Say what was seen.")
    if errors:
        return redraw(change_no, _REVIEW_FIELDS, Refusal(UNPROCESSABLE, errors=errors), _draw_review)
    return finish(
        change_no,
        "review",
        _REVIEW_FIELDS,
        lambda: review_change(
            wiring(), acting(), change_no, version_seen(), fits=given["fits"] == "yes", note=given["note"]
        ),
        _draw_review,
    )


def _draw_review(case: CaseView, again: Again) -> ResponseReturnValue:
    return render_template("segment_change_review.html", case=case, **again.as_context())
