"""What a camera wrote into a photo of when and where it was taken. Evidence, and as easily forged as any."""

import contextlib
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from typing import Any

from PIL import Image, UnidentifiedImageError

from app.core.clock import OFFICE_ZONE
from app.office.position import DEGREE, Position

MOST_EXIF_BYTES = 1 << 20
"""A camera writes some 64 KiB; what is longer is not read."""

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4
_MOST_LATITUDE, _MOST_LONGITUDE = 90, 180
_PARTS = 3

_INSTANT = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_UNREADABLE = (
    ArithmeticError, AttributeError, IndexError, LookupError, OSError, RuntimeError, SyntaxError, TypeError,
    UnidentifiedImageError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """When and where, as far as the file says so."""

    taken_at: datetime | None = None
    """Aware: with the offset the camera wrote, or in the office's zone when it wrote none."""
    position: Position | None = None


def read_exif(block: bytes | None) -> PhotoMetadata:
    """Return what the EXIF ``block`` says; what cannot be read says nothing, and is no reason to refuse a photo.

    Source: CIPA DC-008-2023 (Exif 3.0), DateTimeOriginal, OffsetTimeOriginal, GPS IFD.
    """
    if not block or len(block) > MOST_EXIF_BYTES:
        return PhotoMetadata()
    exif = Image.Exif()
    taken_at = position = None
    with warnings.catch_warnings(action="ignore"):
        # A camera of the cheaper sort writes the one right and the other wrong: each is read by itself.
        with contextlib.suppress(*_UNREADABLE):
            exif.load(block)
        with contextlib.suppress(*_UNREADABLE):
            taken_at = _taken_at(exif.get_ifd(_EXIF_IFD))
        with contextlib.suppress(*_UNREADABLE):
            position = _position(exif.get_ifd(_GPS_IFD))
    return PhotoMetadata(taken_at, position)


def _taken_at(tags: Mapping[int, Any]) -> datetime | None:
    match = _INSTANT.match(_text(tags.get(_TAKEN)))
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups())
    # ValueError for 0000:00:00, which is how cameras write that they do not know.
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(_text(tags.get(_TAKEN_OFFSET))))


def _zone(text: str) -> tzinfo:
    match = _OFFSET.match(text)
    if match is None:
        return OFFICE_ZONE
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def _position(tags: Mapping[int, Any]) -> Position | None:
    latitude = _degrees(tags.get(_LATITUDE), _text(tags.get(_LATITUDE_REF)), "N", "S", _MOST_LATITUDE)
    longitude = _degrees(tags.get(_LONGITUDE), _text(tags.get(_LONGITUDE_REF)), "E", "W", _MOST_LONGITUDE)
    if latitude is None or longitude is None or latitude == longitude == 0:
        # A receiver without a fix writes zeros.
        return None
    return Position(latitude, longitude)


def _degrees(parts: Any, reference: str, plus: str, minus: str, most: int) -> int | None:  # noqa: ANN401  # a tag
    if not isinstance(parts, tuple) or len(parts) != _PARTS or reference[:1] not in (plus, minus):
        return None
    degrees, minutes, seconds = (Fraction(int(part.numerator), int(part.denominator)) for part in parts)
    millionths = round((degrees + minutes / 60 + seconds / 3600) * DEGREE)
    if not 0 <= millionths <= most * DEGREE:
        return None
    return -millionths if reference.startswith(minus) else millionths


def _text(value: Any) -> str:  # noqa: ANN401  # a tag
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip(" \0") if isinstance(value, str) else ""
