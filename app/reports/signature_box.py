"""What a person's signature looks like on the page: name, role, meaning, opinion, and when, with offset."""

import io
from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from app.audit.finding import Outcome
from app.core.canonical import sha256_hex
from app.core.clock import local
from app.core.text import Bilingual
from app.keys.certificates import PersonName
from app.reports import look
from app.reports.blocks import Writer
from app.reports.fonts import BOLD, REGULAR, Fonts
from app.reports.signed_form import Content, Statement

_LEFT_SHARE = 0.36
_PAD = 3.4 * mm
_SIZES = (8.6, 8.0, 7.4, 6.8, 6.2, 5.6)
"""An opinion is set in the largest of these it fits in."""
_SHORT = 16


@dataclass(frozen=True, slots=True)
class Box:
    """The size of a signature field, in points."""

    width: float
    height: float


def moment_with_offset(at: datetime) -> str:
    """Return ``at`` (aware) in the office's zone to the second: ``2026-11-23 18:00:00 +08:00``."""
    return local(at).isoformat(sep=" ", timespec="seconds").replace("+", " +")


def draw_signature(
    box: Box,
    person: PersonName,
    statement: Statement,
    content: Content,
    certificate_der: bytes,
    note: Bilingual | None,
    fonts: Fonts,
) -> bytes:
    """Return a one-page PDF of the size of ``box`` that shows the signature of ``person``.

    ``note`` is what must be said beside the time stamp; None when there is nothing to warn of.
    """
    writer = Writer(fonts)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(box.width, box.height), invariant=1, initialFontName=REGULAR)
    split = box.width * _LEFT_SHARE
    canvas.setFillColor(look.GROUND)
    canvas.rect(0, 0, split, box.height, stroke=0, fill=1)
    canvas.setFillColor(look.ACCENT)
    canvas.rect(0, 0, 2.2, box.height, stroke=0, fill=1)
    canvas.setStrokeColor(look.LINE_2)
    canvas.setLineWidth(0.6)
    canvas.rect(0.3, 0.3, box.width - 0.6, box.height - 0.6, stroke=1, fill=0)
    _draw_person(canvas, writer, box, split, person, statement)
    _draw_words(canvas, writer, box, split, statement)
    _draw_foot(canvas, writer, box, split, content, certificate_der, note)
    canvas.save()
    return out.getvalue()


def _line(canvas: Canvas, text: str, at: tuple[float, float], font: str, size: float, room: float) -> None:
    x, y = at
    natural = max(1.0, canvas.stringWidth(text, font, size))
    canvas.setFont(font, min(size, size * room / natural))
    canvas.drawString(x, y, text)


def _draw_person(
    canvas: Canvas, writer: Writer, box: Box, split: float, person: PersonName, statement: Statement
) -> None:
    left, room = _PAD + 2, split - 2 * _PAD
    y = box.height - 6.2 * mm
    canvas.setFillColor(look.INK)
    _line(canvas, writer.plain(person.name), (left, y), BOLD, 13, room)
    lines = (
        (7.4, look.INK, f"{statement.role.zh} {statement.role.en}"),
        (6.4, look.INK_2, f"{person.unit} · {person.number}"),
        (7.4, look.INK, moment_with_offset(statement.at)),
    )
    for size, colour, text in lines:
        y -= size * 1.62
        canvas.setFillColor(colour)
        _line(canvas, writer.plain(text), (left, y), REGULAR, size, room)
    if statement.principal is not None:
        y -= 11
        canvas.setFillColor(look.COLOURS[Outcome.FLAG])
        principal = f"代 {statement.principal.name}（{statement.principal.person_id}） on behalf of"
        _line(canvas, writer.plain(principal), (left, y), BOLD, 6.6, room)
    if statement.simulated:
        canvas.setFillColor(look.BANNER)
        _line(canvas, "模拟时钟 simulated clock", (left, y - 10), BOLD, 6.6, room)


def _draw_words(canvas: Canvas, writer: Writer, box: Box, split: float, statement: Statement) -> None:
    left, room = split + _PAD, box.width - split - 2 * _PAD
    y = box.height - 5.4 * mm
    canvas.setFillColor(look.ACCENT)
    _line(canvas, writer.plain(statement.meaning.zh), (left, y), BOLD, 9.6, room)
    y -= 9.2
    canvas.setFillColor(look.INK_2)
    _line(canvas, writer.plain(statement.meaning.en), (left, y), REGULAR, 6.8, room)
    if statement.by_hand is not None:
        y -= 8.4
        canvas.setFillColor(look.COLOURS[Outcome.FLAG])
        _line(canvas, f"扫描件 scan {statement.by_hand.scan_digest}", (left, y), REGULAR, 6.2, room)
    if not statement.opinion:
        return
    top, foot = y - 4.4, 7.6 * mm
    for size in _SIZES:
        style = ParagraphStyle(
            "opinion", fontName=REGULAR, fontSize=size, leading=size * 1.36, wordWrap="CJK", textColor=look.INK
        )
        words = writer.text(statement.opinion, style)
        _, height = words.wrapOn(canvas, room, top)
        if height <= top - foot or size == _SIZES[-1]:
            words.drawOn(canvas, left, top - height)
            return


def _draw_foot(
    canvas: Canvas,
    writer: Writer,
    box: Box,
    split: float,
    content: Content,
    certificate_der: bytes,
    note: Bilingual | None,
) -> None:
    left, room = split + _PAD, box.width - split - 2 * _PAD
    certificate = sha256_hex(certificate_der)[:_SHORT]
    canvas.setFillColor(look.INK_3)
    text = f"内容 Content sha256:{content.digest[:_SHORT]}… · 证书 Certificate sha256:{certificate}…"
    _line(canvas, text, (left, 2.2 * mm), REGULAR, 5.8, room)
    stamped = "时间戳 RFC 3161 time stamp" if note is None else f"{note.zh} {note.en}"
    canvas.setFillColor(look.INK_3 if note is None else look.COLOURS[Outcome.FLAG])
    _line(canvas, writer.plain(stamped), (left, 5.0 * mm), REGULAR, 5.8, room)
