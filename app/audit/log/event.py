"""What happened, as the bytes that the log keeps for ever."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.canonical import canonical_bytes, sha256_hex
from app.core.clock import instant, read_instant
from app.core.errors import Integrity
from app.core.text import Bilingual

EVENT_FORMAT = "henji-event/1"


class EventUnreadable(Integrity):
    """The bytes of a log entry are not an event. 500."""

    code = "log_entry.unreadable"
    title = Bilingual("日志记录无法读取", "A log entry cannot be read")


def new_salt() -> str:
    """Return 128 random bits as 32 hexadecimal digits.

    The salt keeps anybody who holds only a leaf hash from guessing the personal data behind it.
    """
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. Its name is ``noun.past`` and never reused."""

    name: str
    at: str
    """UTC with milliseconds, as ``app.core.clock.instant`` writes it."""
    actor: Mapping[str, Any]
    """Who did it: ``Actor.as_json()``."""
    subject: Mapping[str, Any]
    """What it was done to: ``kind``, ``id`` and mostly ``version``."""
    body: Mapping[str, Any]
    """What follows from it, digests above all. No floats."""
    salt: str = field(default_factory=new_salt)

    def as_json(self) -> dict[str, Any]:
        """Return the event as the evidence of a record prints it."""
        return {
            "format": EVENT_FORMAT,
            "name": self.name,
            "at": self.at,
            "actor": dict(self.actor),
            "subject": dict(self.subject),
            "body": dict(self.body),
            "salt": self.salt,
        }

    def leaf_data(self) -> bytes:
        """Return the canonical bytes that are hashed into the tree.

        Raises:
            TypeError: a float or another value that has more than one spelling.
        """
        return canonical_bytes(self.as_json())

    @property
    def digest(self) -> str:
        """``sha256:<hex>`` of the leaf data (not the leaf hash, which has a prefix byte)."""
        return "sha256:" + sha256_hex(self.leaf_data())


_MEMBERS = frozenset({"format", "name", "at", "actor", "subject", "body", "salt"})


def read_event(body: Mapping[str, Any]) -> Event:
    """Return the event that :meth:`Event.as_json` gave.

    Raises:
        EventUnreadable: another format, a member too many or too few, or no instant in ``at``.
    """
    if body.get("format") != EVENT_FORMAT or set(body) != _MEMBERS:
        raise EventUnreadable(
            Bilingual(
                f"日志记录不是 {EVENT_FORMAT} 格式，或多了、少了字段。",
                f"The log entry is not in the format {EVENT_FORMAT}, or has members too many or too few.",
            )
        )
    at = body["at"]
    if not _is_instant(at):
        raise EventUnreadable(
            Bilingual(f"日志记录的时间 {at!r} 无法读取。", f"The time {at!r} of the log entry is unreadable.")
        )
    return Event(body["name"], at, body["actor"], body["subject"], body["body"], body["salt"])


def _is_instant(text: object) -> bool:
    try:
        return isinstance(text, str) and instant(read_instant(text)) == text
    except ValueError:
        return False


def parse_event(leaf_data: bytes) -> Event:
    """Return the event in the canonical bytes of a log entry.

    Raises:
        EventUnreadable: the bytes are not the canonical form of an event.
    """
    try:
        body = json.loads(leaf_data)
        same = isinstance(body, dict) and canonical_bytes(body) == leaf_data
    except (ValueError, TypeError) as error:
        raise EventUnreadable from error
    if not same:
        raise EventUnreadable
    return read_event(body)
