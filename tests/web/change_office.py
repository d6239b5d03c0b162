"""An office small enough to know everybody, in which a business format can be changed; every shop is invented."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from app.actions.accounts import create_account
from app.actions.apply_for_change import apply_for_change
from app.actions.deps import Deps
from app.actions.import_office import import_office
from app.actions.preview_change import preview_change
from app.actions.read_change import read_change
from app.actions.record_site_check import record_site_check
from app.actions.reply import RequestKey
from app.actions.show_signing import show_signing
from app.actions.sign_change_layer import SigningInput, sign_change_layer
from app.actions.sign_in import session_actor, sign_in
from app.actions.signing_keys import confirm_signing_key, create_signing_key
from app.actions.upload_evidence import Declared, upload_evidence
from app.core.actor import Actor, command_actor
from app.core.canonical import digest_of
from app.core.clock import SteppedClock
from app.core.text import Bilingual
from app.demo.pictures import picture
from app.office.permission import Permission
from app.wiring import new_installation

T = TypeVar("T")
START = datetime(2026, 11, 9, 1, 0, 0, tzinfo=UTC)
"""A Monday before the 15th: what is filed in time counts from 1 December."""
PASSWORD = "a quiet password"  # of nobody
PIN = "qingshan-0715"

LI, ZHAO, WANG, ZHANG, MA, CHEN, SUN, HEAD = "P0012", "P0013", "S0021", "M0031", "L0041", "P0001", "P0002", "H0001"
PEOPLE = {
    LI: ("李晓梅", "account_manager", "T03", "lixiaomei"),
    ZHAO: ("赵强", "account_manager", "T04", "zhaoqiang"),
    WANG: ("王磊", "market_supervisor", "示例县专卖科", "wanglei"),
    ZHANG: ("张伟", "market_manager", "示例县营销部", "zhangwei"),
    MA: ("马卫东", "marketing_leader", "示例县营销部", "maweidong"),
    CHEN: ("陈静", "supervision_officer", "示例县内管办", "chenjing"),
    SUN: ("孙芳", "supervision_officer", "示例县内管办", "sunfang"),
    HEAD: ("周敏", "supervision_head", "示例县内管办", "zhoumin"),
}
"""Name, role, unit and login by person."""
CHAIN = (LI, WANG, ZHANG, MA, CHEN)
"""Who signs layers 1 to 5."""
SHOPS = tuple(f"4203010000{number}" for number in range(12, 32))
"""Of the territory of Li; each test takes its own."""
SHOP_ELSEWHERE = "420301000099"
KINDS = ("application", "storefront", "interior", "fixtures", "licence_scope", "site_record")
WHERE = {"latitude": "30.512345", "longitude": "114.401234"}


def login_of(person_id: str) -> str:
    """Return the sign-in name of somebody."""
    return PEOPLE[person_id][3]


def _customer(licence_no: str, name: str, territory_id: str) -> dict[str, Any]:
    return {
        "licence_no": licence_no,
        "shop_name": name,
        "holder_name": "刘建国",
        "territory_id": territory_id,
        "segment": "B",
        "grade": 12,
        "market_type": "urban",
        "volatility_class": "stable",
        "has_pos": False,
        "is_retail_info_officer": False,
        "business_status": "营业",
        "licence_valid_to": "2028-06-30",
        "valid_from": "2025-01-01",
        "credit_level": "A",
    }


def _product(sku: str, name: str, attribute: str, price: str) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": name,
        "brand_id": "B01",
        "price_class": 1,
        "wholesale_price_cny": price,
        "supply_attribute": attribute,
        "on_sale_from": "2023-01-01",
    }


def _standard(number: int, sku: str, cartons: dict[str, int]) -> dict[str, Any]:
    return {
        "std_id": f"TF-202610-{number:03d}",
        "version": 1,
        "sku": sku,
        "period": "month",
        "delivery_method": "B",
        "rows": [
            {"segment": code, "quota": [{"grade": grade, "cartons": count} for grade in range(1, 31)]}
            for code, count in cartons.items()
        ],
        "filing_no": f"NG-BA-202609-{number:03d}",
        "filed_at": "2026-09-25T10:00:00+08:00",
        "published_at": "2026-09-26T09:00:00+08:00",
        "effective_from": "2026-10-01",
    }


def _days() -> list[dict[str, Any]]:
    first = date(2026, 11, 1)
    days = [first + timedelta(days=ahead) for ahead in range(120)]
    return [{"date": day.isoformat(), "is_working_day": day.weekday() < 5, "announced": True} for day in days]


def _collections() -> list[tuple[str, list[dict[str, Any]]]]:
    customers = [
        *(_customer(licence_no, f"楚雄路{licence_no[-2:]}号烟酒", "T03") for licence_no in SHOPS),
        _customer(SHOP_ELSEWHERE, "楚雄路便民店", "T04"),
    ]
    formats = [("B", "便利店", "convenience"), ("Y", "烟草专业店", "tobacco shop"), ("S", "超市", "supermarket")]
    people = [
        {"person_id": number, "name": name, "roles": [{"role": role, "unit": unit, "from": "2024-01-01"}]}
        for number, (name, role, unit, _) in PEOPLE.items()
    ]
    territories = [
        {
            "territory_id": unit,
            "name": name,
            "county": "示例县",
            "assignments": [{"account_manager": person, "kind": "own", "from": "2024-01-01"}],
        }
        for unit, name, person in [("T03", "城东片区", LI), ("T04", "城西片区", ZHAO)]
    ]
    licences = [
        {
            "licence_no": one["licence_no"],
            "holder_name": "刘建国",
            "address": "示例县城东楚雄路18号",
            "valid_to": "2028-06-30",
            "is_valid": True,
            "position": WHERE,
        }
        for one in customers
    ]
    return [
        ("people", people),
        ("territories", territories),
        ("calendar", _days()),
        (
            "code-lists",
            [
                {
                    "list": "segment",
                    "version": "2025",
                    "valid_from": "2025-01-01",
                    "items": [{"code": code, "zh": zh, "en": en} for code, zh, en in formats],
                }
            ],
        ),
        ("manufacturers", [{"manufacturer_id": "M01", "name": "示例中烟"}]),
        ("brands", [{"brand_id": "B01", "name": "示例", "manufacturer_id": "M01"}]),
        (
            "products",
            [
                _product("42010201", "示例（软云）", "TIGHT", "180.00"),
                _product("42010202", "示例（荷花）", "TIGHT", "800.00"),
                _product("42010301", "示例（常青）", "BALANCED", "95.00"),
            ],
        ),
        ("customers", customers),
        ("licences", licences),
        ("segment-profiles", [{"list_version": "2025", "code": code} for code, *_ in formats]),
        (
            "allocation-standards",
            [
                _standard(1, "42010201", {"B": 5, "Y": 12}),
                _standard(2, "42010202", {"Y": 4}),
                _standard(3, "42010301", {"B": 20, "Y": 20, "S": 20}),
            ],
        ),
        (
            "sanctions",
            [{"case_no": "示专罚2026001", "licence_no": SHOP_ELSEWHERE, "decided_on": "2026-03-12", "title": "无"}],
        ),
    ]


def build_change_office(home: Path) -> Deps:
    """Return the wiring of the office in ``home``: everybody with an account and a confirmed signing key."""
    deps = replace(
        new_installation(home, SteppedClock(START)),
        office_name=Bilingual("示例县内管办", "Example County Supervision Office"),
        public_url="http://127.0.0.1",
        is_demo=True,
        secure_cookies=False,
        most_body_bytes=1024 * 1024,
    )
    operator = command_actor(Permission)
    for collection, items in _collections():
        reply = import_office(deps, operator, collection, items)
        assert reply["rejected"] == 0, (collection, reply)
    for person_id in PEOPLE:
        create_account(deps, operator, login_of(person_id), PASSWORD, person_id)
        key = create_signing_key(deps, actor_of(deps, person_id), PIN, PIN)
        confirm_signing_key(deps, operator, person_id, key.fingerprint, None)
    create_account(deps, operator, "admin", PASSWORD, None, administrator=True)
    return deps


def actor_of(deps: Deps, person_id: str) -> Actor:
    """Return somebody who has just signed in."""
    start = sign_in(deps, login_of(person_id), PASSWORD, "127.0.0.1")
    assert start is not None
    signed_in = session_actor(deps, start.token)
    assert signed_in is not None
    return signed_in.actor


def go_on(deps: Deps, **later: int) -> None:
    """Let the clock of the office go on: ``minutes=20``, ``days=1``."""
    clock = deps.clock
    assert isinstance(clock, SteppedClock)
    clock.set(clock.now() + timedelta(**later))


def photo(number: int) -> bytes:
    """Return a small picture; no two numbers give the same bytes."""
    return picture(number)


def apply_for(deps: Deps, licence_no: str, **changes: Any) -> str:
    """Let Li enter a complete request for the shop, and return its number."""
    li, at = actor_of(deps, LI), deps.clock.now()
    evidence = []
    for place, kind in enumerate(KINDS):
        data = picture(int(licence_no[-3:]) * 10 + place)
        digest = upload_evidence(deps, li, data, Declared(f"{kind}.png", "image/png")).evidence.digest
        evidence.append({"kind": kind, "digest": digest, "taken_at": at.isoformat(), "position": WHERE})
    shop = preview_change(deps, li, licence_no, "Y")
    payload = {
        "licence_no": licence_no,
        "shop_name": shop.shop_name,
        "holder_name": shop.holder_name,
        "address": shop.address,
        "current_segment": shop.segment,
        "proposed_segment": "Y",
        "reason_code": "premises_changed",
        "reason_text": "扩建专柜",
        "applicant": "刘建国",
        "contact": "13800000000",
        "requested_effective": "2026-12-01",
        "evidence": evidence,
        **changes,
    }
    reply = apply_for_change(deps, li, payload, RequestKey(None, digest_of(payload)))
    number: str = json.loads(reply.body)["change_no"]
    return number


def check_shop(deps: Deps, change_no: str, *people: str) -> None:
    """Let each of ``people`` see the shop and hand in the sheet."""
    for person_id in people:
        go_on(deps, minutes=40)
        actor = actor_of(deps, person_id)
        sheet = {
            "checked_at": (deps.clock.now() - timedelta(minutes=10)).isoformat(),
            "area_m2": "62.5",
            "hours_per_day": "12",
            "sales_mode": "counter",
            "it_level": "pos",
            "joint": False,
            "position": WHERE,
            "photos": [],
        }
        record_site_check(deps, actor, change_no, read_change(deps, actor, change_no).version, sheet)


def sign_layers(deps: Deps, change_no: str, *people: str) -> None:
    """Let each of ``people`` sign, in order."""
    for person_id in people:
        go_on(deps, minutes=20)
        actor = actor_of(deps, person_id)
        shown = show_signing(deps, actor, change_no)
        given = SigningInput(shown.content_digest, "同意", PIN)
        elsewhere(lambda a=actor, s=shown, g=given: sign_change_layer(deps, a, change_no, s.version, g))


def elsewhere(work: Callable[[], T]) -> T:
    """Do ``work`` in a thread of its own: in this one a browser may be driven, and signing needs a loop too."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
