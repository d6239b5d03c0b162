"""Read one JSON value per line from a stream, a chunk at a time; a bad line never hides a good one."""

from collections.abc import Iterator
from typing import Any, Protocol

from app.core.errors import AppError, Fault
from app.core.text import Bilingual
from app.http.strict_json import parse_json

MOST_LINE_BYTES = 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_BLANKS = b" \t\r"

_LONG = Bilingual(f"该行超过 {MOST_LINE_BYTES} 字节。", f"The line is longer than {MOST_LINE_BYTES} bytes.")


class ByteSource(Protocol):
    """Where bytes come from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most ``size`` bytes; none at the end."""


def parse_lines(source: ByteSource, most_line_bytes: int = MOST_LINE_BYTES) -> Iterator[Any]:
    """Yield the value of every line that is not blank, or a tuple of faults where a line cannot be read.

    A tuple is no JSON value, so the two cannot be confused. Memory use does not grow with the number of lines.
    """
    for line in _lines(source, most_line_bytes):
        if line is None:
            yield (Fault("", "line.too_long", _LONG),)
        elif line.strip(_BLANKS):
            yield _value_or_faults(line)


def faults_of(error: AppError) -> tuple[Fault, ...]:
    """Return the faults of ``error``, or the error itself as the one fault of the whole value."""
    return error.faults or (Fault("", error.code, error.detail),)


def _value_or_faults(line: bytes) -> Any:  # noqa: ANN401  # any JSON value, or a tuple of faults
    try:
        return parse_json(line)
    except AppError as error:
        return faults_of(error)


def _lines(source: ByteSource, most: int) -> Iterator[bytes | None]:
    """Yield each line without its end; None for one that is too long, whose bytes are dropped as they come."""
    rest, dropping = b"", False
    while chunk := source.read(_CHUNK_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if dropping or len(line) > most:
                yield None
                dropping = False
            else:
                yield line
        if len(rest) > most:
            rest, dropping = b"", True
    if dropping or len(rest) > most:
        yield None
    elif rest:
        yield rest
