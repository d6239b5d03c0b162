"""The list of segment changes, one of them, its approval form and its files."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.actions.page_changes import page_changes
from app.actions.read_change import read_change
from app.actions.read_change_form import read_change_form
from app.actions.read_evidence_file import read_evidence_file
from app.core.text import Bilingual
from app.http.evidence_file import evidence_answer
from app.store.change_values import ChangeFilter
from app.web import change_words
from app.web.access import acting
from app.web.language import say
from app.web.pages import clauses, vocabulary, wiring
from app.web.segment_change_view import CaseView, case_view

_PAGE: Final = 50
_FILTERS: Final = ("state", "customer", "text")

_DONE: Final[dict[str, LazyString]] = {
    "apply": _("已受理。编号已给出，现在等到店核查。"),
    "draft": _("已留痕并编号，但还没有受理。原因见下；补正后用同一编号再次提交。"),
    "check": _("核查已记录。"),
    "add_evidence": _("材料已补充。"),
    "sign": _("已签署，并已加盖时间戳、写入日志。"),
    "file": _("已备案。到生效日自动生效。"),
    "review": _("复查已记录。"),
    "reject": _("已驳回。"),
    "withdraw": _("已撤回。"),
    "revoke": _("已撤销。"),
}
"""What a page says once after an act."""


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence above a case."""

    text: str
    tone: str = ""


def segment_changes() -> ResponseReturnValue:
    """Show the requests the reader may see, newest first."""
    chosen = {name: value for name in _FILTERS if (value := request.args.get(name, "").strip())}
    cursor = request.args.get("cursor")
    states = frozenset({chosen["state"]}) if "state" in chosen else None
    wanted = ChangeFilter(states=states, licence_no=chosen.get("customer"), text=chosen.get("text"))

    def address(**changes: str | None) -> str:
        kept = {name: value for name, value in {**chosen, **changes}.items() if value}
        return f"{url_for('web.segment_changes')}?{urlencode(kept)}" if kept else url_for("web.segment_changes")

    return render_template(
        "segment_changes.html",
        page=page_changes(wiring(), acting(), wanted, cursor, _PAGE),
        chosen=chosen,
        states=list(change_words.STATES.items()),
        address=address,
        continued=bool(cursor),
    )


def segment_change(change_no: str) -> ResponseReturnValue:
    """Show one request: where it stands, who gains what, and what the reader may do."""
    done = _DONE.get(request.args.get("done", ""))
    return case_page(case_of(change_no), [Message(str(done), "pass")] if done else [])


def case_of(change_no: str) -> CaseView:
    """Return the request ``change_no`` ready to print."""
    return case_view(read_change(wiring(), acting(), change_no), vocabulary(), clauses())


def case_page(case: CaseView, messages: list[Message]) -> str:
    """Return the page of a request with ``messages`` above it."""
    return render_template("segment_change.html", case=case, messages=messages)


def told(sentences: tuple[Bilingual, ...], tone: str = "block") -> list[Message]:
    """Return sentences as messages in the language of the request."""
    return [Message(say(sentence), tone) for sentence in sentences]


def segment_change_form(change_no: str) -> ResponseReturnValue:
    """Hand out the approval form as it is now, with the signatures it bears."""
    data = read_change_form(wiring(), acting(), change_no)
    answer = Response(data, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{change_no}.pdf")
    return answer


def segment_change_evidence_file(change_no: str, digest: str) -> ResponseReturnValue:
    """Hand out one file of a request; never to be opened in place."""
    return evidence_answer(read_evidence_file(wiring(), acting(), change_no, digest))
