"""The revision of office data moves exactly when office data does, and nothing remembered outlives it."""

import threading
from datetime import date, timedelta

import pytest

from app.core.actor import command_actor
from app.office.month import Month
from app.store.contexts import OfficeCache
from app.store.office_values import OfficeImport, RevisionStamp

DAY = date(2026, 11, 16)


class Undone(Exception):
    """Ends a transaction that must leave no trace."""


def write_and_fail(uow, office):
    uow.office.write(office.customer(), office.at)
    raise Undone


def revision(store):
    with store.read() as uow:
        return uow.office.revision()


def test_a_transaction_that_changes_office_data_moves_the_revision_by_one(store, office):
    assert revision(store) == 0
    office.bring(office.customer(), office.person(), office.actual())
    assert revision(store) == 1
    office.bring(office.customer(grade=1))
    assert revision(store) == 2


def test_nothing_new_does_not_move_the_revision(store, office):
    office.bring(office.customer(), office.actual())
    office.bring(office.customer(), office.actual())
    office.bring()
    with store.write() as uow:
        actor = command_actor(()).as_json()
        uow.office.record_import(OfficeImport("I-1", office.at, actor, "people", 1, 0, 0, 1, 0, "sha256:00"))
    assert revision(store) == 1


def test_a_snapshot_moves_the_revision_the_first_time_only(store, office):
    for _ in range(2):
        with store.write() as uow:
            uow.office.take_snapshot(Month(2026, 11), office.at)
        assert revision(store) == 1


def test_what_was_rolled_back_did_not_happen(store, office):
    with pytest.raises(Undone), store.write() as uow:
        write_and_fail(uow, office)
    assert revision(store) == 0
    assert office.bring(office.customer()) == ["created"]


def test_what_is_remembered_is_given_again_and_never_after_a_change(store, office):
    cache = OfficeCache()
    office.bring(office.territory(), office.customer(grade=20), office.product(), office.person())

    def grade():
        with store.read() as uow:
            view = cache.view(uow.office)
            found = view.customers_in(DAY, ["T03"], None)
            return found["420301123456"].grade, view.territories(), view.products()

    first = grade()
    again = grade()
    assert first[0] == 20
    assert again[1] is first[1]
    office.bring(office.customer(grade=21))
    assert grade()[0] == 21


def test_a_reader_of_an_older_state_gets_its_own_state_and_leaves_no_trace(store, office):
    cache = OfficeCache()
    office.bring(office.customer(grade=20))
    with store.read() as old:
        assert old.office.revision() == 1
        office.bring(office.customer(grade=21))
        with store.read() as new:
            assert cache.view(new.office).customers_in(DAY, ["T03"], None)["420301123456"].grade == 21
        assert cache.view(old.office).customers_in(DAY, ["T03"], None)["420301123456"].grade == 20
        with store.read() as new:
            assert cache.view(new.office).customers_in(DAY, ["T03"], None)["420301123456"].grade == 21


def test_what_is_read_in_a_transaction_that_changes_office_data_is_not_remembered(store, office):
    cache = OfficeCache()
    seen = []

    def write_and_look(uow):
        for grade in (20, 21):
            uow.office.write(office.customer(grade=grade), office.at)
            seen.append(cache.view(uow.office).customers_in(DAY, ["T03"], None)["420301123456"].grade)
        raise Undone

    with pytest.raises(Undone), store.write() as uow:
        write_and_look(uow)
    assert seen == [20, 21]
    office.bring(office.customer(grade=22))
    with store.read() as uow:
        assert uow.office.revision() == 1
        assert cache.view(uow.office).customers_in(DAY, ["T03"], None)["420301123456"].grade == 22


def test_two_databases_that_have_counted_equally_far_are_not_mixed_up():
    from datetime import UTC, datetime

    cache, at = OfficeCache(), datetime(2026, 11, 16, tzinfo=UTC)
    one, other = RevisionStamp(7, at), RevisionStamp(7, at + timedelta(seconds=1))
    assert cache.get(one, "x", lambda: "one") == "one"
    assert cache.get(other, "x", lambda: "other") == "other"
    assert cache.get(other, "x", lambda: "again") == "other"


def test_the_longest_unused_is_forgotten_first_when_the_memory_is_full():
    cache, stamp = OfficeCache(most_cells=10), RevisionStamp(1, None)
    cache.get(stamp, "a", lambda: [1, 2, 3])
    cache.get(stamp, "b", lambda: [1, 2, 3])
    cache.get(stamp, "a", lambda: "not read")
    cache.get(stamp, "c", lambda: [1, 2, 3])
    assert cache.get(stamp, "a", lambda: "read again") == [1, 2, 3]
    assert cache.get(stamp, "b", lambda: "read again") == "read again"


def test_one_answer_larger_than_the_memory_is_still_given():
    cache, stamp = OfficeCache(most_cells=2), RevisionStamp(1, None)
    assert cache.get(stamp, "a", lambda: list(range(9))) == list(range(9))
    assert cache.get(stamp, "b", lambda: 1) == 1


def test_a_reader_of_an_older_state_does_not_push_the_newer_one_out():
    cache, old, new = OfficeCache(), RevisionStamp(1, None), RevisionStamp(2, None)
    cache.get(new, "x", lambda: "new")
    assert cache.get(old, "x", lambda: "old") == "old"
    assert cache.get(new, "x", lambda: "read again") == "new"


def test_many_threads_share_the_memory(store, office):
    cache, wrong = OfficeCache(most_cells=6), []
    office.bring(*[office.customer(f"42030100000{number}", territory_id=f"T{number}") for number in range(8)])

    def ask(number):
        for turn in range(30):
            with store.read() as uow:
                found = cache.view(uow.office).customers_in(DAY, [f"T{(number + turn) % 8}"], None)
            if list(found) != [f"42030100000{(number + turn) % 8}"]:
                wrong.append(found)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_imports_and_counts_are_there_for_the_pages(store, office):
    office.bring(
        office.customer("420301000001"),
        office.customer("420301000001", valid_from="2026-05-01"),
        office.customer("420301000002"),
        office.actual(delivered=1),
        office.actual(delivered=2),
        office.person(),
    )
    actor = command_actor(()).as_json()
    made = [
        OfficeImport(
            f"I-{n}", office.at + timedelta(hours=n), actor, "customers", 3, 2, 1, 0, 0, "sha256:00", ({"n": n},)
        )
        for n in (1, 2)
    ]
    with store.write() as uow:
        for one in made:
            uow.office.record_import(one)
    with store.read() as uow:
        assert uow.office.imports() == (made[1], made[0])
        assert uow.office.imports(limit=1) == (made[1],)
        counts = uow.office.counts()
    assert {name: count for name, count in counts.items() if count} == {"customers": 2, "actuals": 1, "people": 1}
    assert set(counts) >= {"code-lists", "ledger-entries", "model-runs", "calendar", "cycles", "territories"}
