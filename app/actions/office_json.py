"""Strict JSON of office data, one item a line or one list; what has two meanings is refused with its line."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from app.actions.office_rows import OfficeFileUnreadable, RowOfFile, line_fault, unreadable
from app.core.text import Bilingual
from app.office.visible_text import shown

_BLANK = re.compile(r"[ \t\r\n]*")
_BLANK_OR_COMMA = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


class _StrictDecoder(json.JSONDecoder):
    """Notes doubled keys and NaN and goes on; floats are left to the reading of the item, which knows their place."""

    def __init__(self) -> None:
        self.problems: list[Bilingual] = []
        super().__init__(object_pairs_hook=self._object, parse_constant=self._constant)

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            self.problems.append(
                Bilingual(f"键“{shown(twice)}”出现了不止一次。", f"The key “{shown(twice)}” stands more than once.")
            )
        return members

    def _constant(self, name: str) -> None:
        self.problems.append(Bilingual(f"{name} 不是 JSON 数字。", f"{name} is not a JSON number."))

    def decode_at(self, text: str, start: int) -> tuple[object, int, Bilingual | None]:
        """Return the value that begins at ``start``, where it ends, and the first thing wrong with it."""
        self.problems.clear()
        value, end = self.raw_decode(text, start)
        return value, end, self.problems[0] if self.problems else None


def read_json_lines(path: Path) -> Iterator[RowOfFile]:
    """Yield one row for every line that is not blank."""
    decoder = _StrictDecoder()
    with path.open("rb") as file:
        for number, data in enumerate(file, start=1):
            line = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
            if line.strip():
                yield _row_of_line(line, number, decoder, path.name)


def _row_of_line(data: bytes, number: int, decoder: _StrictDecoder, file_name: str) -> RowOfFile:
    try:
        text = data.decode("utf-8").strip()
        value, end, problem = decoder.decode_at(text, 0)
    except UnicodeDecodeError:
        said = Bilingual("不是 UTF-8 文本。请另存为 UTF-8。", "The line is not UTF-8. Save the file as UTF-8.")
        return line_fault(file_name, number, said)
    except (ValueError, RecursionError) as error:
        return line_fault(file_name, number, _malformed(error))
    if end != len(text):
        said = Bilingual("一行只能有一个对象。", "There must be one object a line.")
        return line_fault(file_name, number, said)
    return _row(value, number, problem, file_name)


def _malformed(error: Exception) -> Bilingual:
    if isinstance(error, json.JSONDecodeError):
        return Bilingual(f"不是有效的 JSON（第 {error.colno} 列）。", f"This is not valid JSON (column {error.colno}).")
    return Bilingual("JSON 嵌套太深或数字太长。", "The JSON is nested too deeply or holds too long a number.")


def _row(value: object, number: int, problem: Bilingual | None, file_name: str) -> RowOfFile:
    if problem is not None:
        return line_fault(file_name, number, problem)
    if not isinstance(value, dict):
        said = Bilingual('应为一个对象（{"字段": 值}）。', 'It must be an object ({"field": value}).')
        return line_fault(file_name, number, said)
    return RowOfFile(number, value)


def read_json_list(path: Path) -> Iterator[RowOfFile]:
    """Yield one row for every member of the list, with the line it begins on.

    Raises:
        OfficeFileUnreadable: the file is no UTF-8, no list, or breaks off; the good members before it have been
            yielded.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable(path.name, 1, "文件不是 UTF-8 文本。请另存为 UTF-8。", "The file is not UTF-8.") from None
    place = _end(_BLANK, text, 0)
    if text[place : place + 1] != "[":
        raise unreadable(path.name, 1, "文件应为一个 JSON 列表（[...]）。", "The file must hold one JSON list ([...]).")
    decoder = _StrictDecoder()
    place = _end(_BLANK, text, place + 1)
    line, counted = 1, 0
    while text[place : place + 1] != "]":
        line, counted = line + text.count("\n", counted, place), place
        try:
            value, place, problem = decoder.decode_at(text, place)
        except (ValueError, RecursionError) as error:
            raise _broken_list(path.name, line, error) from None
        yield _row(value, line, problem, path.name)
        after = _end(_BLANK_OR_COMMA, text, place)
        has_comma, is_last = "," in text[place:after], text[after : after + 1] == "]"
        if has_comma == is_last:
            raise unreadable(path.name, line, "列表成员之间应有一个逗号。", "One comma must stand between two members.")
        place = after
    if _end(_BLANK, text, place + 1) != len(text):
        raise unreadable(path.name, line, "列表之后还有内容。", "Something stands after the list.")


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _broken_list(file_name: str, line: int, error: Exception) -> OfficeFileUnreadable:
    said = _malformed(error)
    at = error.lineno if isinstance(error, json.JSONDecodeError) else line
    return unreadable(file_name, at, said.zh, said.en)
