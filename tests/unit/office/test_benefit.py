"""What a change of format gives: known answers, and laws."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.office.allocation_standard import AllocationStandard, DeliveryMethod, Dimension, StandardPeriod, StandardRow
from app.office.benefit import Entitlement, Shop, benefit_of_change, benefit_of_first_month, order_days
from app.office.customer import Product
from app.office.month import Month
from app.office.normalise import OrderCycle
from tests.changes import at

DEC = Month(2026, 12)
MONDAYS = OrderCycle("every", 1)
FAR = 4


def product(sku="S1", **changes):
    made = Product(sku, f"卷烟{sku}", "B01", 1, Decimal("330.50"), "TIGHT", date(2020, 1, 1))
    return replace(made, **changes)


def standard(sku="S1", **changes):
    made = AllocationStandard(
        std_id=f"STD-{sku}",
        version=1,
        sku=sku,
        period=StandardPeriod.MONTH,
        delivery_method=DeliveryMethod.BY_GRADE,
        rows=(StandardRow("Y", None, {12: 6}), StandardRow("Z", None, {12: 2})),
        effective_from=date(2026, 12, 1),
        effective_to=date(2026, 12, 31),
        filing_no="NG-BA-202611-001",
        filed_at=at("2026-11-28 10:00"),
    )
    return replace(made, **changes)


def shop(**changes):
    made = Shop("420301000101", 12, {"county": "清河县", "market_type": "urban", "area_code": "主城区"}, MONDAYS)
    return replace(made, **changes)


def benefit(*standards, products=None, who=None, segments=("Z", "Y"), month=DEC):
    known = {one.sku: one for one in ([product()] if products is None else products)}
    return benefit_of_change(month, who or shop(), segments, standards, known)


def line(*standards, **more):
    (only,) = benefit(*standards, **more).lines
    return only


def test_a_monthly_quota_is_what_a_month_gives():
    made = benefit(standard())
    assert (made.lines[0].old, made.lines[0].new) == (Entitlement(True, 2), Entitlement(True, 6))
    assert (made.delta_tight_cartons, made.delta_value_cny, made.old_value_cny) == (
        4,
        Decimal("1322.00"),
        Decimal("661.00"),
    )
    assert (made.gained, made.lost, made.order_cycle_assumed) == ((), (), False)


def test_a_weekly_quota_comes_with_every_order_of_the_month():
    weekly = standard(period=StandardPeriod.WEEK)
    assert benefit(weekly).delta_tight_cartons == 4 * 4  # 7, 14, 21, 28 December 2026
    assert benefit(weekly, who=shop(order_cycle=OrderCycle("every", 2))).delta_tight_cartons == 4 * 5
    assert benefit(weekly, who=shop(order_cycle=OrderCycle("odd", 1))).delta_tight_cartons == 4 * 2
    assert benefit(weekly, who=shop(order_cycle=OrderCycle("even", 1))).delta_tight_cartons == 4 * 2
    assumed = benefit(weekly, who=shop(order_cycle=None))
    assert (assumed.delta_tight_cartons, assumed.order_cycle_assumed) == (16, True)


def test_who_never_orders_is_eligible_and_gets_nothing():
    never = line(standard(period=StandardPeriod.WEEK), who=shop(order_cycle=OrderCycle("never", None)))
    assert never.new == Entitlement(True, 0)


def test_each_week_has_the_version_in_force_on_its_order_day():
    first = standard(period=StandardPeriod.WEEK, effective_to=date(2026, 12, 13))
    second = replace(first, version=2, effective_from=date(2026, 12, 14), effective_to=None,
                     rows=(StandardRow("Y", None, {12: 1}),))  # fmt: skip
    assert line(first, second).new == Entitlement(True, 6 + 6 - 6 + 1 + 1 + 1)
    gap = replace(second, effective_from=date(2026, 12, 28))
    assert line(first, gap).new == Entitlement(True, 6 + 1)


def test_a_later_version_within_the_month_replaces_the_months_quota():
    newer = standard(version=2, effective_from=date(2026, 12, 10), rows=(StandardRow("Y", None, {12: 9}),))
    assert line(standard(), newer).new == Entitlement(True, 9)
    assert line(newer, standard()).new == Entitlement(True, 9)
    assert line(standard(), standard(version=2, rows=())).new == Entitlement(False, 0)


def test_two_standards_of_one_product_add_up():
    assert line(standard(), standard(std_id="STD-B")).delta_cartons == 8


def test_what_is_not_filed_or_of_another_month_entitles_nobody():
    silent = [
        standard(filing_no=None),
        standard(filed_at=None),
        standard(effective_from=date(2027, 1, 1), effective_to=None),
        standard(effective_to=date(2026, 11, 30), effective_from=date(2026, 11, 1)),
    ]
    made = benefit(*silent)
    assert (made.standards_found, made.delta_tight_cartons, made.delta_value_cny, made.old_value_cny) == (
        False,
        None,
        None,
        None,
    )
    assert made.tight_without_standard == ("S1",)
    assert (made.lines[0].old, made.lines[0].new, made.lines[0].delta_cartons) == (None, None, None)


def test_a_scarce_product_nobody_filed_is_named_and_in_no_sum():
    made = benefit(standard(), products=[product(), product("S2"), product("S3", supply_attribute="FULL")])
    assert (made.delta_tight_cartons, made.tight_without_standard) == (4, ("S2",))
    gone = [product(), product("S2", on_sale_to=date(2026, 11, 30)), product("S3", on_sale_from=date(2027, 1, 1))]
    assert benefit(standard(), products=gone).tight_without_standard == ()


def test_eligibility_is_compared_besides_quantity():
    only_y = standard(rows=(StandardRow("Y", None, {12: 1}),))
    assert benefit(only_y).gained == ("S1",)
    assert benefit(only_y, segments=("Y", "Z")).lost == ("S1",)
    assert line(standard(rows=(StandardRow("Y", None, {30: 9}),))).new == Entitlement(False, 0)


def test_a_row_for_every_format_counts_for_those_without_their_own():
    rows = (StandardRow(None, None, {0: 3}), StandardRow("Y", None, {12: 5}))
    assert line(standard(rows=rows)).old == Entitlement(True, 3)
    assert line(standard(rows=rows)).new == Entitlement(True, 5)


def test_the_areas_own_row_comes_first_and_an_unknown_area_is_missing():
    rows = (StandardRow("Y", None, {12: 1}), StandardRow("Y", "主城区", {12: 7}))
    assert line(standard(rows=rows)).new == Entitlement(True, 7)
    assert line(standard(rows=rows), who=shop(attributes={"area_code": "村庄"})).new == Entitlement(True, 1)
    unknown = benefit(standard(rows=rows), who=shop(attributes={}))
    assert (unknown.lines[0].new, unknown.delta_tight_cartons, unknown.delta_value_cny) == (None, None, None)
    assert unknown.lines[0].old == Entitlement(False, 0)
    assert benefit(standard(rows=rows), who=shop(attributes={}), segments=("Y", "Z")).old_value_cny is None


def test_a_release_for_a_county_reaches_its_shops_only():
    here, there = Dimension("county", "清河县"), Dimension("county", "沙洋县")
    method = DeliveryMethod.BY_GRADE_AND_DIMENSION
    assert line(standard(delivery_method=method, dimensions=(here, there))).delta_cartons == 4
    assert line(standard(delivery_method=method, dimensions=(there,))).new == Entitlement(False, 0)
    credit = Dimension("credit_level", "AAA")
    assert line(standard(delivery_method=method, dimensions=(here, credit))).new is None
    assert line(standard(delivery_method=method, dimensions=(there, credit))).new == Entitlement(False, 0)
    assert line(standard(dimensions=(Dimension("segment", "Y"),))).old == Entitlement(False, 0)


def test_selected_points_are_named_or_not_known():
    points = standard(delivery_method=DeliveryMethod.SELECTED_POINTS)
    assert line(points).new is None
    assert line(replace(points, dimensions=(Dimension("licence_no", "420301000101"),))).delta_cartons == 4
    assert line(replace(points, dimensions=(Dimension("licence_no", "420301000102"),))).new == Entitlement(False, 0)


def test_on_demand_has_no_limit():
    free = standard(delivery_method=DeliveryMethod.ON_DEMAND, rows=())
    assert (line(free).new, line(free).delta_cartons, line(free).old_value_cny) == (
        Entitlement(True, None),
        0,
        Decimal(0),
    )
    some = replace(free, rows=(StandardRow("Y", None, {}),))
    assert (line(some).old, line(some).new, line(some).delta_cartons) == (
        Entitlement(False, 0),
        Entitlement(True, None),
        None,
    )
    weekly = replace(free, period=StandardPeriod.WEEK)
    assert line(weekly).new == Entitlement(True, None)
    unknown = replace(weekly, dimensions=(Dimension("credit_level", "AAA"),))
    assert line(unknown).new is None


def test_a_product_that_is_not_in_the_master_has_no_price_and_no_value():
    made = benefit(standard(), products=[])
    assert (made.lines[0].name, made.lines[0].is_tight, made.delta_tight_cartons) == (None, False, 0)
    assert (made.delta_value_cny, made.old_value_cny) == (None, None)


def test_scarce_products_come_first():
    made = benefit(
        standard("S1"), standard("S2"), products=[product("S1", supply_attribute="FULL"), product("S2"), product("S3")]
    )
    assert [one.sku for one in made.lines] == ["S2", "S3", "S1"]


def test_the_first_month_with_filed_standards_is_taken():
    known, standards = {"S1": product()}, [standard()]
    nov, jan = DEC.plus(-1), DEC.plus(1)
    assert benefit_of_first_month((jan, DEC), shop(), ("Z", "Y"), standards, known).month == DEC
    assert benefit_of_first_month((jan, nov), shop(), ("Z", "Y"), standards, known).month == jan


@pytest.mark.parametrize(("cycle", "count"), [(MONDAYS, 4), (OrderCycle("odd", 4), 3), (OrderCycle("never", None), 0)])
def test_the_order_days_of_a_month(cycle, count):
    days = order_days(cycle, DEC.first_day, DEC.last_day)
    assert len(days) == count
    assert all(day.isoweekday() == cycle.weekday for day in days)


# ---------------------------------------------------------------- laws

ROWS = st.lists(
    st.builds(
        StandardRow,
        st.sampled_from(["Y", "Z", "S", None]),
        st.sampled_from([None, None, "主城区", "村庄"]),
        st.dictionaries(st.sampled_from([0, 12, 30]), st.integers(0, 20)),
    ),
    max_size=4,
).map(tuple)
STANDARDS = st.lists(
    st.builds(
        AllocationStandard,
        std_id=st.sampled_from(["A", "B"]),
        version=st.integers(1, 3),
        sku=st.sampled_from(["S1", "S2", "S9"]),
        period=st.sampled_from(StandardPeriod),
        delivery_method=st.sampled_from(DeliveryMethod),
        rows=ROWS,
        effective_from=st.dates(date(2026, 11, 1), date(2027, 1, 15)),
        effective_to=st.one_of(st.none(), st.dates(date(2026, 11, 15), date(2027, 2, 1))),
        dimensions=st.lists(
            st.sampled_from([Dimension("county", "清河县"), Dimension("credit_level", "A")]), max_size=2
        ).map(tuple),
        filing_no=st.sampled_from(["F1", "F1", None]),
        filed_at=st.just(at("2026-11-01 00:00")),
    ),
    max_size=6,
)
SHOPS = st.builds(
    Shop,
    st.just("420301000101"),
    st.sampled_from([12, 30, 1]),
    st.sampled_from(
        [{}, {"area_code": "主城区", "county": "清河县"}, {"area_code": "村庄", "county": "X", "credit_level": "A"}]
    ),
    st.sampled_from([None, MONDAYS, OrderCycle("odd", 3), OrderCycle("never", None)]),
)
KNOWN = {one.sku: one for one in (product("S1"), product("S2", supply_attribute="FULL"), product("S3"))}


def negated(number):
    return None if number is None else -number


@settings(max_examples=150, deadline=None)
@given(SHOPS, STANDARDS)
def test_to_swap_old_and_new_is_to_negate(who, standards):
    there = benefit_of_change(DEC, who, ("Z", "Y"), standards, KNOWN)
    back = benefit_of_change(DEC, who, ("Y", "Z"), standards, KNOWN)
    assert [(one.old, one.new) for one in there.lines] == [(one.new, one.old) for one in back.lines]
    assert back.delta_tight_cartons == negated(there.delta_tight_cartons)
    assert back.delta_value_cny == negated(there.delta_value_cny)
    assert (back.gained, back.lost) == (there.lost, there.gained)


@settings(max_examples=100, deadline=None)
@given(SHOPS, STANDARDS)
def test_no_change_gives_nothing_that_can_be_told(who, standards):
    made = benefit_of_change(DEC, who, ("Y", "Y"), standards, KNOWN)
    assert all(one.delta_cartons in (0, None) for one in made.lines)
    assert made.delta_tight_cartons in (0, None)


@settings(max_examples=100, deadline=None)
@given(SHOPS, STANDARDS, st.data())
def test_the_order_in_which_standards_come_does_not_matter_and_no_standard_is_never_nothing(who, standards, data):
    unique = list({(one.std_id, one.version, one.effective_from, one.sku): one for one in standards}.values())
    made = benefit_of_change(DEC, who, ("Z", "Y"), unique, KNOWN)
    assert benefit_of_change(DEC, who, ("Z", "Y"), data.draw(st.permutations(unique)), KNOWN) == made
    for one in made.lines:
        if not one.has_standard:
            assert (one.old, one.new, one.delta_cartons) == (None, None, None)
    if not any(one.has_standard for one in made.lines):
        assert (made.delta_tight_cartons, made.delta_value_cny) == (None, None)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(1, 7))
def test_odd_and_even_weeks_make_every_week(first, length, weekday):
    last = first + timedelta(days=length)
    both = [*order_days(OrderCycle("odd", weekday), first, last), *order_days(OrderCycle("even", weekday), first, last)]
    assert tuple(sorted(both)) == order_days(OrderCycle("every", weekday), first, last)
