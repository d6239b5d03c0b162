"""Say what an error code means: the address in the ``type`` of every problem document."""

from html import escape

from flask import Response, request

from app.api.access import OPEN
from app.api.operation import Answer, Call, Door, json_answer
from app.api.schemas.replies import DocumentedProblemSchema
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.http.problem_table import DocumentedProblem, documented_problems

PROBLEMS = Door("problems", "What the error codes mean.", prefix="")

_HTML = "text/html; charset=utf-8"


@PROBLEMS.operation(
    "GET",
    "/problems/<code>",
    access=OPEN,
    answers=(
        Answer(200, DocumentedProblemSchema, "The meaning of the code"),
        Answer(200, {"type": "string"}, "", None, _HTML),
    ),
    refuses=(404,),
)
def read_problem(_call: Call, code: str) -> Response:
    """Say what an error code means, as JSON or as a page."""
    problem = documented_problems().get(code)
    if problem is None:
        raise NotFound(Bilingual("没有这个错误代码。", "There is no such error code."))
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return Response(_page(problem), content_type=_HTML)
    return json_answer(problem.as_json())


def _page(problem: DocumentedProblem) -> str:
    status = "" if problem.status is None else f" · HTTP {problem.status}"
    code, zh, en = escape(problem.code), escape(problem.title.zh), escape(problem.title.en)
    return (
        f'<!doctype html><html lang="zh-Hans-CN"><meta charset="utf-8"><title>{code}</title>'
        f'<h1>{zh}</h1><p lang="en">{en}</p><p><code>{code}</code>{status}</p></html>'
    )
