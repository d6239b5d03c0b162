"""What other systems and meetings say that a segment change, a grade or a new customer is judged by."""

from dataclasses import dataclass
from datetime import date

from app.office.segment_change import SegmentProfile

FIRST_SETTING = "first_setting"
"""The decision that sets the first format and grade of a new customer."""


@dataclass(frozen=True, slots=True)
class ProfileOfVersion:
    """What shops of a format are like, in one version of the list of formats."""

    list_version: str
    """The version of the code list ``segment`` it belongs to."""
    profile: SegmentProfile


@dataclass(frozen=True, slots=True)
class Sanction:
    """One violation of a licence holder that was decided on."""

    case_no: str
    licence_no: str
    decided_on: date
    title: str
    lifted_on: date | None = None
    """When it was taken back; from then on it never happened."""


@dataclass(frozen=True, slots=True)
class CustomerDecision:
    """What a filed decision says of one customer."""

    decision_no: str
    licence_no: str
    attribute: str
    """``grade``, ``volatility_class``, ``territory`` or ``first_setting``."""
    value: str | None
    """The new value as text; None only where a first setting names none."""
    decided_on: date
    minutes_no: str | None
    """Of the meeting; None when there are no minutes."""
    marketing_present: bool
    monopoly_present: bool


@dataclass(frozen=True, slots=True)
class CensusCampaign:
    """A census of formats (普查) that was filed before it began."""

    campaign_no: str
    title: str
    filed_on: date
