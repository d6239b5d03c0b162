"""Evaluations: one, its facts, its signed record, a list, and one that is only tried."""

import re
from typing import Any

from flask import Response

from app.actions.judge_dry import judge_dry
from app.actions.read_evaluation import list_evaluations as list_page
from app.actions.read_evaluation import read_evaluation as read_one
from app.actions.read_evaluation import read_facts as read_stored_facts
from app.actions.seal_record import read_record as read_sealed
from app.api import examples
from app.api.access import needs
from app.api.fields import Choice, Identifier, MonthText, Shape, WholeNumberText
from app.api.operation import Answer, Body, Call, Door, json_answer
from app.api.schemas.forecast import STAGES, DryRunSchema
from app.api.schemas.replies import DryRunReplySchema, EvaluationPageSchema, FactsSchema, FullEvaluationSchema
from app.core.clock import instant
from app.office.month import Month
from app.office.permission import Permission
from app.store.values import EvaluationFilter, EvaluationHead

EVALUATIONS = Door("evaluations", "What the rules said, with numbers, facts and records.")

MOST_PER_PAGE = 200
_PER_PAGE = 50
_PDF = "application/pdf"
_READ = needs(Permission.READ_EVALUATION, Permission.SUBMIT_FORECAST)


class EvaluationQuerySchema(Shape):
    """What the list is limited to."""

    verdict = Choice("block", "flag", "note", "pass")
    stage = Choice(*STAGES)
    cycle = MonthText()
    account_manager = Identifier()
    rule = Identifier(description="Only those in which this rule speaks.")
    text = Identifier(description="Part of the id of the evaluation, its subject or its account manager.")
    cursor = Identifier(description="`next_cursor` of the page before.")
    limit = WholeNumberText(1, MOST_PER_PAGE, default=_PER_PAGE)


@EVALUATIONS.operation(
    "GET",
    "/evaluations",
    access=needs(Permission.READ_EVALUATION),
    query=EvaluationQuerySchema,
    answers=(Answer(200, EvaluationPageSchema, "A page of the list"),),
)
def list_evaluations(call: Call) -> Response:
    """List evaluations, newest first, a page at a time."""
    given = call.query
    wanted = EvaluationFilter(
        verdict=given.get("verdict"),
        stage=given.get("stage"),
        cycle=Month.read(given["cycle"]) if "cycle" in given else None,
        account_manager=given.get("account_manager"),
        rule=given.get("rule"),
        text=given.get("text"),
    )
    page = list_page(call.deps, call.actor, wanted, given.get("cursor"), int(given.get("limit", _PER_PAGE)))
    return json_answer({"evaluations": [_head(head) for head in page.items], "next_cursor": page.next_cursor})


def _head(head: EvaluationHead) -> dict[str, Any]:
    return {
        "evaluation": head.evaluation_id,
        "event": head.event,
        "subject": {"kind": head.subject_kind, "id": head.subject_id, "version": head.subject_version},
        "cycle": None if head.cycle is None else str(head.cycle),
        "stage": head.stage,
        "account_manager": head.account_manager,
        "territory_id": head.territory_id,
        "evaluated_at": instant(head.evaluated_at),
        "verdict": head.verdict,
        "counts": dict(head.counts),
        "log_index": head.log_index,
        "simulated_clock": head.simulated_clock,
    }


@EVALUATIONS.operation(
    "POST",
    "/evaluations:dry-run",
    access=needs(Permission.DRY_RUN),
    body=Body(DryRunSchema, examples.DRY_RUN),
    answers=(Answer(200, DryRunReplySchema, "What would be said", examples.DRY_VERDICT),),
)
def dry_run(call: Call) -> Response:
    """Judge a forecast without recording anything; there is no receipt."""
    return json_answer(judge_dry(call.deps, call.actor, call.payload["kind"], call.payload["subject"]))


@EVALUATIONS.operation(
    "GET",
    "/evaluations/<evaluation_id>",
    access=_READ,
    answers=(Answer(200, FullEvaluationSchema, "Everything kept of it"),),
    refuses=(404,),
)
def read_evaluation(call: Call, evaluation_id: str) -> Response:
    """Return an evaluation with every rule that was asked."""
    return json_answer(read_one(call.deps, call.actor, evaluation_id))


@EVALUATIONS.operation(
    "GET",
    "/evaluations/<evaluation_id>/facts",
    access=_READ,
    answers=(Answer(200, FactsSchema, "The facts as they were judged"),),
    refuses=(404,),
)
def read_facts(call: Call, evaluation_id: str) -> Response:
    """Return the stored facts of an evaluation."""
    return json_answer(read_stored_facts(call.deps, call.actor, evaluation_id))


@EVALUATIONS.operation(
    "GET",
    "/evaluations/<evaluation_id>/record.pdf",
    access=_READ,
    answers=(Answer(200, {"type": "string", "contentMediaType": _PDF}, "The sealed PDF/A-3u", media=_PDF),),
    refuses=(404,),
)
def read_record(call: Call, evaluation_id: str) -> Response:
    """Return the sealed record (D19) of an evaluation; the same bytes every time."""
    data = read_sealed(call.deps, call.actor, evaluation_id)
    name = re.sub(r"[^A-Za-z0-9._-]", "_", evaluation_id)
    return Response(data, content_type=_PDF, headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'})
