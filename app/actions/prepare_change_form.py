"""Fix the content of the approval form (D03): what five people are about to sign."""

from dataclasses import replace
from datetime import datetime

from app.actions.change_acting import ChangeReply
from app.actions.change_findings import findings_of
from app.actions.change_keeping import Act, keep_act
from app.actions.change_stories import stories
from app.actions.deps import Deps
from app.audit.facts.change_context import SegmentChangeContext
from app.core.actor import system_actor
from app.core.canonical import sha256_hex
from app.core.clock import local_date
from app.core.text import Bilingual
from app.office.segment_change import Form, SegmentChange, effect_day
from app.reports.fonts import load_fonts
from app.reports.segment_change_evidence import enclosed_digests, segment_change_evidence
from app.reports.signed_record import Prepared, prepare_form
from app.review.change_signing import attach_form
from app.review.change_steps import Act as StepAct
from app.review.change_steps import next_step
from app.store.change_contexts import history_of, segment_change_context
from app.store.change_values import StoredChange
from app.store.unit_of_work import UnitOfWork

SERVICE = system_actor("segment-change", ())


def prepare_change_form(deps: Deps, change_no: str) -> ChangeReply | None:
    """Prepare the form of a verified request and return the answer; None when none is waited for.

    The pages say what is known at this moment; nobody has signed yet. Drawing them takes longer than a writer may make
    others wait: it is done before the lock, and thrown away when the request has changed meanwhile.
    """
    with deps.store.read() as uow:
        seen = uow.segment_changes.get(change_no)
        if not _is_due(seen.change):
            return None
        at = max(deps.clock.now(), seen.change.last_at)
        change, prepared = _draw(deps, uow, seen.change, at)
    with deps.store.write() as uow:
        newest = uow.segment_changes.get(change_no)
        if newest.version != seen.version:
            return None
        return _keep(deps, uow, newest, change, prepared, at)


def _is_due(change: SegmentChange) -> bool:
    step = next_step(change)
    return step is not None and step.act is StepAct.PREPARE


def _draw(deps: Deps, uow: UnitOfWork, change: SegmentChange, at: datetime) -> tuple[SegmentChange, Prepared]:
    context = segment_change_context(uow, change, at)
    delta = context.benefit.delta_tight_cartons if context.benefit else None
    # A standard may have been filed since the request was made: what approvers are shown decides who must write why.
    change = replace(change, favourable=None if delta is None else delta > 0)
    evidence = segment_change_evidence(
        change,
        office=deps.office_name,
        people={person.person_id: person.name for person in uow.office.people()},
        shop_name=_shop_name(change, context),
        address=context.licence.address if context.licence else change.application.address,
        territory=_territory(uow, change),
        formats={item.code: Bilingual(item.zh, item.en) for item in context.segments.items} if context.segments else {},
        licensed_at=context.licence.position if context.licence else None,
        benefit=context.benefit,
        findings=findings_of(uow, change.change_no),
        history=stories(history_of(uow, change)),
        file_names={file.digest: _file_name(uow, file.digest) for file in change.evidence},
        planned_effect=effect_day(at, change.application.requested_effective),
        public_url=deps.public_url,
        created_at=at,
        simulated_clock=deps.clock.simulated,
    )
    files = {name: uow.blobs.get(digest) for name, digest in enclosed_digests(evidence).items()}
    return change, prepare_form(evidence, files, load_fonts())


def _shop_name(change: SegmentChange, context: SegmentChangeContext) -> str:
    if context.customer is not None:
        return context.customer.shop_name
    return change.application.shop_name or change.application.licence_no


def _territory(uow: UnitOfWork, change: SegmentChange) -> Bilingual:
    territory_id = change.application.territory_id or ""
    territory = uow.office.territories().get(territory_id)
    name = territory.name if territory else territory_id
    return Bilingual(name, f"{name} {territory_id}".strip())


def _file_name(uow: UnitOfWork, digest: str) -> str:
    kept = uow.evidence.get(digest)
    return kept.name if kept else digest


def _keep(
    deps: Deps, uow: UnitOfWork, newest: StoredChange, change: SegmentChange, prepared: Prepared, at: datetime
) -> ChangeReply:
    form = Form(
        revision=change.form_revisions + 1,
        evidence_digest=uow.blobs.put(prepared.evidence),
        file_digest=uow.blobs.put(prepared.pdf),
        content_digest=prepared.content.digest,
        content_size=prepared.content.size,
        prepared_at=at,
    )
    assert form.file_digest == f"sha256:{sha256_hex(prepared.pdf)}"
    after = attach_form(change, form)
    details = {
        "revision": form.revision,
        "content_digest": f"sha256:{form.content_digest}",
        "evidence_digest": form.evidence_digest,
        "favourable": change.favourable,
        "planned_effect": effect_day(at, change.application.requested_effective).isoformat(),
        "day": local_date(at).isoformat(),
    }
    return keep_act(deps, uow, SERVICE, after, newest.version + 1, Act("prepare", None, details=details), at)
