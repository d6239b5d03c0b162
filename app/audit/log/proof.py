"""Proofs that an entry is in a log, and that a log only grew. Source: RFC 6962, 2.1.1 and 2.1.2; RFC 9162, 2.1.3.2."""

from collections.abc import Iterator, Sequence

from app.audit.log.tree import HASH_BYTES, GetNode, node_hash, split, subroot


def inclusion_path(index: int, size: int, get: GetNode) -> tuple[bytes, ...]:
    """Return the audit path of entry ``index`` in the tree of ``size`` entries, from the leaf up.

    Raises:
        ValueError: there is no such entry.
    """
    if not 0 <= index < size:
        raise ValueError(f"entry {index} is not among {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(subroot(middle, end, get))
            end = middle
        else:
            path.append(subroot(start, middle, get))
            start = middle
    return tuple(reversed(path))


def consistency_path(old_size: int, new_size: int, get: GetNode) -> tuple[bytes, ...]:
    """Return the proof that the tree of ``new_size`` entries begins with the one of ``old_size``.

    Empty when the sizes are equal or ``old_size`` is 0.

    Raises:
        ValueError: ``old_size`` is negative or larger than ``new_size``.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"a tree of {new_size} entries cannot begin with one of {old_size}")
    if old_size in (0, new_size):
        return ()
    path: list[bytes] = []
    start, end, whole = 0, new_size, True
    while end != old_size:
        middle = start + split(end - start)
        if old_size <= middle:
            path.append(subroot(middle, end, get))
            end = middle
        else:
            path.append(subroot(start, middle, get))
            start, whole = middle, False
    # The old tree is known to the verifier only when it is one complete subtree from the very beginning.
    if not whole:
        path.append(subroot(start, end, get))
    return tuple(reversed(path))


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether ``path`` leads from the leaf hash of entry ``index`` to the ``root`` of ``size`` entries."""
    if not 0 <= index < size or not _all_hashes((leaf, root, *path)):
        return False
    place, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = node_hash(sibling, value)
            place, last = _rise(place, last)
        else:
            value = node_hash(value, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and value == root


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether ``path`` proves that the tree of ``new_root`` begins with the tree of ``old_root``.

    An ``old_size`` of 0 proves nothing and is refused.
    """
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if not path or not _all_hashes((old_root, new_root, *path)):
        return False
    hashes = iter(path)
    first = old_root if old_size & (old_size - 1) == 0 else next(hashes)
    return _climb(old_size, new_size, first, hashes) == (old_root, new_root)


def _climb(old_size: int, new_size: int, first: bytes, hashes: Iterator[bytes]) -> tuple[bytes, bytes] | None:
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    old = new = first
    for sibling in hashes:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            place, last = _rise(place, last)
        else:
            new = node_hash(new, sibling)
        place >>= 1
        last >>= 1
    return (old, new) if last == 0 else None


def _rise(place: int, last: int) -> tuple[int, int]:
    """Return where a node without a right sibling stands once it has been carried up."""
    while place and not place & 1:
        place >>= 1
        last >>= 1
    return place, last


def _all_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
