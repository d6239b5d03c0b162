"""Instants, months and JSON have one spelling in the database, and every failure of a driver has a name of ours."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import DateTime
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.errors import AppError, Integrity
from app.office.month import Month
from app.store.errors import (
    AlreadyRecorded,
    BrokenReference,
    ReadOnlyUnit,
    RecordLocked,
    StoreDamaged,
    StoreUnavailable,
    house_errors,
    translated,
)
from app.store.schema import APPEND_ONLY, Instant, JsonText, MonthText, append_only_tables
from app.store.triggers import refuse_changes, trigger_names

CHINA = timezone(timedelta(hours=8))
AT = datetime(2026, 11, 16, 9, 30, 1, 214000, CHINA)
SQLITE, POSTGRESQL = sqlite.dialect(), postgresql.dialect()


def test_an_instant_is_text_in_utc_that_sorts_by_time_on_sqlite():
    kind = Instant()
    assert kind.process_bind_param(AT, SQLITE) == "2026-11-16T01:30:01.214000+00:00"
    whole = kind.process_bind_param(AT.replace(microsecond=0), SQLITE)
    assert whole < kind.process_bind_param(AT, SQLITE)
    assert kind.process_result_value("2026-11-16T01:30:01.214000+00:00", SQLITE) == AT


def test_an_instant_is_a_timestamp_on_postgresql():
    kind = Instant()
    assert isinstance(kind.load_dialect_impl(POSTGRESQL), DateTime)
    assert kind.process_bind_param(AT, POSTGRESQL) == AT
    back = kind.process_result_value(AT, POSTGRESQL)
    assert back == AT
    assert back.tzinfo is UTC


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="aware"):
        Instant().process_bind_param(AT.replace(tzinfo=None), SQLITE)


@pytest.mark.parametrize("kind", [Instant(), JsonText(), MonthText()])
def test_nothing_stays_nothing(kind):
    assert kind.process_bind_param(None, SQLITE) is None
    assert kind.process_result_value(None, SQLITE) is None


def test_json_is_kept_canonical_and_without_floats():
    assert JsonText().process_bind_param({"b": "货", "a": [1, None]}, SQLITE) == '{"a":[1,null],"b":"货"}'
    assert JsonText().process_result_value('{"a":[1]}', SQLITE) == {"a": [1]}
    with pytest.raises(TypeError, match="float"):
        JsonText().process_bind_param({"a": 0.1}, SQLITE)


def test_a_month_is_text_that_sorts_by_time():
    assert MonthText().process_bind_param(Month(2026, 2), SQLITE) == "2026-02"
    assert MonthText().process_result_value("2026-11", SQLITE) == Month(2026, 11)


def test_the_statements_of_a_step_are_those_that_are_named():
    for dialect in ("sqlite", "postgresql"):
        statements = " ".join(refuse_changes(dialect, "thing", [("a",), ("b", "c")]))
        assert all(name in statements for name in trigger_names(dialect, "thing"))
    assert append_only_tables([]) == ()
    assert APPEND_ONLY["append_only"]


class Unique(Exception):
    """As a driver says it."""


@pytest.mark.parametrize(
    ("kind", "said", "ours"),
    [
        (IntegrityError, "UNIQUE constraint failed: a.b", AlreadyRecorded),
        (IntegrityError, 'duplicate key value violates unique constraint "pk"', AlreadyRecorded),
        (IntegrityError, "henji: a already has a row with this key", AlreadyRecorded),
        (IntegrityError, "FOREIGN KEY constraint failed", BrokenReference),
        (IntegrityError, 'insert on table "a" violates foreign key constraint "fk"', BrokenReference),
        (IntegrityError, "henji: a is append-only, its rows are never changed or removed", RecordLocked),
        (IntegrityError, "CHECK constraint failed", Integrity),
        (OperationalError, "attempt to write a readonly database", ReadOnlyUnit),
        (DBAPIError, "cannot execute INSERT in a read-only transaction", ReadOnlyUnit),
        (OperationalError, "database or disk is full", StoreUnavailable),
        (OperationalError, "database is locked", StoreUnavailable),
        (OperationalError, "", StoreUnavailable),
        (DBAPIError, "database disk image is malformed", StoreDamaged),
        (DBAPIError, "file is not a database", StoreDamaged),
    ],
)
def test_what_a_driver_says_is_told_in_our_words(kind, said, ours):
    told = translated(kind("INSERT ...", {}, Unique(said)))
    assert type(told) is ours
    if ours is StoreUnavailable:
        assert (said or "Idempotency-Key") in told.detail.en
        assert "Idempotency-Key" in told.detail.zh


def test_a_pool_that_gave_up_is_busy_and_a_mistake_is_a_mistake():
    assert isinstance(translated(PoolTimeout()), StoreUnavailable)
    assert type(translated(InvalidRequestError())) is AppError


def test_no_error_of_the_driver_leaves_the_room():
    with pytest.raises(StoreUnavailable) as told, house_errors():
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error"))
    assert isinstance(told.value.__cause__, OperationalError)
    with pytest.raises(KeyError), house_errors():
        raise KeyError
