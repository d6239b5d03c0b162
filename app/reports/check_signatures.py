"""The strict verdict on a document several people sign: what pyHanko says, and all it does not ask.

Exactly the signatures that were expected, in their order, and nothing between, beside or after them. A validator alone
accepts a file that was cut back to an earlier signature, or that had something appended.
Source: design/signing.md, 2.6.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import x509
from cryptography.x509 import Certificate, load_der_x509_certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import FieldMDPAction, MDPPerm
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from app.core.canonical import sha256_hex
from app.core.clock import instant
from app.core.text import Bilingual
from app.keys.authority import require_valid
from app.keys.certificates import der, holds_p256_key, person_of
from app.keys.time_stamp_token import TimeStamp, TokenBroken, read_token_info, verify_token
from app.reports.long_term import long_term_faults
from app.reports.outcome import Check, Wrong, attempt, failed
from app.reports.signature_container import ContainerBroken, read_container, require_whole
from app.reports.signed_form import ARCHIVE_FIELD, BASE_REVISIONS, Content, Expected, Stated, read_reason
from app.reports.standing import SignatureRead, standing_fault

_ALLOWED = frozenset({ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING})


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What was checked of the signatures of one file."""

    checks: tuple[Check, ...]
    signatures: tuple[SignatureRead, ...] = ()
    """Those that hold, in order."""
    archived: bool = False

    @property
    def ok(self) -> bool:
        """Whether every check was made and none failed."""
        return bool(self.checks) and all(check.passed for check in self.checks)


def check_signatures(
    data: bytes,
    expected: Sequence[Expected],
    roots: Sequence[Certificate],
    tsa_roots: Sequence[Certificate],
    *,
    content: Content | None = None,
    unfinished: bool = False,
    archived: bool | None = None,
    at: datetime | None = None,
    crl: bytes | None = None,
    file_digest: str | None = None,
) -> SignatureCheck:
    """Return the strict verdict on the signatures of ``data``.

    Args:
        data: the bytes of a file.
        expected: every signature it must bear, in order.
        roots: trusted for people.
        tsa_roots: trusted for time stamps.
        content: what the file was before anybody signed, when the reader knows it.
        unfinished: whether the later ones may still be missing (their fields must be there, empty).
        archived: whether it must (True) or must not (False) have been archived; None when both will do.
        at: the moment of verifying (aware); now when None.
        crl: a revocation list, DER, to hold the signers against; an archived file brings its own.
        file_digest: ``sha256:<hex>`` that the log says the file has. In an unfinished file this stands for validating
            the signatures before with pyHanko again: it is byte for byte the file that was made by a checked step.
    """
    moment = at or datetime.now(UTC)
    if file_digest is not None and file_digest != f"sha256:{sha256_hex(data)}":
        return _only("file", "文件与日志登记的 SHA-256 不符。", "The file is not the one whose SHA-256 the log has.")
    if content is not None and not content.is_start_of(data):
        return _only("content", "文件内容已被改动。", "The content of the file was changed.")
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        signatures: list[EmbeddedPdfSignature] = reader.embedded_signatures
        fields = _fields(reader)
        people = [each for each in signatures if each.sig_object_type == "/Sig"]
        stamps = [each for each in signatures if each.sig_object_type != "/Sig"]
        shape = _Shape(data, reader, fields, people, stamps, tuple(expected), unfinished, archived)
        checks = [attempt("fields", shape.fields_check), attempt("revisions", shape.revisions_check)]
        if not all(check.passed for check in checks):
            return SignatureCheck(tuple(checks))
        verifier = _Verifier(
            roots, tsa_roots, moment, content, crl, bool(stamps), unfinished and file_digest is not None
        )
        read: list[SignatureRead] = []
        for signature, each in zip(people, expected, strict=False):
            checks.append(attempt(each.field, lambda s=signature, e=each: verifier.person(s, e, read)))  # type: ignore[misc]
        checks += _archive_checks(stamps, verifier, read)
        if people and len(people) == len(expected):
            checks.append(attempt("lock", lambda: _lock(people)))
        if stamps and all(check.passed for check in checks):
            checks.append(attempt("long_term", lambda: _long_term(people, roots, tsa_roots, moment)))
    except (PdfError, SigningError, SignatureValidationError, *_SHAPE_ERRORS) as error:
        return _only(
            "pdf",
            f"PDF 无法严格读取：{type(error).__name__}。",
            f"The PDF cannot be read strictly: {type(error).__name__}: {error}.",
        )
    return SignatureCheck(tuple(checks), tuple(read), bool(stamps))


_SHAPE_ERRORS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


def _only(name: str, zh: str, en: str) -> SignatureCheck:
    return SignatureCheck((failed(name, Bilingual(zh, en)),))


def _fields(reader: PdfFileReader) -> list[tuple[str, str]]:
    """Return name and type of every form field; one that has parts or a parent counts as no signature."""
    form = reader.root["/AcroForm"]
    found = []
    for reference in form["/Fields"]:
        field = reference.get_object()
        whole = "/Kids" not in field and "/Parent" not in field
        found.append((str(field["/T"]), str(field.get("/FT")) if whole else "parts"))
    if "/XFA" in form:
        found.append(("XFA", "XFA"))
    return found


@dataclass(frozen=True, slots=True)
class _Shape:
    """Whether the file has the parts it should have, in order, and no other."""

    data: bytes
    reader: PdfFileReader
    fields: Sequence[tuple[str, str]]
    people: Sequence[EmbeddedPdfSignature]
    stamps: Sequence[EmbeddedPdfSignature]
    expected: tuple[Expected, ...]
    unfinished: bool
    archived: bool | None

    def fields_check(self) -> Bilingual:
        """Return the sentence of success."""
        wanted = [each.field for each in self.expected]
        archive = [f"{ARCHIVE_FIELD}{number}" for number in range(1, len(self.stamps) + 1)]
        if [(name, "/Sig") for name in wanted + archive] != list(self.fields):
            listed = ", ".join(f"{name} ({kind})" for name, kind in self.fields)
            raise Wrong(
                f"表单域应当依次只有签名域 {wanted + archive}，实际为：{listed}。",
                f"The form fields should be the signatures {wanted + archive} in this order; there are: {listed}.",
            )
        signed = [each.field_name for each in self.people]
        complete = signed == wanted
        if not complete and not (self.unfinished and signed == wanted[: len(signed)]):
            raise Wrong(
                f"应有的签名依次为 {wanted}，实际为 {signed}。",
                f"The signatures should be {wanted} in this order; there are {signed}.",
            )
        if [each.field_name for each in self.stamps] != archive or (self.stamps and not complete):
            raise Wrong("归档时间戳不在其应在的位置。", "An archive time stamp is not where it should be.")
        if self.archived is not None and self.archived != bool(self.stamps):
            raise Wrong(
                "文件尚未归档。" if self.archived else "文件已归档，不能再签名。",
                "The file is not archived." if self.archived else "The file is archived; it takes no more signatures.",
            )
        return Bilingual(
            f"签名依次为 {signed}，与应有的相符，除签名域外没有其他表单域。",
            f"The signatures are {signed}, in the order expected, and there is no form field beside.",
        )

    def revisions_check(self) -> Bilingual:
        """Return the sentence of success."""
        every = [*self.people, *self.stamps]
        last = BASE_REVISIONS + len(every)
        if [each.signed_revision for each in every] != list(range(BASE_REVISIONS, last)) or (
            self.reader.xrefs.total_revisions != last
        ):
            raise Wrong(
                f"文件应当只由内容和 {len(every)} 次签名依次追加而成，实际有其他追加内容。",
                f"The file should be the content and {len(every)} signatures appended one by one; there is more.",
            )
        covered = [each.evaluate_signature_coverage() for each in every]
        inner = all(level >= SignatureCoverageLevel.ENTIRE_REVISION for level in covered)
        if every and (not inner or covered[-1] is not SignatureCoverageLevel.ENTIRE_FILE):
            raise Wrong(
                "最后一个签名没有覆盖整个文件：其后追加过内容，或有字节未被覆盖。",
                "The last signature does not cover the whole file: something was appended, or bytes are left out.",
            )
        return Bilingual(
            "除各次签名外没有任何追加内容，最后一个签名覆盖整个文件。",
            "Nothing was appended but the signatures, and the last one covers the whole file.",
        )


@dataclass(frozen=True, slots=True)
class _Verifier:
    roots: Sequence[Certificate]
    tsa_roots: Sequence[Certificate]
    moment: datetime
    content: Content | None
    crl: bytes | None
    archived: bool
    same_file: bool

    def person(self, signature: EmbeddedPdfSignature, expected: Expected, read: list[SignatureRead]) -> Bilingual:
        """Return the sentence of success, and append what was read."""
        try:
            container = read_container(signature)
            stamp = verify_token(container.token, container.signature_digest, self.tsa_roots)
        except ContainerBroken as broken:
            raise Wrong(broken.sentence.zh, broken.sentence.en) from broken
        except TokenBroken as broken:
            raise Wrong(
                f"“{expected.caption.zh}”签名的时间戳不成立（{broken}）。",
                f"The time stamp of the signature {expected.caption.en} does not hold ({broken}).",
            ) from broken
        certificate = load_der_x509_certificate(container.certificate_der)
        person = person_of(certificate)
        require_valid(certificate, self.roots, stamp.at, self.crl)
        if not self.same_file:
            self._strict(signature, stamp, certificate, expected)
        reason = str(signature.sig_object.get("/Reason", ""))
        stated = self._stated(reason, person.number, expected, read)
        if read and stamp.at < read[-1].at:
            raise Wrong("签名时间的先后与签署顺序不符。", "The times of the signatures are not in their order.")
        authority = stamp.authority.subject.rfc4514_string()
        one = SignatureRead(
            expected.field, expected.caption, person, reason, stated, stamp.at, authority, container.certificate_der
        )
        read.append(one)
        return _signed_sentence(one)

    def _stated(self, reason: str, number: str, expected: Expected, read: Sequence[SignatureRead]) -> Stated:
        stated = read_reason(reason)
        if stated is None or (self.content is not None and stated.content_digest != self.content.digest):
            raise Wrong("签名所声明的内容不是本文件的内容。", "The signature names another content than this file's.")
        if read and stated.content_digest != read[0].stated.content_digest:
            raise Wrong("各签名所声明的内容不同。", "The signatures do not name the same content.")
        fault = standing_fault(expected, number, stated, read)
        if fault is not None:
            raise Wrong(fault.zh, fault.en)
        return stated

    def _strict(
        self, signature: EmbeddedPdfSignature, stamp: TimeStamp, certificate: Certificate, expected: Expected
    ) -> None:
        # A time stamp that nothing protects yet must be believable now; one under an archive stamp, when it was made.
        stamped_when = stamp.at if self.archived else self.moment
        status = validate_pdf_signature(
            signature,
            _context(self.roots, stamp.at),
            _context(self.tsa_roots, stamped_when),
        )
        token = status.timestamp_validity
        _demand(
            expected.caption,
            {
                "intact": status.intact,
                "valid": status.valid,
                "trusted": status.trusted,
                "docmdp": status.docmdp_ok is True,
                "modification level": status.modification_level in _ALLOWED,
                "time stamp": bool(token and token.intact and token.valid and token.trusted),
                "P-256": holds_p256_key(certificate),
                "PAdES": str(signature.sig_object.get("/SubFilter")) == "/ETSI.CAdES.detached",
            },
        )

    def archive(self, stamp: EmbeddedPdfSignature, moment: datetime) -> Bilingual:
        """Return the sentence of success; the stamp must be believable at ``moment``."""
        try:
            token = require_whole(stamp)
            at = verify_token(token, stamp.compute_digest(), self.tsa_roots).at
        except (ContainerBroken, TokenBroken) as broken:
            raise Wrong(
                f"归档时间戳不成立（{broken}）。", f"The archive time stamp does not hold ({broken})."
            ) from broken
        status = validate_pdf_timestamp(stamp, _context(self.tsa_roots, moment))
        _demand(
            Bilingual("归档时间戳", "archive time stamp"),
            {
                "intact": status.intact,
                "valid": status.valid,
                "trusted": status.trusted,
                "modification level": status.modification_level in _ALLOWED,
            },
        )
        return Bilingual(
            f"归档时间戳 {instant(at)} 覆盖其前的全部内容。",
            f"The archive time stamp of {instant(at)} covers everything before it.",
        )


def _archive_checks(
    stamps: Sequence[EmbeddedPdfSignature], verifier: _Verifier, read: Sequence[SignatureRead]
) -> list[Check]:
    """Return a check of each archive time stamp, and of their order.

    A renewed stamp vouches for the one before: that one must have been good when the next was put over it.
    """
    try:
        times = [read_token_info(require_whole(stamp))[0] for stamp in stamps]
    except (ContainerBroken, TokenBroken) as broken:
        sentence = Bilingual(f"归档时间戳不成立（{broken}）。", f"An archive time stamp does not hold ({broken}).")
        return [failed("archive_order", sentence)]
    moments = [*times[1:], verifier.moment]
    checks = [
        attempt(stamp.field_name, lambda s=stamp, m=moment: verifier.archive(s, m))  # type: ignore[misc]
        for stamp, moment in zip(stamps, moments, strict=False)
    ]
    in_order = [*(each.at for each in read), *times]
    if in_order != sorted(in_order):
        sentence = Bilingual("归档时间戳的先后不符。", "The times of the archive time stamps are not in their order.")
        checks.append(failed("archive_order", sentence))
    return checks


def _signed_sentence(read: SignatureRead) -> Bilingual:
    person, when = read.person, instant(read.at)
    who = Bilingual(
        f"{person.name}（{person.number}，{person.unit}）", f"{person.name} ({person.number}, {person.unit})"
    )
    if read.stated.writer is not None:
        return Bilingual(
            f"“{read.caption.zh}”由 {read.stated.writer} 手写签名，{who.zh} 见证并签名：“{read.stated.said}”；"
            f"扫描件 {read.stated.scan_digest}；时间戳 {when}，签名成立。",
            f"{read.caption.en}: signed by hand by {read.stated.writer}, witnessed and signed by {who.en}; scan "
            f"{read.stated.scan_digest}; time stamp {when}; it holds.",
        )
    instead = read.stated.principal
    return Bilingual(
        f"“{read.caption.zh}”由 {who.zh} 签名{f'，代 {instead}' if instead else ''}：“{read.stated.said}”；"
        f"时间戳 {when}，签名成立。",
        f"{read.caption.en}: signed by {who.en}{f', for {instead}' if instead else ''}; time stamp {when}; it holds.",
    )


def _context(roots: Sequence[Certificate], moment: datetime) -> ValidationContext:
    trusted = [x509.Certificate.load(der(root)) for root in roots]
    return ValidationContext(trust_roots=trusted, moment=moment, allow_fetching=False)


def _demand(caption: Bilingual, demands: dict[str, Any]) -> None:
    unmet = ", ".join(name for name, met in demands.items() if not met)
    if unmet:
        raise Wrong(
            f"“{caption.zh}”的签名未通过严格验证：{unmet}。",
            f"The strict verdict on the signature {caption.en} fails: {unmet}.",
        )


def _lock(people: Sequence[EmbeddedPdfSignature]) -> Bilingual:
    first, last = people[0], people[-1]
    lock = last.fieldmdp
    locked = lock is not None and lock.action is FieldMDPAction.ALL
    # Where one signature is the first and the last, it both certifies and forbids every change.
    level = MDPPerm.FILL_FORMS if len(people) > 1 else MDPPerm.NO_CHANGES
    if first.docmdp_level is not level or not locked:
        raise Wrong(
            "首个签名应认证文件，末个签名应锁定文件。", "The first signature should certify and the last one lock."
        )
    return Bilingual("首个签名认证了文件，末个签名锁定了文件。", "The first signature certifies; the last one locks.")


def _long_term(
    people: Sequence[EmbeddedPdfSignature],
    roots: Sequence[Certificate],
    tsa_roots: Sequence[Certificate],
    moment: datetime,
) -> Bilingual:
    faults = long_term_faults(people, roots, tsa_roots, moment)
    if faults:
        listed = "; ".join(faults)
        raise Wrong(f"长期验证未通过：{listed}。", f"The long-term validation fails: {listed}.")
    return Bilingual(
        "凭文件自带的吊销信息和时间戳，各签名长期验证通过（ETSI EN 319 102-1）。",
        "With what the file itself holds, every signature passes long-term validation (ETSI EN 319 102-1).",
    )
