"""Opening and closing the month: who answers for it, and whether the summary was held on its day."""

import pytest

from app.core.errors import Invalid
from tests.actions.tiny_office import CYCLE, LI, MARKET_MANAGER, OFFICER, Said


def opened(office, cycle="2026-11") -> Said:
    (evaluation,) = office.event("on_cycle_open", cycle=cycle)["evaluations"]
    return Said(201, evaluation)


def closed(office) -> Said:
    (evaluation,) = office.event("on_close")["evaluations"]
    return Said(201, evaluation)


def test_a_cycle_with_its_three_named_persons_opens(office):
    answer = opened(office)
    assert (answer.verdict, answer.rules) == ("pass", {})
    assert answer.body["subject"] == {"kind": "cycle", "id": "2026-11", "version": 1}
    assert [event.name for event in office.log()][-1] == "cycle.opened"


UNFIT = {
    "nobody for supervision": ({"supervision_officer": None}, "内管"),
    "an account manager as supervision": ({"supervision_officer": LI}, "不在任"),
    "one person for two duties": ({"supervision_officer": MARKET_MANAGER}, ""),
    "somebody unknown": ({"marketing_leader": "NOBODY"}, ""),
}


@pytest.mark.parametrize(("named", "word"), UNFIT.values(), ids=UNFIT.keys())
def test_a_cycle_without_fit_persons_does_not_open(small_office, named, word):
    small_office.deliver("cycles", {**CYCLE, **named})
    answer = opened(small_office)
    assert answer.rules == {"WIN-12": "block"}
    assert word in answer.sentence("WIN-12")


def test_a_cycle_that_was_never_delivered_does_not_open(small_office):
    assert opened(small_office, "2027-03").rules == {"WIN-12": "block"}


def test_a_person_whose_role_ended_yesterday_cannot_be_named_today(office):
    person = {
        "person_id": OFFICER,
        "name": "吴明",
        "roles": [{"role": "supervision_officer", "unit": "内管办", "from": "2024-01-01", "to": "2026-10-31"}],
    }
    office.deliver("people", person)
    answer = opened(office)
    assert answer.rules == {"WIN-12": "block"}
    assert OFFICER in str(office.evaluation(answer.evaluation)["findings"])


def test_the_cycle_closes_silently_when_the_summary_was_held_on_the_30th(office):
    office.deliver("cycles", {**CYCLE, "windows": {"summary": {"dates": ["2026-11-30"]}}})
    office.on(12, 1)
    assert closed(office).verdict == "pass"


def test_a_summary_on_another_day_is_flagged(office):
    office.deliver("cycles", {**CYCLE, "windows": {"summary": {"dates": ["2026-11-30", "2026-12-02"]}}})
    office.on(12, 4)
    answer = closed(office)
    assert answer.rules == {"WIN-03": "flag"}
    assert "2026-12-02" in answer.sentence("WIN-03")


def test_an_unknown_event_a_wrong_stage_and_a_month_that_is_none_are_refused(small_office):
    from app.actions.record_cycle_event import record_cycle_event

    def record(cycle, body):
        return record_cycle_event(small_office.deps, small_office.system, cycle, body, small_office.key_of(body))

    before = small_office.counts()
    for cycle, body in (
        ("2026-11", {"event": "on_submit"}),
        ("2026-11", {"event": "on_window_close", "stage": "third"}),
        ("2026-11", {"event": "on_stage_open"}),
        ("2026-13", {"event": "on_close"}),
        ("11/2026", {"event": "on_close"}),
    ):
        with pytest.raises(Invalid):
            record(cycle, body)
    assert small_office.counts() == before
