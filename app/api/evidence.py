"""Files that are kept as evidence: they come in as they are, and go out only through what names them."""

from decimal import Decimal
from typing import Any

from flask import Response

from app.actions.read_evidence_file import read_evidence_file as read_file
from app.actions.upload_evidence import read_declared
from app.actions.upload_evidence import upload_evidence as upload
from app.api.access import needs
from app.api.operation import Answer, Call, Door, json_answer
from app.api.schemas.evidence import UploadedSchema, UploadQuerySchema
from app.core.clock import instant
from app.http.body import read_body, require_media
from app.http.evidence_file import evidence_answer
from app.office.permission import Permission
from app.office.position import DEGREE, Position
from app.reports.uploaded_file import MOST_BYTES
from app.reports.uploaded_kind import KINDS
from app.store.change_values import StoredEvidence

EVIDENCE = Door("evidence", "Files that are kept as evidence.")

_ANY = "application/octet-stream"
_MEDIA = (*KINDS, _ANY)
_CREATED, _OK = 201, 200

_BODY = {
    "required": True,
    "description": "The file as it is, at most 20 MiB: JPEG, PNG, WebP or PDF, told by its content.",
    "content": {media: {"schema": {"type": "string", "contentMediaType": media}} for media in _MEDIA},
}
_EXAMPLE = {
    "digest": "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "media_type": "image/jpeg",
    "size": 2381044,
    "name": "storefront.jpg",
    "taken_at": "2026-11-08T02:00:00.000Z",
    "position": {"latitude": "30.592800", "longitude": "114.305500"},
    "width": 4000,
    "height": 3000,
}
_FILE = {"type": "string", "contentEncoding": "binary"}


@EVIDENCE.operation(
    "POST",
    "/evidence",
    access=needs(Permission.UPLOAD_EVIDENCE),
    query=UploadQuerySchema,
    answers=(
        Answer(_CREATED, UploadedSchema, "Checked and on record", _EXAMPLE),
        Answer(_OK, UploadedSchema, "The same bytes were uploaded before; they stay as first described"),
    ),
    refuses=(400, 413, 415, 503),
    said={"requestBody": _BODY},
)
def upload_evidence(call: Call) -> Response:
    """Upload a photo or a PDF, to be named in a request by its digest.

    Archives, office documents, damaged files and PDFs that do more than show pages are refused; the sentence says what
    to do. What the camera wrote into a photo counts before what the address says.
    """
    media_type = require_media(*_MEDIA)
    declared = read_declared(call.query, None if media_type == _ANY else media_type)
    kept = upload(call.deps, call.actor, read_body(MOST_BYTES), declared)
    return json_answer(_body(kept.evidence), _CREATED if kept.is_new else _OK)


@EVIDENCE.operation(
    "GET",
    "/segment-changes/<change_no>/evidence/<digest>",
    access=needs(Permission.READ_CHANGE),
    answers=tuple(Answer(_OK, _FILE, "The file as it was uploaded", media=media) for media in KINDS),
    refuses=(404,),
)
def read_evidence(call: Call, change_no: str, digest: str) -> Response:
    """Return a file that a request names, as an attachment; the same bytes as were uploaded."""
    return evidence_answer(read_file(call.deps, call.actor, change_no, digest))


def _body(evidence: StoredEvidence) -> dict[str, Any]:
    return {
        "digest": evidence.digest,
        "media_type": evidence.media_type,
        "size": evidence.size,
        "name": evidence.name,
        "taken_at": None if evidence.taken_at is None else instant(evidence.taken_at),
        "position": _place(evidence.position),
        "width": evidence.width,
        "height": evidence.height,
    }


def _place(position: Position | None) -> dict[str, str] | None:
    if position is None:
        return None
    degrees = {"latitude": position.latitude, "longitude": position.longitude}
    return {name: f"{Decimal(value) / DEGREE:.6f}" for name, value in degrees.items()}
