"""Messages with ``{fact}`` and ``{param}`` places, and how values print. No formats, no attributes: text cannot run."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.audit.engine.catalogue import FactSpec, FactType
from app.audit.fact import MICRO, Cell
from app.core.text import Bilingual

MOST_LISTED = 10
"""A longer list is cut in a message; the measured values keep it whole."""

_MISSING = ("(缺失)", "(missing)")
_PLACE = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)\}|[{}]")


Spoken = tuple[str, str]
"""A value as a message says it, in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact or a parameter is put in."""

    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """A message in both languages, cut into text and places."""

    source: Bilingual
    zh: tuple[str | Place, ...]
    en: tuple[str | Place, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The facts and parameters that are put in, each once."""
        return tuple(dict.fromkeys(part.name for part in self.zh + self.en if isinstance(part, Place)))

    def fill(self, values: Mapping[str, Spoken]) -> Bilingual:
        """Return the message with ``values`` put in; every name must be there."""
        return Bilingual(
            "".join([part if isinstance(part, str) else values[part.name][0] for part in self.zh]),
            "".join([part if isinstance(part, str) else values[part.name][1] for part in self.en]),
        )


class TemplateError(ValueError):
    """A message has a brace that is neither a place nor doubled."""


def parse_template(source: Bilingual) -> Template:
    """Return ``source`` cut into text and places.

    Raises:
        TemplateError: a brace that is neither ``{name}`` nor ``{{`` or ``}}``.
    """
    return Template(source, _parts(source.zh), _parts(source.en))


def _parts(text: str) -> tuple[str | Place, ...]:
    parts: list[str | Place] = []
    end = 0
    for found in _PLACE.finditer(text):
        parts.append(text[end : found.start()])
        end = found.end()
        if found[1]:
            parts.append(Place(found[1]))
        elif found[0] in ("{{", "}}"):
            parts.append(found[0][0])
        else:
            raise TemplateError(text[found.start() : found.start() + 20])
    parts.append(text[end:])
    return tuple(part for part in parts if part)


def plain_decimal(number: Decimal) -> str:
    """Return ``number`` without exponent and without trailing zeros: ``10.2``, ``8``."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def plain_micro(millionths: int) -> str:
    """Return a number of millionths as a plain decimal: ``10.2``."""
    whole, rest = divmod(abs(millionths), MICRO)
    sign = "-" if millionths < 0 else ""
    return f"{sign}{whole}" + (f".{rest:06d}".rstrip("0") if rest else "")


def measured_value(spec: FactSpec, cell: Cell) -> Any:  # noqa: ANN401  # a JSON value
    """Return a fact as a finding carries it: decimals as strings, everything else as it is."""
    if spec.type is FactType.DECIMAL and type(cell) is int:
        return plain_micro(cell)
    return list(cell) if spec.type is FactType.LIST and isinstance(cell, list | tuple) else cell


def _spoken_micro(millionths: int) -> int:
    """Return the number to four decimals, half away from zero. The exact number stands beside the sentence."""
    step = MICRO // 10_000
    return (abs(millionths) + step // 2) // step * step * (-1 if millionths < 0 else 1)


def speaker(spec: FactSpec) -> Callable[[Cell], Spoken]:
    """Return the function that says the fact ``spec`` in a message. Made once, called for every row that speaks."""

    def same(text: str) -> Spoken:
        return text, text

    def number(cell: Cell) -> Spoken:
        if spec.type is FactType.DECIMAL and type(cell) is int:
            return same(plain_micro(_spoken_micro(cell)))
        return _MISSING if cell is None else same(str(measured_value(spec, cell)))

    def truth(cell: Cell) -> Spoken:
        return _MISSING if cell is None else _spoken_truth(bool(cell))

    def named(cell: Cell) -> Spoken:
        name = (spec.values or {}).get(str(cell))
        return _MISSING if cell is None else same(str(cell)) if name is None else (name.zh, name.en)

    def listed(cell: Cell) -> Spoken:
        return _spoken_list(list(map(str, cell))) if isinstance(cell, list | tuple) else _MISSING

    kinds = {FactType.BOOL: truth, FactType.ENUM: named, FactType.LIST: listed}
    return kinds.get(spec.type, number)


def printed_parameter(value: object) -> Any:  # noqa: ANN401  # a JSON value
    """Return a parameter as a finding carries it: numbers as strings, lists of such."""
    if isinstance(value, tuple):
        return [printed_parameter(member) for member in value]
    if isinstance(value, Decimal):
        return plain_decimal(value)
    return value if isinstance(value, bool) else str(value)


def spoken_parameter(value: object) -> Spoken:
    """Return a parameter as a message says it."""
    if isinstance(value, bool):
        return _spoken_truth(value)
    if isinstance(value, tuple):
        return _spoken_list([str(printed_parameter(member)) for member in value])
    text = str(printed_parameter(value))
    return text, text


def _spoken_truth(value: bool) -> Spoken:
    return ("是", "yes") if value else ("否", "no")


def _spoken_list(members: list[str]) -> Spoken:
    if not members:
        return "无", "none"
    shown = members[:MOST_LISTED]
    more = len(members) - len(shown)
    return (
        "、".join(shown) + (f"等{len(members)}项" if more else ""),
        ", ".join(shown) + (f" and {more} more" if more else ""),
    )
