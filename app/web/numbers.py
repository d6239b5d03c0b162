"""How values print on a page: numbers, yes and no, lists, dates, digests."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from markupsafe import Markup

from app.core.clock import local, local_date, read_instant
from app.web.language import gettext as _
from app.web.language import language

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_GROUP_FROM: Final = 10_000
"""Below this, digits read better without a comma."""
_HEAD, _TAIL = 8, 6
_KILO: Final = 1000


def printed(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Return a measured value or a parameter as text in the language of the request."""
    if value is None:
        return _("缺")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return " · ".join(f"{name} {printed(member)}" for name, member in value.items())
    if isinstance(value, Sequence):
        joiner = ", " if language() == "en" else "、"
        return joiner.join(printed(member) for member in value) or _("无")
    return str(value)


def grouped(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Return a number with a comma between thousands, anything else as :func:`printed` has it."""
    text = printed(value)
    if isinstance(value, bool) or not _NUMBER.fullmatch(text) or abs(Decimal(text)) < _GROUP_FROM:
        return text
    return f"{Decimal(text):,f}"


def is_number(value: Any) -> bool:  # noqa: ANN401  # any JSON value
    """Return whether ``value`` prints as a number."""
    return not isinstance(value, bool) and value is not None and bool(_NUMBER.fullmatch(str(value)))


def _instant(at: datetime | str) -> datetime:
    return local(read_instant(at) if isinstance(at, str) else at)


def minute(at: datetime | str) -> Markup:
    """Return ``2026-11-16 09:30`` in the office's zone; the element says the whole instant."""
    here = _instant(at)
    return Markup('<time datetime="{}">{}</time>').format(
        here.isoformat(timespec="milliseconds"), here.strftime("%Y-%m-%d %H:%M")
    )


def day(at: date | None) -> Markup:
    """Return ``2026-11-16``, of an instant the day in the office's zone; empty for None."""
    if at is None:
        return Markup("")
    here = local_date(at) if isinstance(at, datetime) else at
    return Markup("<time>{}</time>").format(here)


def size(count: int) -> str:
    """Return a number of bytes as people say it: ``840 B``, ``12 kB``, ``3.4 MB``."""
    if count < _KILO:
        return f"{count} B"
    if count < _KILO * _KILO:
        return f"{count // _KILO} kB"
    return f"{Decimal(count) / (_KILO * _KILO):.1f} MB"


def moment(at: datetime | str) -> Markup:
    """Return ``2026-11-16 09:30:01.214 +08:00`` in the office's zone, as records have it."""
    here = _instant(at)
    offset = here.strftime("%z")
    text = f"{here.strftime('%Y-%m-%d %H:%M:%S')}.{here.microsecond // 1000:03d} {offset[:3]}:{offset[3:]}"
    return Markup('<time datetime="{}">{}</time>').format(here.isoformat(timespec="milliseconds"), text)


def short(digest: str) -> str:
    """Return the two ends of a digest, for reading; the whole stands beside it, for copying."""
    head, colon, rest = digest.rpartition(":")
    if len(rest) <= _HEAD + _TAIL + 1:
        return digest
    return f"{head}{colon}{rest[:_HEAD]}…{rest[-_TAIL:]}"
