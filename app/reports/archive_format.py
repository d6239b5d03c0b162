"""Turn drawn pages into an archive file, PDF/A-3u, with the evidence attached. Before sealing, never after.

Source: ISO 19005-3; design/signing.md, 3. The result is the same bytes for the same pages and evidence.
"""

import io
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


def archive_pdf(  # what an archive file states of itself
    pages: bytes, *, title: str, author: str, at: datetime, file_name: str, attachment: bytes
) -> bytes:
    """Return ``pages`` as PDF/A-3u with ``attachment`` inside as source data.

    ``at`` (aware) is the moment the document speaks of; it stands as the date of creation.
    """
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        _add_output_intent(pdf)
        _attach(pdf, file_name, attachment, at)
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


def _attach(pdf: Pdf, file_name: str, data: bytes, at: datetime) -> None:
    moment = instant(at)
    stamp = f"D:{moment[:19].replace('-', '').replace('T', '').replace(':', '')}Z"
    pdf.attachments[file_name] = AttachedFileSpec(
        pdf,
        data,
        filename=file_name,
        mime_type="application/json",
        description="证据 Evidence",
        relationship=Name.Data,
        creation_date=stamp,
        mod_date=stamp,
    )
    pdf.Root.AF = Array([pdf.attachments[file_name].obj])
