"""Who acts on a segment change, whether that one may see it, and whether it is still as that one saw it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.audit.finding import Outcome
from app.core.actor import Actor, ActorKind
from app.core.errors import AppError, Fault, Forbidden, Invalid, NotFound
from app.core.text import Bilingual
from app.office.people import Person
from app.office.segment_change import SegmentChange
from app.review.duties import Acting
from app.store.change_values import StoredChange
from app.store.unit_of_work import UnitOfWork


class VersionMissing(AppError):
    """The caller does not say which version of the thing was seen. 428."""

    code = "version.missing"
    status = 428
    title = Bilingual("未说明所依据的版本", "The version it is based on is not said")


class VersionStale(AppError):
    """Somebody else was quicker: the thing is not as the caller saw it. 412."""

    code = "version.stale"
    status = 412
    title = Bilingual("该事项已被他人办理", "Somebody else has acted meanwhile")


class PersonUnknown(Forbidden):
    """Nobody of that number is known to the office, or a machine does not say for whom it speaks. 403."""

    code = "person.not_acting"
    title = Bilingual("须由本单位人员办理", "A person of the office must act")


@dataclass(frozen=True, slots=True)
class ChangeReply:
    """What an act on a segment change answers."""

    change_no: str
    version: int
    state: str
    evaluations: tuple[str, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)
    """What the API says of the request after it."""


def change_seen(uow: UnitOfWork, actor: Actor, change_no: str, version: int | None) -> StoredChange:
    """Return the request, which ``actor`` may see and saw in ``version``.

    Raises:
        NotFound: there is none, or the actor may not see it.
        VersionMissing, VersionStale: no version is named, or another one is the newest.
    """
    stored = change_visible(uow, actor, change_no)
    require_version(stored.version, version)
    return stored


def change_visible(uow: UnitOfWork, actor: Actor, change_no: str) -> StoredChange:
    """Return the request, which ``actor`` may see.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    stored = uow.segment_changes.get(change_no)
    if not may_see(actor, stored.change):
        raise NotFound(Bilingual(f"没有业态变更 {change_no}。", f"There is no segment change {change_no}."))
    return stored


def may_see(actor: Actor, change: SegmentChange) -> bool:
    """Return whether ``actor`` is not limited to territories, or to one of them that the request lies in."""
    asked = change.application
    return (
        actor.territories is None
        or asked.territory_id in actor.territories
        or (actor.kind is ActorKind.PERSON and asked.account_manager == actor.actor_id)
    )


def require_version(newest: int, seen: int | None) -> None:
    """Do nothing when ``seen`` is the newest version.

    Raises:
        VersionMissing: it is None.
        VersionStale: it is another one.
    """
    if seen is None:
        raise VersionMissing(
            Bilingual(
                f'请用 If-Match 说明所依据的版本，例如 If-Match: "v{newest}"。',
                f'Say with If-Match which version you have seen, such as If-Match: "v{newest}".',
            )
        )
    if seen != newest:
        raise VersionStale(
            Bilingual(
                f"您看到的是第{seen}版，现在是第{newest}版。请刷新后核对，再办理。",
                f"You saw version {seen}; it is at version {newest} now. Reload, look, and decide again.",
            )
        )


def person_acting(uow: UnitOfWork, actor: Actor, speaks_for: str | None = None) -> Person:
    """Return the person who acts: the one who is signed in, or the one a machine client speaks for.

    Raises:
        PersonUnknown: the office knows nobody of that number, or a machine does not say for whom it speaks.
        Forbidden: a person speaks for somebody else.
    """
    if actor.kind is ActorKind.PERSON and speaks_for not in (None, actor.actor_id):
        raise Forbidden(Bilingual("不能代他人办理。", "Nobody acts for somebody else here."))
    person_id = actor.actor_id if actor.kind is ActorKind.PERSON else speaks_for
    person = uow.office.person(person_id) if person_id else None
    if person is None:
        raise PersonUnknown(
            Bilingual(
                f"人员 {person_id or '（未说明）'} 不在本单位名册中，不能办理。",
                f"Person {person_id or '(not said)'} is not in the office's register and cannot act.",
            )
        )
    return person


def acting_now(person: Person, at: datetime, outcomes: Mapping[str, Outcome] | None = None) -> Acting:
    """Return ``person`` about to act at ``at``, with what the rules said of it."""
    return Acting(person, at, outcomes=dict(outcomes or {}))


def refuse_faults(faults: tuple[Fault, ...]) -> None:
    """Do nothing when there are no faults.

    Raises:
        Invalid: there are; every one is named.
    """
    if faults:
        raise Invalid(
            Bilingual("有内容无法读取，请按提示改正。", "Some of it cannot be read; every place is named."), faults
        )
