"""The parts of a page that are drawn, not written: outcome marks, the QR code, signature boxes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from app.audit.finding import Outcome
from app.reports import look
from app.reports.fonts import BOLD, REGULAR
from app.reports.qr import QUIET_MODULES, dark_runs, qr_modules

QR_SIZE = 27 * mm


def draw_shape(canvas: Any, outcome: Outcome, x: float, y: float, size: float) -> None:  # noqa: ANN401  # untyped
    """Draw the shape of ``outcome`` into the square at (x, y)."""
    canvas.saveState()
    colour = look.COLOURS[outcome]
    canvas.setFillColor(colour)
    canvas.setStrokeColor(colour)
    _SHAPES[outcome](canvas, x, y, size)
    canvas.restoreState()


def _square(canvas: Any, x: float, y: float, size: float) -> None:  # noqa: ANN401
    canvas.rect(x, y, size, size, stroke=0, fill=1)


def _path(canvas: Any, points: list[tuple[float, float]]) -> Any:  # noqa: ANN401
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    return path


def _triangle(canvas: Any, x: float, y: float, size: float) -> None:  # noqa: ANN401
    path = _path(canvas, [(x, y), (x + size, y), (x + size / 2, y + size)])
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _circle(canvas: Any, x: float, y: float, size: float) -> None:  # noqa: ANN401
    canvas.circle(x + size / 2, y + size / 2, size / 2, stroke=0, fill=1)


def _hatched(canvas: Any, x: float, y: float, size: float) -> None:  # noqa: ANN401
    canvas.setLineWidth(size / 11)
    canvas.rect(x, y, size, size, stroke=1, fill=0)
    for step in (1, 2, 3):
        along = step * size / 2
        low, high = max(0.0, along - size), min(along, size)
        canvas.line(x + low, y + along - low, x + high, y + along - high)


def _tick(canvas: Any, x: float, y: float, size: float) -> None:  # noqa: ANN401
    canvas.setLineWidth(size / 5)
    canvas.setLineCap(1)
    path = _path(canvas, [(x, y + size * 0.45), (x + size * 0.35, y + size * 0.08), (x + size, y + size * 0.92)])
    canvas.drawPath(path, stroke=1, fill=0)


def _dash(canvas: Any, x: float, y: float, size: float) -> None:  # noqa: ANN401
    canvas.setLineWidth(size / 6)
    canvas.line(x, y + size / 2, x + size, y + size / 2)


_SHAPES: dict[Outcome, Callable[[Any, float, float, float], None]] = {
    Outcome.BLOCK: _square,
    Outcome.FLAG: _triangle,
    Outcome.NOTE: _circle,
    Outcome.NOT_EVALUABLE: _hatched,
    Outcome.PASS: _tick,
    Outcome.NOT_APPLICABLE: _dash,
}


class MarkFlowable(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """An outcome: its shape, its word, and the word in English below or beside."""

    def __init__(self, outcome: Outcome, zh: str, en: str, size: float = 7.6, *, beside: bool = False) -> None:
        """Draw the words in ``size`` points; ``beside`` puts both languages on one line."""
        super().__init__()
        self._outcome, self._zh, self._en, self._size, self._beside = outcome, zh, en, size, beside

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return the space it takes."""
        lines = 1.4 if self._beside else 2.45
        return self._size * 8, self._size * lines

    def draw(self) -> None:
        """Draw on the page."""
        size, canvas = self._size, self.canv
        top = self._size * (0.3 if self._beside else 1.35)
        draw_shape(canvas, self._outcome, 0, top - size * 0.06, size * 0.86)
        text_at = size * 1.3
        canvas.setFillColor(look.COLOURS[self._outcome])
        canvas.setFont(BOLD, size)
        canvas.drawString(text_at, top, self._zh)
        canvas.setFont(REGULAR, size * 0.82)
        if self._beside:
            canvas.drawString(text_at + canvas.stringWidth(self._zh, BOLD, size) + size * 0.5, top, self._en)
        else:
            canvas.drawString(text_at, top - size * 1.15, self._en)


class QrFlowable(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A QR code drawn as one path, with its quiet zone."""

    def __init__(self, content: str) -> None:
        """Encode ``content`` with error correction M."""
        super().__init__()
        self._matrix = qr_modules(content)

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return the space it takes."""
        return QR_SIZE, QR_SIZE

    def draw(self) -> None:
        """Draw on the page."""
        count = len(self._matrix)
        unit = QR_SIZE / (count + 2 * QUIET_MODULES)
        path = self.canv.beginPath()
        for row, modules in enumerate(self._matrix):
            y = (QUIET_MODULES + count - 1 - row) * unit
            for start, length in dark_runs(modules):
                path.rect((QUIET_MODULES + start) * unit, y, length * unit, unit)
        self.canv.setFillColor(look.INK)
        self.canv.drawPath(path, stroke=0, fill=1)


@dataclass(slots=True)
class Placed:
    """Where a signature field came to stand."""

    page: int = -1
    """From 0."""
    box: tuple[float, float, float, float] = field(default=(0, 0, 0, 0))
    """Left, bottom, right, top in points."""


class SignatureBox(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """An empty box for a seal or for ink; remembers where it was drawn."""

    def __init__(self, width: float, height: float, placed: Placed) -> None:
        """Tell ``placed`` where the box is once it is drawn."""
        super().__init__()
        self.width, self.height, self._placed = width, height, placed

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return the space it takes."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw on the page."""
        x, y = self.canv.absolutePosition(0, 0)
        self._placed.page = self.canv.getPageNumber() - 1
        self._placed.box = (round(x, 2), round(y, 2), round(x + self.width, 2), round(y + self.height, 2))
        self.canv.setStrokeColor(look.LINE_2)
        self.canv.setLineWidth(0.6)
        self.canv.rect(0, 0, self.width, self.height, stroke=1, fill=0)
