"""What is said about an item while it is read: faults that refuse it, mismatches that are kept beside it."""

from dataclasses import dataclass, field

from app.core.errors import Fault
from app.core.text import Bilingual
from app.office.visible_text import shown


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A value that was not written as it is kept. Both are kept, and it is reported."""

    field: str
    """The field; inside a list its path: ``roles/0/from``."""
    raw: str | int | bool | None
    """As it was sent."""
    read_as: str | int | bool | None
    """As it is kept; equal to ``raw`` when only the note matters."""
    note: Bilingual

    def as_json(self) -> dict[str, object]:
        """Return ``{"field", "raw", "read_as", "note"}``."""
        return {"field": self.field, "raw": self.raw, "read_as": self.read_as, "note": self.note.as_json()}


@dataclass(slots=True)
class Notes:
    """Collects everything there is to say about one item."""

    faults: list[Fault] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)


def escaped(name: str) -> str:
    """Return ``name`` as one step of a JSON Pointer (RFC 6901), every invisible character shown."""
    return shown(name).replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True, slots=True)
class Place:
    """One value inside an item: where it stands, and what is said about it."""

    notes: Notes
    pointer: str = ""
    zh: str = ""
    """What the field is called in messages."""
    en: str = ""

    def at(self, step: str | int, title: Bilingual | None = None) -> "Place":
        """Return the place one step further in; it keeps this place's name unless it has its own."""
        pointer = f"{self.pointer}/{escaped(str(step))}"
        return Place(self.notes, pointer, title.zh if title else self.zh, title.en if title else self.en)

    @property
    def is_faulty(self) -> bool:
        """Whether something was said against this very value already."""
        return any(fault.pointer == self.pointer for fault in self.notes.faults)

    def fault(self, code: str, zh: str, en: str) -> None:
        """Refuse the item because of this value; the sentences follow the field's name."""
        self.notes.faults.append(Fault(self.pointer, code, Bilingual(f"{self.zh}{zh}", f"{self.en} {en}".strip())))

    def mismatch(self, raw: str | int | bool | None, read_as: str | int | bool | None, zh: str, en: str) -> None:
        """Report that ``raw`` is kept as ``read_as``; the sentences follow the field's name."""
        note = Bilingual(f"{self.zh}{zh}", f"{self.en} {en}".strip())
        self.notes.mismatches.append(Mismatch(self.pointer[1:], raw, read_as, note))

    def read_as(self, raw: str | int | bool, kept: str | int | bool) -> None:
        """Report the plain case: one spelling read as another."""
        self.mismatch(raw, kept, f"“{shown(raw)}”按“{shown(kept)}”读入", f"“{shown(raw)}” was read as “{shown(kept)}”")
