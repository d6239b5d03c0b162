"""Describe the collections of the office in OpenAPI, from the same field lists that read them."""

from collections.abc import Sequence
from typing import Any

from apispec import APISpec

from app.office.intake.collection import CollectionSpec
from app.office.intake.fields import FieldSpec, Kind
from app.office.items import COLLECTIONS

_WORDS = {"type": "string"}
_KINDS: dict[Kind, dict[str, Any]] = {
    Kind.INTEGER: {"type": ["integer", "string"]},
    Kind.YES_NO: {"type": ["boolean", "string", "integer"]},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.MONEY: {"type": ["integer", "string"]},
    Kind.GRADE: {"type": ["integer", "string"]},
    Kind.QUANTITY: {"type": ["integer", "string"]},
}
"""What may be sent. Other spellings are normalised, and reported as mismatches."""


def describe_collections(spec: APISpec) -> list[str]:
    """Add one schema for each collection, and ``OfficeItems``, a list of any of them; return the collections' names."""
    names = []
    for collection in COLLECTIONS.values():
        name = "Office" + collection.name.title().replace("-", "")
        spec.components.schema(name, _collection_schema(collection))
        names.append(name)
    items = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]}
    spec.components.schema("OfficeItems", {"type": "array", "items": items})
    return list(COLLECTIONS)


def _collection_schema(collection: CollectionSpec) -> dict[str, Any]:
    said = _object_schema(collection.fields)
    said["title"] = collection.title.en
    said["description"] = f"{collection.title.zh}. Key: {', '.join(collection.key)}."
    return said


def _object_schema(fields: Sequence[FieldSpec]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in fields if field.required],
        "properties": {field.name: _field_schema(field) for field in fields},
    }


def _field_schema(field: FieldSpec) -> dict[str, Any]:
    said = _value_schema(field)
    if not field.required:
        kinds = said["type"]
        said["type"] = [*([kinds] if isinstance(kinds, str) else kinds), "null"]
    said["title"] = field.title.en
    said["description"] = field.title.zh
    return said


def _value_schema(field: FieldSpec) -> dict[str, Any]:
    if field.kind is Kind.ROWS:
        return {"type": "array", "items": _object_schema(field.members)}
    if field.kind is Kind.OBJECT:
        return _object_schema(field.members)
    if field.kind is Kind.DAYS:
        return {"type": "array", "items": {"type": "string", "format": "date"}}
    if field.kind is Kind.CHOICES:
        return {"type": "array", "items": {**_WORDS, "examples": list(field.choices)}}
    if field.choices:
        return {**_WORDS, "examples": list(field.choices)}
    return dict(_KINDS.get(field.kind, _WORDS))
