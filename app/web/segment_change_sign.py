"""Sign one layer: one document, one meaning, one button, and what happens next."""

from dataclasses import dataclass
from typing import Final

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from app.actions.show_signing import show_signing
from app.actions.sign_change_layer import PaperInput, SigningInput, sign_change_layer
from app.actions.sign_in import elevate, session_actor
from app.core.actor import Actor
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
from app.web.session_cookie import give_session, session_token, use_session
from app.web.uploads import KeptFile, Uploads, receive_files

_FIELDS: Final = ("opinion", "person_id")
"""What is shown again when a signature is refused: never PIN, code or password."""
_SECRETS: Final = ("pin", "totp", "password", "content_digest")
_SCAN: Final = "file_other"
_LAST_LAYER: Final = 5
_PASSWORD_WRONG: Final = Bilingual("密码不对，未签名。", "The password is wrong; nothing was signed.")
_SCAN_MISSING: Final = Bilingual("请上传签名页的扫描件。", "Upload the scan of the signed page.")


@dataclass(frozen=True, slots=True)
class _Proof:
    """Who signs, as proven in this request, and the token of the browser when it has changed."""

    actor: Actor
    token: str | None = None
    refused: bool = False


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
    proof = _proof(secrets["password"])
    if proof.refused:
        errors["password"] = _PASSWORD_WRONG
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
            return _with_session(redirect(url_for("web.segment_change", change_no=change_no, done="sign"), 303), proof)
    case = case_of(change_no)
    meanwhile = steps_since(case.view, version_seen() or 0) if refusal.is_stale else ()
    page = _page(case, proof.actor, Again(given, refusal, meanwhile), uploads.files, witnessing=witnessing)
    return _with_session(make_response(page, refusal.status), proof)


def _proof(password: str) -> _Proof:
    """Return who signs; with a password, after that one has proven to be there once more."""
    token = session_token()
    if not password or token is None:
        return _Proof(acting())
    start = elevate(wiring(), token, password, None, request.remote_addr or "")
    signed_in = session_actor(wiring(), start.token) if start else None
    if start is None or signed_in is None:
        return _Proof(acting(), refused=True)
    use_session(start.token)
    return _Proof(signed_in.actor, start.token)


def _with_session(answer: ResponseReturnValue, proof: _Proof) -> Response:
    response = make_response(answer)
    return give_session(response, proof.token) if proof.token else response


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
    except AppError as error:
        # Somebody else signed, rejected or added a file: there is nothing to sign here any more.
        refusal = refusal_of(error, ())
        opinion = again.typed.get("opinion")
        written = (Bilingual(f"您写的意见：{opinion}", f"What you wrote: {opinion}"),) if opinion else ()
        return case_page(case, [*told(again.refusal.sentences or refusal.sentences), *told(written, "")])
    someone = reader()
    layer = next(line.layer for line in case.layers if line.layer.number == signing.layer)
    return render_template(
        "segment_change_sign.html",
        case=case,
        signing=signing,
        asks_code=signing.totp_needed and someone is not None and someone.has_second_factor,
        witnessing=witnessing,
        may_witness=_may_witness(case) and not witnessing,
        written_by=(layer.person_id, layer.person_name),
        kept=kept,
        consequences=_consequences(signing.layer),
        **again.as_context(),
    )


def _consequences(layer: int) -> tuple[LazyString, ...]:
    after = change_words.AFTER_LAST_SIGNATURE if layer == _LAST_LAYER else change_words.AFTER_SIGNATURE
    return (*change_words.SIGNING, *after)
