"""What should have been forecast and was not: ENT-05."""

from datetime import date

import pytest


def expected(office, forecast, delivered, **context):
    rows = office.expected(forecast, history=office.history(delivered), **context)
    return {(row["licence_no"], row["sku"]): row for row in rows}


def test_a_delivered_pair_without_a_line_is_expected(office):
    pair = (office.second, office.sku)
    rows = expected(office, office.forecast(), {pair: (3, 0, 6)})
    assert set(rows) == {pair}
    assert rows[pair] == {
        "licence_no": office.second,
        "sku": office.sku,
        "pair": f"{office.second}/{office.sku}",
        "mean_3m_cartons": 3_000_000,
        "months_sold": 2,
        "delivered_3m": [3, 0, 6],
        "excused": False,
    }


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ({}, False),
        ({"final_quantity": -1}, False),
        ({"final_quantity": None}, False),
        ({"final_quantity": 0}, True),
        ({"sku": None}, True),
    ],
)
def test_only_a_zero_or_no_line_leaves_a_pair_expected(office, line, seen):
    pair = (office.first, office.sku)
    assert (pair in expected(office, office.forecast(line), {pair: (9, 9, 9)})) is seen


def test_a_zero_with_a_reason_is_excused_and_one_without_is_not(office):
    pair = (office.first, office.sku)
    for line, excused in (({}, False), ({"reason": "规格退市"}, True), ({"reason_code": "EXIT"}, True)):
        rows = expected(office, office.forecast({"final_quantity": 0, **line}), {pair: (9, 9, 9)})
        assert rows[pair]["excused"] is excused


def test_a_product_leaving_the_range_is_excused(office):
    pair = (office.second, office.other_sku)
    products = {pair[1]: office.product(pair[1], on_sale_to=date(2026, 12, 31))}
    assert expected(office, office.forecast(), {pair: (9, 9, 9)}, products=products)[pair]["excused"] is True


def test_a_customer_suspended_today_is_excused_and_one_closed_at_the_snapshot_not_expected(office):
    pair, closed = (office.second, office.sku), office.customers(second={"business_status": "停业"})
    assert expected(office, office.forecast(), {pair: (9, 9, 9)}, customers_today=closed)[pair]["excused"] is True
    assert expected(office, office.forecast(), {pair: (9, 9, 9)}, customers_at_snapshot=closed) == {}


def test_a_customer_whose_licence_ends_before_the_target_month_is_not_expected(office):
    pair = (office.second, office.sku)
    ending = office.customers(second={"licence_valid_to": date(2026, 11, 30)})
    assert expected(office, office.forecast(), {pair: (9, 9, 9)}, customers_at_snapshot=ending) == {}


def test_customers_of_other_territories_and_pairs_without_deliveries_are_not_expected(office):
    delivered = {
        (office.foreign, office.sku): (9, 9, 9),
        (office.second, office.sku): (0, 0, 0),
        ("999", office.sku): (9, 9, 9),
    }
    assert expected(office, office.forecast(), delivered) == {}


def test_a_cover_is_asked_for_the_territory_named_and_for_its_own(office):
    delivered = {(office.foreign, office.sku): (9, 9, 9), (office.second, office.sku): (9, 9, 9)}
    assert set(expected(office, office.forecast(territory_id="T02"), delivered)) == set(delivered)
    nobody = office.forecast(territory_id="T02", account_manager=None)
    assert set(expected(office, nobody, delivered)) == {(office.foreign, office.sku)}


def test_supply_expects_each_product_once_with_the_sum(office):
    delivered = {
        (office.first, office.other_sku): (4, 4, 4),
        (office.second, office.other_sku): (5, 5, 5),
        (office.first, office.sku): (9, 9, 9),
    }
    rows = expected(office, office.supply(), delivered)
    assert set(rows) == {(None, office.other_sku)}
    assert rows[None, office.other_sku]["delivered_3m"] == [9, 9, 9]
    assert rows[None, office.other_sku]["pair"] == office.other_sku


def test_rows_stand_in_the_order_of_licence_and_product(office):
    pairs = [(licence, sku) for licence in (office.first, office.second) for sku in (office.sku, office.other_sku)]
    delivered = dict.fromkeys(reversed(pairs), (9, 9, 9))
    assert list(expected(office, office.forecast({"sku": "x"}), delivered)) == pairs


def test_without_all_three_months_one_row_says_that_nothing_is_known(office):
    (row,) = office.expected(office.forecast(), history=office.history({}, loaded=office.months[:2]))
    assert set(row.values()) == {None}


def test_without_a_territory_one_row_says_that_nothing_is_known(office):
    (row,) = office.expected(office.forecast(territory_id=None, account_manager=None))
    assert set(row.values()) == {None}
