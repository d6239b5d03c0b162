"""Numbers are given once, in order and without gaps; what is void stays, with its reason."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import DBAPIError

from app.core.errors import NotFound
from app.store.change_tables import register_entry, register_void
from app.store.change_values import RegisterEntry
from app.store.engines import read_url
from app.store.errors import AlreadyRecorded
from app.store.registers import VoidReasonMissing
from tests.changes import at

AT = at("2026-11-02 09:00")
ENTRY = (
    "INSERT INTO register_entry (kind, year, serial, number, object_kind, object_id, given_at, given_by) "
    "VALUES ('YT', 2026, {0}, 'NG-YT-202611-{0:03}', 'segment_change', '1', '2026-11-02T01:00:00.000000+00:00', 'P1')"
)
VOID = (
    "INSERT INTO register_void (number, voided_at, voided_by, reason) "
    "VALUES ('NG-YT-202611-001', '2026-11-02T01:00:00.000000+00:00', 'P1', {})"
)


@pytest.fixture
def raw(url, store):
    """An engine that knows nothing of the product: the way a person with the password comes."""
    engine = create_engine(read_url(url))
    yield engine
    engine.dispose()


def run(engine, statement):
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def take(uow, when=AT, kind="YT", object_id=None):
    return uow.registers.take(kind, when, "segment_change", object_id, "P1")


def test_numbers_count_by_kind_and_year_and_name_the_month(store):
    with store.write() as uow:
        assert take(uow) == "NG-YT-202611-001"
        assert take(uow, at("2026-12-31 23:59")) == "NG-YT-202612-002"
        assert take(uow, kind="BA", object_id="NG-YT-202611-001") == "NG-BA-202611-001"
        assert take(uow, at("2027-01-01 00:00")) == "NG-YT-202701-001"
        # 23:59 in London is the next year in the office.
        assert take(uow, datetime(2027, 12, 31, 23, 59, tzinfo=UTC)) == "NG-YT-202801-001"
    with store.read() as uow:
        first, second = uow.registers.entries("YT", 2026)
        assert first == RegisterEntry("NG-YT-202611-001", "YT", 2026, 1, "segment_change", "NG-YT-202611-001", AT, "P1")
        assert second.serial == 2
        assert [entry.number for entry in uow.registers.of_object("segment_change", "NG-YT-202611-001")] == [
            "NG-BA-202611-001",
            "NG-YT-202611-001",
        ]
        assert uow.registers.years("YT") == (2028, 2027, 2026)
        assert uow.registers.years("ZG") == ()


def test_the_thousandth_number_is_longer_and_in_its_place(store):
    with store.write() as uow:
        numbers = [take(uow) for _ in range(1001)]
    assert numbers[998:] == ["NG-YT-202611-999", "NG-YT-202611-1000", "NG-YT-202611-1001"]
    with store.read() as uow:
        assert [entry.number for entry in uow.registers.entries("YT", 2026)] == numbers


def test_a_transaction_that_is_given_up_gives_its_number_back(store):
    with pytest.raises(OSError, match="power"), store.write() as uow:  # noqa: PT012  # in one transaction
        assert take(uow) == "NG-YT-202611-001"
        raise OSError("the power is gone")
    with store.write() as uow:
        assert take(uow) == "NG-YT-202611-001"


@pytest.mark.parametrize("serial", [0, -1, 3, 4])
def test_the_database_refuses_a_gap(store, raw, serial):
    with store.write() as uow:
        take(uow)
    with pytest.raises(DBAPIError, match="without a gap"):
        run(raw, ENTRY.format(serial))
    run(raw, ENTRY.format(2))
    with store.read() as uow:
        assert [entry.serial for entry in uow.registers.entries("YT", 2026)] == [1, 2]


def test_the_database_refuses_a_number_given_twice(store, raw):
    with store.write() as uow:
        take(uow)
    with pytest.raises(DBAPIError, match=r"(?i)unique|already has a row"):
        run(raw, ENTRY.format(1))
    with raw.connect() as connection:
        assert len(connection.execute(select(register_entry)).all()) == 1


def test_a_void_number_stays_with_its_reason_and_is_not_given_again(store):
    later = at("2026-11-03 10:00")
    with store.write() as uow:
        number = take(uow)
        uow.registers.void(number, later, "P9", "重复录入")
        assert take(uow) == "NG-YT-202611-002"
    with store.read() as uow:
        void, kept = uow.registers.entries("YT", 2026)
        assert (void.voided_at, void.voided_by, void.void_reason) == (later, "P9", "重复录入")
        assert (kept.voided_at, kept.voided_by, kept.void_reason) == (None, None, None)
        assert uow.registers.find(number) == void
        assert uow.registers.find("NG-YT-202611-009") is None


def test_a_number_is_void_once_for_a_reason_that_says_something(store):
    with store.write() as uow:
        number = take(uow)
        with pytest.raises(VoidReasonMissing):
            uow.registers.void(number, AT, "P9", " 。\u3000")
        with pytest.raises(NotFound):
            uow.registers.void("NG-YT-202611-009", AT, "P9", "重复录入")
        uow.registers.void(number, AT, "P9", "重复录入")
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        uow.registers.void(number, AT, "P9", "再次作废")
    with store.read() as uow:
        assert uow.registers.entries("YT", 2026)[0].void_reason == "重复录入"


@pytest.mark.parametrize("reason", ["NULL", "''", "'  '", "'\t\n'", "'\u3000\u00a0'"])
def test_the_database_refuses_to_void_without_a_reason(store, raw, reason):
    with store.write() as uow:
        take(uow)
    with pytest.raises(DBAPIError, match=r"(?i)not null|not-null|check"):
        run(raw, VOID.format(reason))
    run(raw, VOID.format("'重复录入'"))
    with pytest.raises(DBAPIError, match=r"(?i)unique|already has a row"):
        run(raw, VOID.format("'再次作废'"))
    with raw.connect() as connection:
        assert len(connection.execute(select(register_void)).all()) == 1


def test_a_void_is_not_taken_back(store, raw):
    with store.write() as uow:
        uow.registers.void(take(uow), AT, "P9", "重复录入")
    for attack in ("DELETE FROM register_void", "UPDATE register_void SET reason = 'x'", "DELETE FROM register_entry"):
        with pytest.raises(DBAPIError, match="append-only"):
            run(raw, attack)
    with store.read() as uow:
        assert uow.registers.entries("YT", 2026)[0].void_reason == "重复录入"
