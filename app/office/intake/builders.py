"""From the values of an item to the office's own dataclass, and what only its fields together can tell."""

from collections.abc import Mapping
from typing import Any

from app.core.text import Bilingual
from app.office.calendar import CalendarDay
from app.office.code_list import CodeItem, CodeList
from app.office.cycle import Cycle, Window
from app.office.intake.checks import check_period, check_quantity, check_repeats
from app.office.intake.notes import Place
from app.office.people import Assignment, Person, RoleHeld, Territory
from app.office.quantity import read_quantity
from app.office.records import LedgerEntry, LedgerLine, ModelRun, ModelRunLine

Values = Mapping[str, Any]
"""The values of an item by field name, as the readers return them."""


def check_periods(values: Values, place: Place, field_name: str) -> None:
    """Say a fault at every row of a list that ends before it starts."""
    for number, row in enumerate(values[field_name] or ()):
        check_period(row, "from", "to", place.at(field_name).at(number))


def build_window(values: Values | None) -> Window | None:
    """Return the window of a stage, None when none is given."""
    return Window(values["from"], values["to"]) if values else None


def build_cycle(values: Values) -> Cycle:
    """Return the cycle."""
    windows = values["windows"] or {}
    summary = windows.get("summary") or {}
    return Cycle(
        cycle=values["cycle"],
        target_month=values["target_month"],
        market_manager=values["market_manager"],
        marketing_leader=values["marketing_leader"],
        supervision_officer=values["supervision_officer"],
        supply_window=build_window(windows.get("supply")),
        order_window=build_window(windows.get("order")),
        summary_dates=summary.get("dates") or (),
    )


def check_windows(values: Values, place: Place) -> None:
    """Say a fault at every window that ends before it starts."""
    for stage in ("supply", "order"):
        window = (values["windows"] or {}).get(stage)
        if window:
            check_period(window, "from", "to", place.at("windows").at(stage))


def check_repeated(values: Values, place: Place, rows_field: str, *fields: str) -> None:
    """Say a fault at every row of a list that names what an earlier row named."""
    names = [tuple(row[part] for part in fields) for row in values[rows_field] or ()]
    check_repeats(names, place.at(rows_field), fields[-1])


def check_ledger(values: Values, place: Place) -> None:
    """Say a fault at every quantity that is no number of cartons, and at every repeated product."""
    lines = values["lines"] or ()
    for number, line in enumerate(lines):
        here = place.at("lines").at(number).at("requested_quantity", Bilingual("申报数量", "requested_quantity"))
        check_quantity(line["requested_quantity"], line["unit"], here)
    check_repeated(values, place, "lines", "sku")


def build_ledger_entry(values: Values) -> LedgerEntry:
    """Return the entry of the ledger."""
    return LedgerEntry(
        **{part: values[part] for part in ("ledger_id", "licence_no", "account_manager", "visited_at")},
        lines=tuple(
            LedgerLine(line["sku"], read_quantity(line["requested_quantity"], line["unit"])) for line in values["lines"]
        ),
    )


def build_code_list(values: Values) -> CodeList:
    """Return the version of the list."""
    items = tuple(CodeItem(**item) for item in values["items"])
    return CodeList(values["list"], values["version"], values["valid_from"], values["valid_to"], items)


def check_code_list(values: Values, place: Place) -> None:
    """Say a fault at a reversed validity and at every repeated code."""
    check_period(values, "valid_from", "valid_to", place)
    check_repeated(values, place, "items", "code")


def build_calendar_day(values: Values) -> CalendarDay:
    """Return the day."""
    return CalendarDay(values["date"], values["is_working_day"], values["name"], values["announced"])


def build_person(values: Values) -> Person:
    """Return the person."""
    roles = tuple(RoleHeld(row["role"], row["unit"], row["from"], row["to"]) for row in values["roles"])
    return Person(values["person_id"], values["name"], values["staff_no"], roles)


def build_territory(values: Values) -> Territory:
    """Return the territory."""
    assignments = tuple(
        Assignment(row["account_manager"], row["kind"], row["from"], row["to"], row["filing_no"])
        for row in values["assignments"]
    )
    return Territory(values["territory_id"], values["name"], values["county"], assignments)


def build_model_run(values: Values) -> ModelRun:
    """Return the run."""
    lines = tuple(ModelRunLine(**line) for line in values["lines"])
    return ModelRun(**{**values, "lines": lines})
