"""Who is acting, and what that one may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.errors import Forbidden
from app.core.text import Bilingual


class ActorKind(StrEnum):
    """What sort of thing acts."""

    CLIENT = "client"
    PERSON = "person"
    COMMAND = "command"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Access:
    """The way a signed-in person has come in. Duties bind the person; secrets belong to the account."""

    account_id: str
    session: str
    """Digest of the browser's token."""
    strong_at: datetime | None
    """When that one last proved to be there: password, and code where there is a second factor."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts. Nothing is granted that is not named."""

    kind: ActorKind
    actor_id: str
    name: str
    permissions: frozenset[str] = frozenset()
    territories: frozenset[str] | None = frozenset()
    """The territories this actor is limited to; None means every territory."""
    access: Access | None = None
    """Of a person in a browser; None for machines, commands and the service itself."""

    def may(self, permission: str, *, territory: str | None = None) -> bool:
        """Return whether the permission is granted, and for that territory when one is named."""
        if permission not in self.permissions:
            return False
        return territory is None or self.territories is None or territory in self.territories

    def require(self, permission: str, *, territory: str | None = None) -> None:
        """Do nothing when the permission is granted.

        Raises:
            Forbidden: it is not, or not for that territory.
        """
        if self.may(permission, territory=territory):
            return
        place = f"（片区 {territory}）" if territory else ""
        place_en = f" for territory {territory}" if territory else ""
        raise Forbidden(
            Bilingual(
                f"{self.name}没有权限 {permission}{place}。请由管理员授权后再试。",
                f"{self.name} lacks the permission {permission}{place_en}. Ask the administrator to grant it.",
            )
        )

    def as_json(self) -> dict[str, str]:
        """Return what the log keeps of an actor."""
        return {"kind": self.kind.value, "id": self.actor_id, "name": self.name}


def system_actor(name: str, permissions: Iterable[str]) -> Actor:
    """Return the service itself acting as ``name``, in every territory."""
    return Actor(ActorKind.SYSTEM, f"system:{name}", name, frozenset(permissions), None)


def command_actor(permissions: Iterable[str]) -> Actor:
    """Return the person at the command line of the machine, in every territory."""
    return Actor(ActorKind.COMMAND, "command:henji", "命令行 henji", frozenset(permissions), None)
