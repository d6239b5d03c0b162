"""One person, one object, no two duties that exclude each other: the database refuses, whoever writes."""

import threading
from datetime import UTC, datetime
from itertools import product

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from app.office.duties import DUTY_CONFLICTS, Duty
from app.store.change_tables import duty, duty_conflict
from app.store.change_values import HeldDuty
from app.store.duties import expected_pairs
from app.store.engines import read_url
from app.store.errors import DutyTaken
from app.store.values import Account

NOW = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
CHANGE = ("segment_change", "NG-YT-202611-001")
INSERT = (
    "INSERT INTO duty (object_kind, object_id, person_id, duty, taken_at) "
    "VALUES ('{}', '{}', '{}', '{}', '2026-11-16T01:30:00.000000+00:00')"
)


@pytest.fixture
def raw(url, store):
    """An engine that knows nothing of the product: the way a person with the password comes."""
    engine = create_engine(read_url(url))
    yield engine
    engine.dispose()


def take(engine, person, taken, object_id="1", kind="segment_change", insert=INSERT):
    with engine.begin() as connection:
        connection.exec_driver_sql(insert.format(kind, object_id, person, taken))


def test_the_table_of_pairs_is_the_one_of_the_program(raw):
    with raw.connect() as connection:
        listed = {(row.duty, row.excludes) for row in connection.execute(select(duty_conflict))}
    assert listed == expected_pairs()
    assert len(listed) == 2 * len(DUTY_CONFLICTS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("layer_1", f"layer_{number}") for number in (2, 3, 4, 5)),
        ("layer_3", "layer_4"),
        ("layer_4", "layer_5"),
        *(("enter", f"layer_{number}") for number in (2, 3, 4, 5)),
        ("enter", "file"),
        ("enter", "revoke"),
        ("layer_3", "file"),
        ("layer_4", "revoke"),
        ("witness", "layer_5"),
        ("witness", "enter"),
        ("inspect", "layer_5"),
        ("inspect", "witness"),
        ("inspect", "sign"),
        ("submit", "determine"),
        ("submit", "review"),
        ("author", "activate"),
    ],
)
def test_what_the_regulation_keeps_apart_is_listed(one, other):
    assert {one, other} in DUTY_CONFLICTS


@pytest.mark.parametrize(
    ("one", "other"),
    [("enter", "layer_1"), ("layer_5", "file"), ("layer_5", "revoke"), ("file", "revoke"), ("determine", "review")],
)
def test_what_one_person_may_do_together_is_not_listed(one, other):
    assert {one, other} not in DUTY_CONFLICTS


def test_every_conflicting_pair_is_refused_and_every_other_passes(raw):
    """Both orders of every pair, written past the program."""
    tried = 0
    for place, (one, other) in enumerate(product(Duty, repeat=2)):
        if one is other:
            continue
        tried += 1
        take(raw, "P1", one.value, place)
        if {one, other} in DUTY_CONFLICTS:
            with pytest.raises(DBAPIError, match="a conflicting duty"):
                take(raw, "P1", other.value, place)
            expected = {one}
        else:
            take(raw, "P1", other.value, place)
            expected = {one, other}
        with raw.connect() as connection:
            kept = set(connection.scalars(select(duty.c.duty).where(duty.c.object_id == str(place))))
        assert kept == expected, (one, other)
    assert tried == len(Duty) * (len(Duty) - 1)


def test_another_person_and_another_object_are_free(raw):
    take(raw, "P1", "layer_3")
    take(raw, "P2", "layer_4")
    take(raw, "P1", "layer_4", object_id="2")
    take(raw, "P1", "layer_4", kind="other")
    with raw.connect() as connection:
        assert len(connection.execute(select(duty)).all()) == 4


def test_two_accounts_of_one_person_are_one_person(store, raw):
    with store.write() as uow:
        for name in ("zhang.san", "zhangsan2"):
            uow.accounts.add(Account(name, name, "张三", "P0012", "$argon2id$", (), None, "zh", False, NOW))
    as_account = (
        "INSERT INTO duty (object_kind, object_id, person_id, duty, taken_at) "
        "SELECT '{}', '{}', person_id, '{}', '2026-11-16T01:30:00.000000+00:00' "
        "FROM account WHERE sign_in_name = '{}'"
    )
    with raw.begin() as connection:
        connection.exec_driver_sql(as_account.format(*CHANGE, "layer_3", "zhang.san"))
    with pytest.raises(DBAPIError, match="a conflicting duty"), raw.begin() as connection:
        connection.exec_driver_sql(as_account.format(*CHANGE, "layer_4", "zhangsan2"))
    with store.read() as uow:
        assert [held.person_id for held in uow.duties.of(*CHANGE)] == ["P0012"]


def test_two_duties_in_one_statement_are_refused(raw):
    both = INSERT + ", ('segment_change', '1', 'P1', 'layer_4', '2026-11-16T01:30:00.000000+00:00')"
    with pytest.raises(DBAPIError, match="a conflicting duty"):
        take(raw, "P1", "layer_3", insert=both)
    with raw.connect() as connection:
        assert connection.execute(select(duty)).all() == []


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", ["IGNORE", "REPLACE", "FAIL", "ROLLBACK"])
def test_no_way_of_inserting_gets_past_the_trigger(raw, way):
    take(raw, "P1", "layer_3")
    with pytest.raises(DBAPIError, match="a conflicting duty"):
        take(raw, "P1", "layer_4", insert=INSERT.replace("INSERT", f"INSERT OR {way}"))
    with raw.connect() as connection:
        assert len(connection.execute(select(duty)).all()) == 1


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize(
    "before",
    [
        "SET session_replication_role = replica",
        "CREATE TEMPORARY TABLE duty_conflict (duty text, excludes text)",
        "CREATE TEMPORARY TABLE duty AS SELECT * FROM public.duty WHERE false",
        "SET search_path = pg_temp, public",
    ],
)
def test_nothing_of_a_session_gets_past_the_trigger(raw, before):
    take(raw, "P1", "layer_3")
    with raw.connect() as connection:
        connection.exec_driver_sql(before)
        with pytest.raises(DBAPIError, match="a conflicting duty"):
            connection.exec_driver_sql(
                INSERT.replace("duty (", "public.duty (").format("segment_change", 1, "P1", "layer_4")
            )


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_two_sessions_at_once_see_each_other(raw):
    refused = []

    def second():
        try:
            take(raw, "P1", "layer_4")
        except DBAPIError as error:
            refused.append(str(error.orig))

    with raw.connect() as connection, connection.begin():
        connection.exec_driver_sql(INSERT.format("segment_change", 1, "P1", "layer_3"))
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "the second must wait for the first"
    thread.join()
    assert len(refused) == 1
    assert "a conflicting duty" in refused[0]


@pytest.mark.parametrize("dialect", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_session_that_would_not_see_others_is_refused(raw):
    with (
        pytest.raises(DBAPIError, match="read committed"),
        raw.execution_options(isolation_level="REPEATABLE READ").begin() as connection,
    ):
        connection.exec_driver_sql(INSERT.format("segment_change", 1, "P1", "layer_3"))


def test_a_pair_is_not_taken_off_the_list(raw):
    for attack in ("DELETE FROM duty_conflict", "UPDATE duty_conflict SET excludes = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"), raw.begin() as connection:
            connection.exec_driver_sql(attack)
    with raw.connect() as connection:
        assert len(connection.execute(select(duty_conflict)).all()) == 2 * len(DUTY_CONFLICTS)


def test_the_program_is_told_in_words_and_binds_once(store):
    with store.write() as uow:
        uow.duties.add(*CHANGE, Duty.ENTER, "P1", NOW)
        uow.duties.add(*CHANGE, Duty.LAYER_1, "P1", NOW)
        uow.duties.add(*CHANGE, "layer_1", "P1", NOW)
        uow.duties.add(*CHANGE, "layer_1", "P2", NOW)
    with pytest.raises(DutyTaken) as told, store.write() as uow:
        uow.duties.add(*CHANGE, Duty.LAYER_3, "P1", NOW)
    assert (told.value.code, told.value.status) == ("duty.taken", 409)
    with pytest.raises(ValueError, match="layer_6"), store.write() as uow:
        uow.duties.add(*CHANGE, "layer_6", "P3", NOW)
    with store.read() as uow:
        assert uow.duties.of(*CHANGE) == (
            HeldDuty("enter", "P1", NOW),
            HeldDuty("layer_1", "P1", NOW),
            HeldDuty("layer_1", "P2", NOW),
        )
        assert list(uow.duties.problems()) == []


def test_the_check_of_the_store_finds_what_was_done_without_the_triggers(store, raw, dialect):
    take(raw, "P1", "layer_3")
    take(raw, "P1", "layer_4", object_id="2")
    assert store.check().ok
    dropped = {"duty": ["duty_refuse_conflict"], "duty_conflict": ["duty_conflict_refuse_change"]}
    if dialect == "sqlite":
        dropped["duty_conflict"] = ["duty_conflict_refuse_delete"]
    with raw.begin() as connection:
        for table, names in dropped.items():
            for name in names:
                on = f" ON {table}" if dialect == "postgresql" else ""
                connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
        connection.exec_driver_sql(INSERT.format("segment_change", 1, "P1", "layer_4"))
        connection.execute(text("DELETE FROM duty_conflict WHERE duty = 'author'"))
    found = " ".join(problem.en for problem in store.check().problems)
    assert "P1 has both layer_3 and layer_4 on segment_change 1" in found
    assert "duty_conflict does not say that author excludes activate" in found
    assert "duty_refuse_conflict" in found
