"""Turn drawn pages into an archive file, PDF/A-3u, with the evidence attached. Before sealing, never after.

Source: ISO 19005-3; design/signing.md, 3. The result is the same bytes for the same pages and evidence.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pikepdf
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, ObjectStreamMode, Pdf

from app.core.clock import instant

_ICC = Path(__file__).with_name("srgb.icc")
_ICC_COMPONENTS = 3


@lru_cache(maxsize=1)
def _icc() -> bytes:
    return _ICC.read_bytes()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along with a document: the scan of an application."""

    name: str
    data: bytes
    mime_type: str
    description: str


def archive_pdf(  # what an archive file states of itself
    pages: bytes,
    *,
    title: str,
    author: str,
    at: datetime,
    file_name: str,
    attachment: bytes,
    enclosures: Sequence[Enclosure] = (),
) -> bytes:
    """Return ``pages`` as PDF/A-3u with ``attachment`` inside as source data, and ``enclosures`` as supplements.

    ``at`` (aware) is the moment the document speaks of; it stands as the date of creation.
    """
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        _add_output_intent(pdf)
        evidence = Enclosure(file_name, attachment, "application/json", "证据 Evidence")
        _attach(pdf, evidence, Name.Data, at)
        for each in enclosures:
            _attach(pdf, each, Name.Supplement, at)
        pdf.Root.AF = Array([spec.obj for spec in pdf.attachments.values()])
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = title
            metadata["dc:creator"] = [author]
            metadata["pdfaid:part"] = "3"
            metadata["pdfaid:conformance"] = "U"
            metadata["xmp:CreateDate"] = instant(at)
            metadata["xmp:CreatorTool"] = "Henji"
        # Nothing that a validator lets somebody change without breaking the seal.
        del pdf.trailer["/Info"]
        out = io.BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=ObjectStreamMode.disable,
            force_version="1.7",
        )
        return out.getvalue()


def _add_output_intent(pdf: Pdf) -> None:
    profile = pdf.make_stream(_icc())
    profile.N = _ICC_COMPONENTS
    pdf.Root.OutputIntents = Array(
        [
            pdf.make_indirect(
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFA1,
                    OutputConditionIdentifier="sRGB",
                    Info="sRGB IEC61966-2.1",
                    DestOutputProfile=profile,
                )
            )
        ]
    )


def _attach(pdf: Pdf, enclosure: Enclosure, relationship: Name, at: datetime) -> None:
    moment = instant(at)
    stamp = f"D:{moment[:19].replace('-', '').replace('T', '').replace(':', '')}Z"
    pdf.attachments[enclosure.name] = AttachedFileSpec(
        pdf,
        enclosure.data,
        filename=enclosure.name,
        mime_type=enclosure.mime_type,
        description=enclosure.description,
        relationship=relationship,
        creation_date=stamp,
        mod_date=stamp,
    )
