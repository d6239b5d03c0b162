"""What segment changes are judged by comes back as it was delivered, as said last, and nothing else does."""

from datetime import date
from types import MappingProxyType

import pytest

from app.office.month import Month
from app.store.office_values import OfficeImport

LICENCE = "420301123456"
SAMPLES = MappingProxyType(
    {
        "licences": {
            "licence_no": LICENCE,
            "holder_name": "王利民",
            "address": "东街1号",
            "valid_to": "2028-06-30",
            "is_valid": True,
            "position": {"latitude": "32.055013", "longitude": "-110.7"},
        },
        "segment-profiles": {
            "list_version": "2026",
            "code": "B",
            "least_area_m2": "15.50",
            "most_area_m2": None,
            "least_hours": 12,
            "sales_modes": ["self_service", "counter"],
            "it_levels": [],
        },
        "sanctions": {"case_no": "C1", "licence_no": LICENCE, "decided_on": "2026-03-01", "title": "无证运输"},
        "customer-decisions": {
            "decision_no": "D1",
            "licence_no": LICENCE,
            "attribute": "grade",
            "value": "24",
            "decided_on": "2026-10-01",
            "marketing_present": True,
            "monopoly_present": False,
        },
        "census-campaigns": {"campaign_no": "PC-1", "title": "普查", "filed_on": "2026-09-01"},
        "allocation-standards": {
            "std_id": "S1",
            "version": 2,
            "sku": "42010101",
            "period": "month",
            "delivery_method": "B",
            "extension": [{"dimension": "county", "value": "房县"}, {"dimension": "county", "value": "竹山县"}],
            "rows": [
                {"segment": "B", "area": "主城区", "quota": [{"grade": 12, "cartons": 6}, {"grade": 1, "cartons": 0}]},
                {"segment": None, "area": None, "quota": [{"grade": 0, "cartons": 2}]},
                {"segment": "C", "area": None, "quota": []},
            ],
            "filing_no": "NG-1",
            "filed_at": "2026-11-28T10:00:00+08:00",
            "effective_from": "2026-12-01",
            "effective_to": None,
        },
    }
)


def reader(uow, name):
    """The value of the sample's key as the store gives it back."""
    return {
        "licences": lambda: uow.office.licence(LICENCE),
        "segment-profiles": lambda: uow.office.segment_profiles(date(2026, 11, 1))["B"],
        "sanctions": lambda: uow.office.sanctions(LICENCE, date(2026, 3, 1)),
        "customer-decisions": lambda: uow.office.decisions([LICENCE])[0],
        "census-campaigns": uow.office.campaigns,
        "allocation-standards": lambda: uow.office.allocation_standards(Month(2026, 12))[0],
    }[name]()


def formats(office, version="2026", since="2026-01-01"):
    items = [{"code": "B", "zh": "便利店", "en": "convenience"}]
    return office.item("code-lists", list="segment", version=version, valid_from=since, items=items)


def brought(store, office, collection, received, rejected):
    """Keep that an import was made."""
    with store.write() as uow:
        made = OfficeImport(
            f"I-{received}-{rejected}", office.at, {}, collection, received, 0, 0, received - rejected, rejected, "", ()
        )
        uow.office.record_import(made)


@pytest.mark.parametrize("name", list(SAMPLES))
def test_what_was_delivered_comes_back_and_a_repetition_adds_nothing(store, office, name):
    sent = office.item(name, **SAMPLES[name])
    assert office.bring(formats(office), sent) == ["created", "created"]
    assert office.bring(sent) == ["unchanged"]
    brought(store, office, "sanctions", 1, 0)
    with store.read() as uow:
        found = reader(uow, name)
        assert uow.office.counts()[name] == 1
    expected = {
        "sanctions": ("C1",),
        "census-campaigns": {"PC-1": date(2026, 9, 1)},
        "segment-profiles": getattr(sent.value, "profile", None),
    }
    assert found == expected.get(name, sent.value)


def test_a_correction_counts_for_each_of_them(store, office):
    changed = {
        "licences": {"is_valid": False},
        "segment-profiles": {"least_hours": 10},
        "sanctions": {"lifted_on": "2026-04-01"},
        "customer-decisions": {"value": "25"},
        "census-campaigns": {"filed_on": "2026-09-02"},
        "allocation-standards": {"rows": []},
    }
    office.bring(formats(office), *(office.item(name, **sample) for name, sample in SAMPLES.items()))
    for name, change in changed.items():
        assert office.bring(office.item(name, **{**SAMPLES[name], **change})) == ["changed"], name
    brought(store, office, "sanctions", 1, 0)
    with store.read() as uow:
        assert uow.office.licence(LICENCE).is_valid is False
        assert uow.office.segment_profiles(date(2026, 11, 1))["B"].least_hours == 10
        assert uow.office.sanctions(LICENCE, date(2026, 1, 1)) == ()
        assert [one.value for one in uow.office.decisions([LICENCE])] == ["25"]
        assert uow.office.campaigns() == {"PC-1": date(2026, 9, 2)}
        assert uow.office.allocation_standards(Month(2026, 12))[0].rows == ()


def test_nothing_is_known_of_what_was_never_delivered(store):
    with store.read() as uow:
        assert uow.office.licence(LICENCE) is None
        assert uow.office.segment_profiles(date(2026, 11, 1)) == {}
        assert uow.office.sanctions(LICENCE, date(2026, 1, 1)) is None
        assert uow.office.decisions([LICENCE]) == ()
        assert uow.office.decisions([]) == ()
        assert uow.office.campaigns() == {}
        assert uow.office.allocation_standards(Month(2026, 12)) == ()


@pytest.mark.parametrize(
    ("received", "rejected", "known"), [(0, 0, True), (3, 1, True), (3, 3, False)], ids=["none", "some", "all faulty"]
)
def test_an_empty_delivery_says_that_there_are_no_sanctions(store, office, received, rejected, known):
    brought(store, office, "licences", 1, 0)
    with store.read() as uow:
        assert uow.office.sanctions(LICENCE, date(2026, 1, 1)) is None
    brought(store, office, "sanctions", received, rejected)
    with store.read() as uow:
        assert uow.office.sanctions(LICENCE, date(2026, 1, 1)) == (() if known else None)


def test_sanctions_count_from_a_day_on_oldest_first(store, office):
    days = {"C1": "2026-05-01", "C2": "2026-03-01", "C3": "2026-02-28", "C4": "2026-03-01"}
    office.bring(
        *(office.item("sanctions", **{**SAMPLES["sanctions"], "case_no": n, "decided_on": d}) for n, d in days.items())
    )
    office.bring(office.item("sanctions", **{**SAMPLES["sanctions"], "case_no": "X", "licence_no": "420301000009"}))
    brought(store, office, "sanctions", 5, 0)
    with store.read() as uow:
        assert uow.office.sanctions(LICENCE, date(2026, 3, 1)) == ("C2", "C4", "C1")


def test_the_profiles_are_those_of_the_list_valid_on_the_day(store, office):
    profile = SAMPLES["segment-profiles"]
    office.bring(
        formats(office),
        formats(office, "2027", "2027-01-01"),
        office.item("segment-profiles", **profile),
        office.item("segment-profiles", **{**profile, "list_version": "2027", "least_area_m2": 20}),
    )
    with store.read() as uow:
        assert uow.office.segment_profiles(date(2026, 12, 31))["B"].least_area_m2 == pytest.approx(15.5)
        assert uow.office.segment_profiles(date(2027, 1, 1))["B"].least_area_m2 == 20
        assert uow.office.segment_profiles(date(2025, 12, 31)) == {}


def test_standards_are_found_by_the_months_they_touch(store, office):
    sample = SAMPLES["allocation-standards"]
    spans = {
        "A": ("2026-11-15", "2026-12-01"),
        "B": ("2026-12-31", None),
        "C": ("2027-01-01", None),
        "D": ("2026-10-01", "2026-11-30"),
    }
    office.bring(
        *(
            office.item(
                "allocation-standards", **{**sample, "std_id": name, "effective_from": first, "effective_to": last}
            )
            for name, (first, last) in spans.items()
        )
    )
    with store.read() as uow:
        assert [one.std_id for one in uow.office.allocation_standards(Month(2026, 12))] == ["A", "B"]
        assert [one.std_id for one in uow.office.allocation_standards(Month(2026, 11))] == ["A", "D"]


def test_the_further_fields_of_a_customer_are_kept_and_frozen(store, office):
    more = {"address": "东街1号", "area_code": "主城区", "order_cycle": "单周周四", "credit_level": "AA"}
    assert office.bring(office.customer(LICENCE)) == ["created"]
    assert office.bring(office.customer(LICENCE, **more)) == ["changed"]
    with store.write() as uow:
        taken = uow.office.take_snapshot(Month(2026, 11), office.at)
    with store.read() as uow:
        for found in (uow.office.customers_on(date(2026, 11, 1)), uow.office.snapshot_customers(taken)):
            assert {name: getattr(found[LICENCE], name) for name in more} == more
        (states,) = uow.office.states_of([LICENCE, "unknown"]).values()
    assert list(states) == [date(2026, 1, 1)]
    assert states[date(2026, 1, 1)].credit_level == "AA"
