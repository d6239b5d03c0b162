"""Judge again from what is attached to a record: the rules' text and the facts, nothing of this installation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import rulebook_from_files
from app.audit.engine.rulebook import Rulebook
from app.audit.fact import FactSet
from app.core.canonical import canonical_bytes


@dataclass(frozen=True, slots=True)
class Replayed:
    """What judging again gave."""

    rulebook_digest: str
    judgement: Mapping[str, Any]
    """``Judgement.as_json()``."""


@lru_cache(maxsize=1)
def _evaluator() -> Evaluator:
    return Evaluator()


@lru_cache(maxsize=8)
def _rulebook(attached: bytes) -> Rulebook:
    """Return the rulebook in the canonical bytes; records of one month share it."""
    body = json.loads(attached)
    return rulebook_from_files(body["files"], body["event"], date.fromisoformat(body["day"]))


def replay(evidence: Mapping[str, Any]) -> Replayed:
    """Return the judgement of the attached facts by the attached rules.

    Raises:
        AppError: the rules cannot be read, or the facts do not fit them.
        KeyError, TypeError, ValueError: the evidence has another shape.
    """
    rulebook = _rulebook(canonical_bytes(evidence["rulebook"]))
    judgement = _evaluator().judge(rulebook, FactSet.from_json(evidence["facts"]))
    return Replayed(rulebook.digest, judgement.as_json())
