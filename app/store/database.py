"""Open the store and begin transactions. Nothing above this file knows which database it is."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, text

from app.store import migration
from app.store.check import check_store, unreadable
from app.store.durability import BUSY_SECONDS, POSTGRESQL_SETTINGS_SQL, recheck_sqlite, refuse_weak_postgresql
from app.store.engines import EnginesOfProcess, make_engines, read_url
from app.store.errors import StoreDamaged, house_errors, unavailable
from app.store.in_flight import held_by_file, held_by_server
from app.store.migration import SchemaState
from app.store.turn import WriterTurn
from app.store.unit_of_work import UnitOfWork
from app.store.values import StoreCheck

_WRITER_LOCK = (0x48454E4A, 1)
"""The advisory lock of whoever writes on PostgreSQL: "HENJ", 1. Locks of one number are another space."""


class Store:
    """The durable store of one installation. Safe to share between threads, and to carry over a fork."""

    def __init__(self, url: str, files: Path) -> None:
        """Use the database at ``url`` and keep large content under ``files``. Call ``open_store`` instead."""
        self.files = files
        self._url = read_url(url)
        self._engines = EnginesOfProcess(self._url)
        self._turn = WriterTurn(files / "writer.lock", BUSY_SECONDS) if self.is_sqlite else None
        self._mine = threading.local()
        self._fits = False

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Begin the transaction of the one writer; commit on a clean exit, roll back on an exception.

        After a clean exit everything is on disk. Keep it short: nobody else writes meanwhile.

        Raises:
            WeakDurability: the connection was weakened meanwhile.
            SchemaOutdated, SchemaNewer: the tables are not those of this program.
            StoreUnavailable: the database does not answer, is full or too busy. Nothing was written, except when the
                connection broke during the commit: a retry with the same idempotency key finds out.
            AlreadyRecorded, RecordLocked, BrokenReference: what the database refuses.
        """
        self.require_current_schema()
        with self._writing() as connection:
            yield UnitOfWork(connection, self.files)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Give one consistent state to read; writing in it is refused by the database.

        Raises:
            SchemaOutdated, SchemaNewer: the tables are not those of this program.
            StoreUnavailable: the database does not answer.
        """
        self.require_current_schema()
        with self._reading() as connection:
            yield UnitOfWork(connection, self.files)

    def in_flight(self, key: str) -> AbstractContextManager[bool]:
        """Say whether the caller alone works on ``key`` now, among all threads, processes and machines."""
        if self.is_sqlite:
            return held_by_file(self.files / "in-flight", key)
        return self._in_flight_on_server(key)

    @contextmanager
    def _in_flight_on_server(self, key: str) -> Iterator[bool]:
        with house_errors(), held_by_server(self._engines.get().locking, key) as mine:
            yield mine

    def schema_state(self) -> SchemaState:
        """Return how the tables stand to this program."""
        with self._reading() as connection:
            return migration.schema_state(connection)

    def upgrade(self) -> None:
        """Bring the tables up to this program in one transaction; nothing happens when they are.

        Raises:
            SchemaNewer: the database was made by a newer program.
        """
        with self._writing() as connection:
            migration.upgrade(connection)

    def check(self) -> StoreCheck:
        """Read everything once and return what is wrong: the database itself, the log, the content, the triggers."""
        try:
            self.require_current_schema()
            with self._reading() as connection:
                return check_store(connection, UnitOfWork(connection, self.files))
        except StoreDamaged as error:
            return unreadable((error.detail,))

    def close(self) -> None:
        """Close the connections of this process; the next use opens them again."""
        self._engines.close()

    def require_current_schema(self) -> None:
        """Do nothing when the tables fit this program.

        Raises:
            SchemaOutdated: they are older, or there are none.
            SchemaNewer: they are newer.
        """
        if self._fits:
            return
        with self._reading() as connection:
            migration.require_current(connection)
        self._fits = True

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with house_errors(), self._engines.get().reading.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if getattr(self._mine, "writes", False):
            raise RuntimeError("this thread is writing already; pass the unit of work instead")
        self._mine.writes = True
        try:
            with house_errors(), self._turn.taken() if self._turn else nullcontext(), self._begun() as connection:
                yield connection
        finally:
            self._mine.writes = False

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self._engines.get().writing.connect() as connection:
            if self.is_sqlite:
                recheck_sqlite(connection)
            with connection.begin():
                if not self.is_sqlite:
                    _lock_writers(connection)
                yield connection


def _lock_writers(connection: Connection) -> None:
    """Wait for the turn to write, and look at the settings in the same round trip."""
    space, number = _WRITER_LOCK
    row = connection.execute(text(f"SELECT pg_advisory_xact_lock({space}, {number}), {POSTGRESQL_SETTINGS_SQL}")).one()
    refuse_weak_postgresql(tuple(row)[1:])


def open_store(url: str, files: Path) -> Store:
    """Return the store at ``url`` (``sqlite:///path`` or ``postgresql://...``), after asking whether it is durable.

    No table is made; ``files`` is, when missing. The connection made here is closed again, so that a server may fork.

    Raises:
        WeakDurability: a setting would lose acknowledged records; the error names it and what to do.
        StoreUnavailable: there is no database there.
        ValueError: ``url`` is of neither database.
    """
    try:
        files.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unavailable(error) from error
    probe = make_engines(read_url(url), pooled=False)
    with house_errors(), probe.writing.connect():
        pass
    return Store(url, files.resolve())
