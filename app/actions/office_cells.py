"""What one cell of a table stands for: typed without loss, and the short ways to write a list in it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from app.office.intake.fields import FieldSpec, Kind
from app.office.normalise import split_list

Cell = str | int | float | bool | date | datetime | time | None
"""What a table holds. A CSV file holds only text."""

_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_NUMBERED = frozenset({Kind.INTEGER, Kind.GRADE, Kind.QUANTITY})
_PERIOD = r"(?P<since>[^\s.~至]+)\s*(?:(?:\.\.|~|至)\s*(?P<until>[^\s;；]*))?"
_ROLE = re.compile(rf"(?P<role>[^@\s]+)\s*@\s*(?P<unit>\S+)\s+{_PERIOD}")
_ASSIGNMENT = re.compile(rf"(?P<who>\S+)\s+(?P<kind>\S+)\s+{_PERIOD}(?:\s+(?P<filing>\S+))?")
_QUOTA = re.compile(
    r"(?P<first>\d{1,2}|不分档)档?(?:\s*(?:\.\.|-|~|至)\s*(?P<last>\d{1,2})档?)?\s*[=:：]\s*(?P<cartons>\d{1,9})条?"
)
_DIMENSION = re.compile(r"(?P<dimension>[^=:：\s]+)\s*[=:：]\s*(?P<value>\S.*)")
_NO_ROWS = frozenset({"-", "—", "无", "[]"})
_DAY_SEPARATORS = re.compile(r"[、，,;；\s]+")


def typed(cell: Cell, spec: FieldSpec) -> object:
    """Return a filled cell as the JSON value it stands for, where that loses nothing; otherwise its text."""
    if isinstance(cell, bool):
        return cell if spec.kind is Kind.YES_NO else str(cell).upper()
    if isinstance(cell, float):
        # A spreadsheet keeps every number as a double and shows 15 digits of it.
        cell = int(cell) if cell.is_integer() and abs(cell) < 10**15 else f"{cell:.15g}"
    if isinstance(cell, int):
        return cell if spec.kind in {*_NUMBERED, Kind.YES_NO, Kind.MONEY} else str(cell)
    if isinstance(cell, str):
        return _typed_text(cell, spec)
    return _typed_date(cell, spec)


def _typed_text(cell: str, spec: FieldSpec) -> object:
    if spec.kind in _NUMBERED:
        return int(cell) if _PLAIN_INTEGER.fullmatch(cell) else cell
    if spec.kind is Kind.YES_NO:
        return {"true": True, "TRUE": True, "false": False, "FALSE": False}.get(cell, cell)
    if spec.kind is Kind.DAYS:
        return [part for part in _DAY_SEPARATORS.split(cell) if part]
    if spec.kind is Kind.ROWS:
        return _listed(cell, spec.name)
    if spec.kind is Kind.CHOICES:
        return [] if cell.strip() in _NO_ROWS else list(split_list(cell))
    return cell


def _typed_date(cell: date | time | None, spec: FieldSpec) -> object:
    if isinstance(cell, datetime) and cell.time() == time() and spec.kind is not Kind.MOMENT:
        cell = cell.date()
    # A spreadsheet turns 2026-10 into the first day of that month.
    if isinstance(cell, date) and not isinstance(cell, datetime) and spec.kind is Kind.MONTH and cell.day == 1:
        return cell.isoformat()[:7]
    text = cell.isoformat() if cell is not None else ""
    return [text] if spec.kind is Kind.DAYS else text


_Row = dict[str, object]


def _listed(cell: str, field_name: str) -> object:
    """Return the rows written in one cell; the cell itself when one of them cannot be read."""
    rows: list[_Row] = []
    if cell.strip() in _NO_ROWS:
        return rows
    pattern, read = _LISTED.get(field_name, (None, None))
    for part in re.split(r"[;；\n]", cell):
        if not part.strip():
            continue
        match = pattern.fullmatch(part.strip()) if pattern else None
        if match is None or read is None:
            return cell
        rows += read(match.groupdict())
    return rows


_Found = Mapping[str, str | None]


def _period(found: _Found) -> _Row:
    return {"from": found["since"], **({"to": found["until"]} if found["until"] else {})}


def _role(found: _Found) -> list[_Row]:
    return [{"role": found["role"], "unit": found["unit"], **_period(found)}]


def _assignment(found: _Found) -> list[_Row]:
    filing = {"filing_no": found["filing"]} if found["filing"] else {}
    return [{"account_manager": found["who"], "kind": found["kind"], **_period(found), **filing}]


def _quota(found: _Found) -> list[_Row]:
    """Return one row a grade; ``11..20=8`` stands for ten of them."""
    first, last, cartons = found["first"] or "", found["last"], int(found["cartons"] or 0)
    if not first.isdecimal():
        return [{"grade": 0, "cartons": cartons}]
    ends = sorted((int(first), int(last or first)))
    return [{"grade": grade, "cartons": cartons} for grade in range(ends[0], ends[1] + 1)]


def _dimension(found: _Found) -> list[_Row]:
    return [{"dimension": found["dimension"], "value": found["value"]}]


_LISTED: Mapping[str, tuple[re.Pattern[str], Callable[[_Found], list[_Row]]]] = {
    "roles": (_ROLE, _role),
    "assignments": (_ASSIGNMENT, _assignment),
    "quota": (_QUOTA, _quota),
    "extension": (_DIMENSION, _dimension),
}
"""How the rows of each list are written in a cell."""
