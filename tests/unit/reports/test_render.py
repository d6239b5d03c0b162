import io
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import ContentStream

from app.core.text import Bilingual
from app.reports.blocks import Writer
from app.reports.check_pages import font_names, page_texts
from app.reports.document import Align, Column, Paragraph, Table, Tone
from app.reports.evaluation_record import compose_evaluation_record
from app.reports.fonts import FontsMissing, load_fonts
from app.reports.render import LAYOUT, render

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def _words(pdf):
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_words_of_the_document_can_be_read_out_of_the_pages(samples, log_key, fonts):
    words = _words(render(compose_evaluation_record(samples.full_evidence(log_key)), fonts).pdf)
    for sentence in (
        "单次评估审计记录",
        "示例县烟草专卖局内部专卖管理监督办公室",
        "须先补正，或由内管办负责人书面说明理由并备案后解除，方可继续。",
        "缺少:近三月均销量。无法判断,不算通过。",
        "统计线索，不作为违规结论；须查看原始记录后判断。",
        "不构成《电子签名法》第十三条所称可靠的电子签名",
        "第1页共4页",
        "Nothingmayproceeduntilitiscured",
    ):
        assert sentence in words


def test_a_name_above_the_basic_plane_is_read_out_as_it_is(samples, log_key, fonts):
    assert ord(samples.ASTRAL_NAME[1]) > 0xFFFF
    assert samples.ASTRAL_NAME in _words(render(compose_evaluation_record(samples.full_evidence(log_key)), fonts).pdf)


def test_a_character_no_font_has_is_shown_by_its_number_and_noted(samples, log_key, fonts):
    odd = samples.evidence_of([], "pass", log_key, account_manager="AM\U0001f600\u200b\u202e")
    drawn = render(compose_evaluation_record(odd), fonts)
    words = _words(drawn.pdf)
    assert drawn.missing == ("\u200b", "\u202e", "\U0001f600")
    assert "AM[U+1F600][U+200B][U+202E]" in words
    assert "以下字符无法以本文件的字体显示" in words


def test_the_same_document_is_always_the_same_bytes(samples, log_key, fonts):
    document = compose_evaluation_record(samples.full_evidence(log_key))
    assert render(document, fonts).pdf == render(document, fonts).pdf


def test_the_pages_look_as_the_layout_number_says(samples, log_key, fonts):
    """When this fails on purpose: raise the number in render.LAYOUT, then renew the golden file (it is this text)."""
    whole = {**samples.full_evidence(log_key), "layout": "golden"}
    drawn = render(compose_evaluation_record(whole), fonts)
    if "NotoSansSC-Regular" not in font_names(drawn.pdf):
        pytest.skip("drawn in another font than the prepared one")
    told = "\n\f\n".join([LAYOUT, *page_texts(drawn.pdf), str(drawn.fields["seal_system"])]) + "\n"
    assert told == (GOLDEN / "d19_pages.txt").read_text(encoding="utf-8")


def test_the_seal_stands_whole_on_the_page_that_says_so(samples, log_key, fonts):
    drawn = render(compose_evaluation_record(samples.full_evidence(log_key)), fonts)
    pages = pypdf.PdfReader(io.BytesIO(drawn.pdf)).pages
    place = drawn.fields["seal_system"]
    assert "系统印章" in pages[place.page].extract_text()
    left, bottom, right, top = place.box
    assert 0 < left < right < 596
    assert 0 < bottom < top < 842


def test_a_simulated_clock_is_written_on_every_page(samples, log_key, fonts):
    evidence = samples.evidence_of(samples.findings(), "block", log_key, simulated_clock=True)
    pages = pypdf.PdfReader(io.BytesIO(render(compose_evaluation_record(evidence), fonts).pdf)).pages
    assert len(pages) > 2
    assert all("模拟时钟" in page.extract_text() for page in pages)


def test_nothing_is_drawn_in_a_font_that_is_not_embedded(samples, log_key, fonts):
    pdf = render(compose_evaluation_record(samples.full_evidence(log_key)), fonts).pdf
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font["/FontDescriptor"]


def test_markup_in_a_message_is_text(samples, log_key, fonts):
    found = samples.finding("ENT-01", "flag", ("<b>题</b>", "T"), ("a & b < c <font size=99>", "x"))
    words = _words(render(compose_evaluation_record(samples.evidence_of([found], "flag", log_key)), fonts).pdf)
    assert "<b>题</b>" in words
    assert "a&b<c<fontsize=99>" in words


def test_a_table_longer_than_a_page_repeats_its_head(samples, log_key, fonts):
    document = compose_evaluation_record(samples.full_evidence(log_key))
    columns = (Column(Bilingual("序号头", "No"), 1), Column(Bilingual("数", "Number"), 1, Align.RIGHT))
    table = Table(columns, tuple((f"R{row}", Bilingual(f"{row}条", f"{row} cartons")) for row in range(80)))
    pdf = render(replace(document, blocks=(table, Paragraph(Bilingual("完", "End")))), fonts).pdf
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert len(texts) > 1
    assert all("序号头" in text for text in texts)
    assert "R79" in texts[-1]


def test_a_paragraph_may_speak_as_loudly_as_it_should(samples, log_key, fonts):
    document = compose_evaluation_record(samples.full_evidence(log_key))
    blocks = tuple(Paragraph(Bilingual(f"第{tone}段", f"{tone} paragraph"), tone) for tone in Tone)
    words = _words(render(replace(document, blocks=blocks), fonts).pdf)
    assert all(f"第{tone}段" in words for tone in Tone)
    same = replace(document, blocks=(Paragraph(Bilingual("SAME", "SAME")),))
    assert _words(render(same, fonts).pdf).count("SAME") == 1
    assert all(f"第{tone}段" in replace(document, blocks=blocks).as_text() for tone in Tone)


def test_line_breaks_in_a_message_become_spaces(fonts):
    assert Writer(fonts).plain("一\r\n二\t三") == "一  二 三"


def test_a_font_folder_without_fonts_is_said_plainly(monkeypatch, tmp_path):
    monkeypatch.setenv("HENJI_FONTS", str(tmp_path))
    with pytest.raises(FontsMissing, match=r"prepare_fonts\.py"):
        load_fonts()


def test_without_prepared_fonts_a_font_of_the_machine_is_taken(monkeypatch, tmp_path):
    monkeypatch.delenv("HENJI_FONTS", raising=False)
    monkeypatch.setattr("app.reports.fonts._PREPARED", tmp_path / "none")
    machine = tmp_path / "wqy-microhei.ttc"
    monkeypatch.setattr("app.reports.fonts._FALLBACKS", (tmp_path / "absent", machine))
    with pytest.raises(FontsMissing):
        load_fonts()
    machine.write_bytes(b"not a font")
    with pytest.raises(FontsMissing, match=r"microhei\.ttc cannot be used"):
        load_fonts()


def test_a_file_that_is_no_font_is_said_plainly(monkeypatch, tmp_path):
    monkeypatch.setenv("HENJI_FONTS", str(tmp_path))
    for name in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"):
        (tmp_path / name).write_bytes(b"not a font")
    with pytest.raises(FontsMissing, match="cannot be used"):
        load_fonts()


def test_the_qr_code_is_one_filled_path(samples, log_key, fonts):
    drawn = render(compose_evaluation_record(samples.full_evidence(log_key)), fonts)
    reader = pypdf.PdfReader(io.BytesIO(drawn.pdf))
    page = reader.pages[drawn.fields["seal_system"].page]
    rectangles = [op for _, op in ContentStream(page.get_contents(), reader).operations if op == b"re"]
    assert len(rectangles) > 300
