"""Prepare, show and sign a document that belongs to no single case: registers now, notices and reports later."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.actions.change_acting import person_acting
from app.actions.change_form_files import people_roots
from app.actions.deps import Deps
from app.actions.noting import note
from app.actions.open_signing_key import open_signing_key
from app.actions.second_factor import is_fresh, prove_presence
from app.actions.sign_change_layer import SigningInput
from app.core.actor import Actor
from app.core.canonical import sha256_hex
from app.core.clock import local_date
from app.core.errors import Integrity
from app.core.text import Bilingual
from app.office.people import Role
from app.reports.check_signatures import check_signatures
from app.reports.fonts import load_fonts
from app.reports.signed_form import Content, Statement
from app.reports.signed_record import prepare_form
from app.reports.signing import SignedStep, SigningRefused, sign_step
from app.reports.signing_places import Outline, outline_of
from app.review.duties import Acting, check_person
from app.store.documents import DocumentSignature, SignedDocument
from app.store.unit_of_work import UnitOfWork

KIND = "document"


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document somebody is about to sign, or has signed."""

    document: SignedDocument
    totp_needed: bool
    has_key: bool
    time_stamp_note: Bilingual | None


def prepare_document(
    deps: Deps, uow: UnitOfWork, actor: Actor, code: str, subject: tuple[str, str], evidence: Mapping[str, Any]
) -> SignedDocument:
    """Draw the document that says what ``evidence`` holds, keep it and log that it was prepared.

    Args:
        deps: the process.
        uow: the transaction.
        actor: who asks for it.
        code: ``D04`` ...
        subject: kind and id of what it is about.
        evidence: as the compose module of the code takes it; has ``number`` and ``created_at``.
    """
    at = deps.clock.now()
    prepared = prepare_form(evidence, {}, load_fonts())
    number: str = evidence["number"]
    body = {
        "code": code,
        "subject": list(subject),
        "content_digest": f"sha256:{prepared.content.digest}",
        "evidence_digest": f"sha256:{sha256_hex(prepared.evidence)}",
    }
    log_index = note(uow, actor, "document.prepared", (KIND, number), at, body)
    document = SignedDocument(
        document_no=number,
        code=code,
        object_kind=subject[0],
        object_id=subject[1],
        evidence_digest=uow.blobs.put(prepared.evidence),
        file_digest=uow.blobs.put(prepared.pdf),
        content_digest=prepared.content.digest,
        content_size=prepared.content.size,
        prepared_at=at,
        prepared_by=actor.actor_id,
        log_index=log_index,
    )
    uow.documents.add(document)
    return document


def next_number(uow: UnitOfWork, code: str, at: datetime) -> str:
    """Return the next number of documents of ``code``: ``D04-202611-001``, counted in the month."""
    period = f"{local_date(at):%Y%m}"
    return f"{code}-{period}-{uow.numbers.next(code, period):03d}"


def show_document(deps: Deps, uow: UnitOfWork, actor: Actor, document_no: str) -> DocumentView:
    """Return the document as somebody sees it before signing.

    Raises:
        NotFound: there is none.
    """
    person = uow.office.person(actor.actor_id)
    certificate = uow.certificates.valid(person.person_id, deps.clock.now()) if person else None
    return DocumentView(
        uow.documents.get(document_no),
        not is_fresh(deps, actor),
        certificate is not None,
        deps.load_time_stamper().note,
    )


def sign_document(
    deps: Deps, actor: Actor, document_no: str, role: Role, statement: Statement, given: SigningInput
) -> SignedDocument:
    """Put the signature the document waits for, and keep it.

    Args:
        deps: the process.
        actor: the person who signs.
        document_no: of the document.
        role: that the signature needs.
        statement: what the signature says.
        given: PIN, code of the second factor, and the content that was shown.

    Raises:
        NotFound: there is no such document.
        SigningRefused: the content is not the one that was shown, or somebody else was quicker.
        RoleMissing, DutyConflict: the person may not sign.
        Forbidden: the PIN or the code is wrong, or there is no valid certificate.
        TimeStampMissing: no authority has answered; nothing was signed.
    """
    at = statement.at
    with deps.store.read() as uow:
        document = uow.documents.get(document_no)
        person = person_acting(uow, actor)
        check_person(Acting(person, at), role)
        if given.content_digest != document.content_digest:
            raise _changed()
        pdf = uow.blobs.get(document.current_digest)
        prepared = outline_of(uow.blobs.get(document.file_digest), uow.blobs.get(document.evidence_digest))
        newest = uow.revocation_lists.newest()
    prove_presence(deps, actor, given.totp)
    opened = open_signing_key(deps, person.person_id, given.pin, at)
    signed = sign_step(
        pdf,
        Content(document.content_size, document.content_digest),
        prepared.expected,
        statement,
        opened.key,
        deps.load_time_stamper(),
        people_roots(deps),
        load_fonts(),
        place=prepared.places[statement.field],
        crl=newest.der if newest else None,
        file_digest=document.current_digest,
    )
    return _keep(deps, actor, document, prepared, statement, signed, person.person_id)


def _keep(
    deps: Deps,
    actor: Actor,
    document: SignedDocument,
    prepared: Outline,
    statement: Statement,
    signed: SignedStep,
    person_id: str,
) -> SignedDocument:
    moment = max(statement.at, signed.stamp.at)
    check = check_signatures(
        signed.pdf,
        prepared.expected,
        people_roots(deps),
        deps.load_time_stamper().roots,
        content=Content(document.content_size, document.content_digest),
        unfinished=len(document.signatures) + 1 < len(prepared.expected),
        archived=False,
        at=moment,
    )
    if not check.ok:
        why = [each.sentence for each in check.checks if not each.passed]
        raise Integrity(Bilingual("".join(one.zh for one in why), " ".join(one.en for one in why)))
    with deps.store.write() as uow:
        if uow.documents.get(document.document_no) != document:
            raise _changed()
        body = {
            "field": statement.field,
            "person": person_id,
            "content_digest": f"sha256:{document.content_digest}",
            "file": signed.file_digest,
            "certificate": signed.certificate_digest,
            "duties": [["sign", person_id]],
        }
        log_index = note(uow, actor, "document.signed", (KIND, document.document_no), moment, body)
        uow.duties.add(KIND, document.document_no, "sign", person_id, moment)
        uow.documents.sign(
            document.document_no,
            DocumentSignature(
                field=statement.field,
                person_id=person_id,
                signed_at=signed.stamp.at,
                file_digest=uow.blobs.put(signed.pdf),
                certificate_digest=signed.certificate_digest,
                opinion=statement.opinion,
                log_index=log_index,
            ),
        )
        return uow.documents.get(document.document_no)


def document_pdf(uow: UnitOfWork, document_no: str) -> bytes:
    """Return the file of a document as it is now.

    Raises:
        NotFound: there is none.
    """
    return uow.blobs.get(uow.documents.get(document_no).current_digest)


def document_evidence(uow: UnitOfWork, document: SignedDocument) -> dict[str, Any]:
    """Return what a document was drawn from."""
    evidence: dict[str, Any] = json.loads(uow.blobs.get(document.evidence_digest))
    return evidence


def _changed() -> SigningRefused:
    return SigningRefused(
        Bilingual(
            "文件不是您看到的那一份，未签名。请刷新后重新核对。",
            "The document is not the one you were shown; nothing was signed. Reload and look again.",
        )
    )
