"""The sign-ins of the demo office. They exist in a demo database only."""

from dataclasses import dataclass

from app.actions.accounts import create_account
from app.actions.deps import Deps
from app.core.actor import command_actor
from app.core.text import Bilingual
from app.demo.county import Staff
from app.office.permission import Permission

PASSWORD = "henji-demo-2026"  # noqa: S105  # printed by the command that makes the demo


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
        SignIn("shichang", Bilingual("市场经理", "market manager"), staff.market_manager),
        SignIn("jingli01", Bilingual("客户经理", "account manager"), staff.account_managers[0]),
        SignIn("admin", Bilingual("系统管理员", "administrator"), None),
    )


def create_sign_ins(deps: Deps, staff: Staff) -> None:
    """Create the accounts."""
    operator = command_actor(Permission)
    for way in sign_ins(staff):
        create_account(deps, operator, way.login, PASSWORD, way.person_id, administrator=way.person_id is None)
