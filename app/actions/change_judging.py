"""Ask the rules about a segment change: the request itself, the signatures in its form, the duties of who acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.actions.deps import Deps
from app.actions.recording import Judged, Subject, judge, record, rulebook_on
from app.audit.fact import fact_set
from app.audit.facts.change_context import (
    DutyContext,
    SegmentChangeContext,
    SignatureOnFile,
    SigningContext,
)
from app.audit.facts.duty import duty_facts
from app.audit.facts.segment_change import segment_change_facts
from app.audit.facts.signing import signing_facts
from app.audit.finding import Outcome
from app.core.actor import Actor
from app.core.clock import local_date
from app.office.month import Month
from app.office.people import Person
from app.office.segment_change import CHAIN, SegmentChange
from app.office.segment_change_json import change_as_json
from app.store.change_contexts import segment_change_context
from app.store.unit_of_work import UnitOfWork
from app.store.values import StoredEvaluation

KIND = "segment_change"
JUDGED = "segment_change.judged"
"""Name of the log entry of every evaluation of a request."""
_RECENT = timedelta(days=1)
"""How far back signatures of the same persons are looked at for haste and night work. Source: TRL-05."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules said at one event, not on record yet."""

    event: str
    judged: Judged

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """The outcome of every rule that was asked."""
        return {finding.rule: finding.outcome for finding in self.judged.judgement.findings}

    @property
    def speaks(self) -> bool:
        """Whether any rule says more than pass or not applicable."""
        return any(finding.speaks for finding in self.judged.judgement.findings)


def ask_change(
    deps: Deps, uow: UnitOfWork, event: str, change: SegmentChange, at: datetime, layer: int | None = None
) -> tuple[Asked, SegmentChangeContext]:
    """Return what the rules say of ``change`` at ``event``, and what was known of it.

    Args:
        deps: the process.
        uow: a transaction.
        event: on_change_request, before_layer1, on_approval or on_effect.
        change: as it would be after the act.
        at: the moment of judging.
        layer: the layer now being signed; None: all five must be there.
    """
    rulebook = rulebook_on(deps, event, Month.of(local_date(at)))
    context = segment_change_context(uow, change, at, layer=layer, cache=deps.office_cache, parameters=rulebook)
    facts = segment_change_facts(change, context, rulebook)
    return Asked(event, judge(deps, rulebook, facts, change_as_json(change))), context


def ask_signatures(
    deps: Deps,
    uow: UnitOfWork,
    event: str,
    change: SegmentChange,
    signatures: Sequence[SignatureOnFile],
    acting: Person | None,
    at: datetime,
) -> Asked:
    """Return what the rules say at ``event`` (on_sign, on_verify) of the signatures in the form, the newest last.

    Args:
        deps: the process.
        uow: a transaction.
        event: on_sign or on_verify.
        change: the request whose form it is.
        signatures: as verified.
        acting: who signs; None when the form is only verified.
        at: the moment.
    """
    rulebook = rulebook_on(deps, event, Month.of(local_date(at)))
    recent = [*signatures, *_recent(uow, change.change_no, at)]
    people = {
        person.person_id: person
        for signature in recent
        for person_id in (signature.signer, signature.witness)
        if person_id and (person := uow.office.person(person_id)) is not None
    }
    owners = uow.certificates.owners(sorted({one.key_id for one in signatures if one.key_id}))
    tables = list(signing_facts(signatures, SigningContext(people, owners, tuple(recent)), rulebook).tables.values())
    if acting is not None:
        duty = DutyContext(acting, at, "segment_change.sign", is_business=True)
        tables += duty_facts(duty, rulebook).tables.values()
    payload = {"change": change_as_json(change), "act": event}
    return Asked(event, judge(deps, rulebook, fact_set(*tables), payload))


def ask_duty(
    deps: Deps, person: Person, act: str, change: SegmentChange, at: datetime, *, reviews: bool = False
) -> Asked:
    """Return what TRL-06 says of ``person`` doing ``act``; ``reviews``: the act re-checks what others submitted."""
    rulebook = rulebook_on(deps, "on_act", Month.of(local_date(at)))
    submitted_by = change.application.account_manager if reviews else None
    context = DutyContext(person, at, act, is_business=True, submitted_by=submitted_by)
    payload = {"change_no": change.change_no, "act": act, "person": person.person_id}
    return Asked("on_act", judge(deps, rulebook, duty_facts(context, rulebook), payload))


def put_on_record(
    deps: Deps, uow: UnitOfWork, actor: Actor, change: SegmentChange, version: int, asked: Asked, at: datetime
) -> StoredEvaluation:
    """Keep what the rules said; return it as stored. ``version`` is that of the step it belongs to."""
    return record(deps, uow, actor, subject_of(change, version, at), asked.judged, JUDGED, at)


def subject_of(change: SegmentChange, version: int, at: datetime) -> Subject:
    """Return the request as the subject of an evaluation."""
    asked = change.application
    return Subject(
        kind=KIND,
        subject_id=change.change_no,
        version=version,
        cycle=Month.of(local_date(at)),
        account_manager=asked.account_manager,
        territory_id=asked.territory_id,
    )


def merged(*asked: Asked | None) -> Mapping[str, Outcome]:
    """Return the outcomes of all that was asked."""
    return {rule: outcome for one in asked if one is not None for rule, outcome in one.outcomes.items()}


def _recent(uow: UnitOfWork, change_no: str, at: datetime) -> list[SignatureOnFile]:
    """Return the signatures of the last day in all other forms, as far as their pace is looked at."""
    since = at - _RECENT
    return [
        on_file(other.change_no, signature.layer, signature.person_id, signature.signed_at, signature.method.value)
        for other in uow.segment_changes.signed_since(since)
        if other.change_no != change_no and other.form is not None
        for signature in other.form.signatures
        if signature.signed_at >= since
    ]


def on_file(
    document: str,
    layer: int,
    signer: str,
    signed_at: datetime,
    method: str,
    **known: Any,  # noqa: ANN401  # the other members
) -> SignatureOnFile:
    """Return a signature of ``layer``; what is not ``known`` of its verification is None."""
    whole: dict[str, Any] = {"key_id": None, "verifies": None, "key_was_valid": None, "digest_matches": None, **known}
    return SignatureOnFile(document, layer, signer, CHAIN[layer - 1].value, signed_at, method, **whole)
