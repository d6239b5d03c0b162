"""A small catalogue and small rules, so that the engine is tested without the packs of the office."""

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.faults import Faults
from app.audit.engine.loader import library_from_files
from app.audit.engine.rulebook import Rulebook, RuleLibrary

FACTS = """\
head:
  zh: 报文
  en: message
  rows: one
  facts:
    late_days: {type: int, unit: 天, nullable: true, zh: 迟交天数, en: days late}
    early: {type: bool, zh: 是否提前, en: early}
    state: {type: enum, values: {draft: {zh: 草稿, en: draft}, done: {zh: 完成, en: done}}, zh: 状态, en: state}
    who: {type: text, nullable: true, zh: 提交人, en: sender}
line:
  zh: 明细行
  en: line
  rows: many
  facts:
    line: {type: int, key: true, zh: 行号, en: line}
    sku: {type: text, key: true, nullable: true, zh: 规格, en: SKU}
    cartons: {type: int, unit: 条, nullable: true, zh: 条数, en: cartons}
    ratio: {type: decimal, nullable: true, zh: 倍数, en: ratio, formula: "cartons / mean"}
    by_hand: {type: bool, nullable: true, zh: 手工录入, en: entered by hand}
    unit: {type: enum, values: [条, 件, 箱], nullable: true, zh: 单位, en: unit}
    names: {type: list, nullable: true, zh: 名单, en: names}
"""

EVENTS = """\
on_submit: {packs: [AA, BB], subjects: [forecast], zh: 提交, en: submitted}
on_close: {packs: [AA], subjects: [cycle], zh: 关闭, en: closed}
"""

RULE = """\
id: AA-01
version: 1
status: active
title: {zh: 倍数过大, en: Ratio too large}
clauses: [YQ-1.1]
event: on_submit
scope: line
effective: {from: 2026-01-01}
params:
  most:
    - {from: 2026-01-01, value: 8, filing: GZ-1}
    - {from: 2026-07-01, value: "7.5"}
applies: cartons > 0
branches:
  - severity: block
    when:
      all:
        - ratio >= $most
        - by_hand
    message: {zh: "{sku}第{line}行{ratio}倍,超过{most}。", en: "{sku}, line {line}: {ratio} times, over {most}."}
  - severity: flag
    when: ratio >= $most
    message: {zh: "{sku}为{ratio}倍。", en: "{sku}: {ratio} times."}
evidence: [cartons]
"""

Files = dict[str, str]
DAY = date(2026, 3, 1)


@pytest.fixture
def files() -> Files:
    return {"_facts.yml": FACTS, "_events.yml": EVENTS, "AA/AA-01.yml": RULE}


@pytest.fixture
def read() -> Callable[[Mapping[str, str]], RuleLibrary]:
    return lambda files: library_from_files(files, Faults())


@pytest.fixture
def rule_file() -> Callable[..., str]:
    """Return a rule file made of conditions, each a flag on the scope ``line``, or what else is said."""

    def write(
        *conditions: str, rule_id: str = "AA-01", scope: str = "line", applies: str | None = None, **keys: str
    ) -> str:
        text = {
            "id": rule_id,
            "version": "1",
            "status": "active",
            "title": "{zh: 规则, en: rule}",
            "clauses": "[YQ-1.1]",
            "event": "on_submit",
            "scope": scope,
            "effective": "{from: 2026-01-01}",
            "evidence": "[]",
            **keys,
        }
        if applies is not None:
            text["applies"] = f"'{applies}'"
        body = "".join(f"{key}: {value}\n" for key, value in text.items()) + "branches:\n"
        for condition in conditions:
            severity, _, rest = (
                condition.partition(": ") if condition[:5] in ("note:", "flag:", "block") else ("", "", "")
            )
            body += f"  - severity: {severity or 'flag'}\n    when: '{rest or condition}'\n"
            body += "    message: {zh: 违反, en: broken}\n"
        return body

    return write


@pytest.fixture
def rulebook(read, rule_file) -> Callable[..., Rulebook]:
    """Return the rulebook of one rule made of conditions."""

    def make(*conditions: str, event: str = "on_submit", day: date = DAY, **keys: str) -> Rulebook:
        text = rule_file(*conditions, **keys)
        return read({"_facts.yml": FACTS, "_events.yml": EVENTS, "AA/AA-01.yml": text}).rulebook(event, day)

    return make


@pytest.fixture(scope="session")
def evaluator() -> Evaluator:
    return Evaluator()


@pytest.fixture
def colliding_names() -> tuple[str, str]:
    """Return two names with one 32-bit hash, found by trying."""
    return "fact_522789", "fact_739192"
