"""A segment change as it is sent. Only what cannot be kept faithfully is refused; all other mistakes are judged."""

import marshmallow as ma

from app.api.fields import (
    Choice,
    DayText,
    Identifier,
    Integer,
    MomentText,
    MonthText,
    Number,
    Shape,
    Text,
    WholeNumberText,
    YesNo,
)
from app.office.normalise import EVIDENCE_KINDS, IT_LEVELS, SALES_MODES
from app.office.segment_change import APPLICATION_REASONS, ChangeState

MOST_PER_PAGE = 200
PER_PAGE = 50

_DIGEST = "`sha256:<hex>` of a file uploaded before."


class PositionSchema(Shape):
    """Where something was done, in degrees (WGS 84)."""

    latitude = Number(required=True, example="30.592800")
    longitude = Number(required=True, example="114.305500")


class EvidenceFileSchema(Shape):
    """An uploaded file and what it shows. What the camera wrote into a photo counts before what is said here."""

    kind = Text(required=True, description=", ".join(EVIDENCE_KINDS.values))
    digest = Identifier(required=True, description=_DIGEST)
    taken_at = MomentText(nullable=True)
    position = ma.fields.Nested(PositionSchema, allow_none=True)


class ApplicationSchema(Shape):
    """A request for another business format (D03). What is missing is a finding (SEG-01), not an error."""

    licence_no = Identifier(required=True)
    account_manager = Identifier(required=True, description="person_id of whom the client speaks for.")
    territory_id = Identifier(nullable=True, description="The customer's own counts where the customer is known.")
    shop_name = Text(nullable=True)
    holder_name = Text(nullable=True)
    address = Text(nullable=True)
    current_segment = Text(nullable=True, description="Code or name of the list `segment`.")
    proposed_segment = Text(nullable=True, description="Code or name of the list `segment`.")
    reason_code = Identifier(nullable=True, description=", ".join(APPLICATION_REASONS))
    reason_text = Text(nullable=True)
    applicant = Text(nullable=True)
    contact = Text(nullable=True)
    requested_effective = DayText(nullable=True)
    census_campaign = Identifier(nullable=True, description="Number of a filed campaign (普查) it was made in.")
    evidence = ma.fields.List(ma.fields.Nested(EvidenceFileSchema), allow_none=True)


class EvidenceFilesSchema(Shape):
    """Further files of a request."""

    person_id = Identifier(nullable=True, description="Whom the client speaks for.")
    evidence = ma.fields.List(ma.fields.Nested(EvidenceFileSchema), required=True)


class PhotoSchema(Shape):
    """A photo taken in the shop."""

    digest = Identifier(required=True, description=_DIGEST)


class SiteCheckSchema(Shape):
    """What somebody found in the shop. Whose turn it is decides for which layer it counts."""

    person_id = Identifier(required=True, description="Who was in the shop.")
    checked_at = MomentText(required=True)
    area_m2 = Number(nullable=True)
    hours_per_day = Number(nullable=True)
    sales_mode = Text(nullable=True, description=", ".join(SALES_MODES.values))
    it_level = Text(nullable=True, description=", ".join(IT_LEVELS.values))
    joint = YesNo(required=True, description="Whether both were there together.")
    position = ma.fields.Nested(PositionSchema, allow_none=True)
    photos = ma.fields.List(ma.fields.Nested(PhotoSchema), allow_none=True)


class PaperSignatureSchema(Shape):
    """A signature somebody is said to have put on paper. It counts when the witness signs for having seen it."""

    layer = Integer(required=True, minimum=1, maximum=5)
    person_id = Identifier(required=True)
    signed_at = MomentText(required=True)
    scan = Identifier(required=True, description=_DIGEST)
    witness = Identifier(required=True, description="person_id of the supervision officer who saw it.")
    opinion = Text(nullable=True)


class EffectReportSchema(Shape):
    """From which day another system uses the new format."""

    effective_on = DayText(required=True)


class SegmentChangeQuerySchema(Shape):
    """What the list is limited to."""

    state = Choice(*(state.value for state in ChangeState))
    licence_no = Identifier()
    account_manager = Identifier()
    effective_month = MonthText()
    text = Identifier(description="Part of the number, the licence number, the shop's name or the account manager.")
    cursor = Identifier(description="`next_cursor` of the page before.")
    limit = WholeNumberText(1, MOST_PER_PAGE, default=PER_PAGE)
