"""The facts of a segment change, and the drafts of its pack judging them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import read_rules
from app.audit.facts.change_context import (
    SegmentChangeContext,
)
from app.audit.facts.change_merits import value_gain_ratio
from app.audit.facts.parameters import decimal_number
from app.audit.facts.segment_change import segment_change_facts
from app.office.benefit import Benefit, BenefitLine, Entitlement
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
    [
        ({"reason_text": None}, 1),
        ({"reason_code": "mood"}, 1),
        ({"shop_name": None, "contact": None}, 2),
        ({"current_segment": "B"}, 1),
        ({"current_segment": None, "reason_code": "mood"}, 2),
    ],
)
def test_what_is_left_open_unknown_or_not_as_filed_is_counted_and_named(row, changes, count):
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
        "SEG-11": "block", "SEG-12": "not_applicable", "SEG-13": "not_evaluable", "SEG-17": "not_evaluable",
        "SEG-20": "not_evaluable",
    }  # fmt: skip


def test_every_event_is_answered_by_every_rule_of_its_packs_and_by_no_other():
    library = read_rules(RULES)
    answers = {("WIN", "ENT"): 24, ("SEG",): 20, ("TRL",): 3}
    for event in library.events:
        asked = library.rulebook(event, date(2026, 11, 2)).rules
        assert len(asked) == answers[tuple(library.events[event].packs)], event
