"""Play the month of the demo office through the same actions as real work, hour by hour."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.actions.deps import Deps
from app.actions.determine_forecast import determine_forecast
from app.actions.extend_window import extend_window
from app.actions.import_office import import_office
from app.actions.receive_pos_batch import receive_pos_batch
from app.actions.record_cycle_event import record_cycle_event
from app.actions.reopen_forecast import reopen_forecast
from app.actions.reply import Reply, RequestKey
from app.actions.submit_forecast import submit_forecast
from app.core.actor import Actor, ActorKind
from app.core.canonical import canonical_bytes, sha256_hex
from app.core.clock import OFFICE_ZONE, SteppedClock
from app.core.errors import Integrity
from app.core.text import Bilingual
from app.demo import faults
from app.demo.accounts import create_sign_ins
from app.demo.change_data import PROFILES, licences, sanctions, standards
from app.demo.change_month import ChangeMonth
from app.demo.county import CYCLE, County, make_county
from app.demo.faults import NOTHING, Expected, Planted
from app.demo.forecasts import Month, Payload, make_month, prices_of
from app.demo.history import Deliveries, make_deliveries, twins_of
from app.office.permission import SCOPES

_CYCLE = str(CYCLE)


@dataclass(frozen=True, slots=True)
class Played:
    """One evaluation of the month: what was expected to speak, and what did."""

    evaluation_id: str
    subject: str
    title: Bilingual
    expected: Expected
    found: Expected

    @property
    def right(self) -> bool:
        """Whether exactly the expected rules spoke, each with the expected outcome."""
        return dict(self.expected) == dict(self.found)


def _at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OFFICE_ZONE)


@dataclass
class Player:
    """Plays one month; ``tick`` is told after every step."""

    deps: Deps
    clock: SteppedClock
    seed: int
    tick: Callable[[str], None]
    played: list[Played] = field(default_factory=list)
    forecast_ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the county, its history and its honest month."""
        self.county: County = make_county(self.seed)
        self.deliveries: Deliveries = make_deliveries(self.county, self.seed)
        self.month: Month = make_month(self.county, self.deliveries, self.seed)
        self.prices = prices_of(self.county)
        self.changes = ChangeMonth(self.deps, self.clock, self.county, self._keep, self._import, self._event)
        scopes = frozenset().union(*SCOPES.values())
        self.system = Actor(ActorKind.CLIENT, "demo-forecasting", "demo-forecasting", scopes, None)

    def play(self) -> list[Played]:
        """Play everything in order and return what was judged."""
        self._load()
        # The forecasts of the month know the format that is in effect by then.
        changed = self.changes.october()
        for forecast in self.month.order.values():
            for line in forecast["lines"]:
                if line["licence_no"] in changed and line.get("segment"):
                    line["segment"] = changed[line["licence_no"]]
        self._load_history()
        self._open_cycle()
        self._supply()
        self._collect()
        self._order()
        self.changes.november()
        self._close()
        return self.played

    # --- steps -------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        self.clock.set(_at(10, 8))
        county = self.county
        for collection, items in (
            ("people", county.people),
            ("territories", county.territories),
            ("code-lists", county.code_lists),
            ("calendar", county.calendar),
            ("manufacturers", county.manufacturers),
            ("brands", county.brands),
            ("products", county.products),
            ("customers", county.customers),
            ("licences", licences(county)),
            ("segment-profiles", PROFILES),
            ("allocation-standards", standards(county)),
            ("sanctions", tuple(sanctions(county))),
        ):
            self._import(collection, items)
        create_sign_ins(self.deps, county.staff)

    def _load_history(self) -> None:
        self.clock.set(_at(10, 30))
        for month in self.deliveries.months:
            self._import("actuals", self.deliveries.actuals(month))

    def _open_cycle(self) -> None:
        staff = self.county.staff
        named = {
            "cycle": _CYCLE,
            "target_month": str(CYCLE.plus(1)),
            "market_manager": staff.market_manager,
            "marketing_leader": staff.marketing_leader,
        }
        self.clock.set(_at(11, 1, 8, 30))
        self._import("cycles", [named])
        title = Bilingual("周期未明确内管人员就启动", "Cycle opened without a supervision officer")
        self._event("on_cycle_open", None, title, {"WIN-12": "block"})
        self.clock.set(_at(11, 1, 8, 50))
        self._import("cycles", [{**named, "supervision_officer": staff.officers[0]}])
        self._event("on_cycle_open", None, Bilingual("周期启动", "Cycle opened"))

    def _supply(self) -> None:
        managers, supply = self.county.staff.account_managers, self.month.supply
        plain = Bilingual("货源预测", "Supply forecast")
        planted: Mapping[str, Planted] = {
            managers[2]: faults.skipped_skus(supply[managers[2]]),
            managers[3]: faults.wrong_total(supply[managers[3]]),
            managers[4]: faults.wrong_target(supply[managers[4]]),
            managers[5]: faults.half_carton(supply[managers[5]]),
        }
        late = managers[1]
        for place, manager in enumerate(managers):
            if manager != late:
                self.clock.set(_at(11, 3 + place // 3, 9 + place % 3, 15))
                self._submit(planted.get(manager) or Planted(supply[manager], plain, NOTHING))
        for place, manager in enumerate(planted):
            self.clock.set(_at(11, 8, 9, 10 + place))
            self._correct(supply[manager], "按规则提示更正")
        self.clock.set(_at(11, 9, 0, 5))
        title = Bilingual("货源预测窗口结束时1名客户经理未提交", "One account manager missing at the close")
        self._event("on_window_close", "supply", title, {"WIN-07": "flag"})
        self.clock.set(_at(11, 9, 10, 12))
        title = Bilingual("货源预测迟1天提交", "Supply forecast one day late")
        self._submit(Planted(supply[late], title, {"WIN-01": "flag"}))
        self.clock.set(_at(11, 9, 11))
        self._late_extension()
        for place, manager in enumerate(managers):
            if manager != managers[2]:
                self.clock.set(_at(11, 11, 9, place))
                self._determine(manager)

    def _late_extension(self) -> None:
        staff = self.county.staff
        papers = {
            "stage": "supply",
            "new_end": "2026-11-10",
            "reason": "系统升级",
            "requested_by": staff.market_manager,
            "approved_by": staff.marketing_leader,
            "countersigned_by": staff.officers[0],
            "filing_no": "NG-BA-202611-001",
            "filed_at": _at(11, 9, 10, 55).isoformat(),
        }
        reply = extend_window(self.deps, self.system, _CYCLE, papers, self._key(papers))
        self._note(reply, Bilingual("窗口结束后才补办延期", "Extension filed after the window"), {"WIN-11": "block"})

    def _collect(self) -> None:
        self.clock.set(_at(11, 14, 17))
        self._import("ledger-entries", self.month.ledgers)
        self._import("model-runs", [self.month.model_run])
        self.clock.set(_at(11, 15, 0, 10))
        self._event("on_stage_open", "order", Bilingual("客户订单预测启动", "Order stage opened"))
        for place, batch in enumerate(self.month.pos_batches):
            self.clock.set(_at(11, 15, 7, place))
            if place == 4:  # noqa: PLR2004  # the fifth territory's line breaks down
                broken = {**batch, "lines": batch["lines"][:-4]}
                title = Bilingual("终端批次少收4行", "Four lines of a terminal batch lost")
                self._batch(broken, title, {"ENT-10": "block"})
            self._batch(batch, Bilingual("终端批次", "Terminal batch"), NOTHING)

    def _order(self) -> None:
        managers, order = self.county.staff.account_managers, self.month.order
        twins = frozenset(customer["licence_no"] for customer in twins_of(self.county))
        # Stage 1 of the third manager is not determined yet.
        self.clock.set(_at(11, 15, 9))
        title = Bilingual("第一环节未审核确定就报第二环节", "Stage 2 before stage 1 was determined")
        self._submit(Planted(order[managers[2]], title, {"WIN-05": "block"}))
        self.clock.set(_at(11, 16, 8, 40))
        self._determine(managers[2])
        stopped = order[managers[10]]["lines"][0]["licence_no"]
        self._import("customers", [self._stopped(stopped)])
        planted = {
            managers[0]: faults.differs_from_ledger(order[managers[0]]),
            managers[1]: faults.foreign_customers(order[managers[1]], order[managers[2]], self.prices),
            managers[4]: faults.no_quantity(order[managers[4]], self.deliveries),
            managers[5]: faults.omitted(order[managers[5]], self.deliveries, self.prices),
            managers[6]: faults.extra_zero(order[managers[6]], self.deliveries, self.prices),
            managers[7]: faults.unknown_licence(order[managers[7]], self.deliveries),
            managers[8]: faults.duplicate(order[managers[8]], self.prices),
            managers[9]: faults.other_segment(order[managers[9]]),
            managers[10]: faults.stopped_customer(order[managers[10]]),
            managers[11]: faults.identical(order[managers[11]], twins, self.deliveries, self.prices),
        }
        plain = Bilingual("客户订单预测", "Customer-order forecast")
        for place, manager in enumerate(managers):
            if manager != managers[2]:
                self.clock.set(_at(11, 16 + place // 4, 9 + place % 4, 20))
                self._submit(planted.get(manager) or Planted(order[manager], plain, NOTHING))
        self.clock.set(_at(11, 19, 9))
        unexplained = faults.corrected(order[managers[6]], self.forecast_ids[(managers[6], "order")], "")
        title = Bilingual("更正没有写原因", "A correction without a reason")
        self._submit(Planted(unexplained, title, {"WIN-10": "block"}))
        for place in (1, 2, 4, 6, 7, 8, 9):
            self.clock.set(_at(11, 20, 9, place))
            self._correct(order[managers[place]], "按规则提示更正")
        self.clock.set(_at(11, 23, 0, 5))
        title = Bilingual("订单预测窗口结束时缺1人、漏一个片区", "One manager and one territory missing at the close")
        self._event("on_window_close", "order", title, {"WIN-07": "flag", "WIN-08": "block"})
        self._late_correction(managers[10], stopped)

    def _late_correction(self, manager: str, stopped: str) -> None:
        forecast_id = self.forecast_ids[(manager, "order")]
        self.clock.set(_at(11, 23, 15))
        approval = {"approved_by": self.county.staff.market_manager, "reason": "客户停供，剔除后重报"}
        reopen_forecast(self.deps, self.system, forecast_id, approval)
        self.clock.set(_at(11, 24, 10))
        honest = faults.without_customer(self.month.order[manager], stopped, self.prices)
        payload = faults.corrected(honest, forecast_id, "剔除暂停供货客户")
        title = Bilingual("经批准重开，迟2天重报", "Reopened with approval, two days late")
        self._submit(Planted(payload, title, {"WIN-02": "flag"}))

    def _close(self) -> None:
        self.clock.set(_at(12, 3, 9))
        staff = self.county.staff
        self._import(
            "cycles",
            [
                {
                    "cycle": _CYCLE,
                    "target_month": str(CYCLE.plus(1)),
                    "market_manager": staff.market_manager,
                    "marketing_leader": staff.marketing_leader,
                    "supervision_officer": staff.officers[0],
                    "windows": {"summary": {"dates": ["2026-12-02"]}},
                }
            ],
        )
        self.clock.set(_at(12, 4, 16))
        title = Bilingual("预测总结会开在12月2日", "Summary meeting held on 2 December")
        self._event("on_close", None, title, {"WIN-03": "flag"})

    # --- doing one thing ---------------------------------------------------------------------------------------

    def _import(self, collection: str, items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        body = import_office(self.deps, self.system, collection, items)
        if body["rejected"]:
            bad = next(result for result in body["results"] if result["status"] == "rejected")
            raise Integrity(Bilingual(f"演示数据被拒绝：{bad}", f"The demo's own data was rejected: {bad}"))
        self.tick(f"{collection} {body['received']}")
        return body

    def _submit(self, planted: Planted) -> None:
        payload = planted.payload
        reply = submit_forecast(self.deps, self.system, payload, self._key(payload))
        body = self._note(reply, planted.title, planted.expected)
        self.forecast_ids[(payload["account_manager"], payload["stage"])] = body["subject"]["id"]

    def _correct(self, honest: Payload, reason: str) -> None:
        forecast_id = self.forecast_ids[(honest["account_manager"], honest["stage"])]
        payload = faults.corrected(honest, forecast_id, reason)
        self._submit(Planted(payload, Bilingual("更正后的版本", "Corrected version"), NOTHING))

    def _determine(self, manager: str) -> None:
        forecast_id = self.forecast_ids[(manager, "supply")]
        opinion = {"person_id": self.county.staff.officers[0], "decision": "accept", "opinion": "程序合规，同意确定"}
        determine_forecast(self.deps, self.system, forecast_id, opinion)

    def _batch(self, batch: Payload, title: Bilingual, expected: Expected) -> None:
        self._note(receive_pos_batch(self.deps, self.system, batch, self._key(batch)), title, expected)

    def _event(self, event: str, stage: str | None, title: Bilingual, expected: Expected = NOTHING) -> None:
        body = {"event": event, **({"stage": stage} if stage else {})}
        key = self._key({**body, "at": str(self.clock.now())})
        reply = record_cycle_event(self.deps, self.system, _CYCLE, body, key)
        for evaluation in json.loads(reply.body)["evaluations"]:
            self._keep(evaluation, title, expected)

    def _note(self, reply: Reply, title: Bilingual, expected: Expected) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(reply.body)
        self._keep(body, title, expected)
        return body

    def _keep(self, evaluation: Mapping[str, Any], title: Bilingual, expected: Expected) -> None:
        found = {finding["rule"]: finding["outcome"] for finding in evaluation["findings"]}
        subject = evaluation["subject"]
        name = f"{subject['kind']} {subject['id']} v{subject['version']}"
        self.played.append(Played(evaluation["evaluation"], name, title, dict(expected), found))
        self.tick(name)

    def _stopped(self, licence_no: str) -> Mapping[str, Any]:
        customer = next(c for c in self.county.customers if c["licence_no"] == licence_no)
        return {**customer, "business_status": "暂停供货", "valid_from": "2026-11-16"}

    @staticmethod
    def _key(body: Mapping[str, Any]) -> RequestKey:
        digest = sha256_hex(canonical_bytes(body))
        return RequestKey(f"demo-{digest}", digest)
