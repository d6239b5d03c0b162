"""Files people upload, honest and hostile, made on the spot: nothing dangerous lies in the repository."""

import io
import struct
import zlib
from fractions import Fraction

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Resources << >> /Contents 4 0 R >>"
MEBIBYTE = 1 << 20


# --- pictures -------------------------------------------------------------------------------------------------------


def photo(width=64, height=48, kind="JPEG", mode="RGB", **more):
    made = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(made, kind, **more)
    return made.getvalue()


def exif(taken=None, offset=None, north=None, east=None, refs=("N", "E")):
    """An EXIF block as a camera writes it; degrees as text."""
    block = Image.Exif()
    tags = block.get_ifd(0x8769)
    if taken is not None:
        tags[0x9003] = taken
    if offset is not None:
        tags[0x9011] = offset
    if north is not None:
        place = block.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = refs[0], _degrees(north), refs[1], _degrees(east)
    block[0x010F] = "Camera"
    return block.tobytes()


def _degrees(text):
    whole = abs(Fraction(text))
    minutes = (whole - int(whole)) * 60
    seconds = (minutes - int(minutes)) * 60
    return tuple(
        IFDRational(part.numerator, part.denominator) for part in map(Fraction, (int(whole), int(minutes), seconds))
    )


def segment(marker, body):
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def with_segment(data, marker, body):
    """A JPEG with one more segment behind its first marker."""
    return data[:2] + segment(marker, body) + data[2:]


def chunk(kind, body):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png(*chunks, end=b""):
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"") + end


def png_head(width, height, depth=8, color=2, interlace=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace))


def small_png(*before_points, after=(), end=b""):
    return png(png_head(2, 2), *before_points, chunk(b"IDAT", zlib.compress(bytes(14))), *after, end=end)


def webp_of(*chunks):
    body = b"WEBP" + b"".join(k + len(b).to_bytes(4, "little") + b + b"\0" * (len(b) % 2) for k, b in chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


# --- documents ------------------------------------------------------------------------------------------------------


def pdf(*more, catalog=CATALOG, pages=PAGES, page=PAGE, trailer=b""):
    """A PDF with the objects 1 catalog, 2 pages, 3 page, 4 content, and ``more`` from 5 on."""
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate((catalog, pages, page, stream(b"q Q"), *more), 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    return b"%bxref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        out, size, table, size, trailer, len(out),
    )  # fmt: skip


def stream(packed, said=b""):
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(packed), said, packed)


def pdf_of_packed_objects(packed, first):
    """A PDF whose fifth object holds the sixth, packed by deflate."""
    out, rows = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", [b"\0\0\0\0\0\xff\xff"]
    holder = stream(packed, b"/Type /ObjStm /N 1 /First %d /Filter /FlateDecode" % first)
    for number, body in enumerate((CATALOG, PAGES, PAGE, stream(b"q Q"), holder), 1):
        rows.append(b"\1" + len(out).to_bytes(4, "big") + b"\0\0")
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows += [b"\2\0\0\0\5\0\0", b"\1" + len(out).to_bytes(4, "big") + b"\0\0"]
    index = stream(b"".join(rows), b"/Type /XRef /W [1 4 2] /Size 8 /Root 1 0 R")
    return b"%b7 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (out, index, len(out))


# --- bombs ----------------------------------------------------------------------------------------------------------


def packed_zeros(mebibytes, filler=b"\0"):
    """That many mebibytes packed as zlib does, a kilobyte for each, without ever holding them."""
    packer = zlib.compressobj(9, wbits=-15)
    first = packer.compress(filler * MEBIBYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    size = mebibytes * MEBIBYTE
    check = ((size % 65521) << 16 | 1) if filler == b"\0" else 0
    return b"\x78\xda" + first * mebibytes + b"\x03\x00" + check.to_bytes(4, "big")


def zip_of(name, deflated, size, times=1):
    """A ZIP written by hand; with ``times`` > 1 all its entries overlap in the one packed content."""
    head = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(deflated), size & 0xFFFFFFFF, len(name), 0)
    out, table = head + name + deflated, b""
    for _ in range(times):
        table += struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(deflated), size & 0xFFFFFFFF, len(name),
            0, 0, 0, 0, 0, 0,
        ) + name  # fmt: skip
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, times & 0xFFFF, times & 0xFFFF, len(table), len(out), 0)
    return out + table + end


def nested_zip(depth=6, wide=16):
    """Archives in archives, like 42.zip: a few kilobytes, terabytes when somebody unpacks all of it."""
    inner = zip_of(b"0", packed_zeros(64)[2:-4], 64 * MEBIBYTE)
    for _ in range(depth):
        packer = zlib.compressobj(9, wbits=-15)
        inner = zip_of(b"z.zip", packer.compress(inner) + packer.flush(), len(inner), wide)
    return inner
