"""What is neither a photo nor a PDF is told by its content, whatever it is called, and nothing is unpacked."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib

import pytest

from app.reports.upload_errors import UploadIsArchive, UploadIsOffice, UploadUnsupported
from app.reports.uploaded_file import check_upload
from app.reports.uploaded_kind import holds_archive, recognise
from tests.unit.reports.upload_samples import nested_zip, packed_zeros, photo, zip_of

GIBIBYTE = 1 << 30


def zipped(*names):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return made.getvalue()


def tarred(name="a", kind=tarfile.REGTYPE, format_=tarfile.USTAR_FORMAT):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=format_) as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    return made.getvalue()


ARCHIVES = {
    "ZIP": zipped("photo.jpg"),
    "ZIP of nothing": zipped(),
    "ZIP in parts": b"PK\x07\x08" + zipped("a"),
    "ZIP that climbs": zipped("../../etc/cron.d/evil"),
    "ZIP in ZIP in ZIP": nested_zip(),
    "ZIP of 10 GiB of zeros": zip_of(b"zeros", packed_zeros(10_240)[2:-4], 10 * GIBIBYTE),
    "ZIP of overlapping entries": zip_of(b"same", packed_zeros(1024)[2:-4], GIBIBYTE, times=60_000),
    "JAR": zipped("META-INF/MANIFEST.MF"),
    "GZIP": gzip.compress(b"x"),
    "GZIP of 10 GiB": b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + packed_zeros(10_240)[2:],
    "TAR": tarred(),
    "TAR of GNU": tarred(format_=tarfile.GNU_FORMAT),
    "TAR of POSIX": tarred(format_=tarfile.PAX_FORMAT),
    "TAR with a link": tarred(kind=tarfile.SYMTYPE),
    "BZIP2": bz2.compress(b"x"),
    "XZ": lzma.compress(b"x"),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(40),
    "RAR 4": b"Rar!\x1a\x07\x00" + bytes(40),
    "RAR 5": b"Rar!\x1a\x07\x01\x00" + bytes(40),
    "Zstandard": b"\x28\xb5\x2f\xfd" + bytes(40),
    "LZ4": b"\x04\x22\x4d\x18" + bytes(40),
    "CAB": b"MSCF" + bytes(40),
    "ISO": bytes(0x8001) + b"CD001" + bytes(40),
}

OFFICE = {
    "DOCX": zipped("[Content_Types].xml", "word/document.xml"),
    "XLSX": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "PPTX": zipped("ppt/presentation.xml"),
    "ODT": zip_of(b"mimetype", b"application/vnd.oasis.opendocument.text", 39),
    "DOC": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
}

OTHERS = {
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "AVIF": b"\0\0\0\x1cftypavif\0\0\0\0",
    "GIF": b"GIF89a" + bytes(20),
    "BMP": b"BM" + bytes(60),
    "TIFF": b"II*\0" + bytes(60),
    "SVG with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "SVG that names itself": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "HTML": b"<!DOCTYPE html><script>alert(1)</script>",
    "XML bomb": b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY l2 "&lol;&lol;">]><lolz>&l2;</lolz>',
    "a program for Windows": b"MZ\x90\0" + bytes(200),
    "a program for Linux": b"\x7fELF\2\1\1" + bytes(200),
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
    "PostScript": b"%!PS-Adobe-3.0\n(%stdin) (r) file\n",
    "MP4": b"\0\0\0\x18ftypmp42\0\0\0\0",
    "WAV": b"RIFF\x24\0\0\0WAVEfmt ",
    "text": "佐证材料".encode(),
    "one byte": b"\xff",
    "zeros": bytes(1000),
    "a PDF behind other bytes": b"<html>%PDF-1.7\n",
    "a PDF of no version": b"%PDF-x",
}


@pytest.fixture
def no_unpacking(monkeypatch):
    """Whoever unpacks, or even lists, an archive fails the test."""

    def fail(*_args, **_named):
        pytest.fail("something was unpacked")

    for module, name in (
        (zlib, "decompress"), (zlib, "decompressobj"), (zipfile, "ZipFile"), (gzip, "GzipFile"), (gzip, "decompress"),
        (tarfile, "open"), (bz2, "decompress"), (lzma, "decompress"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, fail)
    monkeypatch.setattr("app.reports.upload_process.subprocess.run", fail)


@pytest.mark.usefixtures("no_unpacking")
@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_refused_without_a_byte_of_it_being_unpacked(name):
    data = ARCHIVES[name]
    assert len(data) < 20 * 1024 * 1024
    with pytest.raises(UploadIsArchive) as refused:
        check_upload(data, "photo.jpg", "image/jpeg")
    assert "逐个上传" in refused.value.detail.zh


@pytest.mark.usefixtures("no_unpacking")
@pytest.mark.parametrize("name", OFFICE)
def test_an_office_document_is_refused_with_the_way_to_bring_it(name):
    with pytest.raises(UploadIsOffice) as refused:
        check_upload(OFFICE[name], "申请.pdf", "application/pdf")
    assert "PDF" in refused.value.detail.zh


@pytest.mark.usefixtures("no_unpacking")
@pytest.mark.parametrize("name", OTHERS)
def test_anything_else_is_refused_whatever_it_is_called(name):
    with pytest.raises(UploadUnsupported) as refused:
        check_upload(OTHERS[name], "photo.jpg", "image/jpeg")
    assert ("HEIC" in refused.value.detail.zh) == (name == "HEIC")


def test_the_bombs_are_real():
    with zipfile.ZipFile(io.BytesIO(ARCHIVES["ZIP of 10 GiB of zeros"])) as archive:
        packed = archive.getinfo("zeros").compress_size
        assert packed < 12_000_000
    with gzip.GzipFile(fileobj=io.BytesIO(ARCHIVES["GZIP of 10 GiB"])) as stream:
        assert stream.read(5 << 20) == bytes(5 << 20)
    assert len(ARCHIVES["ZIP in ZIP in ZIP"]) < 50_000


def test_an_archive_is_found_wherever_a_zip_program_would_look():
    picture = photo()
    inner = zipped("a.txt")
    assert not holds_archive(picture)
    assert holds_archive(picture + inner)
    assert holds_archive(inner + picture)
    commented = io.BytesIO(picture)
    with zipfile.ZipFile(commented, "a") as archive:
        archive.writestr("a", b"x")
        archive.comment = b"x" * 60_000
    assert holds_archive(commented.getvalue())


def test_a_chance_signature_is_no_archive():
    assert not holds_archive(b"PK\5\6")
    assert not holds_archive(bytes(100) + b"PK\5\6" + b"\xff" * 40)
    assert not holds_archive(bytes(100) + b"PK\5\6" + bytes(40))
    # Many of them are no chance.
    assert holds_archive((b"PK\5\6" + bytes(30)) * 100)


@pytest.mark.parametrize(("kind", "media"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_what_is_taken_is_told_by_its_first_bytes(kind, media):
    assert recognise(photo(kind=kind)) == media
    assert recognise(b"%PDF-1.4\n") == recognise(b"%PDF-2.0\n") == "application/pdf"
