"""Reading ``_facts.yml`` and ``_events.yml``."""

from collections.abc import Mapping

from app.audit.engine.catalogue import (
    FACT_NAME,
    NUMERIC,
    RESERVED,
    Catalogue,
    EventSpec,
    FactSpec,
    FactType,
    Scope,
    colliding,
)
from app.audit.engine.faults import Faults
from app.audit.engine.section import Section
from app.audit.engine.yaml_text import Node, read_yaml
from app.core.text import Bilingual

FACTS_FILE = "_facts.yml"
EVENTS_FILE = "_events.yml"
_FACT_KEYS = ("type", "key", "nullable", "unit", "formula", "values", "note", "zh", "en")


def read_catalogue(text: str, faults: Faults) -> Catalogue:
    """Return the scopes and facts of ``_facts.yml``; what cannot be read is left out and noted."""
    node = read_yaml(text, FACTS_FILE, faults)
    if node is None:
        return Catalogue({})
    root = Section(node, FACTS_FILE, faults, Bilingual("事实目录", "the catalogue of facts"))
    return Catalogue({name: _scope(name, member, faults) for name, member in root.items()})


def _scope(name: str, node: Node, faults: Faults) -> Scope:
    section = Section(node, FACTS_FILE, faults, Bilingual(name, f"`{name}`"))
    section.keys(("zh", "en", "rows", "facts", "note"), ("zh", "en", "rows", "facts"))
    _check_name(name, node.key_line, section)
    rows = section.text("rows")
    if rows not in (None, "one", "many"):
        section.fault(section.line_of("rows"), "rows", "rows 应为 one 或 many。", "`rows` must be one or many.")
    members = section.section("facts")
    facts: dict[str, FactSpec] = {}
    for fact, member in members.items() if members else ():
        spec = _fact(fact, member, section)
        if spec is not None:
            facts[fact] = spec
    for one, other in colliding(facts):
        section.fault(
            section.line_of("facts"),
            "name_collision",
            f"{one} 与 {other} 在规则引擎中散列值相同,无法区分。请给其中一个改名。",
            f"`{one}` and `{other}` are the same to the engine (equal hashes). Rename one.",
        )
    return Scope(name, _title(section), rows == "many", facts)


def _title(section: Section) -> Bilingual:
    return Bilingual(section.text("zh") or "", section.text("en") or "")


def _check_name(name: str, line: int, section: Section) -> None:
    if not FACT_NAME.fullmatch(name) or name in RESERVED:
        section.fault(
            line,
            "name",
            f"名称 {name} 不可用。用小写字母、数字、下划线,以字母开头,且不是保留字。",
            f"`{name}` is no possible name: lower case letters, digits, _, a letter first, and not a reserved word.",
        )


def _fact(name: str, node: Node, parent: Section) -> FactSpec | None:
    section = Section(node, FACTS_FILE, parent.faults, Bilingual(name, f"`{name}`"))
    if node.mapping is None:
        return None
    section.keys(_FACT_KEYS, ("type", "zh", "en"))
    _check_name(name, node.key_line, section)
    kind = section.text("type")
    if kind is None:
        return None
    if kind not in list(FactType):
        section.fault(
            section.line_of("type"),
            "fact_type",
            f"没有类型 {kind}。可用:{'、'.join(FactType)}。",
            f"there is no type `{kind}`. Known: {', '.join(FactType)}.",
        )
        return None
    spec_type = FactType(kind)
    values = _values(section) if spec_type is FactType.ENUM else None
    if spec_type is not FactType.ENUM and section.get("values") is not None:
        section.fault(section.line_of("values"), "values", "只有 enum 才有 values。", "only an enum has `values`.")
    if section.get("unit") is not None and spec_type not in NUMERIC | {FactType.TEXT, FactType.LIST}:
        section.fault(section.line_of("unit"), "unit", "只有数值才有单位。", "only a number has a unit.")
    return FactSpec(
        name,
        spec_type,
        _title(section),
        key=section.boolean("key"),
        nullable=section.boolean("nullable"),
        unit=section.text("unit"),
        formula=section.bilingual("formula", plain=True),
        values=values,
    )


def _values(section: Section) -> Mapping[str, Bilingual]:
    node = section.get("values")
    if node is None:
        section.fault(section.line, "values", "enum 要有 values 列表。", "an enum needs `values`.")
        return {}
    if node.mapping is None:
        return {value: Bilingual(value, value) for value in section.texts("values")}
    names = {value: section.bilingual_of(member, value) for value, member in node.mapping.items()}
    return {value: name or Bilingual(value, value) for value, name in names.items()}


def read_events(text: str, faults: Faults) -> Mapping[str, EventSpec]:
    """Return the events of ``_events.yml`` by name; what cannot be read is left out and noted."""
    node = read_yaml(text, EVENTS_FILE, faults)
    if node is None:
        return {}
    root = Section(node, EVENTS_FILE, faults, Bilingual("事件表", "the table of events"))
    events = {}
    for name, member in root.items():
        section = Section(member, EVENTS_FILE, faults, Bilingual(name, f"`{name}`"))
        section.keys(("packs", "subjects", "zh", "en", "note"), ("packs", "subjects", "zh", "en"))
        events[name] = EventSpec(name, section.texts("packs"), section.texts("subjects"), _title(section))
    return events
