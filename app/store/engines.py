"""The connections of one process. A forked worker makes its own: it shares no socket and no file lock."""

import os
import threading
import weakref
from dataclasses import dataclass

from sqlalchemy import URL, Engine, NullPool, create_engine, make_url

from app.store.durability import BUSY_SECONDS, guard_postgresql, guard_sqlite

_POOL = {"pool_size": 8, "max_overflow": 56, "pool_timeout": BUSY_SECONDS}
"""As many as a gthread worker has threads; more are made and closed again."""


def read_url(text: str) -> URL:
    """Return ``text`` as a URL of one of the two databases, with the driver named.

    Raises:
        ValueError: it is the URL of something else.
    """
    url = make_url(text)
    backend = {"postgres": "postgresql"}.get(url.get_backend_name(), url.get_backend_name())
    if backend == "sqlite":
        return url.set(drivername="sqlite+pysqlite")
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    raise ValueError(f"{url.drivername} is neither sqlite nor postgresql")


@dataclass(frozen=True, slots=True)
class Engines:
    """How one process reaches the database."""

    writing: Engine
    reading: Engine
    """Its connections refuse to write."""
    locking: Engine
    """PostgreSQL: connections that only carry advisory locks. SQLite: not used."""

    def close(self) -> None:
        """Close every idle connection."""
        for engine in (self.writing, self.reading, self.locking):
            engine.dispose()


def make_engines(url: URL, *, pooled: bool = True) -> Engines:
    """Return engines for ``url``; nothing is connected yet."""
    options = _POOL if pooled else {"poolclass": NullPool}
    if url.get_backend_name() == "sqlite":
        arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        writing = create_engine(url, connect_args=arguments, **options)
        reading = create_engine(url, connect_args=arguments, **options)
        guard_sqlite(writing, reading=False)
        guard_sqlite(reading, reading=True)
        return Engines(writing, reading, reading)
    writing = create_engine(url, pool_pre_ping=True, **options)
    guard_postgresql(writing)
    reading = writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    locking = create_engine(url, pool_pre_ping=True, isolation_level="AUTOCOMMIT", **options)
    return Engines(writing, reading, locking)


class EnginesOfProcess:
    """Gives each process its own engines, whichever forked from which."""

    def __init__(self, url: URL) -> None:
        """Serve ``url``."""
        self._url = url
        self._lock = threading.Lock()
        self._engines: Engines | None = None
        # Weak, as a hook cannot be taken back.
        forget = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: (method := forget()) and method())

    def _forget(self) -> None:
        # The lock may have been held by a thread that does not exist here. The parent's connections are left alone.
        self._lock = threading.Lock()
        if self._engines is not None:
            for engine in (self._engines.writing, self._engines.reading, self._engines.locking):
                engine.dispose(close=False)
        self._engines = None

    def get(self) -> Engines:
        """Return the engines of this process."""
        with self._lock:
            if self._engines is None:
                self._engines = make_engines(self._url)
            return self._engines

    def close(self) -> None:
        """Close what is idle; the next use opens again."""
        with self._lock:
            if self._engines is not None:
                self._engines.close()
            self._engines = None
