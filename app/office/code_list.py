"""Versioned code lists: formats and statuses are data with validity dates, never an enum."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CodeItem:
    """One code with its names."""

    code: str
    zh: str
    en: str
    maps_to: str | None = None


@dataclass(frozen=True, slots=True)
class CodeList:
    """One version of a list, valid between two days."""

    list_id: str
    version: str
    valid_from: date
    valid_to: date | None
    items: tuple[CodeItem, ...]

    def covers(self, day: date) -> bool:
        """Return whether this version is valid on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def code_for(self, text: str) -> str | None:
        """Return the code whose code, Chinese or English name is ``text``; None when there is none."""
        wanted = text.strip().casefold()
        for item in self.items:
            if wanted in {item.code.casefold(), item.zh.casefold(), item.en.casefold()}:
                return item.code
        return None

    def name_of(self, code: str) -> str:
        """Return the Chinese name of ``code``, the code itself when it is not in the list."""
        return next((item.zh for item in self.items if item.code == code), code)
