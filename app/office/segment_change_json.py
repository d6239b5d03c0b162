"""A segment change as JSON and back, exactly: what is kept of it with each step, and what the log has the digest of."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from app.core.canonical import digest_of
from app.core.clock import read_instant
from app.core.errors import Integrity
from app.core.text import Bilingual
from app.office.segment_change import SegmentChange


class ChangeUnreadable(Integrity):
    """What is kept of a segment change is not one."""

    code = "change.unreadable"
    title = Bilingual("业态变更的存档内容无法读取", "What is kept of a segment change cannot be read")


def change_as_json(change: SegmentChange) -> dict[str, Any]:
    """Return every field of ``change``, nested as the values are.

    Instants are UTC with microseconds (``2026-11-02T01:00:00.000000Z``), days ``2026-11-02``, decimals text as entered;
    what is missing is null.
    """
    body: dict[str, Any] = _written(change)
    return body


def change_digest(change: SegmentChange) -> str:
    """Return ``sha256:<hex>`` over the canonical JSON of ``change``: what the log names of it."""
    return digest_of(change_as_json(change))


def change_from_json(body: Mapping[str, Any]) -> SegmentChange:
    """Return the change that was written as ``body``.

    A field that was added to the values since then has its default.

    Raises:
        ChangeUnreadable: a member is unknown, missing, or of another type.
    """
    try:
        change: SegmentChange = _reader(SegmentChange)(body)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise ChangeUnreadable(
            Bilingual(
                f"业态变更的存档内容无法读取：{error}", f"What is kept of a segment change cannot be read: {error}"
            )
        ) from error
    return change


def _written(value: Any) -> Any:  # noqa: ANN401  # any value of the room, and its JSON
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date | Decimal | StrEnum):
        return str(value)
    if is_dataclass(value):
        return {field.name: _written(getattr(value, field.name)) for field in fields(value)}
    assert value is None or isinstance(value, bool | int | str)
    return value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401  # a type or a union or tuple of types
    """Return what reads the JSON of a value of type ``kind``; it raises ValueError, TypeError or InvalidOperation."""
    if get_origin(kind) is types.UnionType:
        (inner,) = (_reader(member) for member in get_args(kind) if member is not types.NoneType)
        return lambda value: None if value is None else inner(value)
    if get_origin(kind) is tuple:
        item = _reader(get_args(kind)[0])
        return lambda value: tuple(item(one) for one in _checked(list, value))
    if is_dataclass(kind):
        return _reader_of_fields(kind)
    if kind in (bool, int, str):
        return lambda value: _checked(kind, value)
    from_text = {datetime: read_instant, date: date.fromisoformat}.get(kind, kind)
    return lambda value: from_text(_checked(str, value))


def _reader_of_fields(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401  # a dataclass
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    needed = {field.name for field in fields(kind) if field.default is MISSING}

    def read(value: Any) -> Any:  # noqa: ANN401  # the JSON of the dataclass
        members = _checked(Mapping, value)
        wrong = sorted((members.keys() - readers.keys()) | (needed - members.keys()))
        if wrong:
            raise ValueError(f"{kind.__name__}: {', '.join(wrong)}")
        return kind(**{name: readers[name](member) for name, member in members.items()})

    return read


def _checked(kind: Any, value: Any) -> Any:  # noqa: ANN401  # a type, any JSON value
    # bool is an int in Python, not in JSON.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
