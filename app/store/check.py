"""Look at everything that is stored: `henji db check`."""

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, select, text

from app.audit.log.verify import verify_log
from app.core.errors import AppError
from app.core.text import Bilingual
from app.store.role_guard import ROLE_GUARD
from app.store.schema import append_only_tables, metadata
from app.store.tables import blob
from app.store.triggers import trigger_names
from app.store.unit_of_work import UnitOfWork
from app.store.values import StoreCheck


def check_store(connection: Connection, uow: UnitOfWork) -> StoreCheck:
    """Return what is wrong, reading every entry and every content once.

    Raises:
        StoreDamaged: the database file cannot even be asked.
    """
    damage = tuple(_database(connection))
    if damage:
        # Reading on would only stumble over the same damage.
        return unreadable(damage)
    problems = [*_missing_triggers(connection), *uow.duties.problems()]
    report = verify_log(uow.log.entries(), get_node=uow.log.stored_nodes())
    problems += [problem.sentence for problem in report.problems]
    problems += _checkpoints(uow, report.size)
    read, broken = _content(connection, uow)
    return StoreCheck(
        problems=(*problems, *broken),
        notes=tuple(_notes(connection)),
        log_size=report.size,
        log_root=report.root,
        blobs_read=read,
    )


def unreadable(damage: tuple[Bilingual, ...]) -> StoreCheck:
    """Return the result for a database that cannot be read."""
    return StoreCheck(problems=damage, notes=(), log_size=0, log_root=b"", blobs_read=0)


def _database(connection: Connection) -> Iterator[Bilingual]:
    if connection.dialect.name != "sqlite":
        return
    for row in connection.execute(text("PRAGMA integrity_check")):
        if row[0] != "ok":
            yield Bilingual(f"数据库文件损坏：{row[0]}", f"The database file is damaged: {row[0]}")
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield Bilingual(
            f"表 {row[0]} 第 {row[1]} 行引用的 {row[2]} 不存在。", f"{row[0]} row {row[1]} names a missing {row[2]}."
        )


def _missing_triggers(connection: Connection) -> Iterator[Bilingual]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        # O, the default, would let a replication role write; D is switched off.
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    there = set(connection.scalars(text(query)))
    tables = set(inspect(connection).get_table_names()) & set(metadata.tables)
    for table in append_only_tables():
        if table.name in tables and not trigger_names(connection.dialect.name, table.name) <= there:
            yield Bilingual(
                f"表 {table.name} 缺少防篡改触发器，或触发器被停用。",
                f"The triggers that keep {table.name} append-only are missing or switched off.",
            )
        for guard in table.info.get("guards", ()):
            if table.name in tables and guard not in there:
                yield Bilingual(
                    f"表 {table.name} 的触发器 {guard} 缺失或被停用。",
                    f"The trigger {guard} of {table.name} is missing or switched off.",
                )
    if not there >= ROLE_GUARD:
        yield Bilingual(
            "阻止不相容岗位的触发器缺失或被停用。",
            "The triggers that refuse incompatible roles are missing or switched off.",
        )


def _checkpoints(uow: UnitOfWork, size: int) -> Iterator[Bilingual]:
    for point in uow.checkpoints.all():
        if point.size > size:
            yield Bilingual(
                f"检查点记有 {point.size} 条日志，现在只有 {size} 条：日志被截断。",
                f"A checkpoint names {point.size} entries, there are only {size}: the log was cut.",
            )
        elif uow.log.root(point.size) != point.root:
            yield Bilingual(
                f"前 {point.size} 条日志的根与检查点不符：日志被改写。",
                f"The root of the first {point.size} entries is not that of the checkpoint: the log was rewritten.",
            )


def _content(connection: Connection, uow: UnitOfWork) -> tuple[int, list[Bilingual]]:
    broken = []
    digests = list(connection.scalars(select(blob.c.digest).order_by(blob.c.digest)))
    for digest in digests:
        try:
            uow.blobs.get(digest)
        except AppError as error:
            broken.append(error.detail)
    return len(digests), broken


def _notes(connection: Connection) -> Iterator[Bilingual]:
    if connection.dialect.name == "postgresql" and connection.scalar(text("SHOW data_checksums")) != "on":
        yield Bilingual(
            "PostgreSQL 未启用数据校验和；停机时可用 pg_checksums --enable 启用。",
            "PostgreSQL runs without data checksums; pg_checksums --enable turns them on while it is stopped.",
        )
