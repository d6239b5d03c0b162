"""The Merkle tree of RFC 6962 over SHA-256, from the hashes of its complete subtrees.

A node is named by (level, index): level 0 are the leaves, node (l, i) covers the entries i*2^l up to (i+1)*2^l - 1.
Only complete subtrees have a stored node, so a node once written never changes.
"""

import hashlib
from collections.abc import Callable, Iterator

HASH_BYTES = 32

GetNode = Callable[[int, int], bytes]
"""Return the stored hash of node (level, index)."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a log without entries. Source: RFC 6962, 2.1."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte SHA-256 hash of one log entry.

    Source: RFC 6962, 2.1. The 0x00 prefix keeps an entry from posing as a node.
    """
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of the node above ``left`` and ``right``. Source: RFC 6962, 2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def frontier(size: int) -> tuple[tuple[int, int], ...]:
    """Return (level, index) of the complete subtrees that a tree of ``size`` entries consists of, left to right."""
    nodes: list[tuple[int, int]] = []
    covered = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            nodes.append((level, covered >> level))
            covered += 1 << level
    return tuple(nodes)


def completed(index: int, hash_of_leaf: bytes, get: GetNode) -> Iterator[tuple[int, int, bytes]]:
    """Yield (level, index, hash) of every node that appending entry ``index`` makes complete, from the leaf up.

    ``get`` is asked only for nodes of entries before ``index``.
    """
    level, place, value = 0, index, hash_of_leaf
    yield level, place, value
    while place & 1:
        value = node_hash(get(level, place - 1), value)
        place >>= 1
        level += 1
        yield level, place, value


def split(count: int) -> int:
    """Return the largest power of two smaller than ``count`` (2 or more). Source: RFC 6962, 2.1."""
    return 1 << ((count - 1).bit_length() - 1)


def subroot(start: int, end: int, get: GetNode) -> bytes:
    """Return the hash over the entries ``start`` up to but not including ``end``.

    ``start`` is aligned as the splits of RFC 6962 make it: a multiple of the largest power of two in the range.
    """
    count = end - start
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0:
        return get(count.bit_length() - 1, start // count)
    middle = start + split(count)
    return node_hash(subroot(start, middle, get), subroot(middle, end, get))


def root(size: int, get: GetNode) -> bytes:
    """Return the root hash of the first ``size`` entries."""
    return subroot(0, size, get)
