"""The facts of a whole forecast: window, months, standing, products, versions, totals, sameness."""

from datetime import date
from decimal import Decimal

import pytest

from app.audit.facts.context import PreviousVersion, StageState
from app.audit.facts.entry import MOST_LISTED
from app.audit.facts.versions import cartons_by_pair
from app.audit.facts.windows import days_early, days_late, known_last_day, stage_window
from app.office.calendar import Calendar, CalendarDay
from app.office.cycle import Cycle, Stage, Window
from app.office.month import Month
from app.office.people import Assignment

# ---------------------------------------------------------------- windows


def rolling(office_class, **values):
    return office_class(
        {
            ("WIN-01", "first_day"): 1,
            ("WIN-01", "last_day"): 8,
            ("WIN-01", "roll_if_nonworking"): True,
            **values,
        }
    )


def calendar(first: date, *working: bool, announced: bool = True) -> Calendar:
    days = {}
    for number, is_working in enumerate(working):
        day = date.fromordinal(first.toordinal() + number)
        days[day] = CalendarDay(day, is_working, None, announced)
    return Calendar(days)


def test_the_rule_parameters_give_the_window(office):
    supply = stage_window(Stage.SUPPLY, office.nov, None, None, Calendar({}), office.parameters)
    order = stage_window(Stage.ORDER, office.nov, None, None, Calendar({}), office.parameters)
    assert supply == Window(date(2026, 11, 1), date(2026, 11, 8))
    assert order == Window(date(2026, 11, 15), date(2026, 11, 22))


def test_a_window_named_by_the_cycle_wins(office):
    named = Window(date(2026, 11, 3), date(2026, 11, 9))
    cycle = Cycle(office.nov, office.nov.plus(1), supply_window=named)
    assert stage_window(Stage.SUPPLY, office.nov, cycle, None, Calendar({}), office.parameters) == named


def test_an_extension_moves_the_end_and_never_back(office):
    place = (Stage.SUPPLY, office.nov, None)
    assert stage_window(*place, date(2026, 11, 10), Calendar({}), office.parameters).last == date(2026, 11, 10)
    assert stage_window(*place, date(2026, 11, 5), Calendar({}), office.parameters).last == date(2026, 11, 8)


def test_the_end_rolls_to_a_working_day_only_when_the_parameter_says_so(office):
    holidays = calendar(date(2026, 10, 8), False, False, True)
    place = (Stage.SUPPLY, Month(2026, 10), None, None, holidays)
    assert stage_window(*place, office.parameters).last == date(2026, 10, 8)
    assert stage_window(*place, rolling(type(office.parameters))).last == date(2026, 10, 10)


def test_a_window_named_by_the_cycle_does_not_roll(office):
    cycle = Cycle(Month(2026, 10), office.nov, supply_window=Window(date(2026, 10, 1), date(2026, 10, 8)))
    holidays = calendar(date(2026, 10, 8), False, True)
    place = (Stage.SUPPLY, Month(2026, 10), cycle, None, holidays)
    assert stage_window(*place, rolling(type(office.parameters))).last == date(2026, 10, 8)


def test_an_end_that_rolls_over_days_not_announced_is_not_known(office):
    unannounced = calendar(date(2026, 11, 8), False, True, announced=False)
    place = (Stage.SUPPLY, office.nov, None, None, unannounced)
    parameters = rolling(type(office.parameters))
    assert known_last_day(*place, parameters) is None
    assert stage_window(*place, parameters).last == date(2026, 11, 8)
    row = office.facts(office.supply(), calendar=unannounced)
    assert row.tables["forecast"].columns["days_late"] == [8]


def test_lateness_is_missing_when_the_end_is_not_known(office):
    from app.audit.facts.forecast import forecast_facts

    context = office.context(calendar=Calendar({}), submitted_at=office.at("2026-11-10 09:00"))
    facts = forecast_facts(office.supply(), context, rolling(type(office.parameters)))
    row = office.rows(facts, "forecast")[0]
    assert row["days_late"] is None
    assert row["window_last"] is None
    assert row["days_early"] == 0


@pytest.mark.parametrize(
    ("day", "early", "late"),
    [(13, 2, 0), (14, 1, 0), (15, 0, 0), (22, 0, 0), (23, 0, 1), (24, 0, 2), (25, 0, 3)],
)
def test_days_early_and_late_count_calendar_days_from_the_window(day, early, late):
    window = Window(date(2026, 11, 15), date(2026, 11, 22))
    assert (days_early(window, date(2026, 11, day)), days_late(window, date(2026, 11, day))) == (early, late)


def test_the_local_date_decides_and_not_the_one_in_greenwich(office):
    from datetime import UTC, datetime

    just_after_midnight = datetime(2026, 11, 22, 16, 0, 1, tzinfo=UTC)
    row = office.header(office.forecast(), submitted_at=just_after_midnight)
    assert (row["submitted_at"], row["days_late"]) == ("2026-11-23 00:00:01", 1)


def test_an_extension_is_named_and_counts(office):
    row = office.header(
        office.forecast(),
        submitted_at=office.at("2026-11-24 10:00"),
        extended_to=date(2026, 11, 24),
        extension_no="BA-202611-001",
    )
    assert (row["days_late"], row["window_last"], row["extension_no"]) == (0, "2026-11-24", "BA-202611-001")


def test_the_on_time_history_is_evidence(office):
    row = office.header(office.forecast(), on_time=(4, 6))
    assert (row["on_time_cycles"], row["on_time_of"]) == (4, 6)


def test_the_months_between_cycle_and_target_are_counted_across_the_year(office):
    row = office.header(office.forecast(cycle="2026-12", target_month="2027-01"))
    assert (row["target_month_offset_months"], row["expected_target_month"]) == (1, "2027-01")
    assert office.header(office.forecast(target_month="2026-10"))["target_month_offset_months"] == -1
    assert office.header(office.forecast(target_month=None))["target_month_offset_months"] is None


@pytest.mark.parametrize("state", StageState)
def test_the_state_of_stage_one_is_a_fact(office, state):
    assert office.header(office.forecast(), supply_state=state)["stage1_state"] == state.value


# ---------------------------------------------------------------- WIN-06


def test_an_unknown_person_and_one_without_the_role_do_not_speak(office):
    assert office.header(office.forecast(), manager=None)["submitter_has_role"] is False
    market_manager = office.person("AM01", "market_manager")
    assert office.header(office.forecast(), manager=market_manager)["submitter_has_role"] is False


def test_a_role_that_ended_the_day_before_does_not_count(office):
    until = office.person("AM01", until=date(2026, 11, 15))
    assert office.header(office.forecast(), manager=until)["submitter_has_role"] is False
    last_day = office.person("AM01", until=date(2026, 11, 16))
    assert office.header(office.forecast(), manager=last_day)["submitter_has_role"] is True


def test_without_a_named_manager_the_standing_is_missing(office):
    row = office.header(office.forecast(account_manager=None))
    names = ("submitter_has_role", "territory_assigned", "foreign_customer_lines", "foreign_customers")
    assert [row[name] for name in names] == [None] * 4


def test_without_a_named_territory_only_the_territory_is_missing(office):
    row = office.header(office.forecast(territory_id=None))
    assert (row["submitter_has_role"], row["territory_assigned"], row["foreign_customer_lines"]) == (True, None, 0)


def test_a_territory_nobody_knows_is_not_assigned(office):
    assert office.header(office.forecast(territory_id="T99"))["territory_assigned"] is False


def test_a_cover_without_a_filing_number_gives_nothing(office):
    def with_cover(filing_no, until=date(2026, 11, 20)):
        cover = Assignment("AM01", "cover", date(2026, 11, 10), until, filing_no)
        territories = {"T01": office.territory("T01", office.own("AM01")), "T02": office.territory("T02", cover)}
        return office.header(
            office.forecast({"licence_no": office.foreign}, territory_id="T02"), territories=territories
        )

    filed, unfiled = with_cover("BA-202611-004"), with_cover(None)
    assert (filed["territory_assigned"], filed["foreign_customer_lines"]) == (True, 0)
    assert (unfiled["territory_assigned"], unfiled["foreign_customer_lines"]) == (False, 1)
    assert with_cover("BA-202611-004", date(2026, 11, 15))["territory_assigned"] is False


def test_foreign_customers_are_listed_once_and_every_line_counts(office):
    row = office.header(
        office.forecast({"licence_no": office.foreign}, {"licence_no": office.foreign, "sku": office.other_sku}, {})
    )
    assert (row["foreign_customer_lines"], row["foreign_customers"]) == (2, [office.foreign])


def test_an_unknown_customer_is_no_foreign_one(office):
    assert office.header(office.forecast({"licence_no": "999999999999"}))["foreign_customer_lines"] == 0


# ---------------------------------------------------------------- WIN-09


def test_new_and_leaving_products_are_exempt_exactly_at_their_bounds(office):
    def missing(parameters=office.parameters, **product):
        products = {office.sku: office.product(office.sku), "42010199": office.product("42010199", **product)}
        from app.audit.facts.forecast import forecast_facts

        facts = forecast_facts(office.supply(), office.context(products=products), parameters)
        return office.rows(facts, "forecast")[0]["missing_skus"]

    assert missing() == 1
    assert missing(on_sale_from=date(2026, 10, 31)) == 1
    assert missing(on_sale_from=date(2026, 11, 1)) == 0
    assert missing(on_sale_to=date(2027, 1, 31)) == 0
    assert missing(on_sale_to=date(2027, 2, 1)) == 1
    strict = type(office.parameters)({("WIN-09", "new_or_exiting_sku_exempt"): False})
    assert missing(strict, on_sale_from=date(2026, 11, 1)) == 1
    assert missing(strict, on_sale_from=date(2026, 12, 31)) == 1
    assert missing(strict, on_sale_from=date(2027, 1, 1)) == 0
    assert missing(strict, on_sale_to=date(2026, 11, 30)) == 0
    assert missing(strict, on_sale_to=date(2026, 12, 1)) == 1


def test_missing_products_are_listed_in_order(office):
    products = {sku: office.product(sku) for sku in ("3", "1", "2")}
    row = office.header(office.supply({"sku": "2"}), products=products)
    assert (row["missing_sku_list"], row["expected_skus"]) == (["1", "3"], 3)


def test_without_products_or_target_month_nothing_is_said_of_the_range(office):
    assert office.header(office.supply(), products={})["missing_skus"] is None
    assert office.header(office.supply(target_month=None))["missing_skus"] is None
    assert office.header(office.forecast())["missing_skus"] is None


# ---------------------------------------------------------------- WIN-10


def previous(office, cartons, **changes):
    values = {"determined": False, "reopened": False, **changes}
    return PreviousVersion("F-202611-000045", 1, cartons, **values)


def test_the_first_version_has_nothing_to_replace(office):
    row = office.header(office.forecast(supersedes="F-202611-000001"))
    assert (row["version"], row["supersedes_named"], row["reopening_needed"], row["lines_changed"]) == (
        1,
        False,
        False,
        None,
    )


def test_a_version_must_name_the_very_forecast_it_replaces(office):
    earlier = previous(office, {})
    right = office.header(office.forecast(supersedes="F-202611-000045"), previous=earlier, versions_recorded=1)
    wrong = office.header(office.forecast(supersedes="F-202611-000044"), previous=earlier, versions_recorded=1)
    assert (right["supersedes_named"], wrong["supersedes_named"]) == (True, False)


def test_blanks_are_no_reason(office):
    assert office.header(office.forecast(reason="  "))["reason_given"] is False
    assert office.header(office.forecast(reason="漏录3户"))["reason_given"] is True


@pytest.mark.parametrize(
    ("day", "determined", "needed"),
    [("2026-11-22 23:59", False, False), ("2026-11-23 00:00", False, True), ("2026-11-16 09:00", True, True)],
)
def test_reopening_is_needed_after_the_window_or_the_determination(office, day, determined, needed):
    earlier = previous(office, {}, determined=determined)
    row = office.header(office.forecast(), previous=earlier, versions_recorded=1, submitted_at=office.at(day))
    assert row["reopening_needed"] is needed


def test_the_change_against_the_previous_version_is_measured(office):
    before = {(office.first, office.sku): 12, (office.second, office.sku): 5, (office.second, "gone"): None}
    forecast = office.forecast(
        {"final_quantity": 10}, {"licence_no": office.second, "final_quantity": 5}, {"sku": "new", "final_quantity": 1}
    )
    row = office.header(forecast, previous=previous(office, before), versions_recorded=2)
    assert (row["version"], row["lines_changed"], row["cartons_change"]) == (3, 3, -1)


def test_lines_of_one_pair_are_added_up_and_an_unreadable_one_hides_the_sum(office):
    pair = (office.first, office.sku)
    assert cartons_by_pair(office.forecast({}, {"final_quantity": 4}).lines) == {pair: 14}
    assert cartons_by_pair(office.forecast({"final_quantity": "x"}, {}).lines) == {pair: None}


# ---------------------------------------------------------------- ENT-01, ENT-07


def test_missing_fields_are_counted_and_the_first_hundred_listed(office):
    row = office.header(office.forecast(*({"sku": None} for _ in range(130)), target_month=None))
    assert row["missing_fields"] == 131
    assert len(row["missing_field_list"]) == MOST_LISTED
    assert row["missing_field_list"][0] == {
        "pointer": "/target_month",
        "line": None,
        "field": "target_month",
        "kind": "missing",
    }
    assert row["missing_field_list"][1] == {"pointer": "/lines/0/sku", "line": 1, "field": "sku", "kind": "missing"}


def test_an_unreadable_quantity_is_listed_as_unreadable(office):
    row = office.header(office.forecast({"final_quantity": "十"}))
    assert row["missing_field_list"][0]["kind"] == "unreadable"


def test_both_differences_are_absolute_and_exact(office):
    forecast = office.forecast(
        {"final_quantity": 3},
        {"sku": office.other_sku, "final_quantity": 4},
        totals={"cartons": 5, "amount_cny": "1281.03"},
    )
    row = office.header(forecast)
    assert (row["lines_cartons"], row["carton_difference"]) == (7, 2)
    assert (row["lines_amount_cny"], row["amount_difference_cny"]) == (1_281_000_000, 30_000)
    assert row["amount_difference_per_line_cny"] == 15_000


def test_a_difference_just_above_the_tolerance_is_not_rounded_onto_it(office):
    forecast = office.forecast({}, {}, {}, totals={"cartons": 30, "amount_cny": "5490.030001"})
    assert office.header(forecast)["amount_difference_per_line_cny"] == 10_001


def test_a_negative_quantity_still_adds_up(office):
    forecast = office.forecast({"final_quantity": -3}, {"final_quantity": 10})
    assert office.header(forecast)["carton_difference"] == 0


@pytest.mark.parametrize(
    ("line", "header", "missing"),
    [
        ({"final_quantity": None}, {}, {"carton_difference", "amount_difference_cny"}),
        ({"unit": "包"}, {}, {"carton_difference", "amount_difference_cny"}),
        ({"sku": "99999999"}, {}, {"amount_difference_cny"}),
        ({"sku": None}, {}, {"amount_difference_cny"}),
        ({}, {"totals": None}, {"carton_difference", "amount_difference_cny"}),
        ({}, {"lines": []}, {"carton_difference", "amount_difference_cny"}),
    ],
)
def test_a_total_that_cannot_be_compared_is_missing(office, line, header, missing):
    row = office.header(office.forecast(line, **header))
    names = ("carton_difference", "amount_difference_cny")
    assert {name for name in names if row[name] is None} == missing
    assert (row["amount_difference_per_line_cny"] is None) == (row["amount_difference_cny"] is None)


def test_prices_keep_their_cents(office):
    products = {office.sku: office.product(office.sku, wholesale_price_cny=Decimal("0.07"))}
    assert office.header(office.forecast({"final_quantity": 3}), products=products)["lines_amount_cny"] == 210_000


# ---------------------------------------------------------------- ENT-12


def shops(count, skus, **changes):
    return [
        {"licence_no": f"{shop:012}", "sku": f"{sku:08}", "final_quantity": sku + 1, **changes}
        for shop in range(count)
        for sku in range(skus)
    ]


def test_customers_with_one_vector_form_a_group(office):
    row = office.header(office.forecast(*shops(3, 8), {"licence_no": "999", "sku": "1"}))
    assert row["identical_customers"] == 3
    assert row["identical_customer_list"] == [f"{shop:012}" for shop in range(3)]
    assert row["identical_vector"][0] == ["00000000", 1]


def test_a_vector_needs_eight_quantities_that_are_not_zero(office):
    assert office.header(office.forecast(*shops(3, 7)))["identical_customers"] == 0
    zeros = [{"licence_no": f"{shop:012}", "sku": "z", "final_quantity": 0} for shop in range(3)]
    assert office.header(office.forecast(*shops(3, 7), *zeros))["identical_customers"] == 0
    fewer = type(office.parameters)({("ENT-12", "identical_skus"): 7})
    from app.audit.facts.sameness import sameness_facts

    assert sameness_facts(office.forecast(*shops(3, 7)), fewer)["identical_customers"] == 3


def test_one_other_quantity_leaves_the_group(office):
    lines = shops(3, 8)
    lines[-1]["final_quantity"] = 99
    assert office.header(office.forecast(*lines))["identical_customers"] == 2


def test_a_single_customer_is_no_group(office):
    row = office.header(office.forecast(*shops(1, 8)))
    assert (row["identical_customers"], row["identical_customer_list"], row["identical_vector"]) == (1, [], [])


def test_a_customer_with_an_unreadable_line_has_no_vector(office):
    broken = {"licence_no": f"{0:012}", "sku": "x", "final_quantity": None}
    assert office.header(office.forecast(*shops(3, 8), broken))["identical_customers"] == 2
    nameless = {"licence_no": None, "sku": "x"}
    assert office.header(office.forecast(*shops(3, 8), nameless))["identical_customers"] == 3


def test_only_visit_lines_are_entered_by_hand(office):
    row = office.header(
        office.forecast(
            *shops(3, 8, channel="self_report"), {"final_quantity": 20}, {"final_quantity": 0}, {"final_quantity": 7}
        )
    )
    assert (row["identical_customers"], row["hand_entered_quantities"], row["round_quantities"]) == (0, 2, 1)
    assert row["round_share"] == 500_000


def test_the_round_share_is_zero_when_nothing_was_entered(office):
    assert office.header(office.forecast({"final_quantity": 0}))["round_share"] == 0
