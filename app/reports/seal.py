"""Seal an archive file: one PAdES B-B signature of the system, after which no byte may change.

The only module that makes signatures with pyHanko, which is 0.x and pinned to one minor version.
"""

import hashlib
import io
import uuid
from datetime import datetime
from typing import Any

from asn1crypto import x509
from asn1crypto.algos import SignedDigestAlgorithm
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSigner, Signer
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.stamp import StaticStampStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from app.core.clock import local
from app.keys.seal_key import SealKey
from app.reports import look
from app.reports.evaluation_record import SEAL_FIELD
from app.reports.flowables import Placed
from app.reports.fonts import BOLD, REGULAR, Fonts

_LONGEST_SIGNATURE = 72
"""Bytes of a DER P-256 signature at most."""
_CMS_BESIDE_CERTIFICATE = 1024
"""Room for everything in the signature container but the certificate; it takes about 600 bytes."""
_WHOLE_BOX = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins(0, 0, 0, 0))


class _KeySigner(Signer):
    """Lets pyHanko sign with a key it never sees."""

    def __init__(self, key: SealKey) -> None:
        super().__init__(
            # Only the seal's own certificate goes into the file: an unsigned copy of any other could be changed unseen.
            embed_roots=False,
            signing_cert=x509.Certificate.load(key.certificate_der),
            signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self._key = key

    # The digest algorithm is the one the mechanism above names.
    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002
        return bytes(_LONGEST_SIGNATURE) if dry_run else self._key.sign(data)


class _SignerAt(PdfSigner):
    """Signs at the moment the service's clock shows, not the machine's."""

    def __init__(self, at: datetime, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:  # noqa: ANN401, ARG002  # pyHanko's
        """Declare PAdES only; pyHanko would also declare PDF 2.0, which PDF/A-3 is not."""
        pdf_out.register_extension(ESIC_EXTENSION_1)


class _PageContent(PdfContent):
    """The first page of a PDF as the picture of a signature. Ten times faster than pyHanko's own text stamps."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)), page_ix=0)
        name = "/Seal" + uuid.UUID(bytes=hashlib.sha256(self._pdf).digest()[:16]).hex
        self.resources.xobject[name] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        return name.encode() + b" Do"


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
    signer = _SignerAt(
        local(at),
        metadata,
        _KeySigner(key),
        stamp_style=StaticStampStyle(
            background=_PageContent(picture), background_layout=_WHOLE_BOX, border_width=0, background_opacity=1.0
        ),
        new_field_spec=SigFieldSpec(
            SEAL_FIELD, on_page=place.page, box=(left, bottom, right, top), readable_field_name="系统印章 System seal"
        ),
    )
    out = io.BytesIO()
    reserved = 2 * (len(key.certificate_der) + _CMS_BESIDE_CERTIFICATE)
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
