"""Keep an uploaded file as evidence: checked by its content, kept by its hash, with its metadata and a log entry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from app.actions.deps import Deps
from app.actions.noting import note
from app.core.actor import Actor
from app.core.clock import instant, read_instant
from app.core.errors import Fault, Invalid
from app.core.text import Bilingual
from app.office.permission import Permission
from app.office.position import DEGREE, Position
from app.reports.uploaded_file import CheckedFile, check_upload
from app.store.blobs import prepare_blob
from app.store.change_values import StoredEvidence

_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,12})?")
_MOST_LATITUDE, _MOST_LONGITUDE = 90, 180


@dataclass(frozen=True, slots=True)
class Declared:
    """What the sender says of a file. The camera's own word counts more; both are on record."""

    name: str = ""
    media_type: str | None = None
    taken_at: datetime | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that is on record."""

    evidence: StoredEvidence
    is_new: bool
    """False when the same bytes were uploaded before: everything stays as it was first recorded."""


def upload_evidence(deps: Deps, actor: Actor, data: bytes, declared: Declared) -> Uploaded:
    """Check ``data``, keep it and log it in one transaction. The same bytes again change nothing.

    Raises:
        Forbidden: the actor may not upload.
        UploadRefused: the file is not taken; the sentence says what to do.
    """
    actor.require(Permission.UPLOAD_EVIDENCE)
    checked = check_upload(data, declared.name, declared.media_type)
    blob = prepare_blob(data)
    with deps.store.read() as uow:
        earlier = uow.evidence.get(blob.digest)
    if earlier is not None:
        return Uploaded(earlier, is_new=False)
    at = deps.clock.now()
    evidence = StoredEvidence(
        digest=blob.digest,
        media_type=checked.media_type,
        size=checked.size,
        name=checked.name,
        uploaded_by=actor.actor_id,
        uploaded_at=at,
        taken_at=checked.taken_at or declared.taken_at,
        position=checked.position or declared.position,
        width=checked.width,
        height=checked.height,
        actor=actor.as_json(),
    )
    with deps.store.write() as uow:
        earlier = uow.evidence.get(blob.digest)
        if earlier is not None:
            return Uploaded(earlier, is_new=False)
        uow.blobs.put(blob)
        uow.evidence.add(evidence)
        note(uow, actor, "evidence.uploaded", ("evidence", blob.digest), at, _logged(checked, declared, blob.digest))
    return Uploaded(evidence, is_new=True)


def _logged(checked: CheckedFile, declared: Declared, digest: str) -> dict[str, Any]:
    return {
        "digest": digest,
        "media_type": checked.media_type,
        "size": checked.size,
        "name": checked.name,
        "width": checked.width,
        "height": checked.height,
        "pages": checked.pages,
        "camera": _said(checked.taken_at, checked.position),
        "declared": {"media_type": declared.media_type, **_said(declared.taken_at, declared.position)},
        "differs": _differences(checked, declared),
    }


def _said(taken_at: datetime | None, position: Position | None) -> dict[str, Any]:
    return {"taken_at": None if taken_at is None else instant(taken_at), "position": position_as_json(position)}


def _differences(checked: CheckedFile, declared: Declared) -> list[str]:
    """Return in what the camera contradicts the sender; what only one of them says contradicts nobody."""
    pairs = {
        "media_type": (checked.media_type, declared.media_type),
        "taken_at": (checked.taken_at, declared.taken_at),
        "position": (checked.position, declared.position),
    }
    return [name for name, (camera, said) in pairs.items() if camera is not None and said not in (None, camera)]


def position_as_json(position: Position | None) -> dict[str, int] | None:
    """Return a place in millionths of a degree, as the log and the API say it."""
    return None if position is None else {"latitude": position.latitude, "longitude": position.longitude}


def read_declared(fields: Mapping[str, str], media_type: str | None) -> Declared:
    """Return what ``fields`` (``name``, ``taken_at``, ``latitude``, ``longitude``; decimal degrees) say of a file.

    Raises:
        Invalid: naming every field that cannot be read.
    """
    faults: list[Fault] = []
    taken_at = _instant(fields.get("taken_at"), faults)
    latitude = _degrees("latitude", fields.get("latitude"), _MOST_LATITUDE, faults)
    longitude = _degrees("longitude", fields.get("longitude"), _MOST_LONGITUDE, faults)
    if bool(fields.get("latitude")) != bool(fields.get("longitude")):
        missing = "longitude" if fields.get("latitude") else "latitude"
        message = Bilingual("经度和纬度须同时填写。", "Latitude and longitude are given together.")
        faults.append(Fault(missing, "value.missing", message))
    if faults:
        raise Invalid(Bilingual("上传说明中有内容无法读取。", "Something said of the file cannot be read."), faults)
    position = None if latitude is None or longitude is None else Position(latitude, longitude)
    return Declared(fields.get("name", ""), media_type or None, taken_at, position)


def _instant(text: str | None, faults: list[Fault]) -> datetime | None:
    if not text:
        return None
    try:
        return read_instant(text)
    except ValueError:
        message = Bilingual(
            "应为带时区的时间，例如 2026-11-08T10:00:00+08:00。",
            "Must be an instant with an offset, such as 2026-11-08T10:00:00+08:00.",
        )
        faults.append(Fault("taken_at", "value.not_an_instant", message))
        return None


def _degrees(name: str, text: str | None, most: int, faults: list[Fault]) -> int | None:
    """Return decimal degrees as millionths; they come as text, and no float ever touches them."""
    if not text:
        return None
    if text.isascii() and _DEGREES.fullmatch(text) and abs(Fraction(text)) <= most:
        return round(Fraction(text) * DEGREE)
    message = Bilingual(
        f"应为 -{most} 至 {most} 之间的十进制度数，例如 30.712345。",
        f"Must be decimal degrees from -{most} to {most}, such as 30.712345.",
    )
    faults.append(Fault(name, "value.out_of_range", message))
    return None
