"""Take a client's word that somebody signed a layer on paper: judged, on record, and worth nothing until it is seen.

The layer is signed only when the witness, a supervision officer, signs its field with the own key
(:func:`app.actions.sign_change_layer.sign_change_layer`).
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.actions.change_acting import ChangeReply, change_seen, refuse_faults
from app.actions.change_judging import KIND, Asked, ask_change, ask_signatures, on_file, put_on_record
from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.presenting import evaluation_body
from app.audit.finding import Outcome
from app.core.actor import Actor
from app.core.clock import instant
from app.core.errors import Fault
from app.core.text import Bilingual
from app.office.intake.change_acts import PaperSignature, read_paper_signature
from app.office.permission import Permission
from app.office.segment_change import CHAIN, Approval, SegmentChange, SigningMethod
from app.store.change_values import PaperClaim
from app.store.unit_of_work import UnitOfWork

_APPROVALS_FROM = 3


def claim_paper_signature(
    deps: Deps, actor: Actor, change_no: str, version: int | None, payload: Mapping[str, Any]
) -> ChangeReply:
    """Record what is claimed with what the rules say of it; the request itself does not change.

    Args:
        deps: the process.
        actor: a machine client with the scope ``segment``.
        change_no: of the request.
        version: as it was seen.
        payload: see PAPER_SIGNATURE_FIELDS.

    Raises:
        NotFound, VersionMissing, VersionStale: see :func:`change_seen`.
        Invalid: something cannot be read, the scan was never uploaded, or there is no such layer.
    """
    actor.require(Permission.CHECK_CHANGE)
    at = deps.clock.now()
    with deps.store.write() as uow:
        seen = change_seen(uow, actor, change_no, version)
        claim = _read(uow, payload)
        asked = _ask(deps, uow, seen.change, claim, at)
        stored = [put_on_record(deps, uow, actor, seen.change, seen.version, one, at) for one in asked]
        worst = stored[0]
        blocked = any(outcome is Outcome.BLOCK for one in asked for outcome in one.outcomes.values())
        number = secrets.token_hex(8)
        uow.paper_claims.add(
            PaperClaim(
                claim_no=number,
                change_no=change_no,
                layer=claim.layer,
                person_id=claim.person_id,
                signed_at=claim.signed_at,
                scan_digest=claim.scan,
                witness=claim.witness,
                received_at=at,
                evaluation_id=worst.evaluation_id,
                verdict="block" if blocked else worst.verdict,
                confirmed=False,
            )
        )
        note(
            uow,
            actor,
            "segment_change.paper_claimed",
            (KIND, change_no),
            at,
            {
                "claim": number,
                "layer": claim.layer,
                "person": claim.person_id,
                "signed_at": instant(claim.signed_at),
                "scan": claim.scan,
                "witness": claim.witness,
                "evaluations": [one.evaluation_id for one in stored],
            },
            version=seen.version,
        )
    body = {
        **evaluation_body(worst),
        "change_no": change_no,
        "version": seen.version,
        "state": seen.change.state.value,
        "claim": number,
        "accepted": not blocked,
        "evaluations": [evaluation_body(one) for one in stored],
    }
    return ChangeReply(
        change_no, seen.version, seen.change.state.value, tuple(one.evaluation_id for one in stored), body
    )


def _read(uow: UnitOfWork, payload: Mapping[str, Any]) -> PaperSignature:
    claim, faults = read_paper_signature(payload)
    refuse_faults(faults)
    assert claim is not None
    found = []
    if not 1 <= claim.layer <= len(CHAIN):
        message = Bilingual("层级为 1 至 5。", "A layer is 1 to 5.")
        found.append(Fault("/layer", "value.out_of_range", message))
    if uow.evidence.get(claim.scan) is None:
        message = Bilingual("没有这个扫描件，请先上传。", "There is no such scan. Upload it first.")
        found.append(Fault("/scan", "evidence.unknown", message))
    refuse_faults(tuple(found))
    return claim


def _ask(deps: Deps, uow: UnitOfWork, change: SegmentChange, claim: PaperSignature, at: datetime) -> tuple[Asked, ...]:
    """Return what the rules say of the claim: of the chain as it would be, and of the signature as it is claimed."""
    asked = []
    if claim.layer >= _APPROVALS_FROM:
        approval = Approval(claim.layer, CHAIN[claim.layer - 1], claim.person_id, claim.signed_at, claim.opinion)
        claimed = replace(change, approvals=(*change.approvals, approval))
        asked.append(ask_change(deps, uow, "on_approval", claimed, at, layer=claim.layer)[0])
    signature = on_file(
        change.change_no,
        claim.layer,
        claim.person_id,
        claim.signed_at,
        SigningMethod.HANDWRITTEN.value,
        # Nobody of the house has compared the paper with the form yet: the scan is all there is.
        digest_matches=True,
        has_scan=True,
        witness=claim.witness,
    )
    signer = uow.office.person(claim.person_id)
    asked.append(ask_signatures(deps, uow, "on_sign", change, [signature], signer, at))
    return tuple(asked)
