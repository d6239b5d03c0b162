"""A row about a segment change, a number or a duty that is not what the log says is named by `henji db check`."""

from dataclasses import replace

import pytest

from app.actions.change_keeping import Act, keep_act
from app.actions.compare_with_log import compare_with_log
from app.core.actor import Actor, ActorKind
from app.office.segment_change import ChangeState, Filing
from app.store.change_tables import segment_change_step
from tests.changes import APPROVALS, BOTH_CHECKS, at, change

AM = Actor(ActorKind.PERSON, "AM", "张三", frozenset(), None)
FIRST, SECOND = "NG-YT-202611-001", "NG-YT-202611-002"


def take(uow, kind="YT", object_id=None):
    return uow.registers.take(kind, at("2026-11-02 09:00"), "segment_change", object_id, "AM")


@pytest.fixture
def kept(office):
    """Two requests: one filed, one withdrawn because it was entered in error."""
    deps = office.deps
    filed = change(ChangeState.FILED, change_no=FIRST)
    with deps.store.write() as uow:
        moment = at("2026-11-02 09:00")
        assert (take(uow), take(uow)) == (FIRST, SECOND)
        for number in (FIRST, SECOND):
            made = change(change_no=number)
            keep_act(deps, uow, AM, made, 1, Act("apply", "AM", duties=(("enter", "AM"),)), moment)
        checked = replace(made, change_no=FIRST, site_checks=BOTH_CHECKS, state=ChangeState.VERIFIED)
        check = Act("check", "MS", on_behalf_of="MS2", details={"layer": 2})
        keep_act(deps, uow, AM, checked, 2, check, at("2026-11-04 11:00"))
        assert filed.approvals == APPROVALS
        number = take(uow, "BA", FIRST)
        filed = replace(filed, filing=Filing(number, moment, "SO"))
        act = Act("file", "SO", duties=(("file", "SO"), ("layer_5", "SO")), details={"filing_no": number})
        keep_act(deps, uow, AM, filed, 3, act, moment)
        withdrawn = change(ChangeState.WITHDRAWN, change_no=SECOND)
        withdraw = Act("withdraw", "AM", reason="重复录入", details={"voids": SECOND})
        keep_act(deps, uow, AM, withdrawn, 2, withdraw, moment)
        uow.registers.void(SECOND, moment, "AM", "重复录入")
    return office


def test_what_was_kept_by_the_service_is_what_the_log_says(kept):
    assert compare_with_log(kept.deps.store) == ()
    assert kept.deps.store.check().problems == ()


STEP = f"WHERE change_no = '{FIRST}' AND version = 2"  # our own rows
ALL = ", ".join(column.name for column in segment_change_step.columns)
OTHER_STEP = (
    f"INSERT INTO segment_change_step ({ALL}) SELECT {ALL.replace('version', '4').replace('log_index', '0')} "
    f"FROM segment_change_step WHERE change_no = '{FIRST}' AND version = 3"
)
OTHER_NUMBER = (
    "INSERT INTO register_entry SELECT 'BA', 2026, 2, 'NG-BA-202611-002', object_kind, object_id, given_at, given_by "
    "FROM register_entry WHERE kind = 'BA'"
)
ROWS = {
    "the whole request": (
        f"UPDATE segment_change_step SET body = replace(body, 'self_service', 'counter') {STEP}",
        f"body_digest of segment_change_step {FIRST}/2",
    ),
    "a request that is none": (f"UPDATE segment_change_step SET body = '{{}}' {STEP}", "body of"),
    "something that is no JSON": (f"UPDATE segment_change_step SET body = 'x' {STEP}", "cannot be read"),
    "the act": (f"UPDATE segment_change_step SET act = 'sign' {STEP}", "act of"),
    "the state": (f"UPDATE segment_change_step SET state = 'filed' {STEP}", "state of"),
    "who did it": (f"UPDATE segment_change_step SET person_id = 'MM' {STEP}", "person_id of"),
    "for whom": (f"UPDATE segment_change_step SET on_behalf_of = NULL {STEP}", "on_behalf_of of"),
    "a reason": (f"UPDATE segment_change_step SET reason = '已核实' {STEP}", "reason of"),
    "evaluations": (f"UPDATE segment_change_step SET evaluation_ids = '[\"E-1\"]' {STEP}", "evaluation_ids of"),
    "what more was said": (f"UPDATE segment_change_step SET details = '{{}}' {STEP}", "details of"),
    "the entry it names": (f"UPDATE segment_change_step SET log_index = 0 {STEP}", "log_index of"),
    "its time": (f"UPDATE segment_change_step SET done_at = '2026-11-03T03:00:00.000000+00:00' {STEP}", "done_at of"),
    "its actor": (f"UPDATE segment_change_step SET actor = '{{}}' {STEP}", "actor of"),
    "whose shop it is, in lists": (
        f"UPDATE segment_change SET licence_no = 'L9' WHERE change_no = '{FIRST}'",
        f"segment_change.licence_no of segment_change_step {FIRST}/3",
    ),
    "whether it waits, in lists": ("UPDATE segment_change SET unfinished = (1 = 0)", "segment_change.unfinished of"),
    "when it was opened": (
        "UPDATE segment_change SET opened_at = '2026-11-03T03:00:00.000000+00:00'",
        "segment_change.opened_at of",
    ),
    "which step is the newest": (
        f"UPDATE segment_change SET version = 2 WHERE change_no = '{FIRST}'",
        f"version of segment_change {FIRST}",
    ),
    "a step that is gone": (
        f"DELETE FROM segment_change_step WHERE change_no = '{FIRST}' AND version = 3",
        f"tells of segment_change_step {FIRST}/3",
    ),
    "a step that was added": (
        OTHER_STEP,
        f"There is segment_change_step {FIRST}/4",
    ),
    "a number of another object": (
        f"UPDATE register_entry SET object_id = 'x' WHERE number = '{FIRST}'",
        f"object_id of register_entry {FIRST}",
    ),
    "a number of another day": (
        "UPDATE register_entry SET given_at = '2026-11-03T03:00:00.000000+00:00' WHERE kind = 'BA'",
        "given_at of register_entry NG-BA-202611-001",
    ),
    "a number that is gone": (
        "DELETE FROM register_entry WHERE kind = 'BA'",
        "tells of register_entry NG-BA-202611-001",
    ),
    "a number that was added": (
        OTHER_NUMBER,
        "There is register_entry NG-BA-202611-002",
    ),
    "a void that is gone": ("DELETE FROM register_void", f"tells of register_void {SECOND}"),
    "a void that was added": (
        f"INSERT INTO register_void SELECT '{FIRST}', voided_at, voided_by, reason FROM register_void",
        f"There is register_void {FIRST}",
    ),
    "another reason of a void": ("UPDATE register_void SET reason = '客户要求'", f"of register_void {SECOND}"),
    "another person's duty": (
        "UPDATE duty SET person_id = 'SO2' WHERE duty = 'layer_5'",
        f"tells of duty segment_change {FIRST} layer_5 SO",
    ),
    "a duty nobody took": (
        "INSERT INTO duty SELECT object_kind, object_id, 'MM', 'layer_3', taken_at FROM duty WHERE duty = 'file'",
        f"There is duty segment_change {FIRST} layer_3 MM",
    ),
}


@pytest.mark.parametrize(("statement", "named"), ROWS.values(), ids=ROWS.keys())
def test_a_row_written_past_the_program_is_named(kept, statement, named):
    kept.tamper(statement)
    # The log itself is whole: only the comparison finds it.
    assert kept.deps.store.check().problems == ()
    problems = [problem.en for problem in compare_with_log(kept.deps.store)]
    assert any(named in problem for problem in problems), problems
