"""Seal an archive file: one PAdES B-B signature of the system, after which no byte may change."""

import hashlib
import io
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from app.core.clock import local
from app.keys.seal_key import SealKey
from app.reports import look
from app.reports.evaluation_record import SEAL_FIELD
from app.reports.flowables import Placed
from app.reports.fonts import BOLD, REGULAR, Fonts
from app.reports.signer import CMS_BESIDE_CERTIFICATE, KeySigner, SignerAt, whole_box


def seal_pdf(pdf: bytes, key: SealKey, place: Placed, at: datetime, fonts: Fonts, *, simulated: bool) -> bytes:
    """Return ``pdf`` with the system seal at ``place``; ``at`` (aware) is printed and stated as the time of sealing.

    The signature certifies the document and allows no change at all (DocMDP 1).

    Raises:
        KeysUnusable: the key lies in a token that cannot be used.
    """
    left, bottom, right, top = (round(edge) for edge in place.box)
    picture = _appearance(key, right - left, top - bottom, at, fonts, simulated=simulated)
    metadata = PdfSignatureMetadata(
        field_name=SEAL_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name="系统印章 System Seal",
        reason="系统封存，非个人签名 Sealed by the system, not a personal signature",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer = SignerAt(
        local(at),
        metadata,
        KeySigner(key),
        stamp_style=whole_box(picture),
        new_field_spec=SigFieldSpec(
            SEAL_FIELD, on_page=place.page, box=(left, bottom, right, top), readable_field_name="系统印章 System seal"
        ),
    )
    out = io.BytesIO()
    reserved = 2 * (len(key.certificate_der) + CMS_BESIDE_CERTIFICATE)
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out, bytes_reserved=reserved)
    return out.getvalue()


def _appearance(key: SealKey, width: float, height: float, at: datetime, fonts: Fonts, *, simulated: bool) -> bytes:
    certificate = x509.Certificate.load(key.certificate_der)
    office = str(certificate.subject.native.get("organization_name", ""))
    shown = "".join(c if c in fonts.visible else f"[U+{ord(c):04X}]" for c in office)
    fingerprint = hashlib.sha256(key.certificate_der).hexdigest()
    moment = local(at).isoformat(sep=" ", timespec="seconds").replace("+", " +")
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1, initialFontName=REGULAR)
    canvas.setStrokeColor(look.ACCENT)
    canvas.setLineWidth(1.2)
    canvas.roundRect(3, 3, width - 6, height - 6, 3, stroke=1, fill=0)
    canvas.setLineWidth(0.4)
    canvas.roundRect(5.2, 5.2, width - 10.4, height - 10.4, 2, stroke=1, fill=0)
    left, y = 5 * mm, height - 7.6 * mm
    canvas.setFillColor(look.ACCENT)
    canvas.setFont(BOLD, 12)
    canvas.drawString(left, y, "系统印章  System Seal")
    lines = (
        (7.6, look.INK, shown),
        (7.6, look.INK, f"{moment}{'  模拟时钟 simulated clock' if simulated else ''}"),
        (6.6, look.INK_2, f"证书 Certificate sha256:{fingerprint[:24]}…"),
        (6.6, look.INK_2, "系统完整性印章，非个人签名 System integrity seal, no person's signature"),
    )
    for size, colour, text in lines:
        y -= size * 1.55
        canvas.setFillColor(colour)
        canvas.setFont(
            REGULAR, min(size, size * (width - 2 * left) / max(1.0, canvas.stringWidth(text, REGULAR, size)))
        )
        canvas.drawString(left, y, text)
    canvas.save()
    return out.getvalue()
