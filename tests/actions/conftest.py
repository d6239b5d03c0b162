"""The tiny office, fresh for every test, on SQLite and on a real PostgreSQL."""

import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from app.core.clock import OFFICE_ZONE, SteppedClock
from app.store.database import open_store
from app.store.office_cache import OfficeCache
from app.wiring import new_installation
from tests.actions.segment_change_office import change_office, office_at, road  # noqa: F401  # fixtures
from tests.actions.tiny_office import Office
from tests.store.conftest import postgresql  # noqa: F401  # the same server as the store's own tests use

AT = datetime(2026, 11, 1, 8, tzinfo=OFFICE_ZONE)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """An installation with all office data, to be copied: its deps, and the folder of its database."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    clock = SteppedClock(AT)
    deps = new_installation(home, clock)
    Office(deps, clock).deliver_everything()
    deps.store.close()
    return deps, home


@pytest.fixture(scope="session")
def furnished_postgresql(furnished, request, tmp_path_factory) -> tuple[str, str]:
    """The maintenance URL of a server, and the name of a database on it with all office data."""
    server = request.getfixturevalue("postgresql")
    name = "henji_furnished"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    deps, _ = furnished
    store = open_store(_of(server, name), tmp_path_factory.mktemp("files"))
    store.upgrade()
    clock = SteppedClock(AT)
    Office(replace(deps, store=store, clock=clock, office_cache=OfficeCache()), clock).deliver_everything()
    store.close()
    return server, name


def _of(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def office(request, furnished, tmp_path: Path) -> Iterator[Office]:
    """The office on 1 November 2026, 08:00."""
    deps, home = furnished
    if request.param == "sqlite":
        _copy(home, tmp_path)
        yield from _opened(deps, f"sqlite:///{tmp_path}/henji.db", tmp_path)
        return
    server, template = request.getfixturevalue("furnished_postgresql")
    name = f"henji_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield from _opened(deps, _of(server, name), tmp_path)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def small_office(furnished, tmp_path: Path) -> Iterator[Office]:
    """The office on SQLite only: for questions that have nothing to do with the database."""
    deps, home = furnished
    _copy(home, tmp_path)
    yield from _opened(deps, f"sqlite:///{tmp_path}/henji.db", tmp_path)


def _copy(home: Path, folder: Path) -> None:
    source, copy = sqlite3.connect(home / "henji.db"), sqlite3.connect(folder / "henji.db")
    source.backup(copy)
    source.close()
    copy.close()


def _opened(deps, url: str, folder: Path) -> Iterator[Office]:
    clock = SteppedClock(AT)
    store = open_store(url, folder / "files")
    yield Office(replace(deps, store=store, clock=clock, office_cache=OfficeCache()), clock)
    store.close()
