"""The approval form of a segment change and its five signatures, one after another. Pure transitions.

The form is fixed before anybody signs it. A signature is put under one content; another content is another form, and
nobody has signed it. Source: domain/workflows.md, WF-1; domain/documents.md, D03.
"""

from dataclasses import replace
from datetime import datetime

from app.core.text import Bilingual
from app.office.people import Role
from app.office.segment_change import (
    CHAIN,
    Approval,
    ChangeState,
    Form,
    FormSignature,
    SegmentChange,
    SigningMethod,
)
from app.review.change_guards import check_time, expect, require_own_layer, wrong
from app.review.change_steps import Act, Step, next_step
from app.review.duties import Acting, check_distinct, check_gates, check_person
from app.review.refusals import DutyConflict, NotYours, PaperMissing, WrongState


def attach_form(change: SegmentChange, form: Form) -> SegmentChange:
    """Return the request with the form to be signed.

    Raises:
        WrongState: it has a form already, the checks are not complete, or ``form`` is not the next revision, unsigned.
        TimeOrder: prepared before the last step.
    """
    expect(change, Act.PREPARE)
    if form.revision != change.form_revisions + 1 or form.signatures or form.archived_digest is not None:
        raise wrong(change, Act.PREPARE)
    check_time(change, form.prepared_at, or_same=True)
    return replace(change, form=form, form_revisions=form.revision)


def waits_for_signature(change: SegmentChange) -> Step:
    """Return the step of the signature the request waits for.

    Raises:
        WrongState: it waits for something else.
    """
    step = next_step(change)
    if step is None or step.act not in (Act.SIGN, Act.APPROVE):
        raise wrong(change, Act.SIGN)
    return step


def require_signer(change: SegmentChange, acting: Acting, witness: Acting | None = None) -> Step:
    """Return the step in which ``acting`` may sign now, before anything is signed.

    Args:
        change: the request.
        acting: whose layer it is.
        witness: the supervision officer who saw a handwritten signature; None for an electronic one.

    Raises:
        WrongState: no signature is waited for.
        RoleMissing, DutyConflict, NotYours: the person may not sign this layer, or the witness may not witness it.
        TimeOrder: not later than the step before.
        GateClosed: a blocking rule of the layer does not hold.
    """
    step = waits_for_signature(change)
    assert step.role is not None
    assert step.layer is not None
    check_person(acting, step.role)
    if step.act is Act.SIGN:
        require_own_layer(change, step, acting)
    else:
        check_distinct(change, acting)
    if witness is not None:
        _check_witness(change, acting, witness)
    check_time(change, acting.at)
    check_gates(acting.outcomes, step.gates)
    return step


def sign_layer(
    change: SegmentChange, acting: Acting, signature: FormSignature, witness: Acting | None = None
) -> SegmentChange:
    """Return the request with the signature it waits for; after layer 5 it is approved.

    Raises:
        WrongState: no signature is waited for, or that of another layer.
        RoleMissing, DutyConflict, NotYours, TimeOrder, GateClosed: as :func:`require_signer`.
        PaperMissing: the marketing leader gives no second-level review note although scarce cartons are gained, or it
            could not be told whether they are; or a handwritten signature comes without scan or witness.
    """
    step = require_signer(change, acting, witness)
    form = change.form
    assert form is not None
    assert step.layer is not None
    assert step.role is not None
    if signature.layer != step.layer or signature.person_id != acting.person.person_id:
        raise WrongState(
            Bilingual(f"现在应签署第{step.layer}层。", f"It is layer {step.layer} that is to be signed now.")
        )
    check_time(change, signature.signed_at)
    _check_method(signature, witness)
    if needs_review_note(change, step) and not signature.opinion.strip():
        raise PaperMissing(
            Bilingual(
                "变更后紧俏货源增加(或无法测算),须写明二级复核意见。",
                "Scarce supply is gained (or it cannot be told): a second-level review note is needed.",
            )
        )
    signed = replace(change, form=replace(form, signatures=(*form.signatures, signature)))
    if step.act is Act.SIGN:
        return signed
    principal = acting.on_behalf_of.person_id if acting.on_behalf_of else None
    note = signature.opinion.strip() or None
    approval = Approval(step.layer, step.role, signature.person_id, signature.signed_at, note, principal)
    state = ChangeState.APPROVED if step.layer == len(CHAIN) else ChangeState.IN_APPROVAL
    return replace(signed, approvals=(*change.approvals, approval), state=state)


def needs_review_note(change: SegmentChange, step: Step) -> bool:
    """Return whether the signature of ``step`` needs words: the second-level review note of WF-1, 4."""
    return step.role is Role.MARKETING_LEADER and change.favourable is not False


def archive_form(change: SegmentChange, digest: str, at: datetime) -> SegmentChange:
    """Return the request with its form archived: the file of ``digest`` validates offline for years.

    Raises:
        WrongState: somebody has still to sign, or it is archived already.
    """
    form = change.form
    if form is None or len(form.signatures) != len(CHAIN) or form.archived_digest is not None:
        raise wrong(change, Act.ARCHIVE)
    return replace(change, form=replace(form, archived_digest=digest, archived_at=at))


def _check_witness(change: SegmentChange, acting: Acting, witness: Acting) -> None:
    check_person(witness, Role.SUPERVISION_OFFICER)
    if witness.on_behalf_of is not None:
        raise NotYours(Bilingual("见证须由本人办理。", "A witness acts in person."))
    check_distinct(change, witness)
    if witness.person.person_id == acting.person.person_id:
        raise DutyConflict(Bilingual("本人不能见证自己的签名。", "Nobody witnesses the own signature."))


def _check_method(signature: FormSignature, witness: Acting | None) -> None:
    by_hand = signature.method is SigningMethod.HANDWRITTEN
    said = signature.witness if witness is None else witness.person.person_id
    if by_hand and (witness is None or not signature.scan_digest):
        raise PaperMissing(
            Bilingual("手写签名须有扫描件和内管人员见证。", "A handwritten signature needs a scan and a witness.")
        )
    if signature.witness != said or (not by_hand and witness is not None):
        raise PaperMissing(Bilingual("签名方式与见证人不符。", "The method and the witness do not agree."))
