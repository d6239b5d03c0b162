"""The steps make exactly the tables of the program, once, and a wrong schema is refused."""

import shutil
import sqlite3
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from app.store import change_tables, migration, office_tables, tables
from app.store.database import open_store
from app.store.errors import SchemaNewer, SchemaOutdated
from app.store.migration import SchemaState
from app.store.schema import metadata

assert tables
assert office_tables
assert change_tables


@pytest.fixture
def empty(empty_url, tmp_path):
    """A store without tables."""
    store = open_store(empty_url, tmp_path / "files")
    yield store
    store.close()


def test_the_steps_make_exactly_the_tables_of_the_program(empty):
    empty.upgrade()
    with empty._reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_opening_makes_no_table(empty):
    assert empty.schema_state() is SchemaState.OUTDATED
    with empty._reading() as connection:
        assert inspect(connection).get_table_names() == []


def test_an_empty_database_is_not_worked_on_before_its_upgrade(empty):
    for begin in (empty.read, empty.write):
        with pytest.raises(SchemaOutdated) as told, begin():
            pass
        assert "henji db upgrade" in told.value.detail.zh
    with pytest.raises(SchemaOutdated):
        empty.check()
    empty.upgrade()
    assert empty.schema_state() is SchemaState.CURRENT
    with empty.write() as uow:
        assert uow.numbers.next("a", "b") == 1


def test_a_second_upgrade_changes_nothing(empty, event):
    empty.upgrade()
    with empty.write() as uow:
        uow.log.append(event(1))
    empty.upgrade()
    with empty.read() as uow:
        assert uow.log.size() == 1
    assert empty.check().ok


def test_two_upgrades_at_once_end_as_one(empty):
    failures = []

    def work():
        try:
            empty.upgrade()
        except Exception as error:  # noqa: BLE001  # told below
            failures.append(error)

    # Alembic keeps its context in a module: within one process the second waits for the writer's turn before it.
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert empty.schema_state() is SchemaState.CURRENT


def test_a_newer_database_is_refused_and_left_as_it_is(empty, url, tmp_path):
    empty.upgrade()
    with empty._writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    empty.close()
    fresh = open_store(str(empty._url.render_as_string(hide_password=False)), tmp_path / "files")
    assert fresh.schema_state() is SchemaState.NEWER
    for refused in (fresh.upgrade, fresh.check):
        with pytest.raises(SchemaNewer) as told:
            refused()
        assert "newer" in told.value.detail.en
    with pytest.raises(SchemaNewer), fresh.read():
        pass
    with fresh._reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    fresh.close()


def test_an_upgrade_that_fails_leaves_nothing(empty, monkeypatch):
    real = migration.command.upgrade

    def fail(config, target):
        real(config, target)
        raise OSError("the power is gone")

    monkeypatch.setattr(migration.command, "upgrade", fail)
    with pytest.raises(OSError, match="power"):
        empty.upgrade()
    monkeypatch.undo()
    with empty._reading() as connection:
        assert inspect(connection).get_table_names() == []
    empty.upgrade()
    assert empty.schema_state() is SchemaState.CURRENT


def test_a_step_is_never_taken_back(sqlite_template, tmp_path):
    shutil.copy(sqlite_template, tmp_path / "henji.db")
    store = open_store(f"sqlite:///{tmp_path}/henji.db", tmp_path / "files")
    config = migration._config()
    with pytest.raises(NotImplementedError), store._writing() as connection:  # noqa: PT012  # in one transaction
        config.attributes["connection"] = connection
        migration.command.downgrade(config, "base")
    assert store.schema_state() is SchemaState.CURRENT
    with sqlite3.connect(tmp_path / "henji.db") as connection:
        assert connection.execute("SELECT count(*) FROM log_entry").fetchone() == (0,)
