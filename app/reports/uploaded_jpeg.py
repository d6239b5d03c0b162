"""Check a JPEG. Source: ITU-T T.81, annex B; CIPA DC-007 (several pictures in one file)."""

import io
import re
from dataclasses import dataclass

from PIL import Image

from app.core.text import Bilingual
from app.reports.photo_metadata import read_exif
from app.reports.upload_errors import UploadTooHard
from app.reports.uploaded_image import Picture, damaged, require_size, require_tail, truncated
from app.reports.uploaded_kind import hidden_page, require_plain

MOST_SCANS = 64
"""Cameras and programs write one, or ten."""
MOST_COEFFICIENTS = 60_000_000
"""Of a picture that comes in several scans: the decoder keeps all of them, two bytes each."""
_MOST_PICTURES = 8
"""A phone puts a small picture with the bright parts behind the first."""

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended, progressive: what every viewer shows."""
_OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_LENGTH_LEFT_OPEN = 0xDC
_APPLICATION = range(0xE0, 0xF0)
_COMMENT = 0xFE
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FRAME_HEAD = 6
_BLOCK = 8


@dataclass(slots=True)
class _Walk:
    """What the markers of one picture say."""

    end: int = 0
    width: int = 0
    height: int = 0
    samplings: tuple[tuple[int, int], ...] = ()
    scans: int = 0
    several: bool = False
    """Whether the points come in more than one scan."""
    exif: bytes | None = None
    has_more_pictures: bool = False


def check_jpeg(data: bytes) -> Picture:
    """Return the photo in ``data``.

    Raises:
        UploadRefused: damaged, cut off, too large, or with something else inside or behind.
    """
    walk = _walk(data, 0)
    end, pictures = walk.end, 1
    while walk.has_more_pictures and data.startswith(b"\xff\xd8\xff", end) and pictures < _MOST_PICTURES:
        end, pictures = _walk(data, end).end, pictures + 1
    require_tail(data[end:].rstrip(b"\0"))
    _decode(data, walk)
    return Picture(walk.width, walk.height, read_exif(walk.exif))


def _walk(data: bytes, start: int) -> _Walk:
    walk = _Walk()
    at = start + 2
    if data[start + 4 : start + 6] == b"/*":
        # A segment of this length makes the whole file a comment of a script.
        raise hidden_page()
    while True:
        marker, at = _marker(data, at)
        if marker == _END:
            break
        if marker in _STANDALONE or marker == _LENGTH_LEFT_OPEN or marker in _OTHER_FRAMES:
            raise damaged()
        body, at = _segment(data, at)
        if marker in _FRAMES:
            _read_frame(walk, body)
        elif marker in _APPLICATION or marker == _COMMENT:
            require_plain(body)
            _read_application(walk, body)
        elif marker == _SCAN:
            _read_scan(walk, body)
            found = _MARKER.search(data, at)
            if found is None:
                raise truncated()
            at = found.start()
    if not walk.scans:
        raise damaged()
    walk.end = at
    return walk


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return the marker at ``at`` and the place behind it; it may be preceded by any number of 0xFF."""
    if at >= len(data):
        raise truncated()
    if data[at] != 0xFF:  # noqa: PLR2004  # every marker begins with it
        raise damaged()
    while at < len(data) and data[at] == 0xFF:  # noqa: PLR2004  # same
        at += 1
    if at >= len(data):
        raise truncated()
    return data[at], at + 1


def _segment(data: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + 2], "big")
    if at + max(length, 2) > len(data):
        raise truncated()
    if length < 2:  # noqa: PLR2004  # the length counts itself
        raise damaged()
    return data[at + 2 : at + length], at + length


def _read_frame(walk: _Walk, body: bytes) -> None:
    if walk.samplings or len(body) < _FRAME_HEAD or len(body) != _FRAME_HEAD + 3 * body[5] or not body[5]:
        raise damaged()
    walk.height, walk.width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    require_size(walk.width, walk.height)
    walk.samplings = tuple((value >> 4, value & 15) for value in body[7::3])
    if any(not 1 <= factor <= 4 for pair in walk.samplings for factor in pair):  # noqa: PLR2004  # T.81, B.2.2
        raise damaged()


def _read_application(walk: _Walk, body: bytes) -> None:
    if body.startswith(b"Exif\0\0") and walk.exif is None:
        walk.exif = body
    walk.has_more_pictures = walk.has_more_pictures or body.startswith(b"MPF\0")


def _read_scan(walk: _Walk, body: bytes) -> None:
    if not walk.samplings or not body:
        raise damaged()
    walk.scans += 1
    walk.several = walk.several or walk.scans > 1 or body[0] < len(walk.samplings)
    if walk.scans > MOST_SCANS or (walk.several and _coefficients(walk) > MOST_COEFFICIENTS):
        raise UploadTooHard(
            Bilingual(
                "图片的编码方式过于复杂。请另存为普通 JPEG（非渐进式）后上传。",
                "The picture is encoded in too complex a way. Save it as a plain JPEG (not progressive).",
            )
        )


def _coefficients(walk: _Walk) -> int:
    most_across = max(across for across, _ in walk.samplings)
    most_down = max(down for _, down in walk.samplings)
    columns = -(-walk.width // (_BLOCK * most_across))
    rows = -(-walk.height // (_BLOCK * most_down))
    return sum(columns * across * rows * down for across, down in walk.samplings) * _BLOCK * _BLOCK


def _decode(data: bytes, walk: _Walk) -> None:
    """Read every coded point, drawing one of each 8 x 8: all the work of decoding with a 64th of its memory."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        if image.size != (walk.width, walk.height):
            raise damaged()
        image.draft(None, (1, 1))
        image.load()
