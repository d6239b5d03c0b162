"""From the cells of a table to raw items: columns found by name, cells typed without loss, rows grouped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from app.actions.office_cells import Cell, typed
from app.core.errors import Fault, Invalid
from app.core.text import Bilingual
from app.office.intake.fields import FieldSpec, Kind
from app.office.items import CollectionSpec
from app.office.visible_text import folded, shown


class OfficeFileUnreadable(Invalid):
    """A file of office data cannot be read as a whole. 422."""

    code = "office_file.unreadable"
    title = Bilingual("数据文件无法读取", "The file of office data cannot be read")


@dataclass(frozen=True, slots=True)
class RowOfFile:
    """One item of a file, or why its line could not be read."""

    line: int
    """The line, or row of the sheet, the item begins on; 1 is the first."""
    raw: Mapping[str, object]
    """Empty with a fault."""
    fault: Fault | None = None
    """Its pointer is ``file:line``."""

    @property
    def item(self) -> Mapping[str, object] | Fault:
        """The raw item, the fault when there is one."""
        return self.fault or self.raw


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table as it stands there, or why it could not be read."""

    line: int
    cells: tuple[Cell, ...]
    problem: Bilingual | None = None


def line_fault(file_name: str, line: int, message: Bilingual) -> RowOfFile:
    """Return the row that stands for a line that cannot be read."""
    return RowOfFile(line, {}, Fault(f"{file_name}:{line}", "office_file.line", message))


def unreadable(file_name: str, line: int, zh: str, en: str) -> OfficeFileUnreadable:
    """Return the error that the file cannot be read from ``line`` on."""
    place = f"{file_name}:{line}"
    fault = Fault(place, "office_file.unreadable", Bilingual(zh, en))
    return OfficeFileUnreadable(Bilingual(f"{place}：{zh}", f"{place}: {en}"), (fault,))


@dataclass(frozen=True, slots=True)
class _Column:
    """Where the cells of a column go."""

    path: tuple[str, ...]
    spec: FieldSpec
    of_row: bool = False
    """Whether it belongs to a member of the repeated rows."""


def _names(spec: FieldSpec) -> tuple[str, ...]:
    return (spec.name, spec.title.zh, *spec.also)


def columns_of(spec: CollectionSpec) -> Mapping[str, tuple[str, ...]]:
    """Return the columns of a flat file by English name, each with all names it is found by."""
    return {
        "_".join(column.path[-2:]) if len(column.path) > 1 else column.path[0]: names
        for column, names in _columns(spec)
    }


def _columns(spec: CollectionSpec) -> Iterator[tuple[_Column, tuple[str, ...]]]:
    for field in spec.fields:
        if field.name == spec.rows_field:
            for member in field.members:
                yield _Column((member.name,), member, of_row=True), _names(member)
        elif field.kind is Kind.OBJECT:
            yield from _columns_of_object(field, (field.name,))
        else:
            yield _Column((field.name,), field), _names(field)


def _columns_of_object(holder: FieldSpec, path: tuple[str, ...]) -> Iterator[tuple[_Column, tuple[str, ...]]]:
    # windows.supply.from stands in the column supply_from, 货源预测窗口开始日期.
    for field in holder.members:
        if field.kind is Kind.OBJECT:
            yield from _columns_of_object(field, (*path, field.name))
        else:
            names = (f"{holder.name}_{field.name}", f"{holder.title.zh}{field.title.zh}", field.title.zh)
            yield _Column((*path, field.name), field), names if field.kind is Kind.DAYS else names[:2]


def rows_of_table(records: Iterable[Record], spec: CollectionSpec, file_name: str) -> Iterator[RowOfFile]:
    """Yield the items of a table whose first record holds the column names.

    Raises:
        OfficeFileUnreadable: there is no header, or it has columns that are unknown or stand twice.
    """
    table = iter(records)
    header = next((record for record in table if record.problem or any(map(_filled, record.cells))), None)
    if header is None:
        raise unreadable(
            file_name, 1, "文件是空的。第一行应为列名。", "The file is empty. The first line must name columns."
        )
    if header.problem:
        raise unreadable(file_name, header.line, header.problem.zh, header.problem.en)
    columns = _header(header, spec, file_name)
    plain = _plain_rows(table, columns, file_name)
    if spec.rows_field is None:
        for row, _ in plain:
            yield row
    else:
        yield from _grouped(plain, spec, spec.rows_field, file_name)


def _filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _header(header: Record, spec: CollectionSpec, file_name: str) -> tuple[_Column | None, ...]:
    by_name = {folded(name): column for column, names in _columns(spec) for name in names}
    columns: list[_Column | None] = []
    faults: list[Fault] = []
    place = f"{file_name}:{header.line}"
    for cell in header.cells:
        column = by_name.get(folded(str(cell))) if _filled(cell) else None
        if column is None and _filled(cell):
            faults.append(Fault(place, "office_file.column", _unknown_column(str(cell), by_name, spec)))
        elif column is not None and column in columns:
            text = shown(str(cell))
            said = Bilingual(f"列“{text}”出现了不止一次。", f"The column “{text}” stands more than once.")
            faults.append(Fault(place, "office_file.column", said))
        columns.append(column)
    if faults:
        zh, en = "".join(f.message.zh for f in faults), " ".join(f.message.en for f in faults)
        raise OfficeFileUnreadable(Bilingual(f"{place}：{zh}", f"{place}: {en}"), faults)
    return tuple(columns)


def _unknown_column(name: str, by_name: Mapping[str, _Column], spec: CollectionSpec) -> Bilingual:
    near = get_close_matches(folded(name), list(by_name), n=1)
    if near:
        hint = Bilingual(f"是否应为“{near[0]}”？", f"Did you mean “{near[0]}”?")
    else:
        known = [names[0] for _, names in _columns(spec)]
        hint = Bilingual(f"可用的列：{'、'.join(known)}。", f"Known columns: {', '.join(known)}.")
    return Bilingual(f"没有“{shown(name)}”这一列。{hint.zh}", f"There is no column “{shown(name)}”. {hint.en}")


_Plain = tuple[RowOfFile, Mapping[str, object]]
"""A row, and the part of it that belongs to the repeated rows."""


def _plain_rows(records: Iterable[Record], columns: Sequence[_Column | None], file_name: str) -> Iterator[_Plain]:
    for record in records:
        if record.problem:
            yield line_fault(file_name, record.line, record.problem), {}
            continue
        if not any(map(_filled, record.cells)):
            continue
        if len(record.cells) != len(columns):
            said = Bilingual(
                f"有 {len(record.cells)} 格，而表头有 {len(columns)} 列。请检查引号和分隔符。",
                f"There are {len(record.cells)} cells but {len(columns)} columns. Check quotes and separators.",
            )
            yield line_fault(file_name, record.line, said), {}
            continue
        outside = [c for column, c in zip(columns, record.cells, strict=True) if column is None and _filled(c)]
        if outside:
            said = Bilingual("没有列名的格子里有内容。", "A cell without a column name is filled.")
            yield line_fault(file_name, record.line, said), {}
            continue
        raw: dict[str, object] = {}
        member: dict[str, object] = {}
        for column, cell in zip(columns, record.cells, strict=True):
            if column is not None and _filled(cell):
                _put(member if column.of_row else raw, column.path, typed(cell, column.spec))
        yield RowOfFile(record.line, raw), member


def _put(holder: dict[str, object], path: tuple[str, ...], value: object) -> None:
    for step in path[:-1]:
        inner = holder.setdefault(step, {})
        holder = inner if isinstance(inner, dict) else {}
    holder[path[-1]] = value


def _grouped(plain: Iterable[_Plain], spec: CollectionSpec, rows_field: str, file_name: str) -> Iterator[RowOfFile]:
    # All rows of one entry must be together before it is read, wherever they stand in the file.
    groups: dict[object, tuple[RowOfFile, list[Mapping[str, object]]]] = {}
    others: list[tuple[object, int]] = []
    for row, member in plain:
        if row.fault:
            yield row
            continue
        parts = tuple(row.raw.get(name) for name in spec.key)
        # A row without its key belongs to nobody and is refused by itself.
        key: object = row.line if None in parts else parts
        first, members = groups.setdefault(key, (row, []))
        if first.raw != row.raw:
            others.append((key, row.line))
        if member:
            members.append(member)
    differing = dict(reversed(others))
    for key, (first, members) in groups.items():
        if key in differing:
            yield line_fault(file_name, first.line, _differing(spec, first.raw, differing[key]))
        else:
            yield RowOfFile(first.line, {**first.raw, rows_field: members})


def _differing(spec: CollectionSpec, raw: Mapping[str, object], line: int) -> Bilingual:
    name = " / ".join(shown(str(raw.get(part))) for part in spec.key)
    return Bilingual(
        f"“{name}”的各行不一致：第 {line} 行的表头字段与第一行不同。请改成一致后重新导入。",
        f"The rows of “{name}” do not agree: the header fields of line {line} differ from the first. Make them alike.",
    )
