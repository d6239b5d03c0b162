"""Evaluations with their findings, and the lists people look through."""

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from app.audit.finding import SEVERITY_ORDER, Outcome
from app.core.canonical import canonical_bytes
from app.core.errors import Integrity, Invalid, NotFound
from app.core.text import Bilingual
from app.store.blobs import BlobRepository
from app.store.tables import evaluation, finding
from app.store.values import EvaluationFilter, EvaluationHead, EvaluationPage, FindingHead, StoredEvaluation

_SILENT = frozenset({Outcome.PASS.value, Outcome.NOT_APPLICABLE.value})
_COLUMNS_OF_HEAD = tuple(evaluation.c[name] for name in EvaluationHead.__dataclass_fields__ if name != "findings")


class CursorUnreadable(Invalid):
    """The cursor of a list was not one that a list gave."""

    code = "cursor.unreadable"
    title = Bilingual("分页游标无效", "The cursor is not valid")


class JudgementChanged(Integrity):
    """The findings do not have the digest that the log will name."""

    code = "judgement.changed"
    title = Bilingual("判定结果与摘要不符", "The findings do not have their digest")


class EvaluationRepository:
    """Add, get and list evaluations."""

    def __init__(self, connection: Connection, blobs: BlobRepository) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection
        self._blobs = blobs

    def add(self, stored: StoredEvaluation, *, judgement_is_kept: bool = False) -> None:
        """Keep an evaluation. Its log entry, its blobs and its rulebook must be kept before, in the same transaction.

        Args:
            stored: the evaluation.
            judgement_is_kept: the caller has put the canonical bytes of ``findings_json`` already.

        Raises:
            JudgementChanged: ``judgement_digest`` is not the digest of ``findings_json``.
        """
        if not judgement_is_kept and self._blobs.put(canonical_bytes(stored.findings_json)) != stored.judgement_digest:
            raise JudgementChanged
        columns = {name: getattr(stored, name) for name in evaluation.c.keys() if name != "actor_id"}  # noqa: SIM118  # columns, not a dict
        columns["actor_id"] = str(stored.actor["id"])
        self._connection.execute(evaluation.insert(), columns)
        rows = [_finding_row(stored, one) for one in stored.findings_json["findings"] if one["outcome"] not in _SILENT]
        if rows:
            self._connection.execute(finding.insert(), rows)

    def get(self, evaluation_id: str) -> StoredEvaluation:
        """Return an evaluation with all its findings.

        Raises:
            NotFound: there is none with this id.
            ContentChanged: its findings no longer have the digest the log names.
        """
        row = self._row(evaluation_id)
        columns = dict(row._mapping)  # noqa: SLF001  # the public way to a mapping
        del columns["actor_id"]
        columns["leaf_hash"] = bytes(columns["leaf_hash"])
        return StoredEvaluation(**columns, findings_json=json.loads(self._blobs.get(row.judgement_digest)))

    def head(self, evaluation_id: str) -> EvaluationHead:
        """Return an evaluation as lists show it.

        Raises:
            NotFound: there is none with this id.
        """
        return self._with_findings([self._row(evaluation_id)])[0]

    def of_subject(self, subject_kind: str, subject_id: str) -> tuple[EvaluationHead, ...]:
        """Return the evaluations of one subject, newest first."""
        wanted = select(evaluation).where(
            evaluation.c.subject_id == subject_id, evaluation.c.subject_kind == subject_kind
        )
        return self._with_findings(self._connection.execute(wanted.order_by(evaluation.c.log_index.desc())).all())

    def has_other_than(self, events: Collection[str]) -> bool:
        """Return whether anything was judged at an event that is none of ``events``."""
        other = select(evaluation.c.log_index).where(evaluation.c.event.not_in(events)).limit(1)
        return self._connection.execute(other).first() is not None

    def page(self, wanted: EvaluationFilter, cursor: str | None = None, limit: int = 50) -> EvaluationPage:
        """Return at most ``limit`` evaluations, newest first, from where ``cursor`` left off.

        A walk over all pages sees each evaluation that was there at its beginning exactly once, whatever is added
        meanwhile.

        Raises:
            CursorUnreadable: ``cursor`` is none of ours.
        """
        query, order = _limited(select(*_COLUMNS_OF_HEAD), wanted)
        if cursor is not None:
            query = query.where(order < _read_cursor(cursor))
        rows = self._connection.execute(query.order_by(order.desc()).limit(limit + 1)).all()
        shown = rows[:limit]
        return EvaluationPage(
            self._with_findings(shown), _cursor(shown[-1].log_index) if len(rows) > limit and shown else None
        )

    def verdict_counts(self, wanted: EvaluationFilter) -> Mapping[str, int]:
        """Return how many evaluations of the filter have each verdict."""
        query, _ = _limited(select(evaluation.c.verdict, func.count()), wanted)
        rows = self._connection.execute(query.group_by(evaluation.c.verdict))
        return {row[0]: row[1] for row in rows}

    def _row(self, evaluation_id: str) -> Row[Any]:
        row = self._connection.execute(select(evaluation).where(evaluation.c.evaluation_id == evaluation_id)).first()
        if row is None:
            raise NotFound(Bilingual(f"没有评估 {evaluation_id}。", f"There is no evaluation {evaluation_id}."))
        return row

    def _with_findings(self, rows: Sequence[Row[Any]]) -> tuple[EvaluationHead, ...]:
        heads = [EvaluationHead(**{c.name: getattr(row, c.name) for c in _COLUMNS_OF_HEAD}) for row in rows]
        found: dict[str, list[FindingHead]] = defaultdict(list)
        query = select(finding).where(finding.c.evaluation_id.in_([head.evaluation_id for head in heads]))
        for row in self._connection.execute(query) if heads else ():
            found[row.evaluation_id].append(
                FindingHead(
                    row.rule,
                    row.rule_version,
                    row.outcome,
                    Bilingual(row.message_zh, row.message_en),
                    row.lines_total,
                    row.lead_only,
                    row.shadow,
                )
            )
        return tuple(
            replace(head, findings=tuple(sorted(found[head.evaluation_id], key=_worst_first))) for head in heads
        )


def _worst_first(head: FindingHead) -> tuple[int, str]:
    return SEVERITY_ORDER.index(Outcome(head.outcome)), head.rule


def _finding_row(stored: StoredEvaluation, one: Mapping[str, Any]) -> dict[str, Any]:
    names = ("rule", "rule_version", "outcome", "lines_total", "lead_only", "shadow")
    return {
        "evaluation_id": stored.evaluation_id,
        "log_index": stored.log_index,
        "message_zh": one["message"]["zh"],
        "message_en": one["message"]["en"],
        **{name: one[name] for name in names},
    }


def _limited(query: Select[Any], wanted: EvaluationFilter) -> tuple[Select[Any], ColumnElement[int]]:
    """Return the query with the filter, and the column that newest first goes by."""
    order: ColumnElement[int] = evaluation.c.log_index
    if wanted.rule is not None:
        # The index over (rule, log_index) then gives the newest first without reading the others.
        query = query.select_from(evaluation.join(finding)).where(finding.c.rule == wanted.rule)
        order = finding.c.log_index
    for name in ("verdict", "stage", "cycle", "account_manager", "actor_id"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(evaluation.c[name] == value)
    if wanted.territories is not None:
        query = query.where(evaluation.c.territory_id.in_(sorted(wanted.territories)))
    if wanted.text:
        names = ("evaluation_id", "subject_id", "account_manager")
        query = query.where(or_(*(evaluation.c[name].icontains(wanted.text, autoescape=True) for name in names)))
    return query, order


def _cursor(log_index: int) -> str:
    return base64.urlsafe_b64encode(f"e1:{log_index}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> int:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        kind, _, place = text.partition(":")
        if kind != "e1" or not place.isdecimal():
            raise CursorUnreadable
        return min(int(place), 2**62)
    except (binascii.Error, ValueError) as error:
        raise CursorUnreadable from error
