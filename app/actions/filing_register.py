"""The registers of numbers as people read and sign them: every number in order, void ones with their reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.actions.deps import Deps
from app.actions.page_changes import format_names
from app.actions.sign_change_layer import SigningInput
from app.actions.sign_document import (
    DocumentView,
    document_pdf,
    next_number,
    prepare_document,
    show_document,
    sign_document,
)
from app.core.actor import Actor
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.office.people import Role
from app.office.permission import Permission
from app.office.segment_change import SegmentChange
from app.reports.filing_register import FilingEntry, filing_register_evidence
from app.reports.signing_words import officer_statement
from app.store.change_values import RegisterEntry
from app.store.documents import SignedDocument
from app.store.unit_of_work import UnitOfWork

CODE = "D04"
KINDS = ("YT", "BA")
_SIGNED_REGISTER = "BA"


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One number of a register."""

    entry: RegisterEntry
    change_no: str
    licence_no: str
    shop_name: str
    from_segment: str
    to_segment: str
    state: str
    effective_on: date | None
    form_digest: str | None
    """``sha256:<hex>`` of the approval form as it is now."""
    given_by_name: str | None


@dataclass(frozen=True, slots=True)
class RegisterView:
    """A register of one year."""

    kind: str
    year: int
    years: tuple[int, ...]
    lines: tuple[RegisterLine, ...]
    """In the order of the numbers; none is missing, the database sees to that."""
    documents: tuple[SignedDocument, ...]
    """The registers prepared and signed so far (D04), oldest first."""


def filing_register(deps: Deps, actor: Actor, kind: str, year: int) -> RegisterView:
    """Return the register ``kind`` (one of ``KINDS``) of ``year``.

    Raises:
        Forbidden: the actor may not read registers.
        NotFound: there is no such register.
    """
    actor.require(Permission.READ_REGISTER)
    if kind not in KINDS:
        raise NotFound(Bilingual(f"没有登记簿 {kind}。", f"There is no register {kind}."))
    with deps.store.read() as uow:
        names = {person.person_id: person.name for person in uow.office.people()}
        formats = format_names(uow, local_date(deps.clock.now()))
        lines = tuple(_line(uow, entry, names, formats) for entry in uow.registers.entries(kind, year))
        documents = uow.documents.of_object(CODE, f"{kind}/{year}")
        return RegisterView(kind, year, uow.registers.years(kind), lines, documents)


def _line(uow: UnitOfWork, entry: RegisterEntry, names: Mapping[str, str], formats: Mapping[str, str]) -> RegisterLine:
    change = uow.segment_changes.get(entry.object_id).change
    asked = change.application
    return RegisterLine(
        entry=entry,
        change_no=change.change_no,
        licence_no=asked.licence_no,
        shop_name=asked.shop_name or asked.licence_no,
        from_segment=formats.get(asked.current_segment or "", asked.current_segment or "—"),
        to_segment=formats.get(asked.proposed_segment or "", asked.proposed_segment or "—"),
        state=change.state.value,
        effective_on=change.effective_on,
        form_digest=change.form.current_digest if change.form else None,
        given_by_name=names.get(entry.given_by or "", entry.given_by),
    )


def prepare_filing_register(deps: Deps, actor: Actor, year: int) -> SignedDocument:
    """Prepare the register of filings (D04) of ``year`` for a signature, as it is at this moment.

    Raises:
        Forbidden: the actor may not file.
    """
    actor.require(Permission.FILE_CHANGE)
    at = deps.clock.now()
    with deps.store.write() as uow:
        entries = uow.registers.entries(_SIGNED_REGISTER, year)
        evidence = filing_register_evidence(
            [_entry(entry, uow.segment_changes.get(entry.object_id).change) for entry in entries],
            year=year,
            month=None,
            number=next_number(uow, CODE, at),
            office=deps.office_name,
            officer=None,
            people={person.person_id: person.name for person in uow.office.people()},
            formats=_formats(uow, at),
            public_url=deps.public_url,
            created_at=at,
            simulated_clock=deps.clock.simulated,
        )
        return prepare_document(deps, uow, actor, CODE, ("register", f"{_SIGNED_REGISTER}/{year}"), evidence)


def _entry(entry: RegisterEntry, change: SegmentChange) -> FilingEntry:
    return FilingEntry(
        serial=entry.serial,
        number=entry.number,
        given_at=entry.given_at,
        given_by=entry.given_by,
        change=change,
        voided_at=entry.voided_at,
        voided_by=entry.voided_by,
        void_reason=entry.void_reason,
    )


def _formats(uow: UnitOfWork, at: datetime) -> dict[str, Bilingual]:
    listed = uow.office.code_list("segment", local_date(at))
    return {item.code: Bilingual(item.zh, item.en) for item in listed.items} if listed else {}


def show_register_document(deps: Deps, actor: Actor, document_no: str) -> DocumentView:
    """Return a prepared register as it is shown before signing.

    Raises:
        Forbidden: the actor may not read registers.
        NotFound: there is none.
    """
    actor.require(Permission.READ_REGISTER)
    with deps.store.read() as uow:
        return show_document(deps, uow, actor, document_no)


def read_register_document(deps: Deps, actor: Actor, document_no: str) -> bytes:
    """Return the PDF of a register as it is now.

    Raises:
        Forbidden: the actor may not read registers.
        NotFound: there is none.
    """
    actor.require(Permission.READ_REGISTER)
    with deps.store.read() as uow:
        return document_pdf(uow, document_no)


def sign_filing_register(deps: Deps, actor: Actor, document_no: str, given: SigningInput) -> SignedDocument:
    """Sign a prepared register as the supervision officer who checked it.

    Raises:
        Forbidden, NotFound, SigningRefused, RoleMissing, DutyConflict, TimeStampMissing: see :func:`sign_document`.
    """
    actor.require(Permission.FILE_CHANGE)
    statement = officer_statement(given.opinion, deps.clock.now(), simulated=deps.clock.simulated)
    return sign_document(deps, actor, document_no, Role.SUPERVISION_OFFICER, statement, given)
