"""Machine clients and the hashes of their credentials."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.core.errors import NotFound
from app.core.text import Bilingual
from app.store.tables import client
from app.store.values import Client

_BY_ID = select(client).where(client.c.client_id == bindparam("wanted"))
"""Asked for every call of a machine: written once."""


class ClientRepository:
    """Add, find, list and revoke clients."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, new: Client) -> None:
        """Keep a client.

        Raises:
            AlreadyRecorded: the id or the name is taken.
        """
        columns = {name: getattr(new, name) for name in client.c.keys()}  # noqa: SIM118  # columns, not a dict
        columns["territories"] = None if new.territories is None else sorted(new.territories)
        self._connection.execute(client.insert(), columns)

    def by_id(self, client_id: str) -> Client | None:
        """Return the client, revoked or not; None when there is none."""
        row = self._connection.execute(_BY_ID, {"wanted": client_id}).first()
        return None if row is None else _value(row)

    def list(self) -> tuple[Client, ...]:
        """Return every client, by name."""
        return tuple(_value(row) for row in self._connection.execute(select(client).order_by(client.c.name)))

    def revoke(self, client_id: str, at: datetime) -> None:
        """Take away the client's access; the first time counts.

        Raises:
            NotFound: there is no such client.
        """
        known = self.by_id(client_id)
        if known is None:
            raise NotFound(Bilingual(f"没有客户端 {client_id}。", f"There is no client {client_id}."))
        if known.revoked_at is None:
            self._connection.execute(client.update().where(client.c.client_id == client_id).values(revoked_at=at))

    def replace_credential(self, client_id: str, credential_hash: str) -> None:
        """Replace the hash of the credential: the old one is worth nothing from now on."""
        mine = client.c.client_id == client_id
        self._connection.execute(client.update().where(mine).values(credential_hash=credential_hash))


def _value(row: Row[Any]) -> Client:
    columns = dict(row._mapping)  # noqa: SLF001  # the public way to a mapping
    columns["scopes"] = tuple(row.scopes)
    columns["territories"] = None if row.territories is None else frozenset(row.territories)
    return Client(**columns)
