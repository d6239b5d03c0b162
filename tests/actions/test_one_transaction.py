"""What is recorded and the log entry that says so stand or fall together."""

import pytest

from app.actions.accounts import create_account
from app.actions.machine_clients import create_client
from app.actions.sign_in import sign_in
from app.store.audit_log import LogRepository
from app.store.idempotency import IdempotencyRepository
from app.store.outbox import OutboxRepository
from tests.actions.tiny_office import OPERATOR, VISITED, customer, pos_batch


class _PowerCut(Exception):
    pass


def _cut(*_, **__):
    raise _PowerCut


def acts(office):
    """Every act that records something, ready to be done."""
    forecast = office.submit(office.supply()).forecast
    office.account("officer", None, "correct horse battery", administrator=True)
    return {
        "submit": lambda: office.submit(office.order()),
        "determine": lambda: office.determine(forecast),
        "reopen": lambda: office.reopen(forecast),
        "extend": lambda: office.extend("supply", new_end="2026-11-10", filed_at="2026-11-03T10:00:00+08:00"),
        "batch": lambda: office.receive(pos_batch()),
        "close a window": lambda: office.event("on_window_close"),
        "open a cycle": lambda: office.event("on_cycle_open"),
        "open a stage": lambda: office.event("on_stage_open", "supply"),
        "import": lambda: office.deliver("customers", customer(VISITED, shop_name="改名的店")),
        "client": lambda: create_client(office.deps, OPERATOR, "another", ["read"], None),
        "account": lambda: create_account(office.deps, OPERATOR, "li", "correct horse battery", "P01"),
        "sign in": lambda: sign_in(office.deps, "officer", "correct horse battery", "test"),
        "sign in wrongly": lambda: sign_in(office.deps, "officer", "wrong", "test"),
    }


def test_without_its_log_entry_nothing_is_stored_at_all(office, monkeypatch):
    office.on(11, 3)
    everything = acts(office)
    rows = office.counts()
    monkeypatch.setattr(LogRepository, "append", _cut)
    for name, act in everything.items():
        with pytest.raises(_PowerCut):
            act()
        assert office.counts() == rows, name


@pytest.mark.parametrize(
    ("part", "method"), [(OutboxRepository, "add"), (IdempotencyRepository, "keep")], ids=["outbox", "idempotency"]
)
def test_a_submission_that_breaks_at_a_later_step_leaves_no_log_entry(office, monkeypatch, part, method):
    office.on(11, 3)
    rows = office.counts()
    with monkeypatch.context() as broken:
        broken.setattr(part, method, _cut)
        with pytest.raises(_PowerCut):
            office.submit(office.supply())
    assert office.counts() == rows
    # The number that was taken is given again: no gaps.
    assert office.submit(office.supply()).evaluation == "E-202611-000001"


def test_every_act_leaves_exactly_one_log_entry_with_its_name(office):
    office.on(11, 3)
    everything = acts(office)
    del everything["close a window"]  # two windows, two evaluations, two entries
    names = []
    for act in everything.values():
        before = len(office.log())
        act()
        new = office.log()[before:]
        assert len(new) == 1
        names.append(new[0].name)
    assert names == [
        "forecast.submitted", "forecast.determined", "forecast.reopened", "window.extended", "pos_batch.received",
        "cycle.opened", "stage.opened", "office.imported", "client.created", "account.created", "session.started",
        "session.refused",
    ]  # fmt: skip
