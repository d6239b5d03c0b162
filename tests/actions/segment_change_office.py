"""The tiny office with everything a segment change needs, and the words in which its scenarios are told.

Eight people with accounts, second factors and confirmed signing keys; licences, profiles of the formats, standards in
which one scarce product is only for supermarkets, a calendar. Keys are slow to make: the office is furnished once, and
every test gets a copy, at any stop of one walked road (:class:`Road`).
"""

import io
import itertools
import json
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from PIL import Image

from app.actions.add_change_evidence import add_change_evidence
from app.actions.apply_for_change import apply_for_change
from app.actions.change_acting import ChangeReply
from app.actions.change_view import ChangeView, SigningView
from app.actions.close_change import reject_change, revoke_change, withdraw_change
from app.actions.deps import Deps
from app.actions.file_change import file_change
from app.actions.read_change import read_change
from app.actions.record_site_check import record_site_check
from app.actions.reply import RequestKey
from app.actions.review_change import review_change
from app.actions.run_day import DayReport, run_day
from app.actions.second_factor import confirm_second_factor, enrol_second_factor
from app.actions.show_signing import show_signing
from app.actions.sign_change_layer import PaperInput, SigningInput, sign_change_layer
from app.actions.sign_in import confirm_sign_in, session_actor, sign_in
from app.actions.signing_keys import confirm_signing_key, create_signing_key, my_signing_key
from app.core.actor import Actor
from app.core.canonical import sha256_hex
from app.core.clock import OFFICE_ZONE, SteppedClock
from app.keys.local_time_stamper import load_local_time_stamper
from app.office.position import DEGREE, Position
from app.office.segment_change import ChangeState, SegmentChange
from app.store.change_values import StoredEvidence
from app.store.database import open_store
from app.store.office_cache import OfficeCache
from app.wiring import TIME_STAMPS, new_installation
from tests.actions import tiny_office
from tests.actions.tiny_office import (
    CUSTOMERS,
    LEADER,
    LI,
    MARKET_MANAGER,
    OF_LI,
    OFFICER,
    OPERATOR,
    SKUS,
    VISITED,
    WANG,
    ZHAO,
    Office,
    Said,
    said,
)
from tests.actions.tiny_office import customer as tiny_customer

AM, OTHER_AM, COVERING_AM = LI, WANG, ZHAO
"""Account managers: of T01, of T02, and one who covers T01."""
MS, MM, ML, SO, SO2, SH = "MS1", MARKET_MANAGER, LEADER, OFFICER, "SO2", "SH1"
"""Market supervisor, market manager, marketing leader, two supervision officers, their head."""
CHAIN = (AM, MS, MM, ML, SO)
NAMES = {
    AM: "李晓梅", OTHER_AM: "王建国", COVERING_AM: "赵敏", MM: "陈立", ML: "周正", SO: "吴明",
    MS: "孙卫东", SO2: "郑洁", SH: "韩松",
}  # fmt: skip
NEWCOMERS = (
    (MS, "market_supervisor", "示例县专卖办"),
    (SO2, "supervision_officer", "示例县内管办"),
    (SH, "supervision_head", "示例县内管办"),
)

STORE, SUPERMARKET, GROCERY = "B", "C", "Z"
"""Formats: 便利店, 超市, 食杂店. Only a supermarket gets the scarce product; a grocery gets what a store gets."""
SCARCE = "42010009"
SCARCE_CARTONS = 12
SHOP = Position(30_592_800, 114_305_500)
PASSWORD = "correct horse battery"
NOTE = "经营面积和货架确有变化，同意。"
START = datetime(2026, 11, 1, 8, tzinfo=OFFICE_ZONE)


def pin_of(person: str) -> str:
    """The PIN of somebody's signing key."""
    return f"雨后山路第 {sorted(NAMES).index(person)} 弯慢行"


def moment(text: str) -> datetime:
    """A moment in the office's zone: ``2026-11-02 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE)


def shop(licence_no: str, **changes: Any) -> dict[str, Any]:
    """A customer, with what the standards and the benefit analysis look at."""
    more = {
        "holder_name": "刘建国",
        "address": f"示例县东街{licence_no[-1]}号",
        "order_cycle": "每周一",
        "credit_level": "AA",
    }
    return {**tiny_customer(licence_no), **more, **changes}


def licence(licence_no: str, **changes: Any) -> dict[str, Any]:
    """What the monopoly licence system says of a customer."""
    return {
        "licence_no": licence_no,
        "holder_name": "刘建国",
        "address": f"示例县东街{licence_no[-1]}号",
        "valid_to": "2028-06-30",
        "is_valid": True,
        "position": position(),
        **changes,
    }


def position(north_m: int = 0) -> dict[str, str]:
    """The shop's place, or one so many metres north of it."""
    latitude = SHOP.latitude + north_m * 9
    return {
        "latitude": f"{latitude // DEGREE}.{latitude % DEGREE:06}",
        "longitude": f"{SHOP.longitude // DEGREE}.{SHOP.longitude % DEGREE:06}",
    }


def standard(sku: str, *rows: tuple[str | None, int], **changes: Any) -> dict[str, Any]:
    """A filed monthly standard of a product: (format, cartons) for every grade."""
    return {
        "std_id": f"TF-{sku}",
        "version": 1,
        "sku": sku,
        "period": "month",
        "delivery_method": "A",
        "rows": [{"segment": segment, "quota": [{"grade": 0, "cartons": cartons}]} for segment, cartons in rows],
        "filing_no": f"NG-BA-202510-{sku[-3:]}",
        "filed_at": "2025-10-20T10:00:00+08:00",
        "effective_from": "2025-11-01",
        **changes,
    }


def calendar_days(first: date, last: date) -> Iterable[dict[str, Any]]:
    """Every day between, weekdays worked."""
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        yield {"date": day.isoformat(), "is_working_day": day.isoweekday() < 6, "announced": True}


_FORMATS = {
    STORE: ("便利店", "Convenience store"),
    SUPERMARKET: ("超市", "Supermarket"),
    GROCERY: ("食杂店", "Grocery"),
}

COLLECTIONS: Mapping[str, Iterable[Mapping[str, Any]]] = {
    "people": tuple(
        {"person_id": who, "name": NAMES[who], "roles": [{"role": role, "unit": unit, "from": "2024-01-01"}]}
        for who, role, unit in NEWCOMERS
    ),
    "products": (tiny_office.product(SCARCE, supply_attribute="TIGHT", wholesale_price_cny="500.00"),),
    "code-lists": (
        {
            "list": "segment",
            "version": "2025",
            "valid_from": "2025-01-01",
            "items": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in _FORMATS.items()],
        },
    ),
    "segment-profiles": (
        {
            "list_version": "2025",
            "code": STORE,
            "least_area_m2": "10",
            "most_area_m2": "120",
            "least_hours": "12",
            "sales_modes": ["counter", "mixed", "self_service"],
            "it_levels": ["pos", "none"],
        },
        {
            "list_version": "2025",
            "code": SUPERMARKET,
            "least_area_m2": "100",
            "least_hours": "10",
            "sales_modes": ["self_service"],
            "it_levels": ["pos", "chain_system"],
        },
        {"list_version": "2025", "code": GROCERY, "most_area_m2": "200"},
    ),
    "customers": tuple(shop(licence_no) for licence_no in CUSTOMERS),
    "licences": tuple(licence(licence_no) for licence_no in CUSTOMERS),
    "allocation-standards": (
        standard(SCARCE, (SUPERMARKET, SCARCE_CARTONS)),
        *(standard(sku, (None, 20)) for sku in SKUS),
    ),
    # Of a shop nobody here looks at: that there are none for the others is known once the list has come.
    "sanctions": (
        {"case_no": "AJ-2025-001", "licence_no": "420300000888", "decided_on": "2025-03-01", "title": "无证运输"},
    ),
    "calendar": tuple(calendar_days(date(2025, 12, 1), date(2028, 1, 31))),
}


def jpeg(remark: str) -> bytes:
    """A tiny photo, another one for every remark."""
    out = io.BytesIO()
    Image.new("RGB", (48, 32), (200, 160, 90)).save(out, "JPEG", comment=remark.encode())
    return out.getvalue()


class ChangeOffice(Office):
    """The office, its people and their segment changes. Time stands still until it is set."""

    def __init__(
        self,
        deps: Deps,
        clock: SteppedClock,
        secrets: Mapping[str, str] | None = None,
        tokens: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(deps, clock)
        self.secrets = dict(secrets or {})
        """Of the second factors, by person."""
        self.tokens = dict(tokens or {})
        """Of the sessions, by person."""
        self._serials = itertools.count(1)

    # --- time ---------------------------------------------------------------------------------------------------

    def at(self, text: str) -> None:
        """It is now this moment: ``2026-11-02 09:00``, in the office's zone."""
        self.clock.set(moment(text))

    def later(self, **delta: float) -> None:
        """So much later."""
        self.clock.set(self.clock.now() + timedelta(**delta))

    @property
    def today(self) -> date:
        return self.clock.now().astimezone(OFFICE_ZONE).date()

    # --- people -------------------------------------------------------------------------------------------------

    def furnish(self) -> None:
        """Bring the data of the office, and give everybody an account, a second factor and a confirmed key."""
        self.deliver_everything()
        for collection, items in COLLECTIONS.items():
            self.deliver(collection, *items)
        for person in (SH, *CHAIN, SO2, OTHER_AM, COVERING_AM):
            self.account(person.lower(), person, PASSWORD)
            self.later(seconds=31)
            actor = self.person(person)
            enrolled = enrol_second_factor(self.deps, actor)
            self.secrets[person] = enrolled.secret
            confirm_second_factor(self.deps, actor, self.code(person))
            create_signing_key(self.deps, actor, pin_of(person), pin_of(person))
            key = my_signing_key(self.deps, actor)
            assert key is not None
            # The very first key is confirmed on the host; whoever holds one vouches for the others.
            vouching, pin = (OPERATOR, None) if person == SH else (self.person(SH), pin_of(SH))
            confirm_signing_key(self.deps, vouching, person, key.fingerprint, pin)

    def code(self, person: str) -> str:
        """What the second factor of somebody shows now."""
        return pyotp.TOTP(self.secrets[person]).at(self.clock.now())

    def person(self, person: str) -> Actor:
        """Somebody signed in, having just proven to be there."""
        token = self.tokens.get(person)
        known = session_actor(self.deps, token) if token else None
        if known is None or known.strong_at is None or self.clock.now() - known.strong_at > timedelta(minutes=14):
            known = session_actor(self.deps, self.sign_in(person))
        assert known is not None
        return known.actor

    def person_as_before(self, person: str) -> Actor:
        """Somebody still signed in, however long ago that was."""
        known = session_actor(self.deps, self.tokens[person])
        assert known is not None
        return known.actor

    def sign_in(self, person: str) -> str:
        """Sign in with password and code; the token of the session."""
        start = sign_in(self.deps, person.lower(), PASSWORD, "test")
        assert start is not None
        if start.half:
            start = confirm_sign_in(self.deps, start.token, self.code(person), "test")
            assert start is not None
        self.tokens[person] = start.token
        return start.token

    def _serial(self) -> str:
        """Something never said before, in no copy of this office either."""
        with self.deps.store.read() as uow:
            return f"{uow.log.size()}-{next(self._serials)}"

    def key_of(self, body: Mapping[str, Any], key: str | None = None) -> RequestKey:
        return super().key_of(body, key or f"change-{self._serial()}")

    # --- files --------------------------------------------------------------------------------------------------

    def upload(self, data: bytes | None = None, name: str = "店面.jpg", media_type: str = "image/jpeg") -> str:
        """Keep a file as an upload does and return its digest; another photo every time when none is given."""
        data = jpeg(self._serial()) if data is None else data
        digest = "sha256:" + sha256_hex(data)
        with self.deps.store.write() as uow:
            uow.blobs.put(data)
            uow.evidence.add(
                StoredEvidence(
                    digest=digest, media_type=media_type, size=len(data), name=name, uploaded_by=AM,
                    uploaded_at=self.clock.now(), taken_at=None, position=None, width=48, height=32, actor={},
                )
            )  # fmt: skip
        return digest

    def photo(self, kind: str, **changes: Any) -> dict[str, Any]:
        """A file taken in the shop an hour ago, as an application names it."""
        taken, placed = (self.clock.now() - timedelta(hours=1)).isoformat(), {"position": position()}
        return {"kind": kind, "digest": self.upload(name=f"{kind}.jpg"), "taken_at": taken, **placed, **changes}

    def evidence(self, *but: str) -> list[dict[str, Any]]:
        """Every kind of evidence SEG-02 asks for, fresh, and the signed application; some kinds may be left out."""
        kinds = ("application", "storefront", "interior", "fixtures", "licence_scope", "site_record")
        return [self.photo(kind) for kind in kinds if kind not in but]

    # --- the road -----------------------------------------------------------------------------------------------

    def application(self, licence_no: str = VISITED, **changes: Any) -> dict[str, Any]:
        """The honest request of a shop that has become a supermarket."""
        month = date(self.today.year, self.today.month, 1) + timedelta(days=32)
        payload = {
            "licence_no": licence_no,
            "account_manager": AM if licence_no in OF_LI else OTHER_AM,
            "shop_name": f"示例店{licence_no[-1]}",
            "holder_name": "刘建国",
            "address": f"示例县东街{licence_no[-1]}号",
            "current_segment": STORE,
            "proposed_segment": SUPERMARKET,
            "reason_code": "premises_changed",
            "reason_text": "店面扩大，改为开架自选",
            "applicant": "刘建国",
            "contact": "13800000000",
            "requested_effective": month.replace(day=1).isoformat(),
            **changes,
        }
        return payload if "evidence" in payload else {**payload, "evidence": self.evidence()}

    def sheet(self, **changes: Any) -> dict[str, Any]:
        """What somebody finds in a shop that is a supermarket, half an hour ago."""
        return {
            "checked_at": (self.clock.now() - timedelta(minutes=30)).isoformat(),
            "area_m2": "150",
            "hours_per_day": "14",
            "sales_mode": "self_service",
            "it_level": "pos",
            "joint": False,
            "position": position(20),
            "photos": [{"digest": self.upload(name="核查.jpg")}],
            **changes,
        }

    def apply(
        self,
        payload: Mapping[str, Any] | None = None,
        actor: Actor | None = None,
        change_no: str | None = None,
        **changes: Any,
    ) -> Said:
        """Enter a request; with ``change_no``, enter that draft again."""
        body = payload or self.application(**changes)
        who = actor or self.person(body["account_manager"])
        version = self.version(change_no) if change_no else None
        return said(apply_for_change(self.deps, who, body, self.key_of(body), change_no, version))

    def check(self, change_no: str, person: str, version: int | None = None, **changes: Any) -> ChangeReply:
        seen = self.version(change_no) if version is None else version
        return record_site_check(self.deps, self.person(person), change_no, seen, self.sheet(**changes))

    def add_evidence(self, change_no: str, *files: Mapping[str, Any], person: str = AM) -> ChangeReply:
        brought = files or (self.photo("other"),)
        return add_change_evidence(self.deps, self.person(person), change_no, self.version(change_no), brought)

    def sign(
        self,
        change_no: str,
        person: str,
        opinion: str = "",
        *,
        version: int | None = None,
        paper: PaperInput | None = None,
        actor: Actor | None = None,
        shown: SigningView | None = None,
        **given: Any,
    ) -> ChangeReply:
        """Look at what is to be signed, unless it was ``shown`` before, and sign it, as ``person``."""
        actor = actor or self.person(person)
        shown = shown or self.show(change_no, person, actor)
        typed = {"content_digest": shown.content_digest, "pin": pin_of(person), **given}
        signing = SigningInput(opinion=opinion, paper=paper, **typed)
        return sign_change_layer(self.deps, actor, change_no, shown.version if version is None else version, signing)

    def show(self, change_no: str, person: str, actor: Actor | None = None) -> SigningView:
        """What somebody is about to sign."""
        return show_signing(self.deps, actor or self.person(person), change_no)

    def file(self, change_no: str, person: str = SO) -> ChangeReply:
        return file_change(self.deps, self.person(person), change_no, self.version(change_no))

    def reject(self, change_no: str, person: str, code: str = "facts_do_not_fit", text: str = "不符") -> ChangeReply:
        return reject_change(self.deps, self.person(person), change_no, self.version(change_no), code, text)

    def withdraw(self, change_no: str, person: str = AM, code: str = "customer_request") -> ChangeReply:
        return withdraw_change(self.deps, self.person(person), change_no, self.version(change_no), code, "客户撤回")

    def revoke(self, change_no: str, person: str = SO, code: str = "false_statement") -> ChangeReply:
        return revoke_change(self.deps, self.person(person), change_no, self.version(change_no), code, "材料不实")

    def review(self, change_no: str, person: str = SO2, *, fits: bool = True, note: str = "已复查") -> ChangeReply:
        actor = self.person(person)
        return review_change(self.deps, actor, change_no, self.version(change_no), fits=fits, note=note)

    def run_day(self) -> DayReport:
        return run_day(self.deps, self.system)

    def walk_to(self, stop: str, start: str = "2026-11-02", **changes: Any) -> str:
        """Walk the straight road from ``start`` on (the day it is applied for) up to ``stop``, one of STOPS.

        Return the number of the request. The clock is left at the moment of the last act.
        """
        change_no = ""
        for name in STOPS[: STOPS.index(stop) + 1]:
            change_no = self.walk_on(name, change_no, start, **changes)
        return change_no

    def walk_on(self, stop: str, change_no: str, start: str = "2026-11-02", **changes: Any) -> str:
        """Do what leads from the stop before to ``stop``, on its day; the number of the request."""
        if stop == "applied":
            self._on(start, 0, "09:00")
            reply = self.apply(**changes)
            assert reply.body["state"] == "applied", reply.body
            return str(reply.body["change_no"])
        if stop in _SIGNINGS:
            layer, (days, clock) = STOPS.index(stop) - STOPS.index("verified"), _SIGNINGS[stop]
            self._on(start, days, clock)
            self.sign(change_no, self.layer_person(change_no, layer), NOTE if layer == 4 else "")
        elif stop in ("checked", "verified"):
            self._on(start, 1 if stop == "checked" else 2, "10:00")
            self.check(change_no, MS if stop == "verified" else self.change(change_no).application.account_manager)
        elif stop == "filed":
            self._on(start, 8, "10:00")
            self.file(change_no)
        elif stop == "effective":
            effective_on = self.change(change_no).effective_on
            assert effective_on is not None
            self._on(effective_on.isoformat(), 0, "00:05")
            assert change_no in self.run_day().effective
        elif stop == "reviewed":
            effective_on = self.change(change_no).effective_on
            assert effective_on is not None
            self._on(effective_on.isoformat(), 19, "10:00")
            self.review(change_no)
        return change_no

    def _on(self, start: str, days: int, clock: str) -> None:
        self.at(f"{date.fromisoformat(start) + timedelta(days=days)} {clock}")

    def layer_person(self, change_no: str, layer: int) -> str:
        """Who signs a layer on the straight road."""
        return self.change(change_no).application.account_manager if layer == 1 else CHAIN[layer - 1]

    # --- looking ------------------------------------------------------------------------------------------------

    def change(self, change_no: str) -> SegmentChange:
        with self.deps.store.read() as uow:
            return uow.segment_changes.get(change_no).change

    def version(self, change_no: str) -> int:
        with self.deps.store.read() as uow:
            return uow.segment_changes.get(change_no).version

    def state(self, change_no: str) -> ChangeState:
        return self.change(change_no).state

    def acts(self, change_no: str) -> list[str]:
        """The acts on a request, oldest first."""
        with self.deps.store.read() as uow:
            return [step.act for step in uow.segment_changes.steps(change_no)]

    def view(self, change_no: str, person: str = SO) -> ChangeView:
        return read_change(self.deps, self.person(person), change_no)

    def outcomes(self, evaluations: Sequence[str]) -> dict[str, str]:
        """What every rule asked in these evaluations said; the worst word of each is not looked for."""
        return {rule: word for one in evaluations for rule, word in self.evaluation(one)["outcomes"].items()}

    def format_of(self, licence_no: str, day: date | None = None) -> str:
        """The filed format of a customer."""
        with self.deps.store.read() as uow:
            return uow.office.customers_on(day or self.today, licences=[licence_no])[licence_no].segment

    def refusals(self) -> list[Mapping[str, Any]]:
        """The bodies of the log entries of attempts that were refused."""
        return [event.body for event in self.log() if event.name == "segment_change.refused"]


STOPS = (
    "applied", "checked", "verified", "layer_1", "layer_2", "layer_3", "layer_4", "approved", "filed", "effective",
    "reviewed",
)  # fmt: skip
"""Where the road can be left. ``layer_n``: so many have signed."""
_SIGNINGS = {
    "layer_1": (2, "10:30"),
    "layer_2": (2, "11:00"),
    "layer_3": (3, "09:00"),
    "layer_4": (4, "09:00"),
    "approved": (7, "09:00"),
}


class Road:
    """One segment change walked as far as somebody has asked, with a copy of the whole office at every stop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.home = folder / "home"
        self._clock = SteppedClock(START)
        self._made = new_installation(self.home, self._clock)
        self._office = ChangeOffice(self._made, self._clock)
        self._office.furnish()
        self._stops: dict[str, tuple[Path, datetime, Mapping[str, str]]] = {}
        self.change_no = ""
        self._keep("furnished")

    def _keep(self, stop: str) -> None:
        folder = self._folder / stop
        copy_office(self.home, folder)
        self._stops[stop] = (folder, self._clock.now(), dict(self._office.tokens))

    def opened_at(self, stop: str, folder: Path) -> ChangeOffice:
        """A copy of the office as it stood at ``stop`` (``furnished`` or one of STOPS), to do with as one likes."""
        for name in STOPS:
            if stop in self._stops:
                break
            if name not in self._stops:
                self.change_no = self._office.walk_on(name, self.change_no)
                self._keep(name)
        kept, at, tokens = self._stops[stop]
        copy_office(kept, folder)
        clock = SteppedClock(at)
        return ChangeOffice(open_copy(self._made, self.home, folder, clock), clock, self._office.secrets, tokens)


def copy_office(home: Path, folder: Path) -> None:
    """Copy database and files of an office."""
    folder.mkdir(parents=True, exist_ok=True)
    source, copy = sqlite3.connect(home / "henji.db"), sqlite3.connect(folder / "henji.db")
    source.backup(copy)
    source.close()
    copy.close()
    if (home / "files").is_dir():
        shutil.copytree(home / "files", folder / "files", dirs_exist_ok=True)


def open_copy(made: Deps, home: Path, folder: Path, clock: SteppedClock) -> Deps:
    """Open the copy in ``folder`` of the office made in ``home``, with its keys and a clock of its own."""
    stamper = load_local_time_stamper(home / "keys" / TIME_STAMPS, clock)
    store = open_store(f"sqlite:///{folder}/henji.db", folder / "files")
    return replace(made, store=store, clock=clock, office_cache=OfficeCache(), load_time_stamper=lambda: stamper)


@pytest.fixture(scope="session")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    """The road of one favourable change of VISITED, walked as far as tests ask."""
    return Road(tmp_path_factory.mktemp("road"))


@pytest.fixture
def office_at(road: Road, tmp_path: Path):
    """Return what opens a copy of the office at a stop, such as ``approved``; ``road.change_no`` is the request."""
    opened: list[ChangeOffice] = []

    def open_at(stop: str) -> ChangeOffice:
        opened.append(road.opened_at(stop, tmp_path / f"copy-{len(opened)}"))
        return opened[-1]

    yield open_at
    for office in opened:
        office.deps.store.close()


@pytest.fixture
def change_office(office_at) -> ChangeOffice:
    """The furnished office on 1 November 2026 in the morning, before any request."""
    return office_at("furnished")


def body_of(reply: Any) -> dict[str, Any]:
    """The JSON of a kept answer."""
    answer: dict[str, Any] = json.loads(reply.body)
    return answer
