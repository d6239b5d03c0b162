"""What is on record cannot be changed by going around the program."""

import pytest
from sqlalchemy import UniqueConstraint, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.store import change_tables, office_tables, tables
from app.store.engines import read_url
from app.store.errors import RecordLocked
from app.store.schema import append_only_tables, metadata
from app.store.triggers import trigger_names
from app.store.values import Decision, Determination, OutboxMessage, Reopening

CORE = [table.name for table in append_only_tables() if table.name in {**vars(tables), **vars(change_tables)}]
ALL = [table.name for table in append_only_tables()]
assert office_tables


@pytest.fixture
def raw(url, store):
    """An engine that knows nothing of the product: the way a person with the password comes."""
    engine = create_engine(read_url(url))
    yield engine
    engine.dispose()


@pytest.fixture
def filled(store, keep_evaluation, keep_version, url):
    """One row at least in each core table."""
    from datetime import date

    from app.audit.facts.context import PosBatch
    from app.office.cycle import Extension, Stage
    from app.office.month import Month
    from app.store.values import CycleEvent, StoredExtension, StoredPosBatch, StoredRecord

    with store.write() as uow:
        version = keep_version(uow)
        at, actor = version.submitted_at, version.actor
        one, two, three = (keep_evaluation(uow, rules=(("WIN-01", "flag"),)) for _ in range(3))
        uow.forecasts.add_determination(Determination(version.forecast_id, 1, "P9", Decision.ACCEPT, "同意", at, actor))
        uow.forecasts.add_reopening(Reopening(version.forecast_id, 1, "P8", "补录", at, actor))
        uow.checkpoints.add(uow.log.size(), uow.log.root(), "note", at)
        uow.idempotency.keep("C1", "k", "sha256:1", 201, b"{}", at)
        uow.records.add(StoredRecord(one.evaluation_id, "D19", uow.blobs.put(b"%PDF"), 4, at, 1))
        asked = Extension(Month(2026, 11), Stage.SUPPLY, date(2026, 11, 10), None, None, None, None, None, None)
        uow.extensions.add(StoredExtension(0, asked, one.evaluation_id, at, actor, "pass", True))
        batch = PosBatch("B1", "S1", 2, 2, True, at, frozenset({"L1"}))
        uow.pos_batches.add(StoredPosBatch(batch, two.evaluation_id, two.payload_digest, actor))
        uow.cycle_events.add(CycleEvent(Month(2026, 11), "on_close", None, three.evaluation_id, at, actor, "pass"))
        uow.outbox.add("evaluation.recorded", {"id": one.evaluation_id}, at)
        _fill_change(uow, one.evaluation_id, at, actor)
        assert uow.outbox.after(0) == (OutboxMessage(1, "evaluation.recorded", {"id": one.evaluation_id}, at),)
    return store


def _fill_change(uow, evaluation_id, at, actor):
    from app.store.change_values import EffectReport, PaperClaim, Step, StoredEvidence
    from tests.changes import change

    made = change()
    number = uow.registers.take("YT", at, "segment_change", None, "P1")
    uow.registers.void(number, at, "P9", "重复录入")
    uow.duties.add("segment_change", number, "enter", "P1", at)
    step = Step(made.change_no, 1, "apply", at, "P1", None, actor, made.state.value, None, (evaluation_id,), 0)
    uow.segment_changes.add_step(made, step)
    scan = uow.blobs.put(b"scan")
    uow.evidence.add(StoredEvidence(scan, "image/png", 4, "a.png", "P1", at, None, None, None, None, actor))
    uow.paper_claims.add(
        PaperClaim("C1", made.change_no, 3, "P3", at, scan, None, at, evaluation_id, "pass", confirmed=False)
    )
    uow.effect_reports.add(EffectReport(made.change_no, None, at, evaluation_id, "pass", actor))


@pytest.fixture
def untouched(raw):
    """Try an attack on a table and see that it fails and nothing changed."""

    def attempt(table, attack, said):
        with raw.connect() as connection:
            before = connection.execute(select(metadata.tables[table])).all()
        assert before, f"{table} must hold something, or nothing is proved"
        with pytest.raises(DBAPIError, match=said), raw.begin() as connection:
            connection.exec_driver_sql(attack)
        with raw.connect() as connection:
            assert connection.execute(select(metadata.tables[table])).all() == before

    return attempt


def test_a_row_on_record_is_neither_changed_nor_removed(filled, untouched, dialect):
    for table in CORE:
        column = _columns(table)[-1]
        attacks = [f'UPDATE {table} SET "{column}" = "{column}"', f"DELETE FROM {table}"]
        if dialect == "postgresql":
            attacks += [f"TRUNCATE {table} CASCADE", f"SET session_replication_role = replica; DELETE FROM {table}"]
        for attack in attacks:
            untouched(table, attack, "append-only")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_row_on_record_is_not_replaced_by_its_key(filled, untouched):
    for table in CORE:
        columns = _listed(f'"{name}"' for name in _columns(table))
        untouched(
            table, f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}", "already has a row"
        )


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_row_on_record_is_not_replaced_by_its_row_number(filled, untouched, raw):
    """Other keys, an old row number."""
    hidden = [table for table in CORE if not _key_is_row_number(raw, table)]
    assert "evaluation" in hidden
    for table in hidden:
        keys = {name for key in _keys(table) for name in key}
        columns = _listed(f'"{name}"' for name in _columns(table))
        chosen = _listed(f"'9' || \"{name}\"" if name in keys else f'"{name}"' for name in _columns(table))
        attack = f"INSERT OR REPLACE INTO {table} (rowid, {columns}) SELECT rowid, {chosen} FROM {table}"
        # A version or serial that leaves a gap is refused for that.
        untouched(table, attack, "already has a row|without a gap")


def _listed(names):
    return ", ".join(names)


def _columns(table):
    return [column.name for column in metadata.tables[table].columns]


def _key_is_row_number(engine, table):
    keys = [column for column in inspect(engine).get_columns(table) if column["primary_key"]]
    return len(keys) == 1 and str(keys[0]["type"]) == "INTEGER"


def _keys(table):
    there = metadata.tables[table]
    yield [column.name for column in there.primary_key.columns]
    for constraint in there.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns]


def test_the_program_itself_is_refused_too(filled):
    with pytest.raises(RecordLocked), filled.write() as uow:
        uow._connection.execute(tables.evaluation.update().values(verdict="pass"))
    assert filled.check().ok


def test_every_append_only_table_has_its_triggers(store, dialect):
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    if dialect == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = cast(:table AS regclass) AND tgenabled = 'A'"
    with store.read() as uow:
        for table in ALL:
            assert trigger_names(dialect, table) <= set(uow._connection.scalars(text(query), {"table": table})), table
