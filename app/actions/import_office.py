"""Take office data in bulk: every item judged by itself, one bad item never blocks the good ones."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from app.actions.compare_customers import CustomerComparison, Settled, office_has_begun
from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.people_import import Refuser, people_refuser
from app.actions.presenting import evaluation_body
from app.core.actor import Actor
from app.core.canonical import canonical_bytes
from app.core.clock import local_date
from app.core.errors import Fault, NotFound
from app.core.text import Bilingual
from app.office.items import COLLECTIONS, ReadItem, read_item
from app.office.permission import Permission
from app.store.office_values import OfficeImport
from app.store.unit_of_work import UnitOfWork

MOST_MISMATCHES = 10_000
"""The reply names all of them; the kept import names this many, and the items keep their raw form in any case."""

_BULK = 5_000
"""Actuals are written in groups of this many items."""

Incoming = Mapping[str, Any] | Fault
"""One item as sent, or the reason why a line could not even be read."""


class CollectionUnknown(NotFound):
    """There is no such collection."""

    code = "collection.unknown"
    title = Bilingual("没有这个数据集", "There is no such collection")


def import_office(deps: Deps, actor: Actor, collection: str, items: Iterable[Incoming]) -> dict[str, Any]:
    """Keep every readable item and return what became of each, in order.

    Customers are compared with what is filed (SEG-15, SEG-19) in the same transaction, from the day on which anything
    but deliveries was judged. A format that nobody approved is held: the filed one stays in use.

    Returns:
        ``{"received", "created", "changed", "unchanged", "rejected", "results": [{"index", "key", "status",
        "errors"?, "mismatches"?, "held"?}], "evaluations"}``; ``mismatches`` names every value that was normalised,
        with its raw form, ``held`` every value that was not written, with the one that stays in use.

    Raises:
        CollectionUnknown: naming the collections there are.
    """
    actor.require(Permission.IMPORT_OFFICE)
    if collection not in COLLECTIONS:
        known = ", ".join(COLLECTIONS)
        raise CollectionUnknown(
            Bilingual(f"没有数据集 {collection}。可用：{known}。", f"No collection {collection}. There are: {known}.")
        )
    at = deps.clock.now()
    period = f"{local_date(at):%Y%m}"
    with deps.store.write() as uow:
        import_id = f"I-{period}-{uow.numbers.next('I', period):06d}"
        compared = CustomerComparison(uow, import_id, at) if _is_compared(uow, collection) else None
        tally = _Tally(people_refuser(deps, uow, actor, at) if collection == "people" else None)
        _take(uow, collection, items, at, tally, compared)
        body = tally.body()
        counts = {name: body[name] for name in tally.COUNTS}
        uow.office.record_import(
            OfficeImport(
                import_id=import_id,
                at=at,
                actor=actor.as_json(),
                collection=collection,
                body_digest=tally.digest,
                mismatches=tally.mismatches,
                **counts,
            )
        )
        note(
            uow,
            actor,
            "office.imported",
            ("office", collection),
            at,
            {**counts, "items_digest": tally.digest, "import": import_id},
            version=uow.office.revision(),
        )
        evaluations = compared.judge(deps, actor) if compared else []
        return {**body, "evaluations": [evaluation_body(stored) for stored in evaluations]}


def _is_compared(uow: UnitOfWork, collection: str) -> bool:
    return collection == "customers" and office_has_begun(uow)


class _Tally:
    """What became of the items so far."""

    COUNTS = ("received", "created", "changed", "unchanged", "rejected")

    def __init__(self, refuses: Refuser | None) -> None:
        self._refuses = refuses
        self._results: list[dict[str, Any]] = []
        self._hash = hashlib.sha256()

    def expect(self) -> dict[str, Any]:
        """Return the place of the next item's result, to be filled."""
        result: dict[str, Any] = {"index": len(self._results), "key": None, "status": "rejected"}
        self._results.append(result)
        return result

    def more_faults(self, item: ReadItem) -> Iterable[Fault]:
        return self._refuses(item) if self._refuses else ()

    def refuse(self, result: dict[str, Any], faults: Iterable[Fault]) -> None:
        result["errors"] = [fault.as_json() for fault in faults]

    def keep(self, result: dict[str, Any], item: ReadItem, status: str) -> None:
        result["status"] = status
        self._hash.update(canonical_bytes(item.body) + b"\n")

    @property
    def mismatches(self) -> list[dict[str, Any]]:
        """What was read as something else, with the key of its item; at most MOST_MISMATCHES are kept."""
        found = (
            {"key": result["key"], **mismatch} for result in self._results for mismatch in result.get("mismatches", ())
        )
        return list(islice(found, MOST_MISMATCHES))

    @property
    def digest(self) -> str:
        return "sha256:" + self._hash.hexdigest()

    def body(self) -> dict[str, Any]:
        counts = Counter(result["status"] for result in self._results)
        return {
            "received": len(self._results),
            **{name: counts[name] for name in self.COUNTS[1:]},
            "results": self._results,
        }


_WITH_FORMATS = frozenset({"customers", "allocation-standards"})
"""A format delivered by its name is kept as its code, so that a forecast's code can be compared with it (ENT-11)."""


def _take(
    uow: UnitOfWork,
    collection: str,
    items: Iterable[Incoming],
    at: datetime,
    tally: _Tally,
    compared: CustomerComparison | None,
) -> None:
    waiting: list[tuple[dict[str, Any], ReadItem]] = []
    segments = uow.office.code_list("segment", local_date(at)) if collection in _WITH_FORMATS else None
    for incoming in items:
        result = tally.expect()
        if isinstance(incoming, Fault):
            tally.refuse(result, [incoming])
            continue
        item = read_item(collection, incoming, segments=segments)
        result["key"] = item.key
        if item.mismatches:
            result["mismatches"] = [mismatch.as_json() for mismatch in item.mismatches]
        faults = item.faults or tally.more_faults(item)
        if faults:
            tally.refuse(result, faults)
            continue
        waiting.append((result, item))
        if len(waiting) >= _BULK:
            _write(uow, waiting, at, tally, compared)
    _write(uow, waiting, at, tally, compared)


def _write(
    uow: UnitOfWork,
    waiting: list[tuple[dict[str, Any], ReadItem]],
    at: datetime,
    tally: _Tally,
    compared: CustomerComparison | None,
) -> None:
    items = [item for _, item in waiting]
    settled = compared.settle(items) if compared else [Settled(item) for item in items]
    statuses = uow.office.write_many([one.item for one in settled], at)
    for (result, _), one, status in zip(waiting, settled, statuses, strict=True):
        tally.keep(result, one.item, status)
        if one.held:
            result["held"] = list(one.held)
    waiting.clear()
