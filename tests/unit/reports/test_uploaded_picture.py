"""Photos: what a camera makes is taken; what pretends to be a photo is not."""

import io
import zlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import Image

from app.office.position import Position
from app.reports import uploaded_jpeg
from app.reports.photo_metadata import MOST_EXIF_BYTES, PhotoMetadata, read_exif
from app.reports.upload_errors import (
    UploadAnimated,
    UploadBomb,
    UploadDamaged,
    UploadHidden,
    UploadRefused,
    UploadTooHard,
    UploadTooManyPixels,
    UploadTrailing,
    UploadTruncated,
)
from app.reports.upload_process import Inside, look_inside
from tests.unit.reports.upload_samples import (
    chunk,
    exif,
    packed_zeros,
    photo,
    png,
    png_head,
    segment,
    small_png,
    webp_of,
    with_segment,
    zip_of,
)

JPEG = photo()
PNG = photo(kind="PNG")
WEBP = photo(kind="WEBP")
SCRIPT = b"<script>alert(1)</script>"
ZIP = zip_of(b"evil.sh", b"\x03\x00", 0)


def frames(kind):
    made = io.BytesIO()
    first, second = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    first.save(made, kind, save_all=True, append_images=[second], duration=100)
    return made.getvalue()


def resized(width, height, data=JPEG):
    """A JPEG that says another size than its points have."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + data[at + 4 :]


def without_frame():
    at = JPEG.index(b"\xff\xc0")
    return JPEG[:at] + JPEG[at + 2 + int.from_bytes(JPEG[at + 2 : at + 4], "big") :]


def frame_as(marker):
    return JPEG.replace(b"\xff\xc0", bytes((0xFF, marker)), 1)


def many_scans(number):
    at = JPEG.index(b"\xff\xda")
    scan = JPEG[at:-2]
    return JPEG[:at] + scan * number + b"\xff\xd9"


# --- taken ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_picture_of_each_kind_is_taken_with_its_size(kind, mode):
    inside = look_inside(photo(33, 21, kind, mode))
    assert (inside.media_type, inside.width, inside.height) == (f"image/{kind.lower()}", 33, 21)
    assert (inside.pages, inside.taken_at, inside.position) == (None, None, None)


@pytest.mark.parametrize(
    ("kind", "mode", "more"),
    [
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "RGB", {"quality": 100, "subsampling": 0, "comment": b"taken by hand"}),
        ("JPEG", "RGB", {"restart_marker_blocks": 4}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("PNG", "1", {}),
        ("PNG", "I;16", {}),
        ("PNG", "LA", {"dpi": (300, 300)}),
        ("WEBP", "RGB", {"lossless": True}),
        ("WEBP", "RGBA", {"exact": True}),
        ("WEBP", "RGB", {"exif": exif("2026:11:08 10:00:00")}),
    ],
)
def test_every_way_in_which_programs_write_pictures_is_taken(kind, mode, more):
    inside = look_inside(photo(40, 30, kind, mode, **more))
    assert (inside.width, inside.height) == (40, 30)


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"vendor{note}", b"x" * 16_384])
def test_a_short_note_of_the_phone_behind_the_picture_is_let_be(tail):
    assert look_inside(JPEG + tail) == look_inside(JPEG)
    assert look_inside(PNG + tail) == look_inside(PNG)


def test_a_phones_second_picture_is_let_be_when_the_first_announces_it():
    announced = with_segment(JPEG, 0xE2, b"MPF\0" + bytes(8))
    big = photo(900, 900, mode="L", quality=100)
    padded = with_segment(big, 0xFE, b"x" * 20_000)
    assert look_inside(announced + padded).width == 64
    with pytest.raises(UploadTrailing):
        look_inside(JPEG + padded)
    with pytest.raises(UploadHidden):
        look_inside(announced + with_segment(big, 0xFE, SCRIPT))
    with pytest.raises(UploadTrailing):
        look_inside(announced + padded * 8)


def test_a_webp_with_something_to_look_through_is_taken():
    made = io.BytesIO()
    Image.new("RGBA", (20, 10), (200, 30, 30, 128)).save(made, "WEBP")
    assert b"ALPH" in made.getvalue()
    assert look_inside(made.getvalue()).width == 20


def test_the_interlaced_picture_is_counted_pass_by_pass():
    # 5 x 3 grey points: the passes by their columns and rows, each line with its filter byte.
    head = png_head(5, 3, color=0, interlace=1)
    lines = sum(
        rows * (1 + columns)
        for columns, rows in ((1, 1), (1, 1), (2, 0), (1, 1), (3, 1), (2, 2), (5, 1))
        if columns and rows
    )
    assert look_inside(png(head, chunk(b"IDAT", zlib.compress(bytes(lines))))).width == 5
    for wrong in (lines - 1, lines + 1):
        with pytest.raises(UploadRefused):
            look_inside(png(head, chunk(b"IDAT", zlib.compress(bytes(wrong)))))
    # A picture of one point has one pass only.
    assert look_inside(png(png_head(1, 1, color=0, interlace=1), chunk(b"IDAT", zlib.compress(b"\0\0")))).height == 1


# --- refused --------------------------------------------------------------------------------------------------------

JPEG_AT = JPEG.index(b"\xff\xda")
HOSTILE = {
    "cut in the points": (JPEG[: JPEG_AT + 200], UploadTruncated),
    "cut in a segment": (JPEG[:30], UploadTruncated),
    "cut behind a marker": (JPEG[:20] + b"\xff", UploadTruncated),
    "cut before the end": (JPEG[:-2], UploadTruncated),
    "only the first bytes": (b"\xff\xd8\xff", UploadTruncated),
    "only beginning and end": (b"\xff\xd8\xff\xd9", UploadDamaged),
    "no marker where one must be": (JPEG[:20] + b"x" + JPEG[20:], UploadDamaged),
    "a segment shorter than its length": (with_segment(JPEG, 0xE3, b"")[:4] + b"\0\1" + JPEG[2:], UploadDamaged),
    "a restart outside of the points": (JPEG[:2] + b"\xff\xd0" + JPEG[2:], UploadDamaged),
    "two frames": (resized(64, 48) and JPEG[:2] + JPEG[JPEG.index(b"\xff\xc0") :][:19] + JPEG[2:], UploadDamaged),
    "points without a frame": (without_frame(), UploadDamaged),
    "a lossless frame": (frame_as(0xC3), UploadDamaged),
    "arithmetic coding": (frame_as(0xC9), UploadDamaged),
    "a line count that comes later": (with_segment(JPEG, 0xDC, b"\0\0"), UploadDamaged),
    "no width": (resized(0, 48), UploadDamaged),
    "no height": (resized(64, 0), UploadDamaged),
    "a sampling of nothing": (JPEG.replace(b"\x03\x01\x22\x00", b"\x03\x01\x00\x00", 1), UploadDamaged),
    "60,000 x 60,000 points": (resized(60_000, 60_000), UploadTooManyPixels),
    "one point too many": (resized(50_001, 1_000), UploadTooManyPixels),
    "hundred scans": (many_scans(100), UploadTooHard),
    "a script in a comment": (with_segment(JPEG, 0xFE, SCRIPT), UploadHidden),
    "a page in application data": (with_segment(JPEG, 0xE5, b"x<HTML >"), UploadHidden),
    "PHP in a comment": (with_segment(JPEG, 0xFE, b"<?php system($_GET[0]);"), UploadHidden),
    "a comment of a script around the points": (b"\xff\xd8\xff\xe0/*" + JPEG[6:], UploadHidden),
    "a PDF in a comment": (with_segment(JPEG, 0xFE, b"%PDF-1.7"), UploadHidden),
    "an archive in a comment": (with_segment(JPEG, 0xFE, ZIP), UploadHidden),
    "an archive behind the end": (JPEG + ZIP, UploadHidden),
    "a script behind the end": (JPEG + SCRIPT, UploadHidden),
    "a film behind the end": (JPEG + b"\0\0\0\x18ftypmp42" + b"x" * 17_000, UploadTrailing),
    "PNG: cut in the points": (PNG[:-30], UploadTruncated),
    "PNG: no end": (PNG[:-12], UploadTruncated),
    "PNG: only the signature": (PNG[:8], UploadTruncated),
    "PNG: a wrong checksum": (PNG[:32] + bytes((PNG[32] ^ 1,)) + PNG[33:], UploadDamaged),
    "PNG: no head": (png(chunk(b"IDAT", zlib.compress(bytes(14)))), UploadDamaged),
    "PNG: a head too short": (png(chunk(b"IHDR", bytes(12))), UploadDamaged),
    "PNG: a depth there is not": (png(png_head(2, 2, depth=3)), UploadDamaged),
    "PNG: a colour there is not": (png(png_head(2, 2, color=1)), UploadDamaged),
    "PNG: no points": (png(png_head(2, 2)), UploadTruncated),
    "PNG: too few points": (png(png_head(2, 2), chunk(b"IDAT", zlib.compress(bytes(13)))), UploadTruncated),
    "PNG: too many points": (png(png_head(2, 2), chunk(b"IDAT", zlib.compress(bytes(15)))), UploadDamaged),
    "PNG: points after the points": (
        png(png_head(2, 2), chunk(b"IDAT", zlib.compress(bytes(14))), chunk(b"IDAT", b"more")),
        UploadDamaged,
    ),
    "PNG: bytes after the points": (
        png(png_head(2, 2), chunk(b"IDAT", zlib.compress(bytes(14)) + b"x")),
        UploadDamaged,
    ),
    "PNG: points in two places": (
        png(
            png_head(2, 2),
            chunk(b"IDAT", zlib.compress(bytes(14))[:12]),
            chunk(b"tIME", bytes(7)),
            chunk(b"IDAT", zlib.compress(bytes(14))[12:]),
        ),
        UploadDamaged,
    ),
    "PNG: a filter there is not": (
        png(png_head(2, 2), chunk(b"IDAT", zlib.compress(b"\x05" + bytes(13)))),
        UploadDamaged,
    ),
    "PNG: no palette": (png(png_head(2, 2, color=3), chunk(b"IDAT", zlib.compress(bytes(6)))), UploadDamaged),
    "PNG: a chunk without a name": (png(png_head(2, 2), chunk(b"\0\1\2\3", b"")), UploadDamaged),
    "PNG: a chunk longer than the file": (PNG[:33] + b"\x7f\xff\xff\xffIDAT" + PNG[41:], UploadTruncated),
    "PNG: 50,000 x 50,000 points": (png(png_head(50_000, 50_000)), UploadTooManyPixels),
    "PNG: animated": (frames("PNG"), UploadAnimated),
    "PNG: a script in its words": (small_png(chunk(b"tEXt", b"Comment\0" + SCRIPT)), UploadHidden),
    "PNG: a packed script": (small_png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SCRIPT))), UploadHidden),
    "PNG: a packed script in any language": (
        small_png(chunk(b"iTXt", b"C\0\1\0zh\0\0" + zlib.compress(SCRIPT))),
        UploadHidden,
    ),
    "PNG: words of 100 MiB": (small_png(chunk(b"zTXt", b"Comment\0\0" + packed_zeros(100))), UploadBomb),
    "PNG: a colour profile of 100 MiB": (small_png(chunk(b"iCCP", b"p\0\0" + packed_zeros(100))), UploadBomb),
    "PNG: words of 5 MiB in two pieces": (
        small_png(*[chunk(b"zTXt", b"Comment\0\0" + packed_zeros(3))] * 2),
        UploadBomb,
    ),
    "PNG: points of 5 GiB": (png(png_head(100, 100), chunk(b"IDAT", packed_zeros(5000))), UploadDamaged),
    "PNG: an archive behind the end": (small_png(end=ZIP), UploadHidden),
    "PNG: another file behind the end": (small_png(end=b"x" * 17_000), UploadTrailing),
    "WebP: cut": (WEBP[:-4], UploadTruncated),
    "WebP: animated": (frames("WEBP"), UploadAnimated),
    "WebP: nothing in it": (webp_of(), UploadDamaged),
    "WebP: no key in the points": (webp_of((b"VP8 ", bytes(20))), UploadDamaged),
    "WebP: no mark of lossless points": (webp_of((b"VP8L", bytes(20))), UploadDamaged),
    "WebP: two pictures": (webp_of(*[(b"VP8L", b"\x2f" + bytes(9))] * 2), UploadDamaged),
    "WebP: a chunk longer than the file": (webp_of((b"VP8L", b""))[:-4] + b"\xff\xff\0\0", UploadDamaged),
    "WebP: a canvas of another size": (
        webp_of((b"VP8X", bytes(10)), (b"VP8L", b"\x2f\x07\xc0\x01" + bytes(6))),
        UploadDamaged,
    ),
    "WebP: 16,384 x 16,384 points": (webp_of((b"VP8L", b"\x2f\xff\xff\xff\xff")), UploadTooManyPixels),
    "WebP: a canvas of 16 million": (webp_of((b"VP8X", b"\0" * 4 + b"\xff" * 6)), UploadTooManyPixels),
    "WebP: points that are none": (webp_of((b"VP8L", b"\x2f\x07\xc0\x01" + bytes(60))), UploadDamaged),
    "WebP: a script in its words": (webp_of((b"XMP ", SCRIPT), (b"VP8L", b"")), UploadHidden),
    "WebP: an archive behind the end": (WEBP + ZIP, UploadHidden),
    "WebP: another file behind the end": (WEBP + b"x" * 17_000, UploadTrailing),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_is_refused_for_its_own_reason(name):
    data, kind = HOSTILE[name]
    assert len(data) < 20 * 1024 * 1024
    with pytest.raises(UploadRefused) as refused:
        look_inside(data)
    assert type(refused.value) is kind
    assert refused.value.detail.zh.endswith("。")
    assert refused.value.detail.en.endswith(".")


def test_a_progressive_photo_that_needs_too_much_memory_is_refused_before_it_is_decoded(monkeypatch):
    progressive = photo(640, 480, progressive=True)
    assert look_inside(progressive).width == 640
    monkeypatch.setattr(uploaded_jpeg, "MOST_COEFFICIENTS", 640 * 480)
    monkeypatch.setattr(uploaded_jpeg, "_decode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(UploadTooHard):
        look_inside(progressive)


def test_a_reader_that_sees_another_size_is_not_believed(monkeypatch):
    for kind in ("JPEG", "WEBP"):
        data = photo(kind=kind)
        with monkeypatch.context() as patch:
            patch.setattr(Image, "open", lambda *_, **__: Image.new("RGB", (1, 1)))
            with pytest.raises(UploadDamaged):
                look_inside(data)


def test_a_reader_without_memory_makes_the_file_too_complex(monkeypatch):
    def exhausted(*_, **__):
        raise MemoryError

    monkeypatch.setattr(Image, "open", exhausted)
    with pytest.raises(UploadTooHard):
        look_inside(JPEG)


# --- when and where -------------------------------------------------------------------------------------------------

EIGHT = datetime(2026, 11, 8, 2, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_time_and_place_of_the_camera_are_read_from_every_kind(kind):
    block = exif("2026:11:08 10:00:00", "+08:00", "30.712345", "114.305512")
    inside = look_inside(photo(kind=kind, exif=block))
    assert inside == Inside(f"image/{kind.lower()}", 64, 48, taken_at=EIGHT, position=Position(30_712_345, 114_305_512))


@pytest.mark.parametrize(
    ("taken", "offset", "at"),
    [
        ("2026:11:08 10:00:00", None, EIGHT),
        ("2026:11:08 10:00:00", "", EIGHT),
        (b"2026:11:08 10:00:00\0", b"+08:00", EIGHT),
        ("2026:11:08 10:00:00", "   :  ", EIGHT),
        ("2026:11:08 03:30:00", "+01:30", EIGHT),
        ("2026:11:07 21:00:00", "-05:00", EIGHT),
        ("2026-11-08T10:00:00", "+0800", EIGHT),
        ("0000:00:00 00:00:00", None, None),
        ("2026:13:41 25:61:61", None, None),
        ("    :  :     :  :  ", None, None),
        ("yesterday", None, None),
        ("", None, None),
        (None, "+08:00", None),
        ("2026:11:08 10:00:00", "+99:99", None),
    ],
)
def test_the_time_is_read_with_its_offset_or_in_the_zone_of_the_office(taken, offset, at):
    assert read_exif(exif(taken, offset)).taken_at == at


def test_the_offset_of_the_camera_is_kept():
    taken = read_exif(exif("2026:11:08 03:30:00", "+01:30")).taken_at
    assert taken is not None
    assert taken.utcoffset() == timezone(timedelta(minutes=90)).utcoffset(None)


@pytest.mark.parametrize(
    ("north", "east", "refs", "position"),
    [
        ("30.5", "114.25", ("N", "E"), Position(30_500_000, 114_250_000)),
        ("30.5", "114.25", ("S", "W"), Position(-30_500_000, -114_250_000)),
        ("90", "180", ("N", "E"), Position(90_000_000, 180_000_000)),
        ("90.000001", "114", ("N", "E"), None),
        ("30", "180.000001", ("N", "E"), None),
        ("0", "0", ("N", "E"), None),
        ("0", "109.5", ("N", "E"), Position(0, 109_500_000)),
        ("30", "114", ("", "E"), None),
        ("30", "114", ("N", "X"), None),
    ],
)
def test_the_place_is_read_in_millionths_of_a_degree(north, east, refs, position):
    assert read_exif(exif(north=north, east=east, refs=refs)).position == position


def test_metadata_nobody_can_read_says_nothing_and_refuses_nothing():
    good = exif("2026:11:08 10:00:00", "+08:00", "30.5", "114.25")
    for block in (None, b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", good[:40], b"x" * (MOST_EXIF_BYTES + 1)):
        assert read_exif(block) == PhotoMetadata()
    broken = with_segment(JPEG, 0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")
    assert look_inside(broken).taken_at is None
    first_counts = with_segment(with_segment(JPEG, 0xE1, exif("2020:01:01 00:00:00")), 0xE1, good)
    assert look_inside(first_counts).taken_at == EIGHT


def test_a_place_of_zero_parts_says_nothing():
    block = exif(north="30.5", east="114.25")
    # The denominators of the latitude become zero; a camera without a fix writes this too.
    for at in range(len(block) - 8):
        if block[at : at + 8] in (b"\0\0\0\x1e\0\0\0\x01", b"\x1e\0\0\0\x01\0\0\0"):
            block = block[: at + 4] + b"\0\0\0\0" + block[at + 8 :]
    assert read_exif(block).position is None


def test_the_bytes_of_a_segment_are_what_this_file_says_they_are():
    assert segment(0xFE, b"ab") == b"\xff\xfe\0\x04ab"
