"""Decide whether an uploaded file may be kept as evidence: by its content, within limits, never by its name."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from app.core.text import Bilingual
from app.office.position import Position
from app.office.visible_text import is_hidden
from app.reports.upload_errors import UploadEmpty, UploadTooLarge
from app.reports.upload_process import look_apart
from app.reports.uploaded_kind import JPEG, PDF, PNG, WEBP

MOST_BYTES = 20 * 1024 * 1024
MOST_NAME = 120
"""Characters of a file name."""

_SUFFIXES = {JPEG: (".jpg", ".jpeg"), PNG: (".png",), WEBP: (".webp",), PDF: (".pdf",)}
_MOST_SUFFIX = 8
_UNSAFE_IN_NAMES = frozenset('<>:"|?*')
"""What some system or other does not allow in the name of a file."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """An uploaded file that may be kept."""

    media_type: str
    """``image/jpeg``, ``image/png``, ``image/webp`` or ``application/pdf``, told by the content."""
    size: int
    """Bytes."""
    width: int | None
    """Pixels of a picture; None for a PDF."""
    height: int | None
    pages: int | None
    """Of a PDF; None for a picture."""
    taken_at: datetime | None
    """When the camera says the photo was taken; aware."""
    position: Position | None
    """Where the camera says it was taken."""
    name: str
    """As the sender named it, cleaned. For showing, never a path."""
    declared_media_type: str | None = None
    """What the sender called it. Decides nothing."""


def check_upload(data: bytes, name: str, declared_media_type: str | None = None) -> CheckedFile:
    """Return what ``data`` is, when it may be kept as evidence. The bytes are kept as they are, metadata included.

    Args:
        data: the file.
        name: as the sender called it; only cleaned and kept.
        declared_media_type: what the sender calls its kind; phones and programs often err, the content decides.

    Raises:
        UploadRefused: one of ``upload.*``, with a sentence that says what to do.
        UploadNotChecked: it could not be checked, so it is not kept.
    """
    if not data:
        raise UploadEmpty(
            Bilingual("文件为空（0 字节）。请重新选择文件。", "The file is empty (0 bytes). Choose it again.")
        )
    if len(data) > MOST_BYTES:
        raise UploadTooLarge(
            Bilingual(
                f"文件超过 {MOST_BYTES >> 20} MiB。请降低分辨率，或将 PDF 拆分后上传。",
                f"The file has more than {MOST_BYTES >> 20} MiB. Lower the resolution, or split the PDF.",
            )
        )
    inside = look_apart(data)
    return CheckedFile(
        media_type=inside.media_type,
        size=len(data),
        width=inside.width,
        height=inside.height,
        pages=inside.pages,
        taken_at=inside.taken_at,
        position=inside.position,
        name=clean_name(name, inside.media_type),
        declared_media_type=declared_media_type,
    )


def clean_name(raw: str, media_type: str) -> str:
    """Return ``raw`` without folders and characters nobody can see, of at most 120 characters; never empty."""
    last = raw.replace("\\", "/").rsplit("/", 1)[-1]
    # Composed only of what was seen: removing characters may bring a letter and its accent together.
    seen = "".join(" " if character.isspace() else character for character in last if not _goes(character))
    text = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ")
    if not text:
        return f"evidence{_SUFFIXES[media_type][0]}"
    if len(text) <= MOST_NAME:
        return text
    stem, dot, suffix = text.rpartition(".")
    if not dot or len(suffix) > _MOST_SUFFIX:
        return text[:MOST_NAME].strip(". ")
    return f"{stem[: MOST_NAME - len(suffix) - 1].strip('. ')}.{suffix}"


def _goes(character: str) -> bool:
    return is_hidden(character) and not character.isspace()


def download_name(name: str, media_type: str) -> str:
    """Return ``name`` for the disk of whoever fetches the file: with the suffix of what it is, so that nothing runs."""
    safe = "".join("_" if character in _UNSAFE_IN_NAMES else character for character in name)
    suffixes = _SUFFIXES[media_type]
    return safe if safe.lower().endswith(suffixes) else safe + suffixes[0]
