"""What runs by the calendar, the master data, signatures and duties: SEG-14 to SEG-19, TRL-04 to TRL-06."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.facts.change_context import (
    ChangeWatchContext,
    DutyContext,
    MasterSyncContext,
    NewCustomerContext,
    SignatureOnFile,
    SigningContext,
)
from app.audit.facts.change_request import new_customer_facts
from app.audit.facts.change_watch import benjamini_hochberg, change_watch_facts, upper_tail
from app.audit.facts.duty import duty_facts
from app.audit.facts.master_sync import master_sync_facts
from app.audit.facts.signing import signing_facts
from app.office.calendar import Calendar, CalendarDay
from app.office.people import Role
from app.office.segment_change import (
    ChangeState,
    PostReview,
)
from tests.changes import (
    LICENCE,
    STAFF,
    application,
    at,
    change,
    customer,
    person,
    site_check,
)

# ---------------------------------------------------------------- SEG-14, SEG-16, SEG-18

NOVEMBER = Calendar(
    {
        day: CalendarDay(day, day.isoweekday() < 6)
        for day in (date(2026, 10, 1) + timedelta(days=ahead) for ahead in range(120))
    }
)


def watch(office, *changes, now="2026-11-23 08:00", **more):
    seen = {
        "calendar": NOVEMBER,
        "customers": {"AM": 100, "AM2": 300},
        "names": {"AM": "李晓梅"},
        "campaigns": {},
        **more,
    }
    facts = change_watch_facts(ChangeWatchContext(at(now), changes, **seen), office.parameters)
    return {scope: office.rows(facts, scope) for scope in ("manager_changes", "open_change", "change_in_effect")}


def requests(count, manager="AM", applied="2026-11-02 09:00", **changes):
    return [
        change(
            change_no=f"NG-YT-{manager}-{n}",
            application=application(account_manager=manager, **changes),
            applied_at=at(applied),
        )
        for n in range(count)
    ]


def test_requests_are_counted_by_manager_with_their_chance(office):
    first, second = watch(office, *requests(3), *requests(1, "AM2"))["manager_changes"]
    assert (first["account_manager"], first["manager_name"], first["requests"]) == ("AM", "李晓梅", 3)
    # Four requests, a quarter of the customers: 4 * (1/4)**3 * 3/4 + (1/4)**4 = 13/256.
    assert first["tail_probability"] == 50_781
    assert (first["q_value"], first["family_size"], first["rank"]) == (101_562, 2, 1)
    assert (second["manager_name"], second["rank"], second["q_value"]) == ("AM2", 2, 996_094)


def test_only_the_last_thirty_days_and_no_filed_campaign_count(office):
    campaigns = {"PC-1": date(2026, 11, 1), "PC-2": date(2026, 11, 3)}
    rows = watch(
        office,
        *requests(1, applied="2026-10-24 09:00"),
        *requests(2, "AM2", applied="2026-10-25 09:00"),
        *requests(4, "AM3", census_campaign="PC-1"),
        *requests(2, "AM4", census_campaign="PC-2"),
        campaigns=campaigns,
    )["manager_changes"]
    assert [(one["account_manager"], one["requests"]) for one in rows] == [("AM2", 2), ("AM4", 2)]
    assert (rows[1]["customers"], rows[1]["tail_probability"], rows[1]["q_value"], rows[1]["rank"]) == (None,) * 4


def test_the_format_most_favourable_requests_go_to_is_named(office):
    asked = [*requests(2), replace(requests(1)[0], change_no="N", favourable=False)]
    asked.append(change(change_no="M", application=application(proposed_segment=None)))
    (row,) = watch(office, *asked)["manager_changes"]
    assert (row["requests"], row["same_format"], row["same_format_requests"]) == (4, "Y", 2)
    (none,) = watch(office, *[replace(one, favourable=None) for one in asked])["manager_changes"]
    assert (none["same_format"], none["same_format_requests"]) == (None, 0)


@given(st.integers(0, 12), st.integers(1, 20), st.integers(1, 40))
def test_the_tail_is_a_probability_that_falls(trials, part, rest):
    tails = [upper_tail(hits, trials, part, part + rest) for hits in range(trials + 1)]
    assert tails[0] == 1
    assert tails == sorted(tails, reverse=True)
    assert tails[-1] > 0


def test_a_rate_without_customers_is_missing():
    assert upper_tail(1, 2, 0, 10) is None
    assert upper_tail(1, 2, 11, 10) is None


def test_the_adjusted_values_are_those_of_the_textbook():
    tails = dict(zip("abcde", map(Fraction, ("0.0004", "0.009", "0.021", "0.04", "0.2")), strict=True))
    made = benjamini_hochberg({**tails, "none": None})
    assert {name: (float(q), rank) for name, (q, rank) in made.items()} == {
        "a": (0.002, 1), "b": (0.0225, 2), "c": (0.035, 3), "d": (0.05, 4), "e": (0.2, 5),
    }  # fmt: skip


def test_waiting_is_counted_in_working_days_at_the_layer_now_asked(office):
    states = [
        ChangeState.APPLIED,
        ChangeState.VERIFIED,
        ChangeState.IN_APPROVAL,
        ChangeState.APPROVED,
        ChangeState.FILED,
    ]
    rows = watch(office, *(change(state, change_no=state.value) for state in states))["open_change"]
    names = ("change_no", "working_days_waiting", "limit_working_days", "working_days_over")
    assert [tuple(one[name] for name in names) for one in rows] == [
        ("applied", 15, 5, 10),
        ("approved", 10, 3, 7),
        ("in_approval", 12, 3, 9),
        ("verified", 13, 3, 10),
    ]  # fmt: skip
    assert {one["working_days_total"] for one in rows} == {15}


def test_both_checks_share_one_limit_and_unknown_days_are_missing(office):
    half = change(site_checks=(site_check(),))
    (row,) = watch(office, half, now="2026-11-05 08:00")["open_change"]
    assert (row["waiting_for"][:3], row["working_days_waiting"], row["working_days_over"]) == ("市管员", 3, 0)
    (blind,) = watch(office, half, calendar=Calendar({}))["open_change"]
    assert (blind["working_days_waiting"], blind["working_days_over"], blind["working_days_total"]) == (
        None,
        None,
        None,
    )


def test_days_without_a_review_run_until_it_is_made(office):
    reviewed = change(ChangeState.REVIEWED, change_no="R", review=PostReview(at("2027-01-30 09:00"), "SO", True))
    rows = watch(
        office,
        change(ChangeState.EFFECTIVE, change_no="E"),
        reviewed,
        change(ChangeState.FILED),
        now="2027-03-31 08:00",
    )["change_in_effect"]
    assert [(one["change_no"], one["days_without_review"], one["reviewed_on"]) for one in rows] == [
        ("E", 120, None),
        ("R", 60, "2027-01-30"),
    ]


@pytest.mark.parametrize(("favourable", "needed"), [(True, True), (None, True), (False, False)])
def test_what_may_have_been_favourable_is_reviewed(office, favourable, needed):
    (row,) = watch(office, change(ChangeState.EFFECTIVE, favourable=favourable))["change_in_effect"]
    assert row["review_needed"] is needed


# ---------------------------------------------------------------- SEG-15, SEG-19


def sync(office, before, after, *changes, orders=None, now="2026-12-02 03:00"):
    known = MasterSyncContext(
        "I-1", at(now), {LICENCE: before} if before else {}, {LICENCE: after}, changes, orders or {}, "crm7"
    )
    return office.rows(master_sync_facts(known, office.parameters), "master_difference")


def test_every_attribute_that_differs_is_a_row(office):
    after = customer(segment="Y", grade=20, volatility_class="volatile", territory_id="T02")
    rows = sync(office, customer(), after)
    assert [(one["attribute"], one["value_filed"], one["value_delivered"]) for one in rows] == [
        ("segment", "Z", "Y"),
        ("grade", "12", "20"),
        ("volatility_class", "stable", "volatile"),
        ("territory", "T01", "T02"),
    ]
    assert not any(one["authorised"] for one in rows)
    assert (rows[0]["batch"], rows[0]["source_user"]) == ("I-1", "crm7")
    assert sync(office, customer(), customer(shop_name="新名")) == []
    assert sync(office, None, after) == []


def test_a_change_in_effect_authorises_its_format_from_its_day(office):
    changed = customer(segment="Y")
    (row,) = sync(office, customer(), changed, change(ChangeState.EFFECTIVE))
    assert (row["authorised"], row["authority_no"]) == (True, "NG-YT-202611-001")
    for other in (
        change(ChangeState.FILED),
        change(ChangeState.EFFECTIVE, effective_on=date(2027, 1, 1)),
        change(ChangeState.EFFECTIVE, effective_on=None),
        change(ChangeState.EFFECTIVE, application=application(proposed_segment="B")),
        change(ChangeState.EFFECTIVE, application=application(licence_no="420301000999")),
    ):
        assert sync(office, customer(), changed, other)[0]["authorised"] is False


def test_an_approval_that_was_followed_by_another_allows_no_silent_way_back(office):
    older = change(ChangeState.REVIEWED, change_no="NG-YT-202607-001", effective_on=date(2026, 8, 1))
    newer = change(ChangeState.EFFECTIVE, application=application(current_segment="Y", proposed_segment="Z"))
    (row,) = sync(office, customer(), customer(segment="Y"), older, newer)
    assert (row["authorised"], row["authority_no"]) == (False, None)
    assert sync(office, customer(), customer(segment="Y"), older)[0]["authority_no"] == "NG-YT-202607-001"


def test_a_filed_decision_authorises_a_grade(office):
    orders = {(LICENCE, "grade", "20"): "HY-202611-004"}
    assert sync(office, customer(), customer(grade=20), orders=orders)[0]["authority_no"] == "HY-202611-004"
    assert sync(office, customer(), customer(grade=21), orders=orders)[0]["authorised"] is False


@pytest.mark.parametrize(
    ("minutes", "marketing", "monopoly", "answer"),
    [("HY-1", True, True, True), (None, True, True, False), ("HY-1", False, True, False), ("HY-1", True, False, False)],
)
def test_a_first_grade_is_set_by_both_sides_with_minutes(office, minutes, marketing, monopoly, answer):
    facts = new_customer_facts([NewCustomerContext(customer(), minutes, marketing, monopoly)], office.parameters)
    (row,) = office.rows(facts, "new_customer")
    assert (row["decided_collectively"], row["initial_grade"]) == (answer, 12)


# ---------------------------------------------------------------- TRL-04, TRL-05, TRL-06


def signature(layer=1, signer="MM", role=Role.MARKET_MANAGER, when="2026-11-05 09:00", document="D03-1", **changes):
    made = SignatureOnFile(document, layer, signer, role, at(when), "electronic", f"K-{signer}", True, True, True)
    return replace(made, **changes)


def signing(office, *signatures, recent=None, owners=None, people=None):
    known = SigningContext(people or STAFF, owners or {}, signatures if recent is None else recent)
    facts = signing_facts(signatures, known, office.parameters)
    return office.rows(facts, "signature"), office.rows(facts, "signing")[0]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, "none"),
        ({"digest_matches": False, "verifies": False}, "content_changed"),
        ({"verifies": False}, "verification_failed"),
        ({"key_was_valid": False}, "key_invalid"),
        ({"signer": "AM"}, "role_missing"),
        ({"signer": "nobody"}, "role_missing"),
        ({"verifies": None}, None),
        ({"verifies": None, "key_was_valid": False}, "key_invalid"),
        ({"key_id": "K-SHARED"}, "key_shared"),
        ({"key_id": None}, "none"),
        ({"method": "handwritten", "verifies": None, "key_id": None, "has_scan": True, "witness": "SO"}, "none"),
        ({"method": "handwritten", "has_scan": True}, "scan_or_witness_missing"),
        ({"method": "handwritten", "has_scan": False, "witness": "SO"}, "scan_or_witness_missing"),
        ({"method": "handwritten", "has_scan": True, "witness": "ML"}, "scan_or_witness_missing"),
        ({"method": "handwritten", "has_scan": True, "witness": "SO", "digest_matches": None}, None),
    ],
)
def test_the_first_thing_wrong_with_a_signature_is_said(office, changes, problem):
    rows, _ = signing(office, signature(**changes), owners={"K-SHARED": frozenset({"MM", "ML"})})
    assert rows[0]["signature_problem"] == problem


def test_nobody_witnesses_himself(office):
    own = signature(signer="SO", role=Role.SUPERVISION_OFFICER, method="handwritten", has_scan=True, witness="SO")
    assert signing(office, own)[0][0]["signature_problem"] == "scan_or_witness_missing"


def test_order_and_pace_of_a_document(office):
    _, row = signing(
        office,
        signature(2, "ML", Role.MARKETING_LEADER, "2026-11-05 09:00:20"),
        signature(1, "MM"),
        signature(3, "SO", Role.SUPERVISION_OFFICER, "2026-11-05 09:00:20"),
    )
    assert (row["order_violations"], row["shortest_interval_seconds"], row["fast_documents"]) == (1, 0, 1)
    assert row["signing_times"][0] == "2026-11-05 09:00:00"
    _, empty = signing(office)
    assert (empty["document"], empty["shortest_interval_seconds"], empty["fast_documents"]) == (None, None, 0)


def pair(number, seconds, second="ML"):
    begun = at("2026-11-05 09:00") + timedelta(hours=number)
    one = signature(1, "MM", document=f"D{number}", signed_at=begun)
    other = signature(
        2, second, Role.MARKETING_LEADER, document=f"D{number}", signed_at=begun + timedelta(seconds=seconds)
    )
    return [one, other]


def test_haste_is_counted_for_the_same_two_persons(office):
    recent = [*pair(1, 59), *pair(2, 10), *pair(3, 60), *pair(4, 5, "ML2"), *pair(5, 3, "ML2")]
    _, row = signing(office, *pair(1, 59), recent=tuple(recent))
    assert row["fast_documents"] == 2


@pytest.mark.parametrize(("when", "count"), [("21:59", 0), ("22:00", 1), ("05:59", 1), ("06:00", 0)])
def test_night_is_from_ten_to_six(office, when, count):
    _, row = signing(office, signature(when=f"2026-11-05 {when}"))
    assert row["night_documents"] == count


def test_the_nights_of_others_are_not_ours(office):
    recent = (signature(signer="AM", when="2026-11-05 23:00"),)
    assert signing(office, signature(), recent=recent)[1]["night_documents"] == 0


def duty(office, who, **changes):
    known = DutyContext(who, at("2026-11-05 09:00"), "segment_change.approve", True)
    (row,) = office.rows(duty_facts(replace(known, **changes), office.parameters), "duty")
    return row


def test_duties_that_exclude_each_other_are_named(office):
    row = duty(office, person("X", Role.MARKET_MANAGER, Role.SUPERVISION_OFFICER))
    assert (row["incompatible_pairs"], row["incompatible_roles"]) == (1, ["market_manager x supervision_officer"])
    clean = duty(office, STAFF["MM"], submitted_by="AM", authored_by="SO")
    assert [clean[name] for name in ("incompatible_pairs", "reviews_own", "activates_own", "administrator_acts")] == [
        0,
        False,
        False,
        False,
    ]
    own = duty(office, STAFF["MM"], submitted_by="MM", authored_by="MM")
    assert (own["reviews_own"], own["activates_own"]) == (True, True)
    administrator = person("A", Role.ADMINISTRATOR)
    assert duty(office, administrator)["administrator_acts"] is True
    assert duty(office, administrator, is_business=False)["administrator_acts"] is False
