"""A document several people sign one after another: which fields there are, what each signature states."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.canonical import sha256_hex
from app.core.text import Bilingual

BASE_REVISIONS = 2
"""The archive file, and the empty fields appended to it."""
ARCHIVE_FIELD = "archive_time_stamp_"
"""Followed by 1, 2, ...: the time stamps over the whole file, which no person signs."""
MOST_OPINION = 200
"""Characters of an opinion that fit into a box and stay readable."""
WITNESS_WORD = "见证手写签名"
"""Begins the meaning of every signature a witness puts for somebody who signed on paper, and of no other."""
_STATED = re.compile(
    r"(?P<said>.*?)"
    r"(?: \[for (?P<principal>[!-~]+)\])?"
    r"(?: \[by hand (?P<writer>[!-~]+) scan sha256:(?P<scan>[0-9a-f]{64})\])?"
    r" \[content sha256:(?P<content>[0-9a-f]{64})\]\Z",
    re.DOTALL,
)
_MARKS = ("[for ", "[by hand ", "[content ")
"""What only the service writes into a reason."""


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
    """Id of the only person whose signature this may be; None when the document leaves it open."""
    meaning: Bilingual | None = None
    """What the signature must say it means; None when the document leaves it open."""
    by_hand: bool = False
    """Whether that person may have signed on paper, and a witness signs here with the own key."""


def expected_signatures(evidence: Mapping[str, Any], fields: Sequence[str]) -> tuple[Expected, ...]:
    """Return the signatures a document with ``evidence`` must bear, in order: its member ``signatures``.

    Which places there are is the document's to say, never the evidence's: else one signature could pass for five.

    Raises:
        ValueError: they are not in ``fields``, all of them, in order, or one means nothing.
    """
    expected = tuple(
        Expected(
            each["field"],
            Bilingual(**each["role"]),
            each["person"],
            Bilingual(**each["meaning"]),
            each["by_hand"] is True,
        )
        for each in evidence["signatures"]
    )
    meant = all(each.meaning and each.meaning.zh.strip() for each in expected)
    if [each.field for each in expected] != list(fields) or not meant:
        raise ValueError("not the signatures of this document")
    return expected


@dataclass(frozen=True, slots=True)
class Standing:
    """A person somebody else's signature stands for."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """A signature on paper, and the scan of it that was kept."""

    writer: Standing
    scan_digest: str
    """``sha256:<hex>``."""


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
    principal: Standing | None = None
    """For whom a deputy signs."""
    by_hand: ByHand | None = None
    """What the signer has witnessed, when somebody else signed on paper."""

    def reason(self, content: Content) -> str:
        """Return what stands in the signature itself, bound to ``content``."""
        opinion = f"；{self.opinion}" if self.opinion else ""
        principal = f" [for {self.principal.person_id}]" if self.principal else ""
        by_hand = f" [by hand {self.by_hand.writer.person_id} scan {self.by_hand.scan_digest}]" if self.by_hand else ""
        bound = f" [content sha256:{content.digest}]"
        return f"{self.meaning.zh} {self.meaning.en}{opinion}{principal}{by_hand}{bound}"


def holds_mark(opinion: str) -> bool:
    """Return whether ``opinion`` holds what only the service may write into a reason."""
    return any(mark in opinion for mark in _MARKS)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the reason of a signature says, read back."""

    said: str
    """Meaning and opinion: ``核查属实 Verified；…``."""
    content_digest: str
    principal: str | None = None
    """Id of the person a deputy signed for."""
    writer: str | None = None
    """Id of the person who signed on paper; then the signer is a witness."""
    scan_digest: str | None = None
    """``sha256:<hex>`` of the scan of that paper."""

    def means(self, meaning: Bilingual) -> bool:
        """Return whether it says ``meaning``, with an opinion after it or without."""
        words = f"{meaning.zh} {meaning.en}"
        return self.said == words or self.said.startswith(f"{words}；")


def read_reason(reason: str) -> Stated | None:
    """Return what the reason of a signature states; None when it names no content, as ours do."""
    found = _STATED.match(reason)
    if found is None:
        return None
    scan = found["scan"]
    return Stated(
        found["said"], found["content"], found["principal"], found["writer"], f"sha256:{scan}" if scan else None
    )
