"""A small office with every kind of evaluation, served over a real socket to a real browser."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from app.actions.accounts import create_account
from app.actions.deps import Deps
from app.actions.import_office import import_office
from app.audit.finding import Finding, Judgement, Outcome, RowFinding, judgement_of
from app.audit.log.event import Event
from app.core.actor import command_actor
from app.core.canonical import canonical_bytes, digest_of
from app.core.clock import SteppedClock, instant
from app.core.text import Bilingual
from app.factory import create_app
from app.office.month import Month
from app.office.permission import Permission
from app.store.values import StoredEvaluation
from app.wiring import new_installation
from tests.web.change_office import build_change_office
from tests.web.people_office import PeopleOffice, copied, furnish
from tests.web.screen import Reader

RULES = Path(__file__).parents[2] / "rules"
_CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
NOW = datetime(2026, 11, 16, 1, 30, 1, 214000, tzinfo=UTC)
PASSWORD = "a quiet password"  # of nobody
OFFICER = "chenjing"
ADMINISTRATOR = "admin"
HOSTILE = "<script>alert(1)</script>\u202e张\u200b三"
ACTOR = {"kind": "client", "id": "forecast-system", "name": "预测系统"}

PEOPLE = [
    {
        "person_id": "P0001",
        "name": "陈静",
        "roles": [{"role": "supervision_officer", "unit": "示例县", "from": "2024-01-01"}],
    },
    *(
        {"person_id": number, "name": name, "roles": [{"role": "account_manager", "unit": unit, "from": "2024-01-01"}]}
        for number, name, unit in [
            ("P0012", "李晓梅", "T03"),
            ("P0013", "赵强", "T04"),
            ("P0014", HOSTILE, "T05"),
        ]
    ),
]
TERRITORIES = [
    {
        "territory_id": unit,
        "name": name,
        "county": "示例县",
        "assignments": [{"account_manager": person, "kind": "own", "from": "2024-01-01"}],
    }
    for unit, name, person in [("T03", "城东片区", "P0012"), ("T04", "城西片区", "P0013"), ("T05", "乡镇片区", "P0014")]
]
CYCLES = [{"cycle": "2026-11", "target_month": "2026-12"}, {"cycle": "2026-10", "target_month": "2026-11"}]


@dataclass(frozen=True)
class Site:
    """The pages over a small office."""

    app: Flask
    deps: Deps
    evaluations: dict[str, str]
    """Id of the evaluation with each verdict; ``many`` for the one with many lines."""


def _rows(count: int, outcome: Outcome, missing: tuple[str, ...] = ()) -> tuple[RowFinding, ...]:
    return tuple(
        RowFinding(
            outcome,
            Bilingual(f"客户4203011{n:05d}预测{170 + n}条", f"Customer 4203011{n:05d}: forecast {170 + n}"),
            {"final_cartons": 170 + n, "mean_3m_cartons": "16.7", "ratio_to_mean": "10.2"},
            {"line": n + 1, "licence_no": f"4203011{n:05d}", "sku": "42010101"},
            missing,
        )
        for n in range(count)
    )


def _findings(deps: Deps, spoken: dict[str, tuple[Outcome, Bilingual, dict[str, Any], int]]) -> Judgement:
    found = []
    for rule in deps.library.rules:
        said = spoken.get(rule.id)
        silent = Outcome.PASS if "on_submit" in rule.events else Outcome.NOT_APPLICABLE
        outcome = said[0] if said else silent
        missing = ("source_cartons",) if outcome is Outcome.NOT_EVALUABLE else ()
        found.append(
            Finding(
                rule=rule.id,
                rule_version=rule.version,
                title=rule.title,
                outcome=outcome,
                clauses=rule.clauses,
                message=said[1] if said else Bilingual("通过", "Passed"),
                measured=said[2] if said else {},
                parameters={name: str(series[-1].value) for name, series in rule.params.items()},
                rows=_rows(said[3], outcome, missing) if said else (),
                rows_total=said[3] if said else 0,
                rows_judged=100,
            )
        )
    return judgement_of(found, "durable_rules 2.0.28 + numpy twin")


SPOKEN: dict[str, dict[str, tuple[Outcome, Bilingual, dict[str, Any], int]]] = {
    "pass": {},
    "note": {
        "ENT-12": (
            Outcome.NOTE,
            Bilingual(
                "手工录入的214个数量中208个为整十。", "208 of 214 quantities entered by hand are multiples of ten."
            ),
            {"hand_entered_quantities": 214, "round_share": "0.971963", "identical_customers": 0},
            0,
        )
    },
    "flag": {
        "ENT-06": (
            Outcome.FLAG,
            Bilingual(
                "客户420301100000的42010101预测170条,为近3月均值16.7的10.2倍,疑似多写一个零。",
                "420301100000 42010101: forecast 170 is 10.2× the 3-month mean 16.7; probably a zero too many.",
            ),
            {"ratio_to_mean": "10.2", "final_cartons": 170, "mean_3m_cartons": "16.7", "excused": False},
            3,
        ),
        "ENT-09": (
            Outcome.NOT_EVALUABLE,
            Bilingual("缺少采集源记录量,无法判断,等2行。", "Cartons in the source are missing, and 1 more."),
            {"source_named": True, "source_id": HOSTILE, "collected_cartons": 20, "source_cartons": None},
            2,
        ),
        "WIN-02": (
            Outcome.FLAG,
            Bilingual("客户订单预测迟1天。", "Customer-order forecast late 1 d."),
            {"days_late": 1, "days_early": 0, "submitted_at": "2026-11-23 10:12", "window_last": "2026-11-22"},
            0,
        ),
    },
    "block": {
        "WIN-04": (
            Outcome.BLOCK,
            Bilingual("预测目标月2026-11应为2026-12(下月)。", "Target month 2026-11 must be 2026-12."),
            {"target_month": "2026-11", "expected_target_month": "2026-12", "target_month_offset_months": 0},
            0,
        )
    },
    "many": {
        rule: (
            Outcome.BLOCK,
            Bilingual(f"{rule}说明,等400行。", f"{rule} speaks, and 399 more."),
            {"times_entered": 2},
            400,
        )
        for rule in ("ENT-01", "ENT-02", "ENT-03", "ENT-04", "ENT-05", "ENT-08", "ENT-11")
    },
}


def _keep(deps: Deps, name: str, number: int, manager: tuple[str, str], cycle: Month, at: datetime) -> str:
    judgement = _findings(deps, SPOKEN[name])
    findings = judgement.as_json()
    evaluation_id = f"E-{str(cycle).replace('-', '')}-{number:06d}"
    with deps.store.write() as uow:
        rulebook = deps.library.rulebook("on_submit", cycle.first_day)
        uow.rulebooks.keep(
            rulebook.digest,
            canonical_bytes({"event": "on_submit", "day": rulebook.day.isoformat(), "files": dict(rulebook.files)}),
        )
        subject = {"kind": "order_forecast", "id": f"F-{evaluation_id[2:]}", "version": 1}
        place = uow.log.append(Event("forecast.submitted", instant(at), ACTOR, subject, {"n": number}, "00" * 16))
        uow.evaluations.add(
            StoredEvaluation(
                evaluation_id=evaluation_id,
                event="on_submit",
                subject_kind=subject["kind"],
                subject_id=subject["id"],
                subject_version=1,
                cycle=cycle,
                stage="order",
                account_manager=manager[0],
                territory_id=manager[1],
                actor=ACTOR,
                evaluated_at=at,
                verdict=judgement.verdict.value,
                counts=judgement.counts,
                findings_json=findings,
                facts_digest=uow.blobs.put(b'{"forecast":{}}'),
                payload_digest=uow.blobs.put(b'{"lines":[]}'),
                rulebook_digest=rulebook.digest,
                judgement_digest=digest_of(findings),
                log_index=place.index,
                leaf_hash=place.leaf_hash,
                simulated_clock=True,
            )
        )
    return evaluation_id


def build_deps(home: Path) -> Deps:
    """Return the wiring of a small office in ``home``, with its people, its accounts and nothing judged."""
    deps = replace(
        new_installation(home, SteppedClock(NOW)),
        office_name=Bilingual("示例县内管办", "Example County Supervision Office"),
        public_url="http://127.0.0.1",
        is_demo=True,
        secure_cookies=False,
        most_body_bytes=1024 * 1024,
    )
    root = command_actor(Permission)
    for collection, items in [("people", PEOPLE), ("territories", TERRITORIES), ("cycles", CYCLES)]:
        reply = import_office(deps, root, collection, items)
        assert reply["rejected"] == 0, reply
    create_account(deps, root, OFFICER, PASSWORD, "P0001")
    create_account(deps, root, ADMINISTRATOR, PASSWORD, None, administrator=True)
    return deps


def build_site(home: Path) -> Site:
    """Return the pages over a small office with every kind of evaluation."""
    deps = build_deps(home)
    managers = [("P0012", "T03"), ("P0013", "T04"), ("P0014", "T05")]
    for number in range(60, 0, -1):
        name = ["pass", "pass", "note", "flag"][number % 4]
        _keep(deps, name, 61 - number, managers[number % 3], Month(2026, 10), NOW - timedelta(days=30, minutes=number))
    kept = {}
    for place, name in enumerate(["pass", "note", "block", "flag", "many"]):
        at = NOW - timedelta(hours=5 - place)
        kept[name] = _keep(deps, name, place + 1, managers[place % 3], Month(2026, 11), at)
    return Site(create_app(deps), deps, kept)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages over a small office."""
    built = build_site(tmp_path_factory.mktemp("office"))
    yield built
    built.deps.store.close()


@pytest.fixture
def officer() -> str:
    """The sign-in name of a supervision officer."""
    return OFFICER


@pytest.fixture
def administrator() -> str:
    """The sign-in name of somebody who does no business act."""
    return ADMINISTRATOR


@pytest.fixture
def password() -> str:
    """The password of everybody."""
    return PASSWORD


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve ``app`` on a socket and yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def address(site: Site) -> Iterator[str]:
    """Where the pages are served."""
    with served(site.app) as place:
        yield place


@pytest.fixture(scope="session")
def change_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deps]:
    """An office in which a format can be changed, everybody with a key."""
    deps = build_change_office(tmp_path_factory.mktemp("changes"))
    yield deps
    deps.store.close()


@pytest.fixture(scope="session")
def change_app(change_office: Deps) -> Flask:
    """The pages of that office."""
    return create_app(change_office)


@pytest.fixture(scope="session")
def change_address(change_app: Flask) -> Iterator[str]:
    """Where the pages of that office are served."""
    with served(change_app) as place:
        yield place


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running browser; without one the tests are skipped, or fail where one is required."""
    if not Path(_CHROMIUM).exists():
        if os.environ.get("HENJI_REQUIRE_BROWSER") == "1":
            pytest.fail(f"HENJI_REQUIRE_BROWSER=1, but there is no Chromium at {_CHROMIUM}")
        pytest.skip(f"there is no Chromium at {_CHROMIUM}: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Reader]]:
    """Sit somebody down at a screen: before the pages of ``address``, or of ``at``."""
    readers = []

    def sit(at: str | None = None, **mode: Any) -> Reader:
        readers.append(Reader(chromium, at or request.getfixturevalue("address"), **mode))
        return readers[-1]

    yield sit
    for reader in readers:
        reader.context.close()


@pytest.fixture(scope="session")
def furnished_people(tmp_path_factory: pytest.TempPathFactory) -> tuple[Deps, Path]:
    """An office of few people, to be copied, and the folder it lies in."""
    home = tmp_path_factory.mktemp("people") / "home"
    deps = furnish(home)
    deps.store.close()
    return deps, home


@pytest.fixture
def people(furnished_people: tuple[Deps, Path], tmp_path: Path) -> Iterator[PeopleOffice]:
    """The office of few people, fresh."""
    office = copied(*furnished_people, tmp_path / "people")
    yield office
    office.deps.store.close()
