"""Hand out the log's checkpoint and its proofs. Anybody who holds a receipt may ask."""

import base64
from typing import Any

from app.actions.deps import Deps
from app.audit.log.checkpoint import make_checkpoint
from app.audit.log.proof import consistency_path, inclusion_path
from app.core.errors import Fault, Invalid, NotFound
from app.core.text import Bilingual
from app.store.unit_of_work import UnitOfWork
from app.store.values import StoredCheckpoint


def checkpoint_for(deps: Deps, at_least: int = 0) -> StoredCheckpoint:
    """Return the newest signed checkpoint, signing a new one first when the log has grown past it.

    Raises:
        NotFound: the log is shorter than ``at_least``.
    """
    with deps.store.read() as uow:
        newest, size = uow.checkpoints.latest(), uow.log.size()
    if size < at_least:
        raise NotFound(Bilingual(f"日志只有 {size} 条。", f"The log has only {size} entries."))
    if newest is not None and newest.size == size:
        return newest
    keyring = deps.load_keyring()
    with deps.store.write() as uow:
        size, newest = uow.log.size(), uow.checkpoints.latest()
        if newest is not None and newest.size == size:
            return newest
        digest = uow.log.root(size)
        note = make_checkpoint(keyring.log, size, digest)
        at = deps.clock.now()
        uow.checkpoints.add(size, digest, note, at)
        return StoredCheckpoint(size=size, root=digest, note=note, at=at)


def read_checkpoint(deps: Deps) -> str:
    """Return the newest checkpoint as a C2SP signed note."""
    return checkpoint_for(deps).note


def read_inclusion(deps: Deps, index: int, size: int | None = None) -> dict[str, Any]:
    """Return the proof that entry ``index`` lies in the log of ``size`` entries (the newest checkpoint's).

    Raises:
        NotFound: no such entry.
        Invalid: ``size`` is not larger than ``index``, or larger than the log.
    """
    signed = checkpoint_for(deps, at_least=index + 1)
    wanted = signed.size if size is None else size
    if not index < wanted <= signed.size:
        message = Bilingual(
            f"size 应大于 {index} 且不超过 {signed.size}。", f"size must be above {index} and at most {signed.size}."
        )
        raise Invalid(message, [Fault("/size", "value.out_of_range", message)])
    with deps.store.read() as uow:
        return {
            "index": index,
            "size": wanted,
            "leaf_hash": _b64(uow.log.node(0, index)),
            "path": [_b64(digest) for digest in inclusion_path(index, wanted, uow.log.node)],
            "checkpoint": _note_of(uow, wanted, signed),
        }


def _note_of(uow: UnitOfWork, size: int, newest: StoredCheckpoint) -> str | None:
    if size == newest.size:
        return newest.note
    known = uow.checkpoints.of_size(size)
    return known.note if known else None


def read_consistency(deps: Deps, first: int, second: int | None = None) -> dict[str, Any]:
    """Return the proof that the log of ``second`` entries continues the log of ``first`` entries.

    Raises:
        Invalid: the sizes are not 0 < first <= second <= size of the log.
    """
    signed = checkpoint_for(deps)
    wanted = signed.size if second is None else second
    if not 0 < first <= wanted <= signed.size:
        message = Bilingual(f"应满足 0 < from <= to <= {signed.size}。", f"0 < from <= to <= {signed.size} must hold.")
        raise Invalid(message, [Fault("/from", "value.out_of_range", message)])
    with deps.store.read() as uow:
        return {
            "from": first,
            "to": wanted,
            "path": [_b64(digest) for digest in consistency_path(first, wanted, uow.log.node)],
        }


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
