"""A transaction is all or nothing; numbers, replies and keys behave under it."""

import os
import threading

import pytest

from app.core.errors import NotFound
from app.store import in_flight
from app.store.errors import AlreadyRecorded, BrokenReference
from app.store.records import RecordRepository
from app.store.values import StoredRecord


class Stop(Exception):
    """Something went wrong in an action."""


def test_an_exception_leaves_nothing(store, event, keep_version):
    with pytest.raises(Stop), store.write() as uow:  # noqa: PT012  # the transaction is what is tested
        keep_version(uow)
        uow.idempotency.keep("C1", "k", "sha256:1", 201, b"{}", _now())
        raise Stop
    with store.read() as uow:
        assert uow.log.size() == 0
        assert uow.idempotency.find("C1", "k") is None
        with pytest.raises(NotFound):
            uow.evaluations.get("E-202611-000001")


def test_numbers_are_gap_free_under_rollback(store):
    given = []
    for attempt in range(6):
        try:
            with store.write() as uow:
                given.append(uow.numbers.next("forecast", "202611"))
                if attempt % 2:
                    raise Stop  # noqa: TRY301  # as an action would
        except Stop:
            given.pop()
    assert given == [1, 2, 3]
    with store.write() as uow:
        assert uow.numbers.next("forecast", "202612") == 1
        assert uow.numbers.next("evaluation", "202611") == 1
        assert uow.numbers.next("forecast", "202611") == 4


def test_a_kept_reply_comes_back_and_is_never_replaced(store):
    with store.write() as uow:
        assert uow.idempotency.find("C1", "键-1") is None
        uow.idempotency.keep("C1", "键-1", "sha256:1", 201, b'{"a":1}', _now())
        uow.idempotency.keep("C2", "键-1", "sha256:2", 201, b"{}", _now())
    with store.read() as uow:
        kept = uow.idempotency.find("C1", "键-1")
        assert (kept.body_digest, kept.status, kept.reply) == ("sha256:1", 201, b'{"a":1}')
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        uow.idempotency.keep("C1", "键-1", "sha256:3", 201, b"", _now())


def test_a_row_that_names_nothing_is_refused(store):
    missing = StoredRecord("E-202611-000009", "D19", "sha256:none", 10, _now(), 1)
    with pytest.raises(BrokenReference), store.write() as uow:
        uow.records.add(missing)


def test_a_record_is_found_once_made(store, keep_evaluation):
    with store.write() as uow:
        evaluation = keep_evaluation(uow)
        assert uow.records.find(evaluation.evaluation_id) is None
        made = StoredRecord(evaluation.evaluation_id, "D19", uow.blobs.put(b"%PDF"), 4, _now(), 1)
        uow.records.add(made)
    with store.read() as uow:
        assert uow.records.find(evaluation.evaluation_id) == made
        assert uow.records.find(evaluation.evaluation_id, "D20") is None
        assert isinstance(uow.records, RecordRepository)


def test_writing_inside_writing_is_a_mistake_not_a_deadlock(store):
    with store.write(), pytest.raises(RuntimeError, match="writing already"), store.write():
        pass
    with store.write() as uow:
        assert uow.numbers.next("a", "b") == 1


def test_a_thread_that_fails_gives_its_turn_back(store):
    def fail():
        try:
            with store.write():
                raise Stop  # noqa: TRY301  # as an action would
        except Stop:
            pass

    for _ in range(3):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    with store.write() as uow:
        assert uow.numbers.next("a", "b") == 1


def test_one_of_many_holds_a_key(store):
    with (
        store.in_flight("C1\nkey") as mine,
        store.in_flight("C1\nkey") as second,
        store.in_flight("C1\nother") as other,
    ):
        assert (mine, second, other) == (True, False, True)
    with store.in_flight("C1\nkey") as again:
        assert again is True


def test_a_key_is_held_by_one_thread_at_a_time(store):
    holding, most, entered = [], [], []
    gate = threading.Barrier(8)

    def work():
        gate.wait()
        for _ in range(20):
            with store.in_flight("one") as mine:
                if mine:
                    holding.append(1)
                    most.append(len(holding))
                    entered.append(1)
                    holding.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert entered


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_lock_on_a_file_that_was_just_removed_holds_nothing(store, monkeypatch, tmp_path):
    """The holder before us removes the file between our open and our lock."""
    real, removed = in_flight.fcntl.flock, []

    def flock(descriptor, how):
        if not removed:
            removed.extend((tmp_path / "files" / "in-flight").iterdir())
            removed[0].unlink()
        real(descriptor, how)

    monkeypatch.setattr(in_flight.fcntl, "flock", flock)
    with store.in_flight("one") as mine, store.in_flight("one") as second:
        assert removed
        assert (mine, second) == (True, False)
    assert list((tmp_path / "files" / "in-flight").iterdir()) == []


def test_a_key_is_let_go_when_its_process_dies(store):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with store.in_flight("one") as mine:
            os.write(writer, b"1" if mine else b"0")
            os.kill(os.getpid(), 9)
    assert os.read(reader, 1) == b"1"
    os.waitpid(child, 0)
    os.close(reader)
    os.close(writer)
    for _ in range(100):
        with store.in_flight("one") as mine:
            if mine:
                return
        threading.Event().wait(0.02)
    pytest.fail("the key is still held")


def test_a_store_carried_over_a_fork_writes_in_both_processes(store, event):
    with store.write() as uow:
        uow.log.append(event("before"))
    child = os.fork()
    if child == 0:
        status = 1
        try:
            for number in range(20):
                with store.write() as uow:
                    uow.log.append(event(["child", number]))
            status = 0
        finally:
            os._exit(status)
    for number in range(20):
        with store.write() as uow:
            uow.log.append(event(["parent", number]))
    assert os.waitpid(child, 0)[1] == 0
    with store.read() as uow:
        assert uow.log.size() == 41
    assert store.check().ok


def _now():
    from datetime import UTC, datetime

    return datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
