"""Sign one layer: one document, one meaning, one button, and what happens next."""

from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from app.actions.show_signing import show_signing
from app.actions.sign_change_layer import PaperInput, SigningInput, sign_change_layer
from app.core.errors import AppError
from app.core.text import Bilingual
from app.office.people import Role
from app.review.change_steps import Act
from app.web import change_words
from app.web.access import acting, reader
from app.web.pages import wiring
from app.web.refusals import Again, Refusal, refusal_of, typed, version_seen
from app.web.segment_change_view import CaseView, steps_since
from app.web.segment_changes import case_of, case_page, told
from app.web.uploads import KeptFile, Uploads, receive_files

_FIELDS: Final = ("opinion", "person_id")
"""What is shown again when a signature is refused: never PIN or code."""
_ALL_FIELDS: Final = (*_FIELDS, "pin", "totp")
_SCAN: Final = "file_other"
_LAST_LAYER: Final = 5


def segment_change_sign(change_no: str) -> ResponseReturnValue:
    """Show what is to be signed, and ask for the signature."""
    case = case_of(change_no)
    witnessing = _may_witness(case) and ("witness" in request.args or not _may_sign(case))
    if not witnessing and not _may_sign(case):
        return redirect(url_for("web.segment_change", change_no=change_no))
    return _page(case, Again(), witnessing=witnessing)


def segment_change_sign_form(change_no: str) -> ResponseReturnValue:
    """Put the signature; what was typed comes back when it is refused, the PIN never."""
    given, secret = typed(_FIELDS), typed(("pin", "totp", "content_digest"))
    witnessing = "witness" in request.form
    uploads = receive_files() if witnessing else Uploads((), {})
    refusal = Refusal(errors=uploads.errors)
    paper = PaperInput(given["person_id"], uploads.files[-1].digest) if witnessing and uploads.files else None
    if witnessing and paper is None and not uploads.errors:
        refusal = Refusal(errors={_SCAN: Bilingual("请上传签名页的扫描件。", "Upload the scan of the signed page.")})
    if not refusal.errors:
        signing = SigningInput(secret["content_digest"], given["opinion"], secret["pin"], secret["totp"] or None, paper)
        try:
            sign_change_layer(wiring(), acting(), change_no, version_seen(), signing)
        except AppError as error:
            refusal = refusal_of(error, _ALL_FIELDS)
        else:
            return redirect(url_for("web.segment_change", change_no=change_no, done="sign"), 303)
    case = case_of(change_no)
    meanwhile = steps_since(case.view, version_seen() or 0) if refusal.is_stale else ()
    again = Again(given, refusal, meanwhile)
    return _page(case, again, uploads.files, witnessing=witnessing), refusal.status


def _may_sign(case: CaseView) -> bool:
    acts = (case.main_act, *case.other_acts)
    return any(act is not None and act.act in {Act.SIGN, Act.APPROVE} for act in acts)


def _may_witness(case: CaseView) -> bool:
    someone = reader()
    waits = case.view.next_act in {Act.SIGN, Act.APPROVE}
    return waits and someone is not None and Role.SUPERVISION_OFFICER.value in someone.roles


def _page(case: CaseView, again: Again, kept: tuple[KeptFile, ...] = (), *, witnessing: bool) -> str:
    change_no = case.view.change.change_no
    try:
        signing = show_signing(wiring(), acting(), change_no)
    except AppError as error:
        # Somebody else signed, rejected or added a file: there is nothing to sign here any more.
        refusal = refusal_of(error, ())
        opinion = again.typed.get("opinion")
        written = (Bilingual(f"您写的意见：{opinion}", f"What you wrote: {opinion}"),) if opinion else ()
        return case_page(case, [*told(again.refusal.sentences or refusal.sentences), *told(written, "")])
    next_layer = next(line.layer for line in case.layers if line.layer.number == signing.layer)
    return render_template(
        "segment_change_sign.html",
        case=case,
        signing=signing,
        witnessing=witnessing,
        may_witness=_may_witness(case) and not witnessing,
        written_by=(next_layer.person_id, next_layer.person_name),
        kept=kept,
        consequences=_consequences(signing.layer),
        **again.as_context(),
    )


def _consequences(layer: int) -> tuple[LazyString, ...]:
    after = change_words.AFTER_LAST_SIGNATURE if layer == _LAST_LAYER else change_words.AFTER_SIGNATURE
    return (*change_words.SIGNING, *after)
