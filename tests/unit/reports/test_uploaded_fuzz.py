"""Whatever is done to a file, the answer is what it is or one of the refusals: nothing else ever comes out."""

import zlib

import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.reports import uploaded_pdf
from app.reports.photo_metadata import PhotoMetadata, read_exif
from app.reports.upload_errors import REFUSALS, UploadRefused
from app.reports.upload_process import Inside, look_inside
from app.reports.uploaded_kind import KINDS, holds_archive
from tests.unit.reports.upload_samples import chunk, exif, pdf, pdf_of_packed_objects, photo, png, png_head, stream

CAMERA = exif("2026:11:08 10:00:00", "+08:00", "30.712345", "114.305512")
SEEDS = (
    photo(16, 12, exif=CAMERA),
    photo(16, 12, progressive=True),
    photo(16, 12, kind="PNG", exif=CAMERA),
    photo(16, 12, kind="PNG", mode="P"),
    photo(16, 12, kind="WEBP", exif=CAMERA),
    photo(16, 12, kind="WEBP", lossless=True),
    pdf(stream(zlib.compress(b"q Q"), b"/Filter /FlateDecode"), b"<< /A [1 (x) /B 3 0 R] >>"),
    pdf_of_packed_objects(zlib.compress(b"6 0 [1 2 3]"), 4),
)
ROUNDS = settings(max_examples=400)


@pytest.fixture(autouse=True, scope="module")
def limited():
    before = pikepdf.settings.get_qpdf_limits()
    uploaded_pdf.limit_reader()
    yield
    pikepdf.settings.set_qpdf_limits(**before)


def check_answer(data):
    """The file is told, or refused with a documented code and a sentence in both languages."""
    try:
        said = look_inside(data)
    except UploadRefused as error:
        said = error
    if isinstance(said, UploadRefused):
        assert REFUSALS[said.code] is type(said)
        assert said.detail.zh
        assert said.detail.en
        # Those would be mistakes of ours, hidden behind the answer that the file is damaged.
        assert not isinstance(said.__cause__, AttributeError | NameError | AssertionError | UnboundLocalError)
    else:
        assert isinstance(said, Inside)
        assert said.media_type in KINDS
        assert (said.pages is None) == (said.width is not None)


@st.composite
def mutated(draw):
    """A good file with bytes changed, cut out, doubled, moved, or pieces of another put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(0, 64))
        act = draw(st.sampled_from(["change", "cut", "double", "insert", "end", "number", "splice"]))
        if act == "change" and data:
            data[at] ^= draw(st.integers(1, 255))
        elif act == "cut":
            del data[at : at + length]
        elif act == "double":
            data[at:at] = data[at : at + length]
        elif act == "insert":
            data[at:at] = draw(st.binary(max_size=32))
        elif act == "end":
            del data[at:]
        elif act == "number":
            width = draw(st.sampled_from([1, 2, 4]))
            data[at : at + width] = draw(st.sampled_from([b"\0", b"\xff", b"\x7f", b"\x80"])) * width
        else:
            other = draw(st.sampled_from(SEEDS))
            start = draw(st.integers(0, len(other) - 1))
            data[at : at + length] = other[start : start + length]
    return bytes(data)


@ROUNDS
@given(mutated())
def test_a_mutated_file_is_told_or_refused(data):
    check_answer(data)


@ROUNDS
@given(st.sampled_from([seed[:8] for seed in SEEDS] + [b"RIFF\x20\0\0\0WEBP", b"%PDF-1.7\n"]), st.binary(max_size=300))
@example(b"\xff\xd8\xff", b"")
@example(b"\x89PNG\r\n\x1a\n", b"")
def test_any_bytes_behind_a_good_beginning_are_told_or_refused(head, rest):
    check_answer(head + rest)


@ROUNDS
@given(
    st.lists(st.tuples(st.sampled_from([b"IDAT", b"PLTE", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"tIME"]),
                       st.one_of(st.binary(max_size=40), st.binary(max_size=40).map(zlib.compress))), max_size=6),
    st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 2, 4, 8, 16]), st.sampled_from([0, 2, 3, 4, 6]),
    st.integers(0, 1),
)  # fmt: skip
def test_any_chunks_with_right_checksums_are_told_or_refused(chunks, width, height, depth, color, interlace):
    made = png(png_head(width, height, depth, color, interlace), *(chunk(kind, body) for kind, body in chunks))
    check_answer(made)


NAMES = st.sampled_from(["/S", "/JS", "/Type", "/Kids", "/F", "/Filter", "/Length", "/Subtype", "/Width", "/X"])
VALUES = st.recursive(
    st.one_of(NAMES, st.sampled_from(["null", "true", "3 0 R", "99 0 R", "(x)", "<78>", "/FlateDecode"]),
              st.integers(-10, 10**12).map(str)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda all_: f"[{' '.join(all_)}]"),
        st.dictionaries(NAMES, inner, max_size=4).map(
            lambda all_: "<< " + " ".join(f"{key} {value}" for key, value in all_.items()) + " >>"
        ),
    ),
    max_leaves=12,
)  # fmt: skip


@ROUNDS
@given(VALUES, VALUES, st.binary(max_size=60))
def test_any_objects_in_a_pdf_are_told_or_refused(first, second, packed):
    body = second.encode()
    said = body[2:-2] if body.startswith(b"<<") else b"/X " + body
    check_answer(pdf(first.encode(), stream(packed, said)))
    check_answer(pdf(page=body))
    check_answer(pdf(catalog=b"<< /Pages 2 0 R /X %b >>" % first.encode()))


@ROUNDS
@given(st.binary(max_size=200), st.integers(0, len(CAMERA)), st.integers(0, len(CAMERA)))
def test_any_metadata_are_read_or_say_nothing(noise, start, end):
    for block in (noise, b"Exif\0\0" + noise, CAMERA[:start] + noise + CAMERA[end:]):
        said = read_exif(block)
        assert isinstance(said, PhotoMetadata)
        assert said.taken_at is None or said.taken_at.tzinfo is not None


@given(st.binary(max_size=200))
def test_chance_holds_no_archive(noise):
    assert not holds_archive(noise.replace(b"PK", b""))
