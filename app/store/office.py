"""Everything the office told us, behind one door: people, territories, customers, products, deliveries, sources."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from app.office.allocation_standard import AllocationStandard
from app.office.calendar import Calendar, CalendarDay
from app.office.change_records import CensusCampaign, CustomerDecision, ProfileOfVersion, Sanction
from app.office.code_list import CodeList
from app.office.customer import Brand, Customer, Manufacturer, Product
from app.office.cycle import Cycle
from app.office.items import ReadItem
from app.office.month import Month
from app.office.people import Person, Territory
from app.office.records import Actual, LedgerEntry, ModelRun
from app.office.segment_change import LicenceRecord, SegmentProfile
from app.store import (
    office_actuals,
    office_change_records,
    office_customers,
    office_imports,
    office_snapshots,
    office_sources,
    office_standards,
)
from app.store import office_tables as tables
from app.store.office_calendar import CALENDAR, CODE_LISTS, CYCLES
from app.store.office_customers import CUSTOMERS
from app.store.office_people import PEOPLE, TERRITORIES
from app.store.office_products import BRANDS, MANUFACTURERS, PRODUCTS
from app.store.office_shelf import Shelf, Writing, newest, write
from app.store.office_sources import LEDGER_ENTRIES, MODEL_RUNS
from app.store.office_values import OfficeImport, RevisionStamp, Snapshot, SourceLines, WriteStatus

_SHELVES: Mapping[type, Shelf[Any]] = {
    Person: PEOPLE,
    Territory: TERRITORIES,
    Customer: CUSTOMERS,
    Manufacturer: MANUFACTURERS,
    Brand: BRANDS,
    Product: PRODUCTS,
    CodeList: CODE_LISTS,
    CalendarDay: CALENDAR,
    Cycle: CYCLES,
    LedgerEntry: LEDGER_ENTRIES,
    ModelRun: MODEL_RUNS,
    AllocationStandard: office_standards.STANDARDS,
    LicenceRecord: office_change_records.LICENCES,
    ProfileOfVersion: office_change_records.PROFILES,
    Sanction: office_change_records.SANCTIONS,
    CustomerDecision: office_change_records.DECISIONS,
    CensusCampaign: office_change_records.CAMPAIGNS,
}


_NEWEST_REVISION = (
    select(tables.office_revision.c.revision, tables.office_revision.c.changed_at)
    .order_by(tables.office_revision.c.revision.desc())
    .limit(1)
)


def _writing(item: ReadItem) -> Writing[Any]:
    """Return the item's value with its raw body, where that says anything the value does not."""
    as_sent = not item.mismatches and all(item.body.get(name) == sent for name, sent in item.raw.items())
    return Writing(item.value, None if as_sent else dict(item.raw))


class OfficeRepository:
    """The office data in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Read and write through ``connection``; whoever opened it commits."""
        self._connection = connection
        self._changed_to: int | None = None
        self._actuals = office_actuals.ActualsWriter(connection)

    # Revision

    def revision(self) -> int:
        """Return the number of the newest change of office data; 0 before the first. One tiny query."""
        return self.stamp().revision

    def stamp(self) -> RevisionStamp:
        """Return which state of the office data this transaction sees. One tiny query."""
        row = self._connection.execute(_NEWEST_REVISION).first()
        return RevisionStamp(row.revision, row.changed_at) if row else RevisionStamp(0, None)

    def settled_stamp(self) -> RevisionStamp | None:
        """Return :meth:`stamp`, or None when this transaction has changed office data itself.

        What was read under a number that may still be rolled back must not be remembered under it.
        """
        return None if self._changed_to is not None else self.stamp()

    def _bump(self, at: datetime) -> int:
        """Return the revision of this transaction, the next one when it has none yet."""
        if self._changed_to is None:
            self._changed_to = self.revision() + 1
            self._connection.execute(tables.office_revision.insert(), {"revision": self._changed_to, "changed_at": at})
        return self._changed_to

    # Writing

    def write(self, item: ReadItem, at: datetime) -> WriteStatus:
        """Keep one item, read without faults, and return what it did."""
        return self.write_many([item], at)[0]

    def write_many(self, items: Sequence[ReadItem], at: datetime) -> list[WriteStatus]:
        """Keep items, all read without faults, in order, and return what each of them did.

        Raises:
            TypeError: an item has faults, or is of no kind the office keeps.
        """
        return self.keep([_writing(item) for item in items], at)

    def keep(self, writings: Sequence[Writing[Any]], at: datetime) -> list[WriteStatus]:
        """Keep values of any kinds in order and return what each of them did. Works on sets: give it many at once.

        Raises:
            TypeError: a value is of no kind the office keeps.
        """
        statuses: list[WriteStatus] = []
        for kind, group in groupby(writings, key=lambda writing: type(writing.value)):
            if kind is Actual:
                statuses += self._actuals.write(list(group), lambda: self._bump(at))
            elif kind in _SHELVES:
                statuses += write(self._connection, _SHELVES[kind], list(group), lambda: self._bump(at))
            else:
                raise TypeError(f"the office keeps no {kind.__name__}")
        return statuses

    def record_import(self, made: OfficeImport) -> None:
        """Keep that an import was made. It changes no office data by itself."""
        office_imports.add(self._connection, made, self.revision())

    def imports(self, limit: int = 50) -> tuple[OfficeImport, ...]:
        """Return the newest imports, newest first."""
        return office_imports.newest_imports(self._connection, limit)

    # People and territories

    def person(self, person_id: str) -> Person | None:
        """Return the person as last imported; None when unknown."""
        return next(iter(newest(self._connection, PEOPLE, tables.person.c.person_id == person_id).values()), None)

    def people(self) -> tuple[Person, ...]:
        """Return everybody, in the order of their ids."""
        return tuple(newest(self._connection, PEOPLE).values())

    def people_holding(self, role: str, day: date) -> tuple[Person, ...]:
        """Return those who hold ``role`` in any unit on ``day``, in the order of their ids."""
        return tuple(person for person in self.people() if person.holds(role, day))

    def territories(self) -> dict[str, Territory]:
        """Return every territory by id, with its assignments."""
        return {one.territory_id: one for one in newest(self._connection, TERRITORIES).values()}

    # Products

    def manufacturers(self) -> dict[str, Manufacturer]:
        """Return every manufacturer by id."""
        return {one.manufacturer_id: one for one in newest(self._connection, MANUFACTURERS).values()}

    def brands(self) -> dict[str, Brand]:
        """Return every brand by id."""
        return {one.brand_id: one for one in newest(self._connection, BRANDS).values()}

    def products(self) -> dict[str, Product]:
        """Return every product by SKU."""
        return {one.sku: one for one in newest(self._connection, PRODUCTS).values()}

    # Customers

    def customers_on(
        self, day: date, territory_ids: Iterable[str] | None = None, licences: Iterable[str] | None = None
    ) -> dict[str, Customer]:
        """Return the states valid on ``day`` by licence number; see :func:`office_customers.customers_on`."""
        return office_customers.customers_on(self._connection, day, territory_ids, licences)

    def customer_states(self, licence_no: str) -> tuple[tuple[int, Customer], ...]:
        """Return every state ever recorded of a customer as (recorded, state), oldest validity first."""
        return office_customers.states_of(self._connection, licence_no)

    def states_of(self, licences: Iterable[str]) -> dict[str, dict[date, Customer]]:
        """Return the states of these customers, as said last, by licence number and first day of validity."""
        return office_customers.states_by_day(self._connection, licences)

    def licence_numbers(self) -> frozenset[str]:
        """Return every licence number ever imported."""
        return office_customers.licence_numbers(self._connection)

    def customers_page(self, day: date, after: str = "", limit: int = 50) -> tuple[Customer, ...]:
        """Return the customers valid on ``day`` with a licence number after ``after``, at most ``limit``."""
        return office_customers.page_on(self._connection, day, after, limit)

    def take_snapshot(self, cycle: Month, at: datetime) -> Snapshot:
        """Freeze the customers of ``cycle`` and return the snapshot; the earlier one when it was taken already.

        Source: design/hook.md, doubtful cases: the state valid on the 15th at 00:00, whenever it is taken.
        """
        taken = self.snapshot(cycle)
        return taken or office_snapshots.take_snapshot(self._connection, cycle, at, self._bump(at))

    def snapshot(self, cycle: Month) -> Snapshot | None:
        """Return the snapshot taken for ``cycle``; None before it is taken."""
        return office_snapshots.find_snapshot(self._connection, cycle)

    def snapshot_customers(
        self, taken: Snapshot, territory_ids: Iterable[str] | None = None, licences: Iterable[str] | None = None
    ) -> dict[str, Customer]:
        """Return the frozen states by licence number: all, those of these territories, or these licences."""
        return office_snapshots.snapshot_customers(self._connection, taken.snapshot_id, territory_ids, licences)

    # Calendar, cycles, code lists

    def calendar(self, first: date, last: date) -> Calendar:
        """Return the stored days from ``first`` to ``last``, both inclusive."""
        day = tables.calendar_day.c.day
        return Calendar({one.day: one for one in newest(self._connection, CALENDAR, day.between(first, last)).values()})

    def cycle(self, month: Month) -> Cycle | None:
        """Return the cycle of ``month``; None when it is not imported."""
        return next(iter(newest(self._connection, CYCLES, tables.cycle.c.cycle == str(month)).values()), None)

    def cycles(self) -> tuple[Cycle, ...]:
        """Return every cycle, oldest first."""
        return tuple(sorted(newest(self._connection, CYCLES).values(), key=lambda one: one.cycle))

    def code_list(self, list_id: str, day: date) -> CodeList | None:
        """Return the version of the list valid on ``day``; None without one.

        Of several that claim the day, the one that begins last counts.
        """
        versions = newest(self._connection, CODE_LISTS, tables.code_list.c.list_id == list_id).values()
        valid = [one for one in versions if one.covers(day)]
        return max(valid, key=lambda one: (one.valid_from, one.version), default=None)

    # Deliveries

    def months_with_actuals(self) -> tuple[Month, ...]:
        """Return the months for which any actuals were imported, oldest first."""
        return office_actuals.months_with_actuals(self._connection)

    def loaded_months(self, months: Iterable[Month]) -> frozenset[Month]:
        """Return those of ``months`` for which any actuals were imported."""
        return office_actuals.loaded_months(self._connection, months)

    def delivered(self, months: Sequence[Month], licences: Iterable[str]) -> dict[tuple[str, str], tuple[int, ...]]:
        """Return the delivered cartons by (licence_no, sku); see :func:`office_actuals.delivered`."""
        return office_actuals.delivered(self._connection, months, licences)

    # Sources

    def ledger_sources(self, ledger_ids: Iterable[str]) -> dict[str, SourceLines]:
        """Return the loaded ones of these ledger entries by id."""
        return office_sources.ledger_sources(self._connection, ledger_ids)

    def model_run_source(self, run_id: str, licences: Iterable[str]) -> SourceLines | None:
        """Return the lines of a loaded model run for these licences; None when the run is not loaded."""
        return office_sources.model_run_source(self._connection, run_id, licences)

    # What segment changes are judged by

    def allocation_standards(self, month: Month) -> tuple[AllocationStandard, ...]:
        """Return every version of every standard that touches ``month``; see :func:`office_standards.standards_of`."""
        return office_standards.standards_of(self._connection, month)

    def licence(self, licence_no: str) -> LicenceRecord | None:
        """Return what the licence system said last; None when it never spoke of this licence."""
        return office_change_records.licence_record(self._connection, licence_no)

    def segment_profiles(self, day: date) -> Mapping[str, SegmentProfile]:
        """Return what shops of each format are like, by code, of the list of formats valid on ``day``."""
        formats = self.code_list("segment", day)
        return {} if formats is None else office_change_records.profiles_of(self._connection, formats.version)

    def sanctions(self, licence_no: str, since: date) -> tuple[str, ...] | None:
        """Return violations since then; see :func:`office_change_records.sanctions_since`."""
        return office_change_records.sanctions_since(self._connection, licence_no, since)

    def decisions(self, licences: Iterable[str]) -> tuple[CustomerDecision, ...]:
        """Return the filed decisions on these customers, oldest first."""
        return office_change_records.decisions_on(self._connection, licences)

    def campaigns(self) -> Mapping[str, date]:
        """Return the day of filing of every census campaign by its number."""
        return office_change_records.campaigns(self._connection)

    # Pages

    def counts(self) -> dict[str, int]:
        """Return how many things of each collection are known, by the collection's name in the API."""
        return office_imports.counts(self._connection)
