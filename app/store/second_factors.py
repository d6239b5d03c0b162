"""Second factors of accounts: a sealed secret each, and the newest time step that was used."""

from datetime import datetime

from sqlalchemy import Connection, or_, select

from app.store.people_tables import second_factor
from app.store.people_values import SecondFactor


class SecondFactorRepository:
    """Keep, confirm and remove second factors, and use each time step once."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def get(self, account_id: str) -> SecondFactor | None:
        """Return the second factor of an account, confirmed or not; None when there is none."""
        row = self._connection.execute(select(second_factor).where(second_factor.c.account_id == account_id)).first()
        return None if row is None else SecondFactor(**row._mapping)  # noqa: SLF001  # the public way to a mapping

    def confirmed(self) -> frozenset[str]:
        """Return the accounts that have one that counts."""
        wanted = select(second_factor.c.account_id).where(second_factor.c.confirmed_at.is_not(None))
        return frozenset(self._connection.scalars(wanted))

    def put(self, account_id: str, sealed: bytes, at: datetime) -> None:
        """Keep a new secret, not confirmed yet, in the place of what was there."""
        self.remove(account_id)
        self._connection.execute(
            second_factor.insert(), {"account_id": account_id, "sealed": sealed, "made_at": at, "confirmed_at": None}
        )

    def confirm(self, account_id: str, at: datetime) -> None:
        """Let it count from now on."""
        mine = second_factor.c.account_id == account_id
        self._connection.execute(second_factor.update().where(mine).values(confirmed_at=at))

    def use_step(self, account_id: str, step: int) -> bool:
        """Use up a time step and return True; False when it, or a later one, was used before."""
        unused = or_(second_factor.c.last_step.is_(None), second_factor.c.last_step < step)
        used = self._connection.execute(
            second_factor.update().where(second_factor.c.account_id == account_id, unused).values(last_step=step)
        )
        return bool(used.rowcount)

    def remove(self, account_id: str) -> bool:
        """Remove it and return whether there was one."""
        gone = self._connection.execute(second_factor.delete().where(second_factor.c.account_id == account_id))
        return bool(gone.rowcount)
