"""One way to write an operation: what it takes and gives is declared once, checked before the view, and documented."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any

import marshmallow as ma
import orjson
from flask import Response, request
from flask_smorest import Blueprint

from app.actions.deps import Deps
from app.actions.reply import Reply, RequestKey
from app.api.access import Access
from app.api.shape import Check, require_shape, shape_check
from app.core.actor import Actor
from app.core.canonical import sha256_hex
from app.core.errors import Fault
from app.core.text import Bilingual
from app.http.bearer import require_client
from app.http.body import JSON, read_body, require_media
from app.http.current import current_deps
from app.http.errors import NotAcceptable, QueryInvalid
from app.http.idempotency import read_key
from app.http.strict_json import parse_json
from app.http.versions import read_version

View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Call:
    """A checked request: everything a view hands to its action."""

    deps: Deps
    caller: Actor | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    request_key: RequestKey = field(default_factory=lambda: RequestKey(None, ""))
    version: int | None = None
    """Of the thing as the caller has seen it; None when that is not said."""

    @property
    def actor(self) -> Actor:
        """Who is calling; only for operations that are not open."""
        assert self.caller is not None
        return self.caller


@dataclass(frozen=True, slots=True)
class Body:
    """The body an operation takes: one JSON object of a schema."""

    schema: type[ma.Schema]
    example: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One way in which an operation succeeds."""

    status: int
    schema: type[ma.Schema] | Mapping[str, Any]
    description: str
    example: Any = None
    media: str = JSON
    tagged: bool = False
    """Whether an ``ETag`` names the version."""


class Keyed(StrEnum):
    """What an operation makes of an ``Idempotency-Key``."""

    REQUIRED = "required"
    OPTIONAL = "optional"


_MALFORMED, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 400, 401, 403, 404
_CONFLICT, _STALE, _TOO_LARGE, _MEDIA, _INVALID, _UNSEEN = 409, 412, 413, 415, 422, 428
_TAG = {"ETag": {"description": "The version.", "schema": {"type": "string"}, "example": '"v3"'}}


class Door:
    """A group of operations under one name."""

    def __init__(self, name: str, description: str, prefix: str = "/api/v1") -> None:
        """Start with no operations."""
        self.blueprint = Blueprint(name, __name__, url_prefix=prefix, description=description)
        self.access: dict[str, Access] = {}
        """The access of each endpoint."""
        self._name = name

    def operation(
        self,
        method: str,
        rule: str,
        *,
        access: Access,
        answers: Sequence[Answer],
        body: Body | None = None,
        query: type[ma.Schema] | None = None,
        keyed: Keyed | None = None,
        versioned: bool = False,
        refuses: Sequence[int] = (),
        said: Mapping[str, Any] | None = None,
        path: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Callable[[View], View]:
        """Return the decorator that puts a view ``(call, **places)`` behind ``method`` and ``rule``.

        Args:
            method: of HTTP.
            rule: of werkzeug, under the prefix.
            access: who may call.
            answers: what success looks like; the first decides what ``Accept`` is compared with.
            body: the JSON object it takes; None when it takes none, or reads the body itself.
            query: the parameters it takes in the address; all others are refused.
            keyed: whether it needs an ``Idempotency-Key``, honours one, or (None) knows none.
            versioned: whether it needs an ``If-Match``; the action refuses without one, when it knows what is meant.
            refuses: further statuses it answers failures with.
            said: more members of the OpenAPI operation.
            path: what OpenAPI says of parameters in the rule, by name.
        """
        check = None if body is None else shape_check(body.schema())
        # A call from anywhere, such as a probe's, may carry parameters nobody reads.
        query_check = None if access.is_open and query is None else shape_check(query() if query else ma.Schema())

        def decorate(view: View) -> View:
            @wraps(view)
            def handle(**places: str) -> Response:
                _require_acceptable(answers)
                return view(_checked_call(access, check, query_check, keyed=keyed, versioned=versioned), **places)

            handle.access = access  # type: ignore[attr-defined]  # read by the test of all routes
            documented = _documented(
                handle, access, answers, body, query, keyed, refuses, said or {}, versioned=versioned
            )
            in_path = [{"in": "path", "name": name, **more} for name, more in (path or {}).items()]
            self.blueprint.add_url_rule(rule, view.__name__, documented, methods=[method], parameters=in_path)
            self.access[f"{self._name}.{view.__name__}"] = access
            return view

        return decorate


def _checked_call(
    access: Access, check: Check | None, query_check: Check | None, *, keyed: Keyed | None, versioned: bool
) -> Call:
    deps = current_deps()
    caller = None if access.is_open else require_client()
    query = {} if query_check is None else _read_query(query_check)
    if check is None:
        return Call(deps, caller, query=query)
    require_media(JSON)
    data = read_body(deps.most_body_bytes)
    digest = "sha256:" + sha256_hex(request.path.encode("utf-8") + b"\n" + data)
    key = _read_key(keyed)
    version = read_version(request.headers.get("If-Match")) if versioned else None
    payload = require_shape(check, parse_json(data))
    return Call(deps, caller, payload, query, RequestKey(key, digest), version)


def _read_key(keyed: Keyed | None) -> str | None:
    header = request.headers.get("Idempotency-Key")
    if keyed is None or (keyed is Keyed.OPTIONAL and header is None):
        return None
    return read_key(header)


def _read_query(check: Check) -> dict[str, str]:
    given = {name: values[0] for name, values in request.args.lists()}
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    message = Bilingual("该参数出现了不止一次。", "The parameter stands more than once.")
    faults = [Fault(name, "query.duplicate", message) for name in twice]
    faults += [Fault(fault.pointer.removeprefix("/"), fault.code, fault.message) for fault in check(given, "")]
    if faults:
        raise QueryInvalid(faults=faults)
    return given


def _require_acceptable(answers: Sequence[Answer]) -> None:
    """Do nothing when the caller takes one of the answers, or JSON: a machine that reads problems reads the rest."""
    offered = [answer.media.partition(";")[0] for answer in answers] + [JSON, "application/problem+json"]
    if request.accept_mimetypes and request.accept_mimetypes.best_match(offered) is None:
        named = ", ".join(dict.fromkeys(offered[: len(answers)]))
        raise NotAcceptable(Bilingual(f"此调用只提供 {named}。", f"This call gives {named} only."))


def _documented(
    handle: View,
    access: Access,
    answers: Sequence[Answer],
    body: Body | None,
    query: type[ma.Schema] | None,
    keyed: Keyed | None,
    refuses: Sequence[int],
    said: Mapping[str, Any],
    *,
    versioned: bool,
) -> View:
    parameters: list[Any] = []
    if keyed:
        parameters.append("IDEMPOTENCY_KEY" if keyed is Keyed.REQUIRED else "IDEMPOTENCY_KEY_OPTIONAL")
    if versioned:
        parameters.append("IF_MATCH")
        refuses = (*refuses, _MALFORMED, _NOT_FOUND, _STALE, _UNSEEN)
    if query is not None:
        parameters.append({"in": "query", "schema": query})
    operation: dict[str, Any] = {
        "operationId": handle.__name__,
        "security": [] if access.is_open else [{"bearer": []}],
        "x-henji-scopes": list(access.scopes),
        **said,
    }
    if parameters:
        operation["parameters"] = parameters
    if body is not None:
        content = {JSON: {"schema": body.schema, "example": body.example}}
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = _documented_responses(access, answers, body, query, keyed, refuses)
    summary, _, rest = (handle.__doc__ or "").partition("\n")
    operation["summary"] = summary.strip()
    operation["description"] = " ".join((" ".join(rest.split()), access.sentence)).strip()
    documented: View = Blueprint.doc(**operation)(handle)
    return documented


def _documented_responses(
    access: Access,
    answers: Sequence[Answer],
    body: Body | None,
    query: type[ma.Schema] | None,
    keyed: Keyed | None,
    refuses: Sequence[int],
) -> dict[int | str, Any]:
    responses: dict[int | str, Any] = {}
    for answer in answers:
        content: dict[str, Any] = {"schema": answer.schema}
        if answer.example is not None:
            content["example"] = answer.example
        # Two answers of one status are two media of it.
        said = responses.setdefault(answer.status, {"description": answer.description, "content": {}})
        said["content"][answer.media] = content
        if answer.tagged:
            said["headers"] = _TAG
    statuses = set(refuses)
    if not access.is_open:
        statuses |= {_UNAUTHORIZED, _INVALID}
        if access.permissions:
            statuses.add(_FORBIDDEN)
    if body is not None:
        statuses |= {_MALFORMED, _TOO_LARGE, _MEDIA, _INVALID}
    if query is not None:
        statuses.add(_INVALID)
    if keyed:
        statuses |= {_MALFORMED, _CONFLICT, _INVALID}
    for status in sorted(statuses):
        responses[status] = f"PROBLEM_{status}"
    responses["default"] = "PROBLEM"
    return responses


def json_answer(value: Any, status: int = 200) -> Response:  # noqa: ANN401  # any JSON value
    """Return ``value`` as a JSON answer."""
    return Response(orjson.dumps(value), status=status, content_type=JSON)


def kept_answer(reply: Reply) -> Response:
    """Return the bytes an action kept, as they are."""
    return Response(reply.body, status=reply.status, content_type=JSON)
