"""The change of a customer's business format (业态变更), from the application to the review after its effect.

Nothing is judged here: an incomplete application is a finding (SEG-01), not an error. Who may do what, and when, is
said in app/review/segment_change.py. Source: domain/workflows.md, WF-1; YQ-2.6.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from app.core.clock import local_date
from app.core.text import Bilingual
from app.office.cycle import SNAPSHOT_DAY
from app.office.month import Month
from app.office.people import Role
from app.office.position import Position

CLERICAL_CORRECTION = "clerical_correction"

APPLICATION_REASONS: Mapping[str, Bilingual] = {
    "premises_changed": Bilingual("经营场所调整", "The premises have changed"),
    "sales_mode_changed": Bilingual("经营方式改变", "The way of selling has changed"),
    "main_goods_changed": Bilingual("主营商品改变", "The main goods have changed"),
    CLERICAL_CORRECTION: Bilingual("登记差错更正", "A clerical error is corrected"),
    "other": Bilingual("其他", "Other"),
}
"""Why a customer asks."""

CLOSING_REASONS: Mapping[str, Bilingual] = {
    "evidence_insufficient": Bilingual("佐证材料不足", "The evidence is not sufficient"),
    "facts_do_not_fit": Bilingual("实况与业态不符", "The facts do not fit the format"),
    "licence_differs": Bilingual("与许可证登记不符", "It disagrees with the licence"),
    "too_frequent": Bilingual("变更过于频繁", "It changes too often"),
    "procedure_defect": Bilingual("程序不合规", "The procedure was not kept"),
    "false_statement": Bilingual("申请内容不实", "The application is not true"),
    "customer_request": Bilingual("客户要求", "At the customer's wish"),
    "entered_in_error": Bilingual("录入错误", "Entered in error"),
    "other": Bilingual("其他", "Other"),
}
"""Why a request was rejected, withdrawn or revoked."""


class ChangeState(StrEnum):
    """How far a request has got. Source: domain/glossary.md, statuses."""

    DRAFT = "draft"
    """On record, but not accepted yet: something that an application needs is missing or wrong. It may be entered
    again under the same number."""
    APPLIED = "applied"
    VERIFIED = "verified"
    IN_APPROVAL = "in_approval"
    """At least the market manager has signed, supervision has not."""
    APPROVED = "approved"
    FILED = "filed"
    EFFECTIVE = "effective"
    REVIEWED = "reviewed"
    """Re-checked on site after its effect."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


OPEN_STATES = frozenset({ChangeState.APPLIED, ChangeState.VERIFIED, ChangeState.IN_APPROVAL, ChangeState.APPROVED})
"""States in which people still decide. What is filed waits for its day only."""

IN_EFFECT_STATES = frozenset({ChangeState.EFFECTIVE, ChangeState.REVIEWED})


class EvidenceKind(StrEnum):
    """What an uploaded file shows. Source: SEG-02."""

    APPLICATION = "application"
    """The scan of the application with the customer's signature."""
    STOREFRONT = "storefront"
    INTERIOR = "interior"
    FIXTURES = "fixtures"
    LICENCE_SCOPE = "licence_scope"
    SITE_RECORD = "site_record"
    """The record of a visit, with area and hours."""
    CORRECTION_PROOF = "correction_proof"
    """What shows that the register was wrong."""
    OTHER = "other"


PHOTOS = frozenset({EvidenceKind.STOREFRONT, EvidenceKind.INTERIOR, EvidenceKind.FIXTURES})


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One uploaded file, kept by its hash."""

    kind: EvidenceKind
    digest: str
    """``sha256:<hex>`` of the bytes."""
    media_type: str
    size: int
    """Bytes."""
    added_by: str
    """person_id."""
    added_at: datetime
    taken_at: datetime | None = None
    taken_from: Position | None = None


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """What one person found in the shop (layers 1 and 2)."""

    role: Role
    """``account_manager`` or ``market_supervisor``."""
    person_id: str
    checked_at: datetime
    """When the person was in the shop."""
    signed_at: datetime
    """When the check sheet was signed; by the clock of the service."""
    position: Position | None
    area_m2: Decimal | None
    hours_per_day: Decimal | None
    sales_mode: str | None
    """``counter``, ``self_service`` or ``mixed``."""
    it_level: str | None
    """``none``, ``pos`` or ``chain_system``."""
    photos: tuple[str, ...] = ()
    """Digests of the photos taken."""
    joint: bool = False
    """Whether account manager and market supervisor were there together."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One signature of layers 3 to 5."""

    layer: int
    role: Role
    person_id: str
    signed_at: datetime
    note: str | None = None
    on_behalf_of: str | None = None
    """person_id of the principal when a deputy signs."""


@dataclass(frozen=True, slots=True)
class Filing:
    """The entry in the register of filings (D04)."""

    filing_no: str
    filed_at: datetime
    filed_by: str


@dataclass(frozen=True, slots=True)
class PostReview:
    """The spot-check after the effect."""

    reviewed_at: datetime
    reviewed_by: str
    fits: bool
    """Whether the shop still is what the format says."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How a request ended before its time."""

    by: str
    at: datetime
    reason_code: str
    """One of ``CLOSING_REASONS``."""
    text: str | None = None
    ends_on: date | None = None
    """Of a revoked change that was in effect: the first day on which the old format counts again."""


class SigningMethod(StrEnum):
    """How somebody signed. Source: TRL-04."""

    ELECTRONIC = "electronic"
    """With the person's own key."""
    HANDWRITTEN = "handwritten"
    """On paper; a scan is kept, and a supervision officer who saw it signs as witness."""


@dataclass(frozen=True, slots=True)
class FormSignature:
    """One signature in the approval form (D03): layer 1 to 5, in a field of its own."""

    layer: int
    person_id: str
    """Whose layer it is, however it was signed."""
    signed_at: datetime
    """By the time stamp in the signature."""
    method: SigningMethod
    file_digest: str
    """``sha256:<hex>`` of the file after this signature."""
    certificate_digest: str
    """``sha256:<hex>`` of the certificate that signed: the person's, or the witness's."""
    opinion: str = ""
    witness: str | None = None
    """person_id of the supervision officer who saw a handwritten signature."""
    scan_digest: str | None = None
    """Of the scan of a handwritten signature."""


@dataclass(frozen=True, slots=True)
class Form:
    """The approval form (D03) of a request: its content is fixed before the first signature."""

    revision: int
    """Counts from 1. Another content is another revision, and every signature under the one before is void."""
    evidence_digest: str
    """``sha256:<hex>`` of the canonical evidence it is drawn from; the blob is kept."""
    file_digest: str
    """``sha256:<hex>`` of the file before anybody signed; the blob is kept."""
    content_digest: str
    """SHA-256 of what is signed, 64 hexadecimal digits. Shown to the signer, and part of every signature."""
    content_size: int
    """Bytes."""
    prepared_at: datetime
    signatures: tuple[FormSignature, ...] = ()
    """As far as signed, in the order of the layers."""
    archived_digest: str | None = None
    """``sha256:<hex>`` of the archived file: revocation list and closing time stamp added."""
    archived_at: datetime | None = None

    @property
    def current_digest(self) -> str:
        """The digest of the file as it is now."""
        if self.archived_digest is not None:
            return self.archived_digest
        return self.signatures[-1].file_digest if self.signatures else self.file_digest


@dataclass(frozen=True, slots=True)
class Application:
    """What a customer asks for, as the account manager entered it. What is missing is None."""

    licence_no: str
    account_manager: str
    """person_id of who enters it."""
    shop_name: str | None = None
    holder_name: str | None = None
    address: str | None = None
    current_segment: str | None = None
    proposed_segment: str | None = None
    reason_code: str | None = None
    reason_text: str | None = None
    applicant: str | None = None
    """Name of the person who asks for the customer."""
    contact: str | None = None
    requested_effective: date | None = None
    territory_id: str | None = None
    census_campaign: str | None = None
    """Number of a filed campaign (普查) in whose course it was made."""


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """One request in one state. Every transition makes a new one."""

    change_no: str
    """``NG-YT-YYYYMM-nnn``."""
    application: Application
    applied_at: datetime
    state: ChangeState = ChangeState.APPLIED
    evidence: tuple[EvidenceFile, ...] = ()
    site_checks: tuple[SiteCheck, ...] = ()
    """In the order of the chain: the account manager's, then the market supervisor's."""
    approvals: tuple[Approval, ...] = ()
    """Layers 3 to 5 as far as they are signed, in order."""
    favourable: bool | None = None
    """Whether the benefit analysis found scarce cartons gained; None: it could not be told."""
    filing: Filing | None = None
    effective_on: date | None = None
    """Fixed at filing: the first of a month."""
    effected_at: datetime | None = None
    review: PostReview | None = None
    closing: Closing | None = None
    form: Form | None = None
    """None until both site checks are there, and again when the content changes before layer 3."""
    form_revisions: int = 0
    """How many forms have been prepared."""
    submission: int = 1
    """How often the application was entered: a draft may be entered again."""

    @property
    def layers(self) -> tuple["Layer", ...]:
        """Every signature so far, in the order of the chain."""
        checks = [
            Layer(place, check.role, check.person_id, check.signed_at, None)
            for place, check in enumerate(self.site_checks, start=1)
        ]
        approvals = [
            Layer(approval.layer, approval.role, approval.person_id, approval.signed_at, approval.on_behalf_of)
            for approval in self.approvals
        ]
        return (*checks, *approvals)

    @property
    def approved_at(self) -> datetime | None:
        """When the last layer signed; None while one is missing."""
        return self.approvals[-1].signed_at if len(self.layers) == len(CHAIN) else None

    @property
    def last_at(self) -> datetime:
        """When the last thing happened to it."""
        moments = [self.applied_at, *(layer.signed_at for layer in self.layers)]
        moments += [self.filing.filed_at] if self.filing else []
        moments += [self.effected_at] if self.effected_at else []
        moments += [self.review.reviewed_at] if self.review else []
        moments += [self.closing.at] if self.closing else []
        if self.form is not None:
            moments += [self.form.prepared_at, *(signature.signed_at for signature in self.form.signatures)]
        return max(moments)

    @property
    def last_step_at(self) -> datetime:
        """When the step now waited for began: the last check or signature, at first the application."""
        signed = [signature.signed_at for signature in self.form.signatures] if self.form else []
        return max([self.applied_at, *(layer.signed_at for layer in self.layers), *signed])


@dataclass(frozen=True, slots=True)
class Layer:
    """One signature of the chain, whatever it was put under."""

    number: int
    role: Role
    person_id: str
    signed_at: datetime
    on_behalf_of: str | None


CHAIN: tuple[Role, ...] = (
    Role.ACCOUNT_MANAGER,
    Role.MARKET_SUPERVISOR,
    Role.MARKET_MANAGER,
    Role.MARKETING_LEADER,
    Role.SUPERVISION_OFFICER,
)
"""The roles of layers 1 to 5. Source: domain/overview.md, I-7."""


@dataclass(frozen=True, slots=True)
class SegmentProfile:
    """What shops of a format are like (“一般”), from the versioned list of formats. An open bound limits nothing."""

    code: str
    least_area_m2: Decimal | None = None
    most_area_m2: Decimal | None = None
    least_hours: Decimal | None = None
    sales_modes: frozenset[str] = frozenset()
    """Empty: any."""
    it_levels: frozenset[str] = frozenset()
    """Empty: any."""


@dataclass(frozen=True, slots=True)
class LicenceRecord:
    """What the monopoly licence system says of a licence."""

    licence_no: str
    holder_name: str
    address: str
    valid_to: date
    is_valid: bool
    """Neither suspended nor revoked nor given back."""
    position: Position | None = None


def earliest_effect(at: datetime) -> date:
    """Return the first of the month from which something completed at ``at`` may count.

    Before the snapshot of a cycle (the 15th, 00:00, when stage 2 opens) it is the next month, from then on the month
    after that. Source: SEG-07, SEG-08.
    """
    day = local_date(at)
    months = 1 if day.day < SNAPSHOT_DAY else 2
    return Month.of(day).plus(months).first_day


def effect_day(filed_at: datetime, requested: date | None) -> date:
    """Return the day of effect: the earliest allowed, or a later month's first day when that was asked for."""
    earliest = earliest_effect(filed_at)
    if requested is None or requested <= earliest:
        return earliest
    month = Month.of(requested)
    return month.first_day if requested.day == 1 else month.plus(1).first_day
