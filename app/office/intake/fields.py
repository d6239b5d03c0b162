"""The fields of a collection, and how an object is read field by field."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum

from app.core.clock import instant
from app.core.text import Bilingual
from app.office.intake.notes import Place
from app.office.visible_text import folded, shown

MOST_ROWS = 500_000
_LONGEST_COMPARED = 100

_SURROGATE = re.compile("[\\ud800-\\udfff]")

_TYPE_NAMES = {
    str: Bilingual("文本", "text"),
    bool: Bilingual("真假值", "a boolean"),
    int: Bilingual("整数", "an integer"),
    float: Bilingual("小数", "a number with a fraction"),
    dict: Bilingual("对象", "an object"),
    list: Bilingual("列表", "a list"),
}
"""What the JSON types are called in messages."""

Reader = Callable[[object, Place], object]
"""Takes a value that is neither null nor blank. Returns None only after a fault."""


class Kind(StrEnum):
    """What sort of value a field holds; decides how a cell of a flat file is taken."""

    IDENTIFIER = "identifier"
    TEXT = "text"
    INTEGER = "integer"
    YES_NO = "yes_no"
    DAY = "day"
    MONTH = "month"
    MOMENT = "moment"
    MONEY = "money"
    CHOICE = "choice"
    GRADE = "grade"
    QUANTITY = "quantity"
    ROWS = "rows"
    OBJECT = "object"
    DAYS = "days"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a collection."""

    name: str
    kind: Kind
    title: Bilingual
    read: Reader
    required: bool = True
    also: tuple[str, ...] = ()
    """Further column names in flat files; the Chinese title always is one."""
    members: tuple["FieldSpec", ...] = ()
    """The fields of each row, or of the object."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The accepted values and their spellings."""


def refuse_type(raw: object, place: Place, code: str, wanted_zh: str, wanted_en: str) -> None:
    """Say that ``raw`` is of the wrong JSON type; a float is said as itself."""
    if isinstance(raw, float):
        place.fault(
            "value.float",
            "是带小数点的数字，无法精确保存。请写成整数，或加引号写成小数文本。",
            "is a JSON number with a fraction and cannot be kept exactly. Send an integer or a quoted decimal.",
        )
        return
    name = _TYPE_NAMES.get(type(raw), Bilingual("其他类型", "another type"))
    place.fault(code, f"应为{wanted_zh}，收到的是{name.zh}。", f"must be {wanted_en}, it is {name.en}.")


def refuse_spelling(raw: object, place: Place, code: str, wanted_zh: str, wanted_en: str) -> None:
    """Say that ``raw`` cannot be read as what it should be."""
    place.fault(
        code, f"“{shown(raw)}”无法读懂，应为{wanted_zh}。", f"“{shown(raw)}” cannot be read; it must be {wanted_en}."
    )


def rows(members: tuple[FieldSpec, ...]) -> Reader:
    """Return the reader of a list of objects; what comes back is one mapping a row, values by field name."""

    def read(raw: object, place: Place) -> tuple[Mapping[str, object], ...] | None:
        if not isinstance(raw, list | tuple):
            refuse_type(raw, place, "value.not_a_list", "列表", "a list")
            return None
        if len(raw) > MOST_ROWS:
            place.fault("value.too_long", f"超过 {MOST_ROWS} 行。", f"has more than {MOST_ROWS} rows.")
            return None
        return tuple(read_object(row, members, place.at(number)) for number, row in enumerate(raw))

    return read


def nested(members: tuple[FieldSpec, ...]) -> Reader:
    """Return the reader of one object inside another."""

    def read(raw: object, place: Place) -> Mapping[str, object]:
        return read_object(raw, members, place)

    return read


def read_object(raw: object, fields: Sequence[FieldSpec], place: Place) -> dict[str, object]:
    """Return the value of every field of ``fields``, None where open or faulty; all faults are said at once."""
    values: dict[str, object] = dict.fromkeys(spec.name for spec in fields)
    if not isinstance(raw, Mapping):
        refuse_type(raw, place, "value.not_an_object", "对象", "an object")
        return values
    if not raw.keys() <= values.keys():
        _refuse_unknown(raw, values, place)
    for spec in fields:
        member, here = raw.get(spec.name), place.at(spec.name, spec.title)
        if member is None or (isinstance(member, str) and not member.strip()):
            if spec.required:
                refuse_missing(here)
        elif isinstance(member, str) and not member.isascii() and _SURROGATE.search(member):
            refuse_half_character(here)
        else:
            values[spec.name] = spec.read(member, here)
    return values


def refuse_half_character(place: Place) -> None:
    """Say that a text holds half of a surrogate pair: it has no bytes in UTF-8."""
    place.fault("text.surrogate", "含有残缺的字符，无法保存。", "holds half a character and cannot be kept.")


def refuse_missing(place: Place) -> None:
    """Say that a required value is absent, null or blank."""
    place.fault("value.missing", "没有填写。", "is missing.")


def _refuse_unknown(raw: Mapping[object, object], known: Mapping[str, object], place: Place) -> None:
    for unknown in raw:
        if unknown in known:
            continue
        written = unknown if isinstance(unknown, str) else str(type(unknown).__name__)
        near = get_close_matches(folded(written)[:_LONGEST_COMPARED].replace("-", "_"), list(known), n=1)
        hint_zh = f"是否应为“{near[0]}”？" if near else f"可用字段：{'、'.join(known)}。"
        hint_en = f"Did you mean “{near[0]}”?" if near else f"Known fields: {', '.join(known)}."
        place.at(written, Bilingual("", "")).fault(
            "field.unknown", f"没有“{shown(written)}”这个字段。{hint_zh}", f"“{shown(written)}” is no field. {hint_en}"
        )


def as_json(value: object) -> object:
    """Return ``value`` (what the readers return) as canonical JSON: dates and amounts as text, tuples as lists."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, Mapping):
        return {key: as_json(member) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(member) for member in value]
    return value.isoformat() if isinstance(value, date) else str(value)
