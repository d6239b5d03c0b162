"""Compare what stands in the tables with what the log says was put there. The log is proven; a table is not."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.actions.compare_changes import ToldOfChanges, changed, compare_changes, lost
from app.actions.compare_people import compare_people
from app.audit.log.event import Event, parse_event
from app.core.clock import instant
from app.core.errors import AppError
from app.core.text import Bilingual
from app.store.database import Store
from app.store.unit_of_work import UnitOfWork
from app.store.values import EvaluationFilter, ForecastVersion, StoredEvaluation

MOST_PROBLEMS = 100
"""Tables that are wrong everywhere are not listed row by row."""

_FROM_BODY = (
    "stage", "account_manager", "territory_id", "verdict", "payload_digest", "facts_digest", "rulebook_digest",
    "judgement_digest", "simulated_clock",
)  # fmt: skip


def compare_with_log(store: Store) -> tuple[Bilingual, ...]:
    """Return every row that differs from its log entry, and every row that is missing.

    Looked at are evaluations, forecasts, segment changes, registers of numbers, duties, clients and accounts. The log
    itself is checked elsewhere (``Store.check``, ``verify_own_log``); here it is believed. Office data is not compared
    row by row: the log keeps a digest of each delivery.
    """
    problems = []
    with store.read() as uow:
        for problem in _differences(uow):
            problems.append(problem)
            if len(problems) == MOST_PROBLEMS:
                break
    return tuple(problems)


def _differences(uow: UnitOfWork) -> Iterator[Bilingual]:
    acts: dict[str, list[Event]] = defaultdict(list)
    of_changes = ToldOfChanges()
    evaluations = 0
    for entry in uow.log.entries(0):
        try:
            event = parse_event(entry.leaf_data)
        except AppError:
            # The check of the log names an entry that is none.
            continue
        of_changes.note(entry.index, event)
        if "judgement_digest" in event.body:
            evaluations += 1
            yield from _evaluation(uow, entry.index, event)
        if event.name in _OF_FORECAST:
            acts[str(event.subject["id"])].append(event)
        elif event.name in _OF_ONE:
            yield from _OF_ONE[event.name](uow, event)
        else:
            yield from compare_people(uow, event)
    there = sum(uow.evaluations.verdict_counts(EvaluationFilter()).values())
    if there != evaluations:
        yield Bilingual(
            f"日志记有 {evaluations} 次评估，表中有 {there} 次。",
            f"The log tells of {evaluations} evaluations, the table holds {there}.",
        )
    for forecast_id, events in acts.items():
        yield from _forecast(uow, forecast_id, events)
    yield from compare_changes(uow, of_changes)


def _evaluation(uow: UnitOfWork, index: int, event: Event) -> Iterator[Bilingual]:
    name = str(event.body["evaluation"])
    try:
        stored = uow.evaluations.get(name)
    except AppError:
        yield lost("evaluation", name)
        return
    told = {
        **{column: event.body[column] for column in _FROM_BODY},
        "cycle": event.body["cycle"],
        "subject": dict(event.subject),
        "actor": dict(event.actor),
        "evaluated_at": event.at,
        "log_index": index,
        "leaf_hash": uow.log.node(0, index),
        "counts": stored.findings_json["counts"],
    }
    kept = _as_told(stored)
    for column, value in told.items():
        if kept[column] != value:
            yield changed("evaluation", name, column)
    outcomes = {finding.rule: finding.outcome for finding in uow.evaluations.head(name).findings}
    for finding in stored.findings_json["findings"]:
        silent = finding["outcome"] in ("pass", "not_applicable")
        if outcomes.pop(finding["rule"], None) != (None if silent else finding["outcome"]):
            yield changed("finding", f"{name} {finding['rule']}", "outcome")
    for rule in outcomes:
        yield changed("finding", f"{name} {rule}", "outcome")


def _as_told(stored: StoredEvaluation) -> dict[str, Any]:
    return {
        **{column: getattr(stored, column) for column in _FROM_BODY},
        "cycle": str(stored.cycle),
        "subject": {"kind": stored.subject_kind, "id": stored.subject_id, "version": stored.subject_version},
        "actor": dict(stored.actor),
        "evaluated_at": instant(stored.evaluated_at),
        "log_index": stored.log_index,
        "leaf_hash": stored.leaf_hash,
        "counts": dict(stored.counts),
    }


def _forecast(uow: UnitOfWork, forecast_id: str, events: list[Event]) -> Iterator[Bilingual]:
    told: dict[str, list[Any]] = {name: [] for name in _OF_FORECAST}
    for event in events:
        told[event.name].append(_act(event))
    kept = {
        "forecast.submitted": [_version(version) for version in uow.forecasts.versions(forecast_id)],
        "forecast.determined": [
            (one.version, one.person_id, one.decision.value, one.opinion, instant(one.at))
            for one in uow.forecasts.determinations(forecast_id)
        ],
        "forecast.reopened": [
            (one.after_version, one.approved_by, one.reason, instant(one.at))
            for one in uow.forecasts.reopenings(forecast_id)
        ],
    }
    for name, (kind, members) in _OF_FORECAST.items():
        if kept[name] != told[name]:
            yield changed(kind, forecast_id, " / ".join(members))


def _act(event: Event) -> tuple[Any, ...]:
    _, members = _OF_FORECAST[event.name]
    return (event.subject["version"], *(event.body[member] for member in members), event.at)


def _version(version: ForecastVersion) -> tuple[Any, ...]:
    return (
        version.version,
        version.evaluation_id,
        version.verdict,
        version.payload_digest,
        version.territory_id,
        instant(version.submitted_at),
    )


_OF_FORECAST = {
    "forecast.submitted": ("forecast_version", ("evaluation", "verdict", "payload_digest", "territory_id")),
    "forecast.determined": ("determination", ("person_id", "decision", "opinion")),
    "forecast.reopened": ("reopening", ("approved_by", "reason")),
}
"""Event -> table, and the members of the event's body that stand in its rows."""


def _client(uow: UnitOfWork, event: Event) -> Iterator[Bilingual]:
    name = str(event.subject["id"])
    kept = uow.clients.by_id(name)
    if kept is None:
        yield lost("client", name)
        return
    territories = None if kept.territories is None else sorted(kept.territories)
    if list(kept.scopes) != event.body["scopes"]:
        yield changed("client", name, "scopes")
    if territories != event.body["territories"]:
        yield changed("client", name, "territories")


def _account(uow: UnitOfWork, event: Event) -> Iterator[Bilingual]:
    name = str(event.subject["id"])
    kept = uow.accounts.by_id(name)
    if kept is None:
        yield lost("account", name)
        return
    if kept.person_id != event.body["person_id"]:
        yield changed("account", name, "person_id")
    if ("administrator" in kept.roles) != event.body["administrator"] or len(kept.roles) > 1:
        yield changed("account", name, "roles")


def _record(uow: UnitOfWork, event: Event) -> Iterator[Bilingual]:
    document, _, evaluation_id = str(event.subject["id"]).partition("/")
    kept = uow.records.find(evaluation_id, document)
    if kept is None:
        yield lost("record", event.subject["id"])
    elif (kept.digest, kept.size_bytes) != (event.body["file"], event.body["bytes"]):
        yield changed("record", event.subject["id"], "digest")


_OF_ONE: Mapping[str, Callable[[UnitOfWork, Event], Iterator[Bilingual]]] = {
    "client.created": _client,
    "account.created": _account,
    "record.sealed": _record,
}
