"""Whose signature one is, and whether it may stand in its place: asked before signing and again by every verifier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.clock import instant
from app.core.text import Bilingual
from app.keys.certificates import PersonName
from app.reports.signed_form import WITNESS_WORD, Expected, Stated, holds_mark


@dataclass(frozen=True, slots=True)
class SignatureRead:
    """One person's signature that holds."""

    field: str
    caption: Bilingual
    """Of the place it stands in."""
    person: PersonName
    """Who signed, as the certificate says."""
    reason: str
    stated: Stated
    """What the reason says, read back."""
    at: datetime
    """Aware; what the time stamp says."""
    authority: str
    """Name of the time-stamping authority."""
    certificate_der: bytes

    @property
    def standing_for(self) -> str:
        """Id of the person whose signature this is: who signed, or who signed on paper before a witness."""
        return self.stated.writer or self.person.number

    def as_json(self) -> dict[str, Any]:
        """Return the signature as ``henji verify --json`` prints it."""
        return {
            "field": self.field,
            "place": self.caption.as_json(),
            "person": {"id": self.person.number, "name": self.person.name, "unit": self.person.unit},
            "at": instant(self.at),
            "said": self.stated.said,
            "on_behalf_of": self.stated.principal,
            "witness_for": self.stated.writer,
            "scan_digest": self.stated.scan_digest,
            "time_stamp_authority": self.authority,
        }


def standing_fault(
    expected: Expected, number: str, stated: Stated, before: Sequence[SignatureRead]
) -> Bilingual | None:
    """Return why a signature of the person ``number`` that states ``stated`` may not stand there; None when it may.

    Args:
        expected: what the document demands of the place.
        number: id in the certificate that signs.
        stated: what the signature says.
        before: the signatures before.
    """
    return _meaning_fault(expected, stated) or _person_fault(expected, number, stated, before)


def _meaning_fault(expected: Expected, stated: Stated) -> Bilingual | None:
    witnessed = stated.writer is not None
    if witnessed != stated.said.startswith(WITNESS_WORD) or holds_mark(stated.said):
        return Bilingual("签名的含义与其方式不符。", "What the signature says is not how it was made.")
    if witnessed and not expected.by_hand:
        return Bilingual(
            f"“{expected.caption.zh}”不接受手写签名。", f"{expected.caption.en} does not take a handwritten signature."
        )
    if not witnessed and expected.meaning is not None and not stated.means(expected.meaning):
        return Bilingual(
            f"“{expected.caption.zh}”的签名应表明“{expected.meaning.zh}”，实际为“{stated.said}”。",
            f"The signature of {expected.caption.en} should mean {expected.meaning.en!r}, but says {stated.said!r}.",
        )
    return None


def _person_fault(expected: Expected, number: str, stated: Stated, before: Sequence[SignatureRead]) -> Bilingual | None:
    whose = stated.writer or number
    if expected.person is not None and (whose != expected.person or stated.principal is not None):
        return Bilingual(
            f"“{expected.caption.zh}”应由 {expected.person} 签名，不是 {whose}。",
            f"{expected.caption.en} is signed by {expected.person}, not by {whose}.",
        )
    signers = {each.standing_for for each in before} | {each.stated.principal for each in before}
    witnesses = {each.person.number for each in before if each.stated.writer is not None}
    for each in (whose, stated.principal):
        if each is not None and each in signers | witnesses:
            return Bilingual(
                f"{each} 在本文件上签过名或作过见证；各层须由不同的人签署。",
                f"{each} has signed this document already or was a witness; every layer is signed by somebody else.",
            )
    if stated.writer is not None and number in {*signers, whose}:
        return Bilingual(
            f"{number} 在本文件上签过名，不能作见证人。", f"{number} has signed this document and cannot be a witness."
        )
    if stated.principal == whose:
        return Bilingual(f"{whose} 不能代理本人。", f"{whose} cannot be the own deputy.")
    return None
