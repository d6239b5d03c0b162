"""The customers of a cycle are frozen once, as valid on the 15th, and nothing later reaches them."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from app.core.canonical import digest_of
from app.office.month import Month
from app.store.office_tables import customer_snapshot

CYCLE = Month(2026, 11)
TAKEN_AT = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
ONE, TWO = "420301000001", "420301000002"


def take(store):
    with store.write() as uow:
        return uow.office.take_snapshot(CYCLE, TAKEN_AT)


def test_the_state_of_the_fifteenth_is_frozen_whenever_it_is_taken(store, office):
    office.bring(
        office.customer(ONE, grade=20),
        office.customer(ONE, grade=23, valid_from="2026-11-15"),
        office.customer(ONE, grade=25, valid_from="2026-11-16"),
        office.customer(TWO, valid_from="2026-11-16"),
    )
    taken = take(store)
    assert (taken.cycle, taken.valid_on, taken.taken_at, taken.customers) == (CYCLE, date(2026, 11, 15), TAKEN_AT, 1)
    with store.read() as uow:
        frozen = uow.office.snapshot_customers(taken)
    assert {licence: customer.grade for licence, customer in frozen.items()} == {ONE: 23}


def test_a_later_correction_does_not_reach_the_snapshot(store, office):
    office.bring(office.customer(ONE, grade=20))
    before = take(store)
    office.bring(office.customer(ONE, grade=29), office.customer(TWO))
    again = take(store)
    assert again == before
    with store.read() as uow:
        assert uow.office.snapshot(CYCLE) == before
        assert uow.office.snapshot(Month(2026, 12)) is None
        assert [customer.grade for customer in uow.office.snapshot_customers(before).values()] == [20]
        assert len(uow.office.customers_on(date(2026, 11, 15))) == 2


def test_the_digest_is_over_the_canonical_bodies(store, office):
    office.bring(office.customer(ONE, holder_name="王某", monthly_cap_cartons=None), office.customer(TWO, grade=1))
    taken = take(store)
    with store.read() as uow:
        rows = uow.office._connection.execute(select(customer_snapshot)).all()
    bodies = {row.licence_no: row.body for row in rows}
    assert bodies[ONE]["valid_from"] == "2026-01-01"
    assert bodies[ONE]["holder_name"] == "王某"
    assert {row.licence_no: row.digest for row in rows} == {one: digest_of(body) for one, body in bodies.items()}
    assert taken.digest == digest_of({one: digest_of(body) for one, body in bodies.items()})


def test_the_frozen_customers_are_found_by_territory_and_by_licence(store, office):
    office.bring(office.customer(ONE, territory_id="T03"), office.customer(TWO, territory_id="T04"))
    taken = take(store)
    with store.read() as uow:
        find = uow.office.snapshot_customers
        assert list(find(taken)) == [ONE, TWO]
        assert list(find(taken, territory_ids=["T04"])) == [TWO]
        assert list(find(taken, licences=[ONE, "x"])) == [ONE]
        assert find(taken, licences=[]) == {}
        assert find(taken) == uow.office.customers_on(date(2026, 11, 15))


def test_an_office_without_customers_can_be_frozen_too(store):
    taken = take(store)
    assert taken.customers == 0
    with store.read() as uow:
        assert uow.office.snapshot_customers(taken) == {}
