import re
from pathlib import Path

import pytest

from app.audit.engine.faults import EngineBroken, FactsRefused, RuleFileErrors, UnknownEvent

ROOT = Path(__file__).parents[3]
TABLE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
DOCUMENTED = set(re.findall(r"^\| ([a-z_]+\.[a-z_]+) \|", TABLE, re.MULTILINE))
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "app/audit/engine").glob("*.py"))
NOTED = re.compile(r'(?:\.fault|faults\.add|self\._fault)\(\s*(?:f"[^"]*"|[^"()]|\([^()]*\))*?,?\s*"([a-z_]+)",')
BOUND = re.compile(r'BindError\(\s*"([a-z_]+)"')
LINTED = re.compile(r'"rule_lint\.([a-z_]+)"|\b_fault\(\s*rule,\s*"([a-z_]+)"')
LACKING = re.compile(r'gap\(\s*"([a-z_]+)"')


def documented(prefix):
    return {code.partition(".")[2] for code in DOCUMENTED if code.startswith(f"{prefix}.")}


@pytest.mark.parametrize("error", [EngineBroken, FactsRefused, RuleFileErrors, UnknownEvent])
def test_every_error_of_the_engine_is_in_the_table(error):
    assert error.code in DOCUMENTED


def test_the_table_has_every_code_of_a_rule_file_and_no_other():
    assert set(NOTED.findall(SOURCE)) | set(BOUND.findall(SOURCE)) == documented("rule_file")


def test_the_table_has_every_code_of_the_lint_and_no_other():
    assert {one or other for one, other in LINTED.findall(SOURCE)} == documented("rule_lint")


def test_the_table_has_every_code_of_a_missing_case_and_no_other():
    assert set(LACKING.findall(SOURCE)) == documented("rule_cases")
