"""What every signature of ours is made with: a key pyHanko never sees, our clock, our picture, our time stamps.

Only this module and :mod:`app.reports.seal`, :mod:`app.reports.signing` and :mod:`app.reports.archive_signatures` make
signatures with pyHanko, which is 0.x and pinned to one minor version.
"""

import hashlib
import io
import uuid
from datetime import datetime
from typing import Any

from asn1crypto import cms, x509
from asn1crypto.algos import SignedDigestAlgorithm
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfSigner, Signer
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.timestamps import TimeStamper as PyHankoTimeStamper
from pyhanko.stamp import StaticStampStyle

from app.keys.seal_key import SealKey
from app.keys.time_stamp_token import TimeStamp
from app.keys.timestamps import TimeStamper

LONGEST_SIGNATURE = 72
"""Bytes of a DER P-256 signature at most."""
CMS_BESIDE_CERTIFICATE = 1024
"""Room for everything in the signature container but the certificate; it takes about 600 bytes."""
_WHOLE_BOX = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins(0, 0, 0, 0))


class KeySigner(Signer):
    """Lets pyHanko sign with a key it never sees."""

    def __init__(self, key: SealKey) -> None:
        """Sign with ``key``."""
        super().__init__(
            # Only the seal's own certificate goes into the file: an unsigned copy of any other could be changed unseen.
            embed_roots=False,
            signing_cert=x509.Certificate.load(key.certificate_der),
            signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the signature of ``data``."""
        assert digest_algorithm == "sha256"
        return bytes(LONGEST_SIGNATURE) if dry_run else self._key.sign(data)


class SignerAt(PdfSigner):
    """Signs at the moment the service's clock shows, not the machine's."""

    def __init__(self, at: datetime, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Sign at ``at`` (aware)."""
        super().__init__(*args, **kwargs)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Begin, at our moment."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:  # noqa: ANN401
        """Declare PAdES only; pyHanko would also declare PDF 2.0, which PDF/A-3 is not."""
        assert md_algorithm == "sha256"
        pdf_out.register_extension(ESIC_EXTENSION_1)


class PageContent(PdfContent):
    """The first page of a PDF as the picture of a signature. Ten times faster than pyHanko's own text stamps."""

    def __init__(self, pdf: bytes) -> None:
        """Draw the first page of ``pdf``."""
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        """Return the drawing commands."""
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)), page_ix=0)
        name = "/Seal" + uuid.UUID(bytes=hashlib.sha256(self._pdf).digest()[:16]).hex
        self.resources.xobject[name] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        return name.encode() + b" Do"


class AppendingWriter(IncrementalPdfFileWriter):
    """Appends to a file what is asked for and nothing else."""

    def __init__(self, pdf: bytes) -> None:
        """Append to ``pdf``."""
        super().__init__(io.BytesIO(pdf))
        made: Any = generic  # pyHanko's constructors are untyped
        first, _ = self.document_id
        # pyHanko would draw lots for the second half; the same steps must come to the same file.
        second = hashlib.sha256(pdf).digest()[: len(first)]
        self._document_id = generic.ArrayObject([made.ByteStringObject(first), made.ByteStringObject(second)])

    def _update_meta(self) -> None:
        """Leave title and dates as they are; pyHanko would put the machine's clock in them."""


class Stamps(PyHankoTimeStamper):
    """Lets pyHanko ask a time stamper of ours, once for each signature, and remembers the answer."""

    def __init__(self, stamper: TimeStamper) -> None:
        """Ask ``stamper``."""
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko
        self._stamper = stamper
        self.given: TimeStamp | None = None

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:  # noqa: ANN401
        """Return the token over ``message_digest``.

        Raises:
            TimeStampMissing: there is none.
        """
        assert md_algorithm == "sha256"
        self.given = self._stamper.stamp(message_digest)
        return cms.ContentInfo.load(self.given.token)


def whole_box(picture: bytes) -> StaticStampStyle:
    """Return the style of a signature whose whole box is the first page of the PDF ``picture``."""
    return StaticStampStyle(
        background=PageContent(picture), background_layout=_WHOLE_BOX, border_width=0, background_opacity=1.0
    )
