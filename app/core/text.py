"""Say one thing in both languages of the office."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bilingual:
    """The same sentence in Chinese (first) and English."""

    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """Return ``{"zh": ..., "en": ...}``."""
        return {"zh": self.zh, "en": self.en}

    def in_language(self, language: str) -> str:
        """Return the English text for ``en``, the Chinese one for everything else."""
        return self.en if language == "en" else self.zh
