"""PDFs: one that shows pages is taken; one that does anything else is not."""

import io
import zlib

import pikepdf
import pytest

from app.reports import uploaded_pdf
from app.reports.upload_errors import (
    UploadActive,
    UploadBomb,
    UploadDamaged,
    UploadEncrypted,
    UploadHidden,
    UploadRefused,
    UploadTooHard,
    UploadTooManyPages,
    UploadTooManyPixels,
    UploadTrailing,
    UploadTruncated,
)
from app.reports.upload_process import Inside, look_inside
from tests.unit.reports.upload_samples import (
    CATALOG,
    PAGES,
    packed_zeros,
    pdf,
    pdf_of_packed_objects,
    photo,
    stream,
    zip_of,
)

PLAIN = pdf()
FLATE = b"/Filter /FlateDecode"


def saved(change=lambda document: None, pages=1, **how):
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    change(document)
    made = io.BytesIO()
    document.save(made, **how)
    return made.getvalue()


def scanned(**more):
    """A page with a photo on it, as a scanner writes it."""
    picture = photo(300, 200)
    said = b"/Type /XObject /Subtype /Image /Width 300 /Height 200 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R "
        b"/Resources << /XObject << /I 5 0 R >> >> >>"
    )
    return pdf(stream(picture, said + b" /Filter /DCTDecode"), page=page, **more)


def catalog(said):
    return pdf(catalog=b"<< /Type /Catalog /Pages 2 0 R %b >>" % said)


def attach(document):
    document.attachments["evil.exe"] = b"MZ"


# --- taken ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "pages"),
    [
        (PLAIN, 1),
        (scanned(), 1),
        (saved(), 1),
        (saved(pages=200), 200),
        (saved(object_stream_mode=pikepdf.ObjectStreamMode.generate), 1),
        (saved(linearize=True), 1),
        (pdf(stream(zlib.compress(b"q Q"), FLATE)), 1),
        (pdf(stream(zlib.compress(b"x" * 30), b"/Filter [/FlateDecode]")), 1),
        (pdf(stream(b"78>", b"/Filter /ASCIIHexDecode")), 1),
        (pdf(stream(b"GhQ~>", b"/Filter [/ASCII85Decode]")), 1),
        (PLAIN + b"\r\n\0\0\x1a", 1),
        (pdf(b"(Title about /JavaScript actions)".replace(b"/JavaScript", b"/ Launch")), 1),
        (pdf(b"<< /Title (How to use /Launch and /AA) >>"), 1),
        (pdf(b"<< /S /URI /URI (https://example.org) >>"), 1),
        (pdf(b"<< /S /GoTo /D [3 0 R /Fit] >>"), 1),
        (catalog(b"/OpenAction [3 0 R /Fit]"), 1),
        (catalog(b"/AcroForm << /Fields [] >>"), 1),
        (pdf(page=b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"), 1),
        (pdf_of_packed_objects(zlib.compress(b"6 0 [1 2 3]"), 4), 1),
    ],
)
def test_a_pdf_that_shows_pages_is_taken_with_their_number(data, pages):
    assert look_inside(data) == Inside("application/pdf", pages=pages)


# --- refused --------------------------------------------------------------------------------------------------------

ACTIVE = {
    "a script when it opens": catalog(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
    "a script by name": catalog(b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (x) >>] >> >>"),
    "a script of its own": pdf(b"<< /S /JavaScript /JS (x) >>"),
    "a script under another spelling": catalog(b"/OpenAction << /S /J#61vaScript /J#53 (x) >>"),
    "a script packed away": pdf_of_packed_objects(zlib.compress(b"6 0 << /JS (x) >>"), 4),
    "a script deep down": pdf(b"[" * 20 + b"<< /JS (x) >>" + b"]" * 20),
    "a program is started": catalog(b"/OpenAction << /S /Launch /F (cmd.exe) >>"),
    "a form is sent": pdf(b"<< /S /SubmitForm /F (https://example.org) >>"),
    "data are fetched": pdf(b"<< /S /ImportData /F (x) >>"),
    "another file is opened": pdf(b"<< /S /GoToR /F (x.pdf) >>"),
    "a file inside is opened": pdf(b"<< /S /GoToE >>"),
    "a film": pdf(b"<< /S /Rendition >>"),
    "a sound": pdf(b"<< /Type /Annot /Subtype /Sound >>"),
    "a rich medium": pdf(b"<< /Type /Annot /Subtype /RichMedia >>"),
    "a model in space": pdf(b"<< /Type /Annot /Subtype /3D >>"),
    "a file as a note": pdf(b"<< /Type /Annot /Subtype /FileAttachment >>"),
    "an attachment": saved(attach),
    "an attachment by itself": pdf(stream(b"MZ", b"/Type /EmbeddedFile")),
    "an attachment under another spelling": pdf(stream(b"MZ", b"/Type /Embedded#46ile")),
    "a portfolio": catalog(b"/Collection << >>"),
    "a form of XFA": catalog(b"/AcroForm << /XFA (x) >>"),
    "an action of a page": pdf(page=b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /AA << >> >>"),
    "content in another file": pdf(stream(b"", b"/F (other.bin)")),
    "an object that nothing refers to, in a comment": PLAIN.replace(b"%\xe2", b"%/JavaScript \xe2"),
}


@pytest.mark.parametrize("name", ACTIVE)
def test_a_pdf_that_does_more_than_show_pages_is_refused(name):
    with pytest.raises(UploadActive) as refused:
        look_inside(ACTIVE[name])
    assert "打印到 PDF" in refused.value.detail.zh


def test_every_name_that_is_asked_about_is_found_by_the_quick_search():
    names = uploaded_pdf._KEYS | uploaded_pdf._ACTIONS | uploaded_pdf._SUBTYPES | {"/EmbeddedFile"}
    assert len(names) > 20
    for name in names:
        assert uploaded_pdf._ALARMING.search(f"<< {name} 1 >>".encode()), name
        assert uploaded_pdf._ALARMING.search(f"<< /X {name}>>".encode()), name


HOSTILE = {
    "a password to open": (saved(encryption=pikepdf.Encryption(user="secret", owner="secret")), UploadEncrypted),
    "restrictions only": (saved(encryption=pikepdf.Encryption(user="", owner="secret")), UploadEncrypted),
    "201 pages": (saved(pages=201), UploadTooManyPages),
    "no pages": (pdf(pages=b"<< /Type /Pages /Kids [] /Count 0 >>"), UploadDamaged),
    "pages that hold themselves": (pdf(pages=b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), UploadDamaged),
    "cut off": (PLAIN[:-30], UploadTruncated),
    "only the first bytes": (b"%PDF-1.7", UploadTruncated),
    "an end without a table": (b"%PDF-1.7\n%%EOF", UploadTruncated),
    "a table that is elsewhere": (PLAIN.replace(b"startxref\n", b"startxref\n9"), UploadDamaged),
    "no root": (PLAIN.replace(b"/Root 1 0 R", b"/Boot 1 0 R"), UploadDamaged),
    "an object that cannot be read": (pdf(b"<< /A << /B"), UploadDamaged),
    "nested a million times": (pdf(b"[" * 1_000_000 + b"]" * 1_000_000), UploadTooHard),
    "an archive behind the end": (PLAIN + zip_of(b"a", b"\3\0", 0), UploadTrailing),
    "a page of the web behind the end": (PLAIN + b"<html>", UploadTrailing),
    "two kilobytes of nothing behind the end": (PLAIN + bytes(2000), UploadTrailing),
    "an archive around the end": (PLAIN + zip_of(b"a", b"\3\0", 0) + b"\nstartxref\n0\n%%EOF", UploadHidden),
    "a page of the web at the head": (PLAIN.replace(b"%\xe2", b"%<script>\xe2"), UploadHidden),
    "5 GiB in 5 MB": (pdf(stream(packed_zeros(5000), FLATE)), UploadBomb),
    "ten times 100 MiB": (pdf(*[stream(packed_zeros(100), FLATE)] * 10), UploadBomb),
    "packed twice": (pdf(stream(zlib.compress(packed_zeros(5000)), b"/Filter [/Fl /FlateDecode]")), UploadTooHard),
    "packed by run length": (pdf(stream(b"\x81\0" * 500_000 + b"\x80", b"/Filter /RunLengthDecode")), UploadTooHard),
    "packed four times": (pdf(stream(b"", b"/Filter [/Fl /Fl /Fl /Fl]")), UploadTooHard),
    "a packing nobody knows": (pdf(stream(b"x", b"/Filter /Secret")), UploadTooHard),
    "a picture of 10 GiB": (
        pdf(stream(b"", b"/Subtype /Image /Width 100000 /Height 100000 /Filter /JBIG2Decode")),
        UploadTooManyPixels,
    ),
    "a picture without a size": (pdf(stream(b"", b"/Subtype /Image /Filter /DCTDecode")), UploadDamaged),
    "packed objects of 5 GiB": (pdf_of_packed_objects(packed_zeros(5000, b" "), 4), UploadBomb),
    "a hundred thousand objects": (pdf(*[b"0"] * 100_000), UploadTooHard),
}


@pytest.fixture
def limited():
    """The limits that the checking process gives its reader; they hold for the whole process, so they are put back."""
    before = pikepdf.settings.get_qpdf_limits()
    uploaded_pdf.limit_reader()
    yield
    pikepdf.settings.set_qpdf_limits(**before)


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_is_refused_for_its_own_reason(name):
    data, kind = HOSTILE[name]
    assert len(data) < 20 * 1024 * 1024
    with pytest.raises(UploadRefused) as refused:
        look_inside(data)
    assert type(refused.value) is kind
    assert refused.value.detail.zh.endswith("。")
    assert refused.value.detail.en.endswith(".")


def test_a_pdf_without_a_page_is_no_evidence_whatever_the_reader_says():
    with pytest.raises(UploadDamaged):
        look_inside(saved(pages=0))


def test_a_rare_packing_is_counted_as_well(monkeypatch):
    packed = pdf(stream(b"78" * 100 + b">", b"/Filter /ASCIIHexDecode"))
    assert look_inside(packed).pages == 1
    monkeypatch.setattr(uploaded_pdf, "MOST_STREAM_BYTES", 99)
    with pytest.raises(UploadBomb):
        look_inside(packed)


def test_an_object_of_too_many_values_is_not_walked_to_its_end(monkeypatch):
    monkeypatch.setattr(uploaded_pdf, "MOST_NODES", 10)
    loud = pdf(b"[/JS %b]" % (b"[1]" * 20))
    with pytest.raises(UploadTooHard):
        look_inside(loud)
    assert look_inside(pdf(b"[/JS [1]]")).pages == 1


def test_the_samples_are_what_they_say():
    with pikepdf.open(io.BytesIO(PLAIN)) as document:
        assert len(document.pages) == 1
    assert (CATALOG in PLAIN, PAGES in PLAIN) == (True, True)
    assert len(zlib.decompress(packed_zeros(3))) == 3 << 20
