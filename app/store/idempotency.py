"""What each request was answered with, kept for ever: a key can never be used for something else."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from app.store.tables import idempotency
from app.store.values import KeptReply

_FIND = select(idempotency.c.body_digest, idempotency.c.status, idempotency.c.reply).where(
    idempotency.c.client_id == bindparam("client_id"), idempotency.c.idempotency_key == bindparam("key")
)
"""Asked twice for every submission: written once."""


class IdempotencyRepository:
    """Find and keep replies, per client."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def find(self, client_id: str, key: str) -> KeptReply | None:
        """Return what this client's request with this key was answered; None when the key is new."""
        row = self._connection.execute(_FIND, {"client_id": client_id, "key": key}).first()
        return None if row is None else KeptReply(row.body_digest, row.status, bytes(row.reply))

    def keep(self, client_id: str, key: str, body_digest: str, status: int, reply: bytes, at: datetime) -> None:
        """Keep the reply.

        Raises:
            AlreadyRecorded: the key has a reply (when the statement runs, or at the latest at the commit).
        """
        self._connection.execute(
            idempotency.insert(),
            {
                "client_id": client_id,
                "idempotency_key": key,
                "body_digest": body_digest,
                "status": status,
                "reply": reply,
                "kept_at": at,
            },
        )
