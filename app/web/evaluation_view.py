"""One evaluation as its page shows it: what was found, in words, beside what it was measured against."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.office.clause import Clause
from app.web.vocabulary import FactWord, Limit, Vocabulary

_SILENT: Final = frozenset({"pass", "not_applicable"})
_MOST_LINES: Final = 150
"""On one page, over all findings: it stays light on the phone of somebody on site."""
_FEWEST_LINES: Final = 3
_MOST_LINES_EACH: Final = 20
_MOST_COLUMNS: Final = 7
_NOT_COLUMNS: Final = frozenset({"outcome", "measured", "message", "missing"})


@dataclass(frozen=True, slots=True)
class Number:
    """One measured value beside every limit it was held against."""

    fact: FactWord
    value: Any
    limits: tuple[Limit, ...]
    decided: tuple[Limit, ...]
    """Those it went past: filed parameters, or plain numbers in a finding where no parameter was passed."""


@dataclass(frozen=True, slots=True)
class LinesTable:
    """The rows of the subject a rule speaks about."""

    places: tuple[FactWord, ...]
    """What a row is about: line, licence, product ..."""
    facts: tuple[FactWord, ...]
    """What was measured in every row."""
    rows: tuple[Mapping[str, Any], ...]
    total: int
    with_sentences: bool
    """Whether a row must say its own sentence, because the numbers alone do not."""


@dataclass(frozen=True, slots=True)
class FindingView:
    """One rule's answer, ready to print."""

    body: Mapping[str, Any]
    clauses: tuple[Clause, ...]
    numbers: tuple[Number, ...]
    other_parameters: tuple[tuple[str, Any], ...]
    """Parameters no shown number is held against."""
    missing: tuple[FactWord, ...]
    lines: LinesTable | None

    @property
    def speaks(self) -> bool:
        """Whether the reader must be shown the finding."""
        return self.body["outcome"] not in _SILENT


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """One evaluation, ready to print."""

    body: Mapping[str, Any]
    speaking: tuple[FindingView, ...]
    silent: tuple[FindingView, ...]


def evaluation_view(body: Mapping[str, Any], words: Vocabulary, clauses: Mapping[str, Clause]) -> EvaluationView:
    """Return the page of an evaluation as :func:`app.actions.read_evaluation` gave it."""
    loud = sum(1 for finding in body["findings"] if finding["outcome"] not in _SILENT)
    share = max(_FEWEST_LINES, min(_MOST_LINES_EACH, _MOST_LINES // max(loud, 1)))
    views = [finding_view(finding, words, clauses, 0, share) for finding in body["findings"]]
    return EvaluationView(
        body, tuple(view for view in views if view.speaks), tuple(view for view in views if not view.speaks)
    )


def finding_view(
    body: Mapping[str, Any], words: Vocabulary, clauses: Mapping[str, Clause], first: int, most: int
) -> FindingView:
    """Return one finding with at most ``most`` of its lines, from the ``first`` (0-based) on."""
    limits = words.limits(body["rule"], body["rule_version"], body["parameters"])
    numbers = _numbers(body, words, limits)
    compared = {limit.parameter for number in numbers for limit in number.limits}
    return FindingView(
        body=body,
        clauses=tuple(clauses[clause_id] for clause_id in body["clauses"] if clause_id in clauses),
        numbers=numbers,
        other_parameters=tuple((n, v) for n, v in body["parameters"].items() if n not in compared),
        missing=_missing(body, words),
        lines=_lines(body, words, first, most),
    )


def _numbers(body: Mapping[str, Any], words: Vocabulary, limits: Mapping[str, tuple[Limit, ...]]) -> tuple[Number, ...]:
    # Where data is missing nothing was decided, whatever single numbers look like.
    decides = body["outcome"] != "not_evaluable"
    met = {
        name: tuple(limit for limit in limits.get(name, ()) if decides and limit.is_met_by(value))
        for name, value in body["measured"].items()
    }
    filed = any(limit.parameter for passed in met.values() for limit in passed)
    numbers = (
        Number(
            words.fact(name),
            value,
            limits.get(name, ()),
            tuple(limit for limit in met[name] if limit.parameter or not filed),
        )
        for name, value in body["measured"].items()
    )
    # What went past a limit decides; then what was compared; the others are there to be understood.
    return tuple(sorted(numbers, key=lambda n: (not n.decided, not n.fact.is_number or not n.limits, n.fact.place)))


def _missing(body: Mapping[str, Any], words: Vocabulary) -> tuple[FactWord, ...]:
    if body["outcome"] != "not_evaluable":
        return ()
    names = [name for line in body["lines"] for name in line.get("missing", ())]
    names += [name for name, value in body["measured"].items() if value is None]
    return tuple(words.fact(name) for name in dict.fromkeys(names))


def _lines(body: Mapping[str, Any], words: Vocabulary, first: int, most: int) -> LinesTable | None:
    lines: Sequence[Mapping[str, Any]] = body["lines"]
    if not lines:
        return None
    places = _in_order(words, (name for name in lines[0] if name not in _NOT_COLUMNS))
    known = {word.name for word in places}
    shown = _in_order(words, (name for line in lines[:most] for name in line.get("measured", {}) if name not in known))[
        :_MOST_COLUMNS
    ]
    mixed = len({line.get("outcome") for line in lines}) > 1
    return LinesTable(
        places=places,
        facts=shown,
        rows=tuple(lines[first : first + most]),
        total=body["lines_total"],
        with_sentences=mixed or not shown,
    )


def _in_order(words: Vocabulary, names: Iterable[str]) -> tuple[FactWord, ...]:
    return tuple(sorted((words.fact(name) for name in dict.fromkeys(names)), key=lambda word: word.place))
