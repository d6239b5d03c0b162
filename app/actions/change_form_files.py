"""The approval form of a request as files: what was prepared, what it is now, and whether its signatures hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.x509 import Certificate, load_pem_x509_certificate

from app.actions.change_judging import on_file
from app.actions.deps import Deps
from app.audit.facts.change_context import SignatureOnFile
from app.core.errors import Integrity
from app.core.text import Bilingual
from app.office.segment_change import Form, FormSignature, SegmentChange, SigningMethod
from app.reports.check_signatures import SignatureCheck, check_signatures
from app.reports.signed_form import Content
from app.reports.signing_places import Outline, outline_of
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class FormFile:
    """The file of a form as it is now."""

    pdf: bytes
    content: Content
    form: Form


def form_file(uow: UnitOfWork, change: SegmentChange) -> FormFile:
    """Return the file of the form as it is now; the request has one."""
    assert change.form is not None
    form = change.form
    return FormFile(uow.blobs.get(form.current_digest), Content(form.content_size, form.content_digest), form)


def form_outline(uow: UnitOfWork, form: Form) -> Outline:
    """Return who is expected to sign the form, and where: as it was prepared."""
    return outline_of(uow.blobs.get(form.file_digest), uow.blobs.get(form.evidence_digest))


def people_roots(deps: Deps) -> tuple[Certificate, ...]:
    """Return the roots of people's certificates."""
    return tuple(load_pem_x509_certificate(root.encode("ascii")) for root in deps.load_keyring().roots)


def verified(
    deps: Deps,
    file: FormFile,
    pdf: bytes,
    expected: Outline,
    at: datetime,
    *,
    unfinished: bool,
) -> SignatureCheck:
    """Return what an independent look at ``pdf``, the form after a signature, finds."""
    return check_signatures(
        pdf,
        expected.expected,
        people_roots(deps),
        deps.load_time_stamper().roots,
        content=file.content,
        unfinished=unfinished,
        archived=False,
        at=at,
    )


def signatures_on_file(
    uow: UnitOfWork, change: SegmentChange, signatures: Sequence[FormSignature], check: SignatureCheck
) -> tuple[SignatureOnFile, ...]:
    """Return the signatures of the form as TRL-04 looks at them.

    A handwritten one counts by its scan and its witness, and the witness's electronic signature must hold as well.
    """
    return tuple(_on_file(uow, change, signature, check) for signature in signatures)


def _on_file(
    uow: UnitOfWork, change: SegmentChange, signature: FormSignature, check: SignatureCheck
) -> SignatureOnFile:
    certificate = uow.certificates.by_digest(signature.certificate_digest)
    signer = signature.witness if signature.method is SigningMethod.HANDWRITTEN else signature.person_id
    valid = certificate is not None and uow.certificates.was_valid(certificate.serial, signature.signed_at)
    return on_file(
        change.change_no,
        signature.layer,
        signature.person_id,
        signature.signed_at,
        signature.method.value,
        key_id=certificate.key_id if certificate else None,
        verifies=check.ok and certificate is not None and certificate.person_id == signer,
        key_was_valid=valid,
        digest_matches=check.ok,
        has_scan=signature.scan_digest is not None and uow.evidence.get(signature.scan_digest) is not None,
        witness=signature.witness,
    )


def require_form(change: SegmentChange) -> Form:
    """Return the form of a request that must have one.

    Raises:
        Integrity: it has none although its state says so.
    """
    if change.form is None:
        raise Integrity(Bilingual(f"{change.change_no} 没有审批表。", f"{change.change_no} has no approval form."))
    return change.form
