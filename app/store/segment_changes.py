"""Segment changes: every step with the whole request after it. The newest step is how the request stands."""

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, func, or_, select, tuple_, type_coerce

from app.core.canonical import sha256_hex
from app.core.clock import OFFICE_ZONE
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.office.month import Month
from app.office.segment_change import CHAIN, OPEN_STATES, ChangeState, SegmentChange
from app.office.segment_change_json import ChangeUnreadable, change_as_json, change_from_json
from app.store.change_tables import segment_change, segment_change_step
from app.store.change_values import ChangeFilter, ChangePage, KeptStep, Step, StoredChange
from app.store.errors import house_errors
from app.store.evaluations import CursorUnreadable

_MOST_ASKED = 500
"""Licence numbers named in one statement."""

_head, _step = segment_change, segment_change_step
_CURRENT: Select[Any] = select(_step.c.body, _step.c.version, _head.c.log_index).select_from(
    _head.join(_step, (_step.c.change_no == _head.c.change_no) & (_step.c.version == _head.c.version))
)
"""The newest step of every request."""

_STEP_COLUMNS = tuple(
    _step.c[name]
    for name in ("change_no", "version", "act", "done_at", "person_id", "on_behalf_of", "actor", "state", "reason",
                 "evaluation_ids", "log_index", "details")
)  # fmt: skip


class SegmentChangeRepository:
    """Record and read requests for another business format."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection

    def add_step(self, change: SegmentChange, step: Step) -> None:
        """Record what was done, with the request as it is afterwards. Version 1 opens it.

        The log entry of the step must be written before, in the same transaction.

        Raises:
            AlreadyRecorded: the version, or a step for this log entry, is on record.
            OutOfOrder: the version is not the one after the newest.
            BrokenReference: there is no such log entry.
        """
        assert (step.change_no, step.state) == (change.change_no, change.state)
        with house_errors():
            stands = {"version": step.version, **_list_columns(change)}
            if step.version == 1:
                opened = {"change_no": step.change_no, "log_index": step.log_index, "opened_at": step.at}
                self._connection.execute(_head.insert(), {**opened, **stands})
            columns = {column.name: getattr(step, column.name) for column in _STEP_COLUMNS if column.name != "done_at"}
            self._connection.execute(
                _step.insert(),
                {
                    **columns,
                    "act": str(step.act),
                    "done_at": step.at,
                    "evaluation_ids": list(step.evaluation_ids),
                    "body": change_as_json(change),
                },
            )
            if step.version > 1:
                self._connection.execute(_head.update().where(_head.c.change_no == step.change_no), stands)

    def get(self, change_no: str) -> StoredChange:
        """Return a request as it stands.

        Raises:
            NotFound: there is none of this number.
            ChangeUnreadable: what is kept of it is damaged.
        """
        # The newest step itself, not what the table for lists says is the newest.
        query: Select[Any] = select(_step.c.body, _step.c.version).where(_step.c.change_no == change_no)
        row = self._connection.execute(query.order_by(_step.c.version.desc()).limit(1)).first()
        if row is None:
            raise NotFound(Bilingual(f"没有业态变更 {change_no}。", f"There is no segment change {change_no}."))
        return _stored(row)

    def steps(self, change_no: str) -> tuple[Step, ...]:
        """Return every step, oldest first; empty when there is no such request."""
        query = select(*_STEP_COLUMNS).where(_step.c.change_no == change_no)
        return tuple(_as_step(row) for row in self._connection.execute(query.order_by(_step.c.version)))

    def at_version(self, change_no: str, version: int) -> SegmentChange:
        """Return a request as it was after one of its steps.

        Raises:
            NotFound: there is no such step.
        """
        query = select(_step.c.body).where(_step.c.change_no == change_no, _step.c.version == version)
        body = self._connection.scalar(query)
        if body is None:
            raise NotFound(
                Bilingual(f"业态变更 {change_no} 没有第 {version} 版。", f"{change_no} has no version {version}.")
            )
        return change_from_json(body)

    def kept_steps(self) -> Iterator[KeptStep]:
        """Yield every step of every request with what its row says of the request, for comparing it with the log.

        Raises:
            ChangeUnreadable: a row holds what is not even JSON.
        """
        in_list = [column.label(f"list_{column.name}") for column in _head.columns]
        query = select(_step, type_coerce(_step.c.body, Text).label("as_stored"), *in_list).outerjoin(_head)
        query = query.order_by(_step.c.change_no, _step.c.version).limit(_MOST_ASKED)
        rows = self._piece(query)
        while rows:
            for row in rows:
                digest = "sha256:" + sha256_hex(row.as_stored.encode("utf-8"))
                yield KeptStep(_as_step(row), digest, tuple(_wrong_columns(row)))
            last = rows[-1]
            rows = self._piece(query.where(tuple_(_step.c.change_no, _step.c.version) > (last.change_no, last.version)))

    def _piece(self, query: Select[Any]) -> Sequence[Row[Any]]:
        try:
            return self._connection.execute(query).all()
        except ValueError as error:
            raise ChangeUnreadable from error

    def wrong_versions(self) -> tuple[str, ...]:
        """Return the numbers of the requests whose row for lists does not name the newest step."""
        newest = select(func.coalesce(func.max(_step.c.version), 0)).where(_step.c.change_no == _head.c.change_no)
        query = select(_head.c.change_no).where(_head.c.version != newest.scalar_subquery())
        return tuple(self._connection.scalars(query.order_by(_head.c.change_no)))

    def of_customer(self, licence_no: str) -> tuple[SegmentChange, ...]:
        """Return the requests of one customer, oldest first."""
        return self._changes(_head.c.licence_no == licence_no)

    def of_licences(self, licences: Iterable[str]) -> tuple[SegmentChange, ...]:
        """Return the requests of several customers, oldest first."""
        wanted = sorted(set(licences))
        pieces = (wanted[start : start + _MOST_ASKED] for start in range(0, len(wanted), _MOST_ASKED))
        rows = [row for piece in pieces for row in self._rows(_head.c.licence_no.in_(piece))]
        return tuple(change_from_json(row.body) for row in sorted(rows, key=lambda row: row.log_index))

    def of_manager(self, person_id: str) -> tuple[SegmentChange, ...]:
        """Return the requests entered by one account manager, oldest first."""
        return self._changes(_head.c.account_manager == person_id)

    def in_territory(self, territory_id: str) -> tuple[SegmentChange, ...]:
        """Return the requests of customers of one territory, as the requests name it, oldest first."""
        return self._changes(_head.c.territory_id == territory_id)

    def all_since(self, day: date) -> tuple[SegmentChange, ...]:
        """Return the requests first entered on ``day`` (in the office's zone) or later, oldest first."""
        return self._changes(_head.c.opened_at >= _begin(day))

    def signed_since(self, at: datetime) -> tuple[SegmentChange, ...]:
        """Return the requests in whose form somebody has signed at ``at`` or later, oldest first."""
        signing = _step.alias("signing")
        signed = select(signing.c.change_no).where(signing.c.act == "sign", signing.c.done_at >= at)
        return self._changes(_head.c.change_no.in_(signed))

    def open(self) -> tuple[StoredChange, ...]:
        """Return every request that a person or the service must still act on, oldest first: see ``is_unfinished``."""
        return tuple(_stored(row) for row in self._rows(_head.c.unfinished))

    def page(self, wanted: ChangeFilter, cursor: str | None = None, limit: int = 50) -> ChangePage:
        """Return at most ``limit`` requests, newest first, from where ``cursor`` left off.

        Raises:
            CursorUnreadable: ``cursor`` is none of ours.
        """
        order = _head.c.log_index
        query = _limited(_CURRENT, wanted)
        if cursor is not None:
            query = query.where(order < _read_cursor(cursor))
        rows = self._connection.execute(query.order_by(order.desc()).limit(limit + 1)).all()
        shown = rows[:limit]
        more = len(rows) > limit and bool(shown)
        return ChangePage(tuple(_stored(row) for row in shown), _cursor(shown[-1].log_index) if more else None)

    def _changes(self, wanted: ColumnElement[bool]) -> tuple[SegmentChange, ...]:
        return tuple(change_from_json(row.body) for row in self._rows(wanted))

    def _rows(self, wanted: ColumnElement[bool]) -> Sequence[Row[Any]]:
        return self._connection.execute(_CURRENT.where(wanted).order_by(_head.c.log_index)).all()


_UNFINISHED_STATES = OPEN_STATES | {ChangeState.DRAFT, ChangeState.FILED}


def is_unfinished(change: SegmentChange) -> bool:
    """Return whether somebody must still act: decide, file, take effect, review, or archive the signed form.

    A change that was not favourable need not be reviewed.
    """
    form = change.form
    if form is not None and len(form.signatures) == len(CHAIN) and form.archived_digest is None:
        return True
    if change.state is ChangeState.EFFECTIVE:
        return change.review is None and change.favourable is not False
    return change.state in _UNFINISHED_STATES


def _list_columns(change: SegmentChange) -> dict[str, Any]:
    asked = change.application
    return {
        "state": change.state.value,
        "licence_no": asked.licence_no,
        "account_manager": asked.account_manager,
        "territory_id": asked.territory_id,
        "shop_name": asked.shop_name,
        "filed_at": change.filing.filed_at if change.filing else None,
        "effective_month": Month.of(change.effective_on) if change.effective_on else None,
        "unfinished": is_unfinished(change),
    }


def _wrong_columns(row: Row[Any]) -> Iterator[str]:
    try:
        stands = _list_columns(change_from_json(row.body))
    except ChangeUnreadable:
        yield "body"
        return
    if row.state != stands["state"]:
        yield "state"
    told = stands if row.version == row.list_version else {}
    if row.version == 1:
        told = {**told, "log_index": row.log_index, "opened_at": row.done_at}
    for name, value in told.items():
        if getattr(row, f"list_{name}") != value:
            yield f"segment_change.{name}"


def _limited(query: Select[Any], wanted: ChangeFilter) -> Select[Any]:
    for name in ("licence_no", "account_manager", "effective_month"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(_head.c[name] == value)
    if wanted.states is not None:
        query = query.where(_head.c.state.in_(_texts(wanted.states)))
    if wanted.territories is not None:
        query = query.where(_head.c.territory_id.in_(_texts(wanted.territories)))
    if wanted.filed_from is not None:
        query = query.where(_head.c.filed_at >= _begin(wanted.filed_from))
    if wanted.text:
        names = ("change_no", "licence_no", "shop_name", "account_manager")
        query = query.where(or_(*(_head.c[name].icontains(wanted.text, autoescape=True) for name in names)))
    return query


def _texts(values: Collection[str]) -> list[str]:
    return sorted(str(value) for value in values)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, OFFICE_ZONE).astimezone(UTC)


def _stored(row: Row[Any]) -> StoredChange:
    return StoredChange(change_from_json(row.body), row.version, row.version)


def _as_step(row: Row[Any]) -> Step:
    columns = {column.name: getattr(row, column.name) for column in _STEP_COLUMNS if column.name != "done_at"}
    columns["evaluation_ids"] = tuple(row.evaluation_ids)
    return Step(**columns, at=row.done_at)


def _cursor(log_index: int) -> str:
    return base64.urlsafe_b64encode(f"c1:{log_index}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> int:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        kind, _, place = text.partition(":")
        if kind != "c1" or not place.isdecimal():
            raise CursorUnreadable
        return min(int(place), 2**62)
    except (binascii.Error, ValueError) as error:
        raise CursorUnreadable from error
