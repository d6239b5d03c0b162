"""One reader per kind of field. Each returns the value, or None after saying why it cannot be used."""

from datetime import date, datetime
from decimal import Decimal

from app.office.intake.fields import Reader, refuse_missing, refuse_spelling, refuse_type
from app.office.intake.notes import Place
from app.office.month import Month
from app.office.normalise import (
    Spellings,
    read_day,
    read_grade,
    read_moment,
    read_month,
    read_order_cycle,
    read_price_class,
    read_yes_no,
)
from app.office.quantity import read_decimal
from app.office.visible_text import clean_text, hidden_characters, shown

LONGEST_IDENTIFIER = 64
LONGEST_LICENCE = 32
LONGEST_NAME = 200
LICENCE_DIGITS = 12
LARGEST_COUNT = 10**9


def identifier(longest: int = LONGEST_IDENTIFIER) -> Reader:
    """Return the reader of an identifier: kept letter by letter, outer blanks apart."""

    def read(raw: object, place: Place) -> str | None:
        if not isinstance(raw, str):
            refuse_type(
                raw, place, "value.not_text", "文本（编号也要加引号）", "text (quote numbers that are identifiers)"
            )
            return None
        if hidden := hidden_characters(raw):
            listed = "、".join(hidden[:5])
            place.fault(
                "identifier.hidden_character",
                f"含有看不见的字符 {listed}。请重新录入该编号。",
                f"holds invisible characters ({', '.join(hidden[:5])}). Enter the identifier again.",
            )
            return None
        # A blank or a full-width digit is visible; narrowed, it is what the person at the keyboard meant.
        text = clean_text(raw).text
        if len(text) > longest:
            place.fault("identifier.too_long", f"超过 {longest} 个字符。", f"is longer than {longest} characters.")
            return None
        if text != raw:
            place.read_as(raw, text)
        return text

    return read


def version(raw: object, place: Place) -> str | None:
    """Return the name of a version; a whole number is its own name, and that is noted."""
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= LARGEST_COUNT:
        place.read_as(raw, str(raw))
        return str(raw)
    text = identifier()(raw, place)
    return text if isinstance(text, str) else None


def licence(raw: object, place: Place) -> str | None:
    """Return a licence number; one that is not twelve digits is accepted and noted."""
    text = identifier(LONGEST_LICENCE)(raw, place)
    if isinstance(text, str) and not (text.isascii() and text.isdigit() and len(text) == LICENCE_DIGITS):
        place.mismatch(
            text,
            text,
            f"“{shown(text)}”不是 12 位数字，已照原样保存",
            f"“{shown(text)}” is not 12 digits; kept as sent",
        )
    return text if isinstance(text, str) else None


def name(raw: object, place: Place) -> str | None:
    """Return a name or another free text, cleaned."""
    if not isinstance(raw, str):
        refuse_type(raw, place, "value.not_text", "文本", "text")
        return None
    clean = clean_text(raw)
    if not clean.text:
        refuse_missing(place)
        return None
    if len(clean.text) > LONGEST_NAME:
        place.fault("value.too_long", f"超过 {LONGEST_NAME} 个字符。", f"is longer than {LONGEST_NAME} characters.")
        return None
    if clean.removed:
        listed = "、".join(clean.removed[:5])
        place.mismatch(
            raw,
            clean.text,
            f"去掉了看不见的字符 {listed}",
            f"held invisible characters, which were removed ({', '.join(clean.removed[:5])})",
        )
    elif clean.text != raw:
        place.read_as(raw, clean.text)
    return clean.text


def _whole_number(raw: str) -> int | None:
    number = read_decimal(clean_text(raw).text)
    return int(number) if number is not None and number == number.to_integral_value() else None


def count(raw: object, place: Place) -> int | None:
    """Return an integer from 0 to one thousand million."""
    number = raw if isinstance(raw, int) and not isinstance(raw, bool) else None
    if isinstance(raw, str):
        number = _whole_number(raw)
        if number is None:
            refuse_spelling(raw, place, "value.not_an_integer", "整数", "an integer")
            return None
        place.read_as(raw, number)
    if number is None:
        refuse_type(raw, place, "value.not_an_integer", "整数", "an integer")
        return None
    if number < 0:
        place.fault("value.negative", f"是负数（{shown(number)}）。", f"is negative ({shown(number)}).")
        return None
    if number > LARGEST_COUNT:
        place.fault("value.out_of_range", f"大于 {LARGEST_COUNT}。", f"is larger than {LARGEST_COUNT}.")
        return None
    return number


def yes_no(raw: object, place: Place) -> bool | None:
    """Return the answer to a yes/no question."""
    if not isinstance(raw, str | int):
        refuse_type(raw, place, "value.not_yes_or_no", "是或否（true/false）", "true or false")
        return None
    answer = read_yes_no(raw)
    if answer is None:
        refuse_spelling(raw, place, "value.not_yes_or_no", "是或否（true/false）", "true or false")
    elif not isinstance(raw, bool):
        place.read_as(raw, answer)
    return answer


def _written(
    raw: object, place: Place, value: date | Month | None, code: str, wanted_zh: str, wanted_en: str
) -> date | Month | None:
    if not isinstance(raw, str):
        refuse_type(raw, place, code, wanted_zh, wanted_en)
        return None
    if value is None:
        refuse_spelling(raw, place, code, wanted_zh, wanted_en)
    elif str(value) != raw:
        place.read_as(raw, str(value))
    return value


def day(raw: object, place: Place) -> date | Month | None:
    """Return a date."""
    return _written(
        raw, place, read_day(raw), "value.not_a_date", "日期（如 2026-11-01）", "a date (such as 2026-11-01)"
    )


def last_day(raw: object, place: Place) -> date | Month | None:
    """Return a date; a month alone means its last day."""
    month = read_month(raw) if read_day(raw) is None else None
    if isinstance(raw, str) and month is not None:
        place.read_as(raw, str(month.last_day))
        return month.last_day
    return day(raw, place)


def month(raw: object, place: Place) -> date | Month | None:
    """Return a month."""
    return _written(raw, place, read_month(raw), "value.not_a_month", "月份（如 2026-11）", "a month (such as 2026-11)")


def moment(raw: object, place: Place) -> datetime | None:
    """Return an aware instant; without an offset it is office time, and that is noted."""
    wanted_zh, wanted_en = "时间（如 2026-11-16T09:30:00+08:00）", "an instant (such as 2026-11-16T09:30:00+08:00)"
    if not isinstance(raw, str):
        refuse_type(raw, place, "value.not_an_instant", wanted_zh, wanted_en)
        return None
    at = read_moment(raw)
    if at is None:
        refuse_spelling(raw, place, "value.not_an_instant", wanted_zh, wanted_en)
        return None
    if not _has_offset(raw):
        place.read_as(raw, at.isoformat())
    return at


def _has_offset(raw: str) -> bool:
    try:
        return datetime.fromisoformat(raw).tzinfo is not None
    except ValueError:
        return False


def money(raw: object, place: Place) -> Decimal | None:
    """Return an amount in yuan with at most two decimals, not negative."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        refuse_type(raw, place, "value.not_an_amount", "整数或加引号的小数", "an integer or a quoted decimal")
        return None
    text = clean_text(raw).text if isinstance(raw, str) else raw
    amount = read_decimal(text) if not isinstance(text, int) or abs(text) <= LARGEST_COUNT else None
    if amount is None or amount != (cents := round(amount, 2)):
        refuse_spelling(raw, place, "value.not_an_amount", "金额，至多两位小数", "an amount with at most two decimals")
        return None
    if amount < 0:
        place.fault("value.negative", f"是负数（{shown(raw)}）。", f"is negative ({shown(raw)}).")
        return None
    if text != raw:
        place.read_as(raw, str(cents))
    return cents + 0  # -0.00 becomes 0.00


def grade(raw: object, place: Place) -> int | None:
    """Return a grade 1 to 30."""
    return _numbered(raw, place, read_grade(raw), "一至三十档（整数 1 至 30）", "a grade from 1 to 30")


def price_class(raw: object, place: Place) -> int | None:
    """Return a price class 1 to 5."""
    return _numbered(raw, place, read_price_class(raw), "一至五类（整数 1 至 5）", "a price class from 1 to 5")


def _numbered(raw: object, place: Place, number: int | None, wanted_zh: str, wanted_en: str) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        refuse_type(raw, place, "value.not_allowed", wanted_zh, wanted_en)
    elif number is None:
        refuse_spelling(raw, place, "value.not_allowed", wanted_zh, wanted_en)
    elif not isinstance(raw, int):
        place.read_as(raw, number)
    return number


def choice(spellings: Spellings) -> Reader:
    """Return the reader of a closed list; an unknown value is told the whole list."""

    def read(raw: object, place: Place) -> str | None:
        if not isinstance(raw, str):
            refuse_type(raw, place, "value.not_text", "文本", "text")
            return None
        value = spellings.read(raw)
        if value is None:
            listed = [f"{value}（{also[0]}）" if also else value for value, also in spellings.by_value.items()]
            refuse_spelling(
                raw,
                place,
                "value.not_allowed",
                "其中之一：" + "、".join(listed),
                "one of " + ", ".join(spellings.values),
            )
        elif value != raw:
            place.read_as(raw, value)
        return value

    return read


def choices(spellings: Spellings) -> Reader:
    """Return the reader of a list of values of a closed list, each named once, in the order of that list."""
    read_one = choice(spellings)

    def read(raw: object, place: Place) -> tuple[str, ...] | None:
        if not isinstance(raw, list | tuple):
            refuse_type(raw, place, "value.not_a_list", "列表", "a list")
            return None
        found = {read_one(member, place.at(number)) for number, member in enumerate(raw)}
        return tuple(value for value in spellings.values if value in found)

    return read


def order_cycle(raw: object, place: Place) -> str | None:
    """Return the days on which orders are taken, in the office's own spelling: 周一, 单周周四, 不访销."""
    wanted_zh, wanted_en = "订货周期（如 周一、单周周四）", "an order cycle (such as 周一, 单周周四)"
    if not isinstance(raw, str):
        refuse_type(raw, place, "value.not_text", wanted_zh, wanted_en)
        return None
    cycle = read_order_cycle(raw)
    if cycle is None:
        refuse_spelling(raw, place, "value.not_allowed", wanted_zh, wanted_en)
        return None
    if str(cycle) != raw:
        place.read_as(raw, str(cycle))
    return str(cycle)


def requested_quantity(raw: object, place: Place) -> int | str | None:
    """Return a quantity as it was sent: an integer or a decimal text."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        refuse_type(raw, place, "value.not_a_quantity", "整数或加引号的小数", "an integer or a quoted decimal")
        return None
    if isinstance(raw, int):
        if abs(raw) <= LARGEST_COUNT:
            return raw
        place.fault("value.out_of_range", f"大于 {LARGEST_COUNT}。", f"is larger than {LARGEST_COUNT}.")
        return None
    text = clean_text(raw).text
    if text != raw:
        place.read_as(raw, text)
    return text


def days(raw: object, place: Place) -> tuple[date, ...] | None:
    """Return a list of dates in the order of the calendar."""
    if not isinstance(raw, list | tuple):
        refuse_type(raw, place, "value.not_a_list", "日期列表", "a list of dates")
        return None
    read = [day(member, place.at(number)) for number, member in enumerate(raw)]
    return tuple(sorted(value for value in read if isinstance(value, date)))
