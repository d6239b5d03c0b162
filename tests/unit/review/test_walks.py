"""Thousands of walks by all sorts of people at all sorts of times: what the machine lets through is always lawful."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import OFFICE_ZONE, local_date
from app.core.errors import Conflict, Forbidden, Invalid
from app.office.duties import incompatible_roles
from app.office.people import Person, Role
from app.office.segment_change import CHAIN, ChangeState, SegmentChange, SigningMethod
from app.review.change_ending import file_change, record_review, reject, revoke, take_effect, withdraw
from app.review.change_steps import Act, next_step
from app.review.duties import Acting
from app.review.segment_change import add_evidence, apply_for_change, record_site_check
from tests.changes import (
    AM,
    ML,
    MM,
    MS,
    OTHER_AM,
    SO,
    application,
    approve,
    at,
    evidence,
    file,
    person,
    prepared,
    site_check,
)

PEOPLE = (
    AM,
    MS,
    MM,
    ML,
    SO,
    OTHER_AM,
    person("SO2", Role.SUPERVISION_OFFICER),
    person("CLIMBER", Role.ACCOUNT_MANAGER, Role.MARKET_MANAGER, Role.MARKETING_LEADER),
    person("WATCH", Role.MARKET_SUPERVISOR, Role.SUPERVISION_OFFICER),
    person("TWO", Role.MARKETING_LEADER, Role.SUPERVISION_OFFICER),
    person("ADMIN", Role.ADMINISTRATOR, Role.MARKET_MANAGER),
    person("NEW", Role.MARKET_MANAGER, since=datetime(2026, 11, 20, tzinfo=OFFICE_ZONE).date()),
)
DELAYS = (0, 1, 60, 3600, 7 * 3600, 86_400, 3 * 86_400, 9 * 86_400, 25 * 86_400, -60, -86_400)
OTHER_ACTS = ("reject", "withdraw", "revoke", "approve", "file", "take_effect", "review", "check", "add_evidence")
LAWFUL = {
    ("applied", "applied"),
    ("applied", "verified"),
    ("verified", "verified"),
    ("verified", "in_approval"),
    ("in_approval", "in_approval"),
    ("in_approval", "approved"),
    ("approved", "filed"),
    ("filed", "effective"),
    ("effective", "reviewed"),
    *(
        (state, end)
        for state in ("applied", "verified", "in_approval", "approved")
        for end in ("rejected", "withdrawn")
    ),
    *((state, "revoked") for state in ("filed", "effective", "reviewed")),
}


@dataclass
class Walk:
    """One request on its way, driven by bytes: most steps are the right act, some by the right person."""

    steps: Iterator[int]
    now: datetime = field(default_factory=lambda: at("2026-11-02 09:00"))
    change: SegmentChange | None = None
    taken: int = 0

    def go(self) -> None:
        enterer = PEOPLE[(0, 5, 7)[next(self.steps) % 3]]
        self.change = apply_for_change(
            "NG-YT-202611-001",
            application(account_manager=enterer.person_id),
            evidence(),
            Acting(enterer, self.now),
            favourable=(True, False, None)[next(self.steps) % 3],
            earlier=(),
        )
        for act in self.steps:
            self.now += timedelta(seconds=DELAYS[next(self.steps, 3) % len(DELAYS)])
            acting = self.acting(next(self.steps, 0))
            before = self.change
            try:
                after = self.act(act, acting)
            except (Conflict, Forbidden, Invalid):
                continue
            self.taken += 1
            check_step(before, after, acting)
            self.change = after

    def acting(self, byte: int) -> Acting:
        """The right person for the next step in every second case, anybody otherwise; now and then for another."""
        assert self.change is not None
        step = next_step(self.change)
        who = PEOPLE[byte // 2 % len(PEOPLE)]
        if byte % 2 == 0 and step is not None and step.role is not None:
            who = PEOPLE[CHAIN.index(step.role)]
            if step.act is Act.REVIEW:
                who = PEOPLE[6]
        principal = PEOPLE[byte % 11 % len(PEOPLE)] if byte % 5 == 4 else None
        return Acting(who, self.now, principal, recused=byte == 255)

    def act(self, byte: int, acting: Acting) -> SegmentChange:  # noqa: PLR0911, C901  # one for each act
        change = self.change
        assert change is not None
        step = next_step(change)
        forward = byte % 8 < 6 and step is not None
        wanted = step.act if forward and step is not None else OTHER_ACTS[byte // 8 % 9]
        # The closing acts end a walk; most of the time they are left for the end.
        if not forward and wanted in ("reject", "withdraw", "revoke") and byte % 3:
            wanted = "take_effect"
        match wanted:
            case "check":
                role = CHAIN[min(len(change.layers), 1)] if byte % 7 else Role.MARKET_SUPERVISOR
                sheet = site_check(role, person_id=acting.person.person_id, checked_at=self.now)
                return record_site_check(change, sheet, acting)
            case "prepare":
                return prepared(change, self.now)
            case "sign" | "approve":
                by_hand = {"witness": Acting(PEOPLE[byte % len(PEOPLE)], self.now), "method": SigningMethod.HANDWRITTEN,
                           "scan_digest": "sha256:scan"} if byte % 6 == 5 else {}  # fmt: skip
                return approve(change, acting, "复核" if byte % 4 else None, **by_hand)
            case "add_evidence":
                return add_evidence(change, (file(digest=f"sha256:{byte:02}"),), acting)
            case "file":
                return file_change(change, "NG-BA-202611-007" if byte % 9 else "", acting)
            case "take_effect":
                return take_effect(change, self.now, {})
            case "review":
                return record_review(change, acting, fits=True)
            case "reject":
                return reject(change, acting, "other", "不符")
            case "withdraw":
                return withdraw(change, acting, "customer_request", "撤回")
            case _:
                return revoke(change, acting, "other", "不实")


def check_step(before: SegmentChange, after: SegmentChange, acting: Acting) -> None:
    assert (before.state.value, after.state.value) in LAWFUL
    by_service = after.form_revisions > before.form_revisions
    if not by_service and (after.state is not ChangeState.EFFECTIVE or before.state is ChangeState.EFFECTIVE):
        assert not acting.recused
        assert not incompatible_roles(acting.person, acting.day)
    persons = [name for layer in after.layers for name in {layer.person_id, layer.on_behalf_of or layer.person_id}]
    assert len(persons) == len(set(persons))
    initiator = after.application.account_manager
    assert all(initiator not in (layer.person_id, layer.on_behalf_of) for layer in after.layers[1:])
    assert [layer.role for layer in after.layers] == list(CHAIN[: len(after.layers)])
    assert all(holder(layer).holds(layer.role, local_date(layer.signed_at)) for layer in after.layers)
    signed = [after.applied_at, *(layer.signed_at for layer in after.layers)]
    assert all(earlier < later for earlier, later in pairwise(signed))
    check_form(after)
    check_effect(after)


def check_form(change: SegmentChange) -> None:
    """Five signatures in order, by those who made the checks and approved; witnesses are nobody else here."""
    form = change.form
    signatures = form.signatures if form else ()
    assert [one.layer for one in signatures] == list(range(1, len(signatures) + 1))
    assert len(signatures) == len(change.approvals) + min(2, len(signatures))
    assert [one.person_id for one in signatures] == [layer.person_id for layer in change.layers[: len(signatures)]]
    assert all(earlier.signed_at < later.signed_at for earlier, later in pairwise(signatures))
    assert not signatures or form.prepared_at <= signatures[0].signed_at
    involved = {change.application.account_manager} | {layer.person_id for layer in change.layers}
    witnesses = [one.witness for one in signatures if one.witness]
    assert all(who not in involved for who in witnesses)
    assert all((one.witness is None) == (one.scan_digest is None) for one in signatures)
    if change.review is not None:
        assert change.filing is not None
        assert change.review.reviewed_by not in involved | {change.filing.filed_by, *witnesses}


def check_effect(change: SegmentChange) -> None:
    if change.effective_on is None:
        assert change.filing is None
        assert change.state not in {ChangeState.FILED, ChangeState.EFFECTIVE, ChangeState.REVIEWED}
        return
    assert change.filing is not None
    assert change.approved_at is not None
    assert change.approved_at <= change.filing.filed_at
    assert change.effective_on.day == 1
    first = datetime.combine(change.effective_on, time(), OFFICE_ZONE)
    frozen = (first - timedelta(days=1)).replace(day=15)
    assert change.filing.filed_at < frozen
    if change.effected_at is not None:
        assert change.effected_at >= first
    if change.closing is not None and change.closing.ends_on is not None:
        assert change.closing.ends_on > local_date(change.closing.at)


def holder(layer) -> Person:
    return next(one for one in PEOPLE if one.person_id == (layer.on_behalf_of or layer.person_id))


def walk(data: bytes) -> Walk:
    made = Walk(iter(data))
    made.go()
    return made


def check_walk(data: bytes) -> None:
    """Walk as the bytes lead: every step asserts that the road is lawful."""
    assert isinstance(walk(data), Walk)


BYTES = st.binary(min_size=50, max_size=120)


@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(BYTES)
def test_no_walk_leaves_the_lawful_road(data):
    check_walk(data)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(BYTES)
def test_no_walk_of_ten_thousand_leaves_the_lawful_road(data):
    check_walk(data)


def test_the_walks_get_everywhere():
    """A test of the test: bytes drawn evenly reach every state."""
    generator = Random(20261123)
    ends = {walk(generator.randbytes(120)).change.state for _ in range(600)}
    assert {"effective", "reviewed", "rejected", "withdrawn", "revoked"} <= {state.value for state in ends}
