"""An extension moves a window only when WIN-11 passes: filed in time, by the right people, for at most three days."""

import pytest

from tests.actions.tiny_office import LI, MARKET_MANAGER, OFFICER

IN_TIME = "2026-11-20T10:00:00+08:00"


def test_a_properly_filed_extension_moves_the_window_and_nothing_else_does(office):
    office.supply_determined()
    office.on(11, 21)
    granted = office.extend("order", new_end="2026-11-25", filed_at=IN_TIME)
    assert (granted.verdict, granted.body["in_force"]) == ("pass", True)
    # The 25th is inside now, the 26th one day late; evidence names the filing.
    office.on(11, 25)
    inside = office.try_out(office.order())
    assert inside["verdict"] == "pass"
    office.on(11, 26)
    late = office.submit(office.order())
    assert late.rules == {"WIN-02": "flag"}
    (finding,) = late.body["findings"]
    assert finding["measured"]["window_last"] == "2026-11-25"
    assert finding["measured"]["extension_no"] == "NG-BA-202611-001"


def test_the_extension_of_one_stage_does_not_move_the_other(small_office):
    small_office.on(11, 7)
    assert small_office.extend("supply", new_end="2026-11-10", filed_at="2026-11-06T10:00:00+08:00").verdict == "pass"
    small_office.on(11, 10)
    assert small_office.submit(small_office.supply()).verdict == "pass"
    small_office.on(11, 14)
    assert small_office.try_out(small_office.order())["counts"]["block"] >= 1


VOID = {
    "filed after the window": {"filed_at": "2026-11-23T00:00:00+08:00"},
    "not filed at all": {"filed_at": None},
    "without a filing number": {"filing_no": " "},
    "approved by a market manager": {"approved_by": MARKET_MANAGER},
    "approved by nobody": {"approved_by": None},
    "countersigned by an account manager": {"countersigned_by": LI},
    "not countersigned": {"countersigned_by": None},
    "four days": {"new_end": "2026-11-26"},
    "no day at all": {"new_end": "2026-11-22"},
    "backwards": {"new_end": "2026-11-16"},
    "without a new end": {"new_end": None},
    "approved by an unknown person": {"approved_by": "NOBODY"},
}


@pytest.mark.parametrize("papers", VOID.values(), ids=VOID.keys())
def test_an_extension_with_a_missing_paper_is_on_record_and_void(small_office, papers):
    small_office.supply_determined()
    small_office.on(11, 21)
    refused = small_office.extend("order", **{"new_end": "2026-11-25", "filed_at": IN_TIME, **papers})
    assert refused.status == 201
    assert (refused.rules, refused.body["in_force"]) == ({"WIN-11": "block"}, False)
    small_office.on(11, 25)
    assert small_office.submit(small_office.order()).rules == {"WIN-02": "block"}


def test_a_void_extension_does_not_undo_a_valid_one(office):
    office.supply_determined()
    office.on(11, 20)
    office.extend("order", new_end="2026-11-24", filed_at=IN_TIME)
    void = office.extend("order", new_end="2026-11-25", filed_at=IN_TIME, countersigned_by=MARKET_MANAGER)
    assert void.body["in_force"] is False
    office.on(11, 24)
    assert office.submit(office.order()).verdict == "pass"


def test_extensions_do_not_add_up(office):
    office.on(11, 21)
    assert office.extend("order", new_end="2026-11-25", filed_at=IN_TIME).verdict == "pass"
    # Three days are counted from the window of the regulation, not from the last extension.
    more = office.extend("order", new_end="2026-11-28", filed_at=IN_TIME, filing_no="NG-BA-202611-002")
    assert (more.rules, more.body["in_force"]) == ({"WIN-11": "block"}, False)


def test_what_could_not_be_judged_moves_nothing(small_office, monkeypatch):
    """When the two evaluators disagree WIN-11 is not evaluable: a person must look, and the window stays."""
    from app.actions import extend_window
    from app.audit.fact import FactSet, fact_set

    def nothing_known(extension, context, parameters) -> FactSet:
        return fact_set()

    monkeypatch.setattr(extend_window, "extension_facts", nothing_known)
    small_office.on(11, 21)
    doubtful = small_office.extend("order", new_end="2026-11-25", filed_at=IN_TIME, countersigned_by=OFFICER)
    assert doubtful.rules == {"WIN-11": "not_evaluable"}
    assert doubtful.body["in_force"] is False
    with small_office.deps.store.read() as uow:
        from app.office.cycle import Stage
        from app.office.month import Month

        assert uow.extensions.in_force(Month(2026, 11), Stage.ORDER) is None
