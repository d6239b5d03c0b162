"""The catalogue and what is computed are the same facts."""

from datetime import date

import pytest
import yaml

from app.audit.fact import FactSet
from app.audit.facts.context import CycleContext, ExtensionContext, PosBatch, WindowCloseContext
from app.audit.facts.cycle import cycle_facts
from app.audit.facts.extension import extension_facts
from app.audit.facts.pos_batch import pos_batch_facts
from app.audit.facts.window_close import window_close_facts
from app.office.cycle import Cycle, Extension, Stage, Window

TYPES = {"int": int, "decimal": int, "bool": bool, "enum": str, "text": str, "list": list}


@pytest.fixture(scope="module")
def catalogue(office):
    from pathlib import Path

    path = Path(__file__).parents[3] / "rules" / "_facts.yml"
    return yaml.safe_load(path.read_text("utf-8"))


def every_fact_set(office) -> list[FactSet]:
    at, nov = office.at("2026-11-23 09:00"), office.nov
    return [
        office.facts(
            office.forecast({}, {"licence_no": "999"}), history=office.history({(office.second, office.sku): (9, 9, 9)})
        ),
        office.facts(office.supply({}), history=office.history({(office.second, office.other_sku): (9, 9, 9)})),
        office.facts(office.forecast({}), history=office.history({}, loaded=())),
        *(
            window_close_facts(WindowCloseContext(nov, stage, at, {}, (), office.customers(), ()), office.parameters)
            for stage in Stage
        ),
        cycle_facts(CycleContext(Cycle(nov, nov.plus(1)), at, {}), office.parameters),
        extension_facts(
            Extension(nov, Stage.ORDER, None, None, None, None, None, None, None),
            ExtensionContext(Window(date(2026, 11, 15), date(2026, 11, 22)), {}, at),
            office.parameters,
        ),
        pos_batch_facts(PosBatch("B1", "S1", 2, 2, True, at, frozenset()), office.parameters),
    ]


def test_every_fact_of_the_catalogue_is_computed_and_no_other(office, catalogue):
    computed: dict[str, set[str]] = {}
    for facts in every_fact_set(office):
        for scope, table in facts.tables.items():
            names = set(table.columns)
            assert computed.setdefault(scope, names) == names, scope
    assert computed == {scope: set(body["facts"]) for scope, body in catalogue.items()}


def test_every_cell_has_the_type_the_catalogue_names(office, catalogue):
    for facts in every_fact_set(office):
        for scope, table in facts.tables.items():
            for name, column in table.columns.items():
                spec = catalogue[scope]["facts"][name]
                for cell in column:
                    if cell is None:
                        assert spec.get("nullable"), f"{scope}.{name} may not be missing"
                        continue
                    assert type(cell) is TYPES[spec["type"]], f"{scope}.{name}: {cell!r}"
                    if spec["type"] == "enum":
                        assert cell in spec["values"], f"{scope}.{name}: {cell!r}"


def test_facts_survive_being_stored(office):
    for facts in every_fact_set(office):
        assert FactSet.from_json(facts.as_json()).digest == facts.digest
