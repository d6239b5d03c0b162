"""Requests for another business format: every step is kept, the newest is how the request stands."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.audit.log.event import Event
from app.core.clock import instant
from app.core.errors import NotFound
from app.office.month import Month
from app.office.position import Position
from app.office.segment_change import ChangeState, Form, FormSignature, SigningMethod
from app.office.segment_change_json import change_as_json, change_digest
from app.store.change_values import ChangeFilter, EffectReport, PaperClaim, Step, StoredEvidence
from app.store.errors import AlreadyRecorded, BrokenReference, OutOfOrder
from app.store.evaluations import CursorUnreadable
from tests.changes import application, at, change

ACTOR = {"kind": "account", "id": "A-1", "name": "张三"}
AT = at("2026-11-02 09:00")


def keep(uow, made, version=1, **changes):
    """Write the log entry and the step of ``made``."""
    told = {"act": "apply", "state": made.state.value, "change_digest": change_digest(made)}
    subject = {"kind": "segment_change", "id": made.change_no, "version": version}
    place = uow.log.append(Event("segment_change.applied", instant(AT), ACTOR, subject, told))
    step = Step(
        **{
            "change_no": made.change_no,
            "version": version,
            "act": "apply",
            "at": AT,
            "person_id": "AM",
            "on_behalf_of": None,
            "actor": ACTOR,
            "state": made.state.value,
            "reason": None,
            "evaluation_ids": ("E-202611-000001",),
            "log_index": place.index,
            "details": {"submission": 1},
            **changes,
        }
    )
    uow.segment_changes.add_step(made, step)
    return step


def numbered(number, state=ChangeState.APPLIED, **changes):
    return change(state, change_no=f"NG-YT-202611-{number:03}", **changes)


def test_a_request_comes_back_as_its_newest_step_left_it(store):
    applied, verified = change(), change(ChangeState.VERIFIED)
    with store.write() as uow:
        first = keep(uow, applied)
        second = keep(uow, verified, 2, act="check", person_id="MS", on_behalf_of="MS2", reason="到店核实")
    with store.read() as uow:
        stored = uow.segment_changes.get(applied.change_no)
        assert (stored.change, stored.version, stored.steps_total) == (verified, 2, 2)
        assert uow.segment_changes.steps(applied.change_no) == (first, second)
        assert uow.segment_changes.at_version(applied.change_no, 1) == applied
        assert uow.segment_changes.steps("NG-YT-202611-999") == ()
        for missing in (
            lambda: uow.segment_changes.get("NG-YT-202611-999"),
            lambda: uow.segment_changes.at_version(applied.change_no, 3),
        ):
            with pytest.raises(NotFound):
                missing()


@pytest.mark.parametrize(("version", "refusal"), [(1, AlreadyRecorded), (2, AlreadyRecorded), (4, OutOfOrder)])
def test_versions_are_neither_given_twice_nor_left_out(store, version, refusal):
    with store.write() as uow:
        keep(uow, change())
        keep(uow, change(ChangeState.VERIFIED), 2)
    with pytest.raises(refusal), store.write() as uow:
        keep(uow, change(ChangeState.VERIFIED), version)
    with store.read() as uow:
        assert uow.segment_changes.get(change().change_no).version == 2
        assert uow.log.size() == 2


def test_a_step_names_an_entry_of_the_log_of_its_own(store):
    with store.write() as uow:
        keep(uow, change())
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        keep(uow, change(ChangeState.VERIFIED), 2, log_index=0)
    # PostgreSQL looks at references at once, SQLite too: the entry must be there before.
    with pytest.raises(BrokenReference), store.write() as uow:
        keep(uow, change(ChangeState.VERIFIED), 2, log_index=99)


def test_requests_are_found_by_customer_manager_and_territory_as_they_stand(store):
    one = numbered(1)
    moved = replace(one, application=application(licence_no="L2", account_manager="AM2", territory_id="T02"))
    other = numbered(2)
    with store.write() as uow:
        keep(uow, one)
        keep(uow, other)
        keep(uow, moved, 2)
    licence = one.application.licence_no
    with store.read() as uow:
        changes = uow.segment_changes
        assert changes.of_customer(licence) == (other,)
        assert changes.of_customer("L2") == (moved,)
        assert changes.of_licences(["L2", licence, *(f"K{number}" for number in range(1200))]) == (moved, other)
        assert changes.of_licences([]) == ()
        assert (changes.of_manager("AM"), changes.of_manager("AM2")) == ((other,), (moved,))
        assert (changes.in_territory("T01"), changes.in_territory("T02")) == ((other,), (moved,))
        assert changes.all_since(date(2026, 11, 2)) == (moved, other)
        assert changes.all_since(date(2026, 11, 3)) == ()


def test_requests_are_found_by_when_somebody_signed_however_old_they_are(store):
    one, other = numbered(1), numbered(2)
    with store.write() as uow:
        keep(uow, one)
        keep(uow, other)
        keep(uow, one, 2, act="sign", at=AT + timedelta(days=40))
        keep(uow, one, 3, act="reject", at=AT + timedelta(days=41))
        keep(uow, other, 2, act="check", at=AT + timedelta(days=41))
    with store.read() as uow:
        assert uow.segment_changes.signed_since(AT + timedelta(days=40)) == (one,)
        assert uow.segment_changes.signed_since(AT + timedelta(days=40, seconds=1)) == ()


SIGNATURES = tuple(
    FormSignature(layer, f"P{layer}", AT + timedelta(hours=layer), SigningMethod.ELECTRONIC, "sha256:f", "sha256:c")
    for layer in range(1, 6)
)
FORM = Form(1, "sha256:e", "sha256:f", "00", 10, AT, SIGNATURES)


@pytest.mark.parametrize(
    ("state", "changes", "waits"),
    [
        (ChangeState.DRAFT, {}, True),
        (ChangeState.APPLIED, {}, True),
        (ChangeState.VERIFIED, {}, True),
        (ChangeState.IN_APPROVAL, {}, True),
        (ChangeState.APPROVED, {}, True),
        (ChangeState.FILED, {}, True),
        (ChangeState.EFFECTIVE, {}, True),
        (ChangeState.EFFECTIVE, {"favourable": None}, True),
        (ChangeState.EFFECTIVE, {"favourable": False}, False),
        (ChangeState.REVIEWED, {}, False),
        (ChangeState.REJECTED, {}, False),
        (ChangeState.WITHDRAWN, {}, False),
        (ChangeState.REVOKED, {}, False),
        (ChangeState.REVIEWED, {"form": FORM}, True),
        (ChangeState.REVIEWED, {"form": replace(FORM, archived_digest="sha256:a")}, False),
        (ChangeState.WITHDRAWN, {"form": replace(FORM, signatures=SIGNATURES[:4])}, False),
    ],
)
def test_what_waits_for_somebody_is_open(store, state, changes, waits):
    made = change(state, **{"form": None, **changes})
    with store.write() as uow:
        keep(uow, made)
    with store.read() as uow:
        assert [stored.change for stored in uow.segment_changes.open()] == [made] * waits


def test_only_the_newest_step_says_whether_a_request_is_open(store):
    with store.write() as uow:
        keep(uow, change())
        keep(uow, change(ChangeState.WITHDRAWN), 2)
    with store.read() as uow:
        assert uow.segment_changes.open() == ()


@pytest.fixture
def listed(store):
    """Five requests, the third moved on to be filed."""
    with store.write() as uow:
        for number in range(1, 6):
            asked = application(
                licence_no=f"L{number}",
                shop_name="100%便利店" if number == 4 else f"第{number}商店",
                territory_id=None if number == 5 else f"T0{number % 2}",
            )
            keep(uow, numbered(number, application=asked))
        asked = application(licence_no="L3", shop_name="Shop Three", territory_id="T01")
        keep(uow, numbered(3, ChangeState.FILED, application=asked), 2)
    return store


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (ChangeFilter(), [5, 4, 3, 2, 1]),
        (ChangeFilter(states=frozenset({"applied"})), [5, 4, 2, 1]),
        (ChangeFilter(states=frozenset({ChangeState.FILED, ChangeState.DRAFT})), [3]),
        (ChangeFilter(states=frozenset()), []),
        (ChangeFilter(licence_no="L2"), [2]),
        (ChangeFilter(account_manager="AM"), [5, 4, 3, 2, 1]),
        (ChangeFilter(account_manager="AM2"), []),
        (ChangeFilter(territories=frozenset({"T01"})), [3, 1]),
        (ChangeFilter(territories=frozenset()), []),
        (ChangeFilter(text="0%便"), [4]),
        (ChangeFilter(text="SHOP"), [3]),
        (ChangeFilter(text="第3"), []),
        (ChangeFilter(text="11-005"), [5]),
        (ChangeFilter(text="_"), []),
        (ChangeFilter(filed_from=date(2026, 11, 12)), [3]),
        (ChangeFilter(filed_from=date(2026, 11, 13)), []),
        (ChangeFilter(effective_month=Month(2026, 12)), [3]),
        (ChangeFilter(effective_month=Month(2026, 12), states=frozenset({"applied"})), []),
    ],
)
def test_a_list_shows_what_its_filter_says_newest_first(listed, wanted, numbers):
    with listed.read() as uow:
        page = uow.segment_changes.page(wanted)
        assert [int(stored.change.change_no[-3:]) for stored in page.items] == numbers
        assert page.next_cursor is None


def test_pages_stay_stable_while_requests_are_added(listed):
    with listed.read() as uow:
        first = uow.segment_changes.page(ChangeFilter(), limit=2)
    with listed.write() as uow:
        keep(uow, numbered(6))
        keep(uow, numbered(2, ChangeState.WITHDRAWN), 2)
    with listed.read() as uow:
        second = uow.segment_changes.page(ChangeFilter(), first.next_cursor, 2)
        third = uow.segment_changes.page(ChangeFilter(), second.next_cursor, 2)
        seen = [int(stored.change.change_no[-3:]) for page in (first, second, third) for stored in page.items]
        assert seen == [5, 4, 3, 2, 1]
        assert third.next_cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "ZTE6MQ", "YzE6", "YzE6LTE", "\N{BULLET}"])
def test_a_cursor_that_no_list_gave_is_refused(store, cursor):
    with pytest.raises(CursorUnreadable), store.read() as uow:
        uow.segment_changes.page(ChangeFilter(), cursor)


def test_a_row_tells_when_its_columns_are_not_those_of_the_request(store):
    with store.write() as uow:
        keep(uow, change(ChangeState.FILED))
    with store.read() as uow:
        (kept,) = uow.segment_changes.kept_steps()
        assert kept.wrong_columns == ()
        assert kept.body_digest == change_digest(change(ChangeState.FILED))
        assert kept.step.change_no == change_as_json(change())["change_no"]


EVIDENCE = StoredEvidence(
    "sha256:x", "image/jpeg", 3, "门头.jpg", "P1", AT, AT, Position(30_592_800, 114_305_500), 4000, 3000, ACTOR
)


def test_an_uploaded_file_is_described_once(store):
    with store.write() as uow:
        digest = uow.blobs.put(b"abc")
        photo = replace(EVIDENCE, digest=digest)
        scan = StoredEvidence(
            uow.blobs.put(b"%PDF"), "application/pdf", 4, "s.pdf", "P1", AT, None, None, None, None, ACTOR
        )
        uow.evidence.add(photo)
        uow.evidence.add(replace(photo, name="另一个名字.jpg", uploaded_by="P2"))
        uow.evidence.add(scan)
    with store.read() as uow:
        assert uow.evidence.get(digest) == photo
        assert uow.evidence.get(scan.digest) == scan
        assert uow.evidence.get("sha256:none") is None


def test_a_file_without_its_bytes_is_refused(store):
    with pytest.raises(BrokenReference), store.write() as uow:
        uow.evidence.add(EVIDENCE)


def test_a_claim_stays_open_until_one_of_its_layer_is_confirmed(store, keep_evaluation):
    with store.write() as uow:
        keep(uow, change())
        scan, evaluation = uow.blobs.put(b"scan"), keep_evaluation(uow).evaluation_id
        first = PaperClaim("C1", change().change_no, 3, "MM", AT, scan, None, AT, evaluation, "flag", confirmed=False)
        again = replace(first, claim_no="C2", received_at=AT + timedelta(hours=1))
        other = replace(first, claim_no="C3", layer=4, received_at=AT + timedelta(hours=2))
        confirmed = replace(
            first, claim_no="C4", received_at=AT + timedelta(hours=3), witness="SO", evaluation_id=None, confirmed=True
        )
        late = replace(first, claim_no="C5", received_at=AT + timedelta(hours=4))
        for claim in (first, again, other):
            uow.paper_claims.add(claim)
        assert uow.paper_claims.open_of(first.change_no) == (first, again, other)
        uow.paper_claims.add(confirmed)
        assert uow.paper_claims.open_of(first.change_no) == (other,)
        uow.paper_claims.add(late)
    with store.read() as uow:
        assert uow.paper_claims.open_of(first.change_no) == (other, late)
        assert uow.paper_claims.of(first.change_no) == (first, again, other, confirmed, late)
        assert uow.paper_claims.of("NG-YT-202611-999") == ()
    with pytest.raises(AlreadyRecorded), store.write() as uow:
        uow.paper_claims.add(first)


def test_reports_of_an_effect_are_kept_in_order(store, keep_evaluation):
    with store.write() as uow:
        keep(uow, change(ChangeState.FILED))
        evaluation = keep_evaluation(uow).evaluation_id
        early = EffectReport(change().change_no, date(2026, 11, 20), AT, evaluation, "block", ACTOR)
        unsaid = EffectReport(change().change_no, None, AT, None, None, ACTOR)
        uow.effect_reports.add(early)
        uow.effect_reports.add(unsaid)
    with store.read() as uow:
        assert uow.effect_reports.of(change().change_no) == (early, unsaid)
    with pytest.raises(BrokenReference), store.write() as uow:
        uow.effect_reports.add(replace(early, change_no="NG-YT-202611-999"))
