"""Segment changes for tests: five people, one shop, one request that goes its way."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.core.clock import OFFICE_ZONE
from app.office.customer import Customer
from app.office.people import Person, Role, RoleHeld
from app.office.position import Position
from app.office.segment_change import (
    Application,
    Approval,
    ChangeState,
    EvidenceFile,
    EvidenceKind,
    Filing,
    Form,
    FormSignature,
    SegmentChange,
    SigningMethod,
    SiteCheck,
)
from app.review.change_signing import attach_form, sign_layer
from app.review.change_steps import next_step
from app.review.duties import Acting

LICENCE = "420301000101"
SHOP = Position(30_592_800, 114_305_500)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


def person(person_id: str, *roles: Role | str, since: date = date(2020, 1, 1), until: date | None = None) -> Person:
    return Person(person_id, f"{person_id}氏", None, tuple(RoleHeld(role, "U1", since, until) for role in roles))


AM = person("AM", Role.ACCOUNT_MANAGER)
OTHER_AM = person("AM2", Role.ACCOUNT_MANAGER)
MS = person("MS", Role.MARKET_SUPERVISOR)
MM = person("MM", Role.MARKET_MANAGER)
ML = person("ML", Role.MARKETING_LEADER)
SO = person("SO", Role.SUPERVISION_OFFICER)
STAFF = {one.person_id: one for one in (AM, OTHER_AM, MS, MM, ML, SO)}


def acting(who: Person, when: str, **more: Any) -> Acting:
    return Acting(who, at(when), **more)


def application(**changes: Any) -> Application:
    asked = Application(
        licence_no=LICENCE,
        account_manager="AM",
        shop_name="利民食杂店",
        holder_name="王利民",
        address="东街1号",
        current_segment="Z",
        proposed_segment="Y",
        reason_code="premises_changed",
        reason_text="店面扩大",
        applicant="王利民",
        contact="138****0000",
        requested_effective=date(2026, 12, 1),
        territory_id="T01",
    )
    return replace(asked, **changes)


def file(kind: EvidenceKind = EvidenceKind.STOREFRONT, digest: str = "sha256:01", **changes: Any) -> EvidenceFile:
    kept = EvidenceFile(kind, digest, "image/jpeg", 40_000, "AM", at("2026-11-02 09:00"), at("2026-11-01 10:00"), SHOP)
    return replace(kept, **changes)


def evidence() -> tuple[EvidenceFile, ...]:
    kinds = (
        EvidenceKind.STOREFRONT,
        EvidenceKind.INTERIOR,
        EvidenceKind.FIXTURES,
        EvidenceKind.LICENCE_SCOPE,
        EvidenceKind.SITE_RECORD,
    )
    return tuple(file(kind, f"sha256:{place:02}") for place, kind in enumerate(kinds))


def site_check(role: Role = Role.ACCOUNT_MANAGER, **changes: Any) -> SiteCheck:
    supervisor = role is Role.MARKET_SUPERVISOR
    made = SiteCheck(
        role=role,
        person_id="MS" if supervisor else "AM",
        checked_at=at("2026-11-04 10:00" if supervisor else "2026-11-03 10:00"),
        signed_at=at("2026-11-04 11:00" if supervisor else "2026-11-03 11:00"),
        position=SHOP,
        area_m2=Decimal(96),
        hours_per_day=Decimal(16),
        sales_mode="self_service",
        it_level="pos",
    )
    return replace(made, **changes)


BOTH_CHECKS = (site_check(), site_check(Role.MARKET_SUPERVISOR))
APPROVALS = (
    Approval(3, Role.MARKET_MANAGER, "MM", at("2026-11-05 09:00")),
    Approval(4, Role.MARKETING_LEADER, "ML", at("2026-11-06 09:00"), "确有经营变化"),
    Approval(5, Role.SUPERVISION_OFFICER, "SO", at("2026-11-09 09:00")),
)
SIGNERS = (("AM", "2026-11-04 12:00"), ("MS", "2026-11-04 13:00"), ("MM", "2026-11-05 09:00"),
           ("ML", "2026-11-06 09:00"), ("SO", "2026-11-09 09:00"))  # fmt: skip


def signature(layer: int, person_id: str, when: datetime, **changes: Any) -> FormSignature:
    digest = f"sha256:{layer:02}{person_id}"
    return replace(
        FormSignature(layer, person_id, when, SigningMethod.ELECTRONIC, digest, f"sha256:key-of-{person_id}"), **changes
    )


def form(signed: int = 0, revision: int = 1) -> Form:
    """The approval form with the first ``signed`` layers signed, as it should be."""
    signatures = tuple(signature(layer, who, at(when)) for layer, (who, when) in enumerate(SIGNERS[:signed], start=1))
    return Form(revision, "sha256:evidence", "sha256:form", "c" * 64, 1000, at("2026-11-04 11:30"), signatures)


def prepared(one: SegmentChange, when: datetime | None = None) -> SegmentChange:
    """The request with its form ready for the first signature."""
    moment = when or one.last_at
    return attach_form(one, replace(form(revision=one.form_revisions + 1), prepared_at=moment))


def approve(one: SegmentChange, who: Acting, note: str | None = None, **changes: Any) -> SegmentChange:
    """The next layer signed by ``who`` at that moment, electronically unless ``changes`` say otherwise."""
    step = next_step(one)
    layer = step.layer if step is not None and step.layer is not None else 3
    witness = changes.pop("witness", None)
    signed = signature(layer, who.person.person_id, who.at, opinion=note or "", **changes)
    if witness is not None:
        signed = replace(signed, witness=witness.person.person_id)
    return sign_layer(one, who, signed, witness)


def change(state: ChangeState = ChangeState.APPLIED, **changes: Any) -> SegmentChange:
    """One request as it stands in ``state`` when everything went as it should."""
    asked = SegmentChange(
        change_no="NG-YT-202611-001",
        application=application(),
        applied_at=at("2026-11-02 09:00"),
        evidence=evidence(),
        favourable=True,
        state=state,
    )
    if state is not ChangeState.APPLIED:
        asked = replace(asked, site_checks=BOTH_CHECKS, form=form(2), form_revisions=1)
    if state in {ChangeState.APPROVED, ChangeState.FILED, ChangeState.EFFECTIVE, ChangeState.REVIEWED}:
        asked = replace(asked, approvals=APPROVALS, form=form(5))
    if state is ChangeState.IN_APPROVAL:
        asked = replace(asked, approvals=APPROVALS[:1], form=form(3))
    if state in {ChangeState.FILED, ChangeState.EFFECTIVE, ChangeState.REVIEWED}:
        asked = replace(
            asked,
            filing=Filing("NG-BA-202611-007", at("2026-11-12 09:00"), "SO"),
            effective_on=date(2026, 12, 1),
        )
    if state in {ChangeState.EFFECTIVE, ChangeState.REVIEWED}:
        asked = replace(asked, effected_at=at("2026-12-01 00:05"))
    return replace(asked, **changes)


def customer(licence_no: str = LICENCE, **changes: Any) -> Customer:
    filed = Customer(
        licence_no=licence_no,
        shop_name="利民食杂店",
        territory_id="T01",
        segment="Z",
        grade=12,
        market_type="urban",
        volatility_class="stable",
        has_pos=True,
        is_retail_info_officer=False,
        business_status="营业",
        licence_valid_to=date(2028, 6, 30),
        valid_from=date(2026, 1, 1),
    )
    return replace(filed, **changes)
