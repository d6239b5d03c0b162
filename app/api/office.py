"""Office data in bulk: people, customers, products, actuals and the rest of the collections."""

import tempfile
from collections.abc import Iterable
from typing import IO, Any

from flask import Response

from app.actions.import_office import Incoming
from app.actions.import_office import import_office as import_items
from app.api import examples
from app.api.access import needs
from app.api.operation import Answer, Call, Door, json_answer
from app.api.schemas.replies import ImportReplySchema
from app.core.errors import Fault
from app.core.text import Bilingual
from app.http.body import JSON, NDJSON, HashedStream, read_body, require_media
from app.http.ndjson import parse_lines
from app.http.strict_json import parse_items
from app.office.items import COLLECTIONS
from app.office.permission import Permission

OFFICE = Door("office", "Bring the data of the office: repeatable, by key, dated.")

MOST_LIST_BYTES = 64 * 1024 * 1024
"""A JSON list is held in memory; more than this comes as NDJSON."""

MOST_STREAM_BYTES = 1024 * 1024 * 1024
"""NDJSON is read a line at a time, so its size costs time and not memory."""

_IN_MEMORY_BYTES = 4 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024

_BODY = {
    "required": True,
    "description": "A JSON list, or one JSON object a line.",
    "content": {
        JSON: {"schema": {"$ref": "#/components/schemas/OfficeItems"}, "example": [examples.CUSTOMER]},
        NDJSON: {"schema": {"type": "string", "description": "One object a line, each as an item of the list."}},
    },
}


@OFFICE.operation(
    "PUT",
    "/office/<collection>",
    access=needs(Permission.IMPORT_OFFICE),
    answers=(Answer(200, ImportReplySchema, "What became of each item", examples.IMPORT_REPLY),),
    refuses=(400, 404, 413, 415),
    path={"collection": {"schema": {"type": "string", "enum": list(COLLECTIONS)}}},
    said={"requestBody": _BODY},
)
def import_office(call: Call, collection: str) -> Response:
    """Import items of a collection.

    Items are kept by their key; one that cannot be read is rejected by itself and never blocks the others. An unknown
    collection is answered with the list of those there are.
    """
    if require_media(JSON, NDJSON) == JSON:
        items: Iterable[Any] = parse_items(read_body(MOST_LIST_BYTES))
        return json_answer(import_items(call.deps, call.actor, collection, map(_incoming, items)))
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as body:
        _receive_into(body)
        return json_answer(import_items(call.deps, call.actor, collection, map(_incoming, parse_lines(body))))


def _receive_into(body: IO[bytes]) -> None:
    """Take the whole body before the action reads it.

    The action holds the one writer's lock while it reads; a slow sender must not.
    """
    stream = HashedStream(MOST_STREAM_BYTES)
    while chunk := stream.read(_CHUNK_BYTES):
        body.write(chunk)
    body.seek(0)


def _incoming(item: Any) -> Incoming:  # noqa: ANN401  # any JSON value, or a tuple of faults
    if isinstance(item, dict):
        return item
    if isinstance(item, tuple):
        first: Fault = item[0]
        return first
    return Fault("", "value.not_an_object", Bilingual("应为对象。", "Must be an object."))
