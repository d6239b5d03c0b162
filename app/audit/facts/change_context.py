"""What the office knew when a segment change, the master data or a signature was judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.office.benefit import Benefit
from app.office.calendar import Calendar
from app.office.code_list import CodeList
from app.office.customer import Customer
from app.office.people import Person
from app.office.segment_change import LicenceRecord, SegmentChange, SegmentProfile


@dataclass(frozen=True, slots=True)
class SegmentChangeContext:
    """Everything, besides the request itself, its facts are computed from."""

    at: datetime
    """The moment of judging."""
    customer: Customer | None
    """As filed on that day; None when the licence is unknown."""
    segments: CodeList | None
    """The list ``segment`` valid on that day."""
    profiles: Mapping[str, SegmentProfile]
    """Of the version of the list in force, by code."""
    licence: LicenceRecord | None
    """From the monopoly licence system; None when it has not been delivered."""
    earlier: tuple[SegmentChange, ...] | None
    """All earlier requests of the same licence; None when they are not known."""
    benefit: Benefit | None
    """None when no analysis is attached."""
    people: Mapping[str, Person]
    """Everybody who signed or for whom was signed, as far as known, by person_id."""
    cartons_gained: int | None = None
    """Scarce cartons the customer was allotted more while the format to which it now wants to return was left; None
    when that has not been worked out."""
    sanctions: tuple[str, ...] | None = None
    """Numbers of the violations of the last months ($months of SEG-17); None when they have not been delivered."""
    credit_level: str | None = None
    """AAA, AA, A, B, C or D; None when it has not been delivered."""
    layer: int | None = None
    """The layer now being signed; None: all five must be there."""


@dataclass(frozen=True, slots=True)
class ChangeWatchContext:
    """What daily and monthly runs look at."""

    at: datetime
    changes: tuple[SegmentChange, ...]
    """Every request that is open or in effect, and those made in the last 30 days."""
    calendar: Calendar
    customers: Mapping[str, int]
    """Active customers by account manager, all managers of the unit."""
    names: Mapping[str, str]
    """Names by person_id."""
    campaigns: Mapping[str, date]
    """Filed census campaigns by number, with the day of filing."""


@dataclass(frozen=True, slots=True)
class MasterSyncContext:
    """One delivery of master data, compared with what was filed before it."""

    batch: str
    """Number of the import."""
    received_at: datetime
    before: Mapping[str, Customer]
    """As filed, by licence."""
    after: Mapping[str, Customer]
    """As delivered, by licence."""
    changes: tuple[SegmentChange, ...]
    """The segment changes of these licences."""
    orders: Mapping[tuple[str, str, str], str]
    """Filed decisions on grade, class and territory: (licence, attribute, new value) -> number."""
    source_user: str | None = None
    """Who changed it in the source system, when that is told."""


@dataclass(frozen=True, slots=True)
class NewCustomerContext:
    """A customer delivered for the first time."""

    customer: Customer
    minutes_no: str | None
    """Of the meeting that set format and grade; None when there are no minutes."""
    marketing_present: bool
    monopoly_present: bool


@dataclass(frozen=True, slots=True)
class SignatureOnFile:
    """One signature with what its verification said. None: that could not be found out."""

    document: str
    """Number of the document."""
    layer: int
    """Its place in the order of signing, from 1."""
    signer: str
    """person_id."""
    role: str
    signed_at: datetime
    method: str
    """``electronic`` or ``handwritten``."""
    key_id: str | None
    verifies: bool | None
    key_was_valid: bool | None
    """At the time of signing: neither expired nor revoked."""
    digest_matches: bool | None
    """Whether the document still is what was signed."""
    has_scan: bool = False
    witness: str | None = None
    """person_id of the supervision officer who saw a handwritten signature."""


@dataclass(frozen=True, slots=True)
class SigningContext:
    """A document's signatures, and those around them."""

    people: Mapping[str, Person]
    key_owners: Mapping[str, frozenset[str]]
    """Every person known to have used a key, by key."""
    recent: tuple[SignatureOnFile, ...]
    """All signatures of the unit on the days looked at, those of the document included."""


@dataclass(frozen=True, slots=True)
class DutyContext:
    """A person about to be given a role, or about to act."""

    person: Person
    """With the role about to be given."""
    at: datetime
    act: str
    """What is about to be done: ``role.grant``, ``forecast.determine`` ..."""
    is_business: bool
    """Whether the act is a step of the office's business."""
    submitted_by: str | None = None
    """Of the object reviewed; None when nothing is reviewed."""
    authored_by: str | None = None
    """Of the rule activated; None when none is."""
