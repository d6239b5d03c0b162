"""Check a PNG, a piece at a time: its points are unpacked and counted, and never held together. Source: RFC 2083."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.core.text import Bilingual
from app.reports.photo_metadata import read_exif
from app.reports.upload_errors import UploadBomb
from app.reports.uploaded_image import Picture, animated, damaged, require_size, require_tail, truncated
from app.reports.uploaded_kind import require_plain

MOST_WORDS = 4 << 20
"""Bytes of texts and colour profiles, unpacked, all together."""

_SIGNATURE_BYTES = 8
_AROUND = 12
"""Length, type and checksum of a chunk."""
_HEAD_BYTES = 13
_PIECE = 1 << 20
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE = 3
_MOST_FILTER = 4
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Adam7: first column, first row, step across, step down."""


@dataclass(slots=True)
class _Points:
    """The packed points, counted as they come out."""

    width: int
    height: int
    bits: int
    interlaced: bool
    unpacker: "zlib._Decompress" = field(default_factory=zlib.decompressobj)
    out: int = 0

    @property
    def expected(self) -> int:
        """Bytes of all lines, each with the byte that names its filter."""
        if not self.interlaced:
            return self.stride * self.height
        total = 0
        for left, top, across, down in _PASSES:
            columns, rows = -(-(self.width - left) // across), -(-(self.height - top) // down)
            total += rows * (1 + -(-columns * self.bits // 8)) if columns > 0 and rows > 0 else 0
        return total

    @property
    def stride(self) -> int:
        """Bytes of a line."""
        return 1 + -(-self.width * self.bits // 8)

    def take(self, packed: bytes) -> None:
        """Unpack one piece after the other."""
        if self.unpacker.eof and packed:
            raise damaged()
        while packed:
            piece = self.unpacker.decompress(packed, _PIECE)
            if not self.interlaced:
                filters = piece[-self.out % self.stride :: self.stride]
                if filters and max(filters) > _MOST_FILTER:
                    raise damaged()
            self.out += len(piece)
            if self.out > self.expected or self.unpacker.unused_data:
                raise damaged()
            packed = self.unpacker.unconsumed_tail

    def finish(self) -> None:
        """Do nothing when exactly the points of the picture came out."""
        if self.out < self.expected or not self.unpacker.eof:
            raise truncated()


def check_png(data: bytes) -> Picture:
    """Return the picture in ``data``.

    Raises:
        UploadRefused: damaged, cut off, too large, animated, or with something else inside or behind.
    """
    points: _Points | None = None
    exif: bytes | None = None
    words = 0
    palette = ended = False
    for kind, body, end in _chunks(data):
        if points is None:
            points, color = _head(kind, body)
        elif kind in (b"acTL", b"fcTL", b"fdAT"):
            raise animated()
        elif kind == b"IDAT":
            if ended or (color == _PALETTE and not palette):
                raise damaged()
            points.take(body)
        elif kind == b"IEND":
            points.finish()
            require_tail(data[end:].rstrip(b"\0"))
            return Picture(points.width, points.height, read_exif(exif))
        else:
            ended = ended or points.out > 0
            palette = palette or kind == b"PLTE"
            exif = body if kind == b"eXIf" else exif
            words += _require_plain_chunk(kind, body, MOST_WORDS - words)
    raise truncated()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield type, content and end of each chunk whose checksum is right."""
    at = _SIGNATURE_BYTES
    while at + _AROUND <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + length + _AROUND
        kind, body = data[at + 4 : at + 8], data[at + 8 : end - 4]
        if not (kind.isalpha() and kind.isascii()):
            raise damaged()
        if end > len(data):
            raise truncated()
        if zlib.crc32(kind + body).to_bytes(4, "big") != data[end - 4 : end]:
            raise damaged()
        yield kind, body, end
        at = end


def _head(kind: bytes, body: bytes) -> tuple[_Points, int]:
    if kind != b"IHDR" or len(body) != _HEAD_BYTES:
        raise damaged()
    width, height = int.from_bytes(body[0:4], "big"), int.from_bytes(body[4:8], "big")
    depth, color, packing, filtering, interlace = body[8:]
    if depth not in _DEPTHS.get(color, ()) or packing or filtering or interlace > 1:
        raise damaged()
    require_size(width, height)
    return _Points(width, height, depth * _CHANNELS[color], bool(interlace)), color


def _require_plain_chunk(kind: bytes, body: bytes, most: int) -> int:
    """Return how many bytes the words of a chunk that is not of points are, unpacked; at most ``most``."""
    require_plain(body)
    name, _, rest = body.partition(b"\0")
    packed = None
    if kind in (b"zTXt", b"iCCP"):
        packed = rest[1:]
    elif kind == b"iTXt" and rest[:1] == b"\1":
        packed = rest[2:].split(b"\0", 2)[-1]
    if packed is None:
        return 0
    text = zlib.decompressobj().decompress(packed, most + 1)
    if len(text) > most:
        raise UploadBomb(
            Bilingual(
                f"图片中“{name[:20].decode('latin-1')}”的文字展开后过大。请重新拍照或截图后上传。",
                f"The text {name[:20].decode('latin-1')!r} in the picture becomes too large. Take the photo again.",
            )
        )
    require_plain(text)
    return len(text)
