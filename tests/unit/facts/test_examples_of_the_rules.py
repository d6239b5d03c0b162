"""The violating and the passing example of every rule of the packs WIN and ENT, from the raw subject to the finding.

Source: domain/rules.json. Where design/hook.md reads a case differently it wins.
"""

from datetime import date

import pytest

from app.audit.facts.context import (
    AcceptedForecast,
    CycleContext,
    ExtensionContext,
    PosBatch,
    PreviousVersion,
    SourceDocument,
    StageState,
    WindowCloseContext,
)
from app.audit.facts.cycle import cycle_facts
from app.audit.facts.extension import extension_facts
from app.audit.facts.pos_batch import pos_batch_facts
from app.audit.facts.window_close import window_close_facts
from app.office.code_list import CodeItem, CodeList
from app.office.cycle import Cycle, Extension, Stage, Window
from app.office.month import Month
from app.office.people import Assignment, Person, RoleHeld

EXAMPLES = {}


def example(rule, expected, reads="on_submit"):
    """Register a function that returns the facts of an example."""

    def register(function):
        EXAMPLES[f"{rule} {function.__name__}"] = (rule, expected, reads, function)
        return function

    return register


# ---------------------------------------------------------------- WIN


@example("WIN-01", "flag")
def supply_on_the_ninth(o):
    return o.facts(o.supply(), submitted_at=o.at("2026-11-09 10:12"))


@example("WIN-01", "pass")
def supply_at_the_last_second_of_the_eighth(o):
    return o.facts(o.supply(), submitted_at=o.at("2026-11-08 23:59:59"))


@example("WIN-02", "block")
def order_on_the_evening_before(o):
    return o.facts(o.forecast(), submitted_at=o.at("2026-11-14 18:00"))


@example("WIN-02", "pass")
def order_at_midnight_of_the_fifteenth(o):
    return o.facts(o.forecast(), submitted_at=o.at("2026-11-15 00:00"))


def closed(o, month, *days):
    cycle = Cycle(month, month.plus(1), summary_dates=days)
    return cycle_facts(CycleContext(cycle, o.at("2027-03-01 09:00"), {}), o.parameters)


@example("WIN-03", "flag", "on_close")
def summary_in_december(o):
    return closed(o, o.nov, date(2026, 12, 2))


@example("WIN-03", "pass", "on_close")
def summary_on_the_last_of_february(o):
    return closed(o, Month(2027, 2), date(2027, 2, 28))


@example("WIN-03", "not_evaluable", "on_close")
def summary_not_recorded(o):
    return closed(o, o.nov)


@example("WIN-04", "block")
def target_is_the_cycle(o):
    return o.facts(o.forecast(target_month="2026-11"))


@example("WIN-04", "pass")
def target_is_january(o):
    return o.facts(o.forecast(cycle="2026-12", target_month="2027-01"))


@example("WIN-05", "block")
def stage_one_returned(o):
    return o.facts(o.forecast(), supply_state=StageState.RETURNED)


@example("WIN-05", "pass")
def stage_one_determined(o):
    return o.facts(o.forecast(), supply_state=StageState.DETERMINED)


@example("WIN-06", "block")
def lines_of_another_manager(o):
    return o.facts(o.forecast({}, {"licence_no": o.foreign}))


@example("WIN-06", "pass")
def lines_under_a_filed_cover(o):
    cover = Assignment("AM01", "cover", date(2026, 11, 10), date(2026, 11, 20), "BA-202611-004")
    territories = {"T01": o.territory("T01", o.own("AM01")), "T02": o.territory("T02", o.own("AM02"), cover)}
    return o.facts(o.forecast({}, {"licence_no": o.foreign}), territories=territories)


def close(o, managers=1, covered=1345, active=1345, stage=Stage.ORDER, batches=()):
    people = {f"AM{number:02}": o.person(f"AM{number:02}") for number in range(12)}
    customers = {f"{number:012}": o.customer(f"{number:012}", has_pos=number < 3) for number in range(active)}
    channels = {licence_no: frozenset({"visit"}) for licence_no in list(customers)[:covered]}
    accepted = [AcceptedForecast("AM00", 1, channels)]
    accepted += [AcceptedForecast(manager, 1, {}) for manager in list(people)[1:managers]]
    context = WindowCloseContext(o.nov, stage, o.at("2026-11-23 08:00"), people, tuple(accepted), customers, batches)
    return window_close_facts(context, o.parameters)


@example("WIN-07", "flag", "on_window_close")
def eleven_of_twelve_managers(o):
    return close(o, managers=11)


@example("WIN-07", "pass", "on_window_close")
def twelve_of_twelve_managers(o):
    return close(o, managers=12)


@example("WIN-08", "block", "on_window_close")
def customers_1310_of_1345(o):
    return close(o, covered=1310)


@example("WIN-08", "pass", "on_window_close")
def customers_all_covered(o):
    return close(o)


def supply_of(o, skus, zeros=0):
    lines = [{"sku": f"{number:08}", "final_quantity": 0 if number < zeros else 10} for number in range(skus)]
    return o.facts(o.supply(*lines), products={f"{number:08}": o.product(f"{number:08}") for number in range(86)})


@example("WIN-09", "flag")
def products_84_of_86(o):
    return supply_of(o, 84)


@example("WIN-09", "pass")
def products_all_with_five_zeros(o):
    return supply_of(o, 86, zeros=5)


def second_version(o, day, reason, cartons):
    previous = PreviousVersion("F-202611-000045", 1, {(o.first, o.sku): cartons}, determined=False, reopened=False)
    forecast = o.forecast(reason=reason, supersedes="F-202611-000045")
    return o.facts(forecast, submitted_at=o.at(day), previous=previous, versions_recorded=1)


@example("WIN-10", "block")
def second_version_without_a_reason(o):
    return second_version(o, "2026-11-20 09:00", "", 40)


@example("WIN-10", "pass")
def second_version_with_a_reason(o):
    return second_version(o, "2026-11-17 09:00", "漏录3户", 7)


def extension(o, filed_at, countersigned_by="SO1"):
    asked = Extension(
        Month(2026, 10),
        Stage.SUPPLY,
        date(2026, 10, 10),
        "国庆节",
        "MM1",
        "ML1",
        countersigned_by,
        "BA-202609-003",
        filed_at,
    )
    people = {"ML1": o.person("ML1", "marketing_leader"), "SO1": o.person("SO1", "supervision_officer")}
    window = Window(date(2026, 10, 1), date(2026, 10, 8))
    return extension_facts(asked, ExtensionContext(window, people, filed_at), o.parameters)


@example("WIN-11", "block", "on_extension")
def extension_filed_afterwards(o):
    return extension(o, o.at("2026-10-09 09:00"))


@example("WIN-11", "pass", "on_extension")
def extension_filed_before_the_holiday(o):
    return extension(o, o.at("2026-09-29 16:00"))


def opened(o, **persons):
    named = {"market_manager": "赵", "marketing_leader": "孙", "supervision_officer": "钱", **persons}
    people = {
        person: Person(person, person, None, (RoleHeld(role, "U", date(2025, 1, 1)),))
        for role, person in named.items()
        if person
    }
    cycle = Cycle(o.nov, o.nov.plus(1), **named)
    return cycle_facts(CycleContext(cycle, o.at("2026-11-01 00:00"), people), o.parameters)


@example("WIN-12", "block", "on_cycle_open")
def cycle_without_a_supervision_officer(o):
    return opened(o, supervision_officer=None)


@example("WIN-12", "pass", "on_cycle_open")
def cycle_with_three_persons(o):
    return opened(o)


# ---------------------------------------------------------------- ENT


@example("ENT-01", "block")
def quantity_null(o):
    return o.facts(o.forecast({"final_quantity": None}))


@example("ENT-01", "pass")
def quantity_zero(o):
    return o.facts(o.forecast({"final_quantity": 0}))


@example("ENT-02", "block")
def licence_of_eleven_digits(o):
    known = o.customer("104203100001")
    return o.facts(o.forecast({"licence_no": "10420310001"}), licence_numbers=frozenset({known.licence_no}))


@example("ENT-02", "pass")
def licence_of_twelve_digits(o):
    known = {"104203100001": o.customer("104203100001")}
    return o.facts(o.forecast({"licence_no": "104203100001"}), customers_at_snapshot=known, customers_today=known)


@example("ENT-03", "block")
def twelve_and_a_half_cartons(o):
    return o.facts(o.forecast({"final_quantity": "12.5"}))


@example("ENT-03", "pass")
def four_tenths_of_a_case(o):
    return o.facts(o.forecast({"final_quantity": "0.4", "collected_quantity": "0.4", "unit": "箱"}))


@example("ENT-04", "block")
def two_rows_of_one_pair(o):
    return o.facts(o.forecast({"final_quantity": 20}, {"final_quantity": 30}))


@example("ENT-04", "pass")
def one_row_of_fifty(o):
    return o.facts(o.forecast({"final_quantity": 50}))


@example("ENT-05", "flag")
def twelve_a_month_without_a_line(o):
    return o.facts(o.forecast({"sku": o.other_sku}), history=o.history({(o.first, o.sku): (12, 12, 12)}))


@example("ENT-05", "pass")
def twelve_a_month_with_a_reasoned_zero(o):
    zero = o.forecast({"final_quantity": 0, "reason": "规格退市"})
    return o.facts(zero, history=o.history({(o.first, o.sku): (12, 12, 12)}))


@example("ENT-06", "flag")
def an_extra_zero(o):
    return o.facts(o.forecast({"final_quantity": 200}), history=o.history({(o.first, o.sku): (20, 20, 20)}))


@example("ENT-06", "pass")
def thirty_two_for_twenty(o):
    return o.facts(o.forecast({"final_quantity": 32}), history=o.history({(o.first, o.sku): (20, 20, 20)}))


@example("ENT-07", "block")
def digits_of_the_total_swapped(o):
    totals = {"cartons": 48220, "amount_cny": str(183 * 48202)}
    return o.facts(o.forecast({"final_quantity": 48202}, totals=totals))


@example("ENT-07", "pass")
def totals_equal(o):
    return o.facts(o.forecast({"final_quantity": 48202}))


@example("ENT-08", "block")
def forty_for_a_closed_shop(o):
    return o.facts(o.forecast({"final_quantity": 40}), customers_today=o.customers(first={"business_status": "歇业"}))


@example("ENT-08", "pass")
def forty_for_a_shop_in_business(o):
    return o.facts(o.forecast({"final_quantity": 40}), customers_today=o.customers(first={"business_status": "有效"}))


def ledger(o, entered, asked, **line):
    sources = {("ledger", "L-20261116-0007"): SourceDocument({(o.first, o.sku): asked})}
    wanted = {"collected_quantity": entered, "source": {"ledger": "L-20261116-0007"}, **line}
    return o.facts(o.forecast(wanted), sources=sources)


@example("ENT-09", "flag")
def fifty_entered_for_thirty(o):
    return ledger(o, 50, 30)


@example("ENT-09", "pass")
def thirty_kept_and_adjusted_with_a_reason(o):
    return ledger(o, 30, 30, final_quantity=24, reason="库存偏高")


def batch(o, received, matches=True):
    return PosBatch("B1", "S1", 212, received, matches, o.at("2026-11-16 03:00"), frozenset({f"{1:012}"}))


@example("ENT-10", "block", "on_batch")
def lines_208_of_212(o):
    return pos_batch_facts(batch(o, 208), o.parameters)


@example("ENT-10", "pass", "on_batch")
def lines_212_of_212(o):
    return pos_batch_facts(batch(o, 212), o.parameters)


@example("ENT-10", "flag", "on_window_close")
def two_of_three_terminals_silent(o):
    return close(o, batches=(batch(o, 212),))


@example("ENT-10", "not_applicable", "on_window_close")
def no_terminals_in_the_supply_stage(o):
    return close(o, stage=Stage.SUPPLY)


def segment(o, sent):
    items = (CodeItem("A", "食杂店", "grocery"), CodeItem("B", "烟酒商店", "tobacco shop"))
    formats = CodeList("segment", "1", date(2026, 1, 1), None, items)
    customers = o.customers(first={"segment": "A"})
    return o.facts(o.forecast({"segment": sent}), segments=formats, customers_at_snapshot=customers)


@example("ENT-11", "block")
def another_format_than_filed(o):
    return segment(o, "烟酒商店")


@example("ENT-11", "pass")
def the_filed_format(o):
    return segment(o, "食杂店")


def grocers(o, customers, channel):
    lines = [
        {"licence_no": f"{number:012}", "sku": f"{sku:08}", "channel": channel, "final_quantity": sku + 1}
        for number in range(customers)
        for sku in range(12)
    ]
    return o.facts(o.forecast(*lines))


@example("ENT-12", "flag")
def fourteen_grocers_with_the_same_numbers(o):
    return grocers(o, 14, "visit")


@example("ENT-12", "pass")
def the_model_may_repeat_itself(o):
    return grocers(o, 14, "model")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_the_rule_is_judged_as_the_catalogue_says(office, name):
    rule, expected, event, facts = EXAMPLES[name]
    finding = office.judge(facts(office), event)[rule]
    assert finding.outcome.value == expected, finding.message


def test_every_rule_of_both_packs_has_a_violating_and_a_passing_example():
    outcomes: dict[str, set[str]] = {}
    for rule, expected, *_ in EXAMPLES.values():
        outcomes.setdefault(rule, set()).add(expected)
    assert sorted(outcomes) == [f"{pack}-{n:02}" for pack in ("ENT", "WIN") for n in range(1, 13)]
    assert all("pass" in seen and seen & {"flag", "block"} for seen in outcomes.values())


def test_a_clean_forecast_passes_every_rule_and_24_answer(office):
    history = office.history({(office.first, office.sku): (9, 10, 11)})
    findings = office.judge(office.facts(office.forecast({}), history=history))
    assert len(findings) == 24
    speaking = {rule: finding.message.en for rule, finding in findings.items() if finding.speaks}
    assert speaking == {}
