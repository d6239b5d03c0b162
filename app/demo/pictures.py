"""Small pictures for the demo: honest PNG files, each a plain colour with a frame, no two alike."""

import struct
import zlib

_WIDTH, _HEIGHT = 96, 72
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def picture(number: int) -> bytes:
    """Return the PNG file of the ``number``-th picture, 96 by 72 pixels."""
    ink = bytes((60 + number * 37 % 150, 70 + number * 53 % 140, 80 + number * 29 % 130))
    paper = bytes((238 - number % 7, 240 - number % 5, 236 - number % 3))
    rows = b"".join(b"\x00" + b"".join(_pixel(x, y, ink, paper, number) for x in range(_WIDTH)) for y in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    return _SIGNATURE + _part(b"IHDR", header) + _part(b"IDAT", zlib.compress(rows, 9)) + _part(b"IEND", b"")


def _pixel(x: int, y: int, ink: bytes, paper: bytes, number: int) -> bytes:
    framed = min(x, y, _WIDTH - 1 - x, _HEIGHT - 1 - y) < 3  # noqa: PLR2004  # pixels of the frame
    striped = (x * 3 + y * 5 + number) % (9 + number % 11) == 0
    return ink if framed or striped else paper


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
