"""Sign one layer of a segment change: the person's own key, one content, one meaning, one moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.actions.archive_change_forms import with_archive
from app.actions.change_acting import ChangeReply, acting_now, change_seen, person_acting, require_version
from app.actions.change_form_files import (
    FormFile,
    form_file,
    form_outline,
    people_roots,
    signatures_on_file,
    verified,
)
from app.actions.change_judging import Asked, ask_change, ask_signatures, merged
from app.actions.change_keeping import Act, keep_act, keep_refusal
from app.actions.deps import Deps
from app.actions.open_signing_key import OpenKey, open_signing_key
from app.actions.second_factor import prove_presence
from app.core.actor import Actor
from app.core.errors import AppError, Conflict, Fault, Forbidden, Integrity, Invalid
from app.core.text import Bilingual
from app.office.people import Person
from app.office.permission import Permission
from app.office.segment_change import (
    CHAIN,
    Approval,
    ChangeState,
    FormSignature,
    SegmentChange,
    SigningMethod,
)
from app.reports.fonts import load_fonts
from app.reports.signed_form import Standing
from app.reports.signing import SignedStep, SigningRefused, sign_step
from app.reports.signing_places import Outline
from app.reports.signing_words import layer_statement, witness_statement
from app.review.change_signing import needs_review_note, require_signer, sign_layer, waits_for_signature
from app.review.change_steps import Act as StepAct
from app.review.change_steps import Step
from app.review.duties import Acting, check_gates
from app.review.refusals import PaperMissing
from app.store.change_values import StoredChange
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PaperInput:
    """A signature on paper that the officer who signs in its stead has seen."""

    person_id: str
    """Who signed on paper."""
    scan_digest: str
    """``sha256:<hex>`` of the uploaded scan."""


@dataclass(frozen=True, slots=True)
class SigningInput:
    """What somebody gives to sign."""

    content_digest: str
    """Of the content that was shown: 64 hexadecimal digits."""
    opinion: str
    pin: str
    totp: str | None = None
    """A code of the second factor; needed when the last strong sign-in is too long ago."""
    paper: PaperInput | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A signature that is about to be made: who, where, on what."""

    seen: StoredChange
    step: Step
    signer: Acting
    """Whose layer it is."""
    witness: Acting | None
    """Who signs in the stead of a signature on paper."""
    file: FormFile
    prepared: Outline
    asked: tuple[Asked, ...]
    crl: bytes | None

    @property
    def holder(self) -> Person:
        """Whose key signs."""
        return self.witness.person if self.witness else self.signer.person


def sign_change_layer(
    deps: Deps, actor: Actor, change_no: str, version: int | None, given: SigningInput
) -> ChangeReply:
    """Put the signature the request waits for, and keep it; after the fifth, archive the form.

    Nothing is signed that the rules forbid, and every attempt they forbid is on record. Without a time stamp nothing is
    signed.

    Raises:
        NotFound, VersionMissing, VersionStale: see :func:`change_seen`.
        SigningRefused: the content is not the one that was shown.
        WrongState, RoleMissing, DutyConflict, NotYours, TimeOrder, GateClosed, PaperMissing: the person may not sign.
        Forbidden: the PIN or the code is wrong, or there is no valid certificate.
        TimeStampMissing: no authority has answered.
    """
    actor.require(Permission.SIGN_CHANGE)
    at = deps.clock.now()
    attempt = _attempt(deps, actor, change_no, version, given, at)
    _require_writing(attempt, given)
    prove_presence(deps, actor, given.totp)
    opened = open_signing_key(deps, attempt.holder.person_id, given.pin, at)
    signed = _sign(deps, attempt, given, opened, at)
    signature = FormSignature(
        layer=attempt.step.layer or 0,
        person_id=attempt.signer.person.person_id,
        signed_at=signed.stamp.at,
        method=SigningMethod.HANDWRITTEN if given.paper else SigningMethod.ELECTRONIC,
        file_digest=signed.file_digest,
        certificate_digest=signed.certificate_digest,
        opinion=given.opinion.strip(),
        witness=attempt.witness.person.person_id if attempt.witness else None,
        scan_digest=given.paper.scan_digest if given.paper else None,
    )
    reply, state = _keep(deps, actor, attempt, signature, signed, at)
    return with_archive(deps, reply) if state is ChangeState.APPROVED else reply


def _attempt(
    deps: Deps, actor: Actor, change_no: str, version: int | None, given: SigningInput, at: datetime
) -> Attempt:
    """Return the attempt, when person, order, time and the rules on the request allow it."""
    asked: tuple[Asked, ...] = ()
    with deps.store.read() as uow:
        seen = change_seen(uow, actor, change_no, version)
        step = waits_for_signature(seen.change)
        assert step.layer is not None
        signer, witness = _people(uow, actor, given, at)
        file = form_file(uow, seen.change)
        if given.content_digest != file.form.content_digest:
            raise SigningRefused(
                Bilingual(
                    "审批表的内容与您看到的不同，未签名。请刷新后重新核对。",
                    "The form is not the one you were shown; nothing was signed. Reload and look again.",
                )
            )
        if step.act is StepAct.APPROVE:
            attempted = _as_if_signed(seen.change, step, signer.person.person_id, at)
            asked = (ask_change(deps, uow, "on_approval", attempted, at, layer=step.layer)[0],)
        prepared = form_outline(uow, file.form)
        newest = uow.revocation_lists.newest()
    signer = replace(signer, outcomes=merged(*asked))
    try:
        require_signer(seen.change, signer, witness)
    except (Conflict, Forbidden) as refusal:
        keep_refusal(deps, actor, seen.change, seen.version, "sign", signer.person.person_id, asked, refusal, at)
        raise
    crl = newest.der if newest else None
    return Attempt(seen, step, signer, witness, file, prepared, asked, crl)


def _people(uow: UnitOfWork, actor: Actor, given: SigningInput, at: datetime) -> tuple[Acting, Acting | None]:
    """Return whose layer it is and, for a signature on paper, the witness."""
    acting = acting_now(person_acting(uow, actor), at)
    if given.paper is None:
        return acting, None
    faults = []
    if uow.evidence.get(given.paper.scan_digest) is None:
        message = Bilingual("没有这个扫描件，请先上传。", "There is no such scan. Upload it first.")
        faults.append(Fault("/paper/scan_digest", "evidence.unknown", message))
    writer = uow.office.person(given.paper.person_id)
    if writer is None:
        message = Bilingual("名册中没有签署人。", "The office knows nobody of that number.")
        faults.append(Fault("/paper/person_id", "person.unknown", message))
    if faults or writer is None:
        raise Invalid(faults[0].message, faults)
    return acting_now(writer, at), acting


def _as_if_signed(change: SegmentChange, step: Step, person_id: str, at: datetime) -> SegmentChange:
    """Return the request as it would be with the layer signed: what the rules are asked about."""
    assert step.layer is not None
    approval = Approval(step.layer, CHAIN[step.layer - 1], person_id, at)
    state = ChangeState.APPROVED if step.layer == len(CHAIN) else ChangeState.IN_APPROVAL
    return replace(change, approvals=(*change.approvals, approval), state=state)


def _require_writing(attempt: Attempt, given: SigningInput) -> None:
    if needs_review_note(attempt.seen.change, attempt.step) and not given.opinion.strip():
        raise PaperMissing(
            Bilingual(
                "变更后紧俏货源增加(或无法测算),须写明二级复核意见。",
                "Scarce supply is gained (or it cannot be told): a second-level review note is needed.",
            )
        )


def _sign(deps: Deps, attempt: Attempt, given: SigningInput, opened: OpenKey, at: datetime) -> SignedStep:
    layer = attempt.step.layer
    assert layer is not None
    simulated = deps.clock.simulated
    if attempt.witness is None:
        statement = layer_statement(layer, given.opinion, at, simulated=simulated)
    else:
        assert given.paper is not None
        writer = Standing(attempt.signer.person.person_id, attempt.signer.person.name)
        statement = witness_statement(layer, writer, given.paper.scan_digest, given.opinion, at, simulated=simulated)
    return sign_step(
        attempt.file.pdf,
        attempt.file.content,
        attempt.prepared.expected,
        statement,
        opened.key,
        deps.load_time_stamper(),
        people_roots(deps),
        load_fonts(),
        place=attempt.prepared.places[statement.field],
        crl=attempt.crl,
        file_digest=attempt.file.form.current_digest,
    )


def _keep(
    deps: Deps, actor: Actor, attempt: Attempt, signature: FormSignature, signed: SignedStep, at: datetime
) -> tuple[ChangeReply, ChangeState]:
    """Look at the signature with the eyes of a verifier, ask the rules, and keep it; nothing otherwise."""
    seen, change_no = attempt.seen, attempt.seen.change.change_no
    moment = max(at, signature.signed_at)
    refusal: AppError | None = None
    asked: Sequence[Asked] = attempt.asked
    with deps.store.write() as uow:
        newest = uow.segment_changes.get(change_no)
        require_version(newest.version, seen.version)
        finished = signature.layer == len(CHAIN)
        check = verified(deps, attempt.file, signed.pdf, attempt.prepared, moment, unfinished=not finished)
        if not check.ok:
            why = [each.sentence for each in check.checks if not each.passed]
            raise Integrity(Bilingual("".join(one.zh for one in why), " ".join(one.en for one in why)))
        uow.certificates.by_digest(signature.certificate_digest)
        signatures = (*attempt.file.form.signatures, signature)
        on_file = signatures_on_file(uow, seen.change, signatures, check)
        asked = (
            *attempt.asked,
            ask_signatures(deps, uow, "on_sign", seen.change, on_file, attempt.signer.person, moment),
        )
        signer = replace(attempt.signer, outcomes=merged(*asked))
        try:
            check_gates(signer.outcomes, attempt.step.gates)
            change = sign_layer(seen.change, signer, signature, attempt.witness)
        except (Conflict, Forbidden) as stopped:
            refusal = stopped
        else:
            uow.blobs.put(signed.pdf)
            reply = keep_act(deps, uow, actor, change, seen.version + 1, _act(attempt, signature, asked), moment)
            _confirm_claims(uow, change_no, signature, moment)
            return reply, change.state
    keep_refusal(deps, actor, seen.change, seen.version, "sign", signature.person_id, asked, refusal, at)
    raise refusal


def _confirm_claims(uow: UnitOfWork, change_no: str, signature: FormSignature, at: datetime) -> None:
    """Note that what was claimed of a signature on paper has been seen by its witness."""
    if signature.witness is None:
        return
    for claim in uow.paper_claims.open_of(change_no):
        if claim.layer == signature.layer:
            number = f"{claim.claim_no}-{signature.layer}"
            uow.paper_claims.add(replace(claim, claim_no=number, received_at=at, confirmed=True))


def _act(attempt: Attempt, signature: FormSignature, asked: Sequence[Asked]) -> Act:
    duties = [(f"layer_{signature.layer}", signature.person_id)]
    if signature.witness:
        duties.append(("witness", signature.witness))
    return Act(
        "sign",
        signature.person_id,
        tuple(asked),
        tuple(duties),
        reason=signature.opinion or None,
        details={
            "layer": signature.layer,
            "method": signature.method.value,
            "content_digest": f"sha256:{attempt.file.form.content_digest}",
            "file": signature.file_digest,
            "certificate": signature.certificate_digest,
            "witness": signature.witness,
            "scan": signature.scan_digest,
        },
    )
