"""Signed checkpoints: what the log has promised about itself."""

from datetime import datetime

from sqlalchemy import Connection, Row, select

from app.core.errors import Integrity
from app.core.text import Bilingual
from app.store.tables import checkpoint
from app.store.values import StoredCheckpoint


class CheckpointForked(Integrity):
    """A log must never sign two roots for one size. Source: C2SP tlog-checkpoint."""

    code = "checkpoint.forked"
    title = Bilingual("同一大小的日志已有另一个签署的根", "Another root was signed for a log of this size")


class CheckpointRepository:
    """Keep every checkpoint that was ever signed."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def latest(self) -> StoredCheckpoint | None:
        """Return the checkpoint of the largest size; None before the first."""
        row = self._connection.execute(select(checkpoint).order_by(checkpoint.c.size.desc()).limit(1)).first()
        return None if row is None else _value(row)

    def of_size(self, size: int) -> StoredCheckpoint | None:
        """Return the checkpoint of exactly that size; None when none was signed."""
        row = self._connection.execute(select(checkpoint).where(checkpoint.c.size == size)).first()
        return None if row is None else _value(row)

    def all(self) -> tuple[StoredCheckpoint, ...]:
        """Return every checkpoint, smallest first."""
        return tuple(_value(row) for row in self._connection.execute(select(checkpoint).order_by(checkpoint.c.size)))

    def add(self, size: int, root: bytes, note: str, at: datetime) -> None:
        """Keep a signed checkpoint; the same one again changes nothing (the first signature stays).

        Raises:
            CheckpointForked: another root was signed for this size.
        """
        earlier = self.of_size(size)
        if earlier is None:
            self._connection.execute(checkpoint.insert(), {"size": size, "root": root, "note": note, "signed_at": at})
        elif earlier.root != root:
            raise CheckpointForked


def _value(row: Row[tuple[object, ...]]) -> StoredCheckpoint:
    return StoredCheckpoint(row.size, bytes(row.root), row.note, row.signed_at)
