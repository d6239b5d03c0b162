"""Say who is working on a key right now. A crash lets go of it: the system or the server holds the lock."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, text


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8")).digest()


@contextmanager
def held_by_file(folder: Path, key: str) -> Iterator[bool]:
    """Yield whether this caller alone holds ``key``, among all threads and processes that use ``folder``."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / _digest(key).hex()
    descriptor = _locked(path)
    if descriptor is None:
        yield False
        return
    try:
        yield True
    finally:
        # Removed while still locked, so that nobody can lock a file that is about to go.
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """Return a descriptor that holds the lock on ``path``; None when another one does."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        # Between open and flock the holder may have removed the file: then ours is a lock on nothing.
        with suppress(FileNotFoundError):
            if os.path.samestat(path.stat(), os.fstat(descriptor)):
                return descriptor
        os.close(descriptor)


@contextmanager
def held_by_server(engine: Engine, key: str) -> Iterator[bool]:
    """Yield whether this caller alone holds ``key``, among all connections to the PostgreSQL database.

    The lock lives on a connection of its own (``engine`` gives one in AUTOCOMMIT), for as long as the caller works.
    """
    number = int.from_bytes(_digest(key)[:8], "big", signed=True)
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}):
            yield False
            return
        try:
            yield True
        finally:
            released = connection.scalar(text("SELECT pg_advisory_unlock(:number)"), {"number": number})
            if not released:  # pragma: no cover  # the server lost it with the session
                connection.invalidate()
