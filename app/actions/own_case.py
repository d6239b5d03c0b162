"""Nobody decides in a case of one's own: what an administrator may do for others, but never for oneself."""

from app.core.actor import Actor
from app.core.errors import Forbidden, NotFound
from app.core.text import Bilingual
from app.store.unit_of_work import UnitOfWork
from app.store.values import Account


class OwnCase(Forbidden):
    """The person behind the actor is the one it is about. 403."""

    code = "person.own_case"
    title = Bilingual("不得为本人办理", "Nobody does this for oneself")


def refuse_own_person(actor: Actor, person_id: str | None) -> None:
    """Do nothing when it is about somebody else.

    Raises:
        OwnCase: it is about the person behind the actor, whatever account is used.
    """
    if person_id is not None and actor.actor_id == person_id:
        raise OwnCase(
            Bilingual(
                f"{actor.name}不得为本人办理此事。请由另一名管理员办理。",
                f"{actor.name} cannot do this for oneself; another administrator must.",
            )
        )


def refuse_own_account(uow: UnitOfWork, actor: Actor, account_id: str) -> Account:
    """Return the account, which belongs to somebody else.

    Raises:
        NotFound: there is none.
        OwnCase: it is the actor's, or the same person's.
    """
    account = uow.accounts.by_id(account_id)
    if account is None:
        raise NotFound(Bilingual(f"没有账号 {account_id}。", f"There is no account {account_id}."))
    mine = actor.access is not None and actor.access.account_id == account_id
    # An administrator without a person is known by the account.
    refuse_own_person(actor, actor.actor_id if mine else account.person_id or account.account_id)
    return account
