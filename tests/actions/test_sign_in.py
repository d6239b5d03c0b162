"""Signing in: every refusal looks the same, sessions end by themselves, and rights follow the roles of today."""

import pytest

from app.actions.page_evaluations import page_evaluations
from app.actions.read_evaluation import read_evaluation
from app.actions.sign_in import session_actor, sign_in, sign_out
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.office.permission import Permission
from app.store.values import EvaluationFilter
from tests.actions.tiny_office import LEADER, LI, OFFICER, WANG, own, territory

PASSWORD = "correct horse battery"


@pytest.fixture
def staffed(office):
    office.account("wu", OFFICER, PASSWORD)
    office.account("li", LI, PASSWORD)
    office.account("admin", None, PASSWORD, administrator=True)
    return office


def enter(office, login="wu", password=PASSWORD):
    return sign_in(office.deps, login, password, "test")


def seen(office, login="wu"):
    start = enter(office, login)
    assert start is not None
    who = session_actor(office.deps, start.token)
    assert who is not None
    return start.token, who


def test_wrong_unknown_disabled_and_locked_are_refused_alike(staffed):
    for _ in range(8):
        assert enter(staffed, "li", "wrong") is None
    with staffed.deps.store.write() as uow:
        uow.accounts.disable("admin", staffed.clock.now())
    before = len(staffed.log())
    refused = {
        "wrong password": enter(staffed, "wu", "wrong"),
        "unknown": enter(staffed, "nobody", PASSWORD),
        "disabled": enter(staffed, "admin", PASSWORD),
        "locked": enter(staffed, "li", PASSWORD),
        "empty": enter(staffed, "", ""),
    }
    assert set(refused.values()) == {None}
    events = staffed.log()[before:]
    assert [event.name for event in events] == ["session.refused"] * 5
    # The log does not tell them apart either, and keeps no login that may be a password.
    assert {str(event.actor) for event in events} == {str(events[0].actor)}
    assert {str(event.body) for event in events} == {str(events[0].body)}
    assert not {"wu", "nobody", "admin", "li"} & {event.subject["id"] for event in events}


def test_after_eight_failures_an_account_waits_fifteen_minutes(staffed):
    staffed.on(11, 3, 9)
    for _ in range(7):
        enter(staffed, "wu", "wrong")
    assert enter(staffed) is not None  # the right one forgets the failures
    for _ in range(8):
        enter(staffed, "wu", "wrong")
    assert enter(staffed) is None
    staffed.on(11, 3, 9, 14, 59)
    assert enter(staffed) is None  # and waits anew, as this was another failure
    staffed.on(11, 3, 9, 30)
    assert enter(staffed) is not None


def test_a_session_ends_after_thirty_idle_minutes(staffed):
    staffed.on(11, 3, 9)
    token, _ = seen(staffed)
    staffed.on(11, 3, 9, 30)
    assert session_actor(staffed.deps, token) is not None
    staffed.on(11, 3, 10, 0, 1)
    assert session_actor(staffed.deps, token) is None
    staffed.on(11, 3, 9, 31)
    assert session_actor(staffed.deps, token) is not None  # it was idleness, not the end


def test_a_session_ends_after_ten_hours_whatever_is_done(staffed):
    staffed.on(11, 3, 8)
    token, _ = seen(staffed)
    for hour in range(8, 18):
        for minute in (0, 20, 40):
            staffed.on(11, 3, hour, minute)
            assert session_actor(staffed.deps, token) is not None
    staffed.on(11, 3, 18)
    assert session_actor(staffed.deps, token) is None


def test_signing_out_ends_the_session_on_the_server_and_disabling_ends_all(staffed):
    first, second = seen(staffed)[0], seen(staffed)[0]
    sign_out(staffed.deps, first)
    sign_out(staffed.deps, first)
    sign_out(staffed.deps, "no such token")
    assert session_actor(staffed.deps, first) is None
    assert session_actor(staffed.deps, second) is not None
    with staffed.deps.store.write() as uow:
        uow.accounts.disable("wu", staffed.clock.now())
    assert session_actor(staffed.deps, second) is None
    assert [event.name for event in staffed.log()].count("session.ended") == 1


def test_the_token_itself_is_nowhere_in_the_store(staffed):
    token, _ = seen(staffed)
    with staffed.connection() as connection:
        from sqlalchemy import text

        rows = str(connection.execute(text("SELECT * FROM web_session")).all())
    assert token not in rows
    assert token not in str(staffed.log())
    assert session_actor(staffed.deps, token[:-1]) is None


def test_a_role_that_ended_yesterday_gives_nothing_today(staffed):
    staffed.on(11, 3, 23, 50)
    token, who = seen(staffed)
    assert who.actor.may(Permission.READ_EVALUATION)
    ended = {"role": "supervision_officer", "unit": "内管办", "from": "2024-01-01", "to": "2026-11-03"}
    staffed.deliver("people", {"person_id": OFFICER, "name": "吴明", "roles": [ended]})
    still = session_actor(staffed.deps, token)
    assert still is not None
    assert still.actor.may(Permission.READ_EVALUATION)
    staffed.on(11, 4, 0, 0)
    after = session_actor(staffed.deps, token)
    assert after is not None
    assert (after.actor.permissions, after.roles) == (frozenset(), ())
    with pytest.raises(Forbidden):
        page_evaluations(staffed.deps, after.actor, EvaluationFilter(), None, 10)


def test_an_administrator_reads_no_evaluation(staffed):
    staffed.on(11, 3)
    answer = staffed.submit(staffed.supply())
    _, who = seen(staffed, "admin")
    assert who.actor.permissions == {
        Permission.MANAGE_ACCOUNTS,
        Permission.MANAGE_CLIENTS,
        Permission.MANAGE_ROLES,
        Permission.MANAGE_TERRITORIES,
    }
    with pytest.raises(NotFound):
        read_evaluation(staffed.deps, who.actor, answer.evaluation)
    with pytest.raises(Forbidden):
        page_evaluations(staffed.deps, who.actor, EvaluationFilter(), None, 10)


def test_an_account_manager_sees_the_own_territory_and_supervision_sees_all(staffed):
    staffed.on(11, 3)
    mine, other = staffed.submit(staffed.supply(LI)), staffed.submit(staffed.supply(WANG))
    _, li = seen(staffed, "li")
    _, officer = seen(staffed, "wu")
    assert li.actor.territories == {"T01"}
    assert read_evaluation(staffed.deps, li.actor, mine.evaluation)["verdict"] == "pass"
    with pytest.raises(NotFound):
        read_evaluation(staffed.deps, li.actor, other.evaluation)
    rows = page_evaluations(staffed.deps, officer.actor, EvaluationFilter(), None, 10).rows
    assert {row.head.evaluation_id for row in rows} == {mine.evaluation, other.evaluation}
    assert not officer.actor.may(Permission.SUBMIT_FORECAST)
    # A territory handed over today is seen by the other tomorrow only.
    gone = {**own(LI), "to": "2026-11-03"}
    staffed.deliver("territories", territory("T01", gone, {**own(WANG), "from": "2026-11-04"}))
    staffed.on(11, 4)
    _, li = seen(staffed, "li")
    assert li.actor.territories == frozenset()


def test_accounts_are_made_for_known_people_once_with_a_long_password(small_office):
    for login, person, password in (
        ("wu", "NOBODY", PASSWORD),
        ("wu", None, PASSWORD),
        ("wu", OFFICER, "short"),
        ("wu", OFFICER, "x" * 257),
        ("吴明", OFFICER, PASSWORD),
        ("", OFFICER, PASSWORD),
    ):
        with pytest.raises(Invalid):
            small_office.account(login, person, password)
    small_office.account("wu", OFFICER, PASSWORD)
    with pytest.raises(Conflict):
        small_office.account("wu", LEADER, PASSWORD)
    with small_office.deps.store.read() as uow:
        (account,) = uow.accounts.list()
    assert PASSWORD not in str(account)
    assert account.password_hash.startswith("$argon2id$")
