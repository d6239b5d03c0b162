"""Reading the cases that lie beside a rule."""

import re
from datetime import date
from decimal import Decimal

from app.audit.engine.catalogue import FactSpec, FactType, Scope
from app.audit.engine.faults import Faults
from app.audit.engine.message import plain_decimal
from app.audit.engine.rule import Case, Rule
from app.audit.engine.section import Section, nearest
from app.audit.engine.yaml_text import Node, read_yaml
from app.audit.fact import MICRO, Cell
from app.audit.finding import Outcome
from app.core.text import Bilingual

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]{1,6})?")


def read_cases(path: str, text: str, rule: Rule, scope: Scope, faults: Faults) -> tuple[Case, ...]:
    """Return the cases of ``rule`` in ``text``; what cannot be read is left out and noted."""
    node = read_yaml(text, path, faults)
    if node is None:
        return ()
    if node.sequence is None:
        faults.add(f"{path}:{node.line}", "type", "案例文件应为列表 - name: ..。", "a case file is a list: - name: ..")
        return ()
    file = _CaseFile(path, rule, scope, faults)
    cases = tuple(case for member in node.sequence if (case := file.case(member)) is not None)
    file.check_names(cases)
    return cases


class _CaseFile:
    """One case file being read."""

    def __init__(self, path: str, rule: Rule, scope: Scope, faults: Faults) -> None:
        self._path = path
        self._rule = rule
        self._scope = scope
        self._faults = faults

    def case(self, node: Node) -> Case | None:
        section = Section(node, self._path, self._faults, Bilingual("案例", "a case"))
        if node.mapping is None:
            return None
        section.keys(("name", "given", "expect", "missing", "at", "event"), ("name", "given", "expect"))
        name = section.text("name")
        given = self._given(section)
        outcome, branch = self._expect(section)
        if name is None or outcome is None:
            return None
        return Case(name, given, outcome, branch, self._at(section), self._event(section), f"{self._path}:{node.line}")

    def check_names(self, cases: tuple[Case, ...]) -> None:
        seen: dict[str, str] = {}
        for case in cases:
            if case.name in seen:
                self._faults.add(
                    case.place,
                    "duplicate",
                    f"案例名重复:{case.name}(见 {seen[case.name]})。",
                    f"two cases are named `{case.name}` (see {seen[case.name]}).",
                )
            seen[case.name] = case.place

    def _given(self, section: Section) -> dict[str, Cell]:
        members = section.section("given")
        given: dict[str, Cell] = {}
        for fact, node in members.items() if members else ():
            spec = self._scope.facts.get(fact)
            if spec is None:
                self._unknown(section, node.key_line, fact)
            elif node.value is not None:
                given[fact] = self._cell(spec, node, section)
        for fact in section.texts("missing"):
            if fact not in self._scope.facts:
                self._unknown(section, section.line_of("missing"), fact)
            elif fact in given:
                section.fault(
                    section.line_of("missing"),
                    "given_and_missing",
                    f"{fact} 既给出又缺失。",
                    f"`{fact}` is both given and missing.",
                )
        return given

    def _unknown(self, section: Section, line: int, fact: str) -> None:
        near = nearest(fact, self._scope.facts)
        section.fault(
            line,
            "unknown_fact",
            f"事实表 {self._scope.name} 里没有 {fact}。{near.zh}",
            f"`{self._scope.name}` has no fact `{fact}`.{near.en}",
        )

    def _cell(self, spec: FactSpec, node: Node, section: Section) -> Cell:
        cell = _cell_of(spec, node)
        if cell is None:
            section.fault(
                node.line,
                "type",
                f"{spec.name} 是 {spec.type},这里的值不对。文字和小数加引号。",
                f"`{spec.name}` is {spec.type}: this is no such value. Quote texts and decimals.",
            )
        return cell

    def _expect(self, section: Section) -> tuple[Outcome | None, int | None]:
        expect = section.section("expect")
        if expect is None:
            return None, None
        expect.keys(("outcome", "branch"), ("outcome",))
        text, branch = expect.text("outcome"), expect.integer("branch")
        if text is not None and text not in list(Outcome):
            expect.fault(
                expect.line_of("outcome"),
                "outcome",
                f"没有结果 {text}。可用:{'、'.join(Outcome)}。",
                f"there is no outcome `{text}`. Known: {', '.join(Outcome)}.",
            )
            return None, None
        if branch is not None and not 1 <= branch <= len(self._rule.branches):
            expect.fault(
                expect.line_of("branch"),
                "branch",
                f"没有第{branch}个分支。",
                f"there is no branch {branch}; the first is 1.",
            )
        return Outcome(text) if text else None, branch

    def _at(self, section: Section) -> date | None:
        day = section.day("at")
        outside = day is not None and (
            day < self._rule.effective_from or (self._rule.effective_to is not None and day > self._rule.effective_to)
        )
        if outside:
            section.fault(
                section.line_of("at"),
                "effective",
                f"{day} 不在规则的有效期内。",
                f"{day} is outside the days on which the rule is in force.",
            )
        return day

    def _event(self, section: Section) -> str | None:
        event = section.text("event")
        if event is not None and event not in self._rule.events:
            section.fault(
                section.line_of("event"),
                "unknown_event",
                f"规则不在事件 {event} 下评估。",
                f"the rule is not asked at `{event}`.",
            )
        return event


def _cell_of(spec: FactSpec, node: Node) -> Cell:
    """Return the value as it is kept, None when it does not fit ``spec``."""
    value = node.value
    match spec.type:
        case FactType.BOOL:
            return value if isinstance(value, bool) else None
        case FactType.INT:
            return value if isinstance(value, int) and not isinstance(value, bool) else None
        case FactType.DECIMAL:
            return _millionths(value)
        case FactType.LIST:
            plain = node.plain
            return plain if isinstance(plain, list) and all(isinstance(m, str | int) for m in plain) else None
        case FactType.ENUM:
            return value if isinstance(value, str) and value in (spec.values or ()) else None
        case FactType.TEXT:  # pragma: no branch
            return value if isinstance(value, str) else None


def _millionths(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value * MICRO
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        whole, _, decimals = plain_decimal(Decimal(value)).partition(".")
        return int(whole + decimals.ljust(6, "0"))
    return None
