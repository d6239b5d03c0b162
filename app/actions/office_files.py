"""Office data in files: CSV, XLSX, NDJSON and JSON become raw items with the lines they stand on.

Nothing is judged here and nothing is stored. One bad line never blocks the good ones.
"""

from collections.abc import Iterator
from pathlib import Path

from app.actions.office_json import read_json_lines, read_json_list
from app.actions.office_rows import OfficeFileUnreadable, RowOfFile, rows_of_table
from app.actions.office_tables import csv_records, xlsx_records
from app.core.text import Bilingual
from app.office.items import COLLECTIONS
from app.office.visible_text import folded, shown

__all__ = ["OfficeFileUnreadable", "RowOfFile", "collection_of", "read_rows"]


def collection_of(path: Path) -> str:
    """Return the collection a file's name speaks of: ``customers.csv``, ``code_lists-2026.xlsx``, ``零售客户.csv``.

    Raises:
        OfficeFileUnreadable: it names none, or more than one.
    """
    stem = folded(path.stem).replace("_", "-")
    named = {name for name, spec in COLLECTIONS.items() if name in stem or spec.title.zh in stem}
    if len(named) == 1:
        return named.pop()
    known = ", ".join(COLLECTIONS)
    raise OfficeFileUnreadable(
        Bilingual(
            f"从文件名“{shown(path.name)}”看不出是哪类数据。请用 --collection 指明：{known}。",
            f"The file name “{shown(path.name)}” does not say which data it holds. Name it with --collection: {known}.",
        )
    )


def read_rows(path: Path, collection: str | None = None) -> Iterator[RowOfFile]:
    """Yield the items of a file in order, each with its line; ``collection`` is guessed from the name when None.

    Raises:
        OfficeFileUnreadable: the file as a whole cannot be read; every reason is named at once.
    """
    spec = COLLECTIONS.get(collection or collection_of(path))
    if spec is None:
        known = ", ".join(COLLECTIONS)
        raise OfficeFileUnreadable(
            Bilingual(
                f"没有“{shown(collection)}”这类数据。可用：{known}。",
                f"There is no collection “{shown(collection)}”. Known: {known}.",
            )
        )
    match path.suffix.lower():
        case ".csv" | ".txt" | ".tsv":
            yield from rows_of_table(csv_records(path), spec, path.name)
        case ".xlsx" | ".xlsm":
            yield from rows_of_table(xlsx_records(path, spec), spec, path.name)
        case ".ndjson" | ".jsonl":
            yield from read_json_lines(path)
        case ".json":
            yield from read_json_list(path)
        case other:
            raise OfficeFileUnreadable(
                Bilingual(
                    f"不认识的文件类型“{shown(other)}”。请存为 .csv、.xlsx、.ndjson 或 .json。",
                    f"Files of type “{shown(other)}” are not read. Save it as .csv, .xlsx, .ndjson or .json.",
                )
            )
