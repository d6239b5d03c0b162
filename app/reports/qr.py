"""QR codes, as modules for whoever draws them: on paper with reportlab, on a page as one path of an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

import segno

QUIET_MODULES = 4
"""Free space around the code. Source: ISO/IEC 18004, 6.3.8."""


@dataclass(frozen=True, slots=True)
class QrPath:
    """A QR code as one path; dark on light whatever the theme, or no camera reads it."""

    size: int
    """Width and height in modules, the quiet zone included."""
    path: str
    """What stands in the ``d`` of a path: rows of modules, one unit each."""


def qr_modules(content: str) -> Sequence[Sequence[int]]:
    """Return the modules of ``content`` row by row, 1 for dark, with error correction M and no quiet zone."""
    modules: Sequence[Sequence[int]] = segno.make(content, error="m", micro=False, boost_error=False).matrix
    return modules


def dark_runs(modules: Sequence[int]) -> list[tuple[int, int]]:
    """Return (first module, length) of every run of dark modules of one row."""
    runs = []
    start = None
    for place, dark in enumerate([*modules, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place - start))
            start = None
    return runs


def qr_path(content: str) -> QrPath:
    """Return the QR code of ``content`` as one path."""
    rows = qr_modules(content)
    path = "".join(
        f"M{start + QUIET_MODULES} {row + QUIET_MODULES}h{length}v1h-{length}z"
        for row, modules in enumerate(rows)
        for start, length in dark_runs(modules)
    )
    return QrPath(len(rows) + 2 * QUIET_MODULES, path)
