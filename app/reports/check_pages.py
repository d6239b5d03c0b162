"""Check that the pages say what the evidence says, by drawing them again."""

import io
from collections.abc import Mapping
from typing import Any

import pikepdf
import pypdf
from pikepdf import Name
from pypdf.errors import PyPdfError

from app.core.text import Bilingual
from app.reports.fonts import FontsMissing, load_fonts
from app.reports.outcome import Check, Wrong, attempt, not_checked
from app.reports.produce import unsealed_record
from app.reports.render import LAYOUT

_NAME = "pages"


def check_pages(data: bytes, evidence: Mapping[str, Any]) -> Check:
    """Return whether the pages of the record ``data`` are those its evidence makes.

    Drawn again in the same layout and fonts, the file before sealing comes out byte for byte, or at least every page
    has the same words. With other means the check cannot be made; the seal covers the pages either way.
    """
    if evidence.get("layout") != LAYOUT:
        return not_checked(
            _NAME,
            f"未检查：页面由另一版式（{evidence.get('layout')}）绘制，本程序的版式是 {LAYOUT}（页面仍受印章保护）。",
            f"Not checked: the pages were drawn in another layout ({evidence.get('layout')}), this program's is "
            f"{LAYOUT} (the seal covers them anyway).",
        )
    try:
        fonts = load_fonts()
    except FontsMissing:
        return not_checked(
            _NAME,
            "未检查：本机没有绘制页面的字体，未能核对页面文字与证据是否一致（页面仍受印章保护）。",
            "Not checked: without fonts the pages were not compared with the evidence (the seal covers them anyway).",
        )
    drawn = b""

    def compare() -> Bilingual:
        nonlocal drawn
        drawn = unsealed_record(evidence, fonts).pdf
        if data.startswith(drawn):
            return Bilingual(
                "按证据重新绘制的页面与本文件逐字节相同。",
                "Drawing the pages again from the evidence gives this file, byte for byte.",
            )
        _same_words(page_texts(drawn), page_texts(data))
        return Bilingual(
            "按证据重新绘制，每一页的文字与本文件相同（未能逐字节相同）。",
            "Drawing the pages again from the evidence gives the same words on every page (not byte for byte).",
        )

    check = attempt(_NAME, compare)
    if check.passed or not drawn or font_names(drawn) == font_names(data):
        return check
    return not_checked(
        _NAME,
        "未检查：本机的字体与绘制本文件的字体不同，版面无法比较（页面仍受印章保护）。",
        "Not checked: the fonts here are not those of the file, so pages cannot be compared (the seal covers them).",
    )


def _same_words(ours: list[str], theirs: list[str]) -> None:
    if ours == theirs:
        return
    pages = [number for number, pair in enumerate(zip(ours, theirs, strict=False), 1) if pair[0] != pair[1]]
    listed = ", ".join(map(str, pages)) or f"{len(theirs)} / {len(ours)}"
    raise Wrong(
        f"页面文字与证据不一致（第 {listed} 页）。",
        f"The words on the pages are not those of the evidence (page {listed}).",
    )


def page_texts(pdf: bytes) -> list[str]:
    """Return the words of each page of ``pdf``, without white space.

    Raises:
        ValueError: the PDF cannot be read.
    """
    try:
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        return ["".join(page.extract_text().split()) for page in pages]
    except PyPdfError as error:
        raise ValueError("not a readable PDF") from error


def font_names(pdf: bytes) -> frozenset[str]:
    """Return the names of the fonts in ``pdf``, without the tags of their subsets."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = (item for item in opened.objects if isinstance(item, pikepdf.Dictionary))
        return frozenset(str(font.BaseFont).rpartition("+")[2] for font in fonts if font.get("/Type") == Name.Font)
