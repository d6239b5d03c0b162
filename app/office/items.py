"""One item of office data: read, normalised, with every fault and every mismatch said at once.

The raw value is always kept; what is not listed as a spelling is refused, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeGuard

from app.core.errors import Fault
from app.core.text import Bilingual
from app.office.code_list import CodeList
from app.office.intake.collection import CollectionSpec, OfficeValue
from app.office.intake.collections import COLLECTIONS
from app.office.intake.fields import FieldSpec, as_json, read_object
from app.office.intake.notes import Mismatch, Notes, Place, escaped
from app.office.intake.readers import LARGEST_COUNT, LONGEST_LICENCE
from app.office.month import Month
from app.office.records import Actual
from app.office.visible_text import shown

__all__ = [
    "COLLECTIONS",
    "CollectionSpec",
    "FieldSpec",
    "Mismatch",
    "OfficeValue",
    "ReadItem",
    "read_item",
]


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item as it was read. It can be kept only when there are no faults."""

    collection: str
    key: str
    """What identifies it: the key fields joined by ``/`` (``~`` and ``/`` inside written ``~0`` and ``~1``).
    Empty when a key field cannot be used."""
    value: OfficeValue | None
    """None when there are faults."""
    body: dict[str, Any]
    """The item as canonical JSON: every field by name, dates and amounts as text, open ones null. Empty with faults."""
    raw: Mapping[str, object]
    """As it was sent."""
    mismatches: tuple[Mismatch, ...] = ()
    faults: tuple[Fault, ...] = ()
    """JSON Pointers relative to the item: ``/roles/0/from``."""


def read_item(name: str, raw: object, *, segments: CodeList | None = None) -> ReadItem:
    """Return ``raw`` (any JSON value) read as an item of the collection ``name``.

    Args:
        name: one of ``COLLECTIONS``.
        raw: the item as it was sent.
        segments: the list ``segment`` to read names of formats with; without it they stay as they are.

    Raises:
        KeyError: there is no such collection. The action asks first.
    """
    if name == "actuals" and (quick := _read_plain_actual(raw)):
        return quick
    return read_as(COLLECTIONS[name], raw, segments=segments)


def read_as(spec: CollectionSpec, raw: object, *, segments: CodeList | None = None) -> ReadItem:
    """Return ``raw`` (any JSON value) read as an item of the collection ``spec``; otherwise as :func:`read_item`."""
    notes = Notes()
    place = Place(notes)
    values = read_object(raw, spec.fields, place)
    spec.check(values, place)
    if segments is not None:
        _read_segments(values, segments, place)
    kept = raw if isinstance(raw, Mapping) else {}
    key = _key(spec, values)
    mismatches, faults = tuple(notes.mismatches), tuple(notes.faults)
    if faults:
        return ReadItem(spec.name, key, None, {}, kept, mismatches, faults)
    body = {field: as_json(value) for field, value in values.items()}
    return ReadItem(spec.name, key, spec.build(values), body, kept, mismatches)


def _key(spec: CollectionSpec, values: Mapping[str, object]) -> str:
    parts = [values[part] for part in spec.key]
    return "" if None in parts else "/".join(escaped(str(part)) for part in parts)


def _read_segments(values: dict[str, Any], segments: CodeList, place: Place) -> None:
    """Put the code in the place of every name of a format: of the item itself, and of each of its rows."""
    if isinstance(values.get("segment"), str):
        values["segment"] = _segment_code(values["segment"], segments, place)
    for field, member in values.items():
        for number, row in enumerate(member) if isinstance(member, tuple) else ():
            if isinstance(row, dict) and isinstance(row.get("segment"), str):
                row["segment"] = _segment_code(row["segment"], segments, place.at(field).at(number))


def _segment_code(text: str, segments: CodeList, place: Place) -> str:
    here = place.at("segment", Bilingual("业态", "segment"))
    code = segments.code_for(text)
    if code is None:
        here.mismatch(
            text,
            text,
            f"“{shown(text)}”不在业态代码表中，已照原样保存",
            f"“{shown(text)}” is not in the list; kept as sent",
        )
        return text
    if code != text:
        here.read_as(text, code)
    return code


_ACTUAL_FIELDS = frozenset({"month", "licence_no", "sku", "requested_cartons", "delivered_cartons"})


@lru_cache(maxsize=256)
def _plain_month(text: str) -> Month | None:
    try:
        return Month.read(text)
    except ValueError:
        return None


def _is_plain(text: object) -> TypeGuard[str]:
    """Return whether an identifier is of the common sort, which every reader keeps as it is."""
    return type(text) is str and 0 < len(text) <= LONGEST_LICENCE and text.isascii() and text.isalnum()


def _read_plain_actual(raw: object) -> ReadItem | None:
    """Return an actual without anything to say about it; None when it needs the long way.

    A month of one county has some 100,000 of them.
    """
    if type(raw) is not dict or not raw.keys() <= _ACTUAL_FIELDS:
        return None
    text, licence_no, sku = raw.get("month"), raw.get("licence_no"), raw.get("sku")
    delivered, requested = raw.get("delivered_cartons"), raw.get("requested_cartons")
    if not (_is_plain(licence_no) and _is_plain(sku) and type(text) is str and type(delivered) is int):
        return None
    if not 0 <= delivered <= LARGEST_COUNT:
        return None
    if requested is not None and not (type(requested) is int and 0 <= requested <= LARGEST_COUNT):
        return None
    month = _plain_month(text)
    if month is None:
        return None
    body = {
        "month": text,
        "licence_no": licence_no,
        "sku": sku,
        "requested_cartons": requested,
        "delivered_cartons": delivered,
    }
    value = Actual(month, licence_no, sku, requested, delivered)
    return ReadItem("actuals", f"{text}/{licence_no}/{sku}", value, body, raw)
