"""Office data remembered by a process: a repeated submission costs one tiny query and some look-ups.

Nothing remembered can be stale: every answer is kept under the stamp of the office revision it was read at, and a
transaction that changed office data itself neither reads nor fills the memory.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Sized
from datetime import date
from typing import TypeVar, cast

from app.office.allocation_standard import AllocationStandard
from app.office.calendar import Calendar
from app.office.code_list import CodeList
from app.office.customer import Customer, Product
from app.office.cycle import Cycle
from app.office.month import Month
from app.office.people import Person, Territory
from app.office.segment_change import LicenceRecord, SegmentProfile
from app.store.office import OfficeRepository
from app.store.office_values import RevisionStamp, Snapshot, SourceLines

T = TypeVar("T")
Delivered = Mapping[tuple[str, str], tuple[int, ...]]


class OfficeCache:
    """What was read last, by office revision. One per process; any number of threads."""

    def __init__(self, most_cells: int = 2_000_000) -> None:
        """Remember at most ``most_cells`` values (customers, pairs with deliveries ...), the oldest use goes first."""
        self._most_cells = most_cells
        self._lock = threading.Lock()
        self._stamp = RevisionStamp(0, None)
        self._cells = 0
        self._kept: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()

    def view(self, office: OfficeRepository) -> "OfficeView":
        """Return ``office`` read through the memory."""
        return OfficeView(office, self, office.settled_stamp())

    def get(self, stamp: RevisionStamp, what: Hashable, read: Callable[[], T]) -> T:
        """Return what ``read`` gives, or gave before under the same stamp."""
        with self._lock:
            if self._stamp == stamp and what in self._kept:
                self._kept.move_to_end(what)
                return cast("T", self._kept[what][0])
        value = read()
        with self._lock:
            self._keep(stamp, what, value)
        return value

    def _keep(self, stamp: RevisionStamp, what: Hashable, value: object) -> None:
        if stamp != self._stamp:
            if stamp.revision < self._stamp.revision:
                # A long reading of an older state: right for its reader, of no use to anybody later.
                return
            self._kept.clear()
            self._cells = 0
            self._stamp = stamp
        weight = 1 + (len(value) if isinstance(value, Sized) else 0)
        before = self._kept.pop(what, None)
        self._cells += weight - (before[1] if before else 0)
        self._kept[what] = (value, weight)
        while self._cells > self._most_cells and len(self._kept) > 1:
            _, (_, gone) = self._kept.popitem(last=False)
            self._cells -= gone


class OfficeView:
    """The office data of one transaction, read through the memory of the process.

    What it returns is shared with other readers: never change it. Only ``customers_in`` makes a new dict each time.
    """

    def __init__(self, office: OfficeRepository, cache: OfficeCache, stamp: RevisionStamp | None) -> None:
        """Read ``office``; with a stamp, through ``cache``."""
        self._office = office
        self._cache = cache
        self._stamp = stamp

    def remember(self, what: Hashable, read: Callable[[], T]) -> T:
        """Return what ``read`` gives, or gave before at the same office revision."""
        return read() if self._stamp is None else self._cache.get(self._stamp, what, read)

    def territories(self) -> Mapping[str, Territory]:
        """Return every territory by id."""
        return self.remember("territories", self._office.territories)

    def territories_of(self, person_id: str, day: date) -> frozenset[str]:
        """Return the territories a person may speak for on ``day``."""
        return self.remember(
            ("territories_of", person_id, day),
            lambda: frozenset(
                one.territory_id for one in self.territories().values() if person_id in one.managers_on(day)
            ),
        )

    def products(self) -> Mapping[str, Product]:
        """Return every product by SKU."""
        return self.remember("products", self._office.products)

    def people(self) -> Mapping[str, Person]:
        """Return everybody by person_id."""
        return self.remember("people", lambda: {person.person_id: person for person in self._office.people()})

    def licence_numbers(self) -> frozenset[str]:
        """Return every licence number ever imported."""
        return self.remember("licence_numbers", self._office.licence_numbers)

    def licence(self, licence_no: str) -> LicenceRecord | None:
        """Return what the licence system said last; None when it never spoke of this licence."""
        return self.remember(("licence", licence_no), lambda: self._office.licence(licence_no))

    def segment_profiles(self, day: date) -> Mapping[str, SegmentProfile]:
        """Return what shops of each format are like, by code."""
        return self.remember(("profiles", day), lambda: self._office.segment_profiles(day))

    def allocation_standards(self, month: Month) -> tuple[AllocationStandard, ...]:
        """Return every version of every standard that touches ``month``."""
        return self.remember(("standards", month), lambda: self._office.allocation_standards(month))

    def calendar(self, first: date, last: date) -> Calendar:
        """Return the stored days from ``first`` to ``last``, both inclusive."""
        return self.remember(("calendar", first, last), lambda: self._office.calendar(first, last))

    def cycle(self, month: Month) -> Cycle | None:
        """Return the cycle of ``month``; None when it is not imported."""
        return self.remember(("cycle", month), lambda: self._office.cycle(month))

    def code_list(self, list_id: str, day: date) -> CodeList | None:
        """Return the version of the list valid on ``day``; None without one."""
        return self.remember(("code_list", list_id, day), lambda: self._office.code_list(list_id, day))

    def snapshot(self, cycle: Month) -> Snapshot | None:
        """Return the snapshot taken for ``cycle``; None before it is taken."""
        return self.remember(("snapshot", cycle), lambda: self._office.snapshot(cycle))

    def customers_in(self, day: date, territory_ids: Iterable[str], frozen: Snapshot | None) -> dict[str, Customer]:
        """Return the customers of these territories, valid on ``day`` or as frozen, by licence number."""
        found: dict[str, Customer] = {}
        for territory_id in sorted(territory_ids):
            found.update(self._of_territory(day, territory_id, frozen))
        return found

    def _of_territory(self, day: date, territory_id: str, frozen: Snapshot | None) -> Mapping[str, Customer]:
        if frozen is None:
            return self.remember(
                ("customers", day, territory_id), lambda: self._office.customers_on(day, territory_ids=[territory_id])
            )
        return self.remember(
            ("frozen", frozen.snapshot_id, territory_id),
            lambda: self._office.snapshot_customers(frozen, territory_ids=[territory_id]),
        )

    def customers_named(self, day: date, licences: frozenset[str], frozen: Snapshot | None) -> Mapping[str, Customer]:
        """Return the customers with these licence numbers, valid on ``day`` or as frozen."""
        if not licences:
            return {}
        if frozen is None:
            return self.remember(
                ("customers", day, licences), lambda: self._office.customers_on(day, licences=licences)
            )
        return self.remember(
            ("frozen", frozen.snapshot_id, licences),
            lambda: self._office.snapshot_customers(frozen, licences=licences),
        )

    def loaded_months(self, months: Sequence[Month]) -> frozenset[Month]:
        """Return those of ``months`` for which any actuals were imported."""
        return self.remember(("loaded", *months), lambda: self._office.loaded_months(months))

    def delivered(self, months: Sequence[Month], licences: frozenset[str]) -> Delivered:
        """Return the delivered cartons by (licence_no, sku), one number a month in the order of ``months``."""
        if not licences:
            return {}
        return self.remember(("delivered", *months, licences), lambda: self._office.delivered(months, licences))

    def ledger_sources(self, ledger_ids: frozenset[str]) -> Mapping[str, SourceLines]:
        """Return the loaded ones of these ledger entries by id."""
        if not ledger_ids:
            return {}
        return self.remember(("ledger", ledger_ids), lambda: self._office.ledger_sources(ledger_ids))

    def model_run_source(self, run_id: str, licences: frozenset[str]) -> SourceLines | None:
        """Return the lines of a loaded model run for these licences; None when the run is not loaded."""
        return self.remember(("model_run", run_id, licences), lambda: self._office.model_run_source(run_id, licences))
