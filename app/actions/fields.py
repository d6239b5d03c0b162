"""Reading the few fields of small bodies, naming every one that is wrong at once."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from app.core.clock import read_instant
from app.core.errors import Fault, Invalid
from app.core.text import Bilingual
from app.office.visible_text import says_something


class Fields:
    """A body being read; faults collect until :meth:`done`."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        """Read from ``body``."""
        self._body = body
        self._faults: list[Fault] = []

    def fault(self, name: str, code: str, message: Bilingual) -> None:
        """Note that the field ``name`` is wrong."""
        self._faults.append(Fault(f"/{name}", code, message))

    def text(self, name: str) -> str:
        """Return the text of a required field; blanks and punctuation alone say nothing."""
        value = self._body.get(name)
        if isinstance(value, str) and says_something(value):
            return value.strip()
        self.fault(name, "value.missing", Bilingual(f"缺少 {name}。", f"{name} is missing."))
        return ""

    def choice(self, name: str, choices: Iterable[str]) -> str:
        """Return a required field that is one of ``choices``."""
        value = self.text(name)
        allowed = list(choices)
        if value and value not in allowed:
            named = ", ".join(allowed)
            message = Bilingual(f"{name} 应为以下之一：{named}。", f"{name} must be one of {named}.")
            self.fault(name, "value.not_allowed", message)
        return value

    def optional_date(self, name: str) -> date | None:
        """Return the date of a field, None when it is absent or empty."""
        value = self._body.get(name)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            message = Bilingual(f"{name} 应为 YYYY-MM-DD 格式的日期。", f"{name} must be a date, YYYY-MM-DD.")
            self.fault(name, "value.not_a_date", message)
            return None

    def optional_instant(self, name: str) -> datetime | None:
        """Return the aware instant of a field, None when it is absent or empty."""
        value = self._body.get(name)
        if not value:
            return None
        try:
            return read_instant(value)
        except (TypeError, ValueError):
            message = Bilingual(
                f"{name} 应为带时区的时间，例如 2026-11-08T10:00:00+08:00。",
                f"{name} must be an instant with an offset, such as 2026-11-08T10:00:00+08:00.",
            )
            self.fault(name, "value.not_an_instant", message)
            return None

    def optional_text(self, name: str) -> str | None:
        """Return the text of a field, None when it is absent or empty."""
        value = self._body.get(name)
        return value.strip() if isinstance(value, str) and value.strip() else None

    def done(self) -> None:
        """Do nothing when every field was right.

        Raises:
            Invalid: naming every wrong field.
        """
        if self._faults:
            raise Invalid(
                Bilingual(f"有 {len(self._faults)} 个字段需要更正。", f"{len(self._faults)} fields need correction."),
                self._faults,
            )
