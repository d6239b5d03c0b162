"""Machine clients: their credentials, and who is behind one."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

from app.actions.deps import Deps
from app.actions.noting import note
from app.core.actor import Actor, ActorKind
from app.core.errors import Conflict, Fault, Invalid, NotFound
from app.core.text import Bilingual
from app.office.permission import SCOPES, Permission
from app.store.unit_of_work import UnitOfWork
from app.store.values import Client

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_PREFIX = "henji"


class ClientKnown(Conflict):
    """A client of this name exists."""

    code = "client.known"
    title = Bilingual("同名客户端已存在", "A client of this name exists")


class ClientRevoked(Conflict):
    """The client's access was taken away for good. 409."""

    code = "client.inactive"
    title = Bilingual("客户端已停用", "The client is revoked")


def create_client(
    deps: Deps, actor: Actor, name: str, scopes: Sequence[str], territories: Sequence[str] | None
) -> tuple[Client, str]:
    """Return the new client and its credential, which is shown this once and kept only as a hash.

    Args:
        deps: the process.
        actor: needs ``client.manage``.
        name: 1 to 63 letters, digits, ``. _ -``.
        scopes: of SCOPES; nothing is granted that is not named.
        territories: the ones it is limited to; None for all of them.

    Raises:
        Invalid: the name or a scope is none.
        ClientKnown: there is one of that name.
    """
    actor.require(Permission.MANAGE_CLIENTS)
    _check(name, scopes)
    secret = secrets.token_urlsafe(32)
    at = deps.clock.now()
    client = Client(
        client_id=name,
        name=name,
        credential_hash=_hash(secret),
        scopes=tuple(dict.fromkeys(scopes)),
        territories=None if territories is None else frozenset(territories),
        created_at=at,
    )
    with deps.store.write() as uow:
        if uow.clients.by_id(name) is not None:
            raise ClientKnown(
                Bilingual(f"客户端 {name} 已存在，请换一个名称。", f"Client {name} exists. Choose another name.")
            )
        uow.clients.add(client)
        note(
            uow,
            actor,
            "client.created",
            ("client", name),
            at,
            {
                "scopes": list(client.scopes),
                "territories": None if client.territories is None else sorted(client.territories),
            },
        )
    return client, f"{_PREFIX}_{name}_{secret}"


def _check(name: str, scopes: Sequence[str]) -> None:
    faults = []
    if not _NAME.fullmatch(name):
        message = Bilingual(
            "名称应为 1 到 63 个字母、数字或 . _ -，以字母或数字开头。",
            "The name must be 1 to 63 letters, digits or . _ -, beginning with a letter or digit.",
        )
        faults.append(Fault("NAME", "client.name_invalid", message))
    for scope in scopes:
        if scope not in SCOPES:
            known = ", ".join(SCOPES)
            message = Bilingual(f"没有权限范围 {scope}。可用：{known}。", f"No scope {scope}. There are: {known}.")
            faults.append(Fault("--scope", "client.scope_unknown", message))
    if not scopes:
        message = Bilingual("至少指定一个 --scope。", "Name at least one --scope.")
        faults.append(Fault("--scope", "client.scope_missing", message))
    if faults:
        raise Invalid(faults[0].message, faults)


def list_clients(deps: Deps, actor: Actor) -> tuple[Client, ...]:
    """Return every client, by name; their credentials are nowhere."""
    actor.require(Permission.MANAGE_CLIENTS)
    with deps.store.read() as uow:
        return uow.clients.list()


def revoke_client(deps: Deps, actor: Actor, client_id: str) -> None:
    """Take away a client's access for good; doing it again changes nothing.

    Raises:
        NotFound: there is no such client.
    """
    actor.require(Permission.MANAGE_CLIENTS)
    at = deps.clock.now()
    with deps.store.write() as uow:
        if _known(uow, client_id).revoked_at is None:
            uow.clients.revoke(client_id, at)
            note(uow, actor, "client.revoked", ("client", client_id), at, {})


def rotate_client(deps: Deps, actor: Actor, client_id: str) -> str:
    """Return a new credential, shown this once; the old one is worth nothing from now on.

    Raises:
        NotFound: there is no such client.
        ClientRevoked: its access was taken away.
    """
    actor.require(Permission.MANAGE_CLIENTS)
    at = deps.clock.now()
    secret = secrets.token_urlsafe(32)
    with deps.store.write() as uow:
        known = _known(uow, client_id)
        if known.revoked_at is not None:
            raise ClientRevoked
        uow.clients.replace_credential(client_id, _hash(secret))
        note(uow, actor, "client.rotated", ("client", client_id), at, {})
    return f"{_PREFIX}_{client_id}_{secret}"


def _known(uow: UnitOfWork, client_id: str) -> Client:
    known = uow.clients.by_id(client_id)
    if known is None:
        raise NotFound(Bilingual(f"没有客户端 {client_id}。", f"There is no client {client_id}."))
    return known


def authenticate_client(deps: Deps, credential: str) -> Actor | None:
    """Return the client whose credential this is; None for any other text."""
    prefix, _, rest = credential.partition("_")
    # The name may hold underscores, the secret too; the secret has a fixed length.
    name, separator, secret = rest[:-44], rest[-44:-43], rest[-43:]
    if prefix != _PREFIX or separator != "_" or not name:
        return None
    with deps.store.read() as uow:
        client = uow.clients.by_id(name)
    # The hash is computed and compared in either case, so that a known name takes no other time than an unknown one.
    wanted = client.credential_hash if client is not None else _hash("")
    if not hmac.compare_digest(_hash(secret), wanted) or client is None or client.revoked_at is not None:
        return None
    permissions = frozenset().union(*(SCOPES[scope] for scope in client.scopes if scope in SCOPES))
    return Actor(ActorKind.CLIENT, client.client_id, client.name, permissions, client.territories)


def _hash(secret: str) -> str:
    """Return the SHA-256 of a 256-bit random secret: there is nothing to guess, so nothing to slow down."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
