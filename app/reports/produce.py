"""From evidence to a sealed record: compose, draw, archive, seal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.canonical import canonical_bytes
from app.keys.ring import KeyRing
from app.reports.archive_format import archive_pdf
from app.reports.document import Document
from app.reports.evaluation_record import EVIDENCE_FILE, SEAL_FIELD, compose_evaluation_record
from app.reports.flowables import Placed
from app.reports.fonts import Fonts, load_fonts
from app.reports.render import LAYOUT, render
from app.reports.seal import seal_pdf


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A record just before its seal: a pure function of evidence and fonts."""

    pdf: bytes
    place: Placed
    """Where the seal goes."""


def produce_evaluation_record(evidence: Mapping[str, Any], keys: KeyRing, public_url: str, at: datetime) -> bytes:
    """Return the sealed PDF/A-3u of document D19.

    Args:
        evidence: henji-evidence/1, without ``public_url`` and ``layout``, which are added here.
        keys: the installation's.
        public_url: the address in the QR code; becomes part of the evidence, so a verifier can draw the same pages.
        at: aware; the time of sealing.

    Raises:
        FontsMissing: there is no font to draw with.
        KeysUnusable: the seal's key cannot be used.
    """
    # As a verifier will read it: out of JSON, not out of the objects it was made from.
    whole = json.loads(canonical_bytes({**evidence, "public_url": public_url, "layout": LAYOUT}))
    fonts = load_fonts()
    unsealed = unsealed_record(whole, fonts)
    simulated = bool(whole["evaluation"]["simulated_clock"])
    return seal_pdf(unsealed.pdf, keys.seal, unsealed.place, at, fonts, simulated=simulated)


def unsealed_record(evidence: Mapping[str, Any], fonts: Fonts) -> Unsealed:
    """Return the archive file of D19 for ``evidence`` (with ``public_url``), ready to be sealed."""
    return archive_document(compose_evaluation_record(evidence), canonical_bytes(evidence), fonts)


def archive_document(document: Document, evidence: bytes, fonts: Fonts) -> Unsealed:
    """Return ``document`` drawn with ``fonts``, as PDF/A-3u with ``evidence`` attached."""
    drawn = render(document, fonts)
    pdf = archive_pdf(
        drawn.pdf,
        title=f"{document.title.zh} {document.number}",
        author=document.organisation.zh,
        at=document.created_at,
        file_name=EVIDENCE_FILE,
        attachment=evidence,
    )
    return Unsealed(pdf, drawn.fields[SEAL_FIELD])
