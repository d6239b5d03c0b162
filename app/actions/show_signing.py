"""Show somebody what is about to be signed, before anything is signed."""

from app.actions.change_acting import change_visible, person_acting
from app.actions.change_form_files import require_form
from app.actions.change_view import SigningView
from app.actions.deps import Deps
from app.actions.second_factor import is_fresh
from app.core.actor import Actor
from app.core.text import Bilingual
from app.keys.folder import KeysUnusable
from app.office.permission import Permission
from app.reports.signed_form import MOST_OPINION
from app.reports.signing_words import LAYER_MEANINGS
from app.review.change_signing import needs_review_note, waits_for_signature


def show_signing(deps: Deps, actor: Actor, change_no: str) -> SigningView:
    """Return the document, the place and the meaning of the signature the request waits for.

    Raises:
        NotFound: there is no such request, or the actor may not see it.
        WrongState: no signature is waited for.
        PersonUnknown: the actor is no person of the office.
    """
    actor.require(Permission.SIGN_CHANGE)
    with deps.store.read() as uow:
        stored = change_visible(uow, actor, change_no)
        step = waits_for_signature(stored.change)
        person = person_acting(uow, actor)
        certificate = uow.certificates.valid(person.person_id, deps.clock.now())
    assert step.layer is not None
    assert step.role is not None
    form = require_form(stored.change)
    return SigningView(
        change_no=change_no,
        version=stored.version,
        layer=step.layer,
        role=step.role,
        signer_name=person.name,
        meaning=LAYER_MEANINGS[step.layer - 1],
        content_digest=form.content_digest,
        form_url=f"/segment-changes/{change_no}/form.pdf",
        opinion_needed=needs_review_note(stored.change, step),
        most_opinion=MOST_OPINION,
        totp_needed=not is_fresh(deps, actor),
        has_key=certificate is not None,
        time_stamp_note=_note(deps),
    )


def _note(deps: Deps) -> Bilingual | None:
    try:
        return deps.load_time_stamper().note
    except KeysUnusable as problem:
        return problem.detail
