"""Pages anybody may open: how to check a record without trusting us, and what our pages are built of."""

from itertools import islice

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.actions.show_keys import show_keys, show_time_roots
from app.web.evaluation_view import finding_view
from app.web.pages import clauses, vocabulary, wiring
from app.web.samples import SAMPLE_FINDINGS

_PEM = "application/x-pem-file"
_SAMPLE_LINES = 3


def verify() -> ResponseReturnValue:
    """Say how a record is checked, by whom, and what the check means."""
    return render_template("verify.html", keys=show_keys(wiring()))


def trust_root() -> ResponseReturnValue:
    """Hand out the roots a record may be sealed under."""
    answer = Response("".join(show_keys(wiring()).roots), mimetype=_PEM)
    answer.headers.set("Content-Disposition", "attachment", filename="trust-root.pem")
    return answer


def time_root() -> ResponseReturnValue:
    """Hand out the roots that the time stamps of people's signatures are checked against."""
    answer = Response(show_time_roots(wiring()), mimetype=_PEM)
    answer.headers.set("Content-Disposition", "attachment", filename="time-root.pem")
    return answer


def components() -> ResponseReturnValue:
    """Show every building block of the pages in all its states."""
    words, known = vocabulary(), clauses()
    return render_template(
        "components.html",
        sample_clauses=tuple(islice(known.values(), 2)),
        sample_findings=[finding_view(body, words, known, 0, _SAMPLE_LINES) for body in SAMPLE_FINDINGS],
    )
