"""Draw a document as PDF pages. The same document and fonts always give the same bytes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import reportlab
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Spacer

from app.reports import look
from app.reports.blocks import Writer, flowables_of
from app.reports.document import Document, Heading
from app.reports.flowables import Placed
from app.reports.fonts import BOLD, REGULAR, Fonts

LAYOUT = f"henji-layout/2 reportlab/{reportlab.__version__}"
"""How documents are composed and drawn. Raise the number when the words or the look of any document change:
a record is compared with what its own layout drew, and a newer program does not call an old record a forgery."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A drawn document."""

    pdf: bytes
    fields: Mapping[str, Placed]
    """Where each named signature field stands."""
    missing: tuple[str, ...]
    """Characters no font has, drawn as ``[U+xxxx]``."""


def render(document: Document, fonts: Fonts) -> Rendered:
    """Return ``document`` as PDF pages drawn with ``fonts`` (from :func:`app.reports.fonts.load_fonts`)."""
    writer = Writer(fonts)
    fields: dict[str, Placed] = {}
    story = _head(document, writer) + _sections(document, writer, fields)
    footer = [writer.plain(item if isinstance(item, str) else f"{item.zh} {item.en}") for item in document.footer]
    banner = writer.plain(f"{document.banner.zh} {document.banner.en}") if document.banner else None
    if writer.missing:
        story.append(_missing_note(writer))
    out = io.BytesIO()
    template = BaseDocTemplate(
        out,
        pagesize=(look.PAGE_WIDTH, look.PAGE_HEIGHT),
        title=f"{document.title.zh} {document.number}",
        author=document.organisation.zh,
        lang="zh-CN",
        invariant=1,
        initialFontName=REGULAR,
    )
    frame = Frame(look.SIDE, look.BOTTOM, look.WIDTH, look.PAGE_HEIGHT - look.TOP - look.BOTTOM, 0, 0, 0, 0)
    template.addPageTemplates([PageTemplate(frames=[frame])])
    template.build(story, canvasmaker=partial(_NumberedCanvas, footer=footer, banner=banner))
    return Rendered(out.getvalue(), fields, tuple(sorted(writer.missing)))


def _head(document: Document, writer: Writer) -> list[Flowable]:
    return [
        writer.text(document.organisation.zh, look.ORGANISATION),
        writer.text(document.organisation.en, look.TITLE_EN),
        Spacer(0, 2 * mm),
        writer.text(document.title.zh, look.TITLE),
        writer.text(document.title.en, look.TITLE_EN),
        Spacer(0, 1 * mm),
        writer.text(f"{document.code} · {document.number}", look.NUMBER),
        Spacer(0, 4 * mm),
    ]


def _sections(document: Document, writer: Writer, fields: dict[str, Placed]) -> list[Flowable]:
    story: list[Flowable] = []
    kept: list[Flowable] | None = None
    for block in document.blocks:
        if isinstance(block, Heading):
            kept = [] if block.together else None
            if kept is not None:
                story.append(kept)
        (story if kept is None else kept).extend(flowables_of(block, writer, fields))
    # Not nested: a KeepTogether inside another one claims to be endless, and the outer one always starts a new page.
    return [KeepTogether(part) if isinstance(part, list) else part for part in story]


def _missing_note(writer: Writer) -> Flowable:
    listed = "、".join(f"U+{ord(character):04X}" for character in sorted(writer.missing))
    return writer.text(
        f"注：以下字符无法以本文件的字体显示，已用其 Unicode 编码代替，原文见所附证据：{listed}。 "
        "These characters cannot be drawn and stand as their Unicode numbers; the attached evidence has the originals.",
        look.NOTE,
    )


class _NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab is untyped
    """Writes head and foot of every page once it is known how many there are."""

    def __init__(self, *args: Any, footer: list[str], banner: str | None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._kept_pages: list[dict[str, Any]] = []
        self._foot, self._banner = footer, banner

    def showPage(self) -> None:  # noqa: N802  # reportlab's name
        """Keep the page for later."""
        self._kept_pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages with their edges."""
        pages = self._kept_pages
        for number, state in enumerate(pages, 1):
            self.__dict__.update(state)
            self._draw_edges(number, len(pages))
            super().showPage()
        super().save()

    def _draw_edges(self, number: int, total: int) -> None:
        left, right = look.SIDE, look.PAGE_WIDTH - look.SIDE
        if self._banner:
            self.setFillColor(look.BANNER)
            self.rect(0, look.PAGE_HEIGHT - 8.5 * mm, look.PAGE_WIDTH, 8.5 * mm, stroke=0, fill=1)
            self.setFillColor(look.WHITE)
            self.setFont(BOLD, 7.4)
            self.drawCentredString(look.PAGE_WIDTH / 2, look.PAGE_HEIGHT - 5.4 * mm, self._banner)
        self.setStrokeColor(look.LINE_2)
        self.setLineWidth(0.4)
        self.line(left, 17 * mm, right, 17 * mm)
        self.setFillColor(look.INK_3)
        self.setFont(REGULAR, 6.8)
        for line, text in enumerate(self._foot):
            self.drawString(left, 13.2 * mm - line * 3.6 * mm, text)
        self.drawRightString(right, 13.2 * mm, f"第 {number} 页 共 {total} 页  {number}/{total}")
