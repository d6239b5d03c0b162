"""Typing a condition against the catalogue: parameters put in, decimals turned into whole millionths."""

from collections.abc import Mapping
from decimal import Decimal

from app.audit.engine.catalogue import COMPARED, NUMERIC, FactSpec, FactType, Scope
from app.audit.engine.condition import All, Among, AnyOf, Compare, Condition, Constant, Has, Parameter
from app.audit.engine.message import plain_decimal
from app.audit.engine.rule import ParameterValue
from app.audit.engine.section import nearest
from app.core.text import Bilingual

MOST_LIMIT = 10**18
"""Whole numbers (and millionths) stay well inside 64 bits, where the engine compares exactly."""
MOST_AMONG = 60
"""How many values a list in a condition may have. Source: design/engine.md, section 2."""
MOST_TEXT = 256
"""How long a value of an enum may be, in characters."""


class BindError(ValueError):
    """A condition does not fit the catalogue or the parameters."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        """Keep the code (after ``rule_file.``) and both sentences."""
        super().__init__(en)
        self.code = code
        self.message = Bilingual(zh, en)


def bind(condition: Condition, scope: Scope, parameters: Mapping[str, ParameterValue]) -> Condition:
    """Return ``condition`` with every limit as the engine sees it.

    Raises:
        BindError: an unknown fact or parameter, or a limit of the wrong type.
    """
    match condition:
        case All(parts):
            return All(tuple(bind(part, scope, parameters) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(bind(part, scope, parameters) for part in parts))
        case Has(fact):
            _spec(fact, scope)
            return condition
        case Compare(fact, op, limit):
            spec = _compared(fact, scope)
            if op not in ("==", "!=") and spec.type not in NUMERIC:
                raise BindError(
                    "operator",
                    f"{fact} 是 {spec.type},只能用 == 和 !=。",
                    f"`{fact}` is {spec.type}: only == and != are possible.",
                )
            value = _parameter(limit, parameters) if isinstance(limit, Parameter) else limit
            return Compare(fact, op, _limit(spec, value))
        case Among(fact, limits, inside):  # pragma: no branch
            spec = _compared(fact, scope)
            values = _parameter(limits, parameters) if isinstance(limits, Parameter) else limits
            return Among(fact, _among(spec, values), inside)


def _spec(fact: str, scope: Scope) -> FactSpec:
    if fact in scope.facts:
        return scope.facts[fact]
    near = nearest(fact, scope.facts)
    raise BindError(
        "unknown_fact",
        f"事实表 {scope.name} 里没有 {fact}。{near.zh}新事实请先写入 rules/_facts.yml。",
        f"`{scope.name}` has no fact `{fact}`.{near.en} A new fact goes into rules/_facts.yml first.",
    )


def _compared(fact: str, scope: Scope) -> FactSpec:
    spec = _spec(fact, scope)
    if spec.type in COMPARED:
        return spec
    raise BindError(
        "not_compared",
        f"{fact} 是 {spec.type},不能比较。请增加一个 bool 或 enum 事实。",
        f"`{fact}` is {spec.type} and cannot be compared. Add a bool or enum fact.",
    )


def _parameter(parameter: Parameter, parameters: Mapping[str, ParameterValue]) -> ParameterValue:
    if parameter.name in parameters:
        return parameters[parameter.name]
    near = nearest(parameter.name, parameters)
    raise BindError(
        "unknown_param",
        f"没有参数 ${parameter.name}。{near.zh}请写入 params。",
        f"there is no parameter `${parameter.name}`.{near.en} Add it under `params`.",
    )


def _among(spec: FactSpec, values: ParameterValue | tuple[Constant, ...]) -> tuple[Constant, ...]:
    if not isinstance(values, tuple):
        raise BindError(
            "type",
            f"{spec.name} in 后面要一个列表,参数是 {values!s}。",
            f"`{spec.name} in` needs a list, the parameter is {values!s}.",
        )
    if not 0 < len(values) <= MOST_AMONG:
        raise BindError(
            "list_length",
            f"{spec.name} in 的列表有{len(values)}项,应为1至{MOST_AMONG}项。更长的请做成事实。",
            f"`{spec.name} in` takes 1 to {MOST_AMONG} values, here are {len(values)}. Make it a fact.",
        )
    if spec.type is FactType.BOOL:
        raise BindError("operator", f"{spec.name} 是 bool,不用 in。", f"`{spec.name}` is bool: `in` makes no sense.")
    return tuple(dict.fromkeys(_limit(spec, value) for value in values))


def _limit(spec: FactSpec, value: ParameterValue) -> Constant:
    match spec.type:
        case FactType.BOOL:
            fits = isinstance(value, bool)
        case FactType.INT:
            fits = isinstance(value, int) and not isinstance(value, bool)
        case FactType.DECIMAL:
            fits = isinstance(value, int | Decimal) and not isinstance(value, bool)
        case _:
            fits = isinstance(value, str)
    if not fits or isinstance(value, tuple):
        raise BindError("type", *_mismatch(spec, value))
    if spec.type is FactType.ENUM and value not in (spec.values or ()):
        values = list(spec.values or ())
        raise BindError(
            "unknown_value",
            f"{spec.name} 没有取值 {value}。可用:{'、'.join(values)}。",
            f"`{spec.name}` has no value `{value}`. Known: {', '.join(values)}.",
        )
    return _exact(spec, value) if spec.type in NUMERIC and not isinstance(value, str) else value


def _mismatch(spec: FactSpec, value: object) -> tuple[str, str]:
    shown = str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, str) else str(value)
    if spec.type is FactType.INT and isinstance(value, Decimal):
        return (
            f"{spec.name} 是整数,请写整数,不写 {shown}。",
            f"`{spec.name}` is a whole number: write one, not {shown}.",
        )
    if spec.type is FactType.DECIMAL and isinstance(value, str):
        return (
            f'{spec.name} 是小数,不能与文字 {shown} 比较。参数里的小数写作带点的 "8.0",条件里不加引号。',
            f'`{spec.name}` is decimal, got the text {shown}. A decimal is "8.0" in params, 8.0 in a condition.',
        )
    return (
        f"{spec.name} 是 {spec.type},不能与 {shown} 比较。",
        f"`{spec.name}` is {spec.type}, got {shown}.",
    )


def _exact(spec: FactSpec, value: int | Decimal) -> int:
    # By digits, not by multiplication: decimal arithmetic rounds silently after 28 of them.
    whole, _, decimals = plain_decimal(Decimal(value)).partition(".")
    places = 6 if spec.type is FactType.DECIMAL else 0
    if len(decimals) > places:
        raise BindError("precision", f"{value} 超过六位小数。", f"{value} has more than six decimals.")
    scaled = int(whole + decimals.ljust(places, "0"))
    if abs(scaled) > MOST_LIMIT:
        raise BindError("range", f"{value} 太大。", f"{value} is too large.")
    return scaled
