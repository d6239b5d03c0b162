"""A tiny office in which everything can be counted by hand, and the words in which the scenarios are told.

Two territories, three account managers, six customers, four products, three months of deliveries of ten cartons for
every customer and product. The cycle is November 2026, the target month December.
"""

import copy
import itertools
import json
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from app.actions.accounts import create_account
from app.actions.deps import Deps
from app.actions.determine_forecast import determine_forecast
from app.actions.extend_window import extend_window
from app.actions.import_office import import_office
from app.actions.judge_dry import judge_dry
from app.actions.read_evaluation import read_evaluation
from app.actions.read_forecast_state import read_forecast_state
from app.actions.receive_pos_batch import receive_pos_batch
from app.actions.record_cycle_event import record_cycle_event
from app.actions.reopen_forecast import reopen_forecast
from app.actions.reply import Reply, RequestKey
from app.actions.submit_forecast import submit_forecast
from app.audit.log.event import Event, parse_event
from app.core.actor import Actor, ActorKind, command_actor
from app.core.canonical import canonical_bytes, sha256_hex
from app.core.clock import OFFICE_ZONE, SteppedClock
from app.office.permission import SCOPES, Permission
from app.store.schema import append_only_tables, metadata
from app.store.triggers import refuse_changes, trigger_names

OPERATOR = command_actor(Permission)

LI, WANG, ZHAO = "P01", "P02", "P03"
"""Account managers: of T01, of T02, and one with a cover of T01 that nobody filed."""
MARKET_MANAGER, LEADER, OFFICER = "MM1", "ML1", "SO1"

VISITED, WITH_TERMINAL, FORECAST_BY_MODEL = "420300000001", "420300000002", "420300000003"
"""The customers of T01, by the way their wishes are collected."""
OF_LI = (VISITED, WITH_TERMINAL, FORECAST_BY_MODEL)
OF_WANG = ("420300000004", "420300000005", "420300000006")
CUSTOMERS = OF_LI + OF_WANG
SKUS = ("42010001", "42010002", "42010003", "42010004")
PRICE = 100
USUAL = 10
"""Cartons of every customer and product, every month."""

TERRITORY = {LI: "T01", WANG: "T02", ZHAO: "T01"}


def _person(person_id: str, name: str, role: str, unit: str, **more: str) -> dict[str, Any]:
    return {"person_id": person_id, "name": name, "roles": [{"role": role, "unit": unit, "from": "2024-01-01", **more}]}


PEOPLE = (
    _person(LI, "李晓梅", "account_manager", "T01"),
    _person(WANG, "王建国", "account_manager", "T02"),
    _person(ZHAO, "赵敏", "account_manager", "T01"),
    _person(MARKET_MANAGER, "陈立", "market_manager", "示例县营销部"),
    _person(LEADER, "周正", "marketing_leader", "示例县营销部"),
    _person(OFFICER, "吴明", "supervision_officer", "示例县内管办"),
)


def territory(territory_id: str, *assignments: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "territory_id": territory_id,
        "name": f"{territory_id}片区",
        "county": "示例县",
        "assignments": [*assignments],
    }


def own(manager: str) -> dict[str, Any]:
    return {"account_manager": manager, "kind": "own", "from": "2024-01-01"}


def cover(manager: str, filing_no: str | None = None) -> dict[str, Any]:
    filed = {"filing_no": filing_no} if filing_no else {}
    return {"account_manager": manager, "kind": "cover", "from": "2026-11-01", "to": "2026-11-30", **filed}


def customer(licence_no: str, **changes: Any) -> dict[str, Any]:
    place = CUSTOMERS.index(licence_no) if licence_no in CUSTOMERS else 0
    return {
        "licence_no": licence_no,
        "shop_name": f"示例店{licence_no[-1]}",
        "territory_id": "T01" if licence_no in OF_LI else "T02",
        "segment": "B",
        "grade": 10 + place,
        "market_type": "urban",
        "volatility_class": ("volatile", "stable", "stable")[place % 3],
        "has_pos": place % 3 == 1,
        "is_retail_info_officer": False,
        "business_status": "营业",
        "licence_valid_to": "2028-06-30",
        "valid_from": "2025-01-01",
        **changes,
    }


def product(sku: str, **changes: Any) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": f"示例烟{sku[-1]}",
        "brand_id": "B01",
        "price_class": 1,
        "wholesale_price_cny": f"{PRICE}.00",
        "supply_attribute": "BALANCED",
        "on_sale_from": "2023-01-01",
        **changes,
    }


CYCLE = {
    "cycle": "2026-11",
    "target_month": "2026-12",
    "market_manager": MARKET_MANAGER,
    "marketing_leader": LEADER,
    "supervision_officer": OFFICER,
}

LEDGER = {
    "ledger_id": "L-202611-000001",
    "licence_no": VISITED,
    "account_manager": LI,
    "visited_at": "2026-11-12T10:00:00+08:00",
    "lines": [{"sku": sku, "requested_quantity": USUAL, "unit": "条"} for sku in SKUS],
}
MODEL_RUN = {
    "run_id": "MODEL-202611-01",
    "model_version": "1",
    "inputs_hash": "sha256:" + "0" * 64,
    "trained_to": "2026-10-31",
    "lines": [{"licence_no": FORECAST_BY_MODEL, "sku": sku, "cartons": USUAL} for sku in SKUS],
}


def pos_batch(batch_id: str = "POS-T01-202611", licences: Iterable[str] = (WITH_TERMINAL,)) -> dict[str, Any]:
    lines = [{"licence_no": who, "sku": sku, "quantity": USUAL, "unit": "条"} for who in licences for sku in SKUS]
    return {
        "batch_id": batch_id,
        "terminal_server": "pos-01",
        "line_count": len(lines),
        "checksum": sha256_hex(canonical_bytes(lines)),
        "lines": lines,
    }


COLLECTIONS: Mapping[str, Iterable[Mapping[str, Any]]] = {
    "people": PEOPLE,
    "territories": (territory("T01", own(LI), cover(ZHAO)), territory("T02", own(WANG))),
    "manufacturers": ({"manufacturer_id": "M01", "name": "示例中烟"},),
    "brands": ({"brand_id": "B01", "name": "示例", "manufacturer_id": "M01"},),
    "products": tuple(product(sku) for sku in SKUS),
    "code-lists": (
        {
            "list": "segment",
            "version": "2025",
            "valid_from": "2025-01-01",
            "items": [
                {"code": "B", "zh": "便利店", "en": "Convenience store"},
                {"code": "C", "zh": "超市", "en": "Supermarket"},
            ],
        },
    ),
    "cycles": (CYCLE,),
    "customers": tuple(customer(licence_no) for licence_no in CUSTOMERS),
    "actuals": tuple(
        {"month": month, "licence_no": who, "sku": sku, "requested_cartons": USUAL, "delivered_cartons": USUAL}
        for month in ("2026-08", "2026-09", "2026-10")
        for who in CUSTOMERS
        for sku in SKUS
    ),
    "ledger-entries": (LEDGER,),
    "model-runs": (MODEL_RUN,),
}


@dataclass(frozen=True)
class Said:
    """What the office answered to a submission."""

    status: int
    body: Mapping[str, Any]

    @property
    def evaluation(self) -> str:
        return str(self.body["evaluation"])

    @property
    def forecast(self) -> str:
        return str(self.body["subject"]["id"])

    @property
    def verdict(self) -> str:
        return str(self.body["verdict"])

    @property
    def rules(self) -> dict[str, str]:
        """Every rule that spoke, with what it said."""
        return {finding["rule"]: finding["outcome"] for finding in self.body["findings"]}

    def sentence(self, rule: str) -> str:
        return next(finding["message"]["zh"] for finding in self.body["findings"] if finding["rule"] == rule)


def said(reply: Reply) -> Said:
    return Said(reply.status, json.loads(reply.body))


def client(name: str, *scopes: str, territories: Iterable[str] | None = None) -> Actor:
    """A machine client as :func:`authenticate_client` gives it."""
    granted = frozenset().union(*(SCOPES[scope] for scope in scopes)) if scopes else frozenset()
    return Actor(ActorKind.CLIENT, name, name, granted, None if territories is None else frozenset(territories))


class Office:
    """The office, and everybody who works with it. Time stands still until it is set."""

    def __init__(self, deps: Deps, clock: SteppedClock) -> None:
        self.deps, self.clock = deps, clock
        self.system = client("forecasting", *SCOPES)
        self._keys = itertools.count(1)

    # --- time and data ------------------------------------------------------------------------------------------

    def on(self, month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0) -> None:
        """It is now this moment of 2026, in the office's zone."""
        self.clock.set(datetime(2026, month, day, hour, minute, second, tzinfo=OFFICE_ZONE))

    def deliver(self, collection: str, *items: Mapping[str, Any]) -> dict[str, Any]:
        body = import_office(self.deps, self.system, collection, items)
        assert body["rejected"] == 0, body
        return body

    def deliver_everything(self) -> None:
        for collection, items in COLLECTIONS.items():
            self.deliver(collection, *items)

    # --- forecasts ----------------------------------------------------------------------------------------------

    def supply(self, manager: str = LI, **changes: Any) -> dict[str, Any]:
        """The honest supply forecast of a manager."""
        lines = [
            {
                "sku": sku,
                "unit": "条",
                "collected_quantity": None,
                "final_quantity": 3 * USUAL,
                "basis": {"mean_3m_cartons": 3 * USUAL},
            }
            for sku in SKUS
        ]
        return self._payload("supply", manager, lines, changes)

    def order(self, manager: str = LI, **changes: Any) -> dict[str, Any]:
        """The honest order forecast of a manager."""
        customers = OF_WANG if manager == WANG else OF_LI
        lines = [_order_line(who, sku) for who in customers for sku in SKUS]
        return self._payload("order", manager, lines, changes)

    def _payload(
        self, stage: str, manager: str, lines: list[dict[str, Any]], changes: Mapping[str, Any]
    ) -> dict[str, Any]:
        payload = {
            "stage": stage,
            "cycle": "2026-11",
            "target_month": "2026-12",
            "account_manager": manager,
            "territory_id": TERRITORY[manager],
            "supersedes": None,
            "reason": None,
            "lines": lines,
            **changes,
        }
        return payload if "totals" in changes else with_totals(payload)

    def submit(self, payload: Mapping[str, Any], actor: Actor | None = None, key: str | None = None) -> Said:
        return said(submit_forecast(self.deps, actor or self.system, payload, self.key_of(payload, key)))

    def try_out(self, payload: Mapping[str, Any], actor: Actor | None = None) -> dict[str, Any]:
        return judge_dry(self.deps, actor or self.system, f"{payload['stage']}_forecast", payload)

    def determine(self, forecast_id: str, decision: str = "accept", person: str = OFFICER) -> dict[str, Any]:
        opinion = {"person_id": person, "decision": decision, "opinion": "程序合规"}
        return determine_forecast(self.deps, self.system, forecast_id, opinion)

    def reopen(
        self, forecast_id: str, approved_by: str = MARKET_MANAGER, reason: str = "补报漏录客户"
    ) -> dict[str, Any]:
        approval = {"approved_by": approved_by, "reason": reason}
        return reopen_forecast(self.deps, self.system, forecast_id, approval)

    def supply_determined(self, manager: str = LI) -> str:
        """Bring the first stage of a manager behind us: submitted on the 5th, determined on the 9th."""
        self.on(11, 5)
        forecast = self.submit(self.supply(manager)).forecast
        self.on(11, 9)
        self.determine(forecast)
        return forecast

    # --- everything else ----------------------------------------------------------------------------------------

    def event(self, name: str, stage: str | None = None, cycle: str = "2026-11") -> dict[str, Any]:
        body = {"event": name, **({"stage": stage} if stage else {})}
        reply = record_cycle_event(self.deps, self.system, cycle, body, self.key_of(body))
        answer: dict[str, Any] = json.loads(reply.body)
        return answer

    def close_window(self, stage: str) -> Said:
        (evaluation,) = self.event("on_window_close", stage)["evaluations"]
        return Said(201, evaluation)

    def extend(self, stage: str, **papers: Any) -> Said:
        body = {
            "stage": stage,
            "reason": "系统升级",
            "requested_by": MARKET_MANAGER,
            "approved_by": LEADER,
            "countersigned_by": OFFICER,
            "filing_no": "NG-BA-202611-001",
            **papers,
        }
        return said(extend_window(self.deps, self.system, "2026-11", body, self.key_of(body)))

    def receive(self, batch: Mapping[str, Any], key: str | None = None) -> Said:
        return said(receive_pos_batch(self.deps, self.system, batch, self.key_of(batch, key)))

    def evaluation(self, evaluation_id: str) -> dict[str, Any]:
        return read_evaluation(self.deps, self.system, evaluation_id)

    def forecast(self, forecast_id: str) -> dict[str, Any]:
        return read_forecast_state(self.deps, self.system, forecast_id)

    def account(self, login: str, person: str | None, password: str, *, administrator: bool = False) -> None:
        create_account(self.deps, OPERATOR, login, password, person, administrator=administrator)

    def key_of(self, body: Mapping[str, Any], key: str | None = None) -> RequestKey:
        """A key of its own for every request, unless one is named."""
        return RequestKey(key or f"key-{next(self._keys)}", sha256_hex(canonical_bytes(body)))

    # --- looking into the store ---------------------------------------------------------------------------------

    def log(self) -> list[Event]:
        with self.deps.store.read() as uow:
            return [parse_event(entry.leaf_data) for entry in uow.log.entries(0)]

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.connection() as connection:
            return {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in metadata.sorted_tables
            }

    @contextmanager
    def connection(self):
        """The database behind the program's back, as its owner has it."""
        with self.deps.store._engines.get().writing.connect() as connection, connection.begin():
            yield connection

    def tamper(self, statement: str, **values: Any) -> None:
        """Do what the owner of a database can: take the triggers off, change a row, put them back as they were."""
        with self.connection() as connection:
            dialect = connection.dialect.name
            if dialect == "sqlite":
                kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
                off = [f"DROP TRIGGER {name}" for name, _ in kept]
                on = [written for _, written in kept]
            else:
                tables = [(table, [[column.name for column in table.primary_key]]) for table in append_only_tables()]
                off = [f"DROP TRIGGER {name} ON {table.name}" for table, _ in tables
                       for name in trigger_names(dialect, table.name)]  # fmt: skip
                on = [written for table, keys in tables for written in refuse_changes(dialect, table.name, keys)]
            for each in off:
                connection.execute(text(each))
            changed = connection.execute(text(statement), values).rowcount
            assert changed > 0, statement
            for each in on:
                connection.connection.execute(each) if dialect == "sqlite" else connection.execute(text(each))

    def with_other(self, **parts: Any) -> "Office":
        """The same office with some of its parts exchanged."""
        return Office(replace(self.deps, **parts), self.clock)


def _order_line(licence_no: str, sku: str) -> dict[str, Any]:
    place = CUSTOMERS.index(licence_no) % 3
    line: dict[str, Any] = {
        "licence_no": licence_no,
        "sku": sku,
        "channel": ("visit", "self_report", "model")[place],
        "unit": "条",
        "collected_quantity": None if licence_no == FORECAST_BY_MODEL else USUAL,
        "final_quantity": USUAL,
        "basis": {"mean_3m_cartons": USUAL},
    }
    source = {VISITED: {"ledger": LEDGER["ledger_id"]}, FORECAST_BY_MODEL: {"model_run": MODEL_RUN["run_id"]}}
    return {**line, "source": source[licence_no]} if licence_no in source else line


def with_totals(payload: dict[str, Any]) -> dict[str, Any]:
    """Make the totals agree with the lines (all of them whole cartons)."""
    cartons = sum(int(line["final_quantity"] or 0) for line in payload["lines"])
    payload["totals"] = {"cartons": cartons, "amount_cny": f"{PRICE * cartons}.00"}
    return payload


def changed_line(payload: Mapping[str, Any], place: int, **changes: Any) -> dict[str, Any]:
    """A copy of a forecast with one line changed and the totals made right again."""
    other = copy.deepcopy(dict(payload))
    other["lines"][place].update(changes)
    return with_totals(other)
