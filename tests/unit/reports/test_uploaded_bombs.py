"""Bombs, measured: some five megabytes that want gigabytes get neither the memory nor the time."""

import subprocess
import sys
import time
import zlib

import pytest

from app.reports.upload_process import _ROOT, _START
from tests.unit.reports.upload_samples import (
    chunk,
    packed_zeros,
    pdf,
    pdf_of_packed_objects,
    photo,
    png,
    png_head,
    small_png,
    stream,
    webp_of,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the memory is read from /proc"),
]

MOST_MEBIBYTES = 200
MOST_SECONDS = 8
"""Of CPU; the wall clock of a busy machine proves nothing."""

FLATE = b"/Filter /FlateDecode"
_TOLD = (
    "; import resource; used = resource.getrusage(resource.RUSAGE_SELF)"
    "; peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))"
    "; print(peak.split()[1], used.ru_utime + used.ru_stime, file=sys.stderr)"
)


def objects(each, times):
    return pdf(*[each] * times)


def nested_in_nothing():
    packed = b"6 0 [" + (b"[" + b"0 " * 100_000 + b"]") * 70 + b"]"
    return pdf_of_packed_objects(zlib.compress(packed, 9), 4)


def large_photo():
    """Fifty million points in one colour: drawn whole they would be 200 MB."""
    return photo(8000, 6200, quality=30)


BOMBS = {
    "PDF: 5 GiB in a stream": lambda: pdf(stream(packed_zeros(5000), FLATE)),
    "PDF: 40 streams of 128 MiB": lambda: objects(stream(packed_zeros(128), FLATE), 40),
    "PDF: packed twice": lambda: pdf(stream(packed_zeros(5000), b"/Filter [/FlateDecode /FlateDecode]")),
    "PDF: packed by run length": lambda: pdf(stream(b"\x81\0" * 2_500_000 + b"\x80", b"/Filter /RunLengthDecode")),
    "PDF: in hexadecimal, then packed": lambda: pdf(
        stream(packed_zeros(2500).hex().encode() + b">", b"/Filter [/ASCIIHexDecode /FlateDecode]")
    ),
    "PDF: a list of 2.5 million numbers": lambda: pdf(b"[" + b"0 " * 2_500_000 + b"]"),
    "PDF: 25 lists of 100,000 numbers": lambda: objects(b"[" + b"0 " * 100_000 + b"]", 25),
    "PDF: 50 lists of dictionaries": lambda: objects(b"[" + b"<<>>" * 25_000 + b"]", 50),
    "PDF: dictionaries with alarming names": lambda: objects(b"<< /S [%b] >>" % (b"[/JS]" * 90_000), 10),
    "PDF: a million brackets": lambda: pdf(b"[" * 1_000_000 + b"]" * 1_000_000),
    "PDF: 400,000 pages that are one": lambda: pdf(
        pages=b"<< /Type /Pages /Kids [%b] /Count 400000 >>" % (b"3 0 R " * 400_000)
    ),
    "PDF: 5 GiB of objects": lambda: pdf_of_packed_objects(packed_zeros(5000, b" "), 4),
    "PDF: 7 million objects in 14 kB": nested_in_nothing,
    "PNG: 5 GiB of points": lambda: png(png_head(7000, 7000), chunk(b"IDAT", packed_zeros(5000))),
    "PNG: 50,000 x 50,000": lambda: png(png_head(50_000, 50_000), chunk(b"IDAT", packed_zeros(5000))),
    "PNG: 5 GiB of words": lambda: small_png(chunk(b"zTXt", b"C\0\0" + packed_zeros(5000))),
    "PNG: 2,000 words of 1 MiB": lambda: small_png(*[chunk(b"zTXt", b"C\0\0" + packed_zeros(1))] * 2000),
    "WebP: 16,384 x 16,384": lambda: webp_of((b"VP8L", b"\x2f\xff\xff\xff\xff" + bytes(1000))),
    "JPEG: 65,500 x 65,500": lambda: photo().replace(b"\x08\x00\x30\x00\x40", b"\x08\xff\xdc\xff\xdc", 1),
    "JPEG: progressive, 50 million points": lambda: photo(8000, 6200, progressive=True, quality=30),
}


def measured(data):
    """The answer of the checking process, its peak of memory in MiB, and the seconds of CPU it took."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", _START + _TOLD, str(_ROOT)],
        input=data, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    told = done.stderr.split()
    assert time.monotonic() - began < 60
    return done.stdout, int(told[0]) / 1024, float(told[1])


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_little_memory_in_little_time(name):
    data = BOMBS[name]()
    assert len(data) < 12 * 1024 * 1024
    said, mebibytes, seconds = measured(data)
    assert b'{"refused": "upload.' in said
    assert mebibytes < MOST_MEBIBYTES
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize(
    "make",
    [
        large_photo,
        lambda: photo(8000, 6200, kind="PNG"),
        lambda: photo(3200, 2400, kind="WEBP"),
        lambda: photo(6400, 4800, progressive=True, quality=30),
        lambda: pdf(stream(packed_zeros(150), FLATE)),
    ],
)
def test_the_largest_that_is_taken_stays_within_the_same_bounds(make):
    said, mebibytes, seconds = measured(make())
    assert b'"media_type": ' in said
    assert mebibytes < MOST_MEBIBYTES
    assert seconds < MOST_SECONDS
