"""Ask for another business format: look the customer up, see who would gain what, say why, bring the papers."""

import json
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.apply_for_change import apply_for_change
from app.actions.page_changes import look_up_customers
from app.actions.preview_change import ChangePreview, preview_change
from app.actions.reply import RequestKey
from app.core.canonical import digest_of
from app.core.errors import AppError
from app.web import change_words
from app.web.access import acting
from app.web.language import say
from app.web.pages import wiring
from app.web.refusals import Again, Refusal, refusal_of, typed, version_seen
from app.web.segment_change_view import CaseView, benefit_table, steps_since
from app.web.segment_changes import case_of
from app.web.uploads import KeptFile, Uploads, kinds_of_files, receive_files

_FIELDS: Final = (
    "proposed_segment",
    "reason_code",
    "reason_text",
    "applicant",
    "contact",
    "requested_effective",
    "holder_name",
    "address",
)
_PHOTO_FIELDS: Final = ("taken_at", "latitude", "longitude")
_OK: Final = 200


def segment_change_new() -> ResponseReturnValue:
    """Ask which customer, then which format, then why: one question a page, useful without scripts."""
    licence_no = request.args.get("licence", "").strip()
    sought = request.args.get("q", "").strip()
    if not licence_no and sought:
        hits = look_up_customers(wiring(), acting(), sought)
        if len(hits) == 1:
            return redirect(url_for("web.segment_change_new", licence=hits[0].licence_no))
        return _page(None, q=sought, hits=hits)
    if not licence_no:
        return _page(None)
    proposed = request.args.get("proposed", "").strip()
    shop = preview_change(wiring(), acting(), licence_no, proposed)
    return _page(shop, proposed, again=Again({"requested_effective": shop.earliest_effect.isoformat()}))


def customer_lookup() -> ResponseReturnValue:
    """Offer customers to the page that asks while somebody types."""
    hits = look_up_customers(wiring(), acting(), request.args.get("q", ""))
    return jsonify(
        {
            "items": [
                {
                    "licence_no": hit.licence_no,
                    "shop_name": hit.shop_name,
                    "segment_name": hit.segment_name,
                    "territory_name": hit.territory_name,
                    "url": url_for("web.segment_change_new", licence=hit.licence_no),
                }
                for hit in hits
            ]
        }
    )


def segment_change_new_form() -> ResponseReturnValue:
    """Enter the request; what cannot be taken comes back with everything typed."""
    return _enter(None)


def segment_change_again(change_no: str) -> ResponseReturnValue:
    """Show a draft as it was entered, to be completed."""
    case = case_of(change_no)
    if case.main_act is None or case.main_act.page != "web.segment_change_again":
        return redirect(url_for("web.segment_change", change_no=change_no))
    asked = case.view.change.application
    shop = preview_change(wiring(), acting(), asked.licence_no, asked.proposed_segment, asked.requested_effective)
    entered = {name: str(getattr(asked, name) or "") for name in _FIELDS}
    again = Again(entered, Refusal(_OK, case.view.refusals))
    return _page(shop, asked.proposed_segment or "", again=again, draft=case)


def segment_change_again_form(change_no: str) -> ResponseReturnValue:
    """Enter a draft again under its number."""
    return _enter(change_no)


def _enter(change_no: str | None) -> ResponseReturnValue:
    given = typed((*_FIELDS, *_PHOTO_FIELDS))
    uploads = receive_files()
    licence_no = request.form.get("licence_no", "").strip()
    shop = preview_change(wiring(), acting(), licence_no, given["proposed_segment"], _day(given["requested_effective"]))
    refusal = Refusal(errors=uploads.errors)
    if "preview" in request.form or uploads.errors:
        return _refused(change_no, shop, given, uploads, refusal)
    payload = _payload(shop, given, uploads)
    key = RequestKey(request.form.get("request_key") or None, digest_of(payload))
    try:
        reply = apply_for_change(wiring(), acting(), payload, key, change_no, version_seen() if change_no else None)
    except AppError as error:
        return _refused(change_no, shop, given, uploads, refusal_of(error, _FIELDS))
    body = json.loads(reply.body)
    done = "apply" if body["accepted"] else "draft"
    return redirect(url_for("web.segment_change", change_no=body["change_no"], done=done), 303)


def _refused(
    change_no: str | None, shop: ChangePreview, given: Mapping[str, str], uploads: Uploads, refusal: Refusal
) -> ResponseReturnValue:
    draft = None if change_no is None else case_of(change_no)
    meanwhile = steps_since(draft.view, version_seen() or 0) if draft and refusal.is_stale else ()
    again = Again(given, refusal, meanwhile)
    page = _page(shop, given["proposed_segment"], again=again, kept=uploads.files, draft=draft)
    return page, _OK if "preview" in request.form and not refusal.errors else refusal.status


def _payload(shop: ChangePreview, given: Mapping[str, str], uploads: Uploads) -> dict[str, Any]:
    """Return the application: what is on file of the shop, and what was typed."""
    on_file = {
        "licence_no": shop.licence_no,
        "shop_name": shop.shop_name,
        "holder_name": shop.holder_name or given["holder_name"],
        "address": shop.address or given["address"],
        "current_segment": shop.segment,
        "territory_id": shop.territory_id,
    }
    said = {name: given[name] for name in _FIELDS if name not in on_file}
    filled = {name: value for name, value in {**on_file, **said}.items() if value}
    return {**filled, "evidence": uploads.as_evidence(given)}


def _page(
    shop: ChangePreview | None,
    proposed: str = "",
    *,
    again: Again | None = None,
    kept: tuple[KeptFile, ...] = (),
    draft: CaseView | None = None,
    **more: Any,  # noqa: ANN401  # what a template is given
) -> str:
    drawn = again or Again()
    brought = (
        tuple(KeptFile(line.file.kind.value, line.file.digest, line.name) for line in draft.evidence) if draft else ()
    )
    action = url_for("web.segment_change_again_form", change_no=draft.view.change.change_no) if draft else None
    return render_template(
        "segment_change_new.html",
        shop=shop,
        proposed=proposed,
        benefit=benefit_table(shop.benefit) if shop else None,
        formats=[(code, say(name)) for code, name in shop.formats] if shop else [],
        reasons=list(change_words.REASONS.items()),
        kinds=kinds_of_files(shop.required_evidence if shop else (), {file.kind for file in brought}),
        kept=kept,
        brought=brought,
        draft_no=draft.view.change.change_no if draft else None,
        version=draft.view.version if draft else None,
        request_key=request.form.get("request_key") or secrets.token_urlsafe(16),
        action=action or url_for("web.segment_change_new_form"),
        **{"q": "", "hits": (), **more, **drawn.as_context()},
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
