"""Accounts of people and their signed-in browsers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app.core.errors import NotFound
from app.core.text import Bilingual
from app.store.tables import account, web_session
from app.store.values import Account, WebSession


class AccountRepository:
    """Add, find and keep up accounts."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, new: Account) -> None:
        """Keep an account.

        Raises:
            AlreadyRecorded: the id or the sign-in name is taken.
        """
        columns = {name: getattr(new, name) for name in account.c.keys()}  # noqa: SIM118  # columns, not a dict
        columns["territories"] = None if new.territories is None else sorted(new.territories)
        self._connection.execute(account.insert(), columns)

    def by_name(self, sign_in_name: str) -> Account | None:
        """Return the account people sign in to with this name; None when there is none."""
        row = self._connection.execute(select(account).where(account.c.sign_in_name == sign_in_name)).first()
        return None if row is None else _account(row)

    def by_id(self, account_id: str) -> Account | None:
        """Return the account; None when there is none."""
        row = self._connection.execute(select(account).where(account.c.account_id == account_id)).first()
        return None if row is None else _account(row)

    def list(self) -> tuple[Account, ...]:
        """Return every account, by sign-in name."""
        return tuple(
            _account(row) for row in self._connection.execute(select(account).order_by(account.c.sign_in_name))
        )

    def of_person(self, person_id: str) -> tuple[Account, ...]:
        """Return every account of one person, closed ones too, by sign-in name."""
        wanted = select(account).where(account.c.person_id == person_id).order_by(account.c.sign_in_name)
        return tuple(_account(row) for row in self._connection.execute(wanted))

    def touch(self, account_id: str, at: datetime) -> None:
        """Note a sign-in that succeeded; earlier failures are forgotten."""
        self._change(account_id, signed_in_at=at, failed_sign_ins=0, failed_at=None)

    def note_failure(self, account_id: str, at: datetime) -> None:
        """Note a sign-in that failed."""
        self._change(account_id, failed_sign_ins=account.c.failed_sign_ins + 1, failed_at=at)

    def set_password(self, account_id: str, password_hash: str, *, temporary: bool = False) -> None:
        """Replace the password; a temporary one must be changed before anything else."""
        self._change(
            account_id,
            password_hash=password_hash,
            failed_sign_ins=0,
            failed_at=None,
            must_change_password=temporary,
        )

    def set_language(self, account_id: str, language: str) -> None:
        """Keep the language the person prefers."""
        self._change(account_id, language=language)

    def disable(self, account_id: str, at: datetime) -> None:
        """Close the account and end its sessions."""
        self._change(account_id, disabled_at=at)
        SessionRepository(self._connection).end_all(account_id, at)

    def _change(self, account_id: str, **columns: Any) -> None:  # noqa: ANN401  # columns of any type
        changed = self._connection.execute(account.update().where(account.c.account_id == account_id).values(**columns))
        if not changed.rowcount:
            raise NotFound(Bilingual(f"没有账户 {account_id}。", f"There is no account {account_id}."))


class SessionRepository:
    """Keep the sessions of browsers on the server, so that one can be ended from here."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add(self, new: WebSession) -> None:
        """Keep a session."""
        columns = {name: getattr(new, name) for name in web_session.c.keys()}  # noqa: SIM118  # columns, not a dict
        self._connection.execute(web_session.insert(), columns)

    def get(self, token_digest: str, now: datetime) -> WebSession | None:
        """Return the session; None when there is none, or it ended or expired."""
        row = self._connection.execute(select(web_session).where(web_session.c.token_digest == token_digest)).first()
        if row is None or row.ended_at is not None or row.expires_at <= now:
            return None
        return WebSession(**row._mapping)  # noqa: SLF001  # the public way to a mapping

    def open_of(self, account_id: str, now: datetime) -> tuple[WebSession, ...]:
        """Return the sessions of an account that have neither ended nor expired, half ones too, newest first."""
        mine = (web_session.c.account_id == account_id) & web_session.c.ended_at.is_(None)
        wanted = select(web_session).where(mine, web_session.c.expires_at > now)
        rows = self._connection.execute(wanted.order_by(web_session.c.seen_at.desc(), web_session.c.token_digest))
        return tuple(WebSession(**row._mapping) for row in rows)  # noqa: SLF001  # the public way to a mapping

    def touch(self, token_digest: str, seen_at: datetime, content: Mapping[str, Any] | None = None) -> None:
        """Note that the browser was seen; with ``content``, replace what is kept for it."""
        values: dict[str, Any] = {"seen_at": seen_at}
        if content is not None:
            values["content"] = content
        self._connection.execute(
            web_session.update().where(web_session.c.token_digest == token_digest).values(**values)
        )

    def strengthen(self, token_digest: str, at: datetime) -> None:
        """Note that the person has proven to be there."""
        self._connection.execute(
            web_session.update().where(web_session.c.token_digest == token_digest).values(strong_at=at)
        )

    def end(self, token_digest: str, at: datetime) -> None:
        """End a session; ending it again changes nothing."""
        self._end(web_session.c.token_digest == token_digest, at)

    def end_all(self, account_id: str, at: datetime, *, but: str | None = None) -> None:
        """End every session of an account, except that of the token with the digest ``but``."""
        self._end((web_session.c.account_id == account_id) & (web_session.c.token_digest != (but or "")), at)

    def drop_expired(self, before: datetime) -> int:
        """Remove the sessions that expired before ``before`` and return how many; they are no records."""
        gone = self._connection.execute(web_session.delete().where(web_session.c.expires_at < before))
        return gone.rowcount

    def _end(self, which: Any, at: datetime) -> None:  # noqa: ANN401  # a condition
        self._connection.execute(
            web_session.update().where(which, web_session.c.ended_at.is_(None)).values(ended_at=at)
        )


def _account(row: Row[Any]) -> Account:
    columns = dict(row._mapping)  # noqa: SLF001  # the public way to a mapping
    columns["roles"] = tuple(row.roles)
    columns["territories"] = None if row.territories is None else frozenset(row.territories)
    return Account(**columns)
