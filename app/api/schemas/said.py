"""A text member of a reply, as the documentation says it."""

from typing import Any

from marshmallow import fields


def text(**said: Any) -> fields.String:  # noqa: ANN401  # OpenAPI members
    """Return a text that is always there; with ``nullable`` it may be null. The rest is what OpenAPI says of it."""
    nullable = bool(said.pop("nullable", False))
    return fields.String(required=True, allow_none=nullable, metadata=said)
