"""Segment changes: requests come in, acts of people are told, and how it all stands goes out."""

import json
from typing import Any

from flask import Response

from app.actions.add_change_evidence import add_change_evidence as add_evidence
from app.actions.apply_for_change import apply_for_change as apply
from app.actions.change_acting import ChangeReply
from app.actions.claim_paper_signature import claim_paper_signature as claim_paper
from app.actions.page_changes import page_changes as page
from app.actions.read_change import read_change as read_one
from app.actions.read_change_form import read_change_form as read_form
from app.actions.record_site_check import record_site_check as check_site
from app.actions.report_effect import report_effect as report
from app.api import change_examples as examples
from app.api.access import needs
from app.api.operation import Answer, Body, Call, Door, Keyed, json_answer, kept_answer
from app.api.schemas.segment_change import (
    PER_PAGE,
    ApplicationSchema,
    EffectReportSchema,
    EvidenceFilesSchema,
    PaperSignatureSchema,
    SegmentChangeQuerySchema,
    SiteCheckSchema,
)
from app.api.schemas.segment_change_replies import (
    ActedSchema,
    AppliedSchema,
    EffectReportReplySchema,
    PaperClaimSchema,
    SegmentChangePageSchema,
    SegmentChangeSchema,
)
from app.api.segment_change_body import change_body, row_body
from app.http.versions import version_tag
from app.office.month import Month
from app.office.permission import Permission
from app.store.change_values import ChangeFilter

SEGMENT_CHANGES = Door("segment-changes", "Changes of customers' business formats (业态变更).")

_ADDRESS = "/api/v1/segment-changes"
_PDF = "application/pdf"
_REPLAY = "The answer the same request got before"
_READ = needs(Permission.READ_CHANGE)
_CHECK = needs(Permission.CHECK_CHANGE)


@SEGMENT_CHANGES.operation(
    "POST",
    "/segment-changes",
    access=needs(Permission.SUBMIT_CHANGE),
    body=Body(ApplicationSchema, examples.APPLICATION),
    keyed=Keyed.OPTIONAL,
    answers=(
        Answer(201, AppliedSchema, "Judged and on record", examples.APPLIED, tagged=True),
        Answer(200, AppliedSchema, _REPLAY, tagged=True),
    ),
)
def apply_for_change(call: Call) -> Response:
    """Enter a request for another business format.

    Refused is only what cannot be kept faithfully. A request that an office could not accept is 201 all the same: it
    is on record as a draft with the reasons, and is entered again under its number.
    """
    reply = apply(call.deps, call.actor, call.payload, call.request_key)
    answer = _tagged(kept_answer(reply), json.loads(reply.body))
    answer.headers["Location"] = f"{_ADDRESS}/{json.loads(reply.body)['change_no']}"
    return answer


@SEGMENT_CHANGES.operation(
    "GET",
    "/segment-changes",
    access=_READ,
    query=SegmentChangeQuerySchema,
    answers=(Answer(200, SegmentChangePageSchema, "A page of the list"),),
)
def list_changes(call: Call) -> Response:
    """List requests, newest first, a page at a time."""
    given = call.query
    wanted = ChangeFilter(
        states=frozenset({given["state"]}) if "state" in given else None,
        licence_no=given.get("licence_no"),
        account_manager=given.get("account_manager"),
        text=given.get("text"),
        effective_month=Month.read(given["effective_month"]) if "effective_month" in given else None,
    )
    found = page(call.deps, call.actor, wanted, given.get("cursor"), int(given.get("limit", PER_PAGE)))
    return json_answer({"segment_changes": [row_body(row) for row in found.items], "next_cursor": found.next_cursor})


@SEGMENT_CHANGES.operation(
    "GET",
    "/segment-changes/<change_no>",
    access=_READ,
    answers=(Answer(200, SegmentChangeSchema, "How the request stands", tagged=True),),
    refuses=(404,),
)
def read_change(call: Call, change_no: str) -> Response:
    """Say how a request stands: who has looked, who is next, who gains what, and what the rules said."""
    view = read_one(call.deps, call.actor, change_no)
    body = change_body(view, f"{_ADDRESS}/{change_no}")
    return _tagged(json_answer(body), body)


@SEGMENT_CHANGES.operation(
    "POST",
    "/segment-changes/<change_no>/submissions",
    access=needs(Permission.SUBMIT_CHANGE),
    body=Body(ApplicationSchema, examples.APPLICATION),
    keyed=Keyed.OPTIONAL,
    versioned=True,
    answers=(
        Answer(201, AppliedSchema, "Judged and on record", tagged=True),
        Answer(200, AppliedSchema, _REPLAY, tagged=True),
    ),
)
def enter_draft_again(call: Call, change_no: str) -> Response:
    """Enter a draft again, completed. Files named before stay with it."""
    reply = apply(call.deps, call.actor, call.payload, call.request_key, change_no, call.version)
    return _tagged(kept_answer(reply), json.loads(reply.body))


@SEGMENT_CHANGES.operation(
    "POST",
    "/segment-changes/<change_no>/evidence-files",
    access=_CHECK,
    body=Body(EvidenceFilesSchema, examples.EVIDENCE_FILES),
    versioned=True,
    answers=(Answer(201, ActedSchema, "On record", examples.ACTED, tagged=True),),
    refuses=(409,),
)
def add_change_evidence(call: Call, change_no: str) -> Response:
    """Add files uploaded before; a form that is prepared already is void and prepared anew."""
    files = call.payload["evidence"]
    return _acted(add_evidence(call.deps, call.actor, change_no, call.version, files, call.payload.get("person_id")))


@SEGMENT_CHANGES.operation(
    "POST",
    "/segment-changes/<change_no>/site-checks",
    access=_CHECK,
    body=Body(SiteCheckSchema, examples.SITE_CHECK),
    versioned=True,
    answers=(Answer(201, ActedSchema, "On record", examples.ACTED, tagged=True),),
    refuses=(409,),
)
def record_site_check(call: Call, change_no: str) -> Response:
    """Record what the person whose turn it is found in the shop; after the second check the form is prepared."""
    sheet = {name: value for name, value in call.payload.items() if name != "person_id"}
    return _acted(check_site(call.deps, call.actor, change_no, call.version, sheet, call.payload["person_id"]))


@SEGMENT_CHANGES.operation(
    "POST",
    "/segment-changes/<change_no>/paper-signatures",
    access=_CHECK,
    body=Body(PaperSignatureSchema, examples.PAPER_SIGNATURE),
    versioned=True,
    answers=(Answer(201, PaperClaimSchema, "Judged and on record", tagged=True),),
    refuses=(409,),
)
def claim_paper_signature(call: Call, change_no: str) -> Response:
    """Say that somebody has signed on paper. The layer is signed when the witness signs for having seen it."""
    return _acted(claim_paper(call.deps, call.actor, change_no, call.version, call.payload))


@SEGMENT_CHANGES.operation(
    "POST",
    "/segment-changes/<change_no>/effect-reports",
    access=needs(Permission.REPORT_EFFECT),
    body=Body(EffectReportSchema, examples.EFFECT_REPORT),
    keyed=Keyed.OPTIONAL,
    answers=(
        Answer(201, EffectReportReplySchema, "Judged and on record"),
        Answer(200, EffectReportReplySchema, _REPLAY),
    ),
    refuses=(404,),
)
def report_effect(call: Call, change_no: str) -> Response:
    """Say from which day another system uses the new format; the rules judge whether it may (SEG-06 to SEG-08)."""
    return kept_answer(report(call.deps, call.actor, change_no, call.payload, call.request_key))


@SEGMENT_CHANGES.operation(
    "GET",
    "/segment-changes/<change_no>/form.pdf",
    access=_READ,
    answers=(Answer(200, {"type": "string", "contentMediaType": _PDF}, "The PDF/A-3u as signed so far", media=_PDF),),
    refuses=(404,),
)
def read_change_form(call: Call, change_no: str) -> Response:
    """Return the approval form (D03) as it is now: to be signed, signed so far, or archived."""
    data = read_form(call.deps, call.actor, change_no)
    return Response(data, content_type=_PDF, headers={"Content-Disposition": f'attachment; filename="{change_no}.pdf"'})


def _acted(reply: ChangeReply) -> Response:
    return _tagged(json_answer(dict(reply.body), status=201), reply.body)


def _tagged(answer: Response, body: Any) -> Response:  # noqa: ANN401  # a JSON object
    answer.headers["ETag"] = version_tag(body["version"])
    return answer
