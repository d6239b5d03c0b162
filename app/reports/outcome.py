"""One check of a record and how it came out, in a sentence for people."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import AppError
from app.core.text import Bilingual


class CheckState(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    """Could not be made here; says nothing against the record, which does not rest on it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    """Stable, for programs."""
    state: CheckState
    sentence: Bilingual

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against the record."""
        return self.state is not CheckState.FAILED

    def as_json(self) -> dict[str, str]:
        """Return the check as ``henji verify --json`` prints it."""
        return {"check": self.name, "state": self.state.value, **self.sentence.as_json()}


def passed(name: str, zh: str, en: str) -> Check:
    """Return a check that came out well."""
    return Check(name, CheckState.PASSED, Bilingual(zh, en))


def failed(name: str, sentence: Bilingual) -> Check:
    """Return a check that came out badly."""
    return Check(name, CheckState.FAILED, sentence)


def not_checked(name: str, zh: str, en: str) -> Check:
    """Return a check that could not be made."""
    return Check(name, CheckState.NOT_CHECKED, Bilingual(zh, en))


class Wrong(Exception):  # never leaves this room; becomes a sentence
    """A check came out badly."""

    def __init__(self, zh: str, en: str) -> None:
        """Keep the sentence."""
        self.sentence = Bilingual(zh, en)
        super().__init__(en)


def attempt(name: str, look: Callable[[], Bilingual]) -> Check:
    """Return the check of calling ``look``, which returns the sentence of success or raises :class:`Wrong`.

    Evidence of another shape than ours makes ``look`` stumble; that is a failed check, not an error of the verifier.
    """
    try:
        return Check(name, CheckState.PASSED, look())
    except Wrong as wrong:
        return failed(name, wrong.sentence)
    except AppError as error:
        return failed(name, error.detail)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        return failed(
            name,
            Bilingual(
                f"证据的结构与格式不符，无法核对（{type(error).__name__}）。",
                f"The evidence does not have the shape of its format and cannot be checked ({type(error).__name__}).",
            ),
        )
