"""What can only be seen when several values stand side by side: periods, repeated rows, quantities with units."""

from collections.abc import Mapping, Sequence
from datetime import date

from app.core.text import Bilingual
from app.office.intake.fields import refuse_spelling
from app.office.intake.notes import Place
from app.office.quantity import QuantityProblem, read_quantity
from app.office.visible_text import shown


def check_period(values: Mapping[str, object], first: str, last: str, place: Place) -> None:
    """Say a fault at ``last`` when it lies before ``first``; open or faulty ends say nothing."""
    start, end = values.get(first), values.get(last)
    if isinstance(start, date) and isinstance(end, date) and end < start:
        place.at(last, Bilingual("", "")).fault(
            "period.reversed", f"结束日期 {end} 早于开始日期 {start}。", f"The end {end} lies before the start {start}."
        )


def check_repeats(names: Sequence[object], place: Place, field_name: str) -> None:
    """Say a fault at every row whose name stood in an earlier row."""
    seen: dict[object, int] = {}
    for number, value in enumerate(names):
        if value is None or (isinstance(value, tuple) and None in value):
            continue
        if value in seen:
            written = " / ".join(str(part) for part in (value if isinstance(value, tuple) else (value,)))
            place.at(number, Bilingual("", "")).at(field_name).fault(
                "line.repeated",
                f"“{shown(written)}”在第 {seen[value] + 1} 行已经出现。请合并成一行。",
                f"“{shown(written)}” already stands in row {seen[value] + 1}. Make it one row.",
            )
        else:
            seen[value] = number


def check_quantity(quantity: object, unit: object, place: Place) -> None:
    """Say a fault when a quantity in its unit is no whole, non-negative number of cartons."""
    if not isinstance(quantity, int | str) or not isinstance(unit, str):
        return
    problem = read_quantity(quantity, unit).problem
    if problem is QuantityProblem.NEGATIVE:
        place.fault("value.negative", f"是负数（{shown(quantity)}）。", f"is negative ({shown(quantity)}).")
    elif problem is QuantityProblem.FRACTION:
        place.fault(
            "value.fraction_of_carton",
            f"“{shown(quantity)}{unit}”不是整条数。",
            f"“{shown(quantity)} {unit}” is not a whole number of cartons.",
        )
    elif problem is not QuantityProblem.NONE:
        refuse_spelling(quantity, place, "value.not_a_quantity", "数量", "a quantity")
