"""Read JSON that has one meaning only: what another parser would read differently is refused, with its place.

The standard parser does the work; only when something looks odd is the text read again, slowly, with every odd value
marked, so that all faults are named at once.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from app.core.errors import Fault
from app.core.text import Bilingual
from app.http.errors import JsonMalformed, RequestShape

MOST_INTEGER = 2**53 - 1
"""The largest integer every JSON parser reads alike. Source: RFC 7493, 2.2."""

MOST_DEPTH = 32
MOST_FAULTS = 1000
"""A reply names at most this many faults, so that a hostile body cannot ask for a larger answer."""

_ODD_ESCAPE = re.compile(rb"\\u(?:0000|003[aA]|[dD][89a-fA-F])")
"""NUL, surrogates, and a colon in disguise: see :func:`_is_faithful`."""


class _SecondReading(Exception):  # a signal inside this module, not an error
    """Something is odd: read again with marks."""


@dataclass(frozen=True, slots=True)
class _Marked:
    """A value that may not stand in a body, kept so that its place can be named."""

    code: str
    message: Bilingual


@dataclass(frozen=True, slots=True)
class _Doubled:
    """An object in which a key stands more than once."""

    members: dict[str, Any]
    twice: tuple[str, ...]


_FLOAT = _Marked(
    "value.float",
    Bilingual(
        '数字不得带小数或指数，请改用整数或十进制字符串（如 "0.4"）。',
        'A number must have no fraction or exponent. Send an integer or a decimal string such as "0.4".',
    ),
)
_CONSTANT = _Marked(
    "value.not_a_number",
    Bilingual("NaN 和 Infinity 不是 JSON 数字。", "NaN and Infinity are not JSON numbers."),
)
_HUGE = _Marked(
    "value.integer_range",
    Bilingual(
        "整数超出 ±(2^53-1)，无法在各系统间无损传递。",
        "The integer is outside ±(2^53-1) and would not survive every system.",
    ),
)
_NUL = Bilingual("文本中不得含有 NUL 字符。", "Text must not contain the NUL character.")
_SURROGATE = Bilingual("文本中有不成对的代理码位。", "Text contains a lone surrogate.")
_TWICE = Bilingual("同一对象中该键出现了不止一次。", "The key stands more than once in the same object.")
_DEEP = Bilingual(f"嵌套层数超过 {MOST_DEPTH}。", f"The nesting is deeper than {MOST_DEPTH} levels.")


def pointer_token(name: str) -> str:
    """Return ``name`` as one token of a JSON Pointer. Source: RFC 6901, 3."""
    return name.replace("~", "~0").replace("/", "~1")


def parse_json(data: bytes) -> Any:  # noqa: ANN401  # any JSON value
    """Return the value written in ``data``: dict, list, str, int, bool or None, never a float.

    Raises:
        JsonMalformed: ``data`` is not UTF-8, or no JSON text.
        RequestShape: it is JSON, but a number is not an integer within ±(2^53-1), a key stands twice, text has a NUL
            or a lone surrogate, or the nesting is too deep; with one fault for each.
    """
    text = _decoded(data)
    if _ODD_ESCAPE.search(data):
        return _second_reading(text)
    try:
        value = _read(text, _PLAIN)
    except _SecondReading:
        return _second_reading(text)
    return value if not _too_deep(value) and _is_faithful(value, data) else _second_reading(text)


def parse_items(data: bytes) -> list[Any]:
    """Return the members of the list written in ``data``, a tuple of faults in place of each that is refused.

    A tuple is no JSON value, so the two cannot be confused. The pointers begin at the member.

    Raises:
        JsonMalformed: ``data`` is not UTF-8, or no JSON text.
        RequestShape: it is no list.
    """
    try:
        value = parse_json(data)
    except RequestShape:
        value = _marked(_decoded(data))
        if isinstance(value, list):
            return [tuple(_faults(member, "", 2)) or member for member in value]
    if not isinstance(value, list):
        message = Bilingual("应为列表。", "Must be a list.")
        raise RequestShape(faults=(Fault("", "value.not_a_list", message),))
    return value


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonMalformed(
            Bilingual(f"内容不是 UTF-8（第 {error.start} 字节）。", f"The body is not UTF-8 (byte {error.start}).")
        ) from error


def _read(text: str, decoder: json.JSONDecoder) -> Any:  # noqa: ANN401  # any JSON value
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise JsonMalformed(
            Bilingual(
                f"第 {error.lineno} 行第 {error.colno} 列不是合法的 JSON：{error.msg}。",
                f"Not JSON at line {error.lineno}, column {error.colno}: {error.msg}.",
            )
        ) from error
    except ValueError as error:
        # The interpreter refuses to convert thousands of digits.
        raise _SecondReading from error
    except RecursionError as error:
        raise RequestShape(faults=(Fault("", "json.too_deep", _DEEP),)) from error


def _is_faithful(value: Any, data: bytes) -> bool:  # noqa: ANN401  # any JSON value
    """Return whether ``value``, read from ``data``, can be written again with nothing lost.

    Every member costs one colon, and text keeps its own. A member that was dropped in favour of its twin took at
    least its colon along, so ``value`` written again has fewer than ``data``. Counting them is far cheaper than a
    look at each object.
    """
    try:
        again = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:
        # An integer beyond 53 bits.
        return False
    return again.count(b":") == data.count(b":")


def _refuse(_text: str) -> Any:  # noqa: ANN401  # never returns
    raise _SecondReading


def _marked_object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Doubled:
    members: dict[str, Any] = {}
    twice: list[str] = []
    for name, value in pairs:
        if name in members and name not in twice:
            twice.append(name)
        members[name] = value
    return _Doubled(members, tuple(twice)) if twice else members


def _marked_integer(text: str) -> int | _Marked:
    # A sign and sixteen digits hold every integer that is allowed.
    if len(text) > len("-9007199254740991"):
        return _HUGE
    number = int(text)
    return number if abs(number) <= MOST_INTEGER else _HUGE


_PLAIN = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)
_MARKING = json.JSONDecoder(
    object_pairs_hook=_marked_object,
    parse_float=lambda _: _FLOAT,
    parse_constant=lambda _: _CONSTANT,
    parse_int=_marked_integer,
)


def _too_deep(value: Any) -> bool:  # noqa: ANN401  # any JSON value
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [
            child
            for holder in level
            for child in (holder.values() if type(holder) is dict else holder if type(holder) is list else ())
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _marked(text: str) -> Any:  # noqa: ANN401  # any JSON value
    return _read(text, _MARKING)


def _second_reading(text: str) -> Any:  # noqa: ANN401  # any JSON value
    value = _marked(text)
    faults: list[Fault] = []
    for fault in _faults(value, "", 1):
        faults.append(fault)
        if len(faults) == MOST_FAULTS:
            break
    if faults:
        raise RequestShape(faults=faults)
    return value


def _faults(value: Any, pointer: str, depth: int) -> Iterator[Fault]:  # noqa: ANN401  # any JSON value
    if isinstance(value, _Marked):
        yield Fault(pointer, value.code, value.message)
    elif isinstance(value, str):
        yield from _text_faults(value, pointer)
    elif isinstance(value, dict | list | _Doubled):
        if depth > MOST_DEPTH:
            yield Fault(pointer, "json.too_deep", _DEEP)
        else:
            yield from _member_faults(value, pointer, depth)


def _member_faults(value: dict[str, Any] | list[Any] | _Doubled, pointer: str, depth: int) -> Iterator[Fault]:
    if isinstance(value, list):
        for place, member in enumerate(value):
            yield from _faults(member, f"{pointer}/{place}", depth + 1)
        return
    members = value
    if isinstance(members, _Doubled):
        for name in members.twice:
            yield Fault(f"{pointer}/{_printable(name)}", "key.duplicate", _TWICE)
        members = members.members
    for name, member in members.items():
        at = f"{pointer}/{_printable(name)}"
        yield from _text_faults(name, at)
        yield from _faults(member, at, depth + 1)


def _text_faults(text: str, pointer: str) -> Iterator[Fault]:
    if "\x00" in text:
        yield Fault(pointer, "text.nul", _NUL)
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        yield Fault(pointer, "text.surrogate", _SURROGATE)


def _printable(name: str) -> str:
    # The pointer itself goes into a reply, which must be plain UTF-8.
    return pointer_token(name).encode("utf-8", "backslashreplace").decode("utf-8")
