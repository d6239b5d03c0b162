"""Going around the program: raw SQL that would give one person two roles which exclude each other."""

import threading
from itertools import product

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from app.office.duties import MARKETING, SUPERVISION, are_compatible
from app.office.people import Role
from app.store.engines import read_url
from app.store.errors import RoleIncompatible
from app.store.role_guard import ROLE_GUARD
from app.store.tables import account
from app.store.values import Account
from tests.store.conftest import NOW

PAIRS = [(str(one), str(other)) for one, other in product(Role, Role) if not are_compatible(one, other)]
FINE = [(str(one), str(other)) for one, other in product(Role, Role) if are_compatible(one, other)]


@pytest.fixture
def raw(url, store):
    """An engine that knows nothing of the product: the way a person with the password comes."""
    engine = create_engine(read_url(url))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO office_revision (revision, changed_at) VALUES (1, :at)"), {"at": _at(url)})
    yield engine
    engine.dispose()


def _at(url):
    return NOW.isoformat() if url.startswith("sqlite") else NOW


def person(connection, *roles, recorded=1, person_id="P1"):
    """Write a version of a person with ``roles``: (role, since, until)."""
    connection.execute(
        text("INSERT INTO person (person_id, recorded, revision, name) VALUES (:id, :recorded, 1, '甲')"),
        {"id": person_id, "recorded": recorded},
    )
    for place, (role, since, until) in enumerate(roles):
        connection.execute(
            text(
                "INSERT INTO person_role (person_id, recorded, place, role, unit, since, until) "
                "VALUES (:id, :recorded, :place, :role, 'u', :since, :until)"
            ),
            {
                "id": person_id,
                "recorded": recorded,
                "place": place,
                "role": role,
                "since": since,
                "until": until,
            },
        )


def give(connection, account_id, *roles, person_id="P1", **more):
    made = Account(account_id, account_id, "甲", person_id, "argon2$x", tuple(roles), None, "zh", False, NOW)
    columns = {column.name: getattr(made, column.name) for column in account.columns}
    connection.execute(account.insert(), {**columns, "roles": list(roles), **more})


def check_refused(raw, attack):
    with raw.connect() as connection:
        before = _everything(connection)
    with pytest.raises(DBAPIError, match="incompatible roles of one person"), raw.begin() as connection:
        attack(connection)
    with raw.connect() as connection:
        assert _everything(connection) == before


def _everything(connection):
    return [
        connection.execute(text(f"SELECT * FROM {table} ORDER BY 1")).all()
        for table in ("person", "person_role", "account")
    ]


def test_the_database_knows_exactly_the_pairs_the_program_knows(raw):
    with raw.connect() as connection:
        rows = {(row.role, row.other) for row in connection.execute(text("SELECT role, other FROM role_conflict"))}
    assert rows == set(PAIRS)
    assert len(rows) == 30
    assert {Role.ACCOUNT_MANAGER, Role.MARKET_SUPERVISOR} <= MARKETING | SUPERVISION


def test_no_pair_that_excludes_itself_is_written_for_one_person(raw):
    for one, other in PAIRS:
        check_refused(raw, lambda c, a=one, b=other: person(c, (a, "2024-01-01", None), (b, "2026-01-01", None)))


def test_roles_that_overlap_on_one_single_day_are_refused_and_neighbours_are_not(raw):
    ends = ("account_manager", "2024-01-01", "2026-10-31")
    check_refused(raw, lambda c: person(c, ends, ("supervision_officer", "2026-10-31", None)))
    check_refused(raw, lambda c: person(c, ("supervision_officer", "2026-10-31", None), ends))
    with raw.begin() as connection:
        person(connection, ends, ("supervision_officer", "2026-11-01", None))
        # A new version is judged by itself: the office has corrected the day.
        person(connection, ("market_manager", "2026-01-01", None), recorded=2)
        # Nor are two persons one.
        person(connection, ("supervision_head", "2024-01-01", None), person_id="P2")
    with raw.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM person_role")) == 4


def test_roles_that_go_together_are_written(raw):
    with raw.begin() as connection:
        for number, (one, other) in enumerate(FINE):
            person(connection, (one, "2024-01-01", None), (other, "2024-01-01", None), person_id=f"P{number}")
        assert connection.scalar(text("SELECT count(*) FROM person_role")) == 2 * len(FINE)


def test_several_rows_in_one_statement_are_refused_too(raw):
    def attack(connection):
        person(connection)
        connection.execute(
            text(
                "INSERT INTO person_role (person_id, recorded, place, role, unit, since) VALUES "
                "('P1', 1, 0, 'account_manager', 'u', '2024-01-01'), "
                "('P1', 1, 1, 'supervision_head', 'u', '2024-01-01')"
            )
        )

    check_refused(raw, attack)


@pytest.mark.parametrize("role", sorted(MARKETING | SUPERVISION))
def test_an_administrator_by_account_and_a_business_role_are_refused_in_both_directions(raw, role):
    with raw.begin() as connection:
        person(connection, (role, "2024-01-01", None))
        person(connection, person_id="P2")
        give(connection, "admin2", "administrator", person_id="P2")
        give(connection, "mine")
    check_refused(raw, lambda c: give(c, "other", "administrator"))
    check_refused(
        raw, lambda c: c.execute(text("UPDATE account SET roles = '[\"administrator\"]' WHERE account_id = 'mine'"))
    )
    check_refused(raw, lambda c: c.execute(text("UPDATE account SET person_id = 'P1' WHERE account_id = 'admin2'")))
    check_refused(raw, lambda c: person(c, (role, "2026-12-01", None), person_id="P2", recorded=2))


def test_a_role_spelled_in_another_way_is_not_smuggled_in(raw):
    with raw.begin() as connection:
        person(connection, ("account_manager", "2024-01-01", None))
        give(connection, "mine")
    for roles in ('["\\u0061dministrator"]', '[ "administrator" ]', '["x","administrator"]'):
        attack = text("UPDATE account SET roles = :roles WHERE account_id = 'mine'").bindparams(roles=roles)
        check_refused(raw, lambda c, attack=attack: c.execute(attack))


def test_what_an_account_holds_is_compared_with_the_accounts_of_the_same_person_too(raw):
    with raw.begin() as connection:
        person(connection)
        give(connection, "admin", "administrator")
        give(connection, "plain")
    check_refused(raw, lambda c: give(c, "officer", "supervision_officer"))
    check_refused(raw, lambda c: give(c, "both", "administrator", "account_manager", person_id=None))
    check_refused(
        raw, lambda c: c.execute(text("UPDATE account SET roles = '[\"market_manager\"]' WHERE account_id = 'plain'"))
    )


def test_a_closed_account_and_a_role_of_the_past_hold_nobody_back(raw):
    with raw.begin() as connection:
        person(connection, ("account_manager", "2024-01-01", "2026-11-15"))
        give(connection, "admin", "administrator")  # made on the 16th
        person(connection, ("supervision_head", "2024-01-01", None), person_id="P2")
        give(connection, "closed", "administrator", person_id="P2", disabled_at=NOW)
    # Opening it again is refused.
    check_refused(raw, lambda c: c.execute(text("UPDATE account SET disabled_at = NULL WHERE account_id = 'closed'")))
    check_refused(raw, lambda c: person(c, ("account_manager", "2024-01-01", "2026-11-16"), recorded=2))
    with raw.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM account")) == 2


def test_signing_in_is_not_what_the_guard_looks_at(raw):
    with raw.begin() as connection:
        person(connection, ("account_manager", "2024-01-01", None))
        give(connection, "mine")
        connection.execute(text("UPDATE account SET failed_sign_ins = 3 WHERE account_id = 'mine'"))
        assert connection.scalar(text("SELECT failed_sign_ins FROM account")) == 3


def test_the_pairs_themselves_cannot_be_taken_away(raw, dialect):
    attacks = ["DELETE FROM role_conflict", "UPDATE role_conflict SET other = 'x'"]
    if dialect == "postgresql":
        attacks += ["TRUNCATE role_conflict", "SET session_replication_role = replica; DELETE FROM role_conflict"]
    for attack in attacks:
        with pytest.raises(DBAPIError, match="append-only"), raw.begin() as connection:
            connection.exec_driver_sql(attack)
    with raw.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM role_conflict")) == 30


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.postgres
def test_a_replication_role_does_not_switch_the_guard_off(raw):
    def attack(connection):
        connection.execute(text("SET session_replication_role = replica"))
        person(connection, ("account_manager", "2024-01-01", None), ("supervision_head", "2024-01-01", None))

    check_refused(raw, attack)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.postgres
def test_a_temporary_table_of_the_same_name_is_not_asked_instead(raw):
    for shadow in ("role_conflict", "account", "person_role", "person"):

        def attack(connection, shadow=shadow):
            connection.exec_driver_sql(f"CREATE TEMP TABLE {shadow} (LIKE public.{shadow})")
            connection.exec_driver_sql(
                "INSERT INTO public.person (person_id, recorded, revision, name) VALUES ('P', 1, 1, 'p')"
            )
            connection.exec_driver_sql(
                "INSERT INTO public.person_role (person_id, recorded, place, role, unit, since) VALUES "
                "('P', 1, 0, 'account_manager', 'u', '2024-01-01'), ('P', 1, 1, 'supervision_head', 'u', '2024-01-01')"
            )

        check_refused(raw, attack)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.postgres
def test_two_writers_at_once_see_each_other(raw):
    """One gives the person an administrator's account, the other a business role; neither has ended when both begin."""
    with raw.begin() as connection:
        person(connection)
    refused = []

    def second():
        try:
            with raw.begin() as connection:
                give(connection, "admin", "administrator")
        except DBAPIError as error:
            refused.append(str(error))

    with raw.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO person_role (person_id, recorded, place, role, unit, since) "
            "VALUES ('P1', 1, 0, 'account_manager', 'u', '2024-01-01')"
        )
        other = threading.Thread(target=second)
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join()
    assert len(refused) == 1
    assert "incompatible roles of one person" in refused[0]
    for level in ("REPEATABLE READ", "SERIALIZABLE"):
        with raw.connect() as connection:
            connection.exec_driver_sql(f"SET TRANSACTION ISOLATION LEVEL {level}")
            with pytest.raises(DBAPIError, match="read committed"):
                give(connection, "admin", "administrator")
            connection.rollback()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_neither_ignoring_nor_replacing_gets_around_the_guard(raw):
    with raw.begin() as connection:
        person(connection, ("account_manager", "2024-01-01", None))
        give(connection, "mine")
    for way in ("INSERT OR IGNORE", "INSERT OR REPLACE", "INSERT OR FAIL"):
        check_refused(
            raw,
            lambda c, way=way: c.exec_driver_sql(
                f"{way} INTO person_role (person_id, recorded, place, role, unit, since) "
                "VALUES ('P1', 1, 1, 'supervision_head', 'u', '2024-01-01')"
            ),
        )
        check_refused(
            raw,
            lambda c, way=way: c.exec_driver_sql(
                f"{way} INTO account SELECT 'x', 'x', display_name, person_id, password_hash, '[\"administrator\"]', "
                "territories, language, is_demo, created_at, disabled_at, signed_in_at, failed_sign_ins, failed_at, "
                "must_change_password FROM account"
            ),
        )


def test_the_program_hears_it_as_a_conflict_it_knows(store):
    with pytest.raises(RoleIncompatible), store.write() as uow:
        uow.accounts.add(
            Account("x", "x", "x", None, "h", ("administrator", "account_manager"), None, "zh", False, NOW)
        )
    with store.read() as uow:
        assert uow.accounts.list() == ()


def test_a_check_of_the_store_misses_the_guard_when_it_is_gone(store, raw, dialect):
    assert store.check().ok
    tables = {"person_role_compatible": "person_role"}
    for trigger in sorted(ROLE_GUARD):
        on = f" ON {tables.get(trigger, 'account')}" if dialect == "postgresql" else ""
        with raw.begin() as connection:
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}{on}")
        assert any("incompatible roles" in problem.en for problem in store.check().problems), trigger
