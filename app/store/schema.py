"""The one MetaData of the database, and the column types every table of it is made of."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.core.canonical import canonical_bytes
from app.office.month import Month

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the product. Names of constraints are fixed here, so that a migration can name them."""

APPEND_ONLY = {"append_only": True}
"""``Table(..., info=APPEND_ONLY)`` for a table in which nothing is ever changed or removed.

The migration that creates such a table must also put ``app.store.triggers.refuse_changes`` on it.
"""


def append_only_tables(tables: Iterable[Table] | None = None) -> tuple[Table, ...]:
    """Return the tables marked with APPEND_ONLY, by name; of the whole product when none are given."""
    chosen = metadata.tables.values() if tables is None else tables
    return tuple(sorted((t for t in chosen if t.info.get("append_only")), key=lambda t: t.name))


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC: ``timestamptz`` on PostgreSQL, fixed-width ISO text on SQLite (it sorts by time)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type as the database at hand knows it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401  # text or datetime
        """Return what is stored.

        Raises:
            ValueError: a naive instant.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        at = value.astimezone(UTC)
        # Microseconds always, so that text compares as time does.
        return at if dialect.name == "postgresql" else at.isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002  # see above
        """Return the aware instant in UTC."""
        if value is None:
            return None
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        assert isinstance(at, datetime)
        return at.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """A JSON value kept as its canonical text, so that what is hashed is what is stored. No floats."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002  # any JSON value
        """Return the canonical text; a Python None is SQL NULL.

        Raises:
            TypeError: the value has no canonical form.
        """
        return None if value is None else canonical_bytes(value).decode("utf-8")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002  # any JSON value
        """Return the value."""
        return None if value is None else json.loads(value)


class MonthText(TypeDecorator[Month]):
    """A calendar month, kept as ``2026-11``: it sorts by time."""

    impl = String(7)
    cache_ok = True

    def process_bind_param(self, value: Month | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # same everywhere
        """Return the text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Month | None:  # noqa: ARG002  # same everywhere
        """Return the month."""
        return None if value is None else Month.read(value)
