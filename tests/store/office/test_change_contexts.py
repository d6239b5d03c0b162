"""What the rules are told about a segment change is what the office knew, no more and no less."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.audit.facts.parameters import FirstFiled
from app.audit.log.event import Event
from app.core.clock import instant
from app.office.segment_change import (
    ChangeState,
    Form,
    FormSignature,
    PostReview,
    SigningMethod,
)
from app.store.change_contexts import (
    benefit_of,
    change_watch_context,
    history_of,
    master_sync_context,
    new_customer_context,
    segment_change_context,
)
from app.store.change_values import Step
from app.store.office_cache import OfficeCache
from app.store.office_values import OfficeImport
from tests import changes
from tests.changes import LICENCE, at

OTHER = "420301000102"
NOW = at("2026-11-09 10:00")


def on_record(store, *found):
    with store.write() as uow:
        for change in found:
            event = Event("segment_change.judged", instant(NOW), {}, {"id": change.change_no}, {}, "00")
            index = uow.log.append(event).index
            uow.segment_changes.add_step(
                change,
                Step(
                    change.change_no,
                    1,
                    "apply",
                    change.applied_at,
                    "AM",
                    None,
                    {"id": "AM"},
                    change.state,
                    None,
                    (),
                    index,
                ),
            )


def standard(office, std_id="S1", sku="42010101", first="2026-12-01", last="2026-12-31", old=2, new=6, **more):
    quotas = [{"segment": code, "quota": [{"grade": 12, "cartons": n}]} for code, n in (("Z", old), ("Y", new))]
    filed = {"filing_no": "NG-1", "filed_at": "2026-10-28T10:00:00+08:00"}
    return office.item(
        "allocation-standards",
        **{
            "std_id": std_id, "version": 1, "sku": sku, "period": "month", "delivery_method": "B",
            "extension": [{"dimension": "county", "value": "房县"}, {"dimension": "credit_level", "value": "AA"}],
            "rows": quotas, "effective_from": first, "effective_to": last, **filed, **more,
        },
    )  # fmt: skip


@pytest.fixture
def town(store, office):
    """One customer of T01 with format Z, its licence, its sanction, and standards for November and December."""
    filed = {"segment": "Z", "grade": 12, "territory_id": "T01", "order_cycle": "双周周四", "credit_level": "AA"}
    items = [{"code": code, "zh": code, "en": code} for code in "ZY"]
    roles = ("account_manager", "market_supervisor", "market_manager", "marketing_leader", "supervision_officer")
    people = [
        office.person(who, roles=[{"role": role, "unit": "U1", "from": "2020-01-01"}])
        for who, role in zip(("AM", "MS", "MM", "ML", "SO"), roles, strict=True)
    ]
    office.bring(
        *people,
        office.territory("T01", "AM"),
        office.territory("T02", "AM2"),
        office.product("42010101", supply_attribute="TIGHT"),
        office.item("code-lists", list="segment", version="2026", valid_from="2026-01-01", items=items),
        office.item("segment-profiles", list_version="2026", code="Y", least_area_m2=80),
        office.item(
            "licences",
            licence_no=LICENCE,
            holder_name="王利民",
            address="东街1号",
            valid_to="2028-06-30",
            is_valid=True,
        ),
        office.item("sanctions", case_no="C1", licence_no=LICENCE, decided_on="2025-11-09", title="x"),
        office.item("sanctions", case_no="C0", licence_no=LICENCE, decided_on="2025-11-08", title="x"),
        office.customer(LICENCE, **filed),
        office.customer(OTHER, **{**filed, "territory_id": "T01", "business_status": "歇业"}),
        standard(office),
        standard(office, "S0", first="2026-11-01", last="2026-11-30", new=4),
        at=at("2026-10-20 10:00"),
    )
    with store.write() as uow:
        uow.office.record_import(OfficeImport("I-1", NOW, {}, "sanctions", 2, 2, 0, 0, 0, "", ()))
    return office


def known(store, change, when=NOW, **more):
    with store.read() as uow:
        return segment_change_context(uow, change, when, **more)


def test_everything_filed_of_the_customer_is_told(store, town):
    made = known(store, changes.change(ChangeState.APPROVED), layer=3)
    assert (made.at, made.layer) == (NOW, 3)
    assert (made.customer.segment, made.credit_level) == ("Z", "AA")
    assert [item.code for item in made.segments.items] == ["Z", "Y"]
    assert made.profiles["Y"].least_area_m2 == Decimal(80)
    assert made.licence.holder_name == "王利民"
    assert (made.sanctions, made.earlier, made.cartons_gained) == (("C1",), (), None)
    assert sorted(made.people) == ["AM", "ML", "MM", "MS", "SO"]


def test_an_unknown_customer_has_nothing(store):
    made = known(store, changes.change())
    assert (made.customer, made.segments, made.licence, made.benefit) == (None,) * 4
    assert (made.sanctions, made.credit_level, made.profiles, made.people) == (None, None, {}, {})


def test_who_signed_the_form_and_who_saw_it_is_known_too(store, town):
    signature = FormSignature(1, "MS", NOW, SigningMethod.HANDWRITTEN, "sha256:1", "sha256:2", witness="SO")
    form = Form(1, "sha256:3", "sha256:4", "0" * 64, 10, NOW, (signature,))
    assert sorted(known(store, changes.change(form=form)).people) == ["MS", "SO"]


def test_what_it_gives_is_told_by_the_month_it_would_count(store, town):
    asked = changes.change()
    with store.read() as uow:
        december = benefit_of(uow, asked, NOW)
        assert (str(december.month), december.delta_tight_cartons) == ("2026-12", 4)
        assert (december.old_segment, december.order_cycle_assumed) == ("Z", False)
        # From the 15th on it counts from January, which has no standards yet: November's stand in.
        later = benefit_of(uow, asked, at("2026-11-16 10:00"))
        assert (str(later.month), later.delta_tight_cartons) == ("2026-11", 2)
        filed = benefit_of(uow, replace(asked, effective_on=date(2026, 12, 1)), at("2026-11-16 10:00"))
        assert str(filed.month) == "2026-12"
        assert benefit_of(uow, changes.change(application=changes.application(proposed_segment=None)), NOW) is None
    assert known(store, asked).benefit == december


def test_the_old_format_is_the_filed_one_whatever_is_written(store, town):
    claimed = changes.change(application=changes.application(current_segment="Y"))
    with store.read() as uow:
        assert benefit_of(uow, claimed, NOW).delta_tight_cartons == 4
        effected = changes.change(ChangeState.EFFECTIVE)
        town_moved = replace(effected, application=changes.application(current_segment="Z"))
        assert benefit_of(uow, town_moved, at("2026-12-02 10:00")).old_segment == "Z"


def test_earlier_requests_are_those_made_before_drafts_apart(store, town):
    first = changes.change(ChangeState.REJECTED, change_no="N-1", applied_at=at("2026-03-01 09:00"))
    draft = changes.change(ChangeState.DRAFT, change_no="N-2", applied_at=at("2026-04-01 09:00"))
    this = changes.change(change_no="N-3")
    later = changes.change(change_no="N-4", applied_at=at("2026-11-08 09:00"))
    other = changes.change(
        change_no="N-5", applied_at=at("2026-05-01 09:00"), application=changes.application(licence_no=OTHER)
    )
    old = replace(other, change_no="N-6", applied_at=at("2025-11-01 09:00"))
    elsewhere = replace(other, change_no="N-7", application=changes.application(licence_no=OTHER, territory_id="T02"))
    colleague = replace(
        other, change_no="N-8", application=changes.application(licence_no=OTHER, account_manager="AM2")
    )
    on_record(store, first, draft, this, later, other, old, elsewhere, colleague)
    assert [one.change_no for one in known(store, this).earlier] == ["N-1"]
    with store.read() as uow:
        history = history_of(uow, this)
        alone = history_of(uow, replace(this, application=changes.application(territory_id=None)))
    assert [one.change_no for one in history.customer] == ["N-1"]
    assert [one.change_no for one in history.applicant] == ["N-1", "N-5", "N-7"]
    assert [one.change_no for one in history.territory] == ["N-1", "N-5", "N-8"]
    assert alone.territory == ()


def test_what_a_round_trip_gained_is_added_up_month_by_month(store, town):
    moved = changes.change(ChangeState.REVIEWED, change_no="N-1", applied_at=at("2026-09-01 09:00"))
    moved = replace(moved, effective_on=date(2026, 11, 1), review=PostReview(at("2026-11-02 09:00"), "SO", fits=True))
    on_record(store, moved)
    back = changes.change(change_no="N-2", application=changes.application(current_segment="Y", proposed_segment="Z"))
    assert known(store, back, at("2026-11-20 10:00")).cartons_gained == 2
    assert known(store, back, at("2026-12-20 10:00")).cartons_gained == 2 + 4
    # January has no standards: the sum cannot be told.
    assert known(store, back, at("2027-01-02 10:00")).cartons_gained is None
    assert known(store, changes.change(change_no="N-3")).cartons_gained is None


def test_a_run_of_the_day_sees_what_is_open_or_young(store, town):
    old, young = at("2026-09-01 09:00"), at("2026-10-31 09:00")
    on_record(
        store,
        changes.change(change_no="N-1", applied_at=old),
        changes.change(ChangeState.REJECTED, change_no="N-2", applied_at=old),
        changes.change(ChangeState.REJECTED, change_no="N-3", applied_at=young),
        changes.change(ChangeState.DRAFT, change_no="N-4", applied_at=young),
        changes.change(ChangeState.EFFECTIVE, change_no="N-5", applied_at=old),
    )
    town.bring(
        town.item("census-campaigns", campaign_no="PC-1", title="x", filed_on="2026-09-01"),
        town.item("calendar", date="2026-09-01", is_working_day=True, announced=True),
        town.item("calendar", date="2026-11-30", is_working_day=True, announced=True),
        town.item("calendar", date="2026-12-01", is_working_day=True, announced=True),
    )
    with store.read() as uow:
        seen = change_watch_context(uow, NOW, cache=OfficeCache(), parameters=FirstFiled())
    assert [one.change_no for one in seen.changes] == ["N-1", "N-3", "N-5"]
    assert dict(seen.customers) == {"AM": 1, "AM2": 0}
    assert seen.names["SO"]
    assert seen.campaigns == {"PC-1": date(2026, 9, 1)}
    assert sorted(seen.calendar.days) == [date(2026, 9, 1), date(2026, 11, 30)]


def decision(town, number, attribute="grade", value="20", day="2026-11-01", **more):
    fields = {"decision_no": number, "licence_no": LICENCE, "attribute": attribute, "value": value, "decided_on": day}
    present = {"marketing_present": True, "monopoly_present": True}
    return town.item("customer-decisions", **{**fields, **present, **more})


def test_a_delivery_is_told_changes_and_the_last_decisions(store, town):
    on_record(store, changes.change(change_no="N-1"))
    town.bring(
        decision(town, "D-2"),
        decision(town, "D-1", value="19", day="2026-10-01"),
        decision(town, "D-3", value="21", day="2026-11-10"),
        decision(town, "D-4", "territory", "T02"),
        decision(town, "D-5", value="22", licence_no=OTHER),
    )
    before, after = {LICENCE: changes.customer()}, {LICENCE: changes.customer(grade=20)}
    with store.read() as uow:
        made = master_sync_context(uow, "I-1", NOW, before, after, "crm7")
    assert (made.batch, made.received_at, made.before, made.after, made.source_user) == (
        "I-1", NOW, before, after, "crm7",
    )  # fmt: skip
    assert [one.change_no for one in made.changes] == ["N-1"]
    assert made.orders == {(LICENCE, "grade", "20"): "D-2", (LICENCE, "territory", "T02"): "D-4"}


def test_a_new_customer_is_told_its_meeting(store, town):
    town.bring(decision(town, "D-1", "first_setting", None, minutes_no="JY-1", monopoly_present=False))
    with store.read() as uow:
        met, unmet = new_customer_context(uow, [changes.customer(), changes.customer(OTHER)], NOW)
    assert (met.minutes_no, met.marketing_present, met.monopoly_present) == ("JY-1", True, False)
    assert (unmet.customer.licence_no, unmet.minutes_no, unmet.marketing_present) == (OTHER, None, False)
