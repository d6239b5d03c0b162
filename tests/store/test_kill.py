"""A process that is killed at any moment leaves the old state or the new one, never something between."""

import json
import os
import random
import signal
import time
from datetime import UTC, datetime

import pytest

from app.store import blobs
from app.store.database import open_store

LARGE = os.urandom(1_200_000)
NOW = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
KILLS = 30

POINTS = [
    "begun",
    "numbered",
    "logged",
    "before the file is on disk",
    "after the file is on disk",
    "content put",
    "before the commit",
    "committed",
    "acknowledged",
]


class Worker:
    """A process that records things, and writes down what it was told is recorded."""

    def __init__(self, store, event, name, acknowledgements, point="never", at=0):
        self.acknowledgements = acknowledgements / name
        self.process = os.fork()
        if self.process == 0:
            try:
                self._work(store, event, name, lambda here, turn: here == point and turn == at)
            finally:
                os._exit(1)

    def _work(self, store, event, name, is_the_end):
        turn = 0

        def reached(here):
            if is_the_end(here, turn):
                os.kill(os.getpid(), signal.SIGKILL)

        def fsync(number, real=os.fsync):
            reached("before the file is on disk")
            real(number)
            reached("after the file is on disk")

        blobs.os.fsync = fsync
        # A write to a file is kept by the system when the process dies.
        told = os.open(self.acknowledgements, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        while True:
            turn += 1
            key = f"{name}-{turn}"
            with store.write() as uow:
                reached("begun")
                number = uow.numbers.next("thing", "202611")
                reached("numbered")
                made = event([key, number])
                place = uow.log.append(made)
                reached("logged")
                digest = uow.blobs.put(LARGE + key.encode() if turn % 5 == 0 else key.encode())
                reached("content put")
                uow.outbox.add("thing", {"key": key, "digest": digest}, NOW)
                uow.idempotency.keep("C1", key, digest, 201, f"{number} {place.index}".encode(), NOW)
                reached("before the commit")
            reached("committed")
            os.write(told, f"{key} {number} {place.index}\n".encode())
            reached("acknowledged")

    def wait_for_the_first(self):
        """Return as soon as something is acknowledged."""
        for _ in range(3000):
            if self.acknowledgements.exists() and self.acknowledgements.stat().st_size:
                return
            time.sleep(0.01)
        pytest.fail("nothing is acknowledged")

    def kill(self):
        os.kill(self.process, signal.SIGKILL)

    def finish(self):
        """Wait for the end and return what was acknowledged: (key, number, index)."""
        _, status = os.waitpid(self.process, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        lines = self.acknowledgements.read_text().splitlines() if self.acknowledgements.exists() else []
        return [(key, int(number), int(index)) for key, number, index in map(str.split, lines)]


def nothing_lost_doubled_or_torn(store, acknowledged):
    checked = store.check()
    assert checked.ok, checked.problems
    with store.read() as uow:
        told = {}
        for entry in uow.log.entries():
            key, number = json.loads(entry.leaf_data)["body"]["told"]
            told[key] = (number, entry.index)
        size = uow.log.size()
        assert len(told) == size
        # The numbers are those of the entries: gap-free, each once.
        assert sorted(number for number, _ in told.values()) == list(range(1, size + 1))
        for key, number, index in acknowledged:
            assert told[key] == (number, index)
        for key, (number, index) in told.items():
            kept = uow.idempotency.find("C1", key)
            assert kept.reply == f"{number} {index}".encode()
            assert uow.blobs.get(kept.body_digest).endswith(key.encode())
        messages, last = [], 0
        while page := uow.outbox.after(last, 1000):
            messages += [message.body["key"] for message in page]
            last = page[-1].number
        assert sorted(messages) == sorted(told)
    return size


def test_a_process_killed_at_any_step_leaves_the_old_state_or_the_new(store, event, tmp_path):
    acknowledged = []
    for number, point in enumerate(POINTS):
        # The fifth turn is the first with a file.
        got = Worker(store, event, f"w{number}", tmp_path, point, at=5).finish()
        assert len(got) == (5 if point == "acknowledged" else 4)
        acknowledged += got
        nothing_lost_doubled_or_torn(store, acknowledged)
        with store.read() as uow:
            # Committed but not acknowledged is what a client finds out by asking again with its key.
            assert (uow.idempotency.find("C1", f"w{number}-5") is not None) == (point in {"committed", "acknowledged"})


def test_processes_killed_at_random_lose_and_double_nothing(store, event, tmp_path):
    chance = random.Random(20261116)
    acknowledged = []
    running = [Worker(store, event, f"r{number}", tmp_path) for number in range(3)]
    for number in range(3, KILLS):
        victim = running.pop(chance.randrange(len(running)))
        victim.wait_for_the_first()
        time.sleep(chance.uniform(0, 0.1))
        victim.kill()
        acknowledged += victim.finish()
        running.append(Worker(store, event, f"r{number}", tmp_path))
    for worker in running:
        worker.kill()
        acknowledged += worker.finish()
    assert len(acknowledged) >= KILLS - 3
    nothing_lost_doubled_or_torn(store, acknowledged)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_was_acknowledged_survives_the_loss_of_everything_later(store, url, tmp_path, event):
    """The files as they were at each acknowledgement, with every later byte of the WAL gone or torn."""
    chance = random.Random(7)
    path = tmp_path / "henji.db"
    moments = []
    for number in range(12):
        with store.write() as uow:
            uow.log.append(event(number))
        moments.append((path.read_bytes(), path.with_name("henji.db-wal").read_bytes()))
    for number, (data, wal) in enumerate(moments):
        _, later = moments[min(number + 1, len(moments) - 1)]
        for cut in {len(wal), *(chance.randrange(len(wal), len(later) + 1) for _ in range(3))}:
            folder = tmp_path / f"cut-{number}-{cut}"
            folder.mkdir()
            (folder / "henji.db").write_bytes(data)
            (folder / "henji.db-wal").write_bytes(later[:cut] if len(later) >= cut else wal)
            after = open_store(f"sqlite:///{folder}/henji.db", folder / "files")
            with after.read() as uow:
                assert uow.log.size() in {number + 1, number + 2}
            assert after.check().ok
            after.close()
