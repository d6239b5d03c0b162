"""Segment changes in the demo office: one that went all the way, and one for each busy person's desk."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.actions.apply_for_change import apply_for_change
from app.actions.change_acting import ChangeReply
from app.actions.close_change import reject_change
from app.actions.deps import Deps
from app.actions.file_change import file_change
from app.actions.record_site_check import record_site_check
from app.actions.reply import RequestKey
from app.actions.show_signing import show_signing
from app.actions.sign_change_layer import SigningInput, sign_change_layer
from app.actions.sign_in import session_actor, sign_in
from app.actions.upload_evidence import Declared, upload_evidence
from app.core.actor import Actor
from app.core.canonical import canonical_bytes, sha256_hex
from app.core.clock import SteppedClock
from app.core.errors import Integrity
from app.core.text import Bilingual
from app.demo.accounts import PASSWORD, PIN, login_of
from app.demo.change_data import address_of, position_of
from app.demo.county import County, Item
from app.demo.pictures import picture
from app.office.intake.measures import position_of as read_position
from app.office.position import Position

_KINDS = ("application", "storefront", "interior", "fixtures", "licence_scope", "site_record")
_OPINION = "已核对投放变化，经营场所确有扩大，同意"


@dataclass
class ChangePlayer:
    """Plays requests, each person signing in anew for every act."""

    deps: Deps
    clock: SteppedClock
    county: County
    pictures: int = 0
    versions: dict[str, int] = field(default_factory=dict)

    def apply(self, customer: Item, proposed: str, effect: str, **changes: Any) -> Mapping[str, Any]:  # noqa: ANN401  # fields of an application
        """Enter a request for ``customer`` by the account manager of its territory; return the answer."""
        manager = self._manager(customer)
        place = self.county.customers.index(customer)
        payload = {
            "licence_no": customer["licence_no"],
            "shop_name": customer["shop_name"],
            "holder_name": customer["holder_name"],
            "address": address_of(place),
            "current_segment": customer["segment"],
            "proposed_segment": proposed,
            "reason_code": "premises_changed",
            "reason_text": "经营面积扩大，主营卷烟和酒类",
            "applicant": customer["holder_name"],
            "contact": "139****1234",
            "requested_effective": effect,
            "evidence": [self._file(manager, kind, place) for kind in _KINDS],
            **changes,
        }
        reply = apply_for_change(self.deps, self.as_person(manager), payload, _key(payload))
        body: dict[str, Any] = json.loads(reply.body)
        self.versions[body["change_no"]] = body["version"]
        return body

    def check(self, change_no: str, customer: Item, person_id: str) -> None:
        """Record what ``person_id`` found in the shop half an hour ago."""
        place = self.county.customers.index(customer)
        payload = {
            "checked_at": (self.clock.now() - timedelta(minutes=30)).isoformat(),
            "area_m2": "86",
            "hours_per_day": "13",
            "sales_mode": "counter",
            "it_level": "pos",
            "joint": False,
            "position": position_of(place),
            "photos": [],
        }
        seen = self.versions[change_no]
        self._keep(record_site_check(self.deps, self.as_person(person_id), change_no, seen, payload))

    def sign(self, change_no: str, person_id: str) -> None:
        """Sign the layer the request waits for."""
        actor = self.as_person(person_id)
        shown = show_signing(self.deps, actor, change_no)
        opinion = _OPINION if shown.opinion_needed else ""
        given = SigningInput(shown.content_digest, opinion, PIN)
        self._keep(sign_change_layer(self.deps, actor, change_no, shown.version, given))

    def file(self, change_no: str, person_id: str) -> None:
        """File it."""
        self._keep(file_change(self.deps, self.as_person(person_id), change_no, self.versions[change_no]))

    def reject(self, change_no: str, person_id: str, code: str, words: str) -> None:
        """Reject it."""
        actor = self.as_person(person_id)
        self._keep(reject_change(self.deps, actor, change_no, self.versions[change_no], code, words))

    def as_person(self, person_id: str) -> Actor:
        """Return the person, just signed in."""
        start = sign_in(self.deps, login_of(self.county.staff, person_id), PASSWORD, "127.0.0.1")
        signed_in = session_actor(self.deps, start.token) if start else None
        if signed_in is None:
            raise Integrity(Bilingual(f"演示账号无法登录：{person_id}", f"{person_id} cannot sign in to the demo"))
        return signed_in.actor

    def _manager(self, customer: Item) -> str:
        territory = next(t for t in self.county.territories if t["territory_id"] == customer["territory_id"])
        manager: str = territory["assignments"][0]["account_manager"]
        return manager

    def _file(self, person_id: str, kind: str, place: int) -> dict[str, Any]:
        self.pictures += 1
        taken_at = self.clock.now() - timedelta(hours=20)
        declared = Declared(f"{kind}.png", "image/png", taken_at, _position(place))
        kept = upload_evidence(self.deps, self.as_person(person_id), picture(self.pictures), declared)
        position = position_of(place)
        return {"kind": kind, "digest": kept.evidence.digest, "taken_at": taken_at.isoformat(), "position": position}

    def _keep(self, reply: ChangeReply) -> None:
        self.versions[reply.change_no] = reply.version


def _position(place: int) -> Position:
    position = read_position({name: Decimal(degrees) for name, degrees in position_of(place).items()})
    assert position is not None
    return position


def _key(body: Mapping[str, Any]) -> RequestKey:
    return RequestKey(None, "sha256:" + sha256_hex(canonical_bytes(body)))
