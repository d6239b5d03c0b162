"""Check that the pages say what the evidence says, by drawing them again."""

import io
from collections.abc import Mapping
from typing import Any

import pypdf
from pypdf.errors import PyPdfError

from app.core.text import Bilingual
from app.reports.fonts import FontsMissing, load_fonts
from app.reports.outcome import Check, Wrong, attempt, not_checked
from app.reports.produce import unsealed_record

_NAME = "pages"


def check_pages(data: bytes, evidence: Mapping[str, Any]) -> Check:
    """Return whether the pages of the record ``data`` are those its evidence makes.

    With the same fonts and libraries the file before sealing comes out byte for byte; else the words are compared.
    Without fonts the check cannot be made; the seal covers the pages either way.
    """
    try:
        fonts = load_fonts()
    except FontsMissing:
        return not_checked(
            _NAME,
            "未检查：本机没有绘制页面的字体，未能核对页面文字与证据是否一致（页面仍受印章保护）。",
            "Not checked: without fonts the pages were not compared with the evidence (the seal covers them anyway).",
        )

    def compare() -> Bilingual:
        drawn = unsealed_record(evidence, fonts).pdf
        if data.startswith(drawn):
            return Bilingual(
                "按证据重新绘制的页面与本文件逐字节相同。",
                "Drawing the pages again from the evidence gives this file, byte for byte.",
            )
        ours, theirs = page_texts(drawn), page_texts(data)
        if ours != theirs:
            pages = [number for number, pair in enumerate(zip(ours, theirs, strict=False), 1) if pair[0] != pair[1]]
            listed = ", ".join(map(str, pages)) or f"{len(theirs)} / {len(ours)}"
            raise Wrong(
                f"页面文字与证据不一致（第 {listed} 页）。",
                f"The words on the pages are not those of the evidence (page {listed}).",
            )
        return Bilingual(
            "按证据重新绘制，每一页的文字与本文件相同（字体或程序版本不同，未逐字节比较）。",
            "Drawing the pages again gives the same words on every page (other fonts or versions; not byte for byte).",
        )

    return attempt(_NAME, compare)


def page_texts(pdf: bytes) -> list[str]:
    """Return the words of each page of ``pdf``, without white space: lines break differently in other fonts.

    Raises:
        ValueError: the PDF cannot be read.
    """
    try:
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        return ["".join(page.extract_text().split()) for page in pages]
    except PyPdfError as error:
        raise ValueError("not a readable PDF") from error
