"""The list of evaluations, one evaluation, and its signed record."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.page_evaluations import page_evaluations, show_evaluation
from app.actions.seal_record import read_record
from app.core.errors import NotFound
from app.office.month import Month
from app.store.values import EvaluationFilter
from app.web.access import acting
from app.web.evaluation_view import evaluation_view, finding_view
from app.web.pages import clauses, vocabulary, wiring

_PAGE: Final = 50
_LINES_PAGE: Final = 100
_FILTERS: Final = ("verdict", "stage", "cycle", "account_manager", "rule", "text")


def evaluations() -> ResponseReturnValue:
    """Show what was judged, newest first."""
    chosen = {name: value for name in _FILTERS if (value := request.args.get(name, "").strip())}
    cursor = request.args.get("cursor")
    page = page_evaluations(wiring(), acting(), _filter(chosen), cursor, _PAGE)
    rules = sorted({rule.id for rule in wiring().library.rules})

    def address(**changes: str | None) -> str:
        kept = {name: value for name, value in {**chosen, **changes}.items() if value}
        return f"{url_for('web.evaluations')}?{urlencode(kept)}" if kept else url_for("web.evaluations")

    return render_template(
        "evaluations.html", page=page, chosen=chosen, rules=rules, address=address, continued=bool(cursor)
    )


def _filter(chosen: Mapping[str, str]) -> EvaluationFilter:
    try:
        cycle = Month.read(chosen["cycle"]) if "cycle" in chosen else None
    except ValueError as error:
        raise NotFound from error
    return EvaluationFilter(
        verdict=chosen.get("verdict"),
        stage=chosen.get("stage"),
        cycle=cycle,
        account_manager=chosen.get("account_manager"),
        rule=chosen.get("rule"),
        text=chosen.get("text"),
    )


def evaluation(evaluation_id: str) -> ResponseReturnValue:
    """Show one evaluation: what was found, why, and how it can be proved."""
    body = show_evaluation(wiring(), acting(), evaluation_id)
    return render_template("evaluation.html", page=evaluation_view(body, vocabulary(), clauses()), body=body)


def finding_lines(evaluation_id: str, rule_id: str) -> ResponseReturnValue:
    """Show every line one rule spoke about, a hundred a page."""
    body = show_evaluation(wiring(), acting(), evaluation_id)
    found = next((finding for finding in body["findings"] if finding["rule"] == rule_id), None)
    if found is None or not found["lines"]:
        raise NotFound
    last = (len(found["lines"]) - 1) // _LINES_PAGE + 1
    number = min(max(request.args.get("page", 1, type=int), 1), last)
    view = finding_view(found, vocabulary(), clauses(), (number - 1) * _LINES_PAGE, _LINES_PAGE)
    return render_template("finding_lines.html", finding=view, body=body, number=number, last=last)


def record(evaluation_id: str) -> ResponseReturnValue:
    """Hand out the sealed record of an evaluation."""
    data = read_record(wiring(), acting(), evaluation_id)
    answer = Response(data, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{evaluation_id}.pdf")
    return answer
