"""The form and its signatures: fixed content, own layers, witnesses, and what makes a signature void."""

from dataclasses import replace

import pytest

from app.audit.finding import Outcome
from app.office.people import Role
from app.office.segment_change import ChangeState, SegmentChange, SigningMethod
from app.review import refusals
from app.review.change_ending import record_review, reject, withdraw
from app.review.change_signing import archive_form, attach_form, needs_review_note, sign_layer
from app.review.change_steps import Act, next_step
from app.review.segment_change import add_evidence, apply_for_change, draft_change
from tests.changes import (
    AM,
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
    form,
    person,
    prepared,
    signature,
)

SO2 = person("SO2", Role.SUPERVISION_OFFICER)
BY_HAND = {"method": SigningMethod.HANDWRITTEN, "scan_digest": "sha256:scan"}


def unsigned() -> SegmentChange:
    return change(ChangeState.VERIFIED, form=form(0))


def test_both_who_checked_sign_first_and_nobody_in_their_stead():
    one = unsigned()
    assert (next_step(one).act, next_step(one).layer) == (Act.SIGN, 1)
    with pytest.raises(refusals.NotYours):
        approve(one, acting(OTHER_AM, "2026-11-04 12:00"))
    with pytest.raises(refusals.RoleMissing):
        approve(one, acting(MS, "2026-11-04 12:00"))
    one = approve(one, acting(AM, "2026-11-04 12:00"))
    with pytest.raises(refusals.NotYours):
        approve(one, acting(person("MS2", Role.MARKET_SUPERVISOR), "2026-11-04 13:00"))
    one = approve(one, acting(MS, "2026-11-04 13:00"))
    assert (one.state, next_step(one).act, next_step(one).layer) == (ChangeState.VERIFIED, Act.APPROVE, 3)


def test_nothing_is_signed_before_the_form_is_prepared():
    with pytest.raises(refusals.WrongState):
        sign_layer(change(ChangeState.VERIFIED, form=None), acting(AM, "2026-11-04 12:00"),
                   signature(1, "AM", at("2026-11-04 12:00")))  # fmt: skip


def test_a_signature_is_of_the_layer_and_person_it_says():
    with pytest.raises(refusals.WrongState):
        sign_layer(unsigned(), acting(AM, "2026-11-04 12:00"), signature(2, "AM", at("2026-11-04 12:00")))
    with pytest.raises(refusals.WrongState):
        sign_layer(unsigned(), acting(AM, "2026-11-04 12:00"), signature(1, "MS", at("2026-11-04 12:00")))
    with pytest.raises(refusals.TimeOrder):
        sign_layer(unsigned(), acting(AM, "2026-11-04 12:00"), signature(1, "AM", at("2026-11-04 11:00")))


@pytest.mark.parametrize("rule", ["TRL-04", "TRL-06"])
@pytest.mark.parametrize("outcome", [Outcome.BLOCK, Outcome.NOT_EVALUABLE])
def test_an_invalid_signature_closes_every_layer(rule, outcome):
    with pytest.raises(refusals.GateClosed):
        approve(unsigned(), acting(AM, "2026-11-04 12:00", outcomes={rule: outcome}))


def test_another_content_makes_every_signature_void():
    one = approve(unsigned(), acting(AM, "2026-11-04 12:00"))
    more = add_evidence(one, (file(digest="sha256:new"),), acting(AM, "2026-11-04 14:00"))
    assert (more.form, next_step(more).act, more.form_revisions) == (None, Act.PREPARE, 1)
    again = prepared(more, at("2026-11-04 14:01"))
    assert (again.form.revision, again.form.signatures, again.form_revisions) == (2, (), 2)


def test_once_the_market_manager_has_signed_nothing_is_added():
    with pytest.raises(refusals.WrongState):
        add_evidence(change(ChangeState.IN_APPROVAL), (file(digest="sha256:new"),), acting(AM, "2026-11-05 14:00"))


def test_a_form_is_the_next_revision_and_unsigned():
    bare = change(ChangeState.VERIFIED, form=None)
    for wrong in (form(1, 2), replace(form(), revision=1), replace(form(), revision=3)):
        with pytest.raises(refusals.WrongState):
            attach_form(bare, wrong)
    with pytest.raises(refusals.WrongState):
        attach_form(unsigned(), form(0, 2))


def test_a_handwritten_signature_needs_scan_and_an_officer_who_is_nobody_else_here():
    one = change(ChangeState.VERIFIED)
    seen = acting(SO2, "2026-11-05 09:00")
    signed = approve(one, acting(MM, "2026-11-05 09:00"), witness=seen, **BY_HAND)
    assert (signed.form.signatures[2].witness, signed.approvals[0].person_id) == ("SO2", "MM")
    with pytest.raises(refusals.PaperMissing):
        approve(one, acting(MM, "2026-11-05 09:00"), **BY_HAND)
    with pytest.raises(refusals.PaperMissing):
        approve(one, acting(MM, "2026-11-05 09:00"), witness=seen, method=SigningMethod.HANDWRITTEN)
    with pytest.raises(refusals.RoleMissing):
        approve(one, acting(MM, "2026-11-05 09:00"), witness=acting(ML, "2026-11-05 09:00"), **BY_HAND)
    with pytest.raises(refusals.NotYours):
        approve(one, acting(MM, "2026-11-05 09:00"),
                witness=acting(SO2, "2026-11-05 09:00", on_behalf_of=SO), **BY_HAND)  # fmt: skip
    with pytest.raises(refusals.PaperMissing):
        approve(one, acting(MM, "2026-11-05 09:00"), witness=seen)


def test_a_witness_signs_no_layer_and_inspects_nothing_later():
    one = change(ChangeState.VERIFIED)
    one = approve(one, acting(MM, "2026-11-05 09:00"), witness=acting(SO, "2026-11-05 09:00"), **BY_HAND)
    one = approve(one, acting(ML, "2026-11-06 09:00"), "复核")
    with pytest.raises(refusals.DutyConflict) as refused:
        approve(one, acting(SO, "2026-11-09 09:00"))
    assert "见证" in refused.value.detail.zh


@pytest.mark.parametrize(("favourable", "needed"), [(True, True), (None, True), (False, False)])
def test_only_the_leader_must_write_and_only_when_scarce_supply_may_be_gained(favourable, needed):
    one = change(ChangeState.IN_APPROVAL, favourable=favourable)
    assert needs_review_note(one, next_step(one)) is needed
    assert not needs_review_note(change(ChangeState.VERIFIED), next_step(change(ChangeState.VERIFIED)))


def test_a_form_is_archived_once_when_all_have_signed():
    one = archive_form(change(ChangeState.APPROVED), "sha256:archived", at("2026-11-09 10:00"))
    assert one.form.current_digest == "sha256:archived"
    for wrong in (one, change(ChangeState.IN_APPROVAL), change(ChangeState.VERIFIED, form=None)):
        with pytest.raises(refusals.WrongState):
            archive_form(wrong, "sha256:x", at("2026-11-10 10:00"))


def test_who_signed_or_filed_does_not_inspect():
    one = change(ChangeState.EFFECTIVE)
    with pytest.raises(refusals.DutyConflict):
        record_review(one, acting(SO, "2027-01-20 10:00"), fits=True)
    filed_by_other = replace(one, filing=replace(one.filing, filed_by="SO2"))
    with pytest.raises(refusals.DutyConflict):
        record_review(filed_by_other, acting(SO2, "2027-01-20 10:00"), fits=True)
    third = person("SO3", Role.SUPERVISION_OFFICER)
    assert record_review(filed_by_other, acting(third, "2027-01-20 10:00"), fits=True).state is ChangeState.REVIEWED


def test_who_checked_may_still_reject_instead_of_signing():
    one = approve(unsigned(), acting(AM, "2026-11-04 12:00"))
    with pytest.raises(refusals.NotYours):
        reject(one, acting(person("MS2", Role.MARKET_SUPERVISOR), "2026-11-04 13:00"), "other", "x")
    assert reject(one, acting(MS, "2026-11-04 13:00"), "facts_do_not_fit", "面积不足").state is ChangeState.REJECTED


def test_a_draft_waits_for_its_account_manager_and_is_entered_again():
    draft = draft_change("NG-YT-202611-001", application(shop_name=None), evidence(), at("2026-11-02 09:00"))
    assert (draft.state, next_step(draft).act, draft.submission) == (ChangeState.DRAFT, Act.APPLY, 1)
    again = apply_for_change(
        draft.change_no, application(), draft.evidence, acting(AM, "2026-11-03 09:00"),
        favourable=True, earlier=(draft,), submission=2,
    )  # fmt: skip
    assert (again.state, again.submission) == (ChangeState.APPLIED, 2)
    gone = withdraw(draft, acting(AM, "2026-11-03 09:00"), "entered_in_error", "录错")
    assert gone.state is ChangeState.WITHDRAWN
    with pytest.raises(refusals.WrongState):
        reject(draft, acting(AM, "2026-11-03 09:00"), "other", "x")
