"""Judge again from what is attached to a record: the rules' text and the facts, nothing of this installation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import rulebook_from_files
from app.audit.fact import FactSet


@dataclass(frozen=True, slots=True)
class Replayed:
    """What judging again gave."""

    rulebook_digest: str
    judgement: Mapping[str, Any]
    """``Judgement.as_json()``."""


@lru_cache(maxsize=1)
def _evaluator() -> Evaluator:
    return Evaluator()


def replay(evidence: Mapping[str, Any]) -> Replayed:
    """Return the judgement of the attached facts by the attached rules.

    Raises:
        AppError: the rules cannot be read, or the facts do not fit them.
        KeyError, TypeError, ValueError: the evidence has another shape.
    """
    attached = evidence["rulebook"]
    rulebook = rulebook_from_files(attached["files"], attached["event"], date.fromisoformat(attached["day"]))
    judgement = _evaluator().judge(rulebook, FactSet.from_json(evidence["facts"]))
    return Replayed(rulebook.digest, judgement.as_json())
