"""The OpenAPI 3.1 document, generated from the operations and schemas that answer."""

from http import HTTPStatus
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from flask_smorest import Api
from marshmallow import fields

from app.api.examples import PROBLEM
from app.api.fields import Kind
from app.api.schemas.replies import ProblemSchema
from app.http.problems import HTTP_PROBLEMS
from app.http.problems import MEDIA as PROBLEM_MEDIA

API_VERSION = "1.0.0"

_DESCRIPTION = """\
A forecasting system sends forecasts; every rule is asked; the answer comes back after everything is on record.
Dates are `YYYY-MM-DD`, months `YYYY-MM`, instants ISO 8601 with an offset. A quantity is a JSON integer or a decimal
string. Everything that is not a success is a problem document (RFC 9457) with JSON Pointers. Calls that record need an
`Idempotency-Key`, kept as long as the record: the same key and body give the same answer with `"replayed": true`.
What several people work on has versions: an act names with `If-Match` the one it is based on.
"""


def _kind_schema(_converter: OpenAPIConverter, field: fields.Field[Any], **_more: Any) -> dict[str, Any]:  # noqa: ANN401
    return field.openapi if isinstance(field, Kind) else {}


class HenjiApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest as the maker of the document and the registrar of routes; failures are answered elsewhere."""

    def _register_error_handlers(self) -> None:
        """Register none: app.http.problems answers every failure."""

    def _register_responses(self) -> None:
        """Describe the problem documents."""
        content = {PROBLEM_MEDIA: {"schema": ProblemSchema, "example": dict(PROBLEM)}}
        general = {"description": "A problem document", "content": content}
        self.spec.components.response("PROBLEM", general, lazy=True)
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                said = HTTP_PROBLEMS.get(status)
                description = said[1].en if said else status.phrase
                response = {"description": description, "content": {PROBLEM_MEDIA: {"schema": ProblemSchema}}}
                self.spec.components.response(f"PROBLEM_{status.value}", response, lazy=True)


def make_api(app: Flask) -> HenjiApi:
    """Return the API of ``app`` with no operations yet."""
    app.config.update(
        API_TITLE="Henji",
        API_VERSION=API_VERSION,
        OPENAPI_VERSION="3.1.0",
        # The document is an operation like any other: see app.api.document.
        OPENAPI_URL_PREFIX=None,
    )
    plugin = MarshmallowPlugin()
    api = HenjiApi(
        app,
        spec_kwargs={
            "marshmallow_plugin": plugin,
            "info": {"description": _DESCRIPTION, "license": {"name": "Proprietary"}},
            "servers": [{"url": "/"}],
        },
    )
    assert plugin.converter is not None, "the specification has been begun, so the plugin has its converter"
    plugin.converter.add_attribute_function(_kind_schema)  # type: ignore[no-untyped-call]  # apispec has no type here
    api.spec.components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "description": "The credential of a machine client."}
    )
    for name, required in (("IDEMPOTENCY_KEY", True), ("IDEMPOTENCY_KEY_OPTIONAL", False)):
        api.spec.components.parameter(
            name,
            "header",
            {
                "name": "Idempotency-Key",
                "required": required,
                "description": "Unique per intended effect; bare or quoted. Kept as long as the record.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                "example": "FS-88231-1",
            },
        )
    api.spec.components.parameter(
        "IF_MATCH",
        "header",
        {
            "name": "If-Match",
            "required": True,
            "description": "The version it is based on, as an `ETag` gave it. 428 without one, 412 with an old one.",
            "schema": {"type": "string", "pattern": '^((W/)?"v[1-9][0-9]{0,8}"|v?[1-9][0-9]{0,8})$'},
            "example": '"v3"',
        },
    )
    return api
