"""A batch of terminal sales as it is sent."""

import marshmallow as ma

from app.api.fields import Identifier, Integer, Number, Shape, Text


class PosLineSchema(Shape):
    """What one customer's terminal asked for of one product."""

    licence_no = Identifier(nullable=True)
    sku = Identifier(nullable=True)
    quantity = Number(nullable=True)
    unit = Text(nullable=True)


class PosBatchSchema(Shape):
    """A batch with what its sender says of it; judged on arrival (ENT-10)."""

    batch_id = Identifier(required=True)
    terminal_server = Identifier(nullable=True)
    line_count = Integer(nullable=True)
    checksum = Identifier(nullable=True, description="SHA-256 of the canonical lines, hexadecimal.")
    lines = ma.fields.List(ma.fields.Nested(PosLineSchema), allow_none=True)
