"""The rules of PDF/A-3u that a record could break, on our own account: the official validator is no Python package."""

import io
import re

import pikepdf
import pytest
from pikepdf import Name

from app.core.clock import read_instant
from app.reports.archive_format import archive_pdf
from app.reports.evaluation_record import compose_evaluation_record
from app.reports.render import render


@pytest.fixture(scope="module")
def opened(full_record):
    with pikepdf.open(io.BytesIO(full_record)) as pdf:
        yield pdf


def _dictionaries(pdf):
    return [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary | pikepdf.Stream)]


def test_the_file_says_that_it_is_pdf_a_3u(opened, full_record):
    assert full_record.startswith(b"%PDF-1.7\n%")
    assert all(byte > 127 for byte in full_record[10:14])
    assert opened.Root.get("/Version") is None
    stated = bytes(opened.Root.Metadata.read_bytes()).decode()
    assert re.search(r"pdfaid:part(=\"|>)3", stated)
    assert re.search(r"pdfaid:conformance(=\"|>)U", stated)
    assert "单次评估审计记录 E-202611-000123" in stated


def test_there_is_no_document_information_that_could_be_changed(opened):
    assert "/Info" not in opened.trailer
    assert len(opened.trailer.ID) == 2


def test_the_colours_have_a_meaning(opened):
    (intent,) = opened.Root.OutputIntents
    assert intent.S == Name.GTS_PDFA1
    profile = bytes(intent.DestOutputProfile.read_bytes())
    assert profile[36:40] == b"acsp"
    assert intent.DestOutputProfile.N == 3


def test_every_font_is_embedded_and_can_be_read_as_text(opened):
    fonts = [item for item in _dictionaries(opened) if item.get("/Type") == Name.Font]
    assert len(fonts) >= 3
    for font in fonts:
        assert "/FontFile2" in font.FontDescriptor
        assert "/ToUnicode" in font


def test_to_unicode_maps_have_no_block_over_a_hundred_and_whole_surrogates(opened):
    maps = [bytes(f.ToUnicode.read_bytes()) for f in _dictionaries(opened) if f.get("/Type") == Name.Font]
    for cmap in maps:
        assert all(int(count) <= 100 for count in re.findall(rb"(\d+) beginbfchar", cmap))
        codes = re.findall(rb"<[0-9A-F]{2}> <([0-9A-F]{3,})>", cmap)
        assert codes
        assert all(len(code) in (4, 8) for code in codes)
    assert any(b"<D872DF5B>" in cmap for cmap in maps), "the surrogate pair of the astral name"


def test_the_evidence_is_attached_as_source_data(opened):
    (associated,) = opened.Root.AF
    assert associated.AFRelationship == Name.Data
    assert (str(associated.F), str(associated.UF)) == ("evidence.json", "evidence.json")
    assert "/Desc" in associated
    embedded = associated.EF.F
    assert str(embedded.Subtype) == "/application/json"
    assert str(embedded.Params.ModDate) == "D:20261116013001Z"


def test_nothing_in_the_file_runs_or_plays(opened):
    forbidden = {"/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/RichMedia", "/Movie", "/Sound", "/XFA"}
    for item in _dictionaries(opened):
        assert not forbidden & set(item.keys())
    assert "/Encrypt" not in opened.trailer


def test_streams_are_packed_only_in_ways_that_stay_readable(opened):
    streams = [item for item in opened.objects if isinstance(item, pikepdf.Stream)]
    filters = {str(stream.get("/Filter")) for stream in streams}
    assert not any("LZW" in name or "Crypt" in name for name in filters)
    assert all("/F" not in stream for stream in streams), "no stream lies outside the file"


def test_a_line_ends_before_every_endstream(full_record):
    for found in re.finditer(rb"endstream", full_record):
        assert full_record[found.start() - 1 : found.start()] in (b"\n", b"\r")


def test_the_seal_is_printed_and_has_a_picture(opened):
    widgets = [item for item in _dictionaries(opened) if item.get("/Subtype") == Name.Widget]
    assert len(widgets) == 1
    flags = int(widgets[0].F)
    assert flags & 4, "printed"
    assert not flags & (1 | 2 | 32 | 256), "neither invisible, hidden, unviewed nor toggled"
    assert "/N" in widgets[0].AP


def test_the_archive_file_is_the_same_bytes_for_the_same_pages(samples, log_key, fonts):
    pages = render(compose_evaluation_record(samples.full_evidence(log_key)), fonts).pdf

    def made():
        at = read_instant(samples.EVALUATED_AT)
        return archive_pdf(pages, title="题", author="者", at=at, file_name="evidence.json", attachment=b"{}")

    assert made() == made()
