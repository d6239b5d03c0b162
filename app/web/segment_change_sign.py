"""Sign one layer: one document, one meaning, one button, and what happens next."""

from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from app.actions.list_signers import list_signers
from app.actions.show_signing import show_signing
from app.actions.sign_change_layer import PaperInput, SigningInput, sign_change_layer
from app.core.actor import Actor
from app.core.errors import AppError
from app.core.text import Bilingual
from app.office.people import Role
from app.review.change_steps import Act
from app.web import change_words
from app.web.access import acting, reader
from app.web.pages import wiring
from app.web.presence import PASSWORD_WRONG, prove
from app.web.refusals import Again, Refusal, refusal_of, typed, version_seen
from app.web.segment_change_view import CaseView, steps_since
from app.web.segment_changes import case_of, case_page, told
from app.web.uploads import KeptFile, Uploads, receive_files

_FIELDS: Final = ("opinion", "person_id")
"""What is shown again when a signature is refused: never PIN, code or password."""
_SECRETS: Final = ("pin", "totp", "password", "content_digest")
_SCAN: Final = "file_other"
_LAST_LAYER: Final = 5
_SCAN_MISSING: Final = Bilingual("请上传签名页的扫描件。", "Upload the scan of the signed page.")


def segment_change_sign(change_no: str) -> ResponseReturnValue:
    """Show what is to be signed, and ask for the signature."""
    case = case_of(change_no)
    witnessing = _may_witness(case) and ("witness" in request.args or not _may_sign(case))
    if not witnessing and not _may_sign(case):
        return redirect(url_for("web.segment_change", change_no=change_no))
    return _page(case, acting(), Again(), witnessing=witnessing)


def segment_change_sign_form(change_no: str) -> ResponseReturnValue:
    """Put the signature; what was typed comes back when it is refused, the PIN never."""
    given, secrets = typed(_FIELDS), typed(_SECRETS)
    witnessing = "witness" in request.form
    uploads = receive_files() if witnessing else Uploads((), {})
    errors = dict(uploads.errors)
    if witnessing and not uploads.files:
        errors.setdefault(_SCAN, _SCAN_MISSING)
    proof = prove(secrets["password"])
    if proof.refused:
        errors["password"] = PASSWORD_WRONG
    refusal = Refusal(errors=errors)
    if not errors:
        paper = PaperInput(given["person_id"], uploads.files[-1].digest) if witnessing else None
        signing = SigningInput(
            secrets["content_digest"], given["opinion"], secrets["pin"], secrets["totp"] or None, paper
        )
        try:
            sign_change_layer(wiring(), proof.actor, change_no, version_seen(), signing)
        except AppError as error:
            refusal = refusal_of(error, (*_FIELDS, *_SECRETS))
        else:
            return proof.answer(redirect(url_for("web.segment_change", change_no=change_no, done="sign"), 303))
    case = case_of(change_no)
    meanwhile = steps_since(case.view, version_seen() or 0) if refusal.is_stale else ()
    page = _page(case, proof.actor, Again(given, refusal, meanwhile), uploads.files, witnessing=witnessing)
    return proof.answer((page, refusal.status))


def _may_sign(case: CaseView) -> bool:
    acts = (case.main_act, *case.other_acts)
    return any(act is not None and act.act in {Act.SIGN, Act.APPROVE} for act in acts)


def _may_witness(case: CaseView) -> bool:
    someone = reader()
    waits = case.view.next_act in {Act.SIGN, Act.APPROVE}
    return waits and someone is not None and Role.SUPERVISION_OFFICER.value in someone.roles


def _page(case: CaseView, actor: Actor, again: Again, kept: tuple[KeptFile, ...] = (), *, witnessing: bool) -> str:
    change_no = case.view.change.change_no
    try:
        signing = show_signing(wiring(), actor, change_no)
        signers = list_signers(wiring(), actor, change_no) if witnessing else ()
    except AppError as error:
        # Somebody else signed, rejected or added a file: there is nothing to sign here any more.
        refusal = refusal_of(error, ())
        opinion = again.typed.get("opinion")
        written = (Bilingual(f"您写的意见：{opinion}", f"What you wrote: {opinion}"),) if opinion else ()
        return case_page(case, [*told(again.refusal.sentences or refusal.sentences), *told(written, "")])
    someone = reader()
    return render_template(
        "segment_change_sign.html",
        case=case,
        signing=signing,
        asks_code=signing.totp_needed and someone is not None and someone.has_second_factor,
        witnessing=witnessing,
        may_witness=_may_witness(case) and not witnessing,
        signers=[(person_id, f"{name} {person_id}") for person_id, name in signers],
        kept=kept,
        consequences=_consequences(signing.layer),
        **again.as_context(),
    )


def _consequences(layer: int) -> tuple[LazyString, ...]:
    after = change_words.AFTER_LAST_SIGNATURE if layer == _LAST_LAYER else change_words.AFTER_SIGNATURE
    return (*change_words.SIGNING, *after)
