"""Reading the conditions and branches of a rule, and typing them for every day on which a parameter changes."""

from collections.abc import Iterator, Mapping
from datetime import date

from app.audit.engine.bind import BindError, bind
from app.audit.engine.catalogue import Scope
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
from app.audit.engine.message import Template, TemplateError, parse_template
from app.audit.engine.parameter_file import values_on
from app.audit.engine.rule import Branch, DatedValue, ParameterValue
from app.audit.engine.section import Section, nearest
from app.audit.engine.yaml_text import Node
from app.audit.finding import Outcome
from app.core.text import Bilingual

MOST_ALTERNATIVES = 60
"""The engine keeps 64 alternatives at once. Source: design/engine.md, section 2."""
MOST_GROUPS = 14
"""And/or groups of one rule. Source: design/engine.md, section 2."""
MOST_CONDITION = 1000
"""Characters of one condition line."""

_SEVERITIES = {"note": Outcome.NOTE, "flag": Outcome.FLAG, "block": Outcome.BLOCK}


Stated = list[tuple[int, Condition]]
"""Every condition that stands in a line of its own, with that line."""


def read_condition(file: Section, node: Node, stated: Stated) -> Condition | None:
    """Return the condition in ``node``: a line, or a tree of all, any and not. None after noting a fault.

    Each line that could be read is added to ``stated``.
    """
    if isinstance(node.value, str):
        return _line(file, node.value, node.line, stated)
    members = node.mapping or {}
    if len(members) == 1:
        ((word, value),) = members.items()
        if word == "not":
            part = read_condition(file, value, stated)
            return None if part is None else negation(part)
        if word in ("all", "any") and value.sequence:
            return _group(word, [read_condition(file, member, stated) for member in value.sequence])
    file.fault(
        node.line,
        "condition",
        "应为一行条件,或 all: [..]、any: [..]、not: ..(以 ! [ { 开头的条件请加单引号)。",
        "expected a condition in one line, or all: [..], any: [..], not: .. (quote one that begins with ! [ {).",
    )
    return None


def _group(word: str, parts: list[Condition | None]) -> Condition | None:
    read = tuple(part for part in parts if part is not None)
    if len(read) < len(parts):
        return None
    if len(read) == 1:
        return read[0]
    return All(read) if word == "all" else AnyOf(read)


def _line(file: Section, text: str, line: int, stated: Stated) -> Condition | None:
    if len(text) > MOST_CONDITION:
        file.fault(line, "condition", "条件太长,请拆开。", "the condition is too long. Split it.")
        return None
    try:
        condition = parse_condition(text)
    except ConditionError as error:
        file.fault(line, "condition", error.message.zh, error.message.en)
        return None
    stated.append((line, condition))
    return condition


def read_branches(file: Section, stated: Stated) -> tuple[Branch, ...]:
    """Return the branches of a rule in order; what cannot be read is left out and noted."""
    nodes = file.sequence("branches")
    if file.get("branches") is not None and not nodes:
        file.fault(file.line_of("branches"), "no_branch", "至少要有一个分支。", "a rule needs at least one branch.")
    return tuple(branch for node in nodes if (branch := _branch(file, node, stated)) is not None)


def _branch(file: Section, node: Node, stated: Stated) -> Branch | None:
    section = Section(node, file.path, file.faults, Bilingual("分支", "a branch"))
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
    when = section.get("when")
    condition = None if when is None else read_condition(file, when, stated)
    message = _message(section)
    if condition is None or message is None or severity not in _SEVERITIES:
        return None
    return Branch(_SEVERITIES[severity], condition, message, node.line)


def _message(section: Section) -> Template | None:
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


def check_names(
    file: Section, scope: Scope, params: Mapping[str, object], branches: tuple[Branch, ...], evidence: tuple[str, ...]
) -> None:
    """Note every name in a message or in the evidence that nobody knows."""
    known = {*scope.facts, *params}
    for branch in branches:
        for name in branch.message.names:
            if name not in known:
                near = nearest(name, known)
                file.fault(
                    branch.line,
                    "unknown_place",
                    f"消息里的 {{{name}}} 既不是事实也不是参数。{near.zh}",
                    f"`{{{name}}}` in the message is neither a fact nor a parameter.{near.en}",
                )
    for name in evidence:
        if name not in scope.facts:
            near = nearest(name, scope.facts)
            file.fault(
                file.line_of("evidence"),
                "unknown_fact",
                f"证据 {name} 不是 {scope.name} 的事实。{near.zh}",
                f"evidence `{name}` is no fact of `{scope.name}`.{near.en}",
            )


def check_types(
    file: Section,
    scope: Scope,
    params: Mapping[str, tuple[DatedValue, ...]],
    stated: Stated,
    applies: Condition | None,
    branches: tuple[Branch, ...],
) -> None:
    """Note every condition that does not fit, on any day: a mistake for next year is found today."""
    days = {dated.starts_on for series in params.values() for dated in series} or {date.max}
    told: set[tuple[int, str]] = set()
    for day in sorted(days):
        values = values_on(params, day)
        misfits = list(_misfits(scope, values, stated)) or list(_too_complex(scope, values, applies, branches))
        for line, error in misfits:
            if (line, error.message.en) not in told:
                told.add((line, error.message.en))
                file.fault(line, error.code, error.message.zh, error.message.en)


def _misfits(scope: Scope, values: Mapping[str, ParameterValue], stated: Stated) -> Iterator[tuple[int, BindError]]:
    for line, condition in stated:
        try:
            bind(condition, scope, values)
        except BindError as error:
            yield line, error


def _too_complex(
    scope: Scope, values: Mapping[str, ParameterValue], applies: Condition | None, branches: tuple[Branch, ...]
) -> Iterator[tuple[int, BindError]]:
    for branch in branches:
        whole = bind(branch.when if applies is None else All((applies, branch.when)), scope, values)
        if alternatives(whole) > MOST_ALTERNATIVES or groups(whole) > MOST_GROUPS:
            yield (
                branch.line,
                BindError(
                    "complex",
                    "条件太复杂(或与列表的组合过多)。请把一部分做成事实。",
                    "the condition is too complex (too many combinations of or and lists). Make a part of it a fact.",
                ),
            )
