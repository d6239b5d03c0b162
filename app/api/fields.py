"""The kinds of values a body may hold: marshmallow fields that only ask whether a value can be kept faithfully.

Each kind has one rule, :meth:`Kind.fault`, used by marshmallow and by the fast pass of ``shape`` alike.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma

from app.core.errors import Fault
from app.core.text import Bilingual
from app.http.identifiers import identifier_fault
from app.office.month import Month

LONGEST_TEXT = 4000

_NOT_TEXT = Bilingual("应为文本。", "Must be text.")
_TOO_LONG = Bilingual(f"文本超过 {LONGEST_TEXT} 个字符。", f"Longer than {LONGEST_TEXT} characters.")
_NOT_A_QUANTITY = Bilingual(
    '应为整数或十进制字符串（如 "0.4"）。', 'Must be an integer or a decimal string such as "0.4".'
)
_NOT_AN_INTEGER = Bilingual("应为整数。", "Must be an integer.")
_NOT_A_MONTH = Bilingual("应为月份（YYYY-MM）。", "Must be a month (YYYY-MM).")
_NOT_YES_OR_NO = Bilingual("应为 true 或 false。", "Must be true or false.")
_NULL = Bilingual("不得为 null。", "Must not be null.")

NULL_CODE = "value.null"


def null_fault(pointer: str) -> Fault:
    """Return the fault of a null where none may stand."""
    return Fault(pointer, NULL_CODE, _NULL)


class Kind(ma.fields.Field[Any]):
    """A field whose value is kept as it was sent, or refused."""

    json_schema: ClassVar[Mapping[str, Any]] = {}
    """What OpenAPI says of the value when it is not null."""

    def __init__(self, *, nullable: bool = False, required: bool = False, **documented: Any) -> None:  # noqa: ANN401
        """Take the value as ``nullable`` and ``required`` say; the rest goes into the documentation."""
        super().__init__(required=required, allow_none=nullable)
        self._documented = {**self.json_schema, **documented}

    @property
    def openapi(self) -> dict[str, Any]:
        """What OpenAPI 3.1 says of the value."""
        said = dict(self._documented)
        if self.allow_none:
            kinds = said["type"] if isinstance(said["type"], list) else [said["type"]]
            said["type"] = [*kinds, "null"]
            if "enum" in said:
                said["enum"] = [*said["enum"], None]
        return said

    def fault(self, value: Any, pointer: str) -> Fault | None:  # noqa: ANN401  # any JSON value
        """Return why ``value`` (not null) at ``pointer`` cannot be taken; None when it can."""
        raise TypeError(f"{type(self).__name__} says nothing of {value!r} at {pointer}")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        fault = self.fault(value, "")
        if fault is not None:
            raise ma.ValidationError(fault.code)
        return value


class Shape(ma.Schema):
    """An object with these fields and no others."""

    class Meta:
        """Unknown fields are refused, and the documentation says so."""

        unknown = ma.RAISE


class Text(Kind):
    """Free text. Invisible characters may stand in it; pages show them."""

    json_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "maxLength": LONGEST_TEXT}

    def fault(self, value: Any, pointer: str) -> Fault | None:  # noqa: ANN401
        """Refuse what is no text, or too long."""
        if not isinstance(value, str):
            return Fault(pointer, "value.not_text", _NOT_TEXT)
        return Fault(pointer, "value.too_long", _TOO_LONG) if len(value) > LONGEST_TEXT else None


class DayText(Text):
    """A day, ``YYYY-MM-DD``; whether it is one is asked when it is read."""

    json_schema: ClassVar[Mapping[str, Any]] = {**Text.json_schema, "format": "date"}


class MomentText(Text):
    """An instant, ISO 8601 with an offset; whether it is one is asked when it is read."""

    json_schema: ClassVar[Mapping[str, Any]] = {**Text.json_schema, "format": "date-time"}


class Identifier(Kind):
    """A number, code or reference that names something."""

    json_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "maxLength": 200}

    def fault(self, value: Any, pointer: str) -> Fault | None:  # noqa: ANN401
        """Refuse what is no text, or holds what nobody can see."""
        if not isinstance(value, str):
            return Fault(pointer, "value.not_text", _NOT_TEXT)
        return identifier_fault(value, pointer)


class Number(Kind):
    """A quantity or an amount: an integer or a decimal string. Whether it makes sense is judged later."""

    json_schema: ClassVar[Mapping[str, Any]] = {"type": ["integer", "string"]}

    def fault(self, value: Any, pointer: str) -> Fault | None:  # noqa: ANN401
        """Refuse what is neither."""
        if isinstance(value, str):
            return Fault(pointer, "value.too_long", _TOO_LONG) if len(value) > LONGEST_TEXT else None
        if isinstance(value, int) and not isinstance(value, bool):
            return None
        return Fault(pointer, "value.not_a_quantity", _NOT_A_QUANTITY)


class Integer(Kind):
    """A JSON integer."""

    json_schema: ClassVar[Mapping[str, Any]] = {"type": "integer"}

    def fault(self, value: Any, pointer: str) -> Fault | None:  # noqa: ANN401
        """Refuse what is none."""
        if isinstance(value, int) and not isinstance(value, bool):
            return None
        return Fault(pointer, "value.not_an_integer", _NOT_AN_INTEGER)


class YesNo(Kind):
    """A JSON boolean."""

    json_schema: ClassVar[Mapping[str, Any]] = {"type": "boolean"}

    def fault(self, value: Any, pointer: str) -> Fault | None:  # noqa: ANN401
        """Refuse what is none."""
        return None if isinstance(value, bool) else Fault(pointer, "value.not_yes_or_no", _NOT_YES_OR_NO)


class MonthText(Kind):
    """A month, ``YYYY-MM``."""

    json_schema: ClassVar[Mapping[str, Any]] = {
        "type": "string",
        "pattern": r"^\d{4}-(0[1-9]|1[0-2])$",
        "example": "2026-11",
    }

    def fault(self, value: Any, pointer: str) -> Fault | None:  # noqa: ANN401
        """Refuse what is no month."""
        if isinstance(value, str):
            try:
                Month.read(value)
            except ValueError:
                pass
            else:
                return None
        return Fault(pointer, "value.not_a_month", _NOT_A_MONTH)


class Choice(Kind):
    """One of a closed list of words."""

    def __init__(self, *choices: str, **more: Any) -> None:  # noqa: ANN401
        """Take one of ``choices``."""
        self._choices = choices
        super().__init__(type="string", enum=list(choices), **more)

    def fault(self, value: Any, pointer: str) -> Fault | None:  # noqa: ANN401
        """Refuse everything else."""
        if isinstance(value, str) and value in self._choices:
            return None
        named = ", ".join(self._choices)
        return Fault(pointer, "value.not_allowed", Bilingual(f"应为以下之一：{named}。", f"Must be one of {named}."))


class WholeNumberText(Kind):
    """A whole number in an address, between two bounds."""

    _DIGITS = re.compile(r"[0-9]{1,16}")

    def __init__(self, least: int, most: int, **more: Any) -> None:  # noqa: ANN401
        """Take numbers from ``least`` to ``most``."""
        self._least, self._most = least, most
        super().__init__(type="integer", minimum=least, maximum=most, **more)

    def fault(self, value: Any, pointer: str) -> Fault | None:  # noqa: ANN401
        """Refuse what is no such number."""
        if isinstance(value, str) and self._DIGITS.fullmatch(value) and self._least <= int(value) <= self._most:
            return None
        return Fault(
            pointer,
            "value.out_of_range",
            Bilingual(
                f"应为 {self._least} 至 {self._most} 的整数。",
                f"Must be an integer from {self._least} to {self._most}.",
            ),
        )
