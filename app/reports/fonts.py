"""The fonts a document is drawn with, and which characters they have.

No font is committed and none is fetched at run time: ``tools/prepare_fonts.py`` cuts them once per checkout.
"""

import os
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportlab.lib import textsplit
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import paragraph

from app.core.errors import AppError
from app.core.text import Bilingual

REGULAR, BOLD = "HenjiSans", "HenjiSans-Bold"
"""The names the fonts are drawn by."""

_PREPARED = Path(__file__).resolve().parents[2] / "build" / "fonts"
_FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
_FALLBACKS = (
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/wqy-microhei/wqy-microhei.ttc"),
)
_MOST_RANGE = 100
_NO_LINE_BEGINS_WITH = textsplit.ALL_CANNOT_START + "，；：？！》〉〗］｝”’…%％"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class FontsMissing(AppError):
    """There is no font with Chinese characters to draw with. 500."""

    code = "fonts.missing"
    status = 500
    title = Bilingual("缺少中文字体", "There is no Chinese font")


@dataclass(frozen=True, slots=True)
class Fonts:
    """Two registered weights."""

    visible: frozenset[str]
    """The characters both weights draw as something to see (and the space)."""


def _visible(*fonts: Iterable[int]) -> frozenset[str]:
    common = frozenset.intersection(*map(frozenset, fonts))
    return frozenset(c for c in map(chr, common) if unicodedata.category(c) not in _INVISIBLE)


def _correct_to_unicode(_name: str, subset: Sequence[int]) -> str:
    """Return the ToUnicode map of a font subset, right above U+FFFF too.

    reportlab up to 5.1.0 writes such a character as five digits, so a name with one is extracted as another name,
    and its blocks may exceed the 100 entries allowed. Source: design/signing.md, 1.3; ISO 32000-1, 9.10.3.
    """
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo",
        "<< /Registry (Adobe)",
        "/Ordering (UCS)",
        "/Supplement 0",
        ">> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    entries = [(place, chr(code).encode("utf-16-be").hex().upper()) for place, code in enumerate(subset)]
    for start in range(0, len(entries), _MOST_RANGE):
        block = entries[start : start + _MOST_RANGE]
        lines.append(f"{len(block)} beginbfchar")
        lines += [f"<{place:02X}> <{unicode}>" for place, unicode in block]
        lines.append("endbfchar")
    return "\n".join([*lines, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])


def _font_files() -> tuple[tuple[Path, int], tuple[Path, int]]:
    """Return path and index in its collection of the regular and the bold font.

    Raises:
        FontsMissing: neither the configured nor the prepared nor a fallback font is there.
    """
    configured = os.environ.get("HENJI_FONTS")
    folder = Path(configured) if configured else _PREPARED
    regular, bold = (folder / name for name in _FILES)
    if regular.exists() and bold.exists():
        return (regular, 0), (bold, 0)
    # A folder somebody named must not be replaced silently by another font.
    fallback = None if configured else next((path for path in _FALLBACKS if path.exists()), None)
    if fallback is None:
        raise FontsMissing(
            Bilingual(
                f"{folder} 中没有 {'、'.join(_FILES)}。请运行 python tools/prepare_fonts.py，"
                "或用 HENJI_FONTS 指明字体文件夹。",
                f"{folder} has no {' and '.join(_FILES)}. Run python tools/prepare_fonts.py, "
                "or name the folder of the fonts in HENJI_FONTS.",
            )
        )
    return (fallback, 0), (fallback, 0)


_registering = threading.Lock()


def load_fonts() -> Fonts:
    """Return the fonts, registered for drawing. The first call of a process takes about 0.2 s.

    Raises:
        FontsMissing: there are none.
    """
    with _registering:
        return _load(_font_files())


@lru_cache(maxsize=1)
def _load(files: tuple[tuple[Path, int], tuple[Path, int]]) -> Fonts:
    ttfonts.makeToUnicodeCMap = _correct_to_unicode
    # reportlab knows 、 and 。 but not the other full-width signs that begin no line. Source: GB/T 15834-2011, 5.1.
    textsplit.ALL_CANNOT_START = paragraph.ALL_CANNOT_START = _NO_LINE_BEGINS_WITH
    covered = []
    for name, (path, index) in zip((REGULAR, BOLD), files, strict=True):
        try:
            font: Any = TTFont(name, str(path), subfontIndex=index)
        except TTFError as error:
            raise FontsMissing(
                Bilingual(f"字体 {path} 无法使用：{error}。", f"The font {path} cannot be used: {error}.")
            ) from error
        pdfmetrics.registerFont(font)
        covered.append(font.face.charToGlyph)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return Fonts(_visible(*covered))
