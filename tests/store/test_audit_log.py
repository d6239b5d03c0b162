"""The log keeps every event, in order, without gaps, with the root that RFC 6962 prescribes."""

import hashlib
import threading

import pytest
from sqlalchemy import text

from app.audit.log.proof import inclusion_path, verify_inclusion
from app.audit.log.tree import EMPTY_ROOT
from app.core.errors import NotFound
from app.store.checkpoints import CheckpointForked

THREADS, EACH = 8, 50


def merkle_root(leaves):
    """MTH of RFC 6962, 2.1, written down once more, without any tree code of the product."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + merkle_root(leaves[:middle]) + merkle_root(leaves[middle:])).digest()


def test_an_empty_log_has_the_root_of_nothing(store):
    with store.read() as uow:
        assert uow.log.size() == 0
        assert uow.log.root() == EMPTY_ROOT
        assert list(uow.log.entries()) == []


def test_entries_count_from_zero_and_come_back_as_they_were(store, event):
    events = [event(number) for number in range(7)]
    with store.write() as uow:
        places = [uow.log.append(one) for one in events]
    assert [place.index for place in places] == list(range(7))
    with store.read() as uow:
        assert uow.log.size() == 7
        assert [entry.leaf_data for entry in uow.log.entries()] == [one.leaf_data() for one in events]
        assert uow.log.leaf_data(3) == events[3].leaf_data()
        assert [entry.index for entry in uow.log.entries(5)] == [5, 6]
        assert uow.log.node(0, 4) == places[4].leaf_hash


@pytest.mark.parametrize("per_transaction", [1, 3, 40])
def test_the_root_is_that_of_the_standard_however_entries_are_grouped(store, event, per_transaction):
    events = [event(number) for number in range(40)]
    for start in range(0, 40, per_transaction):
        with store.write() as uow:
            for one in events[start : start + per_transaction]:
                uow.log.append(one)
    data = [one.leaf_data() for one in events]
    with store.read() as uow:
        for size in range(41):
            assert uow.log.root(size) == merkle_root(data[:size])
        path = inclusion_path(11, 40, uow.log.node)
        leaf = hashlib.sha256(b"\x00" + data[11]).digest()
        assert verify_inclusion(11, 40, leaf, path, uow.log.root(40))


def test_what_the_log_does_not_have_is_not_found(store, event):
    with store.write() as uow:
        uow.log.append(event(0))
    with store.read() as uow:
        for ask in (lambda: uow.log.node(0, 1), lambda: uow.log.node(1, 0), lambda: uow.log.leaf_data(1)):
            with pytest.raises(NotFound):
                ask()


def test_eight_writers_at_once_leave_a_log_without_gaps(store, event):
    failures = []

    def work(writer):
        try:
            for number in range(EACH):
                with store.write() as uow:
                    uow.log.append(event([writer, number]))
        except Exception as error:  # noqa: BLE001  # told to the test below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with store.read() as uow:
        entries = list(uow.log.entries())
        assert [entry.index for entry in entries] == list(range(THREADS * EACH))
        assert len({entry.leaf_data for entry in entries}) == THREADS * EACH
        assert uow.log.root() == merkle_root([entry.leaf_data for entry in entries])
    assert store.check().ok


def test_stored_nodes_answer_like_single_nodes(store, event):
    with store.write() as uow:
        for number in range(20):
            uow.log.append(event(number))
    with store.read() as uow:
        get = uow.log.stored_nodes()
        assert all(
            get(level, index) == uow.log.node(level, index) for level, index in ((0, 19), (1, 0), (1, 9), (4, 0))
        )
        assert get(5, 0) is None


def test_a_check_finds_a_changed_entry_and_a_changed_node(store, event, dialect):
    with store.write() as uow:
        for number in range(8):
            uow.log.append(event(number))
    with store.write() as uow:
        for table in ("log_entry", "log_node"):
            switch_off(uow._connection, dialect, table)
        uow._connection.execute(
            text("UPDATE log_entry SET leaf_data = leaf_data || :more WHERE log_index = 5"), {"more": b" "}
        )
        uow._connection.execute(
            text("UPDATE log_node SET node_hash = :zero WHERE level = 1 AND node_index = 0"), {"zero": bytes(32)}
        )
    checked = store.check()
    assert not checked.ok
    sentences = " ".join(problem.en for problem in checked.problems)
    assert "Entry 5" in sentences
    assert "level 1, index 0" in sentences
    assert "triggers that keep log_entry append-only" in sentences


def switch_off(connection, dialect, table):
    if dialect == "postgresql":
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    else:
        connection.execute(text(f"DROP TRIGGER {table}_refuse_update"))


def test_checkpoints_are_kept_and_never_fork(store, event, dialect):
    from datetime import UTC, datetime

    at = datetime(2026, 11, 16, tzinfo=UTC)
    with store.write() as uow:
        assert uow.checkpoints.latest() is None
        for number in range(3):
            uow.log.append(event(number))
            uow.checkpoints.add(uow.log.size(), uow.log.root(), f"note {number}", at)
        uow.checkpoints.add(3, uow.log.root(), "the same again", at)
    with store.read() as uow:
        latest = uow.checkpoints.latest()
        assert (latest.size, latest.root, latest.note, latest.at) == (3, uow.log.root(), "note 2", at)
        assert uow.checkpoints.of_size(2).note == "note 1"
        assert uow.checkpoints.of_size(4) is None
        assert [point.size for point in uow.checkpoints.all()] == [1, 2, 3]
    assert store.check().ok
    with pytest.raises(CheckpointForked), store.write() as uow:
        uow.checkpoints.add(3, bytes(32), "another root", at)


def test_a_check_finds_a_log_that_was_cut_or_rewritten_since_a_checkpoint(store, event):
    from datetime import UTC, datetime

    at = datetime(2026, 11, 16, tzinfo=UTC)
    with store.write() as uow:
        uow.log.append(event(0))
        uow.checkpoints.add(1, bytes(32), "another root", at)
        uow.checkpoints.add(9, bytes(32), "a longer log", at)
    sentences = [problem.en for problem in store.check().problems]
    assert len(sentences) == 2
    assert "rewritten" in sentences[0]
    assert "cut" in sentences[1]
