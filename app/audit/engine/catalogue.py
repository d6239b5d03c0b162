"""The catalogue of facts and events: what a rule may look at, and when it is asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.text import Bilingual


class FactType(StrEnum):
    """How a fact is kept and what may be done with it."""

    INT = "int"
    DECIMAL = "decimal"
    """Kept as a whole number of millionths."""
    BOOL = "bool"
    ENUM = "enum"
    TEXT = "text"
    """For messages and evidence only."""
    LIST = "list"
    """For messages and evidence only."""


COMPARED = frozenset({FactType.INT, FactType.DECIMAL, FactType.BOOL, FactType.ENUM})
NUMERIC = frozenset({FactType.INT, FactType.DECIMAL})
FACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
RESERVED = frozenset({"id", "sid", "kind", "has", "in", "true", "false", "null", "all", "any", "not"})
"""Words of the condition language and of the engine's own messages."""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact of a scope."""

    name: str
    type: FactType
    title: Bilingual
    key: bool = False
    """Whether it says what a row is about; keys become the place of a finding."""
    nullable: bool = False
    unit: str | None = None
    formula: Bilingual | None = None
    values: Mapping[str, Bilingual] | None = None
    """The values of an enum, with the names they are printed by."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A table of facts: one row per thing judged."""

    name: str
    title: Bilingual
    many: bool
    """False when there is exactly one row."""
    facts: Mapping[str, FactSpec]
    keys: tuple[str, ...] = field(init=False)
    """The names of the key facts, in the order of the catalogue."""

    def __post_init__(self) -> None:
        """Pick the key facts once."""
        object.__setattr__(self, "keys", tuple(name for name, spec in self.facts.items() if spec.key))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All scopes by name."""

    scopes: Mapping[str, Scope]


@dataclass(frozen=True, slots=True)
class EventSpec:
    """When rules are asked: the packs, and the kinds of subject they are asked about."""

    name: str
    packs: tuple[str, ...]
    subjects: tuple[str, ...]
    title: Bilingual


def engine_hash(name: str) -> int:
    """Return the 32-bit hash by which durable-rules knows a property.

    FNV-1a over signed bytes. Two names with one hash would be one fact to the engine.
    Source: design/engine.md, section 3, "Identity is a 32-bit FNV hash".
    """
    value = 2166136261
    for byte in name.encode():
        signed = byte | 0xFFFFFF00 if byte > 127 else byte  # noqa: PLR2004  # the sign bit of a char
        value = ((value ^ signed) & 0xFFFFFFFF) * 16777619 & 0xFFFFFFFF
    return value


def colliding(names: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the pairs among ``names`` and the engine's own words that the engine cannot tell apart."""
    seen: dict[int, str] = {engine_hash(word): word for word in ("id", "sid", "kind", "$s")}
    pairs = []
    for name in names:
        other = seen.setdefault(engine_hash(name), name)
        if other != name:
            pairs.append((other, name))
    return tuple(pairs)
