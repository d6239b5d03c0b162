"""Turn every failure into one problem document (RFC 9457), in one place. Nothing of the inside goes out."""

import logging
from collections.abc import Mapping
from typing import ClassVar

import orjson
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestedRangeNotSatisfiable

from app.actions.record_refusal import record_refusal
from app.core.errors import AppError
from app.core.text import Bilingual
from app.http.current import (
    current_actor,
    current_deps,
    is_machine_path,
    payload_hash,
    preferred_language,
    problem_page,
    request_number,
)
from app.http.errors import BodyTooLarge, MediaUnsupported, NotAcceptable, NotReady

MEDIA = "application/problem+json"
_CLIENT_ERRORS = range(400, 500)
_UNAUTHORIZED = 401
_RETRY_AFTER_SECONDS = {"idempotency.running": 1, "quota.exceeded": 10, "service.not_ready": 5}

_log = logging.getLogger("henji.http")

HTTP_PROBLEMS: Mapping[int, tuple[str, Bilingual]] = {
    400: ("request.malformed", Bilingual("请求格式错误", "The request cannot be read")),
    404: ("route.unknown", Bilingual("没有这个地址", "There is no such address")),
    405: ("method.not_allowed", Bilingual("此地址不支持该方法", "The address does not take this method")),
    408: ("request.timeout", Bilingual("请求发送超时", "The request took too long to arrive")),
    411: ("request.length_required", Bilingual("请求须声明长度", "The request must say its length")),
    414: ("request.address_too_long", Bilingual("请求地址过长", "The address is too long")),
    429: ("quota.exceeded", Bilingual("请求过于频繁", "Too many requests")),
    431: ("request.headers_too_large", Bilingual("请求头过大", "The headers are too large")),
    **{kind.status: (kind.code, kind.title) for kind in (NotAcceptable, BodyTooLarge, MediaUnsupported, NotReady)},
    500: (AppError.code, AppError.title),
}
"""What failures found by the web framework are called."""


class HttpProblem(AppError):
    """A failure the framework found, in our words."""

    code: ClassVar[str] = "request.refused"
    status: ClassVar[int] = 400
    title: ClassVar[Bilingual] = Bilingual("请求被拒绝", "The request was refused")

    def __init__(self, status: int) -> None:
        """Look up the words for ``status``; an unlisted 4xx is ``request.refused``, an unlisted 5xx our fault."""
        if status not in HTTP_PROBLEMS and status not in _CLIENT_ERRORS:
            status = 500
        self.http_status = status
        self.http_code, self.http_title = HTTP_PROBLEMS.get(status, (self.code, self.title))
        super().__init__(self.http_title)


def _words(error: AppError) -> tuple[int, str, Bilingual]:
    if isinstance(error, HttpProblem):
        return error.http_status, error.http_code, error.http_title
    return error.status, error.code, error.title


def problem_document(error: AppError, instance: str, language: str) -> dict[str, object]:
    """Return ``error`` as the members of a problem document.

    ``errors`` has one member for each fault, in both languages; title and detail are in ``language``.

    Source: RFC 9457, 3; design/hook.md.
    """
    status, code, title = _words(error)
    return {
        "type": f"/problems/{code}",
        "title": title.in_language(language),
        "status": status,
        "detail": error.detail.in_language(language),
        "instance": instance,
        "code": code,
        "errors": [fault.as_json() for fault in error.faults],
    }


def problem_response(error: AppError) -> Response:
    """Return ``error`` as the answer to the current request, in the caller's language."""
    language = preferred_language()
    status, code, _ = _words(error)
    body = problem_document(error, f"urn:uuid:{request_number()}", language)
    response = Response(orjson.dumps(body), status=status, content_type=MEDIA)
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    if code in _RETRY_AFTER_SECONDS:
        response.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS[code])
    if status == _UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="henji"'
    return response


def register_problems(app: Flask) -> None:
    """Answer every failure in ``app`` with a problem document, or with a page where people look."""
    app.register_error_handler(AppError, _on_app_error)
    app.register_error_handler(HTTPException, _on_http_exception)
    app.register_error_handler(Exception, _on_surprise)


def _answer(error: AppError) -> ResponseReturnValue:
    status, code, _ = _words(error)
    if status in _CLIENT_ERRORS:
        _put_refusal_on_record(code)
    page = problem_page()
    if page is not None and not is_machine_path(request.path):
        return page(error, status, request_number())
    return problem_response(error)


def _on_app_error(error: AppError) -> ResponseReturnValue:
    if error.status not in _CLIENT_ERRORS:
        _log.error("request %s failed: %s", request_number(), error.code, exc_info=error)
    return _answer(error)


def _on_http_exception(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # noqa: PLR2004  # a redirect is an answer, not a failure
        return error.get_response()
    answer = _answer(HttpProblem(error.code))
    if isinstance(answer, Response) and isinstance(error, MethodNotAllowed | RequestedRangeNotSatisfiable):
        # Only what the framework knows and the caller needs: the methods that do exist.
        answer.headers.extend({k: v for k, v in error.get_headers() if k in {"Allow", "Content-Range"}})
    return answer


def _on_surprise(error: Exception) -> ResponseReturnValue:
    _log.error("request %s failed", request_number(), exc_info=error)
    return _answer(HttpProblem(500))


def _put_refusal_on_record(code: str) -> None:
    """Keep who was refused, when and for which body. A failure to do so never changes the answer."""
    actor, digest = current_actor(), payload_hash()
    if actor is None or digest is None:
        return
    try:
        record_refusal(current_deps(), actor, digest, code, f"urn:uuid:{request_number()}")
    except Exception:  # noqa: BLE001  # the caller gets the refusal in any case
        _log.exception("the refusal of request %s could not be recorded", request_number())
