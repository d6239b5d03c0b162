"""Rebuild a whole log from its entries and compare everything that was stored. Never trusts the store it verifies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.audit.log.checkpoint import Checkpoint, CheckpointBroken, VerifierKey, Verify, open_checkpoint
from app.audit.log.tree import EMPTY_ROOT, leaf_hash, node_hash
from app.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry as a store keeps it."""

    index: int
    """From 0, without gaps."""
    leaf_data: bytes
    leaf_hash: bytes
    """32 bytes, as stored."""


@dataclass(frozen=True, slots=True)
class LogProblem:
    """One thing that is wrong with a log."""

    index: int | None
    """The first entry concerned; None when the whole log is."""
    sentence: Bilingual


@dataclass(frozen=True, slots=True)
class LogReport:
    """What verifying a whole log found."""

    size: int
    """How many entries were read."""
    root: bytes
    """The root over them, computed from the entries alone."""
    checkpoints: int
    """How many checkpoints were opened and fit."""
    problems: tuple[LogProblem, ...]
    """In the order of the entries; empty when the log is intact."""

    @property
    def ok(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems

    @property
    def first_bad_entry(self) -> int | None:
        """The smallest entry index any problem names."""
        return min((p.index for p in self.problems if p.index is not None), default=None)


class _Tree:
    """The tree over the entries so far, in as many hashes as the size has bits."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def append(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf and yield (level, index, hash) of every node it completes."""
        level, place, value = 0, self.size, leaf
        yield level, place, value
        while place & 1:
            _, left = self._peaks.pop()
            value = node_hash(left, value)
            place >>= 1
            level += 1
            yield level, place, value
        self._peaks.append((level, value))
        self.size += 1

    def root(self) -> bytes:
        """Return the root over the entries so far."""
        if not self._peaks:
            return EMPTY_ROOT
        value = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            value = node_hash(left, value)
        return value


MOST_PROBLEMS = 100
"""A log that is wrong everywhere is not listed entry by entry."""


def verify_log(
    entries: Iterable[LogEntry],
    get_node: Callable[[int, int], bytes | None] | None = None,
    notes: Sequence[str] = (),
    key: VerifierKey | None = None,
    verify: Verify | None = None,
) -> LogReport:
    """Return what is wrong with the log of ``entries`` (in order of index, from 0).

    Args:
        entries: every entry as stored.
        get_node: the stored node (level, index), None when it is missing; not compared without it.
        notes: signed checkpoints, in any order. Give those kept outside too: only they show a rewritten log.
        key: the key the notes are signed with.
        verify: checks an Ed25519 signature.
    """
    problems: list[LogProblem] = []
    claims = _open_all(notes, key, verify, problems)
    tree = _Tree()
    roots: dict[int, bytes] = {0: EMPTY_ROOT}
    sizes = {claim.size for claim in claims}
    last_bad = -1
    for entry in entries:
        if entry.index != tree.size:
            problems.append(_gap(tree.size, entry.index))
            break
        computed = leaf_hash(entry.leaf_data)
        if computed != entry.leaf_hash:
            problems.append(_changed(entry.index))
            last_bad = entry.index
        for level, place, value in tree.append(computed):
            # A node above an entry that is already named is wrong because of it, and says nothing new.
            if get_node is not None and last_bad < place << level and get_node(level, place) != value:
                problems.append(_wrong_node(level, place))
                last_bad = entry.index
        if tree.size in sizes:
            roots[tree.size] = tree.root()
        if len(problems) >= MOST_PROBLEMS:
            problems.append(_given_up(entry.index))
            return LogReport(tree.size, tree.root(), 0, tuple(problems))
    fitting = _compare(claims, roots, tree.size, problems)
    problems.sort(key=lambda p: -1 if p.index is None else p.index)
    return LogReport(tree.size, tree.root(), fitting, tuple(problems))


def _open_all(
    notes: Sequence[str], key: VerifierKey | None, verify: Verify | None, problems: list[LogProblem]
) -> list[Checkpoint]:
    if not notes:
        return []
    if key is None or verify is None:
        raise ValueError("checkpoints can only be opened with a key and a verifying function")
    claims: list[Checkpoint] = []
    for number, note in enumerate(notes, 1):
        try:
            claims.append(open_checkpoint(note, key, verify))
        except CheckpointBroken as error:
            zh, en = error.detail.zh, error.detail.en
            problems.append(
                LogProblem(
                    None, Bilingual(f"第 {number} 个检查点无效：{zh}", f"Checkpoint {number} is not valid: {en}")
                )
            )
    return sorted(claims, key=lambda claim: claim.size)


def _compare(claims: Sequence[Checkpoint], roots: dict[int, bytes], size: int, problems: list[LogProblem]) -> int:
    fitting = good_until = 0
    for claim in claims:
        if claim.size > size:
            problems.append(_cut(claim.size, size))
        elif roots[claim.size] != claim.root:
            # A changed entry that is already named explains the wrong root.
            if not any(p.index is not None and good_until <= p.index < claim.size for p in problems):
                problems.append(_rewritten(claim.size, good_until))
        else:
            fitting += 1
            good_until = claim.size
            continue
        break
    return fitting


def _changed(index: int) -> LogProblem:
    return LogProblem(
        index,
        Bilingual(
            f"第 {index} 条记录的内容与登记的哈希不一致：内容被改动过。",
            f"Entry {index} does not have the hash it was stored with: its content was changed.",
        ),
    )


def _given_up(index: int) -> LogProblem:
    return LogProblem(
        index,
        Bilingual(
            f"问题已超过 {MOST_PROBLEMS} 个，读到第 {index} 条为止。",
            f"More than {MOST_PROBLEMS} problems; reading stopped at entry {index}.",
        ),
    )


def _gap(expected: int, found: int) -> LogProblem:
    return LogProblem(
        expected,
        Bilingual(
            f"第 {expected} 条记录缺失（其后读到第 {found} 条）：记录被删除、插入或调换。",
            f"Entry {expected} is missing (entry {found} follows): entries were deleted, inserted or moved.",
        ),
    )


def _wrong_node(level: int, place: int) -> LogProblem:
    first, last = place << level, ((place + 1) << level) - 1
    return LogProblem(
        first,
        Bilingual(
            f"树节点（层 {level}，序 {place}，覆盖第 {first} 至 {last} 条）与记录不符。",
            f"The tree node at level {level}, index {place} (entries {first} to {last}) does not fit the entries.",
        ),
    )


def _cut(claimed: int, size: int) -> LogProblem:
    return LogProblem(
        size,
        Bilingual(
            f"已签署的检查点证明曾有 {claimed} 条记录，现在只有 {size} 条：日志被截断。",
            f"A signed checkpoint proves {claimed} entries, there are only {size}: the log was cut.",
        ),
    )


def _rewritten(size: int, good_until: int) -> LogProblem:
    return LogProblem(
        good_until,
        Bilingual(
            f"前 {size} 条记录的根哈希与已签署的检查点不符：第 {good_until} 至 {size - 1} 条之间有记录被改写。",
            f"The root of the first {size} entries is not the signed one: "
            f"an entry from {good_until} to {size - 1} was rewritten.",
        ),
    )
