"""Check a WebP. Source: RFC 9649."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from app.reports.photo_metadata import read_exif
from app.reports.uploaded_image import Picture, animated, damaged, require_size, require_tail, truncated
from app.reports.uploaded_kind import require_plain

MOST_WEBP_PIXELS = 8_000_000
"""Its decoder holds the whole picture four times over."""

_FIRST_CHUNK = 12
_HEAD = 8
_MOST_SIDE_BITS = 0x3FFF


@dataclass(slots=True)
class _Found:
    """What the chunks say."""

    canvas: tuple[int, int] | None = None
    size: tuple[int, int] | None = None
    exif: bytes | None = None

    def take(self, kind: bytes, body: bytes) -> None:
        """Read one chunk."""
        if kind in (b"ANIM", b"ANMF"):
            raise animated()
        if kind in (b"VP8 ", b"VP8L"):
            if self.size is not None:
                raise damaged()
            self.size = _size(kind, body)
            require_size(*self.size, MOST_WEBP_PIXELS)
        elif kind == b"VP8X":
            self.canvas = _canvas(body)
            require_size(*self.canvas, MOST_WEBP_PIXELS)
        elif kind != b"ALPH":
            require_plain(body)
            self.exif = body if kind == b"EXIF" else self.exif


def check_webp(data: bytes) -> Picture:
    """Return the picture in ``data``.

    Raises:
        UploadRefused: damaged, cut off, too large, animated, or with something else inside or behind.
    """
    end = _HEAD + int.from_bytes(data[4:8], "little")
    end += end % 2
    if end > len(data):
        raise truncated()
    found = _Found()
    for kind, body in _chunks(data[:end]):
        found.take(kind, body)
    if found.size is None or found.canvas not in (None, found.size):
        raise damaged()
    require_tail(data[end:].rstrip(b"\0"))
    with Image.open(io.BytesIO(data[:end]), formats=["WEBP"]) as image:
        if image.size != found.size:
            raise damaged()
        image.load()
    return Picture(*found.size, read_exif(found.exif))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _FIRST_CHUNK
    while at < len(data):
        length = int.from_bytes(data[at + 4 : at + _HEAD], "little")
        end = at + _HEAD + length
        if end > len(data):
            raise damaged()
        yield data[at : at + 4], data[at + _HEAD : end]
        at = end + length % 2


def _size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8 ":
        if body[3:6] != b"\x9d\x01\x2a":
            raise damaged()
        sides = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return sides[0] & _MOST_SIDE_BITS, sides[1] & _MOST_SIDE_BITS
    if body[:1] != b"\x2f":
        raise damaged()
    bits = int.from_bytes(body[1:5], "little")
    return 1 + (bits & _MOST_SIDE_BITS), 1 + (bits >> 14 & _MOST_SIDE_BITS)


def _canvas(body: bytes) -> tuple[int, int]:
    return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
