"""Hand out the OpenAPI document."""

import orjson
from apispec import APISpec
from flask import Flask, Response, current_app

from app.api.access import OPEN
from app.api.operation import Answer, Call, Door
from app.http.body import JSON

DOCUMENT = Door("document", "The description of this API.")

_EXTENSION = "henji.openapi"


def keep_document(app: Flask, spec: APISpec) -> None:
    """Write the document once, when every operation is known."""
    # Statuses are numbers in the document; JSON wants names.
    app.extensions[_EXTENSION] = orjson.dumps(spec.to_dict(), option=orjson.OPT_NON_STR_KEYS)


@DOCUMENT.operation(
    "GET", "/openapi.json", access=OPEN, answers=(Answer(200, {"type": "object"}, "An OpenAPI 3.1 document"),)
)
def read_openapi(_call: Call) -> Response:
    """Return the OpenAPI document of this API."""
    return Response(current_app.extensions[_EXTENSION], content_type=JSON)
