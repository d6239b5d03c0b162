"""Check the shape of a body in one pass over it, by the same marshmallow schema that documents it.

Loading a line of a forecast through nested marshmallow schemas costs about ten times as much as checking it, and a
body is kept as it was sent, so nothing needs to be loaded. A test holds the two to the same answer.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import marshmallow as ma

from app.api.fields import Kind, null_fault
from app.core.errors import Fault
from app.core.text import Bilingual
from app.http.errors import RequestShape
from app.http.strict_json import MOST_FAULTS, pointer_token

Check = Callable[[Any, str], Iterator[Fault]]
"""Yields the faults of a value (not null) at a pointer."""

_UNKNOWN = Bilingual("没有这个字段。", "There is no such field.")
_MISSING = Bilingual("缺少该字段。", "The field is missing.")
_NOT_OBJECT = Bilingual("应为对象。", "Must be an object.")
_NOT_LIST = Bilingual("应为列表。", "Must be a list.")


class _ObjectCheck:
    """The check of an object of one schema."""

    def __init__(self, schema: ma.Schema) -> None:
        fields = schema.fields
        self._known = frozenset(fields)
        self._nullable = frozenset(name for name, field in fields.items() if field.allow_none)
        self._required = tuple(name for name, field in fields.items() if field.required)
        self._kinds = {name: field.fault for name, field in fields.items() if isinstance(field, Kind)}
        self._nested = {name: _field_check(field) for name, field in fields.items() if name not in self._kinds}

    def __call__(self, value: Any, pointer: str) -> Iterator[Fault]:  # noqa: ANN401  # any JSON value
        if not isinstance(value, dict):
            yield Fault(pointer, "value.not_an_object", _NOT_OBJECT)
            return
        for name, member in value.items():
            kind_fault = self._kinds.get(name)
            if member is not None and kind_fault is not None:
                # The pointer is only written where it is needed.
                fault = kind_fault(member, "")
                if fault is not None:
                    yield Fault(f"{pointer}/{name}", fault.code, fault.message)
            elif member is not None or name not in self._nullable:
                yield from self._other_faults(name, member, f"{pointer}/{pointer_token(name)}")
        for name in self._required:
            if name not in value:
                yield Fault(f"{pointer}/{name}", "value.missing", _MISSING)

    def _other_faults(self, name: str, member: Any, pointer: str) -> Iterator[Fault]:  # noqa: ANN401
        if name not in self._known:
            yield Fault(pointer, "field.unknown", _UNKNOWN)
        elif member is None:
            yield null_fault(pointer)
        else:
            yield from self._nested[name](member, pointer)


def shape_check(schema: ma.Schema) -> Check:
    """Return the check of an object of ``schema``, whose fields are kinds, nested objects or lists of either."""
    return _ObjectCheck(schema)


def _field_check(field: ma.fields.Field[Any]) -> Check:
    if isinstance(field, Kind):
        return lambda value, pointer: filter(None, (field.fault(value, pointer),))
    if isinstance(field, ma.fields.Nested):
        inner = shape_check(field.schema)
        return _list_check(inner, nullable=False) if field.many else inner
    if isinstance(field, ma.fields.List):
        return _list_check(_field_check(field.inner), nullable=field.inner.allow_none)
    raise TypeError(f"{type(field).__name__} has no shape check")


def _list_check(inner: Check, *, nullable: bool) -> Check:
    def check(value: Any, pointer: str) -> Iterator[Fault]:  # noqa: ANN401  # any JSON value
        if not isinstance(value, list):
            yield Fault(pointer, "value.not_a_list", _NOT_LIST)
            return
        for place, member in enumerate(value):
            if member is None:
                if not nullable:
                    yield null_fault(f"{pointer}/{place}")
            else:
                yield from inner(member, f"{pointer}/{place}")

    return check


def require_shape(check: Check, value: Any) -> Mapping[str, Any]:  # noqa: ANN401  # any JSON value
    """Return ``value`` when ``check`` finds no fault in it.

    Raises:
        RequestShape: with every fault, at most a thousand.
    """
    faults = []
    for fault in check(value, "") if value is not None else iter([null_fault("")]):
        faults.append(fault)
        if len(faults) == MOST_FAULTS:
            break
    if faults:
        raise RequestShape(Bilingual(f"有 {len(faults)} 处需要更正。", f"Faults to correct: {len(faults)}."), faults)
    checked: Mapping[str, Any] = value
    return checked
