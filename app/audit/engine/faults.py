"""What can be wrong with rule files and with facts, told with file, line and what to do."""

from collections.abc import Sequence

from app.core.errors import AppError, Fault, Integrity, NotFound
from app.core.text import Bilingual


class RuleFileErrors(AppError):
    """The rule files cannot be used. Carries every fault that was found, each with ``file:line`` and a hint."""

    code = "rules.refused"
    status = 500
    title = Bilingual("规则文件有错误", "The rule files have errors")

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep ``faults``; the sentence names how many there are and the first."""
        super().__init__(
            Bilingual(
                f"规则文件有{len(faults)}处错误。第一处:{faults[0].pointer} {faults[0].message.zh}",
                f"The rule files have {len(faults)} error(s). The first: {faults[0].pointer} {faults[0].message.en}",
            ),
            faults,
        )


class UnknownEvent(NotFound):
    """No rule pack is asked at an event of this name."""

    code = "event.unknown"
    title = Bilingual("规则库中没有该事件", "The rules know no such event")


class FactsRefused(Integrity):
    """A table of facts does not have the shape its catalogue promises: a mistake of the program, not of a client."""

    code = "facts.refused"
    title = Bilingual("事实表与事实目录不符", "The facts do not fit the catalogue")


class EngineBroken(Integrity):
    """The engine does not answer a known question as it must. Nothing may be judged with it."""

    code = "engine.broken"
    title = Bilingual("规则引擎自检失败", "The rule engine fails its own check")


class Faults:
    """Collects faults while files are read; reading goes on to find them all."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: list[Fault] = []

    def add(self, place: str, code: str, zh: str, en: str) -> None:
        """Note one fault at ``place`` (``file:line``); ``code`` is the part after ``rule_file.``."""
        self._found.append(Fault(place, f"rule_file.{code}", Bilingual(zh, en)))

    def __len__(self) -> int:
        """Return how many were noted."""
        return len(self._found)

    @property
    def found(self) -> tuple[Fault, ...]:
        """All faults by file, then line."""
        return tuple(sorted(self._found, key=_by_place))

    def refuse(self) -> None:
        """Do nothing when there is no fault.

        Raises:
            RuleFileErrors: there is at least one.
        """
        if self._found:
            raise RuleFileErrors(self.found)


def _by_place(fault: Fault) -> tuple[str, int, str]:
    path, _, line = fault.pointer.rpartition(":")
    return (path, int(line), fault.code) if line.isdecimal() else (fault.pointer, 0, fault.code)
