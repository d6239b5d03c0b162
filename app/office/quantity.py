"""Quantities: what was sent, in which unit, and how many cartons (条) that is."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

CARTONS_PER_UNIT = {"条": 1, "件": 50, "箱": 250}
"""Fixed factors. Source: domain/data-model.md, units."""

_MOST_WHOLE_DIGITS = 12
_MOST_DECIMALS = 6
_MOST_CARTONS = 10**9


class QuantityProblem(StrEnum):
    """Why a quantity is not a plain number of cartons."""

    NONE = "none"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNIT = "unit"
    NEGATIVE = "negative"
    FRACTION = "fraction"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity as it was sent."""

    raw: int | str | None
    unit: str | None
    cartons: int | None
    """None unless ``problem`` is NONE or NEGATIVE."""
    problem: QuantityProblem


def read_decimal(raw: int | str) -> Decimal | None:
    """Return the number written in ``raw``: an integer or plain decimal string; None when it is no number."""
    if isinstance(raw, int):
        return Decimal(raw)
    text = raw.strip()
    digits = text[1:] if text[:1] in {"-", "+"} else text
    whole, _, fraction = digits.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= _MOST_WHOLE_DIGITS):
        return None
    if fraction and not (fraction.isascii() and fraction.isdigit() and len(fraction) <= _MOST_DECIMALS):
        return None
    if digits.endswith("."):
        return None
    return Decimal(text)


def read_quantity(raw: int | str | None, unit: str | None) -> Quantity:
    """Return the quantity in cartons, or the first reason why it is none.

    A fraction of a unit is fine as long as it is whole cartons: ``"0.4"`` 箱 is 100 条.
    """
    if raw is None or raw == "" or unit is None or unit == "":
        return Quantity(raw, unit, None, QuantityProblem.MISSING)
    factor = CARTONS_PER_UNIT.get(unit)
    if type(raw) is int and factor is not None and 0 <= raw < _MOST_CARTONS:
        # Nearly every quantity of nearly every submission.
        return Quantity(raw, unit, raw * factor, QuantityProblem.NONE)
    number = read_decimal(raw)
    if number is None or abs(number) >= _MOST_CARTONS:
        return Quantity(raw, unit, None, QuantityProblem.UNREADABLE)
    if factor is None:
        return Quantity(raw, unit, None, QuantityProblem.UNIT)
    cartons = number * factor
    if cartons != cartons.to_integral_value():
        return Quantity(raw, unit, None, QuantityProblem.FRACTION)
    problem = QuantityProblem.NEGATIVE if cartons < 0 else QuantityProblem.NONE
    return Quantity(raw, unit, int(cartons), problem)
