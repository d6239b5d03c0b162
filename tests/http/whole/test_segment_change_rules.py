"""Every rule of the business formats, violated and kept, through the real API: what a third party would try."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.actions.segment_change_office import (
    AM,
    COVERING_AM,
    GROCERY,
    ML,
    MM,
    MS,
    SO,
    SO2,
    STORE,
    SUPERMARKET,
    jpeg,
    position,
    shop,
)
from tests.actions.tiny_office import OF_LI, VISITED, WITH_TERMINAL
from tests.http.whole.office_calls import API, CHANGES, OfficeCalls

pytestmark = pytest.mark.slow

NEW = "420300000099"
RULES = (*(f"SEG-{number:02}" for number in range(1, 21)), "TRL-04", "TRL-05", "TRL-06")


@dataclass(frozen=True)
class Violation:
    """How a rule is broken: where the road stands, what is done then, and what the rule must say."""

    stop: str
    outcome: str
    breaks: Callable[[OfficeCalls, str], object]


# --- SEG-01, 02, 13: the application ---------------------------------------------------------------------------------


def a_request_without_a_reason(calls, _):
    calls.office.at("2026-11-02 09:00")
    answer = calls.apply(reason_text=None)
    assert (answer["state"], answer["accepted"], answer["verdict"]) == ("draft", False, "block")
    assert answer["gates"]["apply"] == ["SEG-01"]


def one_photo_and_nothing_else(calls, _):
    calls.office.at("2026-11-02 09:00")
    answer = calls.apply(evidence=[calls.office.photo("storefront")])
    # It is taken; what is missing keeps the second check from closing.
    assert (answer["state"], answer["gates"]["verify"]) == ("applied", ["SEG-02"])
    change_no = answer["change_no"]
    calls.office.at("2026-11-03 10:00")
    calls.check(change_no, AM)
    calls.office.at("2026-11-04 10:00")
    refused = calls.check(change_no, MS, status=409)
    assert refused["code"] == "change.gate_closed"
    assert "SEG-02" in refused["detail"]


def a_shop_at_another_address(calls, _):
    calls.office.at("2026-11-02 09:00")
    assert calls.apply(address="示例县西街9号")["gates"]["apply"] == ["SEG-13"]


# --- SEG-03, 12: the shop -------------------------------------------------------------------------------------------


def a_check_made_elsewhere(calls, change_no):
    calls.office.at("2026-11-04 10:00")
    assert calls.check(change_no, MS, status=409, position=position(400))["code"] == "change.gate_closed"
    said = calls.change(change_no)
    assert (said["state"], said["version"]) == ("applied", 2)
    assert [finding["rule"] for finding in said["findings"] if finding["outcome"] == "block"] == ["SEG-03"]


def a_shop_that_is_no_supermarket(calls, change_no):
    calls.office.at("2026-11-04 10:00")
    facts = {"area_m2": "45", "hours_per_day": "8", "sales_mode": "counter", "it_level": "none"}
    assert calls.check(change_no, MS, **facts)["state"] == "verified"


# --- SEG-04, 05, TRL-04, 05, 06: who signs --------------------------------------------------------------------------


def the_leader_signs_before_the_manager(calls, change_no):
    calls.office.at("2026-11-05 09:00")
    answer = calls.claim(change_no, 4, ML, SO2)
    assert (answer["accepted"], answer["state"]) == (False, "verified")


def the_account_manager_signs_for_the_manager(calls, change_no):
    calls.office.at("2026-11-05 09:00")
    assert calls.claim(change_no, 3, AM, SO2)["accepted"] is False


def a_witness_who_is_no_officer(calls, change_no):
    calls.office.at("2026-11-05 09:00")
    assert calls.claim(change_no, 3, MM, ML)["accepted"] is False


def three_forms_in_one_night(calls, change_no):
    office = calls.office
    others = []
    for licence_no in OF_LI[1:]:
        others.append(office.walk_to("layer_2", licence_no=licence_no))
        office.at("2026-11-02 09:00")
    office.at("2026-11-05 22:30")
    for number in (*others, change_no):
        office.later(minutes=5)
        office.sign(number, MM)


def an_officer_is_given_a_marketing_role(calls, _):
    roles = [
        {"role": "supervision_officer", "unit": "示例县内管办", "from": "2024-01-01"},
        {"role": "market_manager", "unit": "示例县营销部", "from": "2026-11-01"},
    ]
    reply = calls.deliver("people", {"person_id": SO, "name": "吴明", "roles": roles})
    assert (reply["rejected"], reply["results"][0]["errors"][0]["code"]) == (1, "role.incompatible")


# --- SEG-06, 07, 08: the effect ------------------------------------------------------------------------------------


def an_effect_before_the_filing(calls, change_no):
    assert calls.report_effect(change_no, "2026-12-01")["verdict"] == "block"
    assert calls.change(change_no)["effective_on"] is None


def an_effect_in_the_middle_of_a_month(calls, change_no):
    calls.report_effect(change_no, "2026-11-15")


def an_effect_in_a_month_that_was_frozen_at_the_filing(calls, change_no):
    calls.office.at("2026-11-20 10:00")
    calls.office.file(change_no)
    answer = calls.report_effect(change_no, "2026-12-01")
    assert {finding["rule"]: finding["outcome"] for finding in answer["findings"]} == {"SEG-08": "block"}
    assert calls.change(change_no)["effective_on"] == "2027-01-01"


# --- SEG-09, 10, 11, 17, 20: what went before, and who gains --------------------------------------------------------


def another_change_after_nineteen_days(calls, _):
    calls.apply(current_segment=SUPERMARKET, proposed_segment=GROCERY)


def back_again_after_nineteen_days(calls, _):
    answer = calls.apply(current_segment=SUPERMARKET, proposed_segment=STORE)
    (sentence,) = [finding["message"]["zh"] for finding in answer["findings"] if finding["rule"] == "SEG-10"]
    assert "多得12条" in sentence


def a_change_that_gains_scarce_cartons(calls, _):
    calls.office.at("2026-11-02 09:00")
    answer = calls.apply()
    said = calls.change(answer["change_no"])
    assert (said["favourable"], said["benefit"]["delta_tight_cartons"]) == (True, 12)


def a_shop_sanctioned_in_spring(calls, _):
    sanction = {"case_no": "AJ-2026-009", "licence_no": VISITED, "decided_on": "2026-04-01", "title": "销售非法卷烟"}
    calls.deliver("sanctions", sanction)
    calls.office.at("2026-11-02 09:00")
    calls.apply()


def a_rejected_request_with_another_manager(calls, change_no):
    calls.office.at("2026-11-05 09:00")
    calls.office.reject(change_no, MM)
    calls.office.at("2026-11-25 09:00")
    answer = calls.apply(account_manager=COVERING_AM)
    # New files: it is taken all the same, and somebody must look.
    assert answer["accepted"] is True


# --- SEG-14, 16, 18: what runs by the calendar ----------------------------------------------------------------------


def three_shops_in_one_month(calls, _):
    for day, licence_no in enumerate(OF_LI, start=2):
        calls.office.at(f"2026-11-0{day} 09:00")
        assert calls.apply(licence_no)["accepted"] is True
    calls.office.at("2026-11-16 09:00")
    calls.event("monthly_batch")


def a_request_that_waits_a_month(calls, _):
    calls.office.at("2026-12-02 08:00")
    calls.event("daily")


def nobody_looks_for_a_hundred_days(calls, _):
    calls.office.at("2027-03-12 09:00")
    calls.event("monthly")


# --- SEG-15, 19: master data ----------------------------------------------------------------------------------------


def another_format_without_a_request(calls, _):
    reply = calls.deliver("customers", shop(WITH_TERMINAL, segment=SUPERMARKET))
    held = {"attribute": "segment", "filed": STORE, "delivered": SUPERMARKET}
    assert reply["results"][0]["held"] == [held]
    assert reply["evaluations"][0]["verdict"] == "block"
    assert calls.office.format_of(WITH_TERMINAL) == STORE


def a_new_shop_nobody_discussed(calls, _):
    reply = calls.deliver("customers", shop(NEW))
    assert reply["evaluations"][0]["verdict"] == "block"


VIOLATIONS = {
    "SEG-01": Violation("furnished", "block", a_request_without_a_reason),
    "SEG-02": Violation("furnished", "block", one_photo_and_nothing_else),
    "SEG-03": Violation("checked", "block", a_check_made_elsewhere),
    "SEG-04": Violation("layer_2", "block", the_leader_signs_before_the_manager),
    "SEG-05": Violation("layer_2", "block", the_account_manager_signs_for_the_manager),
    "SEG-06": Violation("approved", "block", an_effect_before_the_filing),
    "SEG-07": Violation("filed", "block", an_effect_in_the_middle_of_a_month),
    "SEG-08": Violation("approved", "block", an_effect_in_a_month_that_was_frozen_at_the_filing),
    "SEG-09": Violation("reviewed", "flag", another_change_after_nineteen_days),
    "SEG-10": Violation("reviewed", "flag", back_again_after_nineteen_days),
    "SEG-11": Violation("furnished", "flag", a_change_that_gains_scarce_cartons),
    "SEG-12": Violation("checked", "flag", a_shop_that_is_no_supermarket),
    "SEG-13": Violation("furnished", "block", a_shop_at_another_address),
    "SEG-14": Violation("furnished", "flag", three_shops_in_one_month),
    "SEG-15": Violation("applied", "block", another_format_without_a_request),
    "SEG-16": Violation("applied", "flag", a_request_that_waits_a_month),
    "SEG-17": Violation("furnished", "flag", a_shop_sanctioned_in_spring),
    "SEG-18": Violation("effective", "flag", nobody_looks_for_a_hundred_days),
    "SEG-19": Violation("applied", "block", a_new_shop_nobody_discussed),
    "SEG-20": Violation("layer_2", "flag", a_rejected_request_with_another_manager),
    "TRL-04": Violation("layer_2", "block", a_witness_who_is_no_officer),
    "TRL-05": Violation("layer_2", "flag", three_forms_in_one_night),
    "TRL-06": Violation("furnished", "block", an_officer_is_given_a_marketing_role),
}
_seen: dict[str, str] = {}
"""What each rule said to its violation, in this run."""


def violated(rule, office_at, road) -> str:
    """Let the rule be violated, once in a run, and return what it said that it had not said before."""
    if rule not in _seen:
        violation = VIOLATIONS[rule]
        calls = OfficeCalls(office_at(violation.stop))
        before = len(calls.said_by(rule))
        violation.breaks(calls, road.change_no)
        new = calls.said_by(rule)
        _seen[rule] = " ".join(sorted(set(new[: len(new) - before])))
    return _seen[rule]


@pytest.mark.parametrize("rule", RULES)
def test_a_violation_is_found_by_its_rule_and_is_on_record(office_at, road, rule):
    assert violated(rule, office_at, road) == VIOLATIONS[rule].outcome


def test_every_rule_of_the_business_formats_was_violated_in_this_run(office_at, road):
    found = {rule: violated(rule, office_at, road) for rule in RULES}
    assert found == {rule: violation.outcome for rule, violation in VIOLATIONS.items()}
    assert len([rule for rule in found if rule.startswith("SEG-")]) == 20


# --- kept -----------------------------------------------------------------------------------------------------------


def honest_month(office_at, road) -> list[OfficeCalls]:
    """Everything as it should be: one change that gains nothing, one that gains and is looked at afterwards."""
    signing = OfficeCalls(office_at("layer_2"))
    signing.office.at("2026-11-05 09:00")
    assert signing.claim(road.change_no, 3, MM, SO2)["accepted"] is True

    filed = OfficeCalls(office_at("filed"))
    assert filed.report_effect(road.change_no, "2026-12-01")["verdict"] == "pass"

    calls = OfficeCalls(office_at("reviewed"))
    calls.office.at("2027-01-04 09:00")
    answer = calls.apply(WITH_TERMINAL, proposed_segment=GROCERY)
    assert (answer["verdict"], answer["accepted"], answer["findings"]) == ("pass", True, [])
    change_no = answer["change_no"]
    calls.office.at("2027-01-05 10:00")
    calls.check(change_no, AM)
    calls.office.at("2027-01-06 10:00")
    calls.check(change_no, MS)
    decided = {"decided_on": "2027-01-05", "minutes_no": "JY-1", "marketing_present": True, "monopoly_present": True}
    calls.deliver(
        "customer-decisions",
        {"decision_no": "RD-1", "licence_no": NEW, "attribute": "first_setting", **decided},
        {"decision_no": "RD-2", "licence_no": WITH_TERMINAL, "attribute": "grade", "value": 20, **decided},
    )
    delivered = calls.deliver(
        "customers",
        shop(NEW, segment=STORE, valid_from="2027-01-06"),
        shop(WITH_TERMINAL, grade=20, valid_from="2027-01-06"),
    )
    assert [evaluation["verdict"] for evaluation in delivered["evaluations"]] == ["pass", "pass"]
    for event in ("daily", "monthly", "monthly_batch"):
        calls.event(event)
    return [signing, filed, calls]


def test_an_honest_month_passes_every_rule(office_at, road):
    said: dict[str, set[str]] = {}
    for calls in honest_month(office_at, road):
        for rule, outcomes in calls.all_outcomes().items():
            said.setdefault(rule, set()).update(outcomes)
    assert {rule for rule in RULES if "pass" not in said[rule]} == set()
    # The favourable change of the road is flagged as such, at every step at which it is asked: that is no fault.
    speaking = {rule: outcomes - {"pass", "not_applicable"} for rule, outcomes in said.items()}
    assert {rule: outcomes for rule, outcomes in speaking.items() if outcomes} == {"SEG-11": {"flag"}}


def test_a_false_present_format_hides_no_way_back(office_at):
    calls = OfficeCalls(office_at("reviewed"))
    lying = calls.apply(current_segment=GROCERY, proposed_segment=STORE)
    assert (lying["accepted"], lying["gates"]["apply"]) == (False, ["SEG-01"])
    assert "与备案一致的现业态" in lying["reasons"][0]["zh"]
    asked = calls.office.application(current_segment=SUPERMARKET, proposed_segment=STORE)
    honest = calls.act(lying["change_no"], "submissions", asked)
    assert "SEG-10" in {finding["rule"] for finding in honest["findings"]}


# --- how the API speaks of it ---------------------------------------------------------------------------------------


def test_a_request_walks_through_the_api_with_versions(office_at):
    calls = OfficeCalls(office_at("furnished"))
    calls.office.at("2026-11-02 09:00")
    answer = calls.call("POST", CHANGES, calls.office.application(reason_code=None), status=201)
    change_no = answer.json["change_no"]
    assert (answer.headers["ETag"], answer.headers["Location"]) == ('"v1"', f"{CHANGES}/{change_no}")
    path = f"{CHANGES}/{change_no}"
    assert calls.call("POST", f"{path}/submissions", calls.office.application(), status=428).json["code"] == (
        "version.missing"
    )
    stale = calls.call("POST", f"{path}/submissions", calls.office.application(), status=412, version=7)
    assert stale.json["code"] == "version.stale"
    again = calls.act(change_no, "submissions", calls.office.application())
    assert (again["accepted"], again["version"]) == (True, 2)
    calls.office.at("2026-11-03 10:00")
    assert calls.check(change_no, AM)["version"] == 3
    added = calls.act(change_no, "evidence-files", {"person_id": AM, "evidence": [calls.office.photo("other")]})
    assert added["version"] == 4
    calls.call("GET", f"{path}/form.pdf", status=404)
    calls.office.at("2026-11-04 10:00")
    # The second check brings the form with it: the answer names the version after both.
    assert calls.check(change_no, MS)["version"] == calls.version(change_no) == 6
    assert calls.call("GET", f"{path}/form.pdf").data.startswith(b"%PDF-")
    said = calls.change(change_no)
    assert (said["next"], said["submission"]) == ({"act": "sign", "role": "account_manager"}, 2)
    assert [step["act"] for step in said["steps"]] == ["draft", "apply", "check", "add_evidence", "check", "prepare"]
    listed = calls.call("GET", f"{CHANGES}?state=verified&licence_no={VISITED}").json
    assert [row["change_no"] for row in listed["segment_changes"]] == [change_no]
    assert calls.call("GET", f"{CHANGES}?state=draft").json["segment_changes"] == []


def test_the_list_is_walked_page_by_page(office_at):
    calls = OfficeCalls(office_at("furnished"))
    calls.office.at("2026-11-02 09:00")
    numbers = [calls.apply(licence_no)["change_no"] for licence_no in OF_LI]
    seen, cursor = [], ""
    while cursor is not None:
        page = calls.call("GET", f"{CHANGES}?limit=1{cursor and '&cursor=' + cursor}").json
        seen += [row["change_no"] for row in page["segment_changes"]]
        cursor = page["next_cursor"]
    assert seen == numbers[::-1]


def test_a_person_the_office_does_not_know_makes_no_check(office_at, road):
    calls = OfficeCalls(office_at("applied"))
    assert calls.check(road.change_no, "P99", status=403)["code"] == "person.not_acting"
    assert calls.check(road.change_no, MS, status=403)["code"] == "change.role_missing"


def test_a_photo_that_was_never_uploaded_is_named_by_its_place(office_at, road):
    calls = OfficeCalls(office_at("applied"))
    calls.office.later(hours=1)
    photos = [{"digest": calls.office.upload()}, {"digest": "sha256:" + "0" * 64}]
    refused = calls.check(road.change_no, AM, status=422, photos=photos)
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [
        ("/photos/1/digest", "evidence.unknown")
    ]


def test_a_photo_is_uploaded_named_in_a_request_and_read_through_it(office_at):
    calls = OfficeCalls(office_at("furnished"))
    calls.office.at("2026-11-02 09:00")
    data = jpeg("storefront of the morning")
    query = "name=门头.jpg&taken_at=2026-11-02T08:40:00%2B08:00&latitude=30.592800&longitude=114.305500"
    uploaded = calls.upload(f"{API}/evidence?{query}", data)
    evidence = [*calls.office.evidence("storefront"), {"kind": "storefront", "digest": uploaded["digest"]}]
    answer = calls.apply(evidence=evidence)
    assert (answer["accepted"], answer["gates"]) == (True, {"apply": [], "verify": []})
    (file,) = [one for one in calls.change(answer["change_no"])["evidence"] if one["kind"] == "storefront"]
    assert (file["name"], file["taken_at"]) == ("门头.jpg", "2026-11-02T00:40:00.000Z")
    assert calls.call("GET", file["content"]).data == data


def test_the_same_request_again_gets_the_same_number(office_at):
    calls = OfficeCalls(office_at("furnished"))
    calls.office.at("2026-11-02 09:00")
    asked = calls.office.application()
    headers = {"Authorization": f"Bearer {calls._credential}", "Idempotency-Key": "once"}
    first = calls._client.post(CHANGES, headers=headers, json=asked)
    second = calls._client.post(CHANGES, headers=headers, json=asked)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json == {**first.json, "replayed": True}


def test_a_report_of_the_day_is_answered_with_what_it_did(office_at, road):
    calls = OfficeCalls(office_at("filed"))
    calls.office.at("2026-12-01 00:10")
    said = calls.event("daily")
    assert (said["effective"], said["archived"]) == ([road.change_no], [])
    assert calls.change(road.change_no)["state"] == "effective"
