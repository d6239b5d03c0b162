"""What a forecast's standing means, without any database."""

from datetime import UTC, datetime

import pytest

from app.audit.facts.context import StageState
from app.core.text import Bilingual
from app.office.cycle import Stage
from app.office.month import Month
from app.store.values import Decision, Determination, ForecastHead, ForecastVersion, StoreCheck

NOW = datetime(2026, 11, 16, tzinfo=UTC)


def version(number, verdict):
    return ForecastVersion("F-1", number, f"E-{number}", "sha256:1", None, None, NOW, 0, "T1", {}, verdict, 1, 1)


def head(newest, accepted, decision=None):
    made = Determination("F-1", 1, "P9", decision, None, NOW, {}) if decision else None
    return ForecastHead("F-1", Stage.SUPPLY, Month(2026, 11), "P1", newest, accepted, made, False)


@pytest.mark.parametrize(
    ("verdict", "accepted"),
    [("pass", True), ("note", True), ("flag", True), ("block", False)],
)
def test_only_a_blocked_version_is_not_accepted(verdict, accepted):
    assert version(1, verdict).accepted is accepted


@pytest.mark.parametrize(
    ("newest", "accepted", "decision", "state"),
    [
        ("block", None, None, StageState.BLOCKED),
        ("pass", "pass", None, StageState.SUBMITTED),
        ("block", "pass", None, StageState.SUBMITTED),
        ("pass", "pass", Decision.RETURN, StageState.RETURNED),
        ("pass", "pass", Decision.ACCEPT, StageState.DETERMINED),
        ("block", "flag", Decision.ACCEPT, StageState.DETERMINED),
    ],
)
def test_the_state_is_that_of_the_accepted_version(newest, accepted, decision, state):
    standing = head(version(2, newest), version(1, accepted) if accepted else None, decision)
    assert standing.state is state
    assert standing.determined is (state is StageState.DETERMINED)
    assert (standing.version, standing.verdict, standing.evaluation_id) == (2, newest, "E-2")
    assert standing.accepted is (newest != "block")


def test_a_store_is_sound_when_nothing_is_wrong_whatever_is_noted():
    assert StoreCheck((), (Bilingual("注", "note"),), 0, b"", 0).ok
    assert not StoreCheck((Bilingual("坏", "bad"),), (), 0, b"", 0).ok
