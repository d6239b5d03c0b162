"""Where time comes from. The clock of the service decides when something happened; no request can move it."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
"""All windows and dates of the regulation are read in this zone."""


class Clock(Protocol):
    """Something that tells the time."""

    @property
    def simulated(self) -> bool:
        """True when every page and record must say 模拟时钟."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    simulated = False

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that starts at a given instant and ticks on from there. For trials and demos only."""

    simulated = True

    def __init__(self, start: datetime) -> None:
        """Start ticking at ``start`` (aware)."""
        if start.tzinfo is None:
            raise ValueError("a simulated clock needs an aware instant")
        self._start = start.astimezone(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return ``start`` plus the time since this clock was made."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)


class SteppedClock:
    """A clock that stands still until it is set. For tests and for playing a month."""

    simulated = True

    def __init__(self, at: datetime) -> None:
        """Stand at ``at`` (aware)."""
        self.set(at)

    def set(self, at: datetime) -> None:
        """Move to ``at`` (aware)."""
        if at.tzinfo is None:
            raise ValueError("a stepped clock needs an aware instant")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant it was last set to."""
        return self._at


def local(at: datetime) -> datetime:
    """Return ``at`` (aware) in the office's zone."""
    return at.astimezone(OFFICE_ZONE)


def local_date(at: datetime) -> date:
    """Return the calendar date of ``at`` (aware) in the office's zone."""
    return local(at).date()


def instant(at: datetime) -> str:
    """Return ``at`` (aware) as UTC with milliseconds: ``2026-11-16T01:30:01.214Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """Return the aware instant written in ``text`` (ISO 8601 with offset).

    Raises:
        ValueError: no instant, or one without an offset.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return at
