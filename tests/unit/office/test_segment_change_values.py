"""Positions, duties, days of effect, working days, and the papers of a segment change as they are read."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.office.allocation_standard import AllocationStandard, DeliveryMethod, Dimension, StandardPeriod, StandardRow
from app.office.calendar import Calendar, CalendarDay
from app.office.code_list import CodeItem, CodeList
from app.office.duties import are_compatible, incompatible_roles
from app.office.intake.segment_changes import read_application, read_site_check
from app.office.intake.standards import ALLOCATION_STANDARDS
from app.office.items import read_as
from app.office.people import Role
from app.office.position import Position
from app.office.segment_change import ChangeState, EvidenceKind, earliest_effect, effect_day
from tests.changes import at, change, person

SEGMENTS = CodeList(
    "segment",
    "2026",
    date(2026, 1, 1),
    None,
    (CodeItem("B", "便利店", "Convenience store"), CodeItem("Y", "烟酒商店", "Liquor")),
)


# ---------------------------------------------------------------- positions


def test_distances_are_those_of_a_map():
    wuhan, beijing = Position(30_592_800, 114_305_500), Position(30_594_600, 114_305_500)
    assert wuhan.metres_from(wuhan) == 0
    assert wuhan.metres_from(beijing) == 200  # 0.0018 degrees north
    assert wuhan.metres_from(Position(30_592_800, 114_308_634)) == 300  # 0.003134 degrees east at 30.6 north
    assert Position(0, 179_999_000).metres_from(Position(0, -179_999_000)) == 222


POINTS = st.builds(Position, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))


@given(POINTS, POINTS)
def test_a_distance_is_the_same_both_ways(one, other):
    assert one.metres_from(other) == other.metres_from(one) >= 0


# ---------------------------------------------------------------- duties


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (Role.MARKET_MANAGER, Role.MARKETING_LEADER, True),
        (Role.SUPERVISION_OFFICER, Role.SUPERVISION_HEAD, True),
        (Role.ACCOUNT_MANAGER, Role.MARKET_SUPERVISOR, False),
        (Role.MARKETING_LEADER, Role.SUPERVISION_OFFICER, False),
        (Role.ADMINISTRATOR, Role.SUPERVISION_HEAD, False),
        (Role.ADMINISTRATOR, Role.ADMINISTRATOR, True),
    ],
)
def test_marketing_supervision_and_administration_exclude_each_other(one, other, answer):
    assert are_compatible(one, other) is are_compatible(other, one) is answer


def test_only_roles_of_the_same_day_conflict():
    both = person("X", Role.SUPERVISION_OFFICER, Role.MARKET_MANAGER)
    assert incompatible_roles(both, date(2026, 11, 2)) == (("market_manager", "supervision_officer"),)
    assert incompatible_roles(both, date(2019, 12, 31)) == ()


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("completed", "first"),
    [
        ("2026-11-01 00:00", date(2026, 12, 1)),
        ("2026-11-14 23:59:59", date(2026, 12, 1)),
        ("2026-11-15 00:00", date(2027, 1, 1)),
        ("2026-12-31 23:59", date(2027, 2, 1)),
    ],
)
def test_what_is_complete_before_the_snapshot_counts_next_month(completed, first):
    assert earliest_effect(at(completed)) == first


@given(
    st.datetimes(min_value=at("2020-01-01").replace(tzinfo=None), max_value=at("2030-01-01").replace(tzinfo=None)),
    st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1))),
)
def test_no_effect_lies_before_its_filing(filed, requested):
    filed_at = filed.replace(tzinfo=UTC)
    day = effect_day(filed_at, requested)
    assert day.day == 1
    assert day >= earliest_effect(filed_at) > at(str(filed)).date()
    if requested is not None:
        assert day >= requested or day == earliest_effect(filed_at)


NOVEMBER = Calendar(
    {date(2026, 11, n): CalendarDay(date(2026, 11, n), date(2026, 11, n).isoweekday() < 6) for n in range(1, 31)}
)


def test_working_days_are_counted_from_the_day_after():
    assert NOVEMBER.working_days(date(2026, 11, 2), date(2026, 11, 2)) == 0
    assert NOVEMBER.working_days(date(2026, 11, 2), date(2026, 11, 9)) == 5
    assert NOVEMBER.working_days(date(2026, 11, 27), date(2026, 12, 1)) is None


def test_a_limit_ends_on_a_working_day():
    assert NOVEMBER.due(date(2026, 11, 6), 1) == date(2026, 11, 9)
    assert NOVEMBER.due(date(2026, 11, 2), 5) == date(2026, 11, 9)
    assert NOVEMBER.due(date(2026, 11, 27), 5) is None


def test_a_calendar_without_working_days_ends_no_limit():
    holidays = {day: CalendarDay(day, False) for day in NOVEMBER.days}
    assert Calendar(holidays).due(date(2026, 11, 2), 1) is None


def test_a_limit_and_the_days_counted_agree():
    for first in range(1, 15):
        due = NOVEMBER.due(date(2026, 11, first), 3)
        assert NOVEMBER.working_days(date(2026, 11, first), due) == 3


@pytest.mark.parametrize(
    ("state", "last"),
    [
        ("applied", "2026-11-02 09:00"),
        ("approved", "2026-11-09 09:00"),
        ("filed", "2026-11-12 09:00"),
        ("effective", "2026-12-01 00:05"),
    ],
)
def test_the_last_moment_is_that_of_the_last_act(state, last):
    assert change(ChangeState(state)).last_at == at(last)


# ---------------------------------------------------------------- allocation standards


def sample(**changes):
    return {
        "std_id": "STD-202612-01",
        "version": 1,
        "sku": "42010101",
        "period": "week",
        "delivery_method": "B",
        "extension": [{"dimension": "county", "value": "清河县"}],
        "rows": [
            {"segment": "B", "area": None, "quota": [{"grade": 30, "cartons": 6}, {"grade": 29, "cartons": 5}]},
            {"segment": None, "area": "村庄", "quota": [{"grade": 0, "cartons": 1}]},
        ],
        "filing_no": "NG-BA-202611-012",
        "filed_at": "2026-11-28T02:00:00.000Z",
        "published_at": None,
        "effective_from": "2026-12-01",
        "effective_to": "2026-12-31",
        **changes,
    }


def faults(raw):
    return {fault.pointer: fault.code for fault in read_as(ALLOCATION_STANDARDS, raw).faults}


def test_a_standard_as_it_is_kept_is_read_without_a_word():
    item = read_as(ALLOCATION_STANDARDS, sample(), segments=SEGMENTS)
    assert (item.faults, item.mismatches, item.key) == ((), (), "STD-202612-01/1")
    assert item.value == AllocationStandard(
        "STD-202612-01",
        1,
        "42010101",
        StandardPeriod.WEEK,
        DeliveryMethod.BY_GRADE_AND_DIMENSION,
        (StandardRow("B", None, {30: 6, 29: 5}), StandardRow(None, "村庄", {0: 1})),
        date(2026, 12, 1),
        date(2026, 12, 31),
        (Dimension("county", "清河县"),),
        "NG-BA-202611-012",
        datetime(2026, 11, 28, 2, tzinfo=UTC),
    )
    assert item.value.is_filed
    assert read_as(ALLOCATION_STANDARDS, item.body).value == item.value


def test_the_offices_own_spellings_are_read_and_reported():
    rows = [{"segment": "便利店", "quota": [{"grade": "三十档", "cartons": 6}, {"grade": "不分档", "cartons": "2"}]}]
    raw = sample(
        period="按周", delivery_method="按档位拓展投放", rows=rows, extension=[{"dimension": "区县", "value": "清河县"}]
    )
    item = read_as(ALLOCATION_STANDARDS, raw, segments=SEGMENTS)
    assert item.faults == ()
    assert item.value.rows == (StandardRow("B", None, {30: 6, 0: 2}),)
    assert {note.field for note in item.mismatches} == {
        "period", "delivery_method", "extension/0/dimension", "rows/0/segment", "rows/0/quota/0/grade",
        "rows/0/quota/1/grade", "rows/0/quota/1/cartons",
    }  # fmt: skip


def test_a_format_that_is_not_in_the_list_is_kept_and_reported():
    item = read_as(ALLOCATION_STANDARDS, sample(rows=[{"segment": "茶楼", "quota": []}]), segments=SEGMENTS)
    assert item.value.rows[0].segment == "茶楼"
    assert [note.field for note in item.mismatches] == ["rows/0/segment"]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"version": 0}, "/version", "value.out_of_range"),
        ({"filing_no": None}, "/filed_at", "filing.incomplete"),
        ({"filed_at": None}, "/filed_at", "filing.incomplete"),
        ({"effective_to": "2026-11-30"}, "/effective_to", "period.reversed"),
        ({"rows": [{"segment": "B", "quota": []}, {"segment": "B", "quota": []}]}, "/rows/1/segment", "line.repeated"),
        (
            {"rows": [{"quota": [{"grade": 3, "cartons": 1}, {"grade": "D3", "cartons": 2}]}]},
            "/rows/0/quota/1/grade",
            "line.repeated",
        ),
        ({"rows": [{"quota": [{"grade": False, "cartons": 1}]}]}, "/rows/0/quota/0/grade", "value.not_allowed"),
        ({"rows": [{"quota": [{"grade": 31, "cartons": 1}]}]}, "/rows/0/quota/0/grade", "value.not_allowed"),
        ({"delivery_method": "F"}, "/delivery_method", "value.not_allowed"),
        ({"extension": [{"dimension": "颜色", "value": "红"}]}, "/extension/0/dimension", "value.not_allowed"),
    ],
)
def test_what_cannot_be_kept_is_refused_where_it_stands(changes, pointer, code):
    assert faults(sample(**changes)) == {pointer: code}


def test_all_that_is_missing_is_said_at_once():
    assert faults({}) == {f"/{name}": "value.missing" for name in ALLOCATION_STANDARDS.required}


def test_an_open_standard_covers_every_later_day():
    value = read_as(ALLOCATION_STANDARDS, sample(effective_to=None)).value
    assert value.covers(date(2030, 1, 1))
    assert not value.covers(date(2026, 11, 30))


# ---------------------------------------------------------------- applications and check sheets


def test_an_application_may_lack_what_a_rule_will_ask_for():
    read = read_application({"licence_no": "420301000101", "account_manager": "AM"})
    assert read.faults == ()
    assert (read.application.licence_no, read.application.proposed_segment, read.evidence) == ("420301000101", None, ())


def test_names_of_formats_become_codes_and_unknown_ones_stay():
    raw = {
        "licence_no": "420301000101",
        "account_manager": "AM",
        "current_segment": "便利店",
        "proposed_segment": "茶楼",
    }
    read = read_application(raw, SEGMENTS).application
    assert (read.current_segment, read.proposed_segment) == ("B", "茶楼")
    assert read_application(raw).application.current_segment == "便利店"


def test_evidence_is_named_by_hash_with_time_and_place():
    position = {"latitude": "30.5928", "longitude": "114.3055"}
    files = [
        {"kind": "门头照", "digest": "sha256:01", "taken_at": "2026-11-01T10:00:00+08:00", "position": position},
        {"kind": "other", "digest": "sha256:02"},
    ]
    read = read_application({"licence_no": "420301000101", "account_manager": "AM", "evidence": files})
    first, second = read.evidence
    assert (first.kind, first.taken_from) == (EvidenceKind.STOREFRONT, Position(30_592_800, 114_305_500))
    assert (second.taken_at, second.taken_from) == (None, None)
    assert [note.field for note in read.mismatches] == ["evidence/0/kind"]


def test_an_application_that_cannot_be_read_is_refused_with_every_reason():
    read = read_application({"licence_no": "420301000101", "shop": "x"})
    assert read.application is None
    assert {fault.pointer: fault.code for fault in read.faults} == {
        "/account_manager": "value.missing",
        "/shop": "field.unknown",
    }


def sheet(**changes):
    return {
        "checked_at": "2026-11-03T10:00:00+08:00",
        "area_m2": "96.5",
        "hours_per_day": 16,
        "joint": False,
        **changes,
    }


def test_a_check_sheet_is_read_exactly():
    raw = sheet(
        sales_mode="自选", position={"latitude": 30, "longitude": "-0.000001"}, photos=[{"digest": "sha256:07"}]
    )
    read = read_site_check(raw, Role.ACCOUNT_MANAGER, "AM", at("2026-11-03 11:00"))
    assert read.faults == ()
    assert (read.check.area_m2, read.check.sales_mode, read.check.it_level) == (Decimal("96.5"), "self_service", None)
    assert (read.check.position, read.check.photos) == (Position(30_000_000, -1), ("sha256:07",))
    assert (read.check.person_id, read.check.signed_at) == ("AM", at("2026-11-03 11:00"))


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"area_m2": "-1"}, "/area_m2"),
        ({"area_m2": "viel"}, "/area_m2"),
        ({"hours_per_day": 25}, "/hours_per_day"),
        ({"hours_per_day": True}, "/hours_per_day"),
        ({"position": {"latitude": "90.1", "longitude": 0}}, "/position/latitude"),
    ],
)
def test_a_measure_that_cannot_be_is_refused(changes, pointer):
    read = read_site_check(sheet(**changes), Role.ACCOUNT_MANAGER, "AM", at("2026-11-03 11:00"))
    assert read.check is None
    assert [(fault.pointer, fault.code) for fault in read.faults] == [(pointer, "value.not_a_number")]
