"""Numbers measured on site and positions: exact decimals between two bounds."""

from collections.abc import Mapping
from decimal import Decimal

from app.core.text import Bilingual
from app.office.intake.collection import object_field
from app.office.intake.fields import FieldSpec, Kind, Reader, refuse_spelling, refuse_type
from app.office.intake.notes import Place
from app.office.position import DEGREE, Position
from app.office.quantity import read_decimal
from app.office.visible_text import clean_text

LARGEST_AREA = 10**6
"""Square metres."""
HOURS_OF_A_DAY = 24


def bounded_decimal(least: Decimal, most: Decimal, zh: str, en: str) -> Reader:
    """Return the reader of a quoted decimal or an integer between two bounds."""

    def read(raw: object, place: Place) -> Decimal | None:
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            refuse_type(raw, place, "value.not_a_number", f"{zh}（整数或加引号的小数）", f"{en} (integer or quoted)")
            return None
        number = read_decimal(clean_text(raw).text if isinstance(raw, str) else raw)
        if number is None or not least <= number <= most:
            refuse_spelling(raw, place, "value.not_a_number", f"{zh}（{least} 至 {most}）", f"{en}, {least} to {most}")
            return None
        return number

    return read


def measure_field(field_name: str, zh: str, en: str, most: int, *also: str) -> FieldSpec:
    """Return the field of something measured, 0 to ``most``; it may be left open."""
    read = bounded_decimal(Decimal(0), Decimal(most), "数值", "a number")
    return FieldSpec(field_name, Kind.QUANTITY, Bilingual(zh, en), read, required=False, also=also)


def _degrees(field_name: str, zh: str, en: str, most: int) -> FieldSpec:
    read = bounded_decimal(Decimal(-most), Decimal(most), "度数", "degrees")
    return FieldSpec(field_name, Kind.QUANTITY, Bilingual(zh, en), read)


POSITION = object_field(
    "position",
    "位置",
    "position",
    _degrees("latitude", "纬度", "latitude", 90),
    _degrees("longitude", "经度", "longitude", 180),
)


def position_of(values: Mapping[str, Decimal] | None) -> Position | None:
    """Return the position a field read, None when it was left open; below a millionth of a degree it is cut off."""
    if values is None:
        return None
    return Position(int(values["latitude"] * DEGREE), int(values["longitude"] * DEGREE))
