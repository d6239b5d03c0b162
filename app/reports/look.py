"""How documents look: colours, type sizes, paragraph styles, the shapes of outcomes."""

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from app.audit.finding import Outcome
from app.reports.fonts import BOLD, REGULAR

PAGE_WIDTH, PAGE_HEIGHT = A4
SIDE, TOP, BOTTOM = 18 * mm, 17 * mm, 23 * mm
WIDTH = PAGE_WIDTH - 2 * SIDE

INK, INK_2, INK_3 = HexColor("#1b2430"), HexColor("#4c5866"), HexColor("#7b8794")
LINE, LINE_2, GROUND = HexColor("#e2e6e3"), HexColor("#cfd6d2"), HexColor("#f5f6f4")
ACCENT, WHITE = HexColor("#0f6b66"), HexColor("#ffffff")

BANNER = HexColor("#6b3fa0")

COLOURS: dict[Outcome, Color] = {
    Outcome.BLOCK: HexColor("#b3261e"),
    Outcome.FLAG: HexColor("#9a5b00"),
    Outcome.NOTE: HexColor("#2b5fab"),
    Outcome.NOT_EVALUABLE: HexColor("#5f6b77"),
    Outcome.PASS: HexColor("#2e7d4f"),
    Outcome.NOT_APPLICABLE: HexColor("#7b8794"),
}
"""Never the only sign of an outcome: its shape and its word stand beside."""
SOFT: dict[Outcome, Color] = {
    Outcome.BLOCK: HexColor("#fbeae8"),
    Outcome.FLAG: HexColor("#fdf2dd"),
    Outcome.NOTE: HexColor("#e8f0fb"),
    Outcome.PASS: HexColor("#e8f3ec"),
}


def _style(name: str, size: float, leading: float, **more: object) -> ParagraphStyle:
    # Kinsoku for mixed text: no line begins with a full stop, and Latin words stay whole.
    return ParagraphStyle(
        name, **{"fontName": REGULAR, "fontSize": size, "leading": leading, "wordWrap": "CJK", "textColor": INK, **more}
    )


BODY = _style("body", 9, 13.5)
BODY_EN = _style("body-en", 8, 11, textColor=INK_2)
SMALL = _style("small", 7.6, 11)
SMALL_EN = _style("small-en", 6.8, 9, textColor=INK_3)
SMALL_RIGHT = _style("small-right", 7.6, 11, alignment=TA_RIGHT)
TOTAL = _style("total", 7.6, 11, fontName=BOLD)
TOTAL_RIGHT = _style("total-right", 7.6, 11, fontName=BOLD, alignment=TA_RIGHT)
SMALL_EN_RIGHT = _style("small-en-right", 6.8, 9, textColor=INK_3, alignment=TA_RIGHT)
HEAD = _style("head", 7.2, 10, textColor=INK_2, fontName=BOLD)
HEAD_RIGHT = _style("head-right", 7.2, 10, textColor=INK_2, fontName=BOLD, alignment=TA_RIGHT)
COUNT = _style("count", 13, 17, fontName=BOLD, alignment=TA_RIGHT)
LABEL = _style("label", 7.2, 10.5, textColor=INK_3)
ORGANISATION = _style("organisation", 9.5, 14, alignment=TA_CENTER, textColor=INK_2)
TITLE = _style("title", 19, 27, alignment=TA_CENTER, fontName=BOLD)
TITLE_EN = _style("title-en", 9, 13, alignment=TA_CENTER, textColor=INK_2)
NUMBER = _style("number", 9, 13, alignment=TA_CENTER, textColor=ACCENT, fontName=BOLD)
HEADING = _style("heading", 11, 15, fontName=BOLD, spaceBefore=11, spaceAfter=4)
FINDING = _style("finding", 9.6, 14, fontName=BOLD)
QUIET = _style("quiet", 8, 11.5, textColor=INK_3)
NOTE = _style("note", 7.6, 11, textColor=INK_2, spaceBefore=10)
VERBATIM = _style("verbatim", 7.4, 10.6, textColor=INK_2)
WARNING = _style("warning", 7.6, 11, textColor=COLOURS[Outcome.FLAG])
BESIDE = f'\u00a0\u00a0<font name="{REGULAR}" size="8.5" color="#4c5866">'
"""Begins the English half of a heading."""
