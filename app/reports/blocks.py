"""Turn the blocks of a document into what reportlab lays out. Every word is a Paragraph: plain strings never wrap."""

from html import escape
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer, TableStyle
from reportlab.platypus import Paragraph as ReportlabParagraph
from reportlab.platypus import Table as Grid

from app.core.text import Bilingual
from app.reports import look
from app.reports.document import (
    Align,
    Block,
    Cell,
    FindingBlock,
    Heading,
    Mark,
    Number,
    Paragraph,
    Particulars,
    QrCode,
    SignatureRow,
    Table,
    Tone,
    Verbatim,
    VerdictBlock,
)
from app.reports.flowables import QR_SIZE, MarkFlowable, Placed, QrFlowable, SignatureBox
from app.reports.fonts import REGULAR, Fonts

SIGNATURE_HEIGHT = 26 * mm
TALL_SIGNATURE = 35 * mm
_GAP = 4 * mm
_MARK_WIDTH = 23 * mm
_LABEL_WIDTH = 36 * mm
_ROOM_BELOW_HEADING = 38 * mm
_TALLEST_ROW = 180 * mm
_LEAST_PART = 40
"""Points of a broken row that stand together on a page."""


class Text(ReportlabParagraph):  # type: ignore[misc]  # reportlab is untyped
    """A paragraph that is broken into lines once for a width, not every time a table asks for its height."""

    _broken_for: float | None = None
    _size: tuple[float, float] = (0, 0)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the space it takes within ``width``."""
        # What could not be split at the end of a page has lost its lines.
        if width != self._broken_for or not hasattr(self, "blPara"):
            self._size = super().wrap(width, height)
            self._broken_for = width
        return self._size


class Writer:
    """Turns words into paragraphs, and shows every character the fonts do not have."""

    def __init__(self, fonts: Fonts) -> None:
        """Write with ``fonts``."""
        self._visible = fonts.visible
        self.missing: set[str] = set()
        """Characters that had to be replaced so far."""

    def plain(self, text: str) -> str:
        """Return ``text`` with a visible stand-in for every character that would be drawn as nothing or a box."""
        if set(text) <= self._visible:
            return text
        return "".join(map(self._stand_in, text))

    def _stand_in(self, character: str) -> str:
        if character in self._visible:
            return character
        if character in "\n\r\t":
            return " "
        self.missing.add(character)
        return f"[U+{ord(character):04X}]"

    def text(self, text: str, style: Any) -> Text:  # noqa: ANN401  # reportlab is untyped
        """Return one paragraph."""
        return Text(escape(self.plain(text), quote=False), style)

    def both(self, text: Bilingual, style: Any, style_en: Any) -> list[Flowable]:  # noqa: ANN401
        """Return the Chinese paragraph and, unless it is the same, the English one below."""
        flowables = [self.text(text.zh, style)]
        if text.en != text.zh:
            flowables.append(self.text(text.en, style_en))
        return flowables

    def label(self, text: Bilingual, style: Any = look.LABEL) -> Text:  # noqa: ANN401
        """Return both languages in one paragraph."""
        return self.text(text.zh if text.zh == text.en else f"{text.zh} {text.en}", style)

    def said(self, cell: Cell, align: Align = Align.LEFT, *, total: bool = False) -> list[Flowable]:
        """Return what stands in a table cell, or in one of the row of a ``total``."""
        right = align is Align.RIGHT
        if isinstance(cell, Mark):
            return [MarkFlowable(cell.outcome, cell.word.zh, cell.word.en)]
        style = look.SMALL_RIGHT if right else look.SMALL
        if total:
            style = look.TOTAL_RIGHT if right else look.TOTAL
        if isinstance(cell, str):
            return [self.text(cell, style)]
        return self.both(cell, style, look.SMALL_EN_RIGHT if right else look.SMALL_EN)


def _grid(rows: list[list[Any]], widths: list[float], *commands: tuple[Any, ...], **more: Any) -> Grid:  # noqa: ANN401
    """Return a table without padding, except what ``commands`` say."""
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    style = TableStyle(
        [
            # Never Helvetica, not even for an empty cell: it would be a font that is not embedded.
            ("FONTNAME", (0, 0), (-1, -1), REGULAR),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *((side, (0, 0), (-1, -1), 0) for side in sides),
            *commands,
        ]
    )
    return Grid(rows, colWidths=widths, style=style, **more)


def _breakable(grid: Grid) -> Grid:
    """Return ``grid``, whose rows may be broken over pages if one of them fits on none; else they stay whole."""
    _, height = grid.wrapOn(None, look.WIDTH, look.PAGE_HEIGHT)
    if height > _TALLEST_ROW and max(grid._rowHeights) > _TALLEST_ROW:  # noqa: SLF001  # reportlab tells it nowhere else
        grid.splitInRow = _LEAST_PART
    return grid


def _padding(
    top: float, bottom: float, sides: float = 0, rows: tuple[int, int] = (0, -1)
) -> tuple[tuple[Any, ...], ...]:
    first, last = rows
    return (
        ("TOPPADDING", (0, first), (-1, last), top),
        ("BOTTOMPADDING", (0, first), (-1, last), bottom),
        ("LEFTPADDING", (0, first), (-1, last), sides),
        ("RIGHTPADDING", (0, first), (-1, last), sides),
    )


def flowables_of(block: Block, writer: Writer, fields: dict[str, Placed]) -> list[Flowable]:  # noqa: PLR0911  # one each
    """Return what ``block`` is laid out as; a named signature field is entered in ``fields``."""
    match block:
        case Heading(text, together):
            zh, en = (escape(writer.plain(half), quote=False) for half in (text.zh, text.en))
            heading = Text(f"{zh}{look.BESIDE}{en}</font>", look.HEADING)
            # Room for the first rows is enough; keepWithNext would carry a whole table to the next page.
            return [heading] if together else [CondPageBreak(_ROOM_BELOW_HEADING), heading]
        case Paragraph(text, tone):
            return _paragraph(text, tone, writer)
        case Particulars():
            return [_particulars(block, writer), Spacer(0, 2 * mm)]
        case Table():
            return [_table(block, writer), *_note(block, writer)]
        case VerdictBlock():
            return [_verdict(block, writer), Spacer(0, 3 * mm)]
        case FindingBlock():
            return _finding(block, writer)
        case Verbatim(title, text):
            return [_verbatim(title, text, writer)]
        case QrCode():
            return [_qr(block, writer)]
        case SignatureRow():  # pragma: no branch  # the last kind there is
            return [_signatures(block, writer, fields)]


def _paragraph(text: Bilingual, tone: Tone, writer: Writer) -> list[Flowable]:
    if tone is Tone.QUIET:
        return [writer.label(text, look.QUIET)]
    flowables = writer.both(text, look.BODY, look.BODY_EN)
    if tone is Tone.NORMAL:
        return flowables
    notice = _grid(
        [[flowables]],
        [look.WIDTH],
        ("LINEBEFORE", (0, 0), (0, -1), 2, look.ACCENT),
        ("BACKGROUND", (0, 0), (-1, -1), look.GROUND),
        *_padding(5, 6, 9),
    )
    return [Spacer(0, 2 * mm), notice, Spacer(0, 3 * mm)]


def _verdict(block: VerdictBlock, writer: Writer) -> Flowable:
    outcome = block.mark.outcome
    mark = MarkFlowable(outcome, block.mark.word.zh, block.mark.word.en, 17, beside=True)
    left = 62 * mm
    head = _grid(
        [[[mark], writer.both(block.sentence, look.BODY, look.BODY_EN)]],
        [left, look.WIDTH - left],
        ("BACKGROUND", (0, 0), (-1, -1), look.SOFT.get(outcome, look.GROUND)),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *_padding(7, 8, 12),
    )
    marks = [[MarkFlowable(each.outcome, each.word.zh, each.word.en)] for each, _ in block.counts]
    numbers = [writer.text(str(count), look.COUNT) for _, count in block.counts]
    counts = _grid(
        [marks, numbers],
        [look.WIDTH / len(block.counts)] * len(block.counts),
        ("LINEBEFORE", (1, 0), (-1, -1), 0.4, look.LINE_2),
        *_padding(6, 0, 8, (0, 0)),
        *_padding(0, 6, 8, (1, 1)),
    )
    return _grid(
        [[head], [counts]],
        [look.WIDTH],
        ("BOX", (0, 0), (-1, -1), 0.5, look.LINE_2),
        ("LINEABOVE", (0, 0), (-1, 0), 2, look.COLOURS[outcome]),
    )


def _particulars(block: Particulars, writer: Writer) -> Flowable:
    cells: list[Any] = []
    for label, value in block.rows:
        cells += [writer.label(label), writer.said(value)]
    across = 2 * block.columns
    cells += [""] * (-len(cells) % across)
    rows = [cells[start : start + across] for start in range(0, len(cells), across)]
    grid = _grid(
        rows,
        [_LABEL_WIDTH, look.WIDTH / block.columns - _LABEL_WIDTH] * block.columns,
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, look.LINE),
        *_padding(2.6, 3.4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    )
    return _breakable(grid)


def _table(table: Table, writer: Writer) -> Flowable:
    whole = sum(column.share for column in table.columns)
    head = [
        writer.both(
            column.title,
            look.HEAD_RIGHT if column.align is Align.RIGHT else look.HEAD,
            look.SMALL_EN_RIGHT if column.align is Align.RIGHT else look.SMALL_EN,
        )
        for column in table.columns
    ]
    first_total = len(table.rows) - table.totals
    rows = [
        [
            writer.said(cell, column.align, total=place >= first_total)
            for cell, column in zip(row, table.columns, strict=True)
        ]
        for place, row in enumerate(table.rows)
    ]
    above = [("LINEABOVE", (0, first_total + 1), (-1, first_total + 1), 0.7, look.INK_3)] if table.totals else []
    grid = _grid(
        [head, *rows],
        [look.WIDTH * column.share / whole for column in table.columns],
        ("LINEABOVE", (0, 0), (-1, 0), 0.7, look.INK_3),
        ("LINEBELOW", (0, 0), (-1, 0), 0.5, look.LINE_2),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, look.LINE),
        *above,
        *_padding(3, 3.6, 3),
        repeatRows=1,
    )
    return _breakable(grid)


def _note(table: Table, writer: Writer) -> list[Flowable]:
    return [writer.label(table.note, look.QUIET)] if table.note else []


def _finding(block: FindingBlock, writer: Writer) -> list[Flowable]:
    mark = MarkFlowable(block.mark.outcome, block.mark.word.zh, block.mark.word.en, 9)
    rule = [writer.text(block.rule, look.SMALL_RIGHT), writer.text(block.clauses, look.SMALL_EN_RIGHT)]
    rule_width = 38 * mm
    title = writer.both(block.title, look.FINDING, look.BODY_EN)
    head = _grid(
        [[[mark], title, rule]],
        [_MARK_WIDTH, look.WIDTH - _MARK_WIDTH - rule_width, rule_width],
        ("LINEABOVE", (0, 0), (-1, 0), 1, look.COLOURS[block.mark.outcome]),
        *_padding(6, 3),
    )
    body = writer.both(block.message, look.BODY, look.BODY_EN)
    body += [writer.label(warning, look.WARNING) for warning in block.warnings]
    if block.measured or block.parameters:
        body += [Spacer(0, 1.5 * mm), _numbers(block.measured, block.parameters, writer)]
    whole = _grid([["", body]], [_MARK_WIDTH, look.WIDTH - _MARK_WIDTH])
    flowables: list[Flowable] = [KeepTogether([head, whole])]
    if block.lines:
        flowables += [Spacer(0, 2 * mm), _table(block.lines, writer), *_note(block.lines, writer)]
    return [*flowables, Spacer(0, 5 * mm)]


def _numbers(measured: tuple[Number, ...], parameters: tuple[Number, ...], writer: Writer) -> Flowable:
    def side(numbers: tuple[Number, ...], title: Bilingual) -> list[list[Any]]:
        rows: list[list[Any]] = [[writer.label(title) if numbers else "", ""]]
        return rows + [[writer.label(n.label, look.SMALL), writer.said(n.value, Align.RIGHT)] for n in numbers]

    left = side(measured, Bilingual("实测", "Measured"))
    right = side(parameters, Bilingual("参数", "Parameters"))
    left += [["", ""]] * (len(right) - len(left))
    right += [["", ""]] * (len(left) - len(right))
    gap = 8 * mm
    half = (look.WIDTH - _MARK_WIDTH - gap) / 2
    name, value = half * 0.64, half * 0.36
    return _grid(
        [[*a, "", *b] for a, b in zip(left, right, strict=True)],
        [name, value, gap, name, value],
        *(
            ("LINEBELOW", (first, 0), (first + 1, len(numbers)), 0.4, look.LINE)
            for first, numbers in ((0, measured), (3, parameters))
            if numbers
        ),
        *_padding(1.4, 2),
    )


def _verbatim(title: Bilingual, text: str, writer: Writer) -> Flowable:
    lines = [writer.text(line, look.VERBATIM) if line else Spacer(0, 5) for line in text.splitlines()]
    return _grid(
        [[writer.label(title)], [lines]],
        [look.WIDTH],
        ("BACKGROUND", (0, 1), (-1, -1), look.GROUND),
        ("NOSPLIT", (0, 0), (-1, -1)),
        *_padding(3, 3, 0, (0, 0)),
        *_padding(5, 6, 8, (1, 1)),
    )


def _qr(block: QrCode, writer: Writer) -> Flowable:
    sentences: list[Flowable] = []
    for sentence in block.sentences:
        sentences += [*writer.both(sentence, look.SMALL, look.SMALL_EN), Spacer(0, 1.2 * mm)]
    left = QR_SIZE + _GAP
    middle = ("VALIGN", (0, 0), (-1, -1), "MIDDLE")
    return _grid([[[QrFlowable(block.content)], sentences]], [left, look.WIDTH - left], middle)


def _signatures(row: SignatureRow, writer: Writer, fields: dict[str, Placed]) -> Flowable:
    count = len(row.fields)
    width = (look.WIDTH - _GAP * (count - 1)) / count
    boxes: list[Any] = []
    captions: list[Any] = []
    for signature in row.fields:
        placed = Placed()
        if signature.name:
            fields[signature.name] = placed
        boxes += [SignatureBox(width, TALL_SIGNATURE if row.tall else SIGNATURE_HEIGHT, placed), ""]
        captions += [writer.label(signature.caption), ""]
    widths = ([width, _GAP] * count)[:-1]
    # Boxes below one another need more air than boxes side by side.
    above = 6 if count == 1 else 0
    return _grid([captions[:-1], boxes[:-1]], widths, ("NOSPLIT", (0, 0), (-1, -1)), *_padding(above, 3, 0, (0, 0)))
