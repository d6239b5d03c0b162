"""The facts of a closing window, a batch, a cycle and an extension."""

from datetime import date

import pytest

from app.audit.facts.context import AcceptedForecast, CycleContext, ExtensionContext, PosBatch, WindowCloseContext
from app.audit.facts.cycle import allowed_summary_days, cycle_facts
from app.audit.facts.extension import extension_facts
from app.audit.facts.pos_batch import pos_batch_facts
from app.audit.facts.window_close import window_close_facts
from app.office.cycle import Cycle, Extension, Stage, Window
from app.office.month import Month

# ---------------------------------------------------------------- WIN-07, WIN-08, ENT-10


def close(office, *accepted, stage=Stage.ORDER, customers=None, batches=()):
    context = WindowCloseContext(
        office.nov,
        stage,
        office.at("2026-11-22 23:59:59"),
        {"AM02": office.person("AM02"), "AM01": office.person("AM01")},
        accepted,
        office.customers() if customers is None else customers,
        batches,
    )
    facts = window_close_facts(context, office.parameters)
    return {**office.rows(facts, "stage")[0], **office.rows(facts, "pos_intake")[0]}


def accepted(manager, **channels):
    return AcceptedForecast(manager, 1, {licence[1:]: frozenset(ways.split()) for licence, ways in channels.items()})


def test_managers_without_an_accepted_forecast_are_named(office):
    row = close(office, accepted("AM01"))
    assert (row["managers"], row["missing_managers"], row["missing_manager_list"]) == (2, 1, ["李晓梅 (AM02)"])
    assert close(office)["missing_manager_list"] == ["李晓梅 (AM01)", "李晓梅 (AM02)"]


def test_coverage_counts_active_customers(office):
    row = close(office, accepted("AM01", _420301000101="visit", _420301000102="model", _999="visit"))
    assert (row["active"], row["covered"], row["uncovered"], row["coverage_ratio"]) == (3, 2, 1, 666_667)
    assert (row["uncovered_list"], row["double_covered"]) == ([office.foreign], 0)


def test_a_closed_customer_need_not_be_covered(office):
    customers = office.customers(
        foreign={"business_status": "注销"},
        second={"licence_valid_to": date(2026, 11, 30)},
        first={"licence_valid_to": date(2026, 12, 1)},
    )
    row = close(office, accepted("AM01", _420301000101="visit"), customers=customers)
    assert (row["active"], row["coverage_ratio"]) == (1, 1_000_000)


def test_two_channels_or_two_managers_cover_twice(office):
    channels = close(office, accepted("AM01", _420301000101="visit model"))
    managers = close(office, accepted("AM01", _420301000101="visit"), accepted("AM02", _420301000101="visit"))
    assert channels["double_covered_list"] == managers["double_covered_list"] == [office.first]


def test_a_line_without_a_channel_covers_once(office):
    row = close(office, accepted("AM01", _420301000101=""))
    assert (row["covered"], row["double_covered"]) == (1, 0)


def test_customers_are_listed_in_order_however_they_come(office):
    backwards = dict(reversed(office.customers().items()))
    assert close(office, customers=backwards)["uncovered_list"] == [office.first, office.second, office.foreign]


def test_without_active_customers_coverage_is_missing(office):
    assert close(office, customers={})["coverage_ratio"] is None


def test_the_supply_stage_covers_no_customers(office):
    row = close(office, stage=Stage.SUPPLY)
    assert (row["active"], row["coverage_ratio"], row["occasion"], row["silent_pos_customers"]) == (
        None,
        None,
        "supply_close",
        0,
    )


def batch(office, announced=1, received=1, matches=True, *licences):
    return PosBatch("B1", "S1", announced, received, matches, office.at("2026-11-16 03:00"), frozenset(licences))


def test_terminals_in_no_intact_batch_are_silent(office):
    customers = office.customers(
        first={"has_pos": True}, second={"has_pos": True}, foreign={"has_pos": True, "business_status": "停业"}
    )

    def silent(*batches):
        return close(office, customers=customers, batches=batches)["silent_customer_list"]

    assert silent() == [office.first, office.second]
    assert silent(batch(office, 1, 1, True, office.first)) == [office.second]
    assert silent(batch(office, 2, 1, True, office.first), batch(office, 1, 1, False, office.second)) == [
        office.first,
        office.second,
    ]


def test_a_window_closing_finds_no_fault_with_batches(office):
    row = close(office)
    assert (row["occasion"], row["batch_id"], row["batch_line_difference"], row["batch_checksum_matches"]) == (
        "order_close",
        None,
        0,
        True,
    )


@pytest.mark.parametrize(("announced", "received", "difference"), [(212, 208, 4), (208, 212, 4), (0, 0, 0)])
def test_a_batch_is_measured_as_announced_and_received(office, announced, received, difference):
    (row,) = office.rows(pos_batch_facts(batch(office, announced, received, False), office.parameters), "pos_intake")
    assert (row["batch_line_difference"], row["batch_checksum_matches"]) == (difference, False)
    assert (row["occasion"], row["batch_id"], row["announced_lines"], row["silent_pos_customers"]) == (
        "batch",
        "B1",
        announced,
        0,
    )


# ---------------------------------------------------------------- WIN-03, WIN-12


@pytest.mark.parametrize(
    ("month", "days"),
    [("2026-11", (30,)), ("2026-12", (30, 31)), ("2027-02", (28,)), ("2028-02", (29,))],
)
def test_the_summary_is_held_on_the_30th_or_31st_or_the_last_of_february(month, days):
    assert tuple(day.day for day in allowed_summary_days(Month.read(month), (31, 30))) == days


def cycle(office, people=(), at="2026-11-01 00:00", **changes):
    context = CycleContext(
        Cycle(office.nov, office.nov.plus(1), **changes), office.at(at), {person.person_id: person for person in people}
    )
    (row,) = office.rows(cycle_facts(context, office.parameters), "cycle")
    return row


def test_each_summary_date_outside_counts(office):
    row = cycle(office, summary_dates=(date(2026, 12, 2), date(2026, 11, 30), date(2026, 12, 30)))
    assert row["summary_dates_outside"] == 2
    assert row["summary_dates"] == ["2026-11-30", "2026-12-02", "2026-12-30"]
    assert row["summary_days_allowed"] == ["2026-11-30"]
    assert cycle(office)["summary_dates_outside"] is None


def staff(office, **dates):
    return (
        office.person("MM", "market_manager"),
        office.person("ML", "marketing_leader", **dates),
        office.person("SO", "supervision_officer"),
    )


NAMED = {"market_manager": "MM", "marketing_leader": "ML", "supervision_officer": "SO"}


def test_three_persons_in_office_answer_for_a_cycle(office):
    row = cycle(office, staff(office), **NAMED)
    assert [row[f"responsible_{name}"] for name in ("missing", "inactive", "distinct")] == [0, 0, 3]
    assert row["responsible_list"][0] == "李晓梅 MM 市场经理 (market manager)"


def test_a_person_not_named_is_missing(office):
    row = cycle(office, staff(office), **{**NAMED, "supervision_officer": None})
    assert (row["responsible_missing"], row["responsible_distinct"]) == (1, 2)
    assert row["responsible_missing_list"] == ["内管人员 (supervision officer)"]


def test_a_person_without_the_role_that_day_or_unknown_is_inactive(office):
    left = cycle(office, staff(office, until=date(2026, 10, 31)), **NAMED)
    unknown = cycle(office, staff(office)[:2], **NAMED)
    assert (left["responsible_inactive"], unknown["responsible_inactive"]) == (1, 1)
    assert unknown["responsible_inactive_list"] == ["? SO 内管人员 (supervision officer)"]
    assert cycle(office, staff(office, until=date(2026, 11, 1)), **NAMED)["responsible_inactive"] == 0


def test_one_person_in_two_roles_is_one_person(office):
    row = cycle(office, staff(office), **{**NAMED, "marketing_leader": "MM"})
    assert (row["responsible_inactive"], row["responsible_distinct"]) == (1, 2)


# ---------------------------------------------------------------- WIN-11


def extension(office, people=(), **changes):
    asked = {
        "new_end": date(2026, 11, 24),
        "reason": "系统停机",
        "requested_by": "MM",
        "approved_by": "ML",
        "countersigned_by": "SO",
        "filing_no": "BA-202611-001",
        "filed_at": office.at("2026-11-22 23:59:59"),
        **changes,
    }
    context = ExtensionContext(
        Window(date(2026, 11, 15), date(2026, 11, 22)),
        {person.person_id: person for person in people or staff(office)},
        office.at("2026-11-23 08:00"),
    )
    facts = extension_facts(Extension(office.nov, Stage.ORDER, **asked), context, office.parameters)
    (row,) = office.rows(facts, "extension")
    return row


def test_a_complete_extension_is_as_it_should_be(office):
    row = extension(office)
    names = ("filed_before_end", "filing_no_given", "approver_is_leader", "countersigned_by_officer", "extension_days")
    assert [row[name] for name in names] == [True, True, True, True, 2]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("filed_before_end", {"filed_at": None}),
        ("filing_no_given", {"filing_no": None}),
        ("filing_no_given", {"filing_no": " "}),
        ("approver_is_leader", {"approved_by": None}),
        ("approver_is_leader", {"approved_by": "MM"}),
        ("approver_is_leader", {"approved_by": "nobody"}),
        ("countersigned_by_officer", {"countersigned_by": None}),
        ("countersigned_by_officer", {"countersigned_by": "ML"}),
    ],
)
def test_each_paper_that_is_not_there_fails(office, name, change):
    assert extension(office, **change)[name] is False


def test_filing_counts_to_the_last_moment_of_the_window(office):
    assert extension(office, filed_at=office.at("2026-11-23 00:00:00"))["filed_before_end"] is False


def test_the_head_of_supervision_may_countersign(office):
    people = (*staff(office), office.person("SH", "supervision_head"))
    assert extension(office, people, countersigned_by="SH")["countersigned_by_officer"] is True


def test_the_roles_of_the_day_of_filing_count(office):
    later = (office.person("ML", "marketing_leader", since=date(2026, 11, 23)), staff(office)[2])
    assert extension(office, later)["approver_is_leader"] is False
    assert extension(office, later, filed_at=None)["approver_is_leader"] is True


@pytest.mark.parametrize(
    ("new_end", "days"), [(date(2026, 11, 25), 3), (date(2026, 11, 22), 0), (date(2026, 11, 20), -2), (None, 0)]
)
def test_the_days_count_from_the_end_of_the_window(office, new_end, days):
    assert extension(office, new_end=new_end)["extension_days"] == days
