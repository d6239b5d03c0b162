"""Reading one rule file. Conditions are parsed here and typed against the catalogue for every day a parameter changes."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath

from app.audit.engine.bind import BindError, bind
from app.audit.engine.catalogue import Catalogue, EventSpec, Scope
from app.audit.engine.condition import (
    All,
    AnyOf,
    Condition,
    ConditionError,
    alternatives,
    groups,
    negation,
    parse_condition,
)
from app.audit.engine.faults import Faults
from app.audit.engine.message import Template, TemplateError, parse_template
from app.audit.engine.rule import Branch, DatedValue, ParameterValue, Rule, Status
from app.audit.engine.section import Section, nearest
from app.audit.engine.yaml_text import Node, read_yaml
from app.audit.finding import Outcome
from app.core.text import Bilingual

MOST_ALTERNATIVES = 60
"""The engine keeps 64 alternatives at once. Source: design/engine.md, section 2."""
MOST_GROUPS = 14
"""And/or groups of one rule. Source: design/engine.md, section 2."""
MOST_CONDITION = 1000
"""Characters of one condition line."""

_REQUIRED = ("id", "version", "status", "title", "clauses", "event", "scope", "effective", "branches", "evidence")
_KEYS = (*_REQUIRED, "params", "facts_params", "applies", "lead_only", "false_alarms")
_RULE_ID = re.compile(r"[A-Z]{2,6}-[0-9]{2,3}")
_PARAM_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_SEVERITIES = {"note": Outcome.NOTE, "flag": Outcome.FLAG, "block": Outcome.BLOCK}


def read_rule(
    path: str, text: str, catalogue: Catalogue, events: Mapping[str, EventSpec], faults: Faults
) -> Rule | None:
    """Return the rule in ``text``; None when anything is wrong with it. Every problem goes to ``faults``."""
    before = len(faults)
    node = read_yaml(text, path, faults)
    if node is None:
        return None
    rule = _RuleFile(Section(node, path, faults, Bilingual("规则文件", "a rule file")), catalogue, events).read(text)
    return rule if len(faults) == before else None


class _RuleFile:
    """One rule file being read."""

    def __init__(self, section: Section, catalogue: Catalogue, events: Mapping[str, EventSpec]) -> None:
        self._file = section
        self._catalogue = catalogue
        self._events = events
        self._path = PurePosixPath(section.path)

    def read(self, text: str) -> Rule | None:
        file = self._file
        file.keys(_KEYS, _REQUIRED)
        rule_id, version = self._identity()
        effective = file.section("effective")
        starts, ends = self._effective(effective)
        scope = self._scope()
        params = self._params(starts, ends)
        facts_params = self._facts_params(params)
        applies = self._tree(node) if (node := file.get("applies")) else None
        branches = tuple(filter(None, map(self._branch, file.sequence("branches"))))
        if file.get("branches") is not None and not file.sequence("branches"):
            file.fault(file.line_of("branches"), "no_branch", "至少要有一个分支。", "a rule needs at least one branch.")
        evidence = file.texts("evidence")
        if scope is not None:
            self._check_names(scope, params, branches, evidence)
            self._check_types(scope, params, starts, applies, branches)
        title = file.bilingual("title")
        if title is None or scope is None or starts is None or rule_id is None or version is None:
            return None
        return Rule(
            rule_id,
            version,
            self._path.parent.name,
            self._status(),
            title,
            self._clauses(),
            self._asked_at(),
            scope.name,
            starts,
            ends,
            params,
            facts_params,
            applies,
            branches,
            evidence,
            file.boolean("lead_only"),
            file.bilingual("false_alarms", plain=True),
            text,
            str(self._path),
        )

    def _identity(self) -> tuple[str | None, int | None]:
        file = self._file
        rule_id, version = file.text("id"), file.integer("version")
        if version is not None and version < 1:
            file.fault(file.line_of("version"), "version", "版本号从 1 开始。", "versions count from 1.")
        if rule_id is None:
            return None, version
        line = file.line_of("id")
        if not _RULE_ID.fullmatch(rule_id):
            file.fault(line, "id", f"编号 {rule_id} 应形如 ENT-06。", f"the id `{rule_id}` must look like ENT-06.")
        stem = self._path.stem
        if stem not in (rule_id, f"{rule_id}.v{version}"):
            file.fault(
                line,
                "file_name",
                f"文件名应为 {rule_id}.yml(旧版本为 {rule_id}.v{version}.yml),现为 {self._path.name}。",
                f"the file must be {rule_id}.yml (an older version {rule_id}.v{version}.yml), it is {self._path.name}.",
            )
        if not rule_id.startswith(f"{self._path.parent.name}-"):
            file.fault(
                line,
                "pack",
                f"规则 {rule_id} 应放在以其前缀命名的文件夹中,不在 {self._path.parent.name}。",
                f"{rule_id} belongs into the folder of its pack, not into {self._path.parent.name}.",
            )
        return rule_id, version

    def _status(self) -> Status:
        text = self._file.text("status")
        if text in list(Status):
            return Status(text)
        if text is not None:
            self._file.fault(
                self._file.line_of("status"),
                "status",
                f"没有状态 {text}。可用:{'、'.join(Status)}。",
                f"there is no status `{text}`. Known: {', '.join(Status)}.",
            )
        return Status.DRAFT

    def _effective(self, section: Section | None) -> tuple[date | None, date | None]:
        if section is None:
            return None, None
        section.keys(("from", "to"), ("from",))
        starts, ends = section.day("from"), section.day("to")
        if starts and ends and ends < starts:
            section.fault(section.line_of("to"), "effective", "失效日早于生效日。", "`to` is before `from`.")
        return starts, ends

    def _clauses(self) -> tuple[str, ...]:
        clauses = self._file.texts("clauses")
        if self._file.get("clauses") is not None and not clauses:
            self._file.fault(
                self._file.line_of("clauses"), "no_clause", "至少写一个条款编号。", "name at least one clause."
            )
        return clauses

    def _asked_at(self) -> tuple[str, ...]:
        asked_at = self._file.texts("event", single=True)
        for event in asked_at:
            if event not in self._events:
                near = nearest(event, self._events)
                self._file.fault(
                    self._file.line_of("event"),
                    "unknown_event",
                    f"没有事件 {event}。{near.zh}事件写在 rules/_events.yml。",
                    f"there is no event `{event}`.{near.en} Events stand in rules/_events.yml.",
                )
        return asked_at

    def _scope(self) -> Scope | None:
        name = self._file.text("scope")
        if name is None:
            return None
        scope = self._catalogue.scopes.get(name)
        if scope is None:
            near = nearest(name, self._catalogue.scopes)
            self._file.fault(
                self._file.line_of("scope"),
                "unknown_scope",
                f"没有事实表 {name}。{near.zh}事实表写在 rules/_facts.yml。",
                f"there is no scope `{name}`.{near.en} Scopes stand in rules/_facts.yml.",
            )
        return scope

    # ------------------------------------------------------------------ parameters

    def _params(self, starts: date | None, ends: date | None) -> dict[str, tuple[DatedValue, ...]]:
        section = self._file.section("params")
        params = {}
        for name, node in section.items() if section else ():
            if not _PARAM_NAME.fullmatch(name):
                self._file.fault(
                    node.key_line,
                    "name",
                    f"参数名 {name} 不可用。用小写字母、数字、下划线。",
                    f"`{name}` is no possible name of a parameter: lower case letters, digits, _.",
                )
            params[name] = self._series(name, node, starts, ends)
        return params

    def _series(self, name: str, node: Node, starts: date | None, ends: date | None) -> tuple[DatedValue, ...]:
        series = []
        for member in node.sequence or ():
            section = Section(member, str(self._path), self._file.faults, Bilingual(name, f"`{name}`"))
            section.keys(("from", "value", "filing", "basis"), ("from", "value"))
            value, since = section.get("value"), section.day("from")
            if value is not None and since is not None:
                filing = section.text("filing") or section.text("basis")
                series.append(DatedValue(since, self._value(value), filing))
        days = [dated.starts_on for dated in series]
        if not series:
            if node.sequence is None or not node.sequence:
                self._file.fault(
                    node.line,
                    "series",
                    f"参数 {name} 应为列表:- {{from: 2026-01-01, value: ..}}。",
                    f"the parameter `{name}` must be a list: - {{from: 2026-01-01, value: ..}}.",
                )
        elif days != sorted(set(days)):
            self._file.fault(
                node.key_line,
                "series_order",
                f"参数 {name} 的日期应递增且不重复。",
                f"the dates of `{name}` must rise.",
            )
        elif starts is not None and days[0] > starts:
            self._file.fault(
                node.key_line,
                "series_gap",
                f"参数 {name} 在规则生效日 {starts} 还没有取值。",
                f"the parameter `{name}` has no value yet on {starts}, when the rule takes effect.",
            )
        elif len({_kind(dated.value) for dated in series}) > 1:
            self._file.fault(
                node.key_line, "series_type", f"参数 {name} 前后类型不同。", f"the values of `{name}` differ in type."
            )
        if ends is not None and days and days[-1] > ends:
            self._file.fault(
                node.key_line,
                "series_gap",
                f"参数 {name} 有晚于规则失效日 {ends} 的取值。",
                f"the parameter `{name}` has a value after {ends}, when the rule ends.",
            )
        return tuple(series)

    def _value(self, node: Node) -> ParameterValue:
        if node.sequence is not None:
            return tuple(self._single(member) for member in node.sequence)
        return self._single(node)

    def _single(self, node: Node) -> int | Decimal | bool | str:
        value = node.value
        if isinstance(value, str) and node.quoted and _DECIMAL.fullmatch(value):
            return Decimal(value)
        if isinstance(value, int | str):
            return value
        self._file.fault(
            node.line,
            "param_value",
            '参数值应为整数、true/false、文字,或带引号的小数 "0.2";日期也加引号。',
            'a parameter is a whole number, true/false, text, or a quoted decimal "0.2"; a date is quoted as well.',
        )
        return 0

    def _facts_params(self, params: Mapping[str, object]) -> tuple[str, ...]:
        names = self._file.texts("facts_params")
        for name in names:
            if name not in params:
                near = nearest(name, params)
                self._file.fault(
                    self._file.line_of("facts_params"),
                    "unknown_param",
                    f"facts_params 里的 {name} 不在 params 中。{near.zh}",
                    f"`{name}` in facts_params is not under params.{near.en}",
                )
        return names

    # ------------------------------------------------------------------ conditions

    def _tree(self, node: Node) -> Condition | None:
        """Return the condition in ``node``: a line, or a tree of all, any and not."""
        if isinstance(node.value, str):
            return self._line(node.value, node.line)
        members = node.mapping
        if members is not None and len(members) == 1:
            ((word, value),) = members.items()
            if word == "not":
                part = self._tree(value)
                return None if part is None else negation(part)
            if word in ("all", "any") and value.sequence:
                parts = [self._tree(member) for member in value.sequence]
                read = tuple(part for part in parts if part is not None)
                if len(read) < len(parts):
                    return None
                if len(read) == 1:
                    return read[0]
                return All(read) if word == "all" else AnyOf(read)
        self._file.fault(
            node.line,
            "condition",
            "应为一行条件,或 all: [..]、any: [..]、not: ..(以 ! [ { 开头的条件请加单引号)。",
            "expected a condition in one line, or all: [..], any: [..], not: .. (quote a condition beginning with ! [ {).",
        )
        return None

    def _line(self, text: str, line: int) -> Condition | None:
        if len(text) > MOST_CONDITION:
            self._file.fault(line, "condition", "条件太长,请拆开。", "the condition is too long. Split it.")
            return None
        try:
            return parse_condition(text)
        except ConditionError as error:
            self._file.fault(line, "condition", error.message.zh, error.message.en)
            return None

    def _branch(self, node: Node) -> Branch | None:
        section = Section(node, str(self._path), self._file.faults, Bilingual("分支", "a branch"))
        if node.mapping is None:
            return None
        section.keys(("severity", "when", "message"), ("severity", "when", "message"))
        severity = section.text("severity")
        if severity is not None and severity not in _SEVERITIES:
            section.fault(
                section.line_of("severity"),
                "severity",
                f"没有等级 {severity}。可用:note、flag、block。",
                f"there is no severity `{severity}`. Known: note, flag, block.",
            )
        condition = self._tree(when) if (when := section.get("when")) else None
        message = self._message(section)
        if condition is None or message is None or severity not in _SEVERITIES:
            return None
        return Branch(_SEVERITIES[severity], condition, message, node.line)

    def _message(self, section: Section) -> Template | None:
        source = section.bilingual("message")
        if source is None:
            return None
        try:
            return parse_template(source)
        except TemplateError as error:
            section.fault(
                section.line_of("message"),
                "placeholder",
                f"看不懂 {error}。占位写作 {{事实名}},大括号本身写作 {{{{ 或 }}}}。",
                f"cannot read `{error}`. A place is {{name}}, nothing more; a brace itself is {{{{ or }}}}.",
            )
            return None

    # ------------------------------------------------------------------ names and types

    def _check_names(
        self,
        scope: Scope,
        params: Mapping[str, object],
        branches: tuple[Branch, ...],
        evidence: tuple[str, ...],
    ) -> None:
        known = {*scope.facts, *params}
        for branch in branches:
            for name in branch.message.names:
                if name not in known:
                    near = nearest(name, known)
                    self._file.fault(
                        branch.line,
                        "unknown_place",
                        f"消息里的 {{{name}}} 既不是事实也不是参数。{near.zh}",
                        f"`{{{name}}}` in the message is neither a fact nor a parameter.{near.en}",
                    )
        for name in evidence:
            if name not in scope.facts:
                near = nearest(name, scope.facts)
                self._file.fault(
                    self._file.line_of("evidence"),
                    "unknown_fact",
                    f"证据 {name} 不是 {scope.name} 的事实。{near.zh}",
                    f"evidence `{name}` is no fact of `{scope.name}`.{near.en}",
                )

    def _check_types(
        self,
        scope: Scope,
        params: Mapping[str, tuple[DatedValue, ...]],
        starts: date | None,
        applies: Condition | None,
        branches: tuple[Branch, ...],
    ) -> None:
        """Type every condition on every day its parameters change: a mistake for next year is found today."""
        days = {dated.starts_on for series in params.values() for dated in series} | ({starts} if starts else set())
        conditions = [(branch.when, branch.line) for branch in branches]
        if applies is not None:
            conditions.append((applies, self._file.line_of("applies")))
        told: set[tuple[int, str]] = set()
        for day in sorted(days or {date.max}):
            values = {
                name: [dated.value for dated in series if dated.starts_on <= day][-1]
                for name, series in params.items()
                if any(dated.starts_on <= day for dated in series)
            }
            self._type_on(
                scope, {**{n: s[0].value for n, s in params.items() if s}, **values}, conditions, applies, told
            )

    def _type_on(
        self,
        scope: Scope,
        values: Mapping[str, ParameterValue],
        conditions: list[tuple[Condition, int]],
        applies: Condition | None,
        told: set[tuple[int, str]],
    ) -> None:
        guard = None
        for condition, line in reversed(conditions):
            try:
                bound = bind(condition, scope, values)
            except BindError as error:
                if (line, error.message.en) not in told:
                    told.add((line, error.message.en))
                    self._file.fault(line, error.code, error.message.zh, error.message.en)
                continue
            if condition is applies:
                guard = bound
                continue
            whole = bound if guard is None else All((guard, bound))
            if alternatives(whole) > MOST_ALTERNATIVES or groups(whole) > MOST_GROUPS:
                if (line, "complex") not in told:
                    told.add((line, "complex"))
                    self._file.fault(
                        line,
                        "complex",
                        "条件太复杂(或/列表的组合过多)。请把一部分做成事实。",
                        "the condition is too complex (too many combinations of or and lists). Make a part of it a fact.",
                    )


def _kind(value: ParameterValue) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, tuple):
        return "list"
    return "text" if isinstance(value, str) else "number"
