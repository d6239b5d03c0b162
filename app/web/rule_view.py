"""A rule in the words of the office: its conditions and its sentences, with facts by their names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from markupsafe import Markup, escape

from app.audit.engine.condition import All, Among, AnyOf, Compare, Condition, Has, Parameter
from app.audit.engine.message import Place
from app.audit.engine.rule import Rule
from app.web.language import gettext as _
from app.web.language import language, say
from app.web.numbers import grouped, printed
from app.web.vocabulary import FactWord, Vocabulary
from app.web.words import OPERATORS, counted

_SLOT: Final = Markup('<span class="slot">{}</span>')


@dataclass(frozen=True, slots=True)
class BranchView:
    """One way to violate a rule, in words."""

    severity: str
    condition: str
    sentence: Markup


def branches(rule: Rule, words: Vocabulary, day: date) -> tuple[BranchView, ...]:
    """Return the branches of ``rule`` in order, with the parameters of ``day``."""
    say_condition = _speaker(rule, words, day)
    return tuple(
        BranchView(branch.severity.value, say_condition(branch.when), _sentence(branch.message, words))
        for branch in rule.branches
    )


def applies(rule: Rule, words: Vocabulary, day: date) -> str | None:
    """Return when ``rule`` is applicable at all, in words; None when it always is."""
    return None if rule.applies is None else _speaker(rule, words, day)(rule.applies)


def _sentence(template: Any, words: Vocabulary) -> Markup:  # noqa: ANN401  # Template, whose languages are its fields
    parts = template.en if language() == "en" else template.zh
    return Markup().join(
        _SLOT.format(say(words.fact(part.name).label)) if isinstance(part, Place) else escape(part) for part in parts
    )


def _speaker(rule: Rule, words: Vocabulary, day: date) -> Callable[[Condition], str]:
    parameters: Mapping[str, Any] = {
        name: next((dated.value for dated in reversed(series) if dated.starts_on <= day), series[0].value)
        for name, series in rule.params.items()
    }

    def speak(condition: Condition) -> str:
        match condition:
            case All(parts):
                return _(" 且 ").join(_bracketed(part, speak) for part in parts)
            case AnyOf(parts):
                return _(" 或 ").join(_bracketed(part, speak) for part in parts)
            case Has(fact, present):
                label = say(words.fact(fact).label)
                return _("已知%(fact)s", fact=label) if present else _("未知%(fact)s", fact=label)
            case Compare(fact, sign, limit):
                known = words.fact(fact)
                return f"{say(known.label)} {OPERATORS[sign]} {_limit(limit, known, parameters)}"
            case Among(fact, limits, inside):
                known = words.fact(fact)
                listed = _limit(limits, known, parameters)
                label = say(known.label)
                return (
                    _("%(fact)s 属于 %(list)s", fact=label, list=listed)
                    if inside
                    else _("%(fact)s 不属于 %(list)s", fact=label, list=listed)
                )

    return speak


def _bracketed(part: Condition, speak: Callable[[Condition], str]) -> str:
    return f"({speak(part)})" if isinstance(part, All | AnyOf) else speak(part)


def _limit(limit: Any, fact: FactWord, parameters: Mapping[str, Any]) -> str:  # noqa: ANN401  # constant, list or parameter
    value = parameters.get(limit.name) if isinstance(limit, Parameter) else limit
    if isinstance(value, tuple):
        joiner = ", " if language() == "en" else "、"
        return joiner.join(_limit(member, fact, parameters) for member in value)
    if isinstance(value, str) and value in fact.values:
        return say(fact.values[value])
    if fact.is_number:
        return f"{grouped(str(value))} {counted(fact.unit, value)}".strip()
    return printed(value)
