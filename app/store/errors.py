"""What can go wrong below the store, said so that a person knows what to do. No error of a driver leaves this room."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.errors import AppError, Conflict, Integrity
from app.core.text import Bilingual


class WeakDurability(AppError):
    """The database would acknowledge what a power cut can still take away."""

    code = "store.weak_durability"
    title = Bilingual("数据库的持久性设置过弱", "The database settings are not durable")


class StoreUnavailable(AppError):
    """The database does not answer, is full, or is busy for too long. Nothing was half-written."""

    code = "store.unavailable"
    status = 503
    title = Bilingual("数据库暂不可用", "The database is not available")


class ReadOnlyUnit(AppError):
    """A reading unit of work was asked to write: a mistake in the program."""

    code = "store.read_only"
    title = Bilingual("只读事务不能写入", "A reading transaction cannot write")


class SchemaOutdated(AppError):
    """The database was made by an older program, or is empty."""

    code = "store.schema_outdated"
    status = 503
    title = Bilingual("数据库结构需要升级", "The database needs an upgrade")


class SchemaNewer(AppError):
    """The database was made by a newer program. This one must not touch it."""

    code = "store.schema_newer"
    status = 503
    title = Bilingual("数据库结构比本程序新", "The database is newer than this program")


class AlreadyRecorded(Conflict):
    """There is a row with this key; what is on record is not written twice."""

    code = "store.already_recorded"
    title = Bilingual("该内容已有记录", "This is on record already")


class RoleIncompatible(Conflict):
    """One person would hold two roles that exclude each other. The rules refuse it, and so does the database."""

    code = "role.incompatible"
    title = Bilingual("岗位不相容", "The roles exclude each other")


class RecordLocked(Integrity):
    """Somebody tried to change what is on record. The database refused."""

    code = "store.append_only"
    title = Bilingual("已入档的内容不可更改", "What is on record cannot be changed")


class StoreDamaged(Integrity):
    """The database file is not what the database wrote."""

    code = "store.damaged"
    title = Bilingual("数据库文件已损坏", "The database file is damaged")


class BrokenReference(Integrity):
    """A row would name something that is not there: a mistake in the program. Nothing was written."""

    code = "store.broken_reference"
    title = Bilingual("所引用的记录不存在", "A row names something that does not exist")


class OutOfOrder(Integrity):
    """A version or a serial would leave a gap: a mistake in the program. Nothing was written."""

    code = "store.out_of_order"
    title = Bilingual("编号不连续", "A count would have a gap")


class DutyTaken(Conflict):
    """The person has done something about the same object that excludes this. The database refused."""

    code = "duty.taken"
    title = Bilingual("该人员已在同一事项中承担不相容的职责", "The person has a conflicting duty on the same object")


_DO_AGAIN = Bilingual(
    "数据库暂不可用（{cause}）。请检查磁盘空间和数据库服务；带原来的 Idempotency-Key 重试是安全的。",
    "The database is not available ({cause}). Check disk space and the database service; "
    "it is safe to retry with the same Idempotency-Key.",
)


def unavailable(cause: object) -> StoreUnavailable:
    """Return the error that names ``cause`` and what to do."""
    text = str(cause).strip().splitlines()
    line = text[0] if text else type(cause).__name__
    return StoreUnavailable(Bilingual(_DO_AGAIN.zh.format(cause=line), _DO_AGAIN.en.format(cause=line)))


def _damaged(cause: str) -> StoreDamaged:
    return StoreDamaged(
        Bilingual(
            f"数据库文件已损坏（{cause}）。请停止服务，保留该文件以备查验，再从备份恢复。",
            f"The database file is damaged ({cause}). Stop the service, keep the file as evidence, restore a backup.",
        )
    )


_SAID_BY_TRIGGERS: Mapping[str, type[AppError]] = {
    "is append-only": RecordLocked,
    "incompatible roles": RoleIncompatible,
    "a conflicting duty": DutyTaken,
    "without a gap": OutOfOrder,
}
"""Words of our own triggers, and what they mean."""


def translated(error: SQLAlchemyError) -> AppError:
    """Return ``error`` in the words of the house."""
    if not isinstance(error, DBAPIError):
        # The pool gave up waiting, or the program used SQLAlchemy wrongly; the chain keeps which.
        return unavailable("connection pool") if isinstance(error, PoolTimeout) else AppError()
    cause = str(error.orig)
    said = next((kind for words, kind in _SAID_BY_TRIGGERS.items() if words in cause), None)
    if said is not None:
        return said()
    if "malformed" in cause or "not a database" in cause:
        return _damaged(cause)
    if "readonly database" in cause or "read-only transaction" in cause:
        return ReadOnlyUnit()
    if isinstance(error, IntegrityError):
        missing = "FOREIGN KEY" in cause or "foreign key" in cause
        taken = "UNIQUE" in cause or "unique" in cause or "already has a row" in cause
        return BrokenReference() if missing else AlreadyRecorded() if taken else Integrity()
    return unavailable(cause)


@contextmanager
def house_errors() -> Iterator[None]:
    """Let no error of SQLAlchemy or of a driver out.

    Raises:
        AppError: what ``translated`` makes of it.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise translated(error) from error
