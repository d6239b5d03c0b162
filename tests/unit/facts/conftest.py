"""A small office in November 2026: two account managers, three shops, two products, three months of history."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import read_rules
from app.audit.fact import FactSet
from app.audit.facts.context import ForecastContext, History, StageState
from app.audit.facts.forecast import forecast_facts
from app.audit.finding import Finding
from app.core.clock import OFFICE_ZONE
from app.core.errors import NotFound
from app.office.calendar import Calendar
from app.office.customer import Customer, Product
from app.office.cycle import Cycle
from app.office.forecast import Forecast, read_forecast
from app.office.month import Month
from app.office.people import Assignment, Person, RoleHeld, Territory

RULES = Path(__file__).parents[3] / "rules"


@dataclass
class FixedParameters:
    """Parameters by (rule, name); what is not named counts as a retired rule."""

    values: Mapping[tuple[str, str], object] = field(default_factory=dict)

    def parameter(self, rule_id: str, name: str) -> object:
        if (rule_id, name) in self.values:
            return self.values[rule_id, name]
        raise NotFound


class Office:
    """Makes forecasts and what the office knows of them; every argument replaces a default."""

    first, second, foreign = "420301000101", "420301000102", "420301000201"
    sku, other_sku = "42010101", "42010102"
    nov, months = Month(2026, 11), (Month(2026, 8), Month(2026, 9), Month(2026, 10))

    def __init__(self) -> None:
        self.parameters = FixedParameters()
        self.library = None
        self.evaluator = None

    @staticmethod
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)

    def customer(self, licence_no: str, **changes: Any) -> Customer:
        customer = Customer(
            licence_no=licence_no,
            shop_name="利民便利店",
            territory_id="T02" if licence_no == self.foreign else "T01",
            segment="B",
            grade=23,
            market_type="urban",
            volatility_class="stable",
            has_pos=False,
            is_retail_info_officer=False,
            business_status="营业",
            licence_valid_to=date(2028, 6, 30),
            valid_from=date(2026, 1, 1),
        )
        return replace(customer, **changes)

    def customers(self, **changes: Mapping[str, Any]) -> dict[str, Customer]:
        """All three shops; ``first={"grade": 1}`` changes one."""
        return {
            licence_no: self.customer(licence_no, **changes.get(name, {}))
            for name, licence_no in (("first", self.first), ("second", self.second), ("foreign", self.foreign))
        }

    def product(self, sku: str, **changes: Any) -> Product:
        product = Product(sku, "卷烟", "B01", 1, Decimal("183.00"), "BALANCED", date(2020, 1, 1))
        return replace(product, **changes)

    def person(self, person_id: str, role: str = "account_manager", **dates: date) -> Person:
        return Person(person_id, "李晓梅", None, (RoleHeld(role, "T01", **{"since": date(2024, 3, 1), **dates}),))

    def territory(self, territory_id: str, *assignments: Assignment) -> Territory:
        return Territory(territory_id, "东街", "420301", assignments)

    def own(self, manager: str, **dates: date) -> Assignment:
        return Assignment(manager, "own", **{"since": date(2024, 3, 1), **dates})

    def history(self, delivered: Mapping[tuple[str, str], tuple[int, int, int]], loaded: Any = None) -> History:
        return History(self.months, frozenset(self.months if loaded is None else loaded), delivered)

    def context(self, **changes: Any) -> ForecastContext:
        context = ForecastContext(
            submitted_at=self.at("2026-11-16 09:30"),
            cycle=Cycle(self.nov, self.nov.plus(1)),
            extended_to=None,
            extension_no=None,
            calendar=Calendar({}),
            manager=self.person("AM01"),
            territories={
                "T01": self.territory("T01", self.own("AM01")),
                "T02": self.territory("T02", self.own("AM02")),
            },
            customers_today=self.customers(),
            customers_at_snapshot=self.customers(),
            licence_numbers=frozenset({self.first, self.second, self.foreign}),
            products={sku: self.product(sku) for sku in (self.sku, self.other_sku)},
            segments=None,
            history=self.history({}),
            supply_state=StageState.DETERMINED,
            previous=None,
            versions_recorded=0,
            on_time=(5, 6),
            sources={},
        )
        return replace(context, **changes)

    def line(self, **changes: Any) -> dict[str, Any]:
        line = {
            "licence_no": self.first,
            "sku": self.sku,
            "channel": "visit",
            "unit": "条",
            "collected_quantity": 10,
            "final_quantity": 10,
            "basis": {"mean_3m_cartons": 10},
        }
        return {**line, **changes}

    def payload(self, *lines: Mapping[str, Any], **header: Any) -> dict[str, Any]:
        wanted = [self.line(**changes) for changes in lines or ({},)]
        cartons = sum(line["final_quantity"] for line in wanted if isinstance(line["final_quantity"], int))
        payload = {
            "stage": "order",
            "cycle": "2026-11",
            "target_month": "2026-12",
            "account_manager": "AM01",
            "territory_id": "T01",
            "totals": {"cartons": cartons, "amount_cny": str(183 * cartons)},
            "lines": wanted,
        }
        return {**payload, **header}

    def forecast(self, *lines: Mapping[str, Any], **header: Any) -> Forecast:
        return read_forecast(self.payload(*lines, **header))

    def supply(self, *lines: Mapping[str, Any], **header: Any) -> Forecast:
        return self.forecast(
            *({"licence_no": None, "channel": None, **line} for line in lines or ({},)), stage="supply", **header
        )

    def facts(self, forecast: Forecast, **context: Any) -> FactSet:
        return forecast_facts(forecast, self.context(**context), self.parameters)

    def header(self, forecast: Forecast, **context: Any) -> dict[str, Any]:
        return rows_of(self.facts(forecast, **context), "forecast")[0]

    def lines(self, forecast: Forecast, **context: Any) -> list[dict[str, Any]]:
        return rows_of(self.facts(forecast, **context), "forecast_line")

    def one_line(self, forecast: Forecast, **context: Any) -> dict[str, Any]:
        (row,) = self.lines(forecast, **context)
        return row

    def expected(self, forecast: Forecast, **context: Any) -> list[dict[str, Any]]:
        return rows_of(self.facts(forecast, **context), "expected_line")

    def rows(self, facts: FactSet, scope: str) -> list[dict[str, Any]]:
        return rows_of(facts, scope)

    def rulebook(self, event: str) -> Any:
        if self.library is None:
            self.library = read_rules(RULES)
        return self.library.rulebook(event, date(2026, 11, 1))

    def judge(self, facts: FactSet, event: str = "on_submit") -> dict[str, Finding]:
        """The findings by rule; the engine and its twin agree, or this raises."""
        self.evaluator = self.evaluator or Evaluator()
        judgement = self.evaluator.judge(self.rulebook(event), facts)
        return {finding.rule: finding for finding in judgement.findings}


def rows_of(facts: FactSet, scope: str) -> list[dict[str, Any]]:
    table = facts.tables[scope]
    return [{name: column[place] for name, column in table.columns.items()} for place in range(table.rows)]


@pytest.fixture(scope="session")
def office() -> Office:
    return Office()
