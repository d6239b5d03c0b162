"""Calendar days, cycles and code lists in the store."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.office.calendar import CalendarDay
from app.office.code_list import CodeItem, CodeList
from app.office.cycle import Cycle, Window
from app.office.month import Month
from app.store import office_tables as tables
from app.store.office_shelf import Row, Shelf


def _day_row(value: CalendarDay) -> dict[str, Any]:
    return {
        "day": value.day,
        "is_working_day": value.is_working_day,
        "name": value.name,
        "announced": value.announced,
    }


def _day(row: Row, _lines: Sequence[Row]) -> CalendarDay:
    return CalendarDay(row["day"], row["is_working_day"], row["name"], row["announced"])


def _cycle_row(value: Cycle) -> dict[str, Any]:
    supply, order = value.supply_window, value.order_window
    return {
        "cycle": str(value.cycle),
        "target_month": str(value.target_month),
        "market_manager": value.market_manager,
        "marketing_leader": value.marketing_leader,
        "supervision_officer": value.supervision_officer,
        "supply_first": supply.first if supply else None,
        "supply_last": supply.last if supply else None,
        "order_first": order.first if order else None,
        "order_last": order.last if order else None,
        "summary_dates": [day.isoformat() for day in value.summary_dates],
    }


def _window(row: Row, stage: str) -> Window | None:
    first, last = row[f"{stage}_first"], row[f"{stage}_last"]
    return Window(first, last) if first and last else None


def _cycle(row: Row, _lines: Sequence[Row]) -> Cycle:
    return Cycle(
        cycle=Month.read(row["cycle"]),
        target_month=Month.read(row["target_month"]),
        market_manager=row["market_manager"],
        marketing_leader=row["marketing_leader"],
        supervision_officer=row["supervision_officer"],
        supply_window=_window(row, "supply"),
        order_window=_window(row, "order"),
        summary_dates=tuple(date.fromisoformat(text) for text in row["summary_dates"]),
    )


def _list_row(value: CodeList) -> dict[str, Any]:
    return {
        "list_id": value.list_id,
        "version": value.version,
        "valid_from": value.valid_from,
        "valid_to": value.valid_to,
    }


def _item_lines(value: CodeList) -> list[dict[str, Any]]:
    return [{"code": item.code, "zh": item.zh, "en": item.en, "maps_to": item.maps_to} for item in value.items]


def _code_list(row: Row, lines: Sequence[Row]) -> CodeList:
    items = tuple(CodeItem(line["code"], line["zh"], line["en"], line["maps_to"]) for line in lines)
    return CodeList(row["list_id"], row["version"], row["valid_from"], row["valid_to"], items)


CALENDAR: Shelf[CalendarDay] = Shelf(tables.calendar_day, _day_row, _day)
CYCLES: Shelf[Cycle] = Shelf(tables.cycle, _cycle_row, _cycle)
CODE_LISTS: Shelf[CodeList] = Shelf(tables.code_list, _list_row, _code_list, tables.code_item, _item_lines)
