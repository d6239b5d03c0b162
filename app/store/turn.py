"""One writer at a time on SQLite, without SQLite's own way of waiting (sleep, try again, starve)."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.store.errors import unavailable


class WriterTurn:
    """The turn to write: among the threads of this process, then among the processes of this machine.

    BEGIN IMMEDIATE stays the real lock; this one only makes waiting short and fair.
    """

    def __init__(self, path: Path, patience_seconds: float) -> None:
        """Wait at ``path`` (a file, made when missing)."""
        self._path = path
        self._patience_seconds = patience_seconds
        self._threads = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn.

        Raises:
            StoreUnavailable: another thread of this process does not give it back.
        """
        if not self._threads.acquire(timeout=self._patience_seconds):
            raise unavailable("writer queue")
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # The kernel lets go of it when the process dies.
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)
        finally:
            self._threads.release()
