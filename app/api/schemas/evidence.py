"""An uploaded file: what is said of it, and what comes back."""

import marshmallow as ma
from marshmallow import fields

from app.api.fields import MomentText, Shape, Text
from app.api.schemas.said import text

_DEGREES = r"^-?[0-9]{1,3}(\.[0-9]{1,12})?$"


class UploadQuerySchema(Shape):
    """What the sender says of a file. What the camera wrote into it counts more."""

    name = Text(description="As the file was called; for showing only.", example="storefront.jpg")
    taken_at = MomentText(example="2026-11-08T10:00:00+08:00")
    latitude = Text(pattern=_DEGREES, example="30.592800", description="Degrees (WGS 84), together with `longitude`.")
    longitude = Text(pattern=_DEGREES, example="114.305500")


class PlaceSchema(ma.Schema):
    """Where a photo was taken, in degrees (WGS 84)."""

    latitude = text(example="30.592800")
    longitude = text(example="114.305500")


class UploadedSchema(ma.Schema):
    """A file that is on record. A request for another format names it by its digest."""

    digest = text(pattern="^sha256:[0-9a-f]{64}$")
    media_type = text(description="Told by the content.")
    size = fields.Integer(required=True, metadata={"description": "Bytes."})
    name = text()
    taken_at = text(format="date-time", nullable=True)
    position = fields.Nested(PlaceSchema, required=True, allow_none=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
