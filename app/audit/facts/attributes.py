"""Whether what a line says of its customer is what is on file: ENT-11."""

from collections.abc import Callable

from app.audit.fact import Cell
from app.audit.facts.context import ForecastContext
from app.audit.facts.table import Columns
from app.office.customer import Customer
from app.office.cycle import Stage
from app.office.forecast import Forecast, ForecastLine
from app.office.normalise import read_grade, read_volatility_class

Mismatch = tuple[str, str, str]
"""Attribute, as sent, as filed."""


def attribute_columns(forecast: Forecast, context: ForecastContext) -> Columns:
    """Return for each line which of segment, grade and volatility class, where given, differ from the snapshot.

    Missing when something is given for a customer nobody knows. Nothing given differs from nothing.
    """
    lines = forecast.lines
    counts: list[Cell] = [0 if forecast.stage is Stage.ORDER else None] * len(lines)
    given: list[Cell] = [None] * len(lines)
    filed: list[Cell] = [None] * len(lines)
    listed: list[Cell] = [[] for _ in lines]
    read = _Reader(context)
    for place, line in enumerate(lines):
        if forecast.stage is not Stage.ORDER or not (line.segment or line.grade or line.volatility_class):
            continue
        customer = context.customers_at_snapshot.get(line.licence_no or "")
        mismatches = None if customer is None else read.mismatches(line, customer)
        counts[place] = None if mismatches is None else len(mismatches)
        if mismatches:
            given[place] = " / ".join(sent for _, sent, _ in mismatches)
            filed[place] = " / ".join(known for _, _, known in mismatches)
            listed[place] = [{"field": name, "given": sent, "filed": known} for name, sent, known in mismatches]
    return {
        "attribute_mismatches": counts,
        "attributes_given": given,
        "attributes_filed": filed,
        "attribute_mismatch_list": listed,
    }


class _Reader:
    """Reads each spelling of an attribute once."""

    def __init__(self, context: ForecastContext) -> None:
        self._segments = context.segments
        self._known: dict[tuple[str, str], str | int | None] = {}

    def mismatches(self, line: ForecastLine, customer: Customer) -> list[Mismatch]:
        differing: list[Mismatch] = []
        # Most lines say the code itself: looked at first, because reading names costs more.
        if line.segment is not None and line.segment != customer.segment:
            sent = self._read("segment", line.segment, self._segment)
            if sent != customer.segment:
                differing.append(("segment", line.segment, self._segment_name(customer.segment)))
        if line.grade is not None and self._read("grade", line.grade, read_grade) != customer.grade:
            differing.append(("grade", line.grade, str(customer.grade)))
        if line.volatility_class is not None and line.volatility_class != customer.volatility_class:
            sent = self._read("volatility_class", line.volatility_class, read_volatility_class)
            if sent != customer.volatility_class:
                differing.append(("volatility_class", line.volatility_class, customer.volatility_class))
        return differing

    def _read(self, name: str, text: str, reader: Callable[[str], str | int | None]) -> str | int | None:
        if (name, text) not in self._known:
            self._known[name, text] = reader(text)
        return self._known[name, text]

    def _segment(self, text: str) -> str | None:
        # Without a list only the code itself can be the code.
        return self._segments.code_for(text) if self._segments else text

    def _segment_name(self, code: str) -> str:
        return self._segments.name_of(code) if self._segments else code
