"""One segment change from the application to the look afterwards, as a supervision officer would follow it."""

import json
from datetime import date

import pytest

from app.actions.change_keeping import LOG_NAMES
from app.actions.close_change import withdraw_change
from app.actions.compare_with_log import compare_with_log
from app.actions.read_change_form import read_change_form
from app.actions.sign_change_layer import PaperInput
from app.actions.verify_log import verify_own_log
from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import rulebook_from_files
from app.audit.fact import FactSet
from app.core.canonical import digest_of, sha256_hex
from app.core.errors import AppError
from app.office.segment_change import ChangeState, SigningMethod
from app.office.segment_change_json import change_digest
from app.review.change_steps import Act
from app.store.values import EvaluationFilter
from tests.actions.segment_change_office import (
    AM,
    ML,
    MM,
    MS,
    NOTE,
    SCARCE_CARTONS,
    SO,
    SO2,
    STORE,
    SUPERMARKET,
    jpeg,
    position,
)
from tests.actions.tiny_office import VISITED

FAR = 400
"""Metres."""


def whole_log(office, change_no):
    """The log entries of the acts on a request, oldest first."""
    return [event for event in office.log() if event.subject.get("id") == change_no and "act" in event.body]


@pytest.mark.slow
def test_a_shop_becomes_a_supermarket(change_office):  # noqa: PLR0915  # one road, read from top to bottom
    office = change_office

    # 11月2日，客户经理李晓梅录入申请，材料齐全；测算显示紧俏货源增加，预警不阻断。
    office.at("2026-11-02 09:00")
    said = office.apply()
    change_no = said.body["change_no"]
    assert change_no == "NG-YT-202611-001"
    assert (said.body["state"], said.body["accepted"], said.body["version"]) == ("applied", True, 1)
    assert said.rules["SEG-11"] == "flag"
    assert str(SCARCE_CARTONS) in said.sentence("SEG-11")
    assert said.body["gates"] == {"apply": [], "verify": []}

    # 11月3日，李晓梅到店核查；11月4日，市管员孙卫东到店核查。两份齐全，系统生成审批表。
    office.at("2026-11-03 10:00")
    assert office.check(change_no, AM).state == "applied"
    office.at("2026-11-04 10:00")
    assert office.view(change_no, MS).may[0].act is Act.CHECK
    reply = office.check(change_no, MS)
    assert (reply.state, reply.version) == ("verified", 4)
    assert office.acts(change_no) == ["apply", "check", "check", "prepare"]

    # 两位核查人先后签名；没有签名的人等着。
    office.at("2026-11-04 10:30")
    office.sign(change_no, AM, "情况属实")
    office.at("2026-11-04 11:00")
    office.sign(change_no, MS)
    view = office.view(change_no, MM)
    assert [layer.person_name for layer in view.layers[:2]] == ["李晓梅", "孙卫东"]
    assert view.missing[0].zh == "缺少第3层签名：市场经理"
    assert (view.next_act, view.due_on) == (Act.APPROVE, date(2026, 11, 9))

    # 市场经理陈立、分管领导周正（须写二级复核意见）、内管人员吴明依次审批。
    office.at("2026-11-05 09:00")
    assert office.sign(change_no, MM).state == "in_approval"
    office.at("2026-11-06 09:00")
    with pytest.raises(AppError) as refused:
        office.sign(change_no, ML)
    assert refused.value.code == "change.paper_missing"
    assert office.sign(change_no, ML, NOTE).state == "in_approval"
    office.at("2026-11-09 09:00")
    assert office.sign(change_no, SO).state == "approved"

    # 吊销列表须晚于最后一个签名：当晚的每日任务归档。
    assert office.change(change_no).form.archived_at is None
    office.at("2026-11-09 23:00")
    report = office.run_day()
    assert (report.archived, report.effective) == ((change_no,), ())
    archived = read_change_form(office.deps, office.person(SO), change_no)
    assert office.change(change_no).form.archived_digest == f"sha256:{sha256_hex(archived)}"

    # 11月10日备案，12月1日生效；在此之前业态不变。
    office.at("2026-11-10 10:00")
    office.file(change_no)
    filed = office.change(change_no)
    assert (filed.filing.filing_no, filed.effective_on) == ("NG-BA-202611-001", date(2026, 12, 1))
    office.at("2026-11-30 23:59")
    assert office.run_day().effective == ()
    assert office.format_of(VISITED) == STORE
    office.at("2026-12-01 00:05")
    assert office.run_day().effective == (change_no,)
    assert office.run_day().effective == ()
    assert office.format_of(VISITED) == SUPERMARKET
    assert office.format_of(VISITED, date(2026, 11, 30)) == STORE

    # 12月20日，没有参与过本变更的郑洁到店复查。
    office.at("2026-12-20 10:00")
    assert office.review(change_no, SO2).state == "reviewed"
    assert office.view(change_no).next_act is None

    # 每一步一条日志，日志里的摘要就是那一步之后的申请。
    with office.deps.store.read() as uow:
        steps = uow.segment_changes.steps(change_no)
        digests = [change_digest(uow.segment_changes.at_version(change_no, step.version)) for step in steps]
    events = whole_log(office, change_no)
    acts = [event for event in events if event.name != "segment_change.refused"]
    assert [event.name for event in acts] == [LOG_NAMES[step.act] for step in steps]
    assert [event.body["change_digest"] for event in acts] == digests
    assert [step.act for step in steps] == [
        "apply", "check", "check", "prepare", "sign", "sign", "sign", "sign", "sign", "archive", "file", "take_effect",
        "review",
    ]  # fmt: skip
    assert [step.version for step in steps] == list(range(1, 14))


@pytest.mark.slow
def test_every_evaluation_of_the_road_replays_to_the_same_judgement(office_at):
    office = office_at("reviewed")
    evaluator, events = Evaluator(), set()
    with office.deps.store.read() as uow:
        heads = uow.evaluations.page(EvaluationFilter(), limit=100).items
        for head in heads:
            stored = uow.evaluations.get(head.evaluation_id)
            kept = json.loads(uow.rulebooks.get(stored.rulebook_digest))
            facts = FactSet.from_json(json.loads(uow.blobs.get(stored.facts_digest)))
            rulebook = rulebook_from_files(kept["files"], kept["event"], date.fromisoformat(kept["day"]))
            judgement = evaluator.judge(rulebook, facts).as_json()
            assert (rulebook.digest, judgement) == (stored.rulebook_digest, stored.findings_json), head.evaluation_id
            assert digest_of(judgement) == stored.judgement_digest
            events.add(stored.event)
    assert events == {
        "on_change_request", "before_layer1", "on_sign", "on_approval", "on_verify", "on_effect", "daily",
    }  # fmt: skip


@pytest.mark.slow
def test_what_is_on_record_agrees_with_the_log(office_at):
    office = office_at("reviewed")
    assert verify_own_log(office.deps).ok
    assert compare_with_log(office.deps.store) == ()


# --- what is not accepted -------------------------------------------------------------------------------------------


def test_a_request_that_lacks_something_is_a_draft_with_its_number_and_is_entered_again(change_office):
    office = change_office
    office.at("2026-11-02 09:00")
    first = office.apply(reason_text=None, contact=None)
    assert (first.body["state"], first.body["accepted"], first.rules["SEG-01"]) == ("draft", False, "block")
    (reason,) = first.body["reasons"]
    assert "原因说明" in reason["zh"]
    assert "联系方式" in reason["zh"]
    change_no = first.body["change_no"]
    assert office.view(change_no, AM).refusals[0].zh == reason["zh"]
    second = office.apply(office.application(evidence=[]), change_no=change_no)
    assert (second.body["change_no"], second.body["state"], second.body["version"]) == (change_no, "applied", 2)
    # What was brought once stays with it, although nothing was named again.
    assert len(office.change(change_no).evidence) == 6
    assert office.change(change_no).submission == 2
    assert office.acts(change_no) == ["draft", "apply"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"holder_name": "别人"}, "SEG-13"),
        ({"address": "示例县西街9号"}, "SEG-13"),
        ({"proposed_segment": STORE}, "SEG-01"),
        ({"proposed_segment": "量贩"}, "SEG-01"),
        ({"reason_code": "because"}, "SEG-01"),
    ],
)
def test_a_request_the_licence_or_the_list_disagrees_with_is_a_draft(change_office, changes, rule):
    change_office.at("2026-11-02 09:00")
    said = change_office.apply(**changes)
    assert (said.body["state"], said.rules[rule]) == ("draft", "block")
    assert said.body["gates"]["apply"] == [rule]


def test_a_second_request_of_a_shop_waits_until_the_first_is_finished(office_at, road):
    office = office_at("applied")
    said = office.apply()
    assert said.body["state"] == "draft"
    assert road.change_no in said.body["reasons"][0]["zh"]
    office.later(minutes=1)
    office.withdraw(road.change_no)
    again = office.apply(office.application(), change_no=said.body["change_no"])
    assert again.body["state"] == "applied"


def test_a_number_entered_in_error_is_void_and_the_register_keeps_it(office_at, road):
    office = office_at("applied")
    office.later(minutes=1)
    office.withdraw(road.change_no, code="entered_in_error")
    with office.deps.store.read() as uow:
        (entry,) = uow.registers.entries("YT", 2026)
    assert (entry.number, entry.voided_by, entry.void_reason) == (road.change_no, AM, "客户撤回")


# --- acts that are refused ------------------------------------------------------------------------------------------

REFUSALS = {
    "the market supervisor checks first": ("applied", lambda o, no: o.check(no, MS), "change.role_missing"),
    "one person makes both checks": ("checked", lambda o, no: o.check(no, AM), "change.role_missing"),
    "somebody of another territory checks": ("applied", lambda o, no: o.check(no, "P02"), "object.not_found"),
    "a check without a version": ("applied", lambda o, no: o.check(no, AM, version=0), "version.stale"),
    "the market supervisor signs first": ("verified", lambda o, no: o.sign(no, MS), "change.role_missing"),
    "the market manager signs before layer 2": ("layer_1", lambda o, no: o.sign(no, MM), "change.role_missing"),
    "the leader signs in the manager's stead": ("layer_2", lambda o, no: o.sign(no, ML), "change.role_missing"),
    "the manager signs twice": ("layer_3", lambda o, no: o.sign(no, MM), "change.role_missing"),
    "the leader gives no review note": ("layer_3", lambda o, no: o.sign(no, ML), "change.paper_missing"),
    "a wrong PIN": ("layer_2", lambda o, no: o.sign(no, MM, pin="wrong and wrong"), "pin.wrong"),
    "another content": ("layer_2", lambda o, no: o.sign(no, MM, content_digest="0" * 64), "signing.content_changed"),
    "an old version": ("layer_2", lambda o, no: o.sign(no, MM, version=4), "version.stale"),
    "the market manager files": ("approved", lambda o, no: o.file(no, MM), "permission.denied"),
    "filing before everybody signed": ("layer_4", lambda o, no: o.file(no), "change.wrong_state"),
    "signing what is filed": ("filed", lambda o, no: o.sign(no, SO), "change.wrong_state"),
    "withdrawing what is filed": ("filed", lambda o, no: o.withdraw(no), "change.wrong_state"),
    "somebody else withdraws": ("applied", lambda o, no: o.withdraw(no, "P02"), "object.not_found"),
    "the market supervisor withdraws": ("applied", lambda o, no: o.withdraw(no, MS), "permission.denied"),
    "rejecting out of turn": ("layer_2", lambda o, no: o.reject(no, SO), "change.role_missing"),
    "rejecting without words": ("layer_2", lambda o, no: o.reject(no, MM, text=" "), "change.paper_missing"),
    "rejecting for no known reason": ("layer_2", lambda o, no: o.reject(no, MM, code="why"), "change.paper_missing"),
    "reviewing before the effect": ("filed", lambda o, no: o.review(no), "change.wrong_state"),
    "the officer of layer 5 reviews": ("effective", lambda o, no: o.review(no, SO), "change.duty_conflict"),
    "evidence after layer 3": ("layer_3", lambda o, no: o.add_evidence(no), "change.wrong_state"),
    "evidence from the market manager": ("applied", lambda o, no: o.add_evidence(no, person=MM), "permission.denied"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSALS)
def test_an_act_out_of_turn_is_refused_and_changes_nothing(office_at, road, name):
    stop, act, code = REFUSALS[name]
    office = office_at(stop)
    office.later(minutes=1)
    before = office.version(road.change_no), office.change(road.change_no)
    with pytest.raises(AppError) as refused:
        act(office, road.change_no)
    assert refused.value.code == code
    assert (office.version(road.change_no), office.change(road.change_no)) == before


def test_an_act_that_names_no_version_is_refused(office_at, road):
    office = office_at("applied")
    with pytest.raises(AppError) as refused:
        withdraw_change(office.deps, office.person(AM), road.change_no, None, "other", "撤回")
    assert (refused.value.code, refused.value.status) == ("version.missing", 428)


def test_a_signature_needs_a_code_when_the_last_proof_of_presence_is_old(office_at, road):
    office = office_at("layer_2")
    office.later(minutes=1)
    office.person(MM)
    office.later(minutes=20)
    actor = office.person_as_before(MM)
    with pytest.raises(AppError) as stale:
        office.sign(road.change_no, MM, actor=actor)
    assert stale.value.code == "session.stale"
    with pytest.raises(AppError) as wrong:
        office.sign(road.change_no, MM, actor=actor, totp="000000")
    assert wrong.value.code == "second_factor.wrong"
    assert office.sign(road.change_no, MM, actor=actor, totp=office.code(MM)).state == "in_approval"


# --- attempts on record ---------------------------------------------------------------------------------------------


def test_a_check_far_from_the_licensed_address_is_refused_and_the_attempt_stays_on_record(office_at, road):
    office = office_at("checked")
    office.at("2026-11-04 10:00")
    with pytest.raises(AppError) as refused:
        office.check(road.change_no, MS, position=position(FAR))
    assert refused.value.code == "change.gate_closed"
    (entry,) = office.refusals()
    assert (entry["act"], entry["person"], entry["code"]) == ("check", MS, "change.gate_closed")
    evaluation = office.evaluation(entry["evaluations"][0])
    assert (evaluation["event"], evaluation["outcomes"]["SEG-03"]) == ("before_layer1", "block")
    assert office.acts(road.change_no) == ["apply", "check"]
    # The second check in the right place goes on from there.
    office.later(minutes=5)
    assert office.check(road.change_no, MS).state == "verified"


@pytest.mark.slow
def test_the_officer_of_layer_5_who_tries_to_look_afterwards_stays_on_record(office_at, road):
    office = office_at("effective")
    office.at("2026-12-20 10:00")
    with pytest.raises(AppError):
        office.review(road.change_no, SO)
    (entry,) = office.refusals()
    assert (entry["act"], entry["person"], entry["code"]) == ("review", SO, "change.duty_conflict")
    # The rules look at who entered it; that the officer signed is for the road to say.
    assert [office.evaluation(one)["outcomes"] for one in entry["evaluations"]] == []


@pytest.mark.slow
def test_new_evidence_voids_the_form_with_its_signatures_and_the_log_keeps_them(office_at, road):
    office = office_at("layer_2")
    before = office.change(road.change_no).form
    office.later(minutes=5)
    reply = office.add_evidence(road.change_no)
    after = office.change(road.change_no).form
    assert (after.revision, after.signatures) == (2, ())
    assert after.content_digest != before.content_digest
    assert office.acts(road.change_no)[-2:] == ["add_evidence", "prepare"]
    assert reply.version == office.version(road.change_no)
    voided = next(event for event in office.log() if event.name == "segment_change.evidence_added")
    assert voided.body["void_form"] == {"revision": 1, "content_digest": before.content_digest}
    assert voided.body["void_signatures"] == [[1, AM], [2, MS]]
    # Both look again and sign again.
    office.later(minutes=5)
    office.sign(road.change_no, AM)
    office.later(minutes=5)
    assert office.sign(road.change_no, MS).state == "verified"
    assert len(office.change(road.change_no).form.signatures) == 2


@pytest.mark.slow
def test_a_signature_on_paper_counts_by_its_scan_and_its_witness(office_at, road):
    office = office_at("layer_2")
    office.at("2026-11-05 09:00")
    paper = PaperInput(MM, office.upload(jpeg("scan of the signed sheet"), name="签字页.jpg"))
    # Who will decide in layer 5 is no witness of layer 3, when that is known; an officer without part is.
    assert office.sign(road.change_no, SO2, "同意", paper=paper).state == "in_approval"
    signature = office.change(road.change_no).form.signatures[2]
    assert (signature.person_id, signature.witness, signature.method) == (MM, SO2, SigningMethod.HANDWRITTEN)
    assert office.view(road.change_no).layers[2].witness_name == "郑洁"
    office.at("2026-11-06 09:00")
    office.sign(road.change_no, ML, NOTE)
    office.at("2026-11-09 09:00")
    # The witness has had a part and cannot be layer 5.
    with pytest.raises(AppError) as refused:
        office.sign(road.change_no, SO2)
    assert refused.value.code == "change.duty_conflict"
    assert [entry["code"] for entry in office.refusals()] == ["change.duty_conflict"]
    assert office.sign(road.change_no, SO).state == "approved"
    office.at("2026-11-10 10:00")
    with pytest.raises(AppError) as filing:
        office.file(road.change_no, SO2)
    assert filing.value.code == "change.duty_conflict"
    office.file(road.change_no, SO)
    assert office.state(road.change_no) is ChangeState.FILED
    with pytest.raises(AppError) as revoking:
        office.revoke(road.change_no, SO2)
    assert revoking.value.code == "change.duty_conflict"
    assert [entry["act"] for entry in office.refusals()] == ["sign", "file", "revoke"]


def test_a_witness_must_be_an_officer_and_another_person(office_at, road):
    office = office_at("layer_2")
    office.at("2026-11-05 09:00")
    scan = office.upload(jpeg("scan"))
    for person, paper, code in (
        (MM, PaperInput(MM, scan), "change.role_missing"),
        (SO2, PaperInput("P02", scan), "change.role_missing"),
        (SO2, PaperInput(MM, "sha256:" + "0" * 64), "request.invalid"),
    ):
        with pytest.raises(AppError) as refused:
            office.sign(road.change_no, person, paper=paper)
        assert refused.value.code == code


# --- the end --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_revoking_what_is_in_effect_restores_the_format_from_a_coming_first(office_at, road):
    office = office_at("effective")
    assert office.format_of(VISITED) == SUPERMARKET
    office.at("2026-12-10 10:00")
    assert office.revoke(road.change_no, SO).state == "revoked"
    assert office.change(road.change_no).closing.ends_on == date(2027, 1, 1)
    assert office.format_of(VISITED, date(2026, 12, 31)) == SUPERMARKET
    assert office.format_of(VISITED, date(2027, 1, 1)) == STORE


@pytest.mark.slow
def test_revoking_what_is_only_filed_leaves_the_format_as_it_was(office_at, road):
    office = office_at("filed")
    office.later(days=1)
    office.revoke(road.change_no, SO2)
    office.at("2026-12-01 00:05")
    assert office.run_day().effective == ()
    assert office.format_of(VISITED) == STORE


@pytest.mark.slow
def test_whoever_looks_afterwards_had_no_part_and_may_find_that_it_does_not_fit(office_at, road):
    office = office_at("effective")
    office.at("2026-12-20 10:00")
    office.review(road.change_no, SO2, fits=False, note="已恢复为便利店")
    review = office.change(road.change_no).review
    assert (review.reviewed_by, review.fits, review.note) == (SO2, False, "已恢复为便利店")


@pytest.mark.slow
def test_a_filing_after_the_snapshot_counts_a_month_later(office_at, road):
    office = office_at("approved")
    office.at("2026-11-15 00:00")
    office.file(road.change_no)
    # Asked for the first of December, approved in time, filed too late for it.
    assert office.change(road.change_no).effective_on == date(2027, 1, 1)
