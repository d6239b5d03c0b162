"""The catalogue and what is computed are the same facts."""

from datetime import date
from decimal import Decimal

import pytest
import yaml

from app.audit.fact import FactSet
from app.audit.facts.change_context import (
    ChangeWatchContext,
    DutyContext,
    MasterSyncContext,
    NewCustomerContext,
    SegmentChangeContext,
    SignatureOnFile,
    SigningContext,
)
from app.audit.facts.change_request import new_customer_facts
from app.audit.facts.change_watch import change_watch_facts
from app.audit.facts.context import CycleContext, ExtensionContext, PosBatch, WindowCloseContext
from app.audit.facts.cycle import cycle_facts
from app.audit.facts.duty import duty_facts
from app.audit.facts.extension import extension_facts
from app.audit.facts.master_sync import master_sync_facts
from app.audit.facts.pos_batch import pos_batch_facts
from app.audit.facts.segment_change import segment_change_facts
from app.audit.facts.signing import signing_facts
from app.audit.facts.window_close import window_close_facts
from app.office.benefit import Benefit, BenefitLine, Entitlement
from app.office.calendar import Calendar
from app.office.cycle import Cycle, Extension, Stage, Window
from app.office.segment_change import ChangeState, LicenceRecord, SegmentProfile
from tests import changes

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
        *segment_change_fact_sets(office),
    ]


def segment_change_fact_sets(office) -> list[FactSet]:
    at, parameters = office.at("2026-12-02 09:00"), office.parameters
    line = BenefitLine("S1", "卷烟", True, Decimal("330.50"), True, Entitlement(True, 2), Entitlement(True, 6))
    known = SegmentChangeContext(
        at=at,
        customer=changes.customer(),
        segments=None,
        profiles={"Y": SegmentProfile("Y")},
        licence=LicenceRecord(changes.LICENCE, "王利民", "东街1号", date(2028, 6, 30), True, changes.SHOP),
        earlier=(changes.change(ChangeState.EFFECTIVE),),
        benefit=Benefit(office.nov, "Z", "Y", (line,), False),
        people=changes.STAFF,
        sanctions=("A-1",),
        credit_level="AA",
    )
    nothing = SegmentChangeContext(at, None, None, {}, None, None, None, {})
    signature = SignatureOnFile("D03", 1, "MM", "market_manager", at, "electronic", "K1", True, True, True)
    every_state = [changes.change(state, change_no=state.value) for state in ChangeState]
    calendar = Calendar({})
    return [
        *(segment_change_facts(one, known, parameters) for one in every_state),
        segment_change_facts(changes.change(), nothing, parameters),
        change_watch_facts(ChangeWatchContext(at, tuple(every_state), calendar, {"AM": 9}, {}, {}), parameters),
        master_sync_facts(
            MasterSyncContext(
                "I-1",
                at,
                {changes.LICENCE: changes.customer()},
                {changes.LICENCE: changes.customer(segment="Y", grade=1)},
                (),
                {},
            ),
            parameters,
        ),
        new_customer_facts([NewCustomerContext(changes.customer(), None, True, True)], parameters),
        signing_facts((signature,), SigningContext(changes.STAFF, {}, (signature,)), parameters),
        signing_facts((), SigningContext({}, {}, ()), parameters),
        duty_facts(DutyContext(changes.SO, at, "role.grant", True), parameters),
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
