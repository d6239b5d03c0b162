"""Tables in files: CSV in any encoding offices use, XLSX without its formulas. Rows come out as they stand there."""

import codecs
import csv
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.actions.office_rows import Cell, Record, unreadable
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

    Raises:
        OfficeFileUnreadable: the encoding cannot be told.
    """
    with path.open(encoding=_encoding_of(path), newline="") as file:
        separator: str | None = None
        for line, text, closed in _records(file):
            if separator is None:
                separator = max(_SEPARATORS, key=text.count)
            if not closed:
                said = Bilingual("引号没有配对。", "A quote is opened and not closed.")
                yield Record(line, (), said)
                continue
            yield _parsed(line, text, separator)


def _parsed(line: int, text: str, separator: str) -> Record:
    try:
        cells = next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error:
        said = Bilingual("引号使用有误。", "The quotes are misplaced.")
        return Record(line, (), said)
    return Record(line, tuple(cells))


def _records(file: IO[str]) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, text, whether all quotes are closed) of every record that is not blank."""
    waiting: list[str] = []
    first = 1
    lines = enumerate(file, start=1)
    backlog: list[tuple[int, str]] = []
    while True:
        number, text = backlog.pop(0) if backlog else next(lines, (0, ""))
        if not number and not waiting:
            return
        if number:
            first = first if waiting else number
            waiting.append(text)
        if sum(part.count('"') for part in waiting) % 2 == 0:
            record = "".join(waiting).rstrip("\r\n")
            waiting = []
            if record.strip():
                yield first, record, True
        elif not number or len(waiting) >= _LONGEST_RECORD:
            # Give up this line only: those after it are read again by themselves.
            yield first, waiting[0], False
            backlog = [(first + place, part) for place, part in enumerate(waiting[1:], start=1)] + backlog
            waiting = []


def xlsx_records(path: Path, spec: CollectionSpec) -> Iterator[Record]:
    """Yield the rows of the sheet named like the collection, or of the first sheet.

    Text stays text, whatever it begins with; a formula is refused, never computed.

    Raises:
        OfficeFileUnreadable: it is no workbook, or it unpacks to something huge.
    """
    workbook = _open_workbook(path)
    try:
        names = {folded(spec.name), folded(spec.name).replace("-", "_"), spec.title.zh}
        sheet = next((each for each in workbook.worksheets if folded(each.title) in names), None)
        sheet = sheet or next(iter(workbook.worksheets), None)
        if sheet is None:
            raise unreadable(path.name, 1, "工作簿里没有工作表。", "The workbook has no sheet.")
        # The stored extent of a sheet is often wrong; the rows themselves are not.
        sheet.reset_dimensions()
        width = 0
        for line, row in enumerate(sheet.iter_rows(), start=1):
            cells = _trimmed(row)
            width = width or len(cells)
            yield _sheet_record(line, cells, width)
    finally:
        workbook.close()


def _open_workbook(path: Path) -> Any:  # noqa: ANN401  # openpyxl's read-only sheets are typed as writable ones
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > _LARGEST_WORKBOOK:
            raise unreadable(
                path.name, 1, "工作簿解压后过大。请改用 CSV。", "The workbook unpacks to too much. Use CSV."
            )
        with warnings.catch_warnings():
            # Missing styles and unsupported extensions of a sheet do not concern its values.
            warnings.simplefilter("ignore")
            return load_workbook(path, read_only=True, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError):
        raise unreadable(
            path.name,
            1,
            "不是 .xlsx 工作簿（或已加密）。请另存为 .xlsx。",
            "This is no .xlsx workbook, or it is encrypted.",
        ) from None


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
