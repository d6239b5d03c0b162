"""Office data is history: a state holds from its day, a correction stands beside what it corrects."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.office.month import Month
from app.store.office_tables import OFFICE_TABLES, customer_state, ledger_entry

LICENCE = "420301123456"


def grade_on(store, day):
    with store.read() as uow:
        found = uow.office.customers_on(day)
        return found[LICENCE].grade if LICENCE in found else None


def test_a_state_holds_from_its_day_until_the_next(store, office):
    office.bring(
        office.customer(grade=20, valid_from="2026-01-01"),
        office.customer(grade=23, valid_from="2026-11-15"),
        office.customer(grade=25, valid_from="2026-12-01"),
    )
    answers = {day: grade_on(store, date.fromisoformat(day)) for day in ("2025-12-31", "2026-01-01", "2026-11-14")}
    assert answers == {"2025-12-31": None, "2026-01-01": 20, "2026-11-14": 20}
    assert grade_on(store, date(2026, 11, 15)) == 23
    assert grade_on(store, date(2026, 11, 30)) == 23
    assert grade_on(store, date(2030, 1, 1)) == 25


def test_a_correction_counts_and_what_it_corrects_stays_on_record(store, office):
    office.bring(office.customer(grade=20))
    assert office.bring(office.customer(grade=21)) == ["changed"]
    assert grade_on(store, date(2026, 11, 1)) == 21
    with store.read() as uow:
        assert [(n, state.grade) for n, state in uow.office.customer_states(LICENCE)] == [(1, 20), (2, 21)]


def test_a_correction_of_an_old_state_leaves_the_later_state_alone(store, office):
    office.bring(office.customer(grade=20), office.customer(grade=23, valid_from="2026-11-01"))
    office.bring(office.customer(grade=18))
    assert grade_on(store, date(2026, 10, 31)) == 18
    assert grade_on(store, date(2026, 11, 1)) == 23


def test_a_state_taken_back_and_sent_again_is_a_change_each_time(office):
    sent = [office.customer(grade=grade) for grade in (20, 21, 20)]
    assert office.bring(*sent) == ["created", "changed", "changed"]
    assert office.bring(sent[2]) == ["unchanged"]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_order_of_imports_does_not_matter_for_the_state_on_a_day(store, office, dialect):
    days = [date(2026, month, 1) for month in (1, 4, 8, 11)]
    for number, order in enumerate(permutations(range(4))):
        licence = f"4203{number:08d}"
        for place in order:
            office.bring(
                office.customer(licence, grade=place + 1, territory_id=f"T{place}", valid_from=days[place].isoformat())
            )
    with store.read() as uow:
        for place, day in enumerate(days):
            for asked in (day, day + timedelta(days=20)):
                found = uow.office.customers_on(asked)
                assert {customer.grade for customer in found.values()} == {place + 1}
                assert found == uow.office.customers_on(asked, territory_ids=[f"T{place}"])
                assert len(found) == 24


def test_customers_belong_to_the_territory_they_are_in_on_the_day(store, office):
    moved, stays = "420301000001", "420301000002"
    office.bring(
        office.customer(moved, territory_id="T03"),
        office.customer(stays, territory_id="T03"),
        office.customer(moved, territory_id="T04", valid_from="2026-11-10"),
    )
    with store.read() as uow:
        ask = uow.office.customers_on
        assert list(ask(date(2026, 11, 9), territory_ids=["T03"])) == [moved, stays]
        assert list(ask(date(2026, 11, 10), territory_ids=["T03"])) == [stays]
        assert list(ask(date(2026, 11, 10), territory_ids=["T04"])) == [moved]
        assert list(ask(date(2026, 11, 10), territory_ids=["T03", "T04"], licences=[moved, "x"])) == [moved]
        assert list(ask(date(2026, 11, 10), licences=[stays, "x"])) == [stays]
        assert ask(date(2026, 11, 10), territory_ids=[]) == {}
        assert uow.office.licence_numbers() == {moved, stays}


def test_created_changed_and_unchanged_are_told_apart_in_every_collection(office):
    list_items = [{"code": "B", "zh": "便利店", "en": "convenience store", "maps_to": None}]
    ledger_line = {"sku": "42010101", "requested_quantity": "0.4", "unit": "箱"}
    visit = {"ledger_id": "L1", "licence_no": LICENCE, "account_manager": "P0012"}
    run = {"run_id": "R1", "model_version": "2.1", "inputs_hash": "9f", "trained_to": "2026-10-31"}
    run_line = {"licence_no": LICENCE, "sku": "42010101"}
    segments = {"list": "segment", "version": "2026", "valid_from": "2026-01-01", "items": list_items}
    pairs = [
        (office.person(), office.person(roles=[])),
        (office.territory(), office.territory(manager="P0013")),
        (office.customer(), office.customer(valid_from="2026-06-01")),
        (office.product(), office.product(wholesale_price_cny="183.01")),
        (office.actual(), office.actual(delivered=11)),
        (office.cycle(), office.cycle(windows={"supply": {"from": "2026-11-05", "to": "2026-11-10"}})),
        (
            office.item("brands", brand_id="B01", name="黄鹤楼", manufacturer_id="M01"),
            office.item("brands", brand_id="B01", name="黄鹤楼", manufacturer_id="M02"),
        ),
        (
            office.item("manufacturers", manufacturer_id="M01", name="湖北中烟"),
            office.item("manufacturers", manufacturer_id="M01", name="湖北中烟工业"),
        ),
        (office.item("code-lists", **segments), office.item("code-lists", **segments, valid_to="2026-12-31")),
        (
            office.item("calendar", date="2027-02-06", is_working_day=False, name=None, announced=False),
            office.item("calendar", date="2027-02-06", is_working_day=False, name="春节", announced=True),
        ),
        (
            office.item("ledger-entries", **visit, visited_at="2026-11-16T09:00:00+08:00", lines=[ledger_line]),
            office.item("ledger-entries", **visit, visited_at="2026-11-16T09:00:01+08:00", lines=[ledger_line]),
        ),
        (
            office.item("model-runs", **run, lines=[{**run_line, "cartons": 10}]),
            office.item("model-runs", **run, lines=[{**run_line, "cartons": 11}]),
        ),
    ]
    firsts, seconds = [first for first, _ in pairs], [second for _, second in pairs]
    assert office.bring(*firsts) == ["created"] * len(pairs)
    assert office.bring(*firsts) == ["unchanged"] * len(pairs)
    assert office.bring(*seconds) == ["changed"] * len(pairs)
    assert office.bring(*seconds) == ["unchanged"] * len(pairs)


def test_everything_comes_back_as_it_was_read(store, office):
    cover = {"account_manager": "P0013", "kind": "cover", "filing_no": "NG-BA-1", "from": "2026-11-01", "to": None}
    windows = {
        "supply": {"from": "2026-11-05", "to": "2026-11-10"},
        "order": {"from": "2026-11-15", "to": "2026-11-20"},
        "summary": {"dates": ["2026-11-27", "2026-11-26"]},
    }
    person, territory = office.person(), office.territory("T03", "P0012", cover)
    product, cycle = office.product(on_sale_to="2026-12-31"), office.cycle(windows=windows)
    customer = office.customer(holder_name="王某", monthly_cap_cartons=None)
    office.bring(person, territory, product, cycle, customer)
    with store.read() as uow:
        assert uow.office.person("P0012") == person.value
        assert uow.office.person("P9999") is None
        assert uow.office.people() == (person.value,)
        assert uow.office.territories() == {"T03": territory.value}
        assert uow.office.products() == {"42010101": product.value}
        assert uow.office.cycle(Month(2026, 11)) == cycle.value
        assert uow.office.cycle(Month(2026, 12)) is None
        assert uow.office.cycles() == (cycle.value,)
        assert uow.office.customers_on(date(2026, 11, 1)) == {LICENCE: customer.value}
        assert uow.office.customers_page(date(2026, 11, 1)) == (customer.value,)
        assert uow.office.customers_page(date(2026, 11, 1), after=LICENCE) == ()


def test_only_who_holds_the_role_on_the_day_is_found(store, office):
    past = [{"role": "account_manager", "unit": "T04", "from": "2020-01-01", "to": "2026-10-31"}]
    office.bring(office.person(), office.person("P0013", roles=past))
    with store.read() as uow:
        holders = uow.office.people_holding
        assert [p.person_id for p in holders("account_manager", date(2026, 10, 31))] == ["P0012", "P0013"]
        assert [p.person_id for p in holders("account_manager", date(2026, 11, 1))] == ["P0012"]
        assert holders("supervision_officer", date(2026, 11, 1)) == ()


def test_the_code_list_in_force_on_the_day_counts(store, office):
    def version(name, since, until, zh):
        items = [{"code": "B", "zh": zh, "en": zh, "maps_to": None}]
        fields = {"version": name, "valid_from": since, "valid_to": until, "items": items}
        return office.item("code-lists", list="segment", **fields)

    office.bring(version("2", "2026-06-01", None, "便利店"), version("1", "2025-01-01", "2026-12-31", "小便利店"))
    with store.read() as uow:
        names = {
            day: uow.office.code_list("segment", date.fromisoformat(day))
            and uow.office.code_list("segment", date.fromisoformat(day)).name_of("B")
            for day in ("2024-12-31", "2026-05-31", "2026-06-01", "2027-06-01")
        }
        assert uow.office.code_list("grade", date(2026, 6, 1)) is None
    assert names == {
        "2024-12-31": None,
        "2026-05-31": "小便利店",
        "2026-06-01": "便利店",
        "2027-06-01": "便利店",
    }


def test_the_calendar_gives_the_days_asked_for_and_knows_what_is_not_announced(store, office):
    def day(text, worked, announced):
        return office.item("calendar", date=text, is_working_day=worked, name=None, announced=announced)

    office.bring(day("2026-11-14", False, True), day("2026-11-15", True, True), day("2026-11-16", True, False))
    with store.read() as uow:
        calendar = uow.office.calendar(date(2026, 11, 15), date(2026, 11, 30))
    assert sorted(calendar.days) == [date(2026, 11, 15), date(2026, 11, 16)]
    assert calendar.is_working_day(date(2026, 11, 15)) is True
    assert calendar.is_working_day(date(2026, 11, 16)) is None


def test_the_raw_body_is_kept_where_it_was_normalised(store, office):
    plain, dirty = (
        office.customer("420301000001"),
        office.customer("420301000002", grade="二十三档", market_type="城网"),
    )
    assert dirty.value.grade == 23
    office.bring(plain, dirty)
    with store.read() as uow:
        rows = uow.office._connection.execute(select(customer_state.c.licence_no, customer_state.c.raw)).all()
    kept = {row.licence_no: row.raw for row in rows}
    assert kept["420301000001"] is None
    assert kept["420301000002"]["grade"] == "二十三档"
    assert kept["420301000002"]["market_type"] == "城网"


def test_an_instant_is_kept_and_its_offset_with_the_raw_body(store, office):
    line = {"sku": "42010101", "requested_quantity": 20, "unit": "条"}
    visit = office.item(
        "ledger-entries",
        ledger_id="L1",
        licence_no=LICENCE,
        account_manager="P0012",
        visited_at="2026-11-16T09:30:00+08:00",
        lines=[line],
    )
    office.bring(visit)
    with store.read() as uow:
        row = uow.office._connection.execute(select(ledger_entry)).one()
    assert row.visited_at == visit.value.visited_at
    assert row.raw["visited_at"] == "2026-11-16T09:30:00+08:00"


def test_a_value_the_office_does_not_keep_is_a_mistake_of_the_program(store, office):
    from app.office.items import read_item

    with store.write() as uow, pytest.raises(TypeError, match="NoneType"):
        uow.office.write(read_item("people", {}), office.at)


@pytest.mark.parametrize("table", [table.name for table in OFFICE_TABLES])
def test_no_row_of_office_data_can_be_changed_or_removed(store, office, table):
    fill_every_table(store, office)
    with store.read() as uow:
        before = uow.office._connection.execute(text(f"SELECT * FROM {table}")).all()
    assert before
    column = next(c.name for c in next(t for t in OFFICE_TABLES if t.name == table).columns)
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            store._engines.get().writing.connect() as connection,
            connection.begin(),
        ):
            connection.execute(text(statement))
    with store.read() as uow:
        assert uow.office._connection.execute(text(f"SELECT * FROM {table}")).all() == before


def fill_every_table(store, office):
    from app.core.actor import command_actor
    from app.store.office_values import OfficeImport

    line = {"sku": "42010101", "requested_quantity": 20, "unit": "条"}
    at = office.at
    office.bring(
        office.person(),
        office.territory(),
        office.customer(),
        office.product(),
        office.actual(),
        office.cycle(),
        office.item("brands", brand_id="B01", name="黄鹤楼", manufacturer_id="M01"),
        office.item("manufacturers", manufacturer_id="M01", name="湖北中烟"),
        office.item(
            "code-lists",
            list="segment",
            version="1",
            valid_from="2026-01-01",
            items=[{"code": "B", "zh": "便利店", "en": "convenience", "maps_to": None}],
        ),
        office.item("calendar", date="2026-11-15", is_working_day=True, name=None, announced=True),
        office.item(
            "ledger-entries",
            ledger_id="L1",
            licence_no=LICENCE,
            account_manager="P0012",
            visited_at="2026-11-16T09:30:00+08:00",
            lines=[line],
        ),
        office.item(
            "model-runs",
            run_id="R1",
            model_version="2.1",
            inputs_hash="9f",
            trained_to="2026-10-31",
            lines=[{"licence_no": LICENCE, "sku": "42010101", "cartons": 10}],
        ),
    )
    with store.write() as uow:
        uow.office.take_snapshot(Month(2026, 11), at)
        actor = command_actor(()).as_json()
        uow.office.record_import(OfficeImport("I-1", at, actor, "people", 1, 1, 0, 0, 0, "sha256:00", ["x"]))
