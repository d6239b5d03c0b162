"""Addresses of our own: where a reader may be sent, and where a file of ours lies."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask import url_for

STATIC: Final = Path(__file__).parent / "static"
_HOME: Final = "/"


def local_address(wanted: str | None) -> str:
    """Return ``wanted`` when it is a path of this service, else the first page.

    A path that starts with two slashes, or with a slash and a backslash, names another host.
    """
    if not wanted or not wanted.startswith("/") or wanted[1:2] in ("/", "\\"):
        return _HOME
    if any(ord(character) <= 0x20 for character in wanted):  # noqa: PLR2004  # the controls and the space
        return _HOME
    parts = urlsplit(wanted)
    return _HOME if parts.scheme or parts.netloc else wanted


@cache
def _content_mark(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of one of our static files; it changes when the file does."""
    return url_for("web.static", filename=name, v=_content_mark(name))
