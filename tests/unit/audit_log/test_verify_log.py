from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit.log.checkpoint import Checkpoint, VerifierKey, sign_checkpoint
from app.audit.log.tree import completed, leaf_hash, root
from app.audit.log.verify import MOST_PROBLEMS, LogEntry, verify_log
from app.keys.log_key import ed25519_verify

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey("henji.test/log", PRIVATE.public_key().public_bytes_raw())


class Log:
    """A log as a store keeps it, to be tampered with."""

    def __init__(self, count):
        self.entries, self.nodes, self.notes = [], {}, []
        for number in range(count):
            self.append(b"entry %d" % number)

    def append(self, data):
        index, value = len(self.entries), leaf_hash(data)
        self.entries.append(LogEntry(index, data, value))
        for level, place, node in completed(index, value, lambda level, place: self.nodes[level, place]):
            self.nodes[level, place] = node

    def checkpoint(self):
        size = len(self.entries)
        top = root(size, lambda level, place: self.nodes[level, place])
        self.notes.append(sign_checkpoint(Checkpoint(KEY.name, size, top), KEY, PRIVATE.sign))

    def rewritten_with(self, index, data):
        """The same log, all hashes recomputed after one entry was replaced; the checkpoints kept."""
        other = Log(0)
        for entry in self.entries:
            other.append(data if entry.index == index else entry.leaf_data)
        other.notes = self.notes
        return other

    def report(self):
        return verify_log(
            self.entries,
            get_node=lambda level, place: self.nodes.get((level, place)),
            notes=self.notes,
            key=KEY,
            verify=ed25519_verify,
        )


@pytest.fixture
def log():
    kept = Log(7)
    kept.checkpoint()
    for number in range(7, 21):
        kept.append(b"entry %d" % number)
    kept.checkpoint()
    kept.append(b"entry 21")
    return kept


def test_an_untouched_log_is_intact(log):
    report = log.report()
    assert report.ok
    assert (report.size, report.checkpoints, report.first_bad_entry) == (22, 2, None)
    assert report.root == root(22, lambda level, place: log.nodes[level, place])


def test_an_empty_log_is_intact():
    assert verify_log(()).ok


def test_a_changed_entry_is_named_and_nothing_else(log):
    log.entries[5] = replace(log.entries[5], leaf_data=b"forged")
    report = log.report()
    assert [p.index for p in report.problems] == [5]
    assert "Entry 5" in report.problems[0].sentence.en
    assert "第 5 条" in report.problems[0].sentence.zh


def test_two_changed_entries_are_both_named(log):
    for index in (5, 11):
        log.entries[index] = replace(log.entries[index], leaf_data=b"forged")
    assert [p.index for p in log.report().problems] == [5, 11]


def test_a_changed_entry_with_its_hash_is_found_by_the_nodes(log):
    log.entries[5] = LogEntry(5, b"forged", leaf_hash(b"forged"))
    report = log.report()
    assert [p.index for p in report.problems] == [5]
    assert "level 0, index 5" in report.problems[0].sentence.en


def test_a_changed_node_is_named_with_the_entries_it_covers(log):
    log.nodes[2, 1] = bytes(32)
    report = log.report()
    assert [p.index for p in report.problems] == [4]
    assert "entries 4 to 7" in report.problems[0].sentence.en


def test_a_deleted_entry_is_named(log):
    del log.entries[9]
    report = log.report()
    assert any(p.index == 9 and "missing" in p.sentence.en for p in report.problems)


def test_two_swapped_entries_are_found(log):
    log.entries[3], log.entries[4] = log.entries[4], log.entries[3]
    assert log.report().first_bad_entry == 3


def test_a_cut_log_is_found_by_a_later_checkpoint(log):
    del log.entries[15:]
    report = log.report()
    assert any("proves 21 entries, there are only 15" in p.sentence.en for p in report.problems)


def test_a_wholly_recomputed_log_is_found_by_the_signed_checkpoint(log):
    report = log.rewritten_with(9, b"forged").report()
    assert [p.index for p in report.problems] == [7]
    assert "from 7 to 20" in report.problems[0].sentence.en
    assert report.checkpoints == 1


def test_a_checkpoint_signed_by_somebody_else_is_found(log):
    thief = Ed25519PrivateKey.from_private_bytes(bytes(32))
    log.notes[0] = sign_checkpoint(Checkpoint(KEY.name, 7, bytes(32)), KEY, thief.sign)
    report = log.report()
    assert "Checkpoint 1 is not valid" in report.problems[0].sentence.en


def test_a_log_that_is_wrong_everywhere_is_not_listed_entry_by_entry():
    entries = [LogEntry(number, b"x", bytes(32)) for number in range(MOST_PROBLEMS + 50)]
    report = verify_log(entries)
    assert len(report.problems) == MOST_PROBLEMS + 1
    assert "reading stopped at entry 99" in report.problems[-1].sentence.en


def test_checkpoints_without_a_key_cannot_be_opened(log):
    with pytest.raises(ValueError, match="key"):
        verify_log(log.entries, notes=log.notes)
