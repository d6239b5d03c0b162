"""Sign a document one person after another, each a PAdES B-T signature in a field of its own.

All fields are there, empty, before anybody signs; whoever signs last locks the file. Nothing is signed that was not
looked at first: the content, every signature before, whose turn it is, and the certificate. Source: design/signing.md,
2.1 and 2.6.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.x509 import Certificate, load_der_x509_certificate
from pyhanko.pdf_utils import generic
from pyhanko.sign import PdfSignatureMetadata
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)

from app.core.canonical import sha256_hex
from app.core.clock import local
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.text import Bilingual
from app.keys.authority import require_valid
from app.keys.certificates import person_of
from app.keys.seal_key import SealKey
from app.keys.time_stamp_token import TimeStamp
from app.keys.timestamps import TimeStamper, require_later
from app.reports.check_signatures import SignatureCheck, check_signatures
from app.reports.flowables import Placed
from app.reports.fonts import Fonts
from app.reports.signature_box import Box, draw_signature
from app.reports.signed_form import MOST_OPINION, Content, Expected, Statement, holds_mark, read_reason
from app.reports.signer import CMS_BESIDE_CERTIFICATE, AppendingWriter, KeySigner, SignerAt, Stamps, whole_box
from app.reports.standing import SignatureRead, standing_fault


class SigningRefused(Conflict):
    """The file is not what the signer was shown, or a signature before does not hold. 409."""

    code = "signing.content_changed"
    title = Bilingual("文件或已有签名与所示不符，未签名", "The file or a signature before is not as shown; not signed")


class SigningOutOfOrder(Conflict):
    """It is another signer's turn, or everybody has signed. 409."""

    code = "signing.out_of_order"
    title = Bilingual("未轮到该签名", "It is not the turn of this signature")


class SignerNotAllowed(Forbidden):
    """This person may not sign in this place. 403."""

    code = "signing.person_not_allowed"
    title = Bilingual("此处不能由该人员签名", "This person may not sign here")


class StatementUnusable(Invalid):
    """What the signature should say is missing or does not fit its box. 422."""

    code = "signing.statement_unusable"
    title = Bilingual("签名内容无效", "What the signature should say cannot be used")


@dataclass(frozen=True, slots=True)
class SignedStep:
    """The file after one more signature."""

    pdf: bytes
    stamp: TimeStamp
    person: str
    """Id in the certificate."""
    certificate_digest: str
    """``sha256:<hex>`` of the certificate, for the log."""

    @property
    def file_digest(self) -> str:
        """``sha256:<hex>`` of the file, for the log: no file can be cut back to this step unseen."""
        return f"sha256:{sha256_hex(self.pdf)}"


def add_fields(pdf: bytes, expected: Sequence[Expected], places: Mapping[str, Placed]) -> bytes:
    """Return ``pdf`` (an archive file) with an empty field for each of ``expected``, in order; the last one locks.

    ``places`` says where the renderer left the box of each field.
    """
    writer = AppendingWriter(pdf)
    for number, each in enumerate(expected, 1):
        left, bottom, right, top = (round(edge) for edge in places[each.field].box)
        last = number == len(expected)
        spec = SigFieldSpec(
            each.field,
            on_page=places[each.field].page,
            box=(left, bottom, right, top),
            readable_field_name=f"{each.caption.zh} {each.caption.en}",
            empty_field_appearance=True,
            field_mdp_spec=FieldMDPSpec(FieldMDPAction.ALL) if last else None,
            doc_mdp_update_value=MDPPerm.NO_CHANGES if last else None,
        )
        append_signature_field(writer, spec)
        _show_empty(writer, each.field, right - left, top - bottom)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # pyHanko
    return out.getvalue()


def _show_empty(writer: AppendingWriter, field: str, width: int, height: int) -> None:
    # Every field must look like something in an archive file; an empty one is a quiet dashed frame.
    commands = f"0.97 0.975 0.97 rg 0 0 {width} {height} re f 0.7 0.74 0.72 RG 0.6 w [3 2] 0 d "
    frame = f"1 1 {width - 2} {height - 2} re S"
    made: Any = generic  # pyHanko's constructors are untyped
    box = generic.ArrayObject(made.NumberObject(number) for number in (0, 0, width, height))
    kind = {"/Type": "/XObject", "/Subtype": "/Form"}
    looks: dict[Any, Any] = {generic.pdf_name(key): generic.pdf_name(value) for key, value in kind.items()}
    looks[generic.pdf_name("/BBox")] = box
    looks[generic.pdf_name("/Resources")] = made.DictionaryObject()
    stream = generic.StreamObject(looks, stream_data=(commands + frame).encode("ascii"))
    for name, _, reference in enumerate_sig_fields(writer):
        if name == field:
            normal = {generic.pdf_name("/N"): writer.add_object(stream)}
            reference.get_object()["/AP"] = made.DictionaryObject(normal)


def sign_step(
    pdf: bytes,
    content: Content,
    expected: Sequence[Expected],
    statement: Statement,
    key: SealKey,
    stamper: TimeStamper,
    roots: Sequence[Certificate],
    fonts: Fonts,
    *,
    place: Placed,
    crl: bytes | None = None,
    file_digest: str | None = None,
) -> SignedStep:
    """Return ``pdf`` with the next signature.

    Args:
        pdf: the file as the signer was shown it.
        content: what it was before anybody signed; kept by the caller, not read from the file.
        expected: every signature the document must bear, in order.
        statement: what this person says.
        key: the person's, opened with the PIN, with the person's certificate.
        stamper: gives the time stamp; its roots are trusted for those already there.
        roots: of the people's certificates.
        fonts: to draw with.
        place: where the field stands.
        crl: the newest revocation list, DER; the present signer must not be on it.
        file_digest: ``sha256:<hex>`` the log has for the file after the step before (of the content, for the first).
            With it a changed file is refused at once and an unchanged one is signed several times faster.

    Raises:
        SigningRefused: the content or a signature before changed, or something was added.
        SigningOutOfOrder: another field is next, or none.
        SignerNotAllowed: the field is another person's, or the person has signed already.
        StatementUnusable: the meaning is empty or the opinion too long.
        CertificateNotValid: the certificate is not of a root, out of its time, or revoked.
        TimeStampMissing: no authority has answered; nothing was signed.
        KeysUnusable, PinWrong: the key lies in a token that cannot be used.
    """
    _require_statement(statement)
    before = _require_unchanged(pdf, content, expected, roots, stamper.roots, statement.at, file_digest)
    done = len(before.signatures)
    if done == len(expected) or expected[done].field != statement.field:
        raise SigningOutOfOrder(
            Bilingual(
                f"已有 {done} 个签名，下一个应为“{expected[done].caption.zh}”。"
                if done < len(expected)
                else "已全部签完。",
                f"There are {done} signatures; next is {expected[done].caption.en}."
                if done < len(expected)
                else "Everybody has signed.",
            )
        )
    certificate = load_der_x509_certificate(key.certificate_der)
    require_valid(certificate, roots, statement.at, crl)
    person = person_of(certificate)
    _require_person(person.number, expected[done], statement.reason(content), before.signatures)
    stamps = Stamps(stamper)
    left, bottom, right, top = (round(edge) for edge in place.box)
    picture = draw_signature(
        Box(right - left, top - bottom), person, statement, content, key.certificate_der, stamper.note, fonts
    )
    metadata = PdfSignatureMetadata(
        field_name=statement.field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=person.name,
        reason=statement.reason(content),
        certify=done == 0,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    signer = SignerAt(local(statement.at), metadata, KeySigner(key), timestamper=stamps, stamp_style=whole_box(picture))
    out = io.BytesIO()
    reserved = 2 * (len(key.certificate_der) + CMS_BESIDE_CERTIFICATE + stamper.longest_token)
    signer.sign_pdf(
        AppendingWriter(pdf),
        output=out,
        bytes_reserved=reserved,
        existing_fields_only=True,
    )
    assert stamps.given is not None
    require_later(stamps.given, [each.at for each in before.signatures])
    return SignedStep(out.getvalue(), stamps.given, person.number, f"sha256:{sha256_hex(key.certificate_der)}")


def _require_statement(statement: Statement) -> None:
    if not statement.meaning.zh.strip() or not statement.meaning.en.strip():
        raise StatementUnusable(Bilingual("须写明签名的含义。", "A signature must say what it means."))
    if len(statement.opinion) > MOST_OPINION or holds_mark(statement.opinion):
        raise StatementUnusable(
            Bilingual(f"意见最多 {MOST_OPINION} 个字符。", f"An opinion has {MOST_OPINION} characters at most.")
        )


def _require_unchanged(
    pdf: bytes,
    content: Content,
    expected: Sequence[Expected],
    roots: Sequence[Certificate],
    tsa_roots: Sequence[Certificate],
    at: datetime,
    file_digest: str | None,
) -> SignatureCheck:
    checked = check_signatures(
        pdf,
        expected,
        roots,
        tsa_roots,
        content=content,
        unfinished=True,
        archived=False,
        at=at,
        file_digest=file_digest,
    )
    if not checked.ok:
        failed = [check.sentence for check in checked.checks if not check.passed]
        raise SigningRefused(
            Bilingual("".join(each.zh for each in failed), " ".join(each.en for each in failed)),
        )
    return checked


def _require_person(number: str, expected: Expected, reason: str, before: Sequence[SignatureRead]) -> None:
    stated = read_reason(reason)
    assert stated is not None
    fault = standing_fault(expected, number, stated, before)
    if fault is not None:
        raise SignerNotAllowed(fault)
