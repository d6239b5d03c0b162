"""Settings that could lose an acknowledged record are refused, at every connection and in every transaction."""

import sqlite3
import threading

import psycopg
import pytest
from sqlalchemy import event as hooks
from sqlalchemy import text

from app.store.database import open_store
from app.store.durability import guard_sqlite
from app.store.engines import make_engines, read_url
from app.store.errors import ReadOnlyUnit, StoreUnavailable, WeakDurability


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "place", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:h?mode=memory&cache=shared&uri=true"]
)
def test_a_database_in_memory_is_refused(place, tmp_path, dialect):
    with pytest.raises(WeakDurability) as refused:
        open_store(place, tmp_path / "files")
    assert "journal_mode" in refused.value.detail.en
    assert "journal_mode" in refused.value.detail.zh


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreUnavailable) as told:
        open_store(f"sqlite:///{tmp_path}/missing/henji.db", tmp_path / "files")
    assert "unable to open database file" in told.value.detail.en


def test_another_kind_of_database_is_refused(tmp_path):
    with pytest.raises(ValueError, match="neither sqlite nor postgresql"):
        open_store("mysql://somewhere/henji", tmp_path / "files")


@pytest.mark.parametrize("driver", ["sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"])
def test_the_driver_is_ours_however_the_url_is_written(driver):
    assert read_url(f"{driver}:///somewhere").drivername in {"sqlite+pysqlite", "postgresql+psycopg"}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("weakness", "named"),
    [
        ("PRAGMA synchronous = NORMAL", "synchronous"),
        ("PRAGMA synchronous = OFF", "synchronous"),
        ("PRAGMA foreign_keys = OFF", "foreign_keys"),
    ],
)
def test_a_sqlite_connection_weakened_after_it_was_made_may_not_write(store, weakness, named):
    @hooks.listens_for(store._engines.get().writing, "connect")
    def weaken(connection, _record):
        connection.execute(weakness)

    with pytest.raises(WeakDurability) as refused, store.write() as uow:
        uow.numbers.next("forecast", "202611")
    assert named in refused.value.detail.en


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_sqlite_file_that_left_wal_mode_may_not_be_written(store, url):
    with store.read():
        pass
    store.close()

    @hooks.listens_for(store._engines.get().writing, "connect")
    def weaken(connection, _record):
        connection.execute("PRAGMA journal_mode = DELETE")

    with pytest.raises(WeakDurability), store.write():
        pass


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_file_in_rollback_mode_is_put_into_wal_mode(empty_url, tmp_path):
    path = empty_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE something (a)")
    assert sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone() == ("delete",)
    open_store(empty_url, tmp_path / "files")
    assert sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("reading", [True, False])
def test_every_sqlite_connection_is_full_and_keeps_foreign_keys(empty_url, reading):
    engines = make_engines(read_url(empty_url), pooled=False)
    engine = engines.reading if reading else engines.writing
    for _ in range(3):
        with engine.connect() as connection:
            values = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("synchronous", "foreign_keys", "recursive_triggers", "journal_mode", "query_only")
            ]
            assert values == [2, 1, 1, "wal", int(reading)]
    assert guard_sqlite is not None


@pytest.fixture
def altered(postgresql):
    """Change settings of the whole server, and put them back afterwards."""
    changed = []

    def alter(setting, value):
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET {setting} = {value}")
            connection.execute("SELECT pg_reload_conf()")
        changed.append(setting)
        _wait_for(postgresql, setting, value)

    yield alter
    with psycopg.connect(postgresql, autocommit=True) as connection:
        for setting in changed:
            connection.execute(f"ALTER SYSTEM RESET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    for setting in changed:
        _wait_for(postgresql, setting, "on")


def _wait_for(url, setting, value):
    import time

    for _ in range(200):
        with psycopg.connect(url) as connection:
            if connection.execute(f"SHOW {setting}").fetchone() == (value,):
                return
        time.sleep(0.02)
    raise AssertionError(f"{setting} did not become {value}")


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("synchronous_commit", "off"),
        ("synchronous_commit", "local"),
        ("synchronous_commit", "remote_write"),
    ],
)
def test_a_weak_postgresql_server_is_refused(url, tmp_path, altered, setting, value):
    store = open_store(url, tmp_path / "files")
    with store.write():
        pass
    altered(setting, value)
    with pytest.raises(WeakDurability) as refused:
        open_store(url, tmp_path / "files")
    assert f"{setting} is {value}" in refused.value.detail.en
    assert f"{setting} = {value}" in refused.value.detail.zh
    # The connection that is open already notices as well.
    with pytest.raises(WeakDurability), store.write():
        pass
    store.close()


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_weak_postgresql_role_database_or_url_is_refused(url, tmp_path):
    with pytest.raises(WeakDurability):
        open_store(f"{url}&options=-c%20synchronous_commit%3Doff", tmp_path / "files")
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with pytest.raises(WeakDurability):
        open_store(url, tmp_path / "files")


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_postgresql_session_weakened_by_hand_may_not_write(store):
    with store.write() as uow:
        uow._connection.execute(text("SET SESSION synchronous_commit = off"))
    with pytest.raises(WeakDurability) as refused, store.write() as uow:
        uow.numbers.next("forecast", "202611")
    assert "synchronous_commit" in refused.value.detail.en


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_writer_holds_the_database_itself_before_it_reads_anything(store, url):
    """The turn among our own processes is courtesy: a stranger must be kept out as well."""
    stranger = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=0)
    with store.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        stranger.execute("BEGIN IMMEDIATE")
    stranger.execute("BEGIN IMMEDIATE")
    stranger.close()


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_second_writer_waits_before_it_reads_anything(store, url, tmp_path):
    other = open_store(url, tmp_path / "files")
    order, begun = [], threading.Event()

    def late():
        begun.set()
        with other.write() as uow:
            order.append(uow.numbers.next("thing", "202611"))

    with store.write() as uow:
        thread = threading.Thread(target=late)
        thread.start()
        begun.wait()
        thread.join(0.1)
        order.append(uow.numbers.next("thing", "202611"))
    thread.join()
    other.close()
    assert order == [1, 2]


def test_reading_cannot_write(store):
    with pytest.raises(ReadOnlyUnit), store.read() as uow:
        uow.numbers.next("forecast", "202611")
    with store.write() as uow:
        assert uow.numbers.next("forecast", "202611") == 1


def test_a_reader_sees_one_state_while_others_write(store, event):
    with store.write() as uow:
        uow.log.append(event(0))
    with store.read() as reader:
        assert reader.log.size() == 1
        with store.write() as uow:
            uow.log.append(event(1))
        assert [entry.index for entry in reader.log.entries()] == [0]
    with store.read() as reader:
        assert reader.log.size() == 2
