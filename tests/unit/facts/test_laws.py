"""What must hold for every forecast."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit.engine.loader import read_rules
from app.audit.fact import MICRO
from app.audit.facts.magnitude import COMPARED, compare, compared_columns
from app.audit.facts.parameters import inactive_statuses, whole_number, whole_numbers, yes_no

RULES = Path(__file__).parents[3] / "rules"
LICENCES = st.sampled_from(["420301000101", "420301000102", "420301000201", "42030100010", None])
SKUS = st.sampled_from(["42010101", "42010102", "4201010", None])
QUANTITIES = st.one_of(st.integers(-5, 400), st.sampled_from(["0.5", "x", None]))
LINES = st.fixed_dictionaries(
    {
        "licence_no": LICENCES,
        "sku": SKUS,
        "channel": st.sampled_from(["visit", "model", "self_report", "x"]),
        "unit": st.sampled_from(["条", "件", "箱", "包", None]),
        "collected_quantity": QUANTITIES,
        "final_quantity": QUANTITIES,
        "segment": st.sampled_from([None, "B", "A"]),
        "reason": st.sampled_from([None, "备货"]),
        "source": st.sampled_from([None, {"ledger": "L1"}, {"model_run": "M1"}]),
    }
)
DELIVERED = st.dictionaries(
    st.tuples(st.sampled_from(["420301000101", "420301000102"]), st.sampled_from(["42010101", "42010102"])),
    st.tuples(*[st.integers(0, 60)] * 3),
)


def without_numbers(row):
    return {name: cell for name, cell in row.items() if name not in {"line", "duplicate_lines"}}


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(LINES, min_size=1, max_size=8),
    delivered=DELIVERED,
    data=st.data(),
    stage=st.sampled_from(["order", "supply"]),
)
def test_permuting_lines_only_permutes_rows(office, lines, delivered, data, stage):
    order = data.draw(st.permutations(range(len(lines))))
    history = office.history(delivered)
    before = office.facts(office.forecast(*lines, stage=stage), history=history)
    after = office.facts(office.forecast(*(lines[place] for place in order), stage=stage), history=history)
    rows, moved = office.rows(before, "forecast_line"), office.rows(after, "forecast_line")
    assert [without_numbers(row) for row in moved] == [without_numbers(rows[place]) for place in order]
    assert [row["line"] for row in moved] == list(range(1, len(lines) + 1))
    assert after.tables["expected_line"] == before.tables["expected_line"]
    ordered = {"missing_field_list", "first_missing_field"}
    header, moved_header = office.rows(before, "forecast")[0], office.rows(after, "forecast")[0]
    assert {k: v for k, v in header.items() if k not in ordered} == {
        k: v for k, v in moved_header.items() if k not in ordered
    }


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=6), delivered=DELIVERED)
def test_the_same_forecast_twice_has_the_same_facts(office, lines, delivered):
    forecast, history = office.forecast(*lines), office.history(delivered)
    assert office.facts(forecast, history=history).digest == office.facts(forecast, history=history).digest


@settings(max_examples=40, deadline=None)
@given(quantities=st.lists(st.integers(0, 999), min_size=1, max_size=10), error=st.integers(-20, 20))
def test_the_carton_difference_is_the_error_in_the_total(office, quantities, error):
    lines = [{"final_quantity": quantity} for quantity in quantities]
    totals = {"cartons": sum(quantities) + error, "amount_cny": str(183 * sum(quantities))}
    row = office.header(office.forecast(*lines, totals=totals))
    assert (row["carton_difference"], row["amount_difference_cny"]) == (abs(error), 0)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=8), delivered=DELIVERED)
def test_a_pair_is_expected_or_entered_and_never_both(office, lines, delivered):
    facts = office.facts(office.forecast(*lines), history=office.history(delivered))
    expected = {(row["licence_no"], row["sku"]) for row in office.rows(facts, "expected_line")}
    entered = {
        (row["licence_no"], row["sku"]) for row in office.rows(facts, "forecast_line") if row["final_cartons"] != 0
    }
    bought = {pair for pair, months in delivered.items() if any(months)}
    assert not expected & entered
    assert expected | entered >= bought


WHOLE = st.one_of(st.integers(-300, 300), st.integers(-(10**12), 10**12))


@given(st.lists(st.tuples(st.none() | WHOLE, st.none() | WHOLE.map(abs)), max_size=20))
def test_comparing_many_gives_the_same_bits_as_comparing_one(pairs):
    columns = compared_columns([final for final, _ in pairs], [total for _, total in pairs])
    for place, (final, total) in enumerate(pairs):
        row = tuple(columns[name][place] for name in COMPARED)
        assert row == ((None,) * 4 if final is None or not total else compare(final, total))


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_a_ratio_is_within_half_a_millionth_of_the_truth(final, total):
    mean = Fraction(total, 3)
    truth = (Fraction(final) / mean, abs(final - 10 * mean) / (10 * mean), abs(final - 250 * mean) / (250 * mean))
    for cell, exact in zip(compare(final, total), truth, strict=False):
        assert abs(Fraction(cell, MICRO) - exact) <= Fraction(1, 2 * MICRO)


def test_a_retired_rule_leaves_the_filed_parameters_to_the_others(office):
    assert whole_number(office.parameters, "WIN-01", "last_day") == 8
    assert inactive_statuses(office.parameters) == {"停业", "歇业", "注销", "暂停供货"}


@pytest.mark.parametrize(
    ("read", "rule", "name", "value"),
    [
        (whole_number, "WIN-01", "last_day", True),
        (whole_number, "WIN-01", "last_day", "8"),
        (yes_no, "WIN-01", "roll_if_nonworking", 1),
        (whole_numbers, "WIN-03", "summary_days", 30),
    ],
)
def test_a_parameter_of_another_type_is_refused(office, read, rule, name, value):
    with pytest.raises(TypeError, match=f"{rule}.{name}"):
        read(type(office.parameters)({(rule, name): value}), rule, name)


def test_the_filed_parameters_are_those_of_the_rule_files(office):
    from app.audit.facts import parameters

    newest = {rule.id: rule for rule in read_rules(RULES).rules}
    for (rule, name), filed in parameters._FILED.items():
        assert newest[rule].parameter_on(name, date(2026, 11, 1)) == filed
        assert name in newest[rule].facts_params
