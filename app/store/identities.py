"""Who somebody elsewhere is here, and sign-ins elsewhere that are under way."""

from datetime import datetime

from sqlalchemy import Connection, select

from app.store.people_tables import identity, oidc_attempt
from app.store.people_values import Identity, OidcAttempt


class IdentityRepository:
    """Link subjects of a provider to accounts, and remember a sign-in there until it comes back, once."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, new: Identity) -> None:
        """Keep a link.

        Raises:
            AlreadyRecorded: the subject is linked to an account already.
        """
        columns = {name: getattr(new, name) for name in identity.c.keys()}  # noqa: SIM118  # columns, not a dict
        self._connection.execute(identity.insert(), columns)

    def find(self, issuer: str, subject: str) -> Identity | None:
        """Return the link of a subject; None when there is none."""
        wanted = select(identity).where(identity.c.issuer == issuer, identity.c.subject == subject)
        row = self._connection.execute(wanted).first()
        return None if row is None else Identity(**row._mapping)  # noqa: SLF001  # the public way to a mapping

    def of(self, account_id: str) -> tuple[Identity, ...]:
        """Return the links of an account."""
        wanted = select(identity).where(identity.c.account_id == account_id)
        rows = self._connection.execute(wanted.order_by(identity.c.issuer, identity.c.subject))
        return tuple(Identity(**row._mapping) for row in rows)  # noqa: SLF001  # the public way to a mapping

    def remove(self, issuer: str, subject: str) -> bool:
        """Remove a link and return whether there was one."""
        mine = (identity.c.issuer == issuer, identity.c.subject == subject)
        return bool(self._connection.execute(identity.delete().where(*mine)).rowcount)

    def begin(self, attempt: OidcAttempt) -> None:
        """Remember a sign-in that has gone to the provider."""
        columns = {name: getattr(attempt, name) for name in oidc_attempt.c.keys()}  # noqa: SIM118  # columns
        self._connection.execute(oidc_attempt.insert(), columns)

    def take(self, state_digest: str) -> OidcAttempt | None:
        """Return a sign-in that has come back and forget it; None when it is unknown or has come back before."""
        row = self._connection.execute(select(oidc_attempt).where(oidc_attempt.c.state_digest == state_digest)).first()
        if row is None:
            return None
        self._connection.execute(oidc_attempt.delete().where(oidc_attempt.c.state_digest == state_digest))
        return OidcAttempt(**row._mapping)  # noqa: SLF001  # the public way to a mapping

    def drop_begun(self, before: datetime) -> int:
        """Forget the sign-ins begun before ``before`` and return how many; nobody comes back with them."""
        return self._connection.execute(oidc_attempt.delete().where(oidc_attempt.c.begun_at < before)).rowcount
