"""The facts of a segment change, its watch, the master data, signatures and duties; and the rules' own examples."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import read_rules
from app.audit.facts.change_context import (
    ChangeWatchContext,
    DutyContext,
    MasterSyncContext,
    NewCustomerContext,
    SegmentChangeContext,
    SignatureOnFile,
    SigningContext,
)
from app.audit.facts.change_merits import value_gain_ratio
from app.audit.facts.change_request import new_customer_facts
from app.audit.facts.change_watch import benjamini_hochberg, change_watch_facts, upper_tail
from app.audit.facts.duty import duty_facts
from app.audit.facts.master_sync import master_sync_facts
from app.audit.facts.parameters import decimal_number
from app.audit.facts.segment_change import segment_change_facts
from app.audit.facts.signing import signing_facts
from app.office.benefit import Benefit, BenefitLine, Entitlement
from app.office.calendar import Calendar, CalendarDay
from app.office.code_list import CodeItem, CodeList
from app.office.month import Month
from app.office.people import Role
from app.office.position import Position
from app.office.segment_change import (
    ChangeState,
    Closing,
    EvidenceKind,
    Filing,
    LicenceRecord,
    PostReview,
    SegmentProfile,
)
from tests.changes import (
    APPROVALS,
    BOTH_CHECKS,
    LICENCE,
    SHOP,
    STAFF,
    application,
    at,
    change,
    customer,
    evidence,
    file,
    person,
    site_check,
)

RULES = Path(__file__).parents[3] / "rules"
SEGMENTS = CodeList(
    "segment",
    "2026",
    date(2026, 1, 1),
    None,
    (
        CodeItem("Z", "食杂店", "Grocer"),
        CodeItem("B", "便利店", "Convenience store"),
        CodeItem("Y", "烟酒商店", "Liquor", "T"),
        CodeItem("T", "烟草专业店", "Tobacconist"),
    ),
)
PROFILE = SegmentProfile(
    "Y", Decimal(60), Decimal(100), Decimal(12), frozenset({"self_service", "mixed"}), frozenset({"pos"})
)


def line(delta=4, *, tight=True, old=2, price="330.50", standard=True):
    found = Entitlement(True, old), Entitlement(True, old + delta)
    return BenefitLine("S1", "卷烟", tight, Decimal(price), standard, *(found if standard else (None, None)))


def benefit(*lines):
    return Benefit(Month(2026, 12), "Z", "Y", lines or (line(),), False)


def context(**changes):
    known = SegmentChangeContext(
        at=at("2026-11-02 09:00"),
        customer=customer(),
        segments=SEGMENTS,
        profiles={"Y": PROFILE},
        licence=LicenceRecord(LICENCE, "王利民", "东街1号", date(2028, 6, 30), True, SHOP),
        earlier=(),
        benefit=benefit(),
        people=STAFF,
        sanctions=(),
        credit_level="AA",
    )
    return replace(known, **changes)


@pytest.fixture(scope="module")
def row(office):
    def make(asked=None, **changes):
        facts = segment_change_facts(change() if asked is None else asked, context(**changes), office.parameters)
        return office.rows(facts, "segment_change")[0]

    return make


@pytest.fixture(scope="module")
def layers(office):
    def make(asked, **changes):
        facts = segment_change_facts(asked, context(**changes), office.parameters)
        return office.rows(facts, "approval_layer")

    return make


# ---------------------------------------------------------------- SEG-01, SEG-02, SEG-13


def test_a_complete_request_lacks_nothing(row):
    made = row()
    names = (
        "missing_fields",
        "segment_unchanged",
        "segments_listed",
        "evidence_missing",
        "photos_too_old",
        "photos_unplaced",
    )
    assert [made[name] for name in names] == [0, False, True, 0, 0, 0]
    assert (made["current_segment"], made["proposed_segment"]) == ("食杂店", "烟酒商店")


@pytest.mark.parametrize(
    ("changes", "count"),
    [({"reason_text": None}, 1), ({"reason_code": "mood"}, 1), ({"shop_name": None, "contact": None}, 2)],
)
def test_what_is_left_open_or_unknown_is_counted_and_named(row, changes, count):
    made = row(change(application=application(**changes)))
    assert (made["missing_fields"], len(made["missing_field_list"])) == (count, count)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"proposed_segment": "Z"}, True),
        ({"proposed_segment": "Z", "current_segment": "B"}, True),
        ({"proposed_segment": None}, False),
        ({"proposed_segment": "Y"}, False),
    ],
)
def test_a_request_for_the_format_given_or_filed_changes_nothing(row, changes, answer):
    assert row(change(application=application(**changes)))["segment_unchanged"] is answer


def test_without_a_list_nobody_knows_whether_a_format_exists(row):
    assert row(segments=None)["segments_listed"] is None
    assert row(segments=None)["proposed_segment"] == "Y"
    assert row(change(application=application(proposed_segment="X")))["segments_listed"] is False
    assert row(change(application=application(proposed_segment=None)), customer=None)["segments_listed"] is True
    assert row(change(application=application(proposed_segment=None)))["proposed_segment"] is None


def test_evidence_is_missing_until_every_kind_is_there(row):
    made = row(change(evidence=evidence()[:3]))
    assert made["evidence_missing_list"] == ["licence_scope", "site_record"]
    checked = row(change(evidence=evidence()[:4], site_checks=(site_check(),)))
    assert checked["evidence_missing"] == 0
    unmeasured = row(change(evidence=evidence()[:4], site_checks=(site_check(area_m2=None),)))
    assert unmeasured["evidence_missing_list"] == ["site_record"]


def test_photos_are_of_these_days_and_of_a_place(row):
    photos = (
        file(taken_at=at("2026-10-03 10:00")),
        file(EvidenceKind.INTERIOR, taken_at=at("2026-10-02 10:00")),
        file(EvidenceKind.FIXTURES, taken_at=None),
        file(EvidenceKind.FIXTURES, taken_from=None),
        file(EvidenceKind.LICENCE_SCOPE, taken_at=None, taken_from=None),
    )
    made = row(change(evidence=photos))
    assert (made["photos_too_old"], made["oldest_photo_days"], made["photos_unplaced"]) == (1, 31, 2)
    assert row(change(evidence=()))["oldest_photo_days"] is None


def licence(**changes):
    return replace(LicenceRecord(LICENCE, "王利民", "东街1号", date(2028, 6, 30), True, SHOP), **changes)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (licence(), (True, True, True)),
        (licence(address="东街１号 "), (True, True, True)),
        (licence(holder_name="李利民"), (True, False, True)),
        (licence(address="西街9号"), (True, True, False)),
        (licence(is_valid=False), (False, True, True)),
        (licence(valid_to=date(2026, 11, 1)), (False, True, True)),
        (licence(licence_no="420301000102"), (False, True, True)),
        (None, (None, None, None)),
    ],
)
def test_the_licence_is_compared_with_the_request(row, record, expected):
    made = row(licence=record)
    assert (made["licence_valid"], made["holder_matches"], made["address_matches"]) == expected


# ---------------------------------------------------------------- SEG-03 to SEG-08


def test_both_sides_check_on_the_spot(row):
    made = row(change(site_checks=BOTH_CHECKS))
    assert (made["checks_missing"], made["checks_before_request"], made["metres_from_licence"]) == (0, 0, 0)
    far = replace(BOTH_CHECKS[1], position=Position(SHOP.latitude + 2_700, SHOP.longitude))
    assert row(change(site_checks=(BOTH_CHECKS[0], far)))["metres_from_licence"] == 300
    early = replace(BOTH_CHECKS[0], checked_at=at("2026-11-01 10:00"))
    alone = row(change(site_checks=(early,)))
    assert (alone["checks_missing_list"], alone["checks_before_request"]) == (["市管员核查 (market supervisor)"], 1)


def test_without_a_position_the_distance_is_missing(row):
    blind = (BOTH_CHECKS[0], replace(BOTH_CHECKS[1], position=None))
    assert row(change(site_checks=blind))["metres_from_licence"] is None
    assert row(change(site_checks=BOTH_CHECKS), licence=None)["metres_from_licence"] is None
    assert row(change())["metres_from_licence"] is None


def test_five_layers_stand_in_their_order_signed_or_not(layers):
    made = layers(change(ChangeState.IN_APPROVAL), layer=3)
    assert [one["layer"] for one in made] == [1, 2, 3, 4, 5]
    assert [one["layer_signed"] for one in made] == [True, True, True, False, False]
    assert [one["layer_due"] for one in made] == [True, True, True, False, False]
    assert [one["seconds_after_previous"] for one in made] == [None, 86_400, 79_200, None, None]
    assert [one["role_held"] for one in made] == [True, True, True, None, None]
    assert all(one["layer_due"] for one in layers(change(ChangeState.IN_APPROVAL)))


def test_half_a_second_later_is_later_and_the_same_moment_is_not(layers):
    first = BOTH_CHECKS[0].signed_at
    for after, seconds in ((timedelta(microseconds=500_000), 1), (timedelta(0), 0), (timedelta(seconds=-5), -5)):
        checks = (BOTH_CHECKS[0], replace(BOTH_CHECKS[1], signed_at=first + after))
        assert layers(change(site_checks=checks))[1]["seconds_after_previous"] == seconds


def test_a_role_is_held_by_the_signer_or_by_the_principal_on_that_day(layers):
    asked = change(ChangeState.APPROVED)
    left = {**STAFF, "ML": person("ML", Role.MARKETING_LEADER, until=date(2026, 11, 5))}
    assert layers(asked, people=left)[3]["role_held"] is False
    assert layers(asked, people={})[0]["role_held"] is False
    deputy = replace(APPROVALS[1], person_id="X", on_behalf_of="ML")
    assert layers(replace(asked, approvals=(APPROVALS[0], deputy)))[3]["role_held"] is True
    swapped = replace(APPROVALS[0], role=Role.MARKETING_LEADER, person_id="ML")
    assert layers(replace(asked, approvals=(swapped,)))[2]["role_held"] is False


def test_one_person_in_two_layers_is_found_also_behind_a_deputy(row):
    asked = change(ChangeState.APPROVED)
    assert (row(asked)["repeated_persons"], row(asked)["signers"], row(asked)["initiator_approves"]) == (0, 5, False)
    again = (APPROVALS[0], replace(APPROVALS[1], person_id="MM"))
    made = row(replace(asked, approvals=again))
    assert (made["repeated_person"], made["repeated_layers"]) == ("MM", [3, 4])
    behind = (APPROVALS[0], replace(APPROVALS[1], on_behalf_of="MM"))
    assert row(replace(asked, approvals=behind))["repeated_layers"] == [3, 4]
    assert row(replace(asked, approvals=(replace(APPROVALS[0], person_id="AM"),)))["initiator_approves"] is True


def test_a_signer_of_both_sides_is_named(row):
    two = {**STAFF, "ML": person("ML", Role.MARKETING_LEADER, Role.SUPERVISION_HEAD)}
    made = row(change(ChangeState.APPROVED), people=two)
    assert (made["two_sided_signers"], made["two_sided_signer_list"]) == (1, ["ML"])


def effect(row, filed, effective, approvals=APPROVALS):
    filing = Filing("NG-BA-202611-007", at(filed), "SO") if filed else None
    return row(change(ChangeState.FILED, filing=filing, effective_on=effective, approvals=approvals))


@pytest.mark.parametrize(
    ("filed", "effective", "before", "on_first", "early", "frozen"),
    [
        ("2026-11-12 09:00", date(2026, 12, 1), True, True, 0, 0),
        ("2026-12-05 09:00", date(2026, 12, 1), False, True, 0, 31),
        ("2026-11-20 09:00", date(2026, 12, 1), True, True, 0, 31),
        ("2026-11-12 09:00", date(2026, 11, 10), False, False, 21, 21),
        ("2026-11-12 09:00", date(2027, 3, 1), True, True, 0, 0),
        (None, date(2026, 12, 1), False, True, 0, None),
        ("2026-11-12 09:00", None, False, False, None, None),
    ],
)
def test_the_effect_is_measured_against_approval_filing_and_snapshot(
    row, filed, effective, before, on_first, early, frozen
):
    made = effect(row, filed, effective)
    names = ("filed_before_effect", "effect_on_first", "days_before_earliest", "days_before_snapshot_allows")
    assert tuple(made[name] for name in names) == (before, on_first, early, frozen)


def test_without_all_layers_the_earliest_effect_is_missing(row):
    made = effect(row, "2026-11-12 09:00", date(2026, 12, 1), APPROVALS[:2])
    assert (made["approval_complete"], made["days_before_earliest"]) == (False, None)


# ---------------------------------------------------------------- SEG-09, SEG-10, SEG-20


def earlier(effective=date(2026, 6, 1), state=ChangeState.EFFECTIVE, **changes):
    return change(
        state,
        change_no=changes.pop("change_no", "NG-YT-202605-001"),
        application=application(**changes),
        effective_on=effective,
        applied_at=at("2026-05-04 09:00"),
        closing=Closing("MM", at(f"{effective} 09:00"), "other", "x") if state is ChangeState.REJECTED else None,
    )


def test_changes_before_are_counted_with_this_one(row):
    made = row(earlier=(earlier(date(2026, 7, 1)), earlier(date(2025, 11, 1)), earlier(state=ChangeState.WITHDRAWN)))
    assert (made["earlier_changes"], made["days_since_last_change"], made["changes_in_12_months"]) == (2, 124, 2)
    none = row(earlier=())
    assert (none["earlier_changes"], none["days_since_last_change"], none["changes_in_12_months"]) == (0, None, 1)


def test_a_change_that_is_yet_to_come_into_effect_is_no_days_ago(row):
    assert row(earlier=(earlier(date(2026, 12, 1), ChangeState.FILED),))["days_since_last_change"] == 0
    approved = replace(earlier(state=ChangeState.APPROVED), effective_on=None, approvals=())
    assert row(earlier=(approved,))["days_since_last_change"] is not None


def test_unknown_history_is_missing_not_none(row):
    made = row(earlier=None)
    assert [made[name] for name in ("earlier_changes", "changes_in_12_months", "round_trip_days", "rejections")] == [
        None
    ] * 4


def test_only_a_correction_with_proof_is_exempt(row):
    asked = change(application=application(reason_code="clerical_correction"))
    assert row(asked)["proven_correction"] is False
    proof = (*evidence(), file(EvidenceKind.CORRECTION_PROOF))
    assert row(replace(asked, evidence=proof))["proven_correction"] is True
    assert row(replace(asked, evidence=proof), earlier=None)["proven_correction"] is True
    assert row(change(evidence=proof))["proven_correction"] is False


def test_the_way_back_is_found_with_what_was_gained(row):
    out = earlier(current_segment="Y", proposed_segment="Z")
    made = row(earlier=(out,), cartons_gained=46)
    assert (made["round_trip_days"], made["round_trip_gain_cartons"]) == (154, 46)
    for other in (
        earlier(current_segment="B", proposed_segment="Z"),
        earlier(current_segment="Y", proposed_segment="B"),
    ):
        assert row(earlier=(other,), cartons_gained=46)["round_trip_days"] is None
    assert row(change(application=application(proposed_segment=None)), earlier=(out,))["round_trip_days"] is None


def refused(day="2026-10-13", **changes):
    return earlier(date.fromisoformat(day), ChangeState.REJECTED, **changes)


def test_a_rejection_is_remembered_with_what_is_new(row):
    made = row(earlier=(refused(),))
    assert (made["rejections"], made["days_since_rejection"]) == (1, 20)
    assert (made["new_evidence_files"], made["other_manager"]) == (0, False)
    fresh = change(evidence=(*evidence(), file(digest="sha256:ff")), application=application(account_manager="AM2"))
    made = row(fresh, earlier=(refused(), refused("2026-10-01", change_no="NG-YT-202605-002")))
    assert (made["rejections"], made["rejected_change_no"]) == (2, "NG-YT-202605-001")
    assert (made["new_evidence_files"], made["other_manager"]) == (1, True)


@pytest.mark.parametrize(("day", "count"), [("2026-05-06", 1), ("2026-05-05", 0)])
def test_a_rejection_is_forgotten_after_180_days(row, day, count):
    assert row(earlier=(refused(day),))["rejections"] == count


def test_an_equivalent_format_is_the_same_request(row):
    assert row(earlier=(refused(proposed_segment="T"),))["rejections"] == 1
    assert row(earlier=(refused(proposed_segment="B"),))["rejections"] == 0
    assert row(earlier=(refused(proposed_segment="T"),), segments=None)["rejections"] == 0


# ---------------------------------------------------------------- SEG-11, SEG-12, SEG-17


def test_the_analysis_is_carried_over_exactly(row):
    made = row()
    assert (made["delta_tight_cartons"], made["delta_value_cny"], made["value_gain_ratio"]) == (
        4,
        1_322_000_000,
        2_000_000,
    )
    assert made["benefit_lines"][0] == {
        "sku": "S1", "tight": True, "standard": True, "old": 2, "new": 6, "old_eligible": True, "new_eligible": True,
        "delta": 4, "delta_cny": "1322.00",
    }  # fmt: skip


def test_no_analysis_and_no_standard_are_two_things(row):
    without = row(benefit=None)
    assert (without["analysis_attached"], without["delta_tight_cartons"]) == (False, None)
    empty = row(benefit=benefit(line(standard=False)))
    assert (empty["analysis_attached"], empty["delta_tight_cartons"], empty["value_gain_ratio"]) == (True, None, None)
    assert (empty["tight_without_standard"], empty["benefit_lines"][0]["old"]) == (1, None)


@pytest.mark.parametrize(
    ("delta", "old", "share"),
    [("66.10", "661.00", 100_000), ("0", "0", 0), ("1", "0", 1_000_000), ("-1", "0", 0), ("-50", "100", -500_000)],
)
def test_the_share_of_value_gained(delta, old, share):
    assert value_gain_ratio(Decimal(delta), Decimal(old)) == share


def features(row, *checks, **changes):
    return row(change(site_checks=checks), **changes)["features_outside"]


def test_features_outside_the_profile_are_counted(row):
    assert features(row, site_check()) == 0
    tiny = site_check(area_m2=Decimal(41), hours_per_day=Decimal(11), sales_mode="counter", it_level="none")
    assert features(row, tiny) == 4
    assert features(row, replace(tiny, area_m2=Decimal(42))) == 3
    assert features(row, site_check(area_m2=Decimal(130))) == 0
    assert features(row, site_check(area_m2=Decimal("130.1"))) == 1


def test_the_market_supervisors_sheet_counts(row):
    supervisor = site_check(Role.MARKET_SUPERVISOR, sales_mode="counter")
    assert features(row, site_check(), supervisor) == 1


def test_what_was_not_measured_or_not_described_is_missing(row):
    assert features(row) is None
    assert features(row, site_check(), profiles={}) is None
    for name in ("area_m2", "hours_per_day", "sales_mode", "it_level"):
        assert features(row, replace(site_check(), **{name: None})) is None
    nothing = site_check(area_m2=None, hours_per_day=None, sales_mode=None, it_level=None)
    assert features(row, nothing, profiles={"Y": SegmentProfile("Y")}) == 0
    assert features(row, site_check(), profiles={"Y": SegmentProfile("Y", most_area_m2=Decimal(50))}) == 1
    assert features(row, site_check(), profiles={"Y": SegmentProfile("Y", least_area_m2=Decimal(500))}) == 1


def test_sanctions_and_credit_are_missing_when_they_were_not_delivered(row):
    assert (row()["sanctions"], row()["credit_level"]) == (0, "AA")
    assert (row(sanctions=None)["sanctions"], row(credit_level=None)["credit_level"]) == (None, None)


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


def test_a_filed_decision_authorises_a_grade(office):
    orders = {(LICENCE, "grade", "20"): "HY-202611-004"}
    assert sync(office, customer(), customer(grade=20), orders=orders)[0]["authority_no"] == "HY-202611-004"
    assert sync(office, customer(), customer(grade=21), orders=orders)[0]["authorised"] is False


@pytest.mark.parametrize(
    ("minutes", "marketing", "monopoly", "answer"),
    [("HY-1", True, True, True), (None, True, True, False), ("HY-1", False, True, False), ("HY-1", True, False, False)],
)
def test_a_first_grade_is_set_by_both_sides_with_minutes(office, minutes, marketing, monopoly, answer):
    facts = new_customer_facts(NewCustomerContext(customer(), minutes, marketing, monopoly), office.parameters)
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


# ---------------------------------------------------------------- parameters and rules together


@pytest.mark.parametrize(("value", "number"), [(Decimal("0.5"), Decimal("0.5")), (2, Decimal(2))])
def test_a_decimal_parameter_is_a_number(office, value, number):
    parameters = type(office.parameters)({("SEG-12", "area_tol"): value})
    assert decimal_number(parameters, "SEG-12", "area_tol") == number


@pytest.mark.parametrize("value", [True, "0.3"])
def test_a_decimal_parameter_of_another_type_is_refused(office, value):
    with pytest.raises(TypeError, match=r"SEG-12\.area_tol"):
        decimal_number(type(office.parameters)({("SEG-12", "area_tol"): value}), "SEG-12", "area_tol")


@pytest.fixture(scope="module")
def judged(office):
    """Judge facts by all drafts of the pack, as they will be once they are active."""
    library = read_rules(RULES)
    evaluator = Evaluator()

    def judge(facts, event):
        outcomes = {}
        for rule in library.rules:
            if rule.pack in ("SEG", "TRL") and event in rule.events:
                book = library.rulebook_of(rule, event, date(2026, 11, 2))
                judgement = evaluator.judge(book, facts)
                assert judgement.alarms == ()
                outcomes[rule.id] = judgement.findings[0].outcome.value
        return outcomes

    return judge


def test_a_good_favourable_request_is_flagged_for_its_benefit_only(office, judged):
    facts = segment_change_facts(change(site_checks=(site_check(),)), context(), office.parameters)
    outcomes = judged(facts, "on_change_request")
    assert {rule: outcome for rule, outcome in outcomes.items() if outcome != "pass"} == {"SEG-11": "flag"}
    assert len(outcomes) == 9


def test_a_request_that_went_as_it_should_passes_to_the_end(office, judged):
    at_effect = segment_change_facts(change(ChangeState.FILED), context(), office.parameters)
    assert set(judged(at_effect, "before_layer1").values()) == {"pass"}
    assert set(judged(at_effect, "on_effect").values()) == {"pass"}
    assert judged(at_effect, "on_approval") == {"SEG-04": "pass", "SEG-05": "pass", "SEG-11": "flag", "SEG-17": "pass"}


def test_what_the_office_does_not_know_is_never_a_pass(office, judged):
    nothing = context(
        licence=None, earlier=None, benefit=None, sanctions=None, credit_level=None, segments=None, profiles={}
    )
    outcomes = judged(segment_change_facts(change(), nothing, office.parameters), "on_change_request")
    assert outcomes == {
        "SEG-01": "not_evaluable", "SEG-02": "pass", "SEG-09": "not_evaluable", "SEG-10": "not_evaluable",
        "SEG-11": "block", "SEG-12": "not_evaluable", "SEG-13": "not_evaluable", "SEG-17": "not_evaluable",
        "SEG-20": "not_evaluable",
    }  # fmt: skip


def test_no_event_of_today_asks_a_draft():
    library = read_rules(RULES)
    for event in library.events:
        asked = library.rulebook(event, date(2026, 11, 2)).rules
        assert len(asked) == (24 if {"WIN", "ENT"} <= set(library.events[event].packs) else 0), event
