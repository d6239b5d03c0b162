"""What docs/office-data.md tells the people who deliver data is what happens."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from app.actions.office_files import read_rows
from app.office import normalise
from app.office.items import COLLECTIONS, read_item
from app.office.pos_batch import checksum_of

DOCUMENT = (Path(__file__).parents[3] / "docs" / "office-data.md").read_text("utf-8")
EXAMPLES = re.findall(r"```json (\S+)\n(.+?)\n```", DOCUMENT, re.DOTALL)


def section(name: str) -> str:
    return DOCUMENT.split(f"### {name} ")[1].split("\n## ")[0].split("\n### ")[0]


def paths(fields, prefix=""):
    for field in fields:
        yield f"{prefix}{field.name}", field
        yield from paths(field.members, f"{prefix}{field.name}{'[].' if field.kind == 'rows' else '.'}")


@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_every_field_and_every_column_name_is_written_down(name):
    text = section(name)
    spec = COLLECTIONS[name]
    written = {row[1]: row[0] for row in re.findall(r"(\| `([^`]+)` \|.*\|)", text)}
    assert set(written) == {path for path, _ in paths(spec.fields)}
    for path, field in paths(spec.fields):
        assert all(column in written[path] for column in (field.title.zh, *field.also))
        assert ("是 yes" in written[path]) == field.required


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_every_example_is_read_without_a_word(name, text):
    item = read_item(name, json.loads(text))
    assert (item.faults, item.mismatches) == ((), ())


def test_there_is_an_example_of_every_collection():
    assert [name for name, _ in EXAMPLES] == list(COLLECTIONS)


@pytest.mark.parametrize(
    "spellings",
    [
        normalise.MARKET_TYPES,
        normalise.VOLATILITY_CLASSES,
        normalise.SUPPLY_ATTRIBUTES,
        normalise.DELIVERY_METHODS,
        normalise.UNITS,
        normalise.ROLES,
        normalise.ASSIGNMENT_KINDS,
        normalise.STANDARD_PERIODS,
        normalise.DIMENSIONS,
        normalise.SALES_MODES,
        normalise.IT_LEVELS,
        normalise.CREDIT_LEVELS,
        normalise.DECIDED_ATTRIBUTES,
    ],
)
def test_every_accepted_spelling_is_written_down(spellings):
    for value, also in spellings.by_value.items():
        assert f"| `{value}` | {'、'.join(also)} |" in DOCUMENT


def test_the_table_of_the_document_is_read(tmp_path):
    (table,) = re.findall(r"```csv customers\n(.+?)\n```", DOCUMENT, re.DOTALL)
    (tmp_path / "customers.csv").write_text(table, "utf-8")
    (row,) = read_rows(tmp_path / "customers.csv")
    item = read_item("customers", row.raw)
    assert item.faults == ()
    assert item.body["grade"] == 23
    assert {m.field for m in item.mismatches} == {
        "grade", "market_type", "volatility_class", "has_pos", "is_retail_info_officer", "licence_valid_to",
    }  # fmt: skip


def test_the_checksum_of_the_document_is_the_checksum():
    lines = [{"licence_no": "420301123456", "sku": "42010101", "quantity": "0.4", "unit": "箱"}]
    text = json.dumps(lines, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode("utf-8")).hexdigest() == checksum_of(lines)
