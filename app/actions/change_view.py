"""What pages and clients are shown of a segment change: everything somebody needs who has to decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.core.text import Bilingual
from app.office.benefit import Benefit
from app.office.people import Role
from app.office.segment_change import SegmentChange
from app.review.change_steps import Act


@dataclass(frozen=True, slots=True)
class LayerView:
    """One of the five layers, signed or waited for."""

    number: int
    role: Role
    person_id: str | None
    """Who signed, or who must (layers 1 and 2, once the checks are made); None while anybody with the role may."""
    person_name: str | None
    signed_at: datetime | None
    method: str | None
    """``electronic`` or ``handwritten``; None while not signed."""
    witness_name: str | None
    opinion: str
    is_next: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of the history, from the log."""

    version: int
    act: str
    at: datetime
    person_id: str | None
    person_name: str | None
    state: str
    reason: str | None
    evaluations: tuple[str, ...]
    log_index: int


@dataclass(frozen=True, slots=True)
class MayDo:
    """One act the reader may do now."""

    act: Act
    layer: int | None
    why_not: Bilingual | None = None
    """Why the reader may not although the role would fit: separation of duties, the limit, a gate. None: may."""


@dataclass(frozen=True, slots=True)
class EarlierChange:
    """One line of the history of a customer, of an applicant or of a territory."""

    change_no: str
    licence_no: str
    shop_name: str
    from_segment: str
    to_segment: str
    applied_on: date
    state: str
    account_manager_name: str
    gained_scarce: bool | None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One request as the reader may see it."""

    change: SegmentChange
    version: int
    """What an act must name: If-Match, or the hidden field of a form."""
    shop_name: str
    territory_name: str
    segment_names: Mapping[str, str]
    """Names of the formats by code, Chinese; the code itself when the list does not know it."""
    names: Mapping[str, str]
    """Names by person_id."""
    layers: tuple[LayerView, ...]
    next_act: Act | None
    next_role: Role | None
    """None: the service itself, or nothing is waited for."""
    due_on: date | None
    overdue_days: int
    """Working days past the limit; 0 while in time."""
    missing: tuple[Bilingual, ...]
    """What is still needed before the next step, in words: 缺少实地核查(市管员) ..."""
    refusals: tuple[Bilingual, ...]
    """Of a draft: why it was not accepted."""
    benefit: Benefit | None
    customer_history: tuple[EarlierChange, ...]
    applicant_history: tuple[EarlierChange, ...]
    territory_history: tuple[EarlierChange, ...]
    findings: tuple[Mapping[str, Any], ...]
    """The newest finding of each rule that spoke (not pass, not not_applicable), worst first, as in an API reply plus
    ``evaluation``."""
    evaluations: tuple[Mapping[str, Any], ...]
    """Every evaluation of the request, newest first: {evaluation, event, verdict, evaluated_at}."""
    evidence_names: Mapping[str, str]
    """File names by digest, as told at upload."""
    steps: tuple[StepView, ...]
    may: tuple[MayDo, ...]


@dataclass(frozen=True, slots=True)
class SigningView:
    """What somebody is about to sign: the document, the place, the meaning."""

    change_no: str
    version: int
    layer: int
    role: Role
    signer_name: str
    meaning: Bilingual
    content_digest: str
    """64 hexadecimal digits: shown, and sent back with the signature."""
    form_url: str
    """Path of the PDF to be signed, as it is now."""
    opinion_needed: bool
    """The marketing leader's second-level review note."""
    most_opinion: int
    """Characters."""
    totp_needed: bool
    """Whether a code of the second factor must come with the PIN: the last strong sign-in is too long ago."""
    has_key: bool
    """Whether the signer has a signing key with a valid certificate; otherwise the page says how to get one."""
    time_stamp_note: Bilingual | None
    """What is to be said of the time-stamping authority: that it is the local one."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits for the reader."""

    kind: str
    """``segment_change`` (others follow), ``signing_key`` (confirm somebody's key), ``paper_signature``."""
    act: str
    """An Act, or ``confirm``."""
    object_id: str
    title: Bilingual
    """楚雄超市:便利店 → 烟草专业店."""
    since: datetime
    due_on: date | None
    overdue_days: int
    url: str
    severity: str | None
    """The worst outcome on record: block, flag, note; None when nothing spoke."""


@dataclass(frozen=True, slots=True)
class PublishedChange:
    """One line of the list for account managers and retailers: sunlight deters. Masked, as the law on privacy asks."""

    masked_licence: str
    """First six and last two digits."""
    masked_shop: str
    territory_name: str
    from_segment: str
    to_segment: str
    effective_on: date
    filing_no: str
