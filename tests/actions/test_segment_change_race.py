"""Two people act on one request at the same moment, a thousand times: one wins, the other is told to look again."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.actions.add_change_evidence import add_change_evidence
from app.actions.close_change import reject_change, revoke_change, withdraw_change
from app.actions.compare_with_log import compare_with_log
from app.actions.record_site_check import record_site_check
from app.actions.review_change import review_change
from app.audit.log.event import Event
from app.core.clock import instant
from app.core.errors import AppError
from app.office.segment_change_json import change_digest
from app.store.change_values import Step
from tests.actions.segment_change_office import AM, ML, MM, MS, SO, SO2

pytestmark = pytest.mark.slow

STOPS = ("applied", "layer_2", "layer_4", "filed", "effective")
ROUNDS = 980
SIGNED_ROUNDS = 20


def race(*acts):
    """Let the acts begin at the same moment; what each came to: its answer, or the code of its refusal."""
    ready = threading.Barrier(len(acts))

    def run(act):
        ready.wait()
        try:
            return act()
        except AppError as error:
            return error.code, error.status

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def lay_out(office, change, count):
    """Put one request on record under many numbers, as it stands, in its version 1; return the numbers."""
    at, numbers = office.clock.now(), []
    with office.deps.store.write() as uow:
        for _ in range(count):
            number = uow.registers.take("YT", at, "segment_change", None, AM)
            made = replace(change, change_no=number)
            step = Step(number, 1, "apply", at, None, None, {}, made.state.value, None, (), 0, {})
            told = {"act": step.act, "state": step.state, "change_digest": change_digest(made), "evaluations": []}
            subject = {"kind": "segment_change", "id": number, "version": 1}
            index = uow.log.append(Event("segment_change.applied", instant(at), {}, subject, told)).index
            uow.segment_changes.add_step(made, replace(step, log_index=index))
            numbers.append(number)
    return numbers


@pytest.fixture
def table(office_at, road):
    """One office with requests at every stop, and for each stop two acts that exclude each other."""
    office = office_at("effective")
    # A little after the last thing that happened to any of them.
    office.later(minutes=10)
    deps, by = office.deps, {person: office.person(person) for person in (AM, MS, MM, SO, SO2)}
    numbers = {stop: lay_out(office, office_at(stop).change(road.change_no), ROUNDS // len(STOPS)) for stop in STOPS}
    sheet, files = office.sheet(), [office.photo("other")]
    words = ("other", "两人同时办理")
    acts = {
        "applied": (
            lambda no: record_site_check(deps, by[AM], no, 1, sheet),
            lambda no: add_change_evidence(deps, by[MS], no, 1, files),
        ),
        "layer_2": (
            lambda no: reject_change(deps, by[MM], no, 1, *words),
            lambda no: withdraw_change(deps, by[AM], no, 1, *words),
        ),
        "layer_4": (
            lambda no: reject_change(deps, by[SO], no, 1, *words),
            lambda no: reject_change(deps, by[SO2], no, 1, *words),
        ),
        "filed": (
            lambda no: revoke_change(deps, by[SO], no, 1, *words),
            lambda no: revoke_change(deps, by[SO2], no, 1, *words),
        ),
        "effective": (
            lambda no: review_change(deps, by[SO2], no, 1, fits=True, note=""),
            lambda no: revoke_change(deps, by[SO], no, 1, *words),
        ),
    }
    return office, [(no, acts[stop]) for stop in STOPS for no in numbers[stop]]


def test_of_two_acts_at_the_same_moment_exactly_one_is_done(table):
    office, rounds = table
    winners = Counter()
    for place, (no, acts) in enumerate(rounds):
        # Who comes last to the barrier goes first: each of the two is that in every other round.
        order = (0, 1) if place % 2 else (1, 0)
        ends = race(*(lambda no=no, act=acts[which]: act(no) for which in order))
        (stale,) = [end for end in ends if isinstance(end, tuple)]
        assert stale == ("version.stale", 412), (no, ends)
        (done,) = [end for end in ends if not isinstance(end, tuple)]
        assert (done.version, office.version(no), len(office.acts(no))) == (2, 2, 2)
        winners[order[ends.index(done)]] += 1
    assert sum(winners.values()) == ROUNDS
    assert min(winners[0], winners[1]) > 0
    assert compare_with_log(office.deps.store) == ()


def test_of_two_signatures_at_the_same_moment_exactly_one_counts(office_at, road):
    """Layer 5 may be signed by either officer; or the one signs while the other rejects."""
    ends = Counter()
    for number in range(SIGNED_ROUNDS):
        office = office_at("layer_4")
        office.at("2026-11-09 09:00")
        one, other = rivals(office, road.change_no, rejects=number % 4 == 3)
        told = race(one, other) if number % 2 else race(other, one)
        (refused,) = [end for end in told if isinstance(end, tuple)]
        assert refused == ("version.stale", 412)
        change, acts = office.change(road.change_no), office.acts(road.change_no)
        assert (change.state.value, len(change.form.signatures)) in {("approved", 5), ("rejected", 4)}
        assert acts.count("sign") + acts.count("reject") == 5
        ends[change.state.value] += 1
        office.deps.store.close()
    assert sum(ends.values()) == SIGNED_ROUNDS
    assert set(ends) == {"approved", "rejected"}


def rivals(office, change_no, *, rejects):
    """Two officers who have looked at the same form: both sign layer 5, or the second rejects."""
    version = office.version(change_no)
    looked = {person: (office.person(person), office.show(change_no, person)) for person in (SO, SO2)}

    def sign(person):
        actor, shown = looked[person]
        return office.sign(change_no, person, version=version, actor=actor, shown=shown)

    def reject():
        return reject_change(office.deps, looked[SO2][0], change_no, version, "other", "不同意")

    return lambda: sign(SO), reject if rejects else lambda: sign(SO2)


def test_a_person_who_clicks_twice_signs_once(office_at, road):
    office = office_at("layer_3")
    office.at("2026-11-06 09:00")
    actor, shown = office.person(ML), office.show(road.change_no, ML)

    def click():
        return office.sign(road.change_no, ML, "同意", version=shown.version, actor=actor, shown=shown)

    told = race(click, click)
    assert [end for end in told if isinstance(end, tuple)] == [("version.stale", 412)]
    assert len(office.change(road.change_no).form.signatures) == 4
