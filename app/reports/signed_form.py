"""A document several people sign one after another: which fields there are, what each signature states."""

import re
from dataclasses import dataclass
from datetime import datetime

from app.core.canonical import sha256_hex
from app.core.text import Bilingual

BASE_REVISIONS = 2
"""The archive file, and the empty fields appended to it."""
ARCHIVE_FIELD = "archive_time_stamp_"
"""Followed by 1, 2, ...: the time stamps over the whole file, which no person signs."""
MOST_OPINION = 200
"""Characters of an opinion that fit into a box and stay readable."""
_CONTENT = re.compile(r" \[content sha256:([0-9a-f]{64})\]\Z")


@dataclass(frozen=True, slots=True)
class Content:
    """What is signed: the first ``size`` bytes of the file, before anybody signed. Later bytes are only appended."""

    size: int
    digest: str
    """SHA-256, 64 hexadecimal digits."""

    def is_start_of(self, data: bytes) -> bool:
        """Return whether ``data`` still begins with it."""
        return len(data) >= self.size and sha256_hex(data[: self.size]) == self.digest


def content_of(data: bytes) -> Content:
    """Return the content of a file nobody has signed yet."""
    return Content(len(data), sha256_hex(data))


@dataclass(frozen=True, slots=True)
class Expected:
    """One signature a document must bear, in its place."""

    field: str
    """Name of the PDF signature field."""
    caption: Bilingual
    """Whose it is, for readers: 客户经理 Account manager."""
    person: str | None = None
    """Id of the only person who may sign here; None when anybody with the role may."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one person says by signing. The printed name comes from the certificate, so nobody signs as another."""

    field: str
    role: Bilingual
    meaning: Bilingual
    """What the signature means: 核实属实 verified as true. Never empty."""
    opinion: str
    """In the signer's own words; may be empty."""
    at: datetime
    """Aware; the service's clock, printed with its offset. The time stamp is the evidence."""
    simulated: bool = False

    def reason(self, content: Content) -> str:
        """Return what stands in the signature itself, bound to ``content``."""
        opinion = f"；{self.opinion}" if self.opinion else ""
        return f"{self.meaning.zh} {self.meaning.en}{opinion} [content sha256:{content.digest}]"


def content_digest_in(reason: str) -> str | None:
    """Return the digest of the content a signature's reason names; None when it names none."""
    found = _CONTENT.search(reason)
    return found.group(1) if found else None
