"""The road of a segment change, and everything that is refused on it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.audit.finding import Outcome
from app.office.calendar import Calendar, CalendarDay
from app.office.people import Role
from app.office.segment_change import ChangeState, Closing, SegmentChange
from app.review import refusals
from app.review.change_ending import file_change, record_review, reject, revoke, take_effect, withdraw
from app.review.change_steps import Act, due_on, next_step
from app.review.segment_change import (
    add_evidence,
    apply_for_change,
    record_site_check,
    remembered_rejection,
)
from tests.changes import (
    AM,
    BOTH_CHECKS,
    LICENCE,
    ML,
    MM,
    MS,
    OTHER_AM,
    SO,
    acting,
    application,
    approve,
    at,
    change,
    evidence,
    file,
    person,
    prepared,
    site_check,
)

SO2 = person("SO2", Role.SUPERVISION_OFFICER)


def applied(when: str = "2026-11-02 09:00", who=AM, earlier=(), brought=None, **more) -> SegmentChange:
    asked = more.pop("application", application())
    return apply_for_change(
        "NG-YT-202611-001",
        asked,
        evidence() if brought is None else brought,
        acting(who, when, **more),
        favourable=True,
        earlier=earlier,
    )


def test_the_straight_road_leads_from_the_application_to_the_review():
    states = [one := applied()]
    states.append(one := record_site_check(one, site_check(), acting(AM, "2026-11-03 11:00")))
    states.append(one := record_site_check(one, site_check(Role.MARKET_SUPERVISOR), acting(MS, "2026-11-04 11:00")))
    one = prepared(one)
    one = approve(one, acting(AM, "2026-11-04 12:00"))
    one = approve(one, acting(MS, "2026-11-04 13:00"))
    states.append(one := approve(one, acting(MM, "2026-11-05 09:00")))
    states.append(one := approve(one, acting(ML, "2026-11-06 09:00"), "确有经营变化"))
    states.append(one := approve(one, acting(SO, "2026-11-09 09:00")))
    states.append(one := file_change(one, "NG-BA-202611-007", acting(SO, "2026-11-09 09:00")))
    states.append(one := take_effect(one, at("2026-12-01 00:05"), {}))
    states.append(one := record_review(one, acting(SO2, "2027-01-20 10:00"), fits=True, note="相符"))
    assert [one.state for one in states] == [
        "applied", "applied", "verified", "in_approval", "in_approval", "approved", "filed", "effective", "reviewed",
    ]  # fmt: skip
    assert [layer.number for layer in one.layers] == [1, 2, 3, 4, 5]
    assert one.approved_at == at("2026-11-09 09:00")
    assert one.effective_on == date(2026, 12, 1)
    assert next_step(one) is None


# ---------------------------------------------------------------- application


def test_only_the_manager_named_enters_a_request():
    with pytest.raises(refusals.NotYours):
        applied(who=OTHER_AM)
    with pytest.raises(refusals.RoleMissing):
        applied(who=MM)
    with pytest.raises(refusals.NotYours):
        applied(on_behalf_of=OTHER_AM)


def test_a_manager_in_conflict_with_the_customer_steps_aside():
    with pytest.raises(refusals.DutyConflict):
        applied(recused=True)


def test_the_roles_of_the_day_count():
    with pytest.raises(refusals.RoleMissing):
        applied(who=person("AM", Role.ACCOUNT_MANAGER, until=date(2026, 11, 1)))
    assert applied(who=person("AM", Role.ACCOUNT_MANAGER, until=date(2026, 11, 2))).state is ChangeState.APPLIED


@pytest.mark.parametrize("outcome", [Outcome.BLOCK, Outcome.NOT_EVALUABLE])
def test_a_rule_that_blocks_or_cannot_be_judged_closes_the_gate(outcome):
    with pytest.raises(refusals.GateClosed) as refused:
        applied(outcomes={"SEG-13": outcome})
    assert "SEG-13" in refused.value.detail.zh
    assert applied(outcomes={"SEG-13": Outcome.PASS, "SEG-20": Outcome.BLOCK}).state is ChangeState.APPLIED


@pytest.mark.parametrize("state", ["applied", "verified", "in_approval", "approved", "filed"])
def test_a_second_request_waits_for_the_first(state):
    with pytest.raises(refusals.AlreadyOpen):
        applied(earlier=[change(ChangeState(state))])


@pytest.mark.parametrize("state", ["effective", "reviewed"])
def test_a_finished_request_stands_in_nobodys_way(state):
    assert applied(earlier=[change(ChangeState(state))]).state is ChangeState.APPLIED


def test_an_open_request_of_another_shop_stands_in_nobodys_way():
    other = change(application=application(licence_no="420301000999"))
    assert applied(earlier=[other]).state is ChangeState.APPLIED


def rejected(when: str = "2026-06-01 09:00", **changes) -> SegmentChange:
    closing = Closing("MM", at(when), "facts_do_not_fit", "面积不足")
    return change(applied_at=at("2026-05-20 09:00"), state=ChangeState.REJECTED, closing=closing, **changes)


def test_the_same_request_with_nothing_new_is_remembered_for_180_days():
    with pytest.raises(refusals.Remembered) as refused:
        applied("2026-11-28 09:00", earlier=[rejected()])
    assert "2026-06-01" in refused.value.detail.en
    assert applied("2026-11-29 09:00", earlier=[rejected()]).state is ChangeState.APPLIED


def test_new_evidence_another_format_or_another_shop_is_not_the_same_request():
    brought = (*evidence(), file(digest="sha256:ff"))
    assert applied(earlier=[rejected()], brought=brought).state is ChangeState.APPLIED
    assert applied(earlier=[rejected()], application=application(proposed_segment="S")).state is ChangeState.APPLIED
    old = rejected(application=application(licence_no="420301000999"))
    assert remembered_rejection(application(), evidence(), [old], date(2026, 6, 2)) is None
    assert remembered_rejection(application(), evidence(), [rejected()], date(2026, 6, 2)) == rejected()


# ---------------------------------------------------------------- site checks


@pytest.mark.parametrize("who", [AM, MS])
def test_evidence_can_be_completed_until_layer_three_signs(who):
    more = file(digest="sha256:ff")
    assert add_evidence(applied(), (more,), acting(who, "2026-11-02 09:00")).evidence == (*evidence(), more)
    with pytest.raises(refusals.WrongState):
        add_evidence(change(ChangeState.IN_APPROVAL), (more,), acting(who, "2026-11-05 10:00"))
    with pytest.raises(refusals.TimeOrder):
        add_evidence(applied(), (more,), acting(who, "2026-11-02 08:59"))
    with pytest.raises(refusals.NotYours):
        add_evidence(applied(), (more,), acting(who, "2026-11-02 09:00", on_behalf_of=OTHER_AM))


def test_other_managers_add_no_evidence():
    with pytest.raises(refusals.RoleMissing):
        add_evidence(applied(), (file(),), acting(OTHER_AM, "2026-11-02 09:00"))


def test_the_account_manager_checks_first_and_in_person():
    one = applied()
    with pytest.raises(refusals.NotYours):
        record_site_check(one, site_check(Role.MARKET_SUPERVISOR), acting(MS, "2026-11-04 11:00"))
    with pytest.raises(refusals.NotYours):
        record_site_check(one, site_check(), acting(OTHER_AM, "2026-11-03 11:00"))
    with pytest.raises(refusals.NotYours):
        record_site_check(one, site_check(), acting(AM, "2026-11-03 11:00", on_behalf_of=OTHER_AM))
    other = record_site_check(one, site_check(person_id="AM2"), acting(OTHER_AM, "2026-11-03 11:00"))
    assert other.layers[0].person_id == "AM2"


def test_a_sheet_is_signed_when_the_service_says():
    one = record_site_check(applied(), site_check(signed_at=at("2020-01-01 00:00")), acting(AM, "2026-11-03 12:34"))
    assert one.site_checks[0].signed_at == at("2026-11-03 12:34")


@pytest.mark.parametrize("checked_at", ["2026-11-02 08:59", "2026-11-03 11:01"])
def test_the_shop_is_seen_after_the_request_and_before_signing(checked_at):
    with pytest.raises(refusals.TimeOrder):
        record_site_check(applied(), site_check(checked_at=at(checked_at)), acting(AM, "2026-11-03 11:00"))


def test_missing_evidence_keeps_a_request_from_being_verified():
    one = record_site_check(applied(), site_check(), acting(AM, "2026-11-03 11:00"))
    blocked = acting(MS, "2026-11-04 11:00", outcomes={"SEG-02": Outcome.BLOCK})
    with pytest.raises(refusals.GateClosed):
        record_site_check(one, site_check(Role.MARKET_SUPERVISOR), blocked)


def test_no_third_check_is_waited_for():
    with pytest.raises(refusals.WrongState):
        record_site_check(change(ChangeState.VERIFIED), site_check(), acting(AM, "2026-11-05 11:00"))


# ---------------------------------------------------------------- layers


def test_layers_are_signed_in_their_order():
    with pytest.raises(refusals.WrongState):
        approve(applied(), acting(MM, "2026-11-05 09:00"))
    with pytest.raises(refusals.RoleMissing):
        approve(change(ChangeState.VERIFIED), acting(ML, "2026-11-05 09:00"), "x")
    with pytest.raises(refusals.WrongState):
        approve(change(ChangeState.APPROVED), acting(SO, "2026-11-10 09:00"))


@pytest.mark.parametrize("when", ["2026-11-04 11:00", "2026-11-04 10:59"])
def test_a_layer_is_later_than_the_one_before(when):
    with pytest.raises(refusals.TimeOrder):
        approve(change(ChangeState.VERIFIED), acting(MM, when))


def test_nobody_signs_two_layers_whatever_roles_and_accounts_he_has():
    both = person("MM", Role.MARKET_MANAGER, Role.MARKETING_LEADER)
    one = approve(change(ChangeState.VERIFIED), acting(both, "2026-11-05 09:00"))
    with pytest.raises(refusals.DutyConflict) as refused:
        approve(one, acting(both, "2026-11-06 09:00"), "复核")
    assert "第3层" in refused.value.detail.zh


def test_who_entered_a_request_approves_nothing():
    climbed = person("AM", Role.ACCOUNT_MANAGER, Role.MARKET_MANAGER)
    checked = replace(change(ChangeState.VERIFIED), site_checks=(site_check(person_id="AM2"), BOTH_CHECKS[1]))
    with pytest.raises(refusals.DutyConflict) as refused:
        approve(checked, acting(climbed, "2026-11-05 09:00"))
    assert "录入" in refused.value.detail.zh


def test_a_deputy_counts_as_both_persons():
    deputy = person("MM2", Role.MARKET_MANAGER)
    one = approve(change(ChangeState.VERIFIED), acting(deputy, "2026-11-05 09:00", on_behalf_of=MM))
    assert (one.layers[2].person_id, one.layers[2].on_behalf_of) == ("MM2", "MM")
    principal = person("MM", Role.MARKET_MANAGER, Role.MARKETING_LEADER)
    with pytest.raises(refusals.DutyConflict):
        approve(one, acting(principal, "2026-11-06 09:00"), "复核")
    with pytest.raises(refusals.DutyConflict):
        approve(one, acting(deputy, "2026-11-06 09:00", on_behalf_of=ML), "复核")


def test_a_deputy_from_the_other_side_is_refused():
    with pytest.raises(refusals.DutyConflict) as refused:
        approve(change(ChangeState.IN_APPROVAL), acting(person("X", Role.MARKET_SUPERVISOR), "2026-11-06 09:00",
                                                         on_behalf_of=ML), "复核")  # fmt: skip
    assert "代理" in refused.value.detail.zh


def test_marketing_and_supervision_in_one_person_do_nothing():
    two_sided = person("X", Role.MARKETING_LEADER, Role.SUPERVISION_HEAD)
    with pytest.raises(refusals.DutyConflict):
        approve(change(ChangeState.IN_APPROVAL), acting(two_sided, "2026-11-06 09:00"), "复核")


@pytest.mark.parametrize("favourable", [True, None])
@pytest.mark.parametrize("note", [None, "", "  "])
def test_the_leader_writes_a_note_when_scarce_cartons_are_or_may_be_gained(favourable, note):
    with pytest.raises(refusals.PaperMissing):
        approve(change(ChangeState.IN_APPROVAL, favourable=favourable), acting(ML, "2026-11-06 09:00"), note)


def test_without_a_gain_the_leader_need_not_write():
    one = approve(change(ChangeState.IN_APPROVAL, favourable=False), acting(ML, "2026-11-06 09:00"))
    assert len(one.approvals) == 2


def test_a_benefit_analysis_that_is_missing_closes_layer_three():
    with pytest.raises(refusals.GateClosed):
        approve(change(ChangeState.VERIFIED), acting(MM, "2026-11-05 09:00", outcomes={"SEG-11": Outcome.BLOCK}))


# ---------------------------------------------------------------- filing and effect


def test_filing_is_for_supervision_and_needs_a_number():
    approved = change(ChangeState.APPROVED)
    with pytest.raises(refusals.RoleMissing):
        file_change(approved, "NG-BA-202611-007", acting(ML, "2026-11-12 09:00"))
    with pytest.raises(refusals.PaperMissing):
        file_change(approved, " ", acting(SO, "2026-11-12 09:00"))
    with pytest.raises(refusals.TimeOrder):
        file_change(approved, "NG-BA-202611-007", acting(SO, "2026-11-08 09:00"))
    with pytest.raises(refusals.WrongState):
        file_change(change(ChangeState.IN_APPROVAL), "NG-BA-202611-007", acting(SO, "2026-11-12 09:00"))
    turned = person("ML", Role.SUPERVISION_OFFICER)
    with pytest.raises(refusals.DutyConflict):
        file_change(approved, "NG-BA-202611-007", acting(turned, "2026-11-12 09:00"))


@pytest.mark.parametrize(
    ("filed", "requested", "effective"),
    [
        ("2026-11-14 23:59", date(2026, 12, 1), date(2026, 12, 1)),
        ("2026-11-15 00:00", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-11-12 09:00", None, date(2026, 12, 1)),
        ("2026-11-12 09:00", date(2026, 11, 1), date(2026, 12, 1)),
        ("2026-11-12 09:00", date(2027, 2, 1), date(2027, 2, 1)),
        ("2026-11-12 09:00", date(2027, 2, 10), date(2027, 3, 1)),
    ],
)
def test_the_effect_is_the_first_after_the_snapshot_allows(filed, requested, effective):
    approved = change(ChangeState.APPROVED, application=application(requested_effective=requested))
    assert file_change(approved, "NG-BA-202611-007", acting(SO, filed)).effective_on == effective


def test_nothing_takes_effect_before_its_day_or_unfiled():
    with pytest.raises(refusals.NotDue):
        take_effect(change(ChangeState.FILED), at("2026-11-30 23:59"), {})
    with pytest.raises(refusals.WrongState):
        take_effect(change(ChangeState.APPROVED), at("2026-12-01 00:05"), {})
    late = take_effect(change(ChangeState.FILED), at("2026-12-03 08:00"), {})
    assert (late.effective_on, late.effected_at) == (date(2026, 12, 1), at("2026-12-03 08:00"))


def test_a_rule_can_still_stop_the_effect():
    filed = change(ChangeState.FILED)
    stopped = {"SEG-08": Outcome.BLOCK}
    with pytest.raises(refusals.GateClosed):
        take_effect(filed, at("2026-12-01 00:05"), stopped)
    passed = {"SEG-08": Outcome.PASS}
    assert take_effect(filed, at("2026-12-01 00:05"), passed).state is ChangeState.EFFECTIVE


def test_the_review_is_made_once_by_supervision():
    one = change(ChangeState.EFFECTIVE)
    with pytest.raises(refusals.RoleMissing):
        record_review(one, acting(AM, "2027-01-20 10:00"), fits=True)
    reviewed = record_review(one, acting(SO2, "2027-01-20 10:00"), fits=False)
    with pytest.raises(refusals.WrongState):
        record_review(reviewed, acting(SO2, "2027-01-21 10:00"), fits=True)


# ---------------------------------------------------------------- rejection, withdrawal, revocation


@pytest.mark.parametrize(
    ("state", "owner", "when"),
    [
        ("applied", AM, "2026-11-03 09:00"),
        ("verified", MM, "2026-11-05 09:00"),
        ("in_approval", ML, "2026-11-06 09:00"),
        ("approved", SO, "2026-11-10 09:00"),
    ],
)
def test_the_owner_of_the_layer_rejects_with_a_reason(state, owner, when):
    one = reject(change(ChangeState(state)), acting(owner, when), "facts_do_not_fit", "面积不足")
    assert (one.state, one.closing.by, one.closing.reason_code) == ("rejected", owner.person_id, "facts_do_not_fit")


def test_nobody_else_rejects():
    with pytest.raises(refusals.RoleMissing):
        reject(change(ChangeState.VERIFIED), acting(ML, "2026-11-05 09:00"), "other", "x")
    with pytest.raises(refusals.WrongState):
        reject(change(ChangeState.FILED), acting(SO, "2026-11-20 09:00"), "other", "x")
    twice = person("MM", Role.MARKETING_LEADER)
    with pytest.raises(refusals.DutyConflict):
        reject(change(ChangeState.IN_APPROVAL), acting(twice, "2026-11-06 09:00"), "other", "x")


@pytest.mark.parametrize(("code", "text"), [("no_such_reason", "x"), ("other", None), ("other", " ")])
def test_a_rejection_says_why_in_code_and_words(code, text):
    with pytest.raises(refusals.PaperMissing):
        reject(change(ChangeState.VERIFIED), acting(MM, "2026-11-05 09:00"), code, text)


def test_who_entered_a_request_withdraws_it_until_it_is_filed():
    one = withdraw(change(ChangeState.APPROVED), acting(AM, "2026-11-10 09:00"), "customer_request", "客户撤回")
    assert one.state is ChangeState.WITHDRAWN
    with pytest.raises(refusals.NotYours):
        withdraw(change(), acting(OTHER_AM, "2026-11-10 09:00"), "customer_request", "x")
    with pytest.raises(refusals.NotYours):
        withdraw(change(), acting(AM, "2026-11-10 09:00", on_behalf_of=OTHER_AM), "customer_request", "x")
    with pytest.raises(refusals.WrongState):
        withdraw(change(ChangeState.FILED), acting(AM, "2026-11-20 09:00"), "customer_request", "x")
    with pytest.raises(refusals.TimeOrder):
        withdraw(change(), acting(AM, "2026-11-02 09:00"), "customer_request", "x")


def test_what_is_filed_but_not_in_effect_is_revoked_without_a_trace_in_the_formats():
    one = revoke(change(ChangeState.FILED), acting(SO, "2026-11-20 09:00"), "false_statement", "照片系他店")
    assert (one.state, one.closing.ends_on) == ("revoked", None)
    with pytest.raises(refusals.WrongState):
        take_effect(one, at("2026-12-01 00:05"), {})


@pytest.mark.parametrize("state", ["effective", "reviewed"])
def test_what_is_in_effect_ends_on_a_coming_first(state):
    one = revoke(change(ChangeState(state)), acting(SO, "2027-01-20 09:00"), "false_statement", "照片系他店")
    assert one.closing.ends_on == date(2027, 3, 1)


def test_only_supervision_revokes_and_only_what_is_filed():
    with pytest.raises(refusals.WrongState):
        revoke(change(ChangeState.APPROVED), acting(SO, "2026-11-20 09:00"), "other", "x")
    with pytest.raises(refusals.RoleMissing):
        revoke(change(ChangeState.FILED), acting(AM, "2026-11-20 09:00"), "other", "x")


# ---------------------------------------------------------------- limits


CALENDAR = Calendar(
    {
        day: CalendarDay(day, day.isoweekday() < 6)
        for day in (date(2026, 11, 1) + timedelta(days=ahead) for ahead in range(60))
    }
)


@pytest.mark.parametrize(
    ("state", "due"),
    [
        ("applied", date(2026, 11, 9)),
        ("verified", date(2026, 11, 9)),
        ("in_approval", date(2026, 11, 10)),
        ("approved", date(2026, 11, 12)),
        ("filed", date(2026, 12, 1)),
        ("effective", date(2027, 3, 1)),
        ("reviewed", None),
        ("rejected", None),
    ],
)
def test_each_step_has_its_limit_in_working_days(state, due):
    assert due_on(change(ChangeState(state)), CALENDAR) == due


def test_both_checks_share_one_limit():
    one = record_site_check(applied(), site_check(), acting(AM, "2026-11-03 11:00"))
    assert due_on(one, CALENDAR) == date(2026, 11, 9)


def test_a_change_that_gained_nothing_need_not_be_reviewed_by_a_day():
    assert due_on(change(ChangeState.EFFECTIVE, favourable=False), CALENDAR) is None
    assert next_step(change(ChangeState.EFFECTIVE, favourable=False)).act is Act.REVIEW


def test_a_limit_over_days_not_announced_is_not_known():
    assert due_on(change(), Calendar({})) is None


def test_the_licence_of_the_request_stays():
    assert change(ChangeState.REVIEWED).application.licence_no == LICENCE
