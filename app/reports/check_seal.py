"""The strict verdict on the signature: what pyHanko says, and what it does not ask.

Source: design/signing.md, 2.6. The bytes were read before by :mod:`app.reports.sealed_bytes`, independently.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from asn1crypto import x509
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app.core.clock import instant
from app.core.errors import Invalid
from app.core.text import Bilingual
from app.keys.certificates import der, issued_by
from app.reports.evaluation_record import SEAL_FIELD
from app.reports.outcome import Check, Wrong, attempt
from app.reports.sealed_bytes import SealBytes


class TrustRootUnreadable(Invalid):
    """What was given as a trust root is not a certificate. 422."""

    code = "trust_root.unreadable"
    title = Bilingual("信任根无法读取", "The trust root cannot be read")


def read_roots(roots: Sequence[str]) -> tuple[Certificate, ...]:
    """Return the certificates in ``roots`` (PEM, one each).

    Raises:
        TrustRootUnreadable: there is none, or one is not a certificate.
    """
    if not roots:
        raise TrustRootUnreadable(Bilingual("没有给出信任根。", "No trust root was given."))
    try:
        return tuple(load_pem_x509_certificate(root.encode()) for root in roots)
    except ValueError as error:
        raise TrustRootUnreadable from error


def check_signature(data: bytes, seal: SealBytes, roots: Sequence[Certificate], at: datetime | None) -> list[Check]:
    """Return the checks of the signature of ``data``: whose it is, and that the file holds nothing beside it.

    Args:
        data: the file.
        seal: what the raw bytes say.
        roots: trusted.
        at: when the certificates must be valid (aware); now when None.
    """
    moment = at or datetime.now(UTC)
    trust = attempt("trust", lambda: _trusted(seal, roots, moment))
    # A stranger's certificate is not even shown to the larger library.
    return [trust, attempt("signature", lambda: _signature(data, seal, roots, moment))] if trust.passed else [trust]


def _trusted(seal: SealBytes, roots: Sequence[Certificate], moment: datetime) -> Bilingual:
    certificate = load_der_x509_certificate(seal.certificate_der)
    root = next((root for root in roots if issued_by(certificate, root)), None)
    name = certificate.subject.rfc4514_string()
    if root is None:
        raise Wrong(
            f"印章证书（{name}）不是由所给的信任根签发的。",
            f"The certificate of the seal ({name}) was not issued by a trust root you gave.",
        )
    for each in (certificate, root):
        if not each.not_valid_before_utc <= moment <= each.not_valid_after_utc:
            raise Wrong(
                f"证书 {each.subject.rfc4514_string()} 在 {instant(moment)} 不在有效期内"
                f"（{instant(each.not_valid_before_utc)} 至 {instant(each.not_valid_after_utc)}）。",
                f"The certificate {each.subject.rfc4514_string()} is not valid at {instant(moment)} "
                f"(from {instant(each.not_valid_before_utc)} to {instant(each.not_valid_after_utc)}).",
            )
    return Bilingual(
        f"印章属于 {name}，由所给的信任根直接签发，证书在有效期内。",
        f"The seal is that of {name}, issued directly by a trust root you gave, and the certificates are valid.",
    )


def _signature(data: bytes, seal: SealBytes, roots: Sequence[Certificate], moment: datetime) -> Bilingual:
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        signatures = reader.embedded_signatures
        fields = [field.get_object().get("/FT") for field in reader.root["/AcroForm"]["/Fields"]]
    except PdfError as error:
        raise Wrong(f"PDF 无法严格读取：{error}。", f"The PDF cannot be read strictly: {error}.") from error
    names = [signature.field_name for signature in signatures]
    if names != [SEAL_FIELD] or fields != ["/Sig"]:
        raise Wrong(
            f"表单域应当只有签名域 {SEAL_FIELD}，实际签名域为 {names}，表单域类型为 {fields}。",
            f"The only form field should be the signature {SEAL_FIELD}; there are {names}, of types {fields}.",
        )
    (signature,) = signatures
    if tuple(int(number) for number in signature.byte_range) != seal.byte_range:
        raise Wrong("签名覆盖的范围与印章字节不符。", "The signature covers another range than the seal's bytes.")
    _strict(signature, roots, moment)
    return Bilingual(
        "签名成立（PAdES，P-256，SHA-256），覆盖整个文件，禁止任何后续修改，且是文件中唯一的签名和表单域。",
        "The signature holds (PAdES, P-256, SHA-256), covers the whole file, allows no later change, and is the only "
        "signature and form field.",
    )


def _strict(signature: EmbeddedPdfSignature, roots: Sequence[Certificate], moment: datetime) -> None:
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(der(root)) for root in roots], moment=moment, allow_fetching=False
    )
    status = validate_pdf_signature(signature, context)
    demands = {
        "intact": status.intact,
        "valid": status.valid,
        "trusted": status.trusted,
        "docmdp": status.docmdp_ok is True,
        "no changes allowed": signature.docmdp_level is MDPPerm.NO_CHANGES,
        "entire file": status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        "only the seal's certificate": not signature.other_embedded_certs and not signature.embedded_attr_certs,
    }
    unmet = [name for name, met in demands.items() if not met]
    if unmet:
        listed = ", ".join(unmet)
        raise Wrong(f"严格的签名验证未通过：{listed}。", f"The strict verdict on the signature fails: {listed}.")
