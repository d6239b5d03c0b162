"""Evaluations come back whole, and lists walk through them newest first."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from app.core.canonical import digest_of
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.office.month import Month
from app.store.blobs import ContentChanged
from app.store.errors import AlreadyRecorded
from app.store.evaluations import CursorUnreadable, JudgementChanged
from app.store.values import EvaluationFilter, FindingHead

EVERYTHING = EvaluationFilter()


def _ids(page):
    return [int(head.evaluation_id[-6:]) for head in page.items]


def test_an_evaluation_comes_back_as_it_was_kept(store, keep_evaluation):
    with store.write() as uow:
        stored = keep_evaluation(uow, (("WIN-01", "flag"), ("ENT-06", "block"), ("WIN-02", "pass")), verdict="block")
    with store.read() as uow:
        assert uow.evaluations.get(stored.evaluation_id) == stored
        head = uow.evaluations.head(stored.evaluation_id)
        assert head.findings == (
            FindingHead("ENT-06", 1, "block", Bilingual("ENT-06 有话说", "ENT-06 speaks"), 3, False, False),
            FindingHead("WIN-01", 1, "flag", Bilingual("WIN-01 有话说", "WIN-01 speaks"), 3, False, False),
        )
        assert head.evaluated_at == stored.evaluated_at
        assert head.cycle == Month(2026, 11)
        assert uow.evaluations.of_subject("order_forecast", stored.subject_id) == (head,)
        assert uow.evaluations.of_subject("supply_forecast", stored.subject_id) == ()
        for ask in (uow.evaluations.get, uow.evaluations.head):
            with pytest.raises(NotFound):
                ask("E-1")


def test_findings_that_do_not_have_their_digest_are_refused(store, keep_evaluation):
    with pytest.raises(JudgementChanged), store.write() as uow:
        keep_evaluation(uow, judgement_digest=digest_of({"other": 1}))
    with store.read() as uow:
        assert uow.log.size() == 0


def test_an_evaluation_is_kept_once(store, keep_evaluation):
    with store.write() as uow:
        stored = keep_evaluation(uow)
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        uow.evaluations.add(stored)
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        uow.evaluations.add(replace(stored, evaluation_id="E-2"))


def test_findings_changed_in_the_database_are_noticed(store, keep_evaluation, dialect):
    with store.write() as uow:
        stored = keep_evaluation(uow, (("WIN-01", "flag"),))
        if dialect == "postgresql":
            uow._connection.execute(text("ALTER TABLE blob DISABLE TRIGGER ALL"))
        else:
            uow._connection.execute(text("DROP TRIGGER blob_refuse_update"))
        forged = {"zipped": b"x", "digest": stored.judgement_digest}
        uow._connection.execute(text("UPDATE blob SET zipped = :zipped WHERE digest = :digest"), forged)
    with pytest.raises(ContentChanged), store.read() as uow:
        uow.evaluations.get(stored.evaluation_id)
    assert not store.check().ok


def test_a_walk_over_all_pages_sees_each_evaluation_once_while_others_are_added(store, keep_evaluation):
    with store.write() as uow:
        for _ in range(25):
            keep_evaluation(uow)
    seen, cursor = [], None
    while True:
        with store.read() as uow:
            page = uow.evaluations.page(EVERYTHING, cursor, 10)
        seen += _ids(page)
        with store.write() as uow:
            keep_evaluation(uow)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == list(range(25, 0, -1))


def test_a_page_that_is_just_full_has_no_next_one(store, keep_evaluation):
    with store.read() as uow:
        assert uow.evaluations.page(EVERYTHING) == type(uow.evaluations.page(EVERYTHING))((), None)
    with store.write() as uow:
        for _ in range(4):
            keep_evaluation(uow)
    with store.read() as uow:
        first = uow.evaluations.page(EVERYTHING, limit=2)
        second = uow.evaluations.page(EVERYTHING, first.next_cursor, 2)
    assert (_ids(first), _ids(second), second.next_cursor) == ([4, 3], [2, 1], None)


@pytest.mark.parametrize("cursor", ["", "x", "ZTE6", "ZTI6MTI", "ZTE6LTE", "键", "ZTE6MTI=%"])
def test_a_cursor_of_somebody_else_is_refused(store, cursor):
    with pytest.raises(CursorUnreadable), store.read() as uow:
        uow.evaluations.page(EVERYTHING, cursor)


def test_filters_limit_and_combine(store, keep_evaluation):
    with store.write() as uow:
        keep_evaluation(uow, (("WIN-01", "flag"),), verdict="flag", territory_id="T01")
        keep_evaluation(uow, (("WIN-01", "block"), ("ENT-06", "flag")), verdict="block", stage="supply")
        keep_evaluation(uow, verdict="pass", account_manager="P0013", cycle=Month(2026, 10))
        keep_evaluation(uow, (("ENT-06", "flag"),), verdict="flag", subject_id="F_50%", territory_id=None)
        keep_evaluation(uow, verdict="pass", actor={"kind": "client", "id": "C2", "name": "n"}, account_manager=None)

    def ids(**limits):
        with store.read() as uow:
            return _ids(uow.evaluations.page(EvaluationFilter(**limits)))

    assert ids() == [5, 4, 3, 2, 1]
    assert ids(verdict="flag") == [4, 1]
    assert ids(stage="supply") == [2]
    assert ids(cycle=Month(2026, 10)) == [3]
    assert ids(account_manager="P0013") == [3]
    assert ids(rule="WIN-01") == [2, 1]
    assert ids(rule="ENT-06", verdict="flag") == [4]
    assert ids(rule="WIN-12") == []
    assert ids(territories=frozenset({"T01"})) == [1]
    assert ids(territories=frozenset()) == []
    assert ids(actor_id="C2") == [5]
    assert ids(text="p0013") == [3]
    assert ids(text="000002") == [2]
    # Signs that mean something in SQL mean themselves.
    assert ids(text="_50%") == [4]
    assert ids(text="%") == [4]
    with store.read() as uow:
        assert uow.evaluations.verdict_counts(EVERYTHING) == {"flag": 2, "block": 1, "pass": 2}
        assert uow.evaluations.verdict_counts(EvaluationFilter(rule="ENT-06")) == {"flag": 1, "block": 1}
        page = uow.evaluations.page(EvaluationFilter(rule="WIN-01"), limit=1)
        assert _ids(uow.evaluations.page(EvaluationFilter(rule="WIN-01"), page.next_cursor, 1)) == [1]
