"""Ledger entries and model runs in the store: where a collected quantity was written down first."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from app.office.quantity import read_quantity
from app.office.records import LedgerEntry, LedgerLine, ModelRun, ModelRunLine
from app.store import office_tables as tables
from app.store.office_shelf import CHUNK, Row, Shelf, chunks, newest
from app.store.office_values import SourceLines

K = TypeVar("K")


def _entry_row(value: LedgerEntry) -> dict[str, Any]:
    return {
        "ledger_id": value.ledger_id,
        "licence_no": value.licence_no,
        "account_manager": value.account_manager,
        "visited_at": value.visited_at,
    }


def _entry_lines(value: LedgerEntry) -> list[dict[str, Any]]:
    return [
        {"sku": line.sku, "requested_quantity": line.requested.raw, "unit": line.requested.unit} for line in value.lines
    ]


def _entry(row: Row, lines: Sequence[Row]) -> LedgerEntry:
    return LedgerEntry(
        ledger_id=row["ledger_id"],
        licence_no=row["licence_no"],
        account_manager=row["account_manager"],
        visited_at=row["visited_at"],
        lines=tuple(LedgerLine(line["sku"], read_quantity(line["requested_quantity"], line["unit"])) for line in lines),
    )


def _run_row(value: ModelRun) -> dict[str, Any]:
    return {
        "run_id": value.run_id,
        "model_version": value.model_version,
        "inputs_hash": value.inputs_hash,
        "trained_to": value.trained_to,
    }


def _run_lines(value: ModelRun) -> list[dict[str, Any]]:
    return [{"licence_no": line.licence_no, "sku": line.sku, "cartons": line.cartons} for line in value.lines]


def _run(row: Row, lines: Sequence[Row]) -> ModelRun:
    return ModelRun(
        run_id=row["run_id"],
        model_version=row["model_version"],
        inputs_hash=row["inputs_hash"],
        trained_to=row["trained_to"],
        lines=tuple(ModelRunLine(line["licence_no"], line["sku"], line["cartons"]) for line in lines),
    )


LEDGER_ENTRIES: Shelf[LedgerEntry] = Shelf(tables.ledger_entry, _entry_row, _entry, tables.ledger_line, _entry_lines)
MODEL_RUNS: Shelf[ModelRun] = Shelf(tables.model_run, _run_row, _run, tables.model_run_line, _run_lines)


def summed(lines: Iterable[tuple[K, int | None]]) -> dict[K, int | None]:
    """Return the cartons by key; a key with a quantity that cannot be read has None."""
    cartons: dict[K, int | None] = {}
    for key, number in lines:
        before = cartons.get(key, 0)
        cartons[key] = None if before is None or number is None else before + number
    return cartons


def ledger_sources(connection: Connection, ledger_ids: Iterable[str]) -> dict[str, SourceLines]:
    """Return the loaded ones of these ledger entries by id."""
    found: dict[str, SourceLines] = {}
    for chunk in chunks(sorted(set(ledger_ids)), CHUNK):
        for entry in newest(connection, LEDGER_ENTRIES, tables.ledger_entry.c.ledger_id.in_(chunk)).values():
            cartons = summed(((entry.licence_no, line.sku), line.requested.cartons) for line in entry.lines)
            found[entry.ledger_id] = SourceLines("ledger", entry.ledger_id, cartons)
    return found


def model_run_source(connection: Connection, run_id: str, licences: Iterable[str]) -> SourceLines | None:
    """Return the lines of a loaded model run for these licences; None when the run is not loaded."""
    run, line = tables.model_run, tables.model_run_line
    statement = select(run.c.recorded).where(run.c.run_id == run_id, MODEL_RUNS.is_newest)
    recorded = connection.execute(statement).scalar()
    if recorded is None:
        return None
    pairs: list[tuple[tuple[str, str], int | None]] = []
    for chunk in chunks(sorted(set(licences)), CHUNK):
        rows = connection.execute(
            select(line.c.licence_no, line.c.sku, line.c.cartons).where(
                line.c.run_id == run_id, line.c.recorded == recorded, line.c.licence_no.in_(chunk)
            )
        )
        pairs += [((licence_no, sku), cartons) for licence_no, sku, cartons in rows]
    return SourceLines("model_run", run_id, summed(pairs))
