"""A disk that is full, read-only or damaged is told; nothing is half-written, and work goes on when it is well."""

import os
import resource
import signal

import pytest
from sqlalchemy import create_engine, text

from app.store.database import open_store
from app.store.errors import StoreDamaged, StoreUnavailable

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def test_a_folder_for_content_that_cannot_be_made_is_told(url, tmp_path):
    (tmp_path / "a file").write_text("")
    with pytest.raises(StoreUnavailable):
        open_store(url, tmp_path / "a file" / "files")


def test_a_full_disk_leaves_the_state_before(store, event, tmp_path):
    """The limit of a process on the size of its files stands for the disk."""
    with store.write() as uow:
        uow.log.append(event("before"))
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            room = (tmp_path / "henji.db-wal").stat().st_size + 20_000
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            for number in range(200):
                with store.write() as uow:
                    uow.log.append(event([number, "x" * 2000]))
        except StoreUnavailable:
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with store.read() as uow:
        size = uow.log.size()
    assert 1 <= size < 100
    assert store.check().ok
    with store.write() as uow:
        assert uow.log.append(event("after")).index == size


@pytest.mark.parametrize("where", ["middle", "schema"])
def test_a_damaged_database_file_is_told(store, event, tmp_path, url, where):
    with store.write() as uow:
        for number in range(300):
            uow.log.append(event([number, "x" * 500]))
    store.close()
    again = open_store(url, tmp_path / "files")
    path = tmp_path / "henji.db"
    with create_engine(url).connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    # The tree of a table, not its content: whole pages in the middle are noise.
    start = {"middle": len(content) // 2, "schema": 100}[where]
    content[start : start + 8192] = b"\xa5" * 8192
    path.write_bytes(content)
    for left in tmp_path.glob("henji.db-*"):
        left.unlink()
    checked = again.check()
    assert not checked.ok
    assert "damaged" in checked.problems[0].en
    again.close()


def test_something_else_is_not_taken_for_a_database(tmp_path, dialect):
    (tmp_path / "henji.db").write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(StoreDamaged):
        open_store(f"sqlite:///{tmp_path}/henji.db", tmp_path / "files")


def test_a_row_that_names_nothing_is_found_by_the_check(store, url):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO rulebook VALUES ('sha256:a', 'sha256:nothing')"))
    engine.dispose()
    assert "rulebook" in " ".join(problem.en for problem in store.check().problems)
