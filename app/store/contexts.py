"""What the office knew at the moment of judging, put together from the store for each kind of subject."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import chain
from typing import Any

from app.audit.facts.context import (
    AcceptedForecast,
    CycleContext,
    ExtensionContext,
    ForecastContext,
    History,
    PosBatch,
    PreviousVersion,
    SourceDocument,
    StageState,
    WindowCloseContext,
)
from app.audit.facts.parameters import Parameters
from app.audit.facts.windows import stage_window
from app.core.clock import local_date
from app.office.customer import Customer
from app.office.cycle import Cycle, Extension, Stage, Window, snapshot_day
from app.office.forecast import Forecast, final_quantities, read_forecast
from app.office.month import Month
from app.office.people import Person
from app.office.pos_batch import ReadBatch, read_pos_batch
from app.store.office_cache import OfficeCache, OfficeView
from app.store.office_sources import summed
from app.store.unit_of_work import UnitOfWork
from app.store.values import ForecastHead, StoredExtension, StoredPosBatch

__all__ = [
    "OfficeCache",
    "cycle_context",
    "extension_context",
    "forecast_context",
    "forecast_dependencies",
    "pos_batch_value",
    "window_close_context",
]

SEGMENT_LIST = "segment"
"""The code list of business formats (业态)."""


def forecast_context(uow: UnitOfWork, forecast: Forecast, at: datetime, cache: OfficeCache) -> ForecastContext:
    """Return everything the facts of ``forecast``, submitted at ``at``, are computed from.

    The customers are those of the account manager's territories (own, and covered with a filing), of the
    territory in the header and of the lines; of them both states, on the day and at the snapshot.
    """
    office = cache.view(uow.office)
    day = local_date(at)
    month = forecast.cycle
    frozen_on = snapshot_day(month)
    customers = _CustomersOf(office, forecast, day)
    extension = uow.extensions.in_force(month, forecast.stage)
    heads = uow.forecasts.heads_of(month, forecast.account_manager)
    head, supply = heads.get(forecast.stage), heads.get(Stage.SUPPLY)
    return ForecastContext(
        submitted_at=at,
        cycle=office.cycle(month),
        extended_to=extension.extension.new_end if extension else None,
        extension_no=_number_of(extension),
        calendar=office.calendar(*_calendar_span(month, day)),
        manager=office.people().get(forecast.account_manager) if forecast.account_manager else None,
        territories=office.territories(),
        customers_today=customers.today,
        customers_at_snapshot=customers.at_snapshot,
        licence_numbers=office.licence_numbers(),
        products=office.products(),
        segments=office.code_list(SEGMENT_LIST, frozen_on),
        history=_history(office, month, customers),
        supply_state=supply.state if supply else StageState.MISSING,
        previous=_previous(uow, office, head),
        versions_recorded=head.version if head else 0,
        on_time=_on_time(uow, forecast),
        sources=_sources(uow, office, forecast),
    )


def forecast_dependencies(uow: UnitOfWork, forecast: Forecast) -> object:
    """Return what :func:`forecast_context` rests on: equal only if it would give the same for the same instant."""
    return uow.marks(forecast.account_manager)


class _CustomersOf:
    """The customers one submission is about: the members of the territories, and who else stands in its lines."""

    def __init__(self, office: OfficeView, forecast: Forecast, day: date) -> None:
        manager = forecast.account_manager
        territories = office.territories_of(manager, day) if manager else frozenset()
        if forecast.territory_id:
            territories |= {forecast.territory_id}
        frozen_on, frozen = snapshot_day(forecast.cycle), office.snapshot(forecast.cycle)
        self.today = office.customers_in(day, territories, None)
        self.at_snapshot = office.customers_in(frozen_on, territories, frozen)
        self.members = frozenset(self.today.keys() | self.at_snapshot.keys())
        self.strangers = frozenset(line.licence_no for line in forecast.lines if line.licence_no) - self.members
        # Who moved in or out since then is looked up by name on the other side.
        everybody = self.members | self.strangers
        self.today.update(office.customers_named(day, everybody.difference(self.today), None))
        self.at_snapshot.update(office.customers_named(frozen_on, everybody.difference(self.at_snapshot), frozen))


def _history(office: OfficeView, month: Month, customers: _CustomersOf) -> History:
    months = (month.plus(-3), month.plus(-2), month.plus(-1))
    delivered = office.delivered(months, customers.members)
    if others := office.delivered(months, customers.strangers):
        delivered = {**delivered, **others}
    # One number for each of the three months, by the contract of delivered().
    return History(months, office.loaded_months(months), delivered)  # type: ignore[arg-type]  # tuple of len(months)


def _calendar_span(month: Month, day: date) -> tuple[date, date]:
    """Return the days a window of the cycle can move over, and those around the submission."""
    here = Month.of(day)
    first, last = min(month, here), max(month, here)
    return first.plus(-1).first_day, last.plus(2).last_day


def _number_of(extension: StoredExtension | None) -> str | None:
    return None if extension is None else extension.extension.filing_no or str(extension.extension_no)


def _on_time(uow: UnitOfWork, forecast: Forecast) -> tuple[int, int]:
    if forecast.account_manager is None:
        return 0, 0
    return uow.forecasts.on_time(forecast.stage, forecast.account_manager, forecast.cycle)


def _previous(uow: UnitOfWork, office: OfficeView, head: ForecastHead | None) -> PreviousVersion | None:
    if head is None:
        return None
    digest = head.newest.payload_digest
    return PreviousVersion(
        forecast_id=head.forecast_id,
        version=head.version,
        # Content under a digest never changes, so it may be remembered.
        cartons=office.remember(("final_cartons", digest), lambda: _final_cartons(json.loads(uow.blobs.get(digest)))),
        determined=head.determined,
        reopened=head.reopened,
    )


def _recorded(uow: UnitOfWork, payload_digest: str) -> Forecast:
    return read_forecast(json.loads(uow.blobs.get(payload_digest)))


def _final_cartons(payload: Mapping[str, Any]) -> dict[tuple[str | None, str | None], int | None]:
    """Return the final cartons by (licence_no, sku), of a repeated pair the sum; None where one cannot be read."""
    return summed(final_quantities(payload))


def _sources(uow: UnitOfWork, office: OfficeView, forecast: Forecast) -> Mapping[tuple[str, str], SourceDocument]:
    licences_by_source: dict[tuple[str, str], set[str]] = {}
    for line in forecast.lines:
        for source in line.source.named:
            licences_by_source.setdefault(source, set()).update([line.licence_no] if line.licence_no else [])
    found: dict[tuple[str, str], SourceDocument] = {}
    ledger_ids = frozenset(name for kind, name in licences_by_source if kind == "ledger")
    for ledger_id, entry in office.ledger_sources(ledger_ids).items():
        found["ledger", ledger_id] = SourceDocument(entry.cartons)
    for (kind, name), licences in licences_by_source.items():
        if kind == "model_run" and (run := office.model_run_source(name, frozenset(licences))):
            found[kind, name] = SourceDocument(run.cartons)
        elif kind == "pos_batch" and (batch := _whole_batch(uow, name)):
            found[kind, name] = office.remember(("pos_lines", batch.payload_digest), lambda: _pos_lines(uow, batch))
    return found


def _whole_batch(uow: UnitOfWork, batch_id: str) -> StoredPosBatch | None:
    """Return the batch when it was received whole; a broken one proves nothing. Source: ENT-10."""
    stored = uow.pos_batches.find(batch_id)
    if stored is None:
        return None
    whole = stored.batch.checksum_matches and stored.batch.announced_lines == stored.batch.received_lines
    return stored if whole else None


def _pos_lines(uow: UnitOfWork, stored: StoredPosBatch) -> SourceDocument:
    return SourceDocument(read_pos_batch(json.loads(uow.blobs.get(stored.payload_digest))).cartons)


def pos_batch_value(batch: ReadBatch, at: datetime) -> PosBatch:
    """Return the batch as its facts are computed from, received at ``at``."""
    return PosBatch(
        batch_id=batch.batch_id,
        terminal_server=batch.terminal_server,
        announced_lines=batch.line_count,
        received_lines=batch.received_lines,
        checksum_matches=batch.checksum_matches,
        received_at=at,
        licence_numbers=batch.licence_numbers,
    )


def window_close_context(
    uow: UnitOfWork,
    cycle: Month,
    stage: Stage,
    at: datetime,
    parameters: Parameters,
    cache: OfficeCache | None = None,
) -> WindowCloseContext:
    """Return everything the facts of closing the window of ``stage`` are computed from.

    The account managers are those in office with an own territory on the last day of the window, by the cycle,
    its latest valid extension and the rule parameters.
    """
    office = (cache or OfficeCache()).view(uow.office)
    extension = uow.extensions.in_force(cycle, stage)
    extended_to = extension.extension.new_end if extension else None
    calendar = office.calendar(*_calendar_span(cycle, local_date(at)))
    last = stage_window(stage, cycle, office.cycle(cycle), extended_to, calendar, parameters).last
    return WindowCloseContext(
        cycle=cycle,
        stage=stage,
        closed_at=at,
        managers=_managers_with_territory(office, last),
        accepted=tuple(_accepted(uow, uow.forecasts.heads(stage, cycle))),
        customers=_all_at_snapshot(uow, cycle),
        batches=uow.pos_batches.received_in(cycle),
    )


def _managers_with_territory(office: OfficeView, day: date) -> dict[str, Person]:
    owners = frozenset(chain.from_iterable(one.own_managers_on(day) for one in office.territories().values()))
    people = office.people()
    return {
        person_id: people[person_id]
        for person_id in sorted(owners)
        if person_id in people and people[person_id].holds("account_manager", day)
    }


def _accepted(uow: UnitOfWork, heads: Iterable[ForecastHead]) -> Iterable[AcceptedForecast]:
    for head in heads:
        version = head.accepted_version
        if version is None or head.account_manager is None:
            continue
        channels: dict[str, set[str]] = {}
        for line in _recorded(uow, version.payload_digest).lines:
            if line.licence_no and line.channel:
                channels.setdefault(line.licence_no, set()).add(line.channel)
        frozen = {licence_no: frozenset(used) for licence_no, used in channels.items()}
        yield AcceptedForecast(head.account_manager, version.version, frozen if head.stage is Stage.ORDER else {})


def _all_at_snapshot(uow: UnitOfWork, cycle: Month) -> Mapping[str, Customer]:
    taken = uow.office.snapshot(cycle)
    return uow.office.customers_on(snapshot_day(cycle)) if taken is None else uow.office.snapshot_customers(taken)


def cycle_context(uow: UnitOfWork, cycle: Month, at: datetime) -> CycleContext:
    """Return everything the facts of opening or closing ``cycle`` are computed from.

    A cycle that was never imported has no named persons and is for the month after it: what is missing is a
    finding (WIN-12), not an error.
    """
    known = uow.office.cycle(cycle) or Cycle(cycle, cycle.plus(1))
    return CycleContext(known, at, _named(uow, known.market_manager, known.marketing_leader, known.supervision_officer))


def extension_context(uow: UnitOfWork, extension: Extension, window: Window, at: datetime) -> ExtensionContext:
    """Return everything the facts of a request to move the end of ``window``, received at ``at``, are computed from."""
    people = _named(uow, extension.requested_by, extension.approved_by, extension.countersigned_by)
    return ExtensionContext(window, people, at)


def _named(uow: UnitOfWork, *person_ids: str | None) -> dict[str, Person]:
    """Return those of the named persons that are known."""
    found = (uow.office.person(person_id) for person_id in dict.fromkeys(person_ids) if person_id)
    return {person.person_id: person for person in found if person}
