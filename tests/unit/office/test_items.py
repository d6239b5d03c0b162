"""Items of office data: read exactly, refused with every reason at once, normalised with every change reported."""

import copy
import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.canonical import canonical_bytes
from app.office.allocation_standard import AllocationStandard, DeliveryMethod, Dimension, StandardPeriod, StandardRow
from app.office.calendar import CalendarDay
from app.office.change_records import CensusCampaign, CustomerDecision, ProfileOfVersion, Sanction
from app.office.code_list import CodeItem, CodeList
from app.office.customer import Brand, Customer, Manufacturer, Product
from app.office.cycle import Cycle, Window
from app.office.intake import fields
from app.office.items import COLLECTIONS, read_item
from app.office.month import Month
from app.office.people import Assignment, Person, Role, RoleHeld, Territory
from app.office.position import Position
from app.office.quantity import read_quantity
from app.office.records import Actual, LedgerEntry, LedgerLine, ModelRun, ModelRunLine
from app.office.segment_change import LicenceRecord, SegmentProfile

SEGMENTS = CodeList("segment", "2026", date(2026, 1, 1), None, (CodeItem("B", "便利店", "Convenience store"),))

VALUES: dict[str, Any] = {
    "people": Person(
        "P0012",
        "李晓梅",
        None,
        (
            RoleHeld("account_manager", "T03", date(2024, 3, 1)),
            RoleHeld("market_supervisor", "M1", date(2022, 1, 1), date(2023, 12, 31)),
        ),
    ),
    "territories": Territory(
        "T03",
        "城关三线",
        "清河县",
        (
            Assignment("P0012", "own", date(2024, 3, 1)),
            Assignment("P0013", "cover", date(2026, 1, 1), date(2026, 1, 31), "NG-BA-202601-003"),
        ),
    ),
    "customers": Customer(
        licence_no="420301123456",
        shop_name="利民便利店",
        territory_id="T03",
        segment="B",
        grade=23,
        market_type="urban",
        volatility_class="stable",
        has_pos=True,
        is_retail_info_officer=False,
        business_status="营业",
        licence_valid_to=date(2028, 6, 30),
        valid_from=date(2026, 1, 1),
        monthly_cap_cartons=120,
        address="清河县东街1号",
        area_code="主城区",
        order_cycle="单周周四",
        credit_level="AA",
    ),
    "manufacturers": Manufacturer("M42", "湖北中烟"),
    "brands": Brand("B07", "黄鹤楼", "M42"),
    "products": Product("42010101", "黄鹤楼（软蓝）", "B07", 1, Decimal("183.00"), "TIGHT", date(2015, 6, 1)),
    "code-lists": CodeList(
        "segment",
        "2026",
        date(2026, 1, 1),
        None,
        (CodeItem("B", "便利店", "Convenience store"), CodeItem("S", "超市", "Supermarket", "M")),
    ),
    "calendar": CalendarDay(date(2026, 10, 1), False, "国庆节", True),
    "cycles": Cycle(
        Month(2026, 11),
        Month(2026, 12),
        "P0002",
        "P0001",
        "P0090",
        Window(date(2026, 11, 5), date(2026, 11, 10)),
        Window(date(2026, 11, 15), date(2026, 11, 20)),
        (date(2026, 11, 25), date(2026, 11, 26)),
    ),
    "actuals": Actual(Month(2026, 10), "420301123456", "42010101", 12, 10),
    "ledger-entries": LedgerEntry(
        "L-20261116-0007",
        "420301123456",
        "P0012",
        datetime(2026, 11, 16, 1, 30, tzinfo=UTC),
        (LedgerLine("42010101", read_quantity(20, "条")), LedgerLine("42010102", read_quantity("0.4", "箱"))),
    ),
    "model-runs": ModelRun(
        "R-2026-11",
        "3.1",
        "sha256:9f",
        date(2026, 10, 31),
        (ModelRunLine("420301123456", "42010101", 18), ModelRunLine("420301123457", "42010101", 0)),
    ),
    "segment-profiles": ProfileOfVersion(
        "2026",
        SegmentProfile(
            "B",
            Decimal(15),
            Decimal("99.5"),
            Decimal(12),
            frozenset({"counter", "self_service"}),
            frozenset({"pos"}),
        ),
    ),
    "licences": LicenceRecord(
        "420301123456", "王利民", "清河县东街1号", date(2028, 6, 30), True, Position(32_055_013, 110_741_921)
    ),
    "sanctions": Sanction(
        "QH-2026-017", "420301123456", date(2026, 3, 12), "未在当地烟草专卖批发企业进货", date(2026, 5, 20)
    ),
    "customer-decisions": CustomerDecision(
        "HY-202611-004", "420301123456", "grade", "24", date(2026, 11, 20), "JY-2026-11", True, True
    ),
    "census-campaigns": CensusCampaign("PC-2026-01", "2026年业态普查", date(2026, 9, 1)),
    "allocation-standards": AllocationStandard(
        std_id="TF-202612-01",
        version=1,
        sku="42010101",
        period=StandardPeriod.WEEK,
        delivery_method=DeliveryMethod.BY_GRADE_AND_DIMENSION,
        rows=(StandardRow("B", "主城区", {21: 5, 22: 5, 30: 8}), StandardRow(None, None, {0: 2})),
        effective_from=date(2026, 12, 1),
        effective_to=date(2026, 12, 31),
        dimensions=(Dimension("county", "清河县"),),
        filing_no="NG-BZ-202611-007",
        filed_at=datetime(2026, 11, 24, 2, tzinfo=UTC),
        published_at=datetime(2026, 11, 25, 2, tzinfo=UTC),
    ),
}

KEYS = {
    "people": "P0012",
    "territories": "T03",
    "customers": "420301123456",
    "manufacturers": "M42",
    "brands": "B07",
    "products": "42010101",
    "code-lists": "segment/2026",
    "calendar": "2026-10-01",
    "cycles": "2026-11",
    "actuals": "2026-10/420301123456/42010101",
    "ledger-entries": "L-20261116-0007",
    "model-runs": "R-2026-11",
    "segment-profiles": "2026/B",
    "licences": "420301123456",
    "sanctions": "QH-2026-017",
    "customer-decisions": "HY-202611-004/420301123456/grade",
    "census-campaigns": "PC-2026-01",
    "allocation-standards": "TF-202612-01/1",
}

NOT_OPEN_ALONE = {"allocation-standards": ("filing_no", "filed_at"), "customer-decisions": ("value",)}
"""Whether these may be open is said by another field."""

every_collection = pytest.mark.parametrize("name", list(COLLECTIONS))


def faults_of(name: str, raw: object) -> dict[str, str]:
    return {fault.pointer: fault.code for fault in read_item(name, raw).faults}


@every_collection
def test_an_item_as_it_is_kept_is_read_without_a_word(name, samples):
    item = read_item(name, samples[name])
    assert item.faults == ()
    assert item.mismatches == ()
    assert item.value == VALUES[name]
    assert item.key == KEYS[name]
    assert item.raw == samples[name]


@every_collection
def test_reading_what_is_kept_gives_the_same_again(name, samples):
    body = read_item(name, samples[name]).body
    again = read_item(name, json.loads(canonical_bytes(body)))
    assert again.body == body
    assert again.value == VALUES[name]
    assert again.mismatches == ()


@every_collection
def test_every_field_that_must_be_there_is_missed(name):
    assert faults_of(name, {}) == {f"/{field}": "value.missing" for field in COLLECTIONS[name].required}


@every_collection
def test_a_field_that_may_be_open_may_be_null_blank_or_absent(name, samples):
    raw = samples[name]
    for field in COLLECTIONS[name].optional:
        if field in NOT_OPEN_ALONE.get(name, ()):
            continue
        bodies = []
        for value in (None, "", "  "):
            item = read_item(name, {**raw, field: value})
            assert item.faults == ()
            bodies.append(item.body)
        raw.pop(field, None)
        assert all(body == read_item(name, {**raw, field: None}).body for body in bodies)


@every_collection
def test_a_float_is_refused_in_every_field(name, samples):
    for field in samples[name]:
        assert faults_of(name, {**samples[name], field: 1.5})[f"/{field}"] == "value.float"


@every_collection
@pytest.mark.parametrize(
    "value", [True, 10**30, -1, [], {}, [1], "\ud800", "x" * 1000, "\x00", pytest.param(10**5000, id="huge")]
)
def test_a_strange_value_is_read_or_refused_at_its_field_and_nowhere_else(name, value, samples):
    for field in COLLECTIONS[name].required:
        pointers = faults_of(name, {**samples[name], field: value})
        assert all(pointer == f"/{field}" or pointer.startswith(f"/{field}/") for pointer in pointers)


@pytest.mark.parametrize("raw", [None, 3, "text", [], [{}], True, 1.5])
@every_collection
def test_what_is_no_object_is_no_item(name, raw):
    assert faults_of(name, raw)[""] in {"value.not_an_object", "value.float"}


@pytest.mark.parametrize(
    "licence_no", ["42030112345\u200b6", "4203\u202e01", "42\t03", "42\x00", "\ufeff4203", "42\xad03", "\u3164"]
)
def test_an_identifier_with_an_invisible_character_is_refused(customer, licence_no):
    assert faults_of("customers", {**customer, "licence_no": licence_no}) == {
        "/licence_no": "identifier.hidden_character"
    }


def test_an_actual_with_an_invisible_character_is_refused(samples):
    raw = {**samples["actuals"], "licence_no": "4203011234\u200b56"}
    assert faults_of("actuals", raw) == {"/licence_no": "identifier.hidden_character"}


def test_an_unknown_field_is_refused_with_the_nearest_known_one(customer):
    (fault,) = read_item("customers", {**customer, "shop_nane": "x"}).faults
    assert (fault.pointer, fault.code) == ("/shop_nane", "field.unknown")
    assert "shop_name" in fault.message.zh
    assert "shop_name" in fault.message.en


def test_an_unknown_field_that_is_near_nothing_is_refused_with_all_known_ones(samples):
    (fault,) = read_item("brands", {**samples["brands"], "价格/条~\u202e": "x"}).faults
    assert fault.pointer == "/价格~1条~0<U+202E>"
    assert "brand_id, name, manufacturer_id" in fault.message.en


def test_all_faults_are_said_at_once(customer):
    raw = {
        **customer,
        "grade": "三十五档",
        "licence_no": "",
        "has_pos": "也许",
        "monthly_cap_cartons": -3,
        "valid_from": "soon",
        "licence_valid_to": 20280630,
        "market_type": 7,
        "extra": 1,
    }
    del raw["territory_id"]
    item = read_item("customers", raw)
    assert {fault.pointer: fault.code for fault in item.faults} == {
        "/extra": "field.unknown",
        "/licence_no": "value.missing",
        "/territory_id": "value.missing",
        "/grade": "value.not_allowed",
        "/market_type": "value.not_text",
        "/has_pos": "value.not_yes_or_no",
        "/monthly_cap_cartons": "value.negative",
        "/valid_from": "value.not_a_date",
        "/licence_valid_to": "value.not_a_date",
    }
    assert (item.value, item.body, item.key) == (None, {}, "")
    assert item.raw == raw
    assert all(fault.message.zh and fault.message.en for fault in item.faults)


def test_every_value_that_was_read_differently_is_reported_with_what_was_sent(customer):
    raw = {
        **customer,
        "grade": "第二十三档",
        "market_type": "城网",
        "volatility_class": "稳定型",
        "has_pos": "是",
        "is_retail_info_officer": 0,
        "licence_valid_to": "2028年6月30日",
        "monthly_cap_cartons": "１２０",
        "shop_name": " 利民\u200b便利店",
    }
    item = read_item("customers", raw)
    assert item.value == VALUES["customers"]
    assert {m.field: (m.raw, m.read_as) for m in item.mismatches} == {
        "shop_name": (" 利民\u200b便利店", "利民便利店"),
        "grade": ("第二十三档", 23),
        "market_type": ("城网", "urban"),
        "volatility_class": ("稳定型", "stable"),
        "has_pos": ("是", True),
        "is_retail_info_officer": (0, False),
        "licence_valid_to": ("2028年6月30日", "2028-06-30"),
        "monthly_cap_cartons": ("１２０", 120),
    }
    assert "U+200B" in next(m.note.en for m in item.mismatches if m.field == "shop_name")
    assert item.raw == raw


def test_a_mismatch_is_plain_json(customer):
    (mismatch,) = read_item("customers", {**customer, "grade": "二十三档"}).mismatches
    assert mismatch.as_json() == {
        "field": "grade",
        "raw": "二十三档",
        "read_as": 23,
        "note": {"zh": "档位“二十三档”按“23”读入", "en": "grade “二十三档” was read as “23”"},
    }


@pytest.mark.parametrize("licence_no", ["2106", "IA-02106", "4203011234567", "A" * 32])
def test_a_licence_of_another_numbering_is_kept_and_noted(customer, licence_no):
    item = read_item("customers", {**customer, "licence_no": licence_no})
    assert item.faults == ()
    assert [(m.field, m.raw, m.read_as) for m in item.mismatches] == [("licence_no", licence_no, licence_no)]


def test_a_licence_longer_than_32_characters_is_refused(customer):
    assert faults_of("customers", {**customer, "licence_no": "A" * 33}) == {"/licence_no": "identifier.too_long"}


def test_an_identifier_must_be_text(customer):
    assert faults_of("customers", {**customer, "licence_no": 420301123456}) == {"/licence_no": "value.not_text"}


def test_a_key_that_holds_a_slash_stays_one_key(samples):
    item = read_item("code-lists", {**samples["code-lists"], "list": "a/b", "version": "c~1"})
    assert item.key == "a~1b/c~01"


def test_the_version_of_a_list_may_be_a_number_and_is_noted(samples):
    item = read_item("code-lists", {**samples["code-lists"], "version": 3})
    assert item.value == replace(VALUES["code-lists"], version="3")
    assert [(m.field, m.raw, m.read_as) for m in item.mismatches] == [("version", 3, "3")]


@pytest.mark.parametrize(("sent", "kept"), [("便利店", "B"), ("convenience store", "B"), ("b", "B")])
def test_the_name_of_a_format_becomes_its_code(customer, sent, kept):
    item = read_item("customers", {**customer, "segment": sent}, segments=SEGMENTS)
    assert item.value == VALUES["customers"]
    assert item.body["segment"] == kept
    assert [(m.field, m.raw, m.read_as) for m in item.mismatches] == [("segment", sent, kept)]


def test_a_format_that_is_not_in_the_list_stays_as_it_is_and_is_noted(customer):
    item = read_item("customers", {**customer, "segment": "烟草专业店"}, segments=SEGMENTS)
    assert item.body["segment"] == "烟草专业店"
    assert [m.read_as for m in item.mismatches] == ["烟草专业店"]


def test_a_format_needs_no_word_without_a_list_or_when_it_is_a_code(customer):
    assert read_item("customers", {**customer, "segment": "烟草专业店"}).mismatches == ()
    assert read_item("customers", customer, segments=SEGMENTS).mismatches == ()


def test_an_unknown_role_is_told_all_roles(samples):
    samples["people"]["roles"][1]["role"] = "boss"
    (fault,) = read_item("people", samples["people"]).faults
    assert (fault.pointer, fault.code) == ("/roles/1/role", "value.not_allowed")
    assert all(role.value in fault.message.zh and role.value in fault.message.en for role in Role)


def test_a_role_in_chinese_is_read(samples):
    samples["people"]["roles"][0]["role"] = "客户经理"
    item = read_item("people", samples["people"])
    assert item.value == VALUES["people"]
    assert [(m.field, m.read_as) for m in item.mismatches] == [("roles/0/role", "account_manager")]


@pytest.mark.parametrize(
    ("name", "change", "pointer"),
    [
        ("people", lambda raw: raw["roles"][1].update(to="2021-01-01"), "/roles/1/to"),
        ("territories", lambda raw: raw["assignments"][1].update(to="2025-01-01"), "/assignments/1/to"),
        ("products", lambda raw: raw.update(on_sale_to="2015-05-31"), "/on_sale_to"),
        ("code-lists", lambda raw: raw.update(valid_to="2025-12-31"), "/valid_to"),
        ("cycles", lambda raw: raw["windows"]["order"].update(to="2026-11-14"), "/windows/order/to"),
        ("cycles", lambda raw: raw["windows"]["supply"].update(to="2026-11-04"), "/windows/supply/to"),
    ],
)
def test_a_period_that_ends_before_it_starts_is_refused(samples, name, change, pointer):
    change(samples[name])
    assert faults_of(name, samples[name]) == {pointer: "period.reversed"}


def test_a_period_of_one_day_is_one(samples):
    samples["people"]["roles"][0]["to"] = samples["people"]["roles"][0]["from"]
    assert faults_of("people", samples["people"]) == {}


@pytest.mark.parametrize(
    ("name", "change", "pointer"),
    [
        ("code-lists", lambda raw: raw["items"][1].update(code="B"), "/items/1/code"),
        ("ledger-entries", lambda raw: raw["lines"][1].update(sku="42010101"), "/lines/1/sku"),
        ("model-runs", lambda raw: raw["lines"][1].update(licence_no="420301123456"), "/lines/1/sku"),
    ],
)
def test_a_row_that_names_what_an_earlier_row_named_is_refused(samples, name, change, pointer):
    change(samples[name])
    assert faults_of(name, samples[name]) == {pointer: "line.repeated"}


@pytest.mark.parametrize(
    ("quantity", "unit", "code"),
    [
        (-1, "条", "value.negative"),
        ("0.3", "条", "value.fraction_of_carton"),
        ("zwei", "条", "value.not_a_quantity"),
        (True, "条", "value.not_a_quantity"),
        (10**10, "条", "value.out_of_range"),
    ],
)
def test_a_ledger_quantity_that_is_no_number_of_cartons_is_refused(samples, quantity, unit, code):
    samples["ledger-entries"]["lines"][0].update(requested_quantity=quantity, unit=unit)
    assert faults_of("ledger-entries", samples["ledger-entries"]) == {"/lines/0/requested_quantity": code}


def test_an_unknown_unit_is_refused_at_the_unit(samples):
    samples["ledger-entries"]["lines"][0]["unit"] = "包"
    assert faults_of("ledger-entries", samples["ledger-entries"]) == {"/lines/0/unit": "value.not_allowed"}


def test_a_ledger_quantity_with_blanks_is_read_and_noted(samples):
    samples["ledger-entries"]["lines"][1].update(requested_quantity=" ０.4 ", unit="大箱")
    item = read_item("ledger-entries", samples["ledger-entries"])
    assert item.value == VALUES["ledger-entries"]
    assert {m.field: m.read_as for m in item.mismatches} == {
        "lines/1/requested_quantity": "0.4",
        "lines/1/unit": "箱",
    }


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(183, "183.00"), ("183", "183.00"), ("183.5", "183.50"), (0, "0.00"), ("-0", "0.00"), ("0.10", "0.10")],
)
def test_an_amount_is_kept_with_two_decimals(samples, sent, kept):
    item = read_item("products", {**samples["products"], "wholesale_price_cny": sent})
    assert item.body["wholesale_price_cny"] == kept
    assert item.mismatches == ()


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("183.005", "value.not_an_amount"),
        ("1e3", "value.not_an_amount"),
        ("¥183", "value.not_an_amount"),
        (True, "value.not_an_amount"),
        ([], "value.not_an_amount"),
        (10**30, "value.not_an_amount"),
        ("-1.00", "value.negative"),
    ],
)
def test_what_is_no_amount_is_refused(samples, sent, code):
    assert faults_of("products", {**samples["products"], "wholesale_price_cny": sent}) == {"/wholesale_price_cny": code}


def test_an_amount_with_full_width_digits_is_read_and_noted(samples):
    item = read_item("products", {**samples["products"], "wholesale_price_cny": "１８３.00"})
    assert item.value == VALUES["products"]
    assert [(m.field, m.read_as) for m in item.mismatches] == [("wholesale_price_cny", "183.00")]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("12.5", "value.not_an_integer"),
        ("many", "value.not_an_integer"),
        (True, "value.not_an_integer"),
        ([], "value.not_an_integer"),
        (-1, "value.negative"),
        ("-1", "value.negative"),
        (10**9 + 1, "value.out_of_range"),
    ],
)
def test_what_is_no_count_is_refused(samples, sent, code):
    for field in ("requested_cartons", "delivered_cartons"):
        assert faults_of("actuals", {**samples["actuals"], field: sent}) == {f"/{field}": code}


def test_a_cycle_may_be_delivered_with_persons_and_windows_missing():
    item = read_item("cycles", {"cycle": "2026-11", "target_month": "2026-12"})
    assert item.value == Cycle(Month(2026, 11), Month(2026, 12))
    assert item.body["windows"] is None


def test_dates_of_the_summary_are_sorted_and_each_is_read(samples):
    samples["cycles"]["windows"]["summary"]["dates"] = ["2026/11/26", "2026-11-25"]
    item = read_item("cycles", samples["cycles"])
    assert item.value == VALUES["cycles"]
    assert [m.field for m in item.mismatches] == ["windows/summary/dates/0"]
    samples["cycles"]["windows"]["summary"]["dates"] = ["x", 3]
    assert faults_of("cycles", samples["cycles"]) == {
        "/windows/summary/dates/0": "value.not_a_date",
        "/windows/summary/dates/1": "value.not_a_date",
    }


def test_a_model_trained_to_a_month_is_trained_to_its_last_day(samples):
    item = read_item("model-runs", {**samples["model-runs"], "trained_to": "2026-10"})
    assert item.value == VALUES["model-runs"]
    assert [m.read_as for m in item.mismatches] == ["2026-10-31"]


def test_a_visit_without_an_offset_is_office_time_and_is_noted(samples):
    item = read_item("ledger-entries", {**samples["ledger-entries"], "visited_at": "2026-11-16 09:30"})
    assert item.value == VALUES["ledger-entries"]
    assert [m.read_as for m in item.mismatches] == ["2026-11-16T09:30:00+08:00"]
    assert item.body["visited_at"] == "2026-11-16T01:30:00.000Z"


def test_a_visit_on_a_day_alone_is_noted_too(samples):
    item = read_item("ledger-entries", {**samples["ledger-entries"], "visited_at": "2026年11月16日"})
    assert [m.read_as for m in item.mismatches] == ["2026-11-16T00:00:00+08:00"]


def test_a_list_of_dates_must_be_one(samples):
    samples["cycles"]["windows"]["summary"]["dates"] = "2026-11-25"
    assert faults_of("cycles", samples["cycles"]) == {"/windows/summary/dates": "value.not_a_list"}


def test_more_rows_than_can_be_kept_are_refused(samples, monkeypatch):
    monkeypatch.setattr(fields, "MOST_ROWS", 1)
    assert faults_of("people", samples["people"]) == {"/roles": "value.too_long"}


def test_what_is_no_visit_time_is_refused(samples):
    for sent in ("gestern", 20261116):
        assert faults_of("ledger-entries", {**samples["ledger-entries"], "visited_at": sent}) == {
            "/visited_at": "value.not_an_instant"
        }


def test_a_row_that_is_no_object_is_refused_at_its_place(samples):
    assert faults_of("people", {**samples["people"], "roles": [3]}) == {"/roles/0": "value.not_an_object"}
    assert faults_of("people", {**samples["people"], "roles": "none"}) == {"/roles": "value.not_a_list"}
    assert faults_of("people", {**samples["people"], "roles": [{}]}) == {
        "/roles/0/role": "value.missing",
        "/roles/0/unit": "value.missing",
        "/roles/0/from": "value.missing",
    }


def test_a_name_of_invisible_characters_only_is_missing(customer):
    assert faults_of("customers", {**customer, "shop_name": "\u200b"}) == {"/shop_name": "value.missing"}


def test_half_a_character_is_refused(customer):
    assert faults_of("customers", {**customer, "shop_name": "利\ud800民"}) == {"/shop_name": "text.surrogate"}


def test_the_short_way_for_actuals_says_what_the_long_way_says(samples):
    plain = samples["actuals"]
    long_way = read_item("actuals", {**plain, "licence_no": f" {plain['licence_no']}"})
    short_way = read_item("actuals", plain)
    assert (short_way.value, short_way.body, short_way.key) == (long_way.value, long_way.body, long_way.key)
    assert faults_of("actuals", {**plain, "month": "2026-13"}) == {"/month": "value.not_a_month"}
    assert faults_of("actuals", {**plain, "delivered_cartons": None}) == {"/delivered_cartons": "value.missing"}
    assert read_item("actuals", {**plain, "requested_cartons": None}).value == replace(
        VALUES["actuals"], requested_cartons=None
    )


def test_thirty_thousand_actuals_are_read_within_two_seconds(samples):
    rows = [{**samples["actuals"], "licence_no": f"4203{number:08d}"} for number in range(30_000)]
    start = time.process_time()
    read = [read_item("actuals", row) for row in rows]
    assert time.process_time() - start < 2  # 0.2 s on a quiet machine
    assert len({item.key for item in read}) == len(rows)


NAMES = st.one_of(st.text(max_size=3), st.sampled_from(["from", "to", "role", "sku", "unit"]))
JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(codec=None, categories=None)),
        st.sampled_from(["2026-11-01", "二十三档", "2026-11", "条", "是", "account_manager", "\ud800", 10**30]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(NAMES, inner, max_size=5),
    ),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None)  # the machine is shared
@given(st.data())
def test_no_json_at_all_makes_reading_fail_and_what_is_kept_has_canonical_bytes(data):
    name = data.draw(st.sampled_from(list(COLLECTIONS)))
    fields = [spec.name for spec in COLLECTIONS[name].fields]
    raw = data.draw(st.one_of(JSON, st.fixed_dictionaries({}, optional=dict.fromkeys(fields, JSON))))
    item = read_item(name, raw)
    canonical_bytes(item.body)
    canonical_bytes([fault.as_json() for fault in item.faults])
    canonical_bytes([mismatch.as_json() for mismatch in item.mismatches])
    assert (item.value is None) == bool(item.faults)


DIRTY = st.fixed_dictionaries(
    {},
    optional={
        "grade": st.one_of(st.integers(1, 30), st.sampled_from(["二十三档", "D7", "第三十档", "１２档"])),
        "shop_name": st.text(min_size=1, max_size=20),
        "market_type": st.sampled_from(["城网", "乡村", "rural"]),
        "volatility_class": st.sampled_from(["波动", "稳定型"]),
        "has_pos": st.sampled_from([True, "无", "Y", 0]),
        "valid_from": st.sampled_from(["2026/1/1", "46023", "20260101", "2026年1月1日"]),
        "monthly_cap_cartons": st.sampled_from([None, "30", " 30", "30.0"]),
        "segment": st.sampled_from(["便利店", "B", "别的"]),
        "licence_no": st.sampled_from(["４２０３", " 420301123456 "]),
    },
)


@settings(deadline=None)  # the machine is shared
@given(DIRTY)
def test_what_was_normalised_once_is_not_normalised_again(dirty):
    base = {
        "licence_no": "420301123456", "shop_name": "利民", "segment": "B", "grade": 1, "territory_id": "T03",
        "market_type": "urban", "volatility_class": "stable", "has_pos": True, "is_retail_info_officer": False,
        "business_status": "营业", "licence_valid_to": "2028-06-30", "valid_from": "2026-01-01",
    }  # fmt: skip
    item = read_item("customers", {**base, **dirty}, segments=SEGMENTS)
    if item.faults:
        return  # a name of blanks or half characters
    again = read_item("customers", item.body, segments=SEGMENTS)
    assert again.body == item.body
    assert all(mismatch.raw == mismatch.read_as for mismatch in again.mismatches)


@pytest.mark.parametrize(
    ("attribute", "value", "kept", "noted"),
    [
        ("grade", 24, "24", False),
        ("grade", "D24", "24", True),
        ("grade", "二十四档", "24", True),
        ("volatility_class", "稳定型", "stable", True),
        ("territory", "T03", "T03", False),
        ("first_setting", None, None, False),
        ("first_setting", "便利店 / 12", "便利店 / 12", False),
    ],
)
def test_a_decided_value_is_kept_as_customers_are_kept(samples, attribute, value, kept, noted):
    item = read_item("customer-decisions", {**samples["customer-decisions"], "attribute": attribute, "value": value})
    assert item.faults == ()
    assert item.value.value == kept
    assert [mismatch.field for mismatch in item.mismatches] == (["value"] if noted else [])


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("grade", 31, "value.not_allowed"),
        ("grade", "高", "value.not_allowed"),
        ("grade", None, "value.missing"),
        ("grade", True, "value.not_text"),
        ("volatility_class", "sometimes", "value.not_allowed"),
        ("territory", " ", "value.missing"),
    ],
)
def test_a_decision_needs_a_value_its_attribute_has(samples, attribute, value, code):
    raw = {**samples["customer-decisions"], "attribute": attribute, "value": value}
    assert faults_of("customer-decisions", raw) == {"/value": code}


@pytest.mark.parametrize(
    ("name", "change", "pointer", "code"),
    [
        ("segment-profiles", {"most_area_m2": 10}, "/most_area_m2", "value.out_of_range"),
        ("segment-profiles", {"sales_modes": "counter"}, "/sales_modes", "value.not_a_list"),
        ("segment-profiles", {"sales_modes": ["counter", "drive-in"]}, "/sales_modes/1", "value.not_allowed"),
        ("segment-profiles", {"least_hours": 25}, "/least_hours", "value.not_a_number"),
        ("licences", {"position": {"latitude": "91", "longitude": "0"}}, "/position/latitude", "value.not_a_number"),
        ("licences", {"position": {"latitude": "1"}}, "/position/longitude", "value.missing"),
        ("sanctions", {"lifted_on": "2026-03-11"}, "/lifted_on", "period.reversed"),
        ("customers", {"order_cycle": "有空就来"}, "/order_cycle", "value.not_allowed"),
        ("customers", {"order_cycle": 4}, "/order_cycle", "value.not_text"),
        ("customers", {"credit_level": "E"}, "/credit_level", "value.not_allowed"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(samples, name, change, pointer, code):
    assert faults_of(name, {**samples[name], **change}) == {pointer: code}


def test_values_of_a_list_are_named_once_in_the_order_of_the_list(samples):
    item = read_item("segment-profiles", {**samples["segment-profiles"], "sales_modes": ["自选", "counter", "柜台"]})
    assert item.body["sales_modes"] == ["counter", "self_service"]
    assert [mismatch.field for mismatch in item.mismatches] == ["sales_modes/0", "sales_modes/2"]


def test_an_order_cycle_is_kept_in_one_spelling(customer):
    item = read_item("customers", {**customer, "order_cycle": "双周星期一"})
    assert (item.value.order_cycle, item.mismatches[0].field) == ("双周周一", "order_cycle")


def test_the_names_of_formats_in_a_standard_become_codes(samples):
    raw = copy.deepcopy(samples["allocation-standards"])
    raw["rows"][0]["segment"] = "便利店"
    item = read_item("allocation-standards", raw, segments=SEGMENTS)
    assert (item.value.rows[0].segment, item.mismatches[0].field) == ("B", "rows/0/segment")
