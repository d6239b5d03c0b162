"""Who may give whom which role: every grant is judged and kept, nobody decides in the own case, sides stay apart."""

from datetime import date, timedelta

import pytest

from app.actions.accounts import create_account
from app.actions.assign_territory import TerritoryAssigned, assign_territory
from app.actions.compare_with_log import compare_with_log
from app.actions.end_role import end_role
from app.actions.grant_role import RoleKnown, grant_role
from app.actions.import_office import import_office
from app.actions.keep_accounts import AccountClosed, disable_account, list_accounts, reset_password
from app.actions.machine_clients import (
    ClientRevoked,
    authenticate_client,
    create_client,
    list_clients,
    revoke_client,
    rotate_client,
)
from app.actions.own_case import OwnCase
from app.actions.people import list_people
from app.actions.people_checks import PersonUnfit
from app.actions.read_evaluation import read_evaluation
from app.actions.seal_record import read_record
from app.actions.sign_in import session_actor, sign_in
from app.core.errors import Forbidden, Invalid, NotFound
from app.office.duties import MARKETING, SUPERVISION
from app.reports.check import check_record
from app.reports.signing_words import ROLE_WORDS
from app.store.errors import RoleIncompatible
from tests.actions.tiny_office import LI, OFFICER, OPERATOR, WANG

PASSWORD = "correct horse battery"
TODAY = date(2026, 11, 3)
BOSS, NOVICE = "A1", "N1"


@pytest.fixture
def kept(office):
    """An administrator with a person, and somebody without any role."""
    return _kept(office)


@pytest.fixture
def small(small_office):
    return _kept(small_office)


def _kept(office):
    office.on(11, 3, 9)
    office.deliver("people", {"person_id": BOSS, "name": "管理甲", "roles": []})
    office.deliver("people", {"person_id": NOVICE, "name": "新人", "roles": []})
    office.account("boss", BOSS, PASSWORD, administrator=True)
    office.account("wu", OFFICER, PASSWORD)
    return office


def signed_in(office, login, password=PASSWORD):
    start = sign_in(office.deps, login, password, "test")
    assert start is not None
    found = session_actor(office.deps, start.token)
    assert found is not None
    return found


def boss(office):
    return signed_in(office, "boss").actor


def grant(office, person_id, role, since=TODAY, until=None, unit="示例县", actor=None):
    return grant_role(office.deps, actor or boss(office), person_id, role, unit, since, until)


def roles_of(office, person_id):
    with office.deps.store.read() as uow:
        return [(held.role, held.since, held.until) for held in uow.office.person(person_id).roles]


def test_a_role_is_granted_with_its_evaluation_and_counts_from_its_day(kept):
    reply = grant(kept, NOVICE, "market_manager", TODAY + timedelta(days=1))
    assert reply["verdict"] == "pass"
    assert reply["subject"]["kind"] == "person"
    assert reply["subject"]["id"] == NOVICE
    whole = read_evaluation(kept.deps, kept.system, reply["evaluation"])
    assert whole["event"] == "on_role_grant"
    assert whole["outcomes"]["TRL-06"] == "pass"
    assert whole["actor"]["id"] == BOSS
    assert roles_of(kept, NOVICE) == [("market_manager", date(2026, 11, 4), None)]
    kept.account("novice", NOVICE, PASSWORD)
    assert signed_in(kept, "novice").roles == ()
    kept.on(11, 4, 0)
    assert signed_in(kept, "novice").roles == ("market_manager",)
    # The administrator's account was a grant of its own.
    first, event = [event for event in kept.log() if event.name == "role.granted"]
    assert (first.subject["id"], event.subject["id"]) == (BOSS, NOVICE)
    assert event.body["evaluation"] == reply["evaluation"]
    assert compare_with_log(kept.deps.store) == ()


@pytest.mark.parametrize("there", sorted(MARKETING))
def test_no_role_of_supervision_is_granted_beside_one_of_marketing(small, there):
    grant(small, NOVICE, there)
    for wanted in sorted(SUPERVISION):
        check_refused(small, NOVICE, wanted)
    grant(small, NOVICE, "market_manager" if there != "market_manager" else "marketing_leader")


@pytest.mark.parametrize("there", sorted(SUPERVISION))
def test_no_role_of_marketing_is_granted_beside_one_of_supervision(small, there):
    grant(small, NOVICE, there)
    for wanted in sorted(MARKETING):
        check_refused(small, NOVICE, wanted)


@pytest.mark.parametrize("role", sorted(MARKETING | SUPERVISION))
def test_an_administrator_holds_no_business_role_and_the_other_way_round(small, role):
    grant(small, NOVICE, role)
    check_refused(small, NOVICE, "administrator")
    with pytest.raises(RoleIncompatible):
        create_account(small.deps, boss(small), "novice", PASSWORD, NOVICE, administrator=True)
    assert [event.name for event in small.log()].count("role.refused") == 2
    small.deliver("people", {"person_id": "A2", "name": "管理乙", "roles": []})
    create_account(small.deps, boss(small), "yi", PASSWORD, "A2", administrator=True)
    check_refused(small, "A2", role)


def check_refused(office, person_id, role, since=TODAY, until=None):
    """Refused by the action with the pair, and the evaluation that blocks is on record."""
    before, roles = len(office.log()), roles_of(office, person_id)
    actor = boss(office)
    with pytest.raises(RoleIncompatible) as told:
        grant(office, person_id, role, since, until, actor=actor)
    assert told.value.status == 409
    assert ROLE_WORDS[role].zh in told.value.faults[0].message.zh
    assert ROLE_WORDS[role].en.lower() in told.value.faults[0].message.en
    assert roles_of(office, person_id) == roles
    (event,) = [event for event in office.log()[before:] if event.name == "role.refused"]
    assert event.body["verdict"] == "block"
    evaluation = read_evaluation(office.deps, office.system, event.body["evaluation"])
    assert evaluation["outcomes"]["TRL-06"] == "block"


def test_a_role_that_begins_later_is_judged_on_the_day_both_are_held(kept):
    grant(kept, NOVICE, "account_manager", TODAY, date(2026, 12, 31), unit="T01")
    check_refused(kept, NOVICE, "supervision_officer", date(2026, 12, 31))
    reply = grant(kept, NOVICE, "supervision_officer", date(2027, 1, 1))
    assert reply["verdict"] == "pass"


def test_nobody_grants_a_role_to_oneself_whatever_account_is_used(kept):
    kept.account("boss2", BOSS, PASSWORD, administrator=True)
    for login in ("boss", "boss2"):
        actor = signed_in(kept, login).actor
        for role in ("account_manager", "administrator"):
            with pytest.raises(OwnCase):
                grant(kept, BOSS, role, actor=actor)
        with pytest.raises(OwnCase):
            end_role(kept.deps, actor, BOSS, "administrator", "示例县", TODAY)
        with pytest.raises(OwnCase):
            create_account(kept.deps, actor, "third", PASSWORD, BOSS, administrator=True)
    assert roles_of(kept, BOSS) == []


def test_only_administrators_grant_roles(kept):
    for actor in (signed_in(kept, "wu").actor, kept.system):
        with pytest.raises(Forbidden):
            grant(kept, NOVICE, "market_manager", actor=actor)
        with pytest.raises(Forbidden):
            end_role(kept.deps, actor, LI, "account_manager", "T01", TODAY)
        with pytest.raises(Forbidden):
            assign_territory(kept.deps, actor, "T01", WANG, "own", TODAY, None, None)
        with pytest.raises(Forbidden):
            list_accounts(kept.deps, actor)
        with pytest.raises(Forbidden):
            list_clients(kept.deps, actor)


@pytest.mark.parametrize(
    ("role", "unit", "since", "until", "code"),
    [
        ("emperor", "示例县", TODAY, None, "role.unknown"),
        ("market_manager", " ", TODAY, None, "role.unit_missing"),
        ("market_manager", "示例县", TODAY - timedelta(days=1), None, "span.too_early"),
        ("market_manager", "示例县", TODAY, TODAY - timedelta(days=1), "span.backwards"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused_with_the_place(small, role, unit, since, until, code):
    with pytest.raises(Invalid) as told:
        grant(small, NOVICE, role, since, until, unit)
    assert [fault.code for fault in told.value.faults] == [code]
    with pytest.raises(NotFound):
        grant(small, "nobody", "market_manager")


def test_a_role_held_already_is_not_granted_again(kept):
    grant(kept, NOVICE, "market_manager", TODAY, TODAY + timedelta(days=5))
    with pytest.raises(RoleKnown):
        grant(kept, NOVICE, "market_manager", TODAY + timedelta(days=5))
    grant(kept, NOVICE, "market_manager", TODAY + timedelta(days=6))
    grant(kept, NOVICE, "market_manager", TODAY, unit="另一单位")
    assert len(roles_of(kept, NOVICE)) == 3


def test_a_role_ends_with_a_day_and_what_was_done_in_it_stays(kept):
    end_role(kept.deps, boss(kept), OFFICER, "supervision_officer", "示例县内管办", TODAY)
    assert roles_of(kept, OFFICER) == [("supervision_officer", date(2024, 1, 1), TODAY)]
    assert signed_in(kept, "wu").roles == ("supervision_officer",)
    kept.on(11, 4)
    assert signed_in(kept, "wu").roles == ()
    with pytest.raises(NotFound):
        end_role(kept.deps, boss(kept), OFFICER, "supervision_officer", "示例县内管办", date(2026, 11, 4))
    with pytest.raises(Invalid):
        end_role(kept.deps, boss(kept), LI, "account_manager", "T01", date(2026, 11, 2))
    grant(kept, NOVICE, "market_manager", date(2026, 12, 1))
    end_role(kept.deps, boss(kept), NOVICE, "market_manager", "示例县", date(2026, 11, 10))
    assert roles_of(kept, NOVICE) == []
    assert [event.name for event in kept.log()].count("role.ended") == 2


def test_an_import_refuses_the_person_with_both_sides_and_keeps_the_others(kept):
    both = [
        {"role": "account_manager", "unit": "T01", "from": "2024-01-01"},
        {"role": "supervision_officer", "unit": "内管办", "from": "2026-12-01"},
    ]
    items = [
        {"person_id": "P20", "name": "甲", "roles": both[:1]},
        {"person_id": "P21", "name": "乙", "roles": both},
        {"person_id": BOSS, "name": "管理甲", "roles": both[:1]},
        {"person_id": "P22", "name": "丙", "roles": both[1:]},
    ]
    body = import_office(kept.deps, kept.system, "people", items)
    assert (body["created"], body["rejected"]) == (2, 2)
    assert [result["status"] for result in body["results"]] == ["created", "rejected", "rejected", "created"]
    for refused in (body["results"][1], body["results"][2]):
        assert [error["code"] for error in refused["errors"]] == ["role.incompatible"]
    assert "P21" in body["results"][1]["errors"][0]["message"]["zh"]
    refusals = [event for event in kept.log() if event.name == "role.refused"]
    assert [event.subject["id"] for event in refusals] == ["P21", BOSS]
    assert {event.body["verdict"] for event in refusals} == {"block"}
    assert roles_of(kept, BOSS) == []
    with kept.deps.store.read() as uow:
        assert uow.office.person("P21") is None
    assert compare_with_log(kept.deps.store) == ()


def test_a_territory_is_given_to_another_manager_from_a_day_on(kept):
    day = date(2026, 11, 10)
    given = assign_territory(kept.deps, boss(kept), "T01", WANG, "own", day, None, None)
    assert given.own_managers_on(day - timedelta(days=1)) == {LI}
    assert given.own_managers_on(day) == {WANG}
    kept.account("wang", WANG, PASSWORD)
    assert signed_in(kept, "wang").actor.territories == {"T02"}
    kept.on(11, 10)
    assert signed_in(kept, "wang").actor.territories == {"T01", "T02"}
    with pytest.raises(TerritoryAssigned):
        assign_territory(kept.deps, boss(kept), "T01", LI, "own", day, None, None)
    covered = assign_territory(kept.deps, boss(kept), "T01", LI, "cover", day, day, "NG-BA-202611-009")
    assert covered.managers_on(day) == {WANG, LI}
    names = [event.name for event in kept.log()]
    assert names.count("territory.assigned") == 2


@pytest.mark.parametrize(
    ("territory_id", "manager", "kind", "filing_no", "error"),
    [
        ("T99", WANG, "own", None, NotFound),
        ("T01", OFFICER, "own", None, PersonUnfit),
        ("T01", "nobody", "own", None, PersonUnfit),
        ("T01", WANG, "cover", None, Invalid),
        ("T01", WANG, "cover", "。", Invalid),
        ("T01", WANG, "gift", None, Invalid),
    ],
)
def test_an_assignment_that_makes_no_sense_is_refused(small, territory_id, manager, kind, filing_no, error):
    with pytest.raises(error):
        assign_territory(small.deps, boss(small), territory_id, manager, kind, TODAY, None, filing_no)
    with pytest.raises(Invalid):
        assign_territory(small.deps, boss(small), "T01", WANG, "own", TODAY - timedelta(days=1), None, None)


def test_from_a_page_an_administrator_needs_a_person_and_the_password_is_temporary(kept):
    actor = boss(kept)
    with pytest.raises(Invalid) as told:
        create_account(kept.deps, actor, "ghost", PASSWORD, None, administrator=True)
    assert [fault.code for fault in told.value.faults] == ["person.unknown"]
    create_account(kept.deps, actor, "novice", PASSWORD, NOVICE)
    assert signed_in(kept, "novice").must_change_password
    # The command line may, before there are people; but not under the number of one.
    create_account(kept.deps, OPERATOR, "root", PASSWORD, None, administrator=True)
    with pytest.raises(Invalid):
        create_account(kept.deps, OPERATOR, LI, PASSWORD, None, administrator=True)


def test_one_person_may_have_several_accounts_and_stays_one_person(kept):
    kept.account("wu2", OFFICER, PASSWORD)
    first, second = signed_in(kept, "wu").actor, signed_in(kept, "wu2").actor
    assert first.actor_id == second.actor_id == OFFICER
    assert first.access.account_id != second.access.account_id
    (line,) = [one for one in list_people(kept.deps, boss(kept)) if one.person.person_id == OFFICER]
    assert (line.roles_today, line.accounts) == (("supervision_officer",), ("wu", "wu2"))
    (manager,) = [one for one in list_people(kept.deps, boss(kept)) if one.person.person_id == LI]
    assert manager.territories_today == ("T01",)
    with pytest.raises(Forbidden):
        list_people(kept.deps, kept.system)


def test_a_closed_account_is_closed_for_good(kept):
    disable_account(kept.deps, boss(kept), "wu")
    disable_account(kept.deps, boss(kept), "wu")
    assert sign_in(kept.deps, "wu", PASSWORD, "test") is None
    (line,) = [one for one in list_accounts(kept.deps, boss(kept)) if one.login == "wu"]
    assert line.disabled_at == kept.clock.now()
    assert (line.person_id, line.administrator, line.has_second_factor) == (OFFICER, False, False)
    with pytest.raises(AccountClosed):
        reset_password(kept.deps, boss(kept), "wu")
    with pytest.raises(NotFound):
        disable_account(kept.deps, boss(kept), "nobody")
    assert [event.name for event in kept.log()].count("account.disabled") == 1


def test_a_client_gets_a_new_credential_and_the_old_one_ends(kept):
    _, old = create_client(kept.deps, boss(kept), "machine", ["read"], None)
    new = rotate_client(kept.deps, boss(kept), "machine")
    assert authenticate_client(kept.deps, old) is None
    assert authenticate_client(kept.deps, new).actor_id == "machine"
    revoke_client(kept.deps, boss(kept), "machine")
    revoke_client(kept.deps, boss(kept), "machine")
    assert authenticate_client(kept.deps, new) is None
    with pytest.raises(ClientRevoked):
        rotate_client(kept.deps, boss(kept), "machine")
    with pytest.raises(NotFound):
        revoke_client(kept.deps, boss(kept), "nobody")
    (line,) = list_clients(kept.deps, boss(kept))
    assert line.revoked_at == kept.clock.now()
    names = [event.name for event in kept.log()]
    assert (names.count("client.rotated"), names.count("client.revoked")) == (1, 1)
    assert new not in str(kept.log())
    assert compare_with_log(kept.deps.store) == ()


def test_the_evaluation_of_a_grant_has_a_record_that_verifies(small):
    with pytest.raises(RoleIncompatible):
        grant(small, OFFICER, "market_manager")
    (event,) = [event for event in small.log() if event.name == "role.refused"]
    sealed = read_record(small.deps, small.system, event.body["evaluation"])
    check = check_record(sealed, small.deps.load_keyring().roots, at=small.clock.now())
    assert check.ok, [one for one in check.checks if not one.passed]
