"""Reading the parameters of a rule: dated series of values."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from app.audit.engine.rule import DatedValue, ParameterValue
from app.audit.engine.section import Section, nearest
from app.audit.engine.yaml_text import Node
from app.core.text import Bilingual

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")


def read_parameters(file: Section, starts: date | None, ends: date | None) -> dict[str, tuple[DatedValue, ...]]:
    """Return the series under ``params`` of a rule in force from ``starts`` to ``ends``, oldest value first."""
    section = file.section("params")
    params = {}
    for name, node in section.items() if section else ():
        if not _NAME.fullmatch(name):
            file.fault(
                node.key_line,
                "name",
                f"参数名 {name} 不可用。用小写字母、数字、下划线。",
                f"`{name}` is no possible name of a parameter: lower case letters, digits, _.",
            )
        params[name] = _series(file, name, node, starts, ends)
    return params


def read_facts_params(file: Section, params: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names under ``facts_params``, which must be parameters."""
    names = file.texts("facts_params")
    for name in names:
        if name not in params:
            near = nearest(name, params)
            file.fault(
                file.line_of("facts_params"),
                "unknown_param",
                f"facts_params 里的 {name} 不在 params 中。{near.zh}",
                f"`{name}` in facts_params is not under params.{near.en}",
            )
    return names


def values_on(params: Mapping[str, tuple[DatedValue, ...]], day: date) -> dict[str, ParameterValue]:
    """Return what each parameter is on ``day``, its first value when it begins later."""
    return {
        name: next((dated.value for dated in reversed(series) if dated.starts_on <= day), series[0].value)
        for name, series in params.items()
        if series
    }


def _series(file: Section, name: str, node: Node, starts: date | None, ends: date | None) -> tuple[DatedValue, ...]:
    if not node.sequence:
        file.fault(
            node.line,
            "series",
            f"参数 {name} 应为列表:- {{from: 2026-01-01, value: ..}}。",
            f"the parameter `{name}` must be a list: - {{from: 2026-01-01, value: ..}}.",
        )
        return ()
    series = []
    for member in node.sequence:
        section = Section(member, file.path, file.faults, Bilingual(name, f"`{name}`"))
        section.keys(("from", "value", "filing"), ("from", "value"))
        value, since = section.get("value"), section.day("from")
        if value is not None and since is not None:
            series.append(DatedValue(since, _value(file, value), section.text("filing")))
    if len(series) == len(node.sequence):
        _check_series(file, name, node.key_line, series, starts, ends)
    return tuple(series)


def _check_series(
    file: Section, name: str, line: int, series: list[DatedValue], starts: date | None, ends: date | None
) -> None:
    days = [dated.starts_on for dated in series]
    if days != sorted(set(days)):
        file.fault(line, "series_order", f"参数 {name} 的日期应递增且不重复。", f"the dates of `{name}` must rise.")
    if len({_kind(dated.value) for dated in series}) > 1:
        file.fault(line, "series_type", f"参数 {name} 前后类型不同。", f"the values of `{name}` differ in type.")
    if starts is not None and days[0] > starts:
        file.fault(
            line,
            "series_gap",
            f"参数 {name} 在规则生效日 {starts} 还没有取值。",
            f"the parameter `{name}` has no value yet on {starts}, when the rule takes effect.",
        )
    if ends is not None and days[-1] > ends:
        file.fault(
            line,
            "series_gap",
            f"参数 {name} 有晚于规则失效日 {ends} 的取值。",
            f"the parameter `{name}` has a value after {ends}, when the rule ends.",
        )


def _value(file: Section, node: Node) -> ParameterValue:
    if node.sequence is not None:
        return tuple(_single(file, member) for member in node.sequence)
    return _single(file, node)


def _single(file: Section, node: Node) -> int | Decimal | bool | str:
    value = node.value
    if isinstance(value, str) and node.quoted and _DECIMAL.fullmatch(value):
        return Decimal(value)
    if isinstance(value, int | str):
        return value
    file.fault(
        node.line,
        "param_value",
        '参数值应为整数、true/false、文字,或带引号的小数 "0.2";日期也加引号。',
        'a parameter is a whole number, true/false, text, or a quoted decimal "0.2"; a date is quoted as well.',
    )
    return 0


def _kind(value: ParameterValue) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, tuple):
        return "list"
    return "text" if isinstance(value, str) else "number"
