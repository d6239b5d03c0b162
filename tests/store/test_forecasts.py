"""A forecast has one identity and counted versions; the accepted one counts."""

from datetime import UTC, datetime

import pytest

from app.audit.facts.context import StageState
from app.core.errors import NotFound
from app.office.cycle import Stage
from app.office.month import Month
from app.store.errors import AlreadyRecorded, BrokenReference
from app.store.forecasts import VersionTaken
from app.store.values import Decision, Determination, Reopening

NOW = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
CYCLE = Month(2026, 11)
ACTOR = {"kind": "person", "id": "P9", "name": "王"}


def _head(store, manager="P0012"):
    with store.read() as uow:
        return uow.forecasts.head(Stage.SUPPLY, CYCLE, manager)


def _determine(store, version, decision):
    with store.write() as uow:
        uow.forecasts.add_determination(
            Determination(version.forecast_id, version.version, "P9", decision, "意见", NOW, ACTOR)
        )


def _reopen(store, forecast_id, after):
    with store.write() as uow:
        uow.forecasts.add_reopening(Reopening(forecast_id, after, "P8", "补录", NOW, ACTOR))


def test_there_is_no_head_before_the_first_version(store, keep_version):
    assert _head(store) is None
    with store.write() as uow:
        version = keep_version(uow)
    head = _head(store)
    assert (head.forecast_id, head.version, head.verdict, head.accepted) == (version.forecast_id, 1, "pass", True)
    assert (head.stage, head.cycle, head.account_manager) == (Stage.SUPPLY, CYCLE, "P0012")
    assert head.newest == head.accepted_version == version
    assert head.evaluation_id == version.evaluation_id
    assert head.state is StageState.SUBMITTED
    assert not head.reopened
    with store.read() as uow:
        assert uow.forecasts.get(version.forecast_id) == head
        assert uow.forecasts.head(Stage.ORDER, CYCLE, "P0012") is None
        assert uow.forecasts.head(Stage.SUPPLY, Month(2026, 12), "P0012") is None
        assert uow.forecasts.head(Stage.SUPPLY, CYCLE, "P0013") is None


def test_versions_are_counted_and_none_is_overwritten(store, keep_version):
    with store.write() as uow:
        first, second = keep_version(uow, "flag"), keep_version(uow)
    with store.read() as uow:
        assert uow.forecasts.versions(first.forecast_id) == (first, second)
        assert uow.forecasts.version(first.forecast_id, 1) == first
        with pytest.raises(NotFound):
            uow.forecasts.version(first.forecast_id, 3)
        with pytest.raises(NotFound):
            uow.forecasts.get("F-1")
    for taken in (first, second):
        with pytest.raises(VersionTaken), store.write() as uow:
            uow.forecasts.add_version(taken)


def test_one_account_manager_has_one_forecast_a_stage_and_cycle(store, keep_version):
    with store.write() as uow:
        keep_version(uow)
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        uow.forecasts.add("F-2", Stage.SUPPLY, CYCLE, "P0012", NOW)


def test_forecasts_that_name_nobody_stand_each_alone(store, keep_version):
    with store.write() as uow:
        first, second = keep_version(uow, "block", manager=None), keep_version(uow, "block", manager=None)
    assert first.forecast_id != second.forecast_id
    assert _head(store, None) is None
    with store.read() as uow:
        assert uow.forecasts.get(first.forecast_id).account_manager is None


def test_a_blocked_version_is_on_record_and_does_not_count(store, keep_version):
    with store.write() as uow:
        keep_version(uow, "block")
    head = _head(store)
    assert (head.state, head.accepted, head.accepted_version) == (StageState.BLOCKED, False, None)
    with store.write() as uow:
        accepted = keep_version(uow, "flag")
        keep_version(uow, "block")
    head = _head(store)
    assert (head.version, head.accepted, head.accepted_version) == (3, False, accepted)
    assert head.state is StageState.SUBMITTED


def test_supervision_determines_the_version_that_counts(store, keep_version):
    with store.write() as uow:
        first = keep_version(uow)
    _determine(store, first, Decision.RETURN)
    assert _head(store).state is StageState.RETURNED
    assert not _head(store).determined
    _determine(store, first, Decision.ACCEPT)
    head = _head(store)
    assert (head.state, head.determined, head.determination.opinion) == (StageState.DETERMINED, True, "意见")
    with store.write() as uow:
        keep_version(uow, "block")
    # A blocked attempt must not shake off what was determined.
    assert _head(store).determined
    with store.write() as uow:
        keep_version(uow, "pass")
    assert _head(store).state is StageState.SUBMITTED
    with store.read() as uow:
        assert [made.decision for made in uow.forecasts.determinations(first.forecast_id)] == ["return", "accept"]


def test_a_reopening_holds_until_a_version_is_accepted(store, keep_version):
    with store.write() as uow:
        first = keep_version(uow)
    _reopen(store, first.forecast_id, 1)
    assert _head(store).reopened
    with store.write() as uow:
        keep_version(uow, "block")
    assert _head(store).reopened
    with store.write() as uow:
        keep_version(uow, "pass")
    assert not _head(store).reopened
    with store.read() as uow:
        assert [made.after_version for made in uow.forecasts.reopenings(first.forecast_id)] == [1]


def test_nothing_is_determined_or_reopened_that_does_not_exist(store, keep_version):
    with store.write() as uow:
        first = keep_version(uow)
    made = Determination(first.forecast_id, 2, "P9", Decision.ACCEPT, None, NOW, ACTOR)
    with pytest.raises(BrokenReference), store.write() as uow:
        uow.forecasts.add_determination(made)
    with pytest.raises(BrokenReference):
        _reopen(store, first.forecast_id, 2)


def test_heads_are_those_of_one_stage_and_cycle(store, keep_version):
    with store.write() as uow:
        for manager in ("P1", "P2", "P3"):
            keep_version(uow, manager=manager)
        keep_version(uow, manager="P1", stage=Stage.ORDER)
        keep_version(uow, manager="P1", cycle=Month(2026, 10))
    with store.read() as uow:
        heads = uow.forecasts.heads(Stage.SUPPLY, CYCLE)
        assert [head.account_manager for head in heads] == ["P1", "P2", "P3"]
        assert uow.forecasts.heads(Stage.SUPPLY, Month(2026, 9)) == ()


def test_being_on_time_counts_the_first_accepted_version_of_the_last_six_cycles(store, keep_version):
    with store.write() as uow:
        keep_version(uow, cycle=Month(2026, 4), days_late=5)  # seven months back: not looked at
        keep_version(uow, cycle=Month(2026, 5), days_late=0)
        keep_version(uow, "block", cycle=Month(2026, 6), days_late=0)
        keep_version(uow, cycle=Month(2026, 6), days_late=2)  # the accepted one was late
        keep_version(uow, cycle=Month(2026, 7), days_late=0)
        keep_version(uow, cycle=Month(2026, 7), days_late=3)  # a correction is not late
        keep_version(uow, "block", cycle=Month(2026, 8), days_late=9)
        keep_version(uow, cycle=Month(2026, 9), days_late=None)  # the window was unknown
        keep_version(uow, cycle=Month(2026, 10), days_late=-1)
        keep_version(uow, cycle=CYCLE, days_late=4)  # the cycle itself
        keep_version(uow, manager="P2", cycle=Month(2026, 10), days_late=4)
    with store.read() as uow:
        assert uow.forecasts.on_time(Stage.SUPPLY, "P0012", CYCLE) == (3, 5)
        assert uow.forecasts.on_time(Stage.SUPPLY, "P0012", CYCLE, last=1) == (1, 1)
        assert uow.forecasts.on_time(Stage.ORDER, "P0012", CYCLE) == (0, 0)
