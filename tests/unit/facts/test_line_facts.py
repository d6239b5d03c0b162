"""The facts of the lines: codes, quantities, duplicates, magnitude, licences, sources, attributes."""

from datetime import date

import pytest

from app.audit.facts.codes import LONGEST_SEARCHED, MOST_NEAREST, nearest_codes
from app.audit.facts.context import SourceDocument
from app.audit.facts.magnitude import COMPARED, compare
from app.office.code_list import CodeItem, CodeList


def test_messages_name_customer_and_product_or_the_product_alone(office):
    rows = office.lines(office.forecast({}, {"licence_no": None}, {"sku": None}))
    assert [row["pair"] for row in rows] == [f"{office.first}/{office.sku}", office.sku, None]
    assert office.one_line(office.supply({"licence_no": office.first}))["pair"] == office.sku


# ---------------------------------------------------------------- ENT-02


def test_known_codes_are_not_unknown(office):
    row = office.one_line(office.forecast())
    assert (row["unknown_codes"], row["unknown_code"], row["nearest_codes"]) == (0, None, [])


def test_both_codes_of_a_line_can_be_unknown(office):
    row = office.one_line(office.forecast({"licence_no": "42030100010", "sku": "4201010"}))
    assert (row["unknown_codes"], row["unknown_code"]) == (2, "42030100010 / 4201010")
    assert row["nearest_codes"] == [office.first, office.second, office.sku, office.other_sku]


def test_a_customer_not_valid_at_the_snapshot_is_unknown_and_not_its_own_neighbour(office):
    row = office.one_line(office.forecast(), customers_at_snapshot={})
    assert (row["unknown_codes"], row["nearest_codes"]) == (1, [office.second, office.foreign])


def test_a_line_without_a_code_is_left_to_the_required_fields(office):
    assert office.one_line(office.forecast({"sku": None}))["unknown_codes"] is None
    assert office.one_line(office.forecast({"licence_no": None}))["unknown_codes"] is None


def test_a_supply_line_has_no_licence_to_know(office):
    assert office.one_line(office.supply({"licence_no": None}))["unknown_codes"] == 0
    assert office.one_line(office.supply({"sku": "4201010"}))["unknown_codes"] == 1


def test_the_same_unknown_code_is_unknown_on_every_line(office):
    rows = office.lines(office.forecast({"sku": "4201010"}, {"sku": "4201010"}))
    assert [row["nearest_codes"] for row in rows] == [[office.sku, office.other_sku]] * 2


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("1234", ["123"]),
        ("12", ["123"]),
        ("124", ["123"]),
        ("023", ["123"]),
        ("123", []),
        ("321", []),
        ("12A", ["123"]),
    ],
)
def test_one_slip_of_the_pen_is_found(code, near):
    assert nearest_codes(code, {"123"}) == near


def test_few_neighbours_are_named_and_long_texts_are_not_searched():
    assert len(nearest_codes("1", {str(number) for number in range(100)})) == MOST_NEAREST
    long = "1" * (LONGEST_SEARCHED + 1)
    assert nearest_codes(long, {long[1:]}) == []
    assert nearest_codes(long[1:], {long[2:]}) == [long[2:]]


# ---------------------------------------------------------------- ENT-03


@pytest.mark.parametrize(
    ("line", "problem", "given"),
    [
        ({}, "none", "10"),
        ({"final_quantity": 0}, "none", "0"),
        ({"final_quantity": "0.4", "collected_quantity": 0, "unit": "箱"}, "none", "0.4"),
        ({"final_quantity": "12.5"}, "fraction", "12.5"),
        ({"final_quantity": -3}, "negative", "-3"),
        ({"unit": "包"}, "unit", "10"),
        ({"collected_quantity": -1}, "negative", "-1"),
        ({"collected_quantity": "0.5"}, "fraction", "0.5"),
        ({"final_quantity": None}, None, None),
        ({"final_quantity": None, "collected_quantity": -1}, "negative", "-1"),
        ({"final_quantity": "many"}, None, "many"),
        ({"unit": None}, None, "10"),
        ({"collected_quantity": None}, None, None),
        ({"collected_quantity": "x"}, None, "x"),
        ({"collected_quantity": None, "channel": "model"}, "none", "10"),
        ({"collected_quantity": "x", "channel": "model"}, None, "x"),
    ],
)
def test_the_first_problem_of_a_quantity_is_named(office, line, problem, given):
    row = office.one_line(office.forecast(line))
    assert (row["quantity_problem"], row["quantity_given"]) == (problem, given)


def test_a_supply_line_may_have_collected_nothing(office):
    row = office.one_line(office.supply({"collected_quantity": None}))
    assert (row["quantity_problem"], row["collected_cartons"], row["final_cartons"]) == ("none", None, 10)


def test_quantities_are_counted_in_cartons(office):
    row = office.one_line(office.forecast({"final_quantity": 2, "collected_quantity": 1, "unit": "箱"}))
    assert (row["final_cartons"], row["collected_cartons"], row["unit_given"]) == (500, 250, "箱")


# ---------------------------------------------------------------- ENT-04


def test_every_line_of_a_repeated_pair_says_how_often_and_where(office):
    rows = office.lines(office.forecast({}, {"sku": office.other_sku}, {}, {"licence_no": office.second}))
    assert [row["times_entered"] for row in rows] == [2, 1, 2, 1]
    assert [row["duplicate_lines"] for row in rows] == [[1, 3], [], [1, 3], []]


def test_two_channels_do_not_make_two_pairs(office):
    rows = office.lines(office.forecast({}, {"channel": "model"}))
    assert [row["times_entered"] for row in rows] == [2, 2]


def test_supply_lines_repeat_by_product_alone(office):
    rows = office.lines(office.supply({"licence_no": "1"}, {"licence_no": "2"}))
    assert [row["times_entered"] for row in rows] == [2, 2]


def test_lines_without_codes_are_not_repeated(office):
    rows = office.lines(office.forecast({"sku": None}, {"sku": None}, {"licence_no": None}))
    assert [row["times_entered"] for row in rows] == [None] * 3


# ---------------------------------------------------------------- ENT-06


def test_the_mean_and_its_months_stand_beside_the_ratio(office):
    history = office.history({(office.first, office.sku): (16, 17, 19)})
    row = office.one_line(office.forecast({"final_quantity": 26}), history=history)
    assert (row["mean_3m_cartons"], row["delivered_3m"], row["ratio_to_mean"]) == (17_333_333, [16, 17, 19], 1_500_000)


def test_deviations_are_measured_from_ten_250_and_a_250th_of_the_mean(office):
    history = office.history({(office.first, office.sku): (20, 20, 20)})
    row = office.one_line(office.forecast({"final_quantity": 160}), history=history)
    measured = [row[name] for name in COMPARED]
    assert measured == [8_000_000, 200_000, 968_000, 1999_000_000]


def test_very_large_quantities_are_compared_just_as_exactly(office):
    history = office.history({(office.first, office.sku): (7, 7, 7), (office.second, office.sku): (1, 1, 0)})
    forecast = office.forecast(
        {"final_quantity": 999_999_999, "unit": "箱"}, {"licence_no": office.second, "final_quantity": 1}
    )
    big, small = office.lines(forecast, history=history)
    assert [big[name] for name in COMPARED] == list(compare(249_999_999_750, 21))
    assert [small[name] for name in COMPARED] == list(compare(1, 2))


def test_without_deliveries_there_is_a_mean_and_no_ratio(office):
    row = office.one_line(office.forecast())
    assert (row["mean_3m_cartons"], row["ratio_to_mean"], row["ten_deviation"]) == (0, None, None)


def test_a_month_not_loaded_is_missing_and_not_zero(office):
    history = office.history({(office.first, office.sku): (9, 9, 9)}, loaded=office.months[1:])
    row = office.one_line(office.forecast(), history=history)
    assert (row["mean_3m_cartons"], row["delivered_3m"], row["ratio_to_mean"]) == (None, None, None)


def test_a_line_without_codes_or_quantity_has_nothing_to_compare(office):
    history = office.history({(office.first, office.sku): (9, 9, 9)})
    rows = office.lines(office.forecast({"sku": None}, {"licence_no": None}, {"final_quantity": None}), history=history)
    assert [row["mean_3m_cartons"] for row in rows] == [None, None, 9_000_000]
    assert [row["ratio_to_mean"] for row in rows] == [None] * 3


def test_a_supply_line_is_compared_with_the_active_customers_of_the_territory(office):
    delivered = {
        (office.first, office.sku): (10, 10, 10),
        (office.second, office.sku): (5, 5, 8),
        (office.foreign, office.sku): (100, 100, 100),
    }
    row = office.one_line(office.supply({"final_quantity": 32}), history=office.history(delivered))
    assert (row["delivered_3m"], row["ratio_to_mean"]) == ([15, 15, 18], 2_000_000)
    closed = office.customers(second={"business_status": "歇业"})
    row = office.one_line(office.supply(), history=office.history(delivered), customers_at_snapshot=closed)
    assert row["delivered_3m"] == [10, 10, 10]


@pytest.mark.parametrize(
    ("line", "excused"),
    [({}, False), ({"reason": "元旦备货"}, True), ({"reason_code": "SEASON"}, True), ({"reason": " "}, False)],
)
def test_a_reason_or_a_code_excuses(office, line, excused):
    assert office.one_line(office.forecast(line))["excused"] is excused


def test_a_product_leaving_by_the_end_of_the_target_month_excuses(office):
    def excused(on_sale_to):
        products = {office.sku: office.product(office.sku, on_sale_to=on_sale_to)}
        return office.one_line(office.forecast(), products=products)["excused"]

    assert excused(date(2026, 12, 31)) is True
    assert excused(date(2027, 1, 1)) is False


def test_a_suspended_customer_excuses(office):
    suspended = office.customers(first={"business_status": "暂停供货"})
    assert office.one_line(office.forecast(), customers_today=suspended)["excused"] is True


def test_without_a_target_month_the_month_after_the_cycle_counts(office):
    for on_sale_to, excused in ((date(2026, 12, 31), True), (date(2027, 1, 1), False)):
        products = {office.sku: office.product(office.sku, on_sale_to=on_sale_to)}
        assert office.one_line(office.forecast(target_month=None), products=products)["excused"] is excused


# ---------------------------------------------------------------- ENT-08


@pytest.mark.parametrize("status", ["停业", "歇业", "注销", "暂停供货"])
def test_each_status_in_which_nothing_is_supplied_stops(office, status):
    row = office.one_line(office.forecast(), customers_today=office.customers(first={"business_status": status}))
    assert (row["supply_stopped"], row["business_status"]) == (True, status)


def test_the_statuses_are_a_parameter(office):
    from app.audit.facts.forecast import forecast_facts

    other = type(office.parameters)({("ENT-08", "inactive_statuses"): ("营业",)})
    facts = forecast_facts(office.forecast(), office.context(), other)
    assert facts.tables["forecast_line"].columns["supply_stopped"] == [True]


def test_a_licence_must_reach_the_first_day_of_the_target_month(office):
    def expired(valid_to):
        customers = office.customers(first={"licence_valid_to": valid_to})
        return office.one_line(office.forecast(), customers_today=customers)["licence_expired"]

    assert expired(date(2026, 11, 30)) is True
    assert expired(date(2026, 12, 1)) is False


def test_the_state_of_today_counts_and_an_unknown_customer_has_none(office):
    row = office.one_line(office.forecast(), customers_at_snapshot=office.customers(first={"business_status": "歇业"}))
    assert row["supply_stopped"] is False
    unknown = office.one_line(office.forecast({"licence_no": "999"}))
    assert (unknown["supply_stopped"], unknown["licence_expired"], unknown["licence_valid_to"]) == (None, None, None)


# ---------------------------------------------------------------- ENT-09


def compared(office, line, **sources):
    known = {(kind, name): SourceDocument(cartons) for kind, (name, cartons) in sources.items()}
    row = office.one_line(office.forecast(line), sources=known)
    return row["source_named"], row["source_id"], row["source_cartons"], row["source_difference_cartons"]


def test_no_named_source_is_nothing_to_compare(office):
    assert compared(office, {}) == (False, None, None, None)


def test_the_difference_from_the_named_source_is_absolute(office):
    pair = (office.first, office.sku)
    assert compared(office, {"source": {"ledger": "L1"}}, ledger=("L1", {pair: 30})) == (True, "L1", 30, 20)
    assert compared(office, {"source": {"ledger": "L1"}}, ledger=("L1", {pair: 4})) == (True, "L1", 4, 6)


def test_a_source_silent_about_the_pair_says_zero(office):
    assert compared(office, {"source": {"pos_batch": "B1"}}, pos_batch=("B1", {})) == (True, "B1", 0, 10)


def test_a_source_that_is_not_loaded_leaves_the_difference_missing(office):
    assert compared(office, {"source": {"ledger": "L9"}}) == (True, "L9", None, None)


def test_a_quantity_of_the_source_that_cannot_be_read_leaves_the_difference_missing(office):
    pair = (office.first, office.sku)
    assert compared(office, {"source": {"ledger": "L1"}}, ledger=("L1", {pair: None})) == (True, "L1", None, None)


def test_of_several_sources_the_one_that_differs_most_is_named(office):
    pair, both = (office.first, office.sku), {"source": {"ledger": "L1", "pos_batch": "B1"}}
    assert compared(office, both, ledger=("L1", {pair: 10}), pos_batch=("B1", {pair: 12})) == (True, "B1", 12, 2)
    assert compared(office, both, ledger=("L1", {pair: 7}), pos_batch=("B1", {pair: 12})) == (True, "L1", 7, 3)
    assert compared(office, both, ledger=("L1", {pair: 7})) == (True, "B1", None, None)


def test_a_model_line_is_compared_only_when_something_was_collected(office):
    pair, model = (office.first, office.sku), {"channel": "model", "source": {"model_run": "M1"}}
    asked = compared(office, model, model_run=("M1", {pair: 10}))
    unasked = compared(office, {**model, "collected_quantity": None}, model_run=("M1", {pair: 10}))
    assert (asked, unasked) == ((True, "M1", 10, 0), (False, None, None, None))


def test_a_visit_line_without_a_collected_quantity_cannot_be_compared(office):
    line = {"collected_quantity": None, "source": {"ledger": "L1"}}
    assert compared(office, line, ledger=("L1", {})) == (True, "L1", 0, None)
    nameless = {"licence_no": None, "source": {"ledger": "L1"}}
    assert compared(office, nameless, ledger=("L1", {})) == (True, "L1", None, None)


def test_a_supply_line_has_no_single_source(office):
    row = office.one_line(office.supply({"source": {"model_run": "M1"}}))
    assert row["source_named"] is False


# ---------------------------------------------------------------- ENT-11

FORMATS = CodeList(
    "segment",
    "1",
    date(2026, 1, 1),
    None,
    (CodeItem("A", "食杂店", "grocery"), CodeItem("B", "便利店", "convenience store")),
)


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"segment": "B"},
        {"segment": "便利店"},
        {"segment": "Convenience Store"},
        {"grade": "23"},
        {"grade": "D23"},
        {"grade": "二十三档"},
        {"volatility_class": "stable"},
        {"volatility_class": "稳定型"},
        {"segment": "b", "grade": "23档", "volatility_class": "稳定"},
    ],
)
def test_the_filed_attributes_in_any_spelling_do_not_differ(office, line):
    row = office.one_line(office.forecast(line), segments=FORMATS)
    assert (row["attribute_mismatches"], row["attribute_mismatch_list"]) == (0, [])


@pytest.mark.parametrize(
    ("line", "mismatch"),
    [
        ({"segment": "A"}, {"field": "segment", "given": "A", "filed": "便利店"}),
        ({"segment": "超市"}, {"field": "segment", "given": "超市", "filed": "便利店"}),
        ({"grade": "二十二档"}, {"field": "grade", "given": "二十二档", "filed": "23"}),
        ({"grade": "高档"}, {"field": "grade", "given": "高档", "filed": "23"}),
        ({"volatility_class": "波动型"}, {"field": "volatility_class", "given": "波动型", "filed": "stable"}),
    ],
)
def test_another_attribute_than_the_filed_one_differs(office, line, mismatch):
    row = office.one_line(office.forecast(line), segments=FORMATS)
    assert (row["attribute_mismatches"], row["attribute_mismatch_list"]) == (1, [mismatch])
    assert (row["attributes_given"], row["attributes_filed"]) == (mismatch["given"], mismatch["filed"])


def test_all_three_attributes_can_differ(office):
    line = {"segment": "A", "grade": "1", "volatility_class": "volatile"}
    row = office.one_line(office.forecast(line), segments=FORMATS)
    assert (row["attribute_mismatches"], row["attributes_given"]) == (3, "A / 1 / volatile")


def test_without_a_list_of_formats_only_the_code_itself_is_the_code(office):
    assert office.one_line(office.forecast({"segment": "B"}))["attribute_mismatches"] == 0
    row = office.one_line(office.forecast({"segment": "便利店"}))
    assert (row["attribute_mismatches"], row["attributes_filed"]) == (1, "B")


def test_the_snapshot_counts_and_not_today(office):
    today = office.customers(first={"grade": 1})
    assert office.one_line(office.forecast({"grade": "23"}), customers_today=today)["attribute_mismatches"] == 0


def test_attributes_of_a_customer_nobody_knows_are_missing(office):
    rows = office.lines(
        office.forecast({"licence_no": "999", "grade": "23"}, {"licence_no": "999"}, {"licence_no": None, "grade": "1"})
    )
    assert [row["attribute_mismatches"] for row in rows] == [None, 0, None]


def test_a_supply_line_has_no_attributes(office):
    assert office.one_line(office.supply({"grade": "1"}))["attribute_mismatches"] is None
