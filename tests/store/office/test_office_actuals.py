"""Deliveries are many: written in sets, each item still told what became of it."""

import itertools
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.office.month import Month
from app.store import office_actuals
from app.store.errors import AlreadyRecorded
from app.store.office_tables import actual

MONTHS = [Month(2026, 8), Month(2026, 9), Month(2026, 10)]


def test_each_delivery_is_told_what_became_of_it_in_the_order_sent(office):
    assert (
        office.bring(
            office.actual("2026-10", "420301000002"), office.actual("2026-09"), office.actual("2026-10", delivered=5)
        )
        == ["created"] * 3
    )
    assert office.bring(
        office.actual("2026-10", delivered=6),
        office.actual("2026-09"),
        office.actual("2026-11"),
        office.actual("2026-10", "420301000002", requested=12),
    ) == ["changed", "unchanged", "created", "changed"]


def test_of_a_repeated_delivery_in_one_call_the_later_counts(store, office):
    statuses = office.bring(*[office.actual(delivered=number) for number in (5, 6, 6, 5)])
    assert statuses == ["created", "changed", "unchanged", "changed"]
    with store.read() as uow:
        assert uow.office.delivered(MONTHS, ["420301123456"]) == {("420301123456", "42010101"): (0, 0, 5)}
        # All three are on record.
        assert uow.office._connection.scalar(select(func.count()).select_from(actual)) == 3


def test_a_month_without_a_row_counts_nothing_and_a_pair_without_a_row_is_absent(store, office):
    office.bring(
        office.actual("2026-08", delivered=3),
        office.actual("2026-10", delivered=4),
        office.actual("2026-07", delivered=99),
        office.actual("2026-10", "420301000009", delivered=1),
        office.actual("2026-09", sku="42010102", delivered=0),
    )
    with store.read() as uow:
        assert uow.office.delivered(MONTHS, ["420301123456", "420301999999"]) == {
            ("420301123456", "42010101"): (3, 0, 4),
            ("420301123456", "42010102"): (0, 0, 0),
        }
        assert uow.office.delivered(MONTHS[:1], ["420301123456"]) == {("420301123456", "42010101"): (3,)}
        assert uow.office.delivered(MONTHS, []) == {}


def test_the_months_with_anything_imported_are_known(store, office):
    with store.read() as uow:
        assert uow.office.months_with_actuals() == ()
    office.bring(office.actual("2026-10"), office.actual("2025-12"), office.actual("2026-08", delivered=0))
    with store.read() as uow:
        assert uow.office.months_with_actuals() == (Month(2025, 12), Month(2026, 8), Month(2026, 10))
        assert uow.office.loaded_months(MONTHS) == {Month(2026, 8), Month(2026, 10)}


def test_a_spelling_that_was_normalised_is_kept_beside_the_delivery(store, office):
    office.bring(office.actual("2026年10月"), office.actual("2026-10", "420301000002"))
    with store.read() as uow:
        rows = uow.office._connection.execute(select(actual.c.month, actual.c.raw).order_by(actual.c.licence_no)).all()
    assert [row.month for row in rows] == ["2026-10", "2026-10"]
    assert rows[0].raw is None
    assert rows[1].raw["month"] == "2026年10月"


EXAMPLE = itertools.count()
KEYS = st.tuples(
    st.sampled_from(["2026-08", "2026-09"]), st.sampled_from(["x1", "x2", "x3"]), st.sampled_from(["a", "b"])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(st.lists(st.tuples(KEYS, st.integers(0, 2)), max_size=12), max_size=4),
    chunk=st.integers(1, 5),
    most_held=st.integers(0, 4),
)
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_bulk_path_does_what_one_item_after_another_would(store, office, dialect, calls, chunk, most_held):
    """Whatever the chunks and however little is remembered. Each example has licences of its own."""
    prefix = f"4203{next(EXAMPLE)}"
    simple, expected, found = {}, [], []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office_actuals, "_CHUNK", chunk)
        patch.setattr(office_actuals, "_MOST_HELD", most_held)
        for call in calls:
            with store.write() as uow:
                for part in (call[: len(call) // 2], call[len(call) // 2 :]):
                    items = [office.actual(month, prefix + lic, sku, number) for (month, lic, sku), number in part]
                    found += uow.office.write_many(items, office.at)
                for key, number in call:
                    before = simple.get(key)
                    status = "created" if before is None else "unchanged" if before == number else "changed"
                    expected.append(status)
                    simple[key] = number
    assert found == expected
    with store.read() as uow:
        kept = uow.office.delivered([Month(2026, 8), Month(2026, 9)], [prefix + lic for lic in ("x1", "x2", "x3")])
    for (month, lic, sku), number in simple.items():
        assert kept[prefix + lic, sku][month == "2026-09"] == number


@pytest.mark.slow
def test_three_hundred_thousand_deliveries_are_written_within_seconds(store, office):
    from app.office.items import read_item

    items = [
        read_item(
            "actuals",
            {"month": f"2026-{month:02d}", "licence_no": f"4203{lic:08d}", "sku": f"{sku:08d}", "delivered_cartons": 7},
        )
        for month in (8, 9, 10)
        for lic in range(1300)
        for sku in range(77)
    ]
    began = time.process_time()
    with store.write() as uow:
        statuses = uow.office.write_many(items, office.at)
    # 4 s on two quiet cores; the bound only notices when it becomes a different kind of slow.
    assert time.process_time() - began < 20
    assert set(statuses) == {"created"}
    with store.write() as uow:
        assert set(uow.office.write_many(items, office.at)) == {"unchanged"}


def test_what_the_driver_refuses_on_the_bulk_path_is_told_like_everything_else(store, office):
    office.bring(office.actual())
    row = ("2026-10", "420301123456", "42010101", 1, None, 5, 1, None)
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        office_actuals._add(uow.office._connection, [row])
    assert office.bring(office.actual()) == ["unchanged"]
