"""The registers of numbers, the register of filings as a document to sign (D04), and what everybody may see."""

from typing import Final

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.filing_register import (
    filing_register as read_register,
)
from app.actions.filing_register import (
    prepare_filing_register,
    read_register_document,
    show_register_document,
    sign_filing_register,
)
from app.actions.published_changes import published_changes
from app.actions.sign_change_layer import SigningInput
from app.core.clock import local_date
from app.core.errors import AppError, NotFound
from app.office.month import Month
from app.reports.signing_words import OFFICER_MEANING
from app.web.access import acting, reader
from app.web.pages import wiring
from app.web.presence import PASSWORD_WRONG, prove
from app.web.refusals import Again, Refusal, refusal_of, typed

_FILINGS: Final = "BA"
_SECRETS: Final = ("pin", "totp", "password", "content_digest")


def registers() -> ResponseReturnValue:
    """Go to the register of filings of this year."""
    year = local_date(wiring().clock.now()).year
    return redirect(url_for("web.filing_register", kind=_FILINGS, year=year))


def filing_register(kind: str, year: int) -> ResponseReturnValue:
    """Show every number of a register in a year, in order, void ones with the reason."""
    view = read_register(wiring(), acting(), kind, year)
    serials = {line.entry.serial for line in view.lines}
    this_year = local_date(wiring().clock.now()).year
    return render_template(
        "filing_register.html",
        view=view,
        years=sorted({*view.years, this_year, year}, reverse=True),
        gaps=[serial for serial in range(1, max(serials, default=0) + 1) if serial not in serials],
        may_sign=kind == _FILINGS and view.lines,
    )


def register_document_form(kind: str, year: int) -> ResponseReturnValue:
    """Prepare the register of filings of ``year`` as it is now, to be signed."""
    if kind != _FILINGS:
        raise NotFound
    document = prepare_filing_register(wiring(), acting(), year)
    return redirect(url_for("web.register_document", document_no=document.document_no), 303)


def register_document(document_no: str) -> ResponseReturnValue:
    """Show a prepared register, and ask for the signature when it bears none."""
    return _document_page(document_no, Again())


def register_document_sign_form(document_no: str) -> ResponseReturnValue:
    """Sign a prepared register; what was typed comes back when it is refused, the PIN never."""
    secrets, given = typed(_SECRETS), typed(("opinion",))
    proof = prove(secrets["password"])
    refusal = Refusal(errors={"password": PASSWORD_WRONG} if proof.refused else {})
    if not proof.refused:
        signing = SigningInput(secrets["content_digest"], given["opinion"], secrets["pin"], secrets["totp"] or None)
        try:
            sign_filing_register(wiring(), proof.actor, document_no, signing)
        except AppError as error:
            refusal = refusal_of(error, _SECRETS)
        else:
            return proof.answer(redirect(url_for("web.register_document", document_no=document_no), 303))
    return proof.answer((_document_page(document_no, Again(given, refusal)), refusal.status))


def register_document_file(document_no: str) -> ResponseReturnValue:
    """Hand out a register as it is now, with the signature it bears."""
    data = read_register_document(wiring(), acting(), document_no)
    answer = Response(data, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{document_no}.pdf")
    return answer


def _document_page(document_no: str, again: Again) -> str:
    shown = show_register_document(wiring(), acting(), document_no)
    someone = reader()
    return render_template(
        "register_document.html",
        shown=shown,
        document=shown.document,
        meaning=OFFICER_MEANING,
        year=int(shown.document.object_id.rpartition("/")[2]),
        asks_code=shown.totp_needed and someone is not None and someone.has_second_factor,
        **again.as_context(),
    )


def published_segment_changes() -> ResponseReturnValue:
    """Show the changes in effect, masked, to everybody who is signed in."""
    asked = request.args.get("month", "").strip()
    try:
        month = Month.read(asked) if asked else None
    except ValueError as error:
        raise NotFound from error
    return render_template("published_changes.html", lines=published_changes(wiring(), month), month=asked)
