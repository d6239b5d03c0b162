"""Which rules are asked at an event on a day, with their parameters; one digest stands for all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.audit.engine.bind import bind
from app.audit.engine.catalogue import Catalogue, EventSpec
from app.audit.engine.catalogue_file import EVENTS_FILE, FACTS_FILE
from app.audit.engine.faults import RuleFileErrors, UnknownEvent
from app.audit.engine.message import printed_parameter
from app.audit.engine.rule import BoundRule, ParameterValue, Rule
from app.core.canonical import digest_of, sha256_hex
from app.core.errors import Fault
from app.core.text import Bilingual

_KEPT_RULEBOOKS = 64


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules asked at one event on one day: active and shadow rules of the packs the event names."""

    event: str
    day: date
    digest: str
    """``sha256:<hex>`` over the event, the files and the parameters in force; days on which they are equal share it."""
    files: Mapping[str, str]
    """Relative path -> text of every file the judgement depends on; :func:`rulebook_from_files` reads them back."""
    rules: tuple[BoundRule, ...]
    """By rule id."""
    catalogue: Catalogue

    def parameter(self, rule_id: str, name: str) -> ParameterValue:
        """Return what the parameter ``name`` of ``rule_id`` is on the day of this rulebook.

        Raises:
            RuleFileErrors: no such rule is asked, or it has no such parameter.
        """
        for bound in self.rules:
            if bound.rule.id == rule_id and name in bound.parameters:
                return bound.parameters[name]
        known = any(bound.rule.id == rule_id for bound in self.rules)
        missing = f"{rule_id}.{name}" if known else rule_id
        raise RuleFileErrors(
            [
                Fault(
                    f"{rule_id[: rule_id.find('-')]}/{rule_id}.yml:1",
                    "rule_file.unknown_param",
                    Bilingual(
                        f"{self.day} 的规则库({self.event})没有 {missing},但计算事实要用到它。",
                        f"the rulebook of {self.day} ({self.event}) has no {missing}, which facts are computed with.",
                    ),
                )
            ]
        )

    def rule(self, rule_id: str) -> BoundRule:
        """Return the rule of that id.

        Raises:
            KeyError: it is not in this rulebook.
        """
        for bound in self.rules:
            if bound.rule.id == rule_id:
                return bound
        raise KeyError(rule_id)


class RuleLibrary:
    """All rule files, all versions. Never changes after it was read."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        events: Mapping[str, EventSpec],
        catalogue: Catalogue,
        files: Mapping[str, str],
    ) -> None:
        """Hold what the loader has read and checked; ``files`` has at least the text of the two catalogues."""
        self.rules = rules
        self.events = events
        self.catalogue = catalogue
        self._shared = {name: files[name] for name in (FACTS_FILE, EVENTS_FILE)}
        self._made: dict[tuple[str, date], Rulebook] = {}

    def rulebook(self, event: str, day: date) -> Rulebook:
        """Return the rules asked at ``event`` on ``day``.

        Raises:
            UnknownEvent: no pack is asked at an event of that name.
        """
        made = self._made.get((event, day))
        if made is None:
            made = self._make(event, day)
            if len(self._made) >= _KEPT_RULEBOOKS:
                self._made.clear()
            self._made[event, day] = made
        return made

    def _make(self, event: str, day: date) -> Rulebook:
        spec = self.events.get(event)
        if spec is None:
            raise UnknownEvent(
                Bilingual(f"规则库中没有事件 {event}。", f"The rules know no event {event}."),
            )
        asked = sorted(
            (rule for rule in self.rules if rule.pack in spec.packs and rule.in_force_on(day)),
            key=lambda rule: rule.id,
        )
        return self._rulebook(asked, event, day)

    def rulebook_of(self, rule: Rule, event: str, day: date) -> Rulebook:
        """Return a rulebook of ``rule`` alone, whatever its status: for its cases."""
        return self._rulebook([rule], event, day)

    def _rulebook(self, asked: list[Rule], event: str, day: date) -> Rulebook:
        rules = tuple(bind_rule(rule, self.catalogue, event, day) for rule in asked)
        files = {**self._shared, **{rule.path: rule.text for rule in asked}}
        return Rulebook(event, day, _digest(event, files, rules), files, rules, self.catalogue)


def bind_rule(rule: Rule, catalogue: Catalogue, event: str, day: date) -> BoundRule:
    """Return ``rule`` as it is asked at ``event`` on ``day``; the loader has checked that this works."""
    parameters = {name: rule.parameter_on(name, day) for name in sorted(rule.params)}
    scope = catalogue.scopes[rule.scope]
    applies = None if rule.applies is None else bind(rule.applies, scope, parameters)
    branches = tuple(bind(branch.when, scope, parameters) for branch in rule.branches)
    return BoundRule(rule, event in rule.events, parameters, applies, branches)


def _digest(event: str, files: Mapping[str, str], rules: tuple[BoundRule, ...]) -> str:
    return digest_of(
        {
            "format": "henji-rulebook/1",
            "event": event,
            "files": {path: sha256_hex(text.encode("utf-8")) for path, text in files.items()},
            "parameters": {
                bound.rule.id: {name: printed_parameter(value) for name, value in bound.parameters.items()}
                for bound in rules
            },
        }
    )
