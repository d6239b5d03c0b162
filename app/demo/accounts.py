"""The sign-ins of the demo office. They exist in a demo database only."""

import base64
import hashlib
from dataclasses import dataclass

from app.actions.accounts import create_account
from app.actions.demo_codes import give_demo_second_factor
from app.actions.deps import Deps
from app.actions.sign_in import session_actor, sign_in
from app.actions.signing_keys import confirm_signing_key, create_signing_key
from app.core.actor import command_actor
from app.core.text import Bilingual
from app.demo.county import Staff
from app.office.permission import Permission

PASSWORD = "henji-demo-2026"  # noqa: S105  # printed by the command that makes the demo
PIN = "qingshan-0715"
"""Of every signing key of the demo."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One way into the demo."""

    login: str
    title: Bilingual
    person_id: str | None


def sign_ins(staff: Staff) -> tuple[SignIn, ...]:
    """Return the demo's sign-ins, the most useful first."""
    return (
        SignIn("neiguan", Bilingual("内管员", "supervision officer"), staff.officers[0]),
        SignIn("zhuren", Bilingual("内管办负责人", "head of supervision"), staff.head),
        SignIn("jingli01", Bilingual("客户经理", "account manager"), staff.account_managers[0]),
        SignIn("shiguan", Bilingual("市管员", "market supervisor"), staff.market_supervisors[0]),
        SignIn("shichang", Bilingual("市场经理", "market manager"), staff.market_manager),
        SignIn("fenguan", Bilingual("营销分管领导", "marketing leader"), staff.marketing_leader),
        SignIn("neiguan2", Bilingual("内管员（另一位）", "another supervision officer"), staff.officers[1]),
        SignIn(
            "jingli02", Bilingual("客户经理（第2片区）", "account manager of territory 2"), staff.account_managers[1]
        ),
        SignIn("admin", Bilingual("系统管理员", "administrator"), None),
    )


def login_of(staff: Staff, person_id: str) -> str:
    """Return the sign-in of a person who has one."""
    return next(way.login for way in sign_ins(staff) if way.person_id == person_id)


def create_sign_ins(deps: Deps, staff: Staff) -> None:
    """Create the accounts, each person's with a signing key that the operator has confirmed."""
    operator = command_actor(Permission)
    for way in sign_ins(staff):
        create_account(deps, operator, way.login, PASSWORD, way.person_id, administrator=way.person_id is None)
        if way.person_id is not None:
            _give_key(deps, way.login, way.person_id)


def _give_key(deps: Deps, login: str, person_id: str) -> None:
    start = sign_in(deps, login, PASSWORD, "127.0.0.1")
    signed_in = session_actor(deps, start.token) if start else None
    assert signed_in is not None  # created a moment ago
    key = create_signing_key(deps, signed_in.actor, PIN, PIN)
    confirm_signing_key(deps, command_actor(Permission), person_id, key.fingerprint, None)


def give_second_factors(deps: Deps, staff: Staff) -> None:
    """Give every sign-in a second factor; the page /demo/codes shows the codes. Done when the month has been played."""
    for way in sign_ins(staff):
        secret = base64.b32encode(hashlib.sha256(f"henji-demo-{way.login}".encode()).digest()[:20]).decode("ascii")
        give_demo_second_factor(deps, way.login, secret)
