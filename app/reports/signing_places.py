"""Where the boxes of a prepared document stand and who is expected in them: read from the file and its evidence.

Whoever signs later needs no fonts and no drawing for that, and a later version of the program changes nothing about it.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pikepdf

from app.reports.flowables import Placed
from app.reports.signed_documents import SIGNED_DOCUMENTS
from app.reports.signed_form import Expected


@dataclass(frozen=True, slots=True)
class Outline:
    """What a document that is about to be signed expects."""

    expected: tuple[Expected, ...]
    """Every signature, in order."""
    places: Mapping[str, Placed]
    """Where the box of each field stands."""


def outline_of(pdf: bytes, evidence: bytes) -> Outline:
    """Return the outline of a document from the bytes it was prepared as and the evidence it was drawn from."""
    body = json.loads(evidence)
    return Outline(SIGNED_DOCUMENTS[body["format"]].expected(body), places_in(pdf))


def places_in(pdf: bytes) -> dict[str, Placed]:
    """Return the page (0-based) and box of every signature field in ``pdf`` that is to be seen, by name."""
    found: dict[str, Placed] = {}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for number, page in enumerate(opened.pages):
            for widget in page.get("/Annots", ()):
                if widget.get("/FT") == "/Sig" and "/T" in widget:
                    left, bottom, right, top = (float(edge) for edge in widget["/Rect"])
                    found[str(widget["/T"])] = Placed(number, (left, bottom, right, top))
    return found
