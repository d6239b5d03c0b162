"""The names and units of facts, read from the catalogue that is attached to a record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.audit.engine.catalogue import Catalogue, FactSpec
from app.audit.engine.catalogue_file import FACTS_FILE, read_catalogue
from app.audit.engine.faults import Faults
from app.core.text import Bilingual

MOST_LISTED = 10
"""A longer list is cut on paper; the attached evidence keeps it whole."""

_YES, _NO, _NONE = Bilingual("是", "yes"), Bilingual("否", "no"), Bilingual("无", "none")


@lru_cache(maxsize=8)
def _catalogue(text: str) -> Catalogue:
    return read_catalogue(text, Faults())


@dataclass(frozen=True, slots=True)
class FactNames:
    """How facts are called and how their values print."""

    specs: Mapping[str, FactSpec]

    def ordered(self, names: Iterable[str]) -> list[str]:
        """Return ``names`` in the order of the catalogue, those it does not know last.

        Evidence is canonical JSON, where members are sorted: the order of reading must come from elsewhere.
        """
        places = {name: place for place, name in enumerate(self.specs)}
        return sorted(names, key=lambda name: (places.get(name, len(places)), name))

    def title(self, name: str) -> Bilingual:
        """Return the name of a fact for people; the code itself for a parameter or an unknown fact."""
        spec = self.specs.get(name)
        if spec is None or not spec.title.zh:
            return Bilingual(name, name)
        unit = f"（{spec.unit}）" if spec.unit else ""
        return Bilingual(spec.title.zh + unit, spec.title.en)

    def value(self, name: str, value: Any) -> str | Bilingual:  # noqa: ANN401  # any JSON value
        """Return ``value`` of the fact ``name`` as it prints."""
        if value is None or value == []:
            return _NONE
        if isinstance(value, bool):
            return _YES if value else _NO
        if isinstance(value, list):
            return _listed([_plain(member) for member in value])
        spec = self.specs.get(name)
        if spec is not None and spec.values and (spoken := spec.values.get(str(value))):
            return spoken
        return _plain(value)


def _listed(members: list[str]) -> str | Bilingual:
    shown = members[:MOST_LISTED]
    if len(members) > MOST_LISTED:
        zh, en = f"{'、'.join(shown)} 等 {len(members)} 项", f"{', '.join(shown)} ... {len(members)} in all"
        return Bilingual(zh, en)
    return Bilingual("、".join(shown), ", ".join(shown)) if len(shown) > 1 else shown[0]


def _plain(value: Any) -> str:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        return ", ".join(f"{key}={_plain(member)}" for key, member in sorted(value.items()))
    return str(value)


def fact_names(files: Mapping[str, str]) -> FactNames:
    """Return the names in the catalogue among the rule ``files``; codes stand for themselves without one.

    A name that several scopes share is read from the first.
    """
    text = files.get(FACTS_FILE)
    if text is None:
        return FactNames({})
    specs: dict[str, FactSpec] = {}
    for scope in _catalogue(text).scopes.values():
        for name, spec in scope.facts.items():
            specs.setdefault(name, spec)
    return FactNames(specs)
