"""Clients, accounts, sessions, batches, extensions and events of cycles come back as they were kept."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.audit.facts.context import PosBatch
from app.core.errors import NotFound
from app.office.cycle import Extension, Stage
from app.office.month import Month
from app.store.errors import AlreadyRecorded
from app.store.values import Account, Client, CycleEvent, StoredExtension, StoredPosBatch, WebSession

NOW = datetime(2026, 11, 16, 1, 30, 0, 123456, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CYCLE = Month(2026, 11)
ACTOR = {"kind": "client", "id": "C1", "name": "系统"}

CLIENT = Client("C1", "预测系统", "argon2$x", ("submit", "read"), frozenset({"T03", "T01"}), NOW)
ACCOUNT = Account("A1", "wang", "王", "P9", "argon2$x", ("supervision_officer",), None, "zh", False, NOW)
SESSION = WebSession("sha256:" + "a" * 64, "A1", NOW, NOW, LATER, None, {"csrf": "x"})


def test_a_client_is_kept_with_exactly_its_territories(store):
    everywhere = replace(CLIENT, client_id="C2", name="全部", territories=None)
    nowhere = replace(CLIENT, client_id="C3", name="无", territories=frozenset())
    with store.write() as uow:
        for client in (CLIENT, everywhere, nowhere):
            uow.clients.add(client)
    with store.read() as uow:
        assert [uow.clients.by_id(number) for number in ("C1", "C2", "C3", "C4")] == [CLIENT, everywhere, nowhere, None]
        assert set(uow.clients.list()) == {CLIENT, everywhere, nowhere}


@pytest.mark.parametrize("taken", [replace(CLIENT, name="other"), replace(CLIENT, client_id="C9")])
def test_a_client_is_kept_once(store, taken):
    with store.write() as uow:
        uow.clients.add(CLIENT)
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        uow.clients.add(taken)


def test_a_client_is_revoked_once_and_stays_known(store):
    with store.write() as uow:
        uow.clients.add(CLIENT)
        uow.clients.revoke("C1", NOW)
        uow.clients.revoke("C1", LATER)
    with store.read() as uow:
        assert uow.clients.by_id("C1").revoked_at == NOW
    with pytest.raises(NotFound), store.write() as uow:
        uow.clients.revoke("C9", NOW)


def test_an_account_remembers_failures_until_somebody_signs_in(store):
    with store.write() as uow:
        uow.accounts.add(ACCOUNT)
        uow.accounts.note_failure("A1", NOW)
        uow.accounts.note_failure("A1", LATER)
    with store.read() as uow:
        assert uow.accounts.by_name("wang") == replace(ACCOUNT, failed_sign_ins=2, failed_at=LATER)
        assert uow.accounts.by_name("li") is None
        assert uow.accounts.by_id("A9") is None
    with store.write() as uow:
        uow.accounts.touch("A1", LATER)
        uow.accounts.set_language("A1", "en")
        uow.accounts.set_password("A1", "argon2$y")
    with store.read() as uow:
        expected = replace(ACCOUNT, signed_in_at=LATER, language="en", password_hash="argon2$y")
        assert uow.accounts.by_id("A1") == expected
        assert uow.accounts.list() == (expected,)
    for change in ("touch", "note_failure", "disable"):
        with pytest.raises(NotFound), store.write() as uow:
            getattr(uow.accounts, change)("A9", NOW)


def test_a_sign_in_name_is_taken_once(store):
    with store.write() as uow:
        uow.accounts.add(ACCOUNT)
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        uow.accounts.add(replace(ACCOUNT, account_id="A2", territories=frozenset({"T1"})))


def test_a_session_lives_until_it_expires_or_is_ended(store):
    with store.write() as uow:
        uow.accounts.add(ACCOUNT)
        uow.sessions.add(SESSION)
    with store.read() as uow:
        assert uow.sessions.get(SESSION.token_digest, NOW) == SESSION
        assert uow.sessions.get("sha256:b", NOW) is None
        assert uow.sessions.get(SESSION.token_digest, LATER) is None
    with store.write() as uow:
        uow.sessions.touch(SESSION.token_digest, LATER)
        assert uow.sessions.get(SESSION.token_digest, NOW) == replace(SESSION, seen_at=LATER)
        uow.sessions.touch(SESSION.token_digest, LATER, {"csrf": "y"})
        assert uow.sessions.get(SESSION.token_digest, NOW).content == {"csrf": "y"}
        uow.sessions.end(SESSION.token_digest, NOW)
        assert uow.sessions.get(SESSION.token_digest, NOW) is None


def test_closing_an_account_ends_its_sessions(store):
    with store.write() as uow:
        uow.accounts.add(ACCOUNT)
        uow.sessions.add(SESSION)
        uow.sessions.add(replace(SESSION, token_digest="sha256:b"))
        uow.accounts.disable("A1", NOW)
    with store.write() as uow:
        assert uow.accounts.by_id("A1").disabled_at == NOW
        assert uow.sessions.get(SESSION.token_digest, NOW) is None
        assert uow.sessions.get("sha256:b", NOW) is None
        assert uow.sessions.drop_expired(LATER) == 0
        assert uow.sessions.drop_expired(LATER + timedelta(seconds=1)) == 2


def _extension(evaluation, new_end, accepted, stage=Stage.SUPPLY):
    asked = Extension(CYCLE, stage, new_end, "暴雨", "P1", "P2", "P3", "备〔2026〕3号", NOW)
    return StoredExtension(0, asked, evaluation.evaluation_id, NOW, ACTOR, "pass" if accepted else "block", accepted)


def test_the_latest_accepted_extension_is_in_force(store, keep_evaluation):
    with store.write() as uow:
        assert uow.extensions.in_force(CYCLE, Stage.SUPPLY) is None
        for new_end, accepted in ((date(2026, 11, 10), True), (date(2026, 11, 11), True), (date(2026, 11, 30), False)):
            uow.extensions.add(_extension(keep_evaluation(uow), new_end, accepted))
        uow.extensions.add(_extension(keep_evaluation(uow), date(2026, 11, 25), True, Stage.ORDER))
    with store.read() as uow:
        in_force = uow.extensions.in_force(CYCLE, Stage.SUPPLY)
        assert in_force.extension.new_end == date(2026, 11, 11)
        assert in_force.extension.filing_no == "备〔2026〕3号"
        assert in_force.extension.filed_at == NOW
        assert in_force.extension_no == 2
        requested = uow.extensions.requested(CYCLE, Stage.SUPPLY)
        assert [stored.accepted for stored in requested] == [True, True, False]
        assert uow.extensions.in_force(Month(2026, 12), Stage.SUPPLY) is None


def test_an_empty_request_for_an_extension_is_kept_as_it_came(store, keep_evaluation):
    with store.write() as uow:
        asked = Extension(CYCLE, Stage.ORDER, None, None, None, None, None, None, None)
        stored = StoredExtension(1, asked, keep_evaluation(uow).evaluation_id, NOW, ACTOR, "block", False)
        uow.extensions.add(stored)
    with store.read() as uow:
        assert uow.extensions.requested(CYCLE, Stage.ORDER) == (stored,)


def test_a_batch_belongs_to_the_month_of_the_office_it_arrived_in(store, keep_evaluation):
    arrivals = {
        "last of October": datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC),
        "first of November": datetime(2026, 10, 31, 16, 0, tzinfo=UTC),
        "last of November": datetime(2026, 11, 30, 15, 59, 59, 999999, tzinfo=UTC),
        "first of December": datetime(2026, 11, 30, 16, 0, tzinfo=UTC),
    }
    with store.write() as uow:
        for name, at in arrivals.items():
            evaluation = keep_evaluation(uow)
            batch = PosBatch(name, "S1", 3, 2, False, at, frozenset({"L2", "L1"}))
            uow.pos_batches.add(StoredPosBatch(batch, evaluation.evaluation_id, evaluation.payload_digest, ACTOR))
    with store.read() as uow:
        received = uow.pos_batches.received_in(CYCLE)
        assert [batch.batch_id for batch in received] == ["first of November", "last of November"]
        assert received[0].licence_numbers == {"L1", "L2"}
        assert received[0].received_at == arrivals["first of November"]


def test_a_batch_sent_again_is_a_second_reception(store, keep_evaluation):
    with store.write() as uow:
        assert uow.pos_batches.find("B1") is None
        for lines in (2, 3):
            evaluation = keep_evaluation(uow)
            batch = PosBatch("B1", "S1", 3, lines, lines == 3, NOW, frozenset())
            uow.pos_batches.add(StoredPosBatch(batch, evaluation.evaluation_id, evaluation.payload_digest, ACTOR))
    with store.read() as uow:
        assert uow.pos_batches.find("B1").batch.received_lines == 3
        assert uow.pos_batches.receptions("B1") == 2
        assert len(uow.pos_batches.received_in(CYCLE)) == 2


def test_the_events_of_a_cycle_are_told_in_order(store, keep_evaluation):
    with store.write() as uow:
        happened = [
            CycleEvent(CYCLE, event, stage, keep_evaluation(uow).evaluation_id, NOW, ACTOR, "pass")
            for event, stage in (("on_cycle_open", None), ("on_window_close", "supply"), ("on_close", None))
        ]
        for one in happened:
            uow.cycle_events.add(one)
    with store.read() as uow:
        assert uow.cycle_events.of(CYCLE) == tuple(happened)
        assert uow.cycle_events.of(Month(2026, 12)) == ()


def test_messages_are_read_in_pieces_in_order(store):
    with store.write() as uow:
        for number in range(5):
            uow.outbox.add("thing", {"number": number}, NOW)
    with store.read() as uow:
        first = uow.outbox.after(0, 3)
        assert [message.body["number"] for message in first + uow.outbox.after(first[-1].number, 3)] == list(range(5))
        assert (first[0].topic, first[0].at) == ("thing", NOW)
