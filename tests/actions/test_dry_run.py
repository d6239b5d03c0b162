"""A dry run says what a submission would get, and leaves nothing behind."""

import pytest

from app.actions.judge_dry import judge_dry
from app.core.errors import Forbidden, Invalid
from tests.actions.tiny_office import OF_WANG, changed_line, client


def test_a_dry_run_leaves_no_row_in_any_table_and_no_file(office):
    office.supply_determined()
    office.on(11, 16)
    rows = office.counts()
    files = sorted(path for path in office.deps.store.files.rglob("*") if path.is_file())
    for payload in (office.order(), office.supply(), office.order(target_month=None), office.order(lines=[])):
        answer = office.try_out(payload)
        assert answer["dry_run"] is True
        assert answer["subject"]["id"] is None
        assert "receipt" not in answer
        assert "evaluation" not in answer
    assert office.counts() == rows
    assert sorted(path for path in office.deps.store.files.rglob("*") if path.is_file()) == files


def test_a_dry_run_says_what_the_submission_then_gets(office):
    office.supply_determined()
    office.on(11, 23)
    payload = changed_line(office.order(), 0, licence_no=OF_WANG[0], final_quantity=100)
    tried, submitted = office.try_out(payload), office.submit(payload).body
    assert tried["verdict"] == "block"
    for part in ("verdict", "counts", "findings", "rulebook_digest", "evaluated_at"):
        assert tried[part] == submitted[part]


def test_a_dry_run_needs_the_permission_of_a_submission(small_office):
    payload = small_office.order()
    for actor in (client("reader", "read"), client("elsewhere", "submit", territories=["T02"])):
        with pytest.raises(Forbidden):
            small_office.try_out(payload, actor)


def test_the_kind_must_fit_the_stage(small_office):
    for kind in ("supply_forecast", "pos_batch", ""):
        with pytest.raises(Invalid):
            judge_dry(small_office.deps, small_office.system, kind, small_office.order())
