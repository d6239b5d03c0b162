"""An office of few people, in which accounts, roles and keys are kept; and somebody who visits its pages."""

import re
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient

from app.actions.accounts import create_account
from app.actions.deps import Deps
from app.actions.import_office import import_office
from app.actions.second_factor import confirm_second_factor, enrol_second_factor
from app.actions.sign_in import session_actor, sign_in
from app.actions.signing_keys import confirm_signing_key, create_signing_key
from app.core.actor import Actor, command_actor
from app.core.clock import SteppedClock
from app.core.text import Bilingual
from app.factory import create_app
from app.office.permission import Permission
from app.store.database import open_store
from app.store.office_cache import OfficeCache
from app.wiring import new_installation

START = datetime(2026, 11, 9, 1, 0, 0, tzinfo=UTC)
PASSWORD = "a quiet password"  # of nobody
PIN = "qingshan-0715"
OPERATOR = command_actor(Permission)

OFFICER, HEAD, MANAGER, SUPERVISOR, KEEPER, NOVICE = "S0001", "H0001", "P0012", "S0021", "A0001", "N0001"
PEOPLE = {
    OFFICER: ("陈静", "supervision_officer", "示例县内管办", "chenjing"),
    HEAD: ("周敏", "supervision_head", "示例县内管办", "zhoumin"),
    MANAGER: ("李晓梅", "account_manager", "T03", "lixiaomei"),
    SUPERVISOR: ("王磊", "market_supervisor", "示例县专卖科", "wanglei"),
    KEEPER: ("管理甲", None, None, "guanli"),
    NOVICE: ("新人", None, None, None),
}
"""Name, role, unit and login by person. The officer and the head hold signing keys."""
KEY = re.compile(r'name="form_key" value="([^"]+)"')
HOST = {"Origin": "http://localhost"}


def _role(role: str, unit: str) -> dict[str, str]:
    return {"role": role, "unit": unit, "from": "2024-01-01"}


def furnish(home: Path) -> Deps:
    """Make the office in ``home``."""
    deps = replace(
        new_installation(home, SteppedClock(START)),
        office_name=Bilingual("示例县内管办", "Example County Supervision Office"),
        public_url="http://localhost",
        is_demo=True,
        secure_cookies=False,
    )
    people = [
        {"person_id": number, "name": name, "roles": [_role(role, unit)] if role else []}
        for number, (name, role, unit, _) in PEOPLE.items()
    ]
    own = {"account_manager": MANAGER, "kind": "own", "from": "2024-01-01"}
    territories = [
        {"territory_id": "T03", "name": "城东片区", "county": "示例县", "assignments": [own]},
        {"territory_id": "T04", "name": "城西片区", "county": "示例县", "assignments": []},
    ]
    for collection, items in (("people", people), ("territories", territories)):
        assert import_office(deps, OPERATOR, collection, items)["rejected"] == 0
    for number, (_, _, _, login) in PEOPLE.items():
        if login is not None:
            create_account(deps, OPERATOR, login, PASSWORD, number, administrator=number == KEEPER)
    create_account(deps, OPERATOR, "admin", PASSWORD, None, administrator=True)
    for number in (OFFICER, HEAD):
        key = create_signing_key(deps, actor_of(deps, number), PIN, PIN)
        confirm_signing_key(deps, OPERATOR, number, key.fingerprint, None)
    return deps


def actor_of(deps: Deps, person_id: str) -> Actor:
    """Return somebody who has just signed in."""
    start = sign_in(deps, PEOPLE[person_id][3] or "", PASSWORD, "127.0.0.1")
    signed_in = session_actor(deps, start.token) if start else None
    assert signed_in is not None
    return signed_in.actor


@dataclass
class PeopleOffice:
    """A copy of the office, for one test."""

    deps: Deps
    app: Flask

    def visitor(self) -> "Visitor":
        """Return somebody with a browser of one's own, not signed in."""
        return Visitor(self, self.app.test_client())

    def signed_in(self, login: str) -> "Visitor":
        """Return somebody who is signed in."""
        visitor = self.visitor()
        assert visitor.sign_in(login).status_code == 302
        return visitor

    def go_on(self, **later: int) -> None:
        """Let the clock go on: ``minutes=20``."""
        clock = self.deps.clock
        assert isinstance(clock, SteppedClock)
        clock.set(clock.now() + timedelta(**later))

    def code_of(self, secret: str) -> str:
        """Return the code of this moment."""
        return pyotp.TOTP(secret).at(self.deps.clock.now())

    def enrolled(self, person_id: str) -> str:
        """Give somebody a second factor and return its secret; its code is good again a little later."""
        actor = actor_of(self.deps, person_id)
        secret = enrol_second_factor(self.deps, actor).secret
        confirm_second_factor(self.deps, actor, self.code_of(secret))
        self.go_on(seconds=60)
        return secret


@dataclass
class Visitor:
    """Somebody with a browser that sends what a form of ours would send."""

    office: PeopleOffice
    client: FlaskClient

    def get(self, path: str) -> Any:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, at: str | None = None, **fields: Any) -> Any:
        """Send a form to ``path``, as found on the page ``at``, or on any page where it does not matter."""
        key = KEY.search(self.client.get(at or "/account").text) or KEY.search(self.client.get("/sign-in").text)
        assert key is not None
        return self.client.post(path, data={"form_key": key[1], **fields}, headers=HOST)

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> Any:
        """Give name and password."""
        return self.post("/sign-in", "/sign-in", login=login, password=password, **fields)


def copied(furnished: Deps, home: Path, folder: Path) -> PeopleOffice:
    """Return a copy of the furnished office in ``folder``, with a clock of its own."""
    shutil.copytree(home, folder, dirs_exist_ok=True)
    store = open_store(f"sqlite:///{folder / 'henji.db'}", folder / "files")
    deps = replace(furnished, store=store, clock=SteppedClock(START), office_cache=OfficeCache())
    return PeopleOffice(deps, create_app(deps))
