"""The documented codes: what docs/errors.md says of each, for titles and for ``GET /problems/<code>``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.text import Bilingual

ERRORS_PAGE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class DocumentedProblem:
    """One line of docs/errors.md."""

    code: str
    status: int | None
    """None for a code that stands only inside ``errors`` of another problem."""
    title: Bilingual

    def as_json(self) -> dict[str, object]:
        """Return the line as ``GET /problems/<code>`` prints it."""
        return {
            "type": f"/problems/{self.code}",
            "code": self.code,
            "status": self.status,
            "title": self.title.as_json(),
        }


def read_problem_table(text: str) -> dict[str, DocumentedProblem]:
    """Return the lines of the table in ``text`` (Markdown) by code."""
    table = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != _COLUMNS or cells[0] in {"code", "---"}:
            continue
        code, status, zh, en = cells
        table[code] = DocumentedProblem(code, int(status) if status.isdigit() else None, Bilingual(zh, en))
    return table


@cache
def documented_problems() -> Mapping[str, DocumentedProblem]:
    """Return every documented code; empty when the documentation was not installed beside the program."""
    return read_problem_table(ERRORS_PAGE.read_text(encoding="utf-8")) if ERRORS_PAGE.is_file() else {}
