"""Files that come with a form: kept at once, one by one, so that no refusal makes anybody choose them again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import request
from werkzeug.datastructures import FileStorage

from app.actions.upload_evidence import Declared, upload_evidence
from app.core.errors import AppError
from app.core.text import Bilingual
from app.office.segment_change import PHOTOS, EvidenceKind
from app.web.access import acting
from app.web.pages import wiring
from app.web.refusals import office_moment, refusal_of

_PREFIX: Final = "file_"
_PARTS: Final = 3
KINDS: Final = frozenset(kind.value for kind in EvidenceKind)
_CAMERA: Final = PHOTOS | {EvidenceKind.SITE_RECORD}


@dataclass(frozen=True, slots=True)
class KindOfFile:
    """One field of a form that takes files."""

    code: str
    required: bool
    photo: bool


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is with us, though what it came with may have been refused."""

    kind: str
    digest: str
    name: str


@dataclass(frozen=True, slots=True)
class Uploads:
    """What came with the present form."""

    files: tuple[KeptFile, ...]
    errors: Mapping[str, Bilingual]
    """By the name of the field: files that were not taken."""

    def as_evidence(self, typed: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the files as an application names them, with the moment and place somebody typed in."""
        return [
            {"kind": file.kind, "digest": file.digest, **(declared(typed) if file.kind in _CAMERA else {})}
            for file in self.files
        ]


def declared(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return moment and place as typed: what counts for photos whose camera wrote nothing."""
    said: dict[str, Any] = {}
    if typed.get("taken_at"):
        said["taken_at"] = office_moment(typed["taken_at"])
    place = position(typed)
    return {**said, "position": place} if place else said


def position(typed: Mapping[str, str]) -> dict[str, str] | None:
    """Return the place as typed; None when neither number is there."""
    latitude, longitude = typed.get("latitude", ""), typed.get("longitude", "")
    return {"latitude": latitude, "longitude": longitude} if latitude or longitude else None


def kinds_of_files(required: Collection[str], brought: Collection[str] = ()) -> tuple[KindOfFile, ...]:
    """Return one field for each kind of evidence, marked those ``required`` and not ``brought`` yet."""
    return tuple(
        KindOfFile(
            kind.value,
            (kind is EvidenceKind.APPLICATION or kind.value in required) and kind.value not in brought,
            kind in PHOTOS,
        )
        for kind in EvidenceKind
    )


def receive_files() -> Uploads:
    """Keep every file of the present form, and remember those kept before."""
    files = {(file.kind, file.digest): file for file in _kept_before()}
    errors: dict[str, Bilingual] = {}
    for field in request.files:
        kind = field.removeprefix(_PREFIX)
        if not field.startswith(_PREFIX) or kind not in KINDS:
            continue
        for sent in request.files.getlist(field):
            if not sent.filename:
                continue
            try:
                file = _keep(kind, sent)
            except AppError as error:
                refusal = refusal_of(error, ())
                errors[field] = refusal.sentences[0] if refusal.sentences else error.detail
            else:
                files[file.kind, file.digest] = file
    return Uploads(tuple(files.values()), errors)


def _keep(kind: str, sent: FileStorage) -> KeptFile:
    said = Declared(sent.filename or "", sent.mimetype)
    kept = upload_evidence(wiring(), acting(), sent.read(), said).evidence
    return KeptFile(kind, kept.digest, kept.name)


def _kept_before() -> list[KeptFile]:
    found = []
    for line in request.form.getlist("kept"):
        parts = line.split("|", _PARTS - 1)
        if len(parts) == _PARTS and parts[0] in KINDS:
            found.append(KeptFile(*parts))
    return found
