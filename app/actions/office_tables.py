"""Tables in files: CSV in any encoding offices use, XLSX without its formulas. Rows come out as they stand there."""

import codecs
import csv
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.actions.office_cells import Cell
from app.actions.office_rows import Record, unreadable
from app.core.text import Bilingual
from app.office.items import CollectionSpec
from app.office.visible_text import folded

_ENCODINGS = ("utf-8-sig", "gb18030")
_CHUNK = 1 << 20
_SEPARATORS = (",", "\t", ";")
_LONGEST_RECORD = 30
"""A quoted cell may hold line breaks, but a quote left open must not swallow the rest of the file."""
_LARGEST_WORKBOOK = 1 << 30
"""Bytes a workbook may unpack to."""


def _encoding_of(path: Path) -> str:
    """Return the encoding the whole file can be read in.

    Raises:
        OfficeFileUnreadable: it is neither UTF-8 nor GB18030 nor marked UTF-16.
    """
    with path.open("rb") as file:
        if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
    for encoding in _ENCODINGS:
        if _decodes(path, encoding):
            return encoding
    raise unreadable(
        path.name,
        1,
        "文件编码既不是 UTF-8 也不是 GBK/GB18030。请另存为 UTF-8 CSV。",
        "The file is neither UTF-8 nor GBK/GB18030. Save it as UTF-8 CSV.",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def csv_records(path: Path) -> Iterator[Record]:
    """Yield the rows of a CSV file separated by commas, tabs or semicolons, with the line each begins on.

    A row that breaks off costs its own line only: what it would swallow is read again by itself.

    Raises:
        OfficeFileUnreadable: the encoding cannot be told.
    """
    with path.open(encoding=_encoding_of(path), newline="") as file:
        lines = _Lines(file)
        separator, width = "", 0
        while taken := lines.take():
            separator = separator or max(_SEPARATORS, key=taken.text.count)
            record = _parsed(taken, separator)
            if len(taken.parts) > 1 and (record.problem or len(record.cells) != (width or len(record.cells))):
                lines.put_back(taken)
                record = Record(taken.line, (), _QUOTE_OPEN)
            width = width or len(record.cells)
            yield record


_QUOTE_OPEN = Bilingual("引号没有配对。", "A quote is opened and not closed.")
_QUOTE_MISPLACED = Bilingual("引号使用有误。", "The quotes are misplaced.")


@dataclass(frozen=True, slots=True)
class _Taken:
    """The lines of one row: more than one where a quoted cell holds line breaks."""

    line: int
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.parts).rstrip("\r\n")


class _Lines:
    """The lines of a file, taken row by row."""

    def __init__(self, file: IO[str]) -> None:
        self._lines = enumerate(file, start=1)
        self._backlog: list[tuple[int, str]] = []

    def take(self) -> _Taken | None:
        """Return the lines of the next row that is not blank; None at the end."""
        first, parts, quotes = 0, list[str](), 0
        while quotes % 2 or not first:
            number, text = self._backlog.pop(0) if self._backlog else next(self._lines, (0, ""))
            if not number or len(parts) == _LONGEST_RECORD:
                if number:
                    self._backlog.insert(0, (number, text))
                break
            if first or text.strip():
                first = first or number
                parts.append(text)
                quotes += text.count('"')
        return _Taken(first, tuple(parts)) if first else None

    def put_back(self, taken: _Taken) -> None:
        """Offer all lines but the first again."""
        again = [(taken.line + place, text) for place, text in enumerate(taken.parts[1:], start=1)]
        self._backlog = again + self._backlog


def _parsed(taken: _Taken, separator: str) -> Record:
    try:
        cells = next(csv.reader([taken.text], delimiter=separator, strict=True), [])
    except csv.Error:
        return Record(taken.line, (), _QUOTE_OPEN if taken.text.count('"') % 2 else _QUOTE_MISPLACED)
    return Record(taken.line, tuple(cells))


def xlsx_records(path: Path, spec: CollectionSpec) -> Iterator[Record]:
    """Yield the rows of the sheet named like the collection, or of the first sheet.

    Text stays text, whatever it begins with; a formula is refused, never computed.

    Raises:
        OfficeFileUnreadable: it is no workbook, it is damaged, or it unpacks to something huge.
    """
    with _damage_said(path):
        _refuse_huge(path)
        with warnings.catch_warnings():
            # Missing styles and unsupported extensions of a sheet do not concern its values.
            warnings.simplefilter("ignore")
            workbook = load_workbook(path, read_only=True, keep_links=False)
    try:
        rows = _sheet(workbook, spec).iter_rows()
        line = width = 0
        while True:
            with _damage_said(path, line + 1):
                row = next(rows, None)
            if row is None:
                return
            line += 1
            cells = _trimmed(row)
            width = width or len(cells)
            yield _sheet_record(line, cells, width)
    finally:
        workbook.close()


def _sheet(workbook: Any, spec: CollectionSpec) -> Any:  # noqa: ANN401  # read-only sheets are typed as writable ones
    names = {folded(spec.name), folded(spec.name).replace("-", "_"), spec.title.zh}
    sheets = workbook.worksheets
    sheet = next((each for each in sheets if folded(each.title) in names), sheets[0])
    # The stored extent of a sheet is often wrong; the rows themselves are not.
    sheet.reset_dimensions()
    return sheet


@contextmanager
def _damage_said(path: Path, line: int = 1) -> Iterator[None]:
    """Turn what the libraries raise on a damaged workbook into our own error."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, LookupError, TypeError, ValueError):
        raise unreadable(
            path.name,
            line,
            "不是 .xlsx 工作簿，或已加密、已损坏。请另存为 .xlsx。",
            "This is no .xlsx workbook, or it is encrypted or damaged. Save it as .xlsx.",
        ) from None


def _refuse_huge(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > _LARGEST_WORKBOOK:
        raise unreadable(path.name, 1, "工作簿解压后过大。请改用 CSV。", "The workbook unpacks to too much. Use CSV.")


def _trimmed(row: tuple[Any, ...]) -> list[Any]:
    cells = list(row)
    while cells and cells[-1].value is None:
        cells.pop()
    return cells


def _sheet_record(line: int, cells: list[Any], width: int) -> Record:
    for place, cell in enumerate(cells, start=1):
        if cell.data_type == "f":
            said = Bilingual(
                f"第 {place} 格是公式。请复制后“粘贴为数值”。",
                f"Cell {place} is a formula. Copy it and paste it as a value.",
            )
            return Record(line, (), said)
        if cell.data_type == "e":
            said = Bilingual(f"第 {place} 格是错误值。", f"Cell {place} holds an error value.")
            return Record(line, (), said)
    values: list[Cell] = [cell.value for cell in cells]
    return Record(line, tuple(values + [None] * (width - len(values))))
