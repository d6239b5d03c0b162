"""Take a batch of a terminal server and judge whether it arrived whole (ENT-10)."""

from collections.abc import Mapping
from typing import Any

from app.actions.deps import Deps
from app.actions.presenting import evaluation_body
from app.actions.recording import Subject, judge, kept, record, rulebook_on
from app.actions.reply import Reply, RequestKey, answer_once, kept_reply
from app.audit.facts.context import PosBatch
from app.audit.facts.pos_batch import pos_batch_facts
from app.core.actor import Actor
from app.core.clock import local_date
from app.core.errors import Conflict, Invalid
from app.core.text import Bilingual
from app.office.month import Month
from app.office.permission import Permission
from app.office.pos_batch import ReadBatch, read_pos_batch
from app.store.contexts import pos_batch_value
from app.store.values import StoredPosBatch

EVENT = "on_batch"


class BatchKnown(Conflict):
    """A batch of this number was received and found whole; it is not taken twice."""

    code = "pos_batch.known"
    title = Bilingual("该批次已经收到", "This batch has been received already")


def receive_pos_batch(deps: Deps, actor: Actor, body: Mapping[str, Any], request: RequestKey) -> Reply:
    """Record the batch with its evaluation. A broken batch is on record too, and can be sent again whole.

    Raises:
        Invalid: the batch cannot be read.
        BatchKnown: a whole batch of this number is on record.
    """
    actor.require(Permission.RECEIVE_POS_BATCH)
    batch = read_pos_batch(body)
    if batch.faults:
        raise Invalid(Bilingual("批次内容无法读取。", "The batch cannot be read."), batch.faults)
    return answer_once(deps, actor, request, lambda: _judge_and_keep(deps, actor, batch, body, request))


def _judge_and_keep(deps: Deps, actor: Actor, batch: ReadBatch, body: Mapping[str, Any], request: RequestKey) -> Reply:
    at = deps.clock.now()
    cycle = Month.of(local_date(at))
    rulebook = rulebook_on(deps, EVENT, cycle)
    with deps.store.write() as uow:
        earlier = kept_reply(uow, actor, request)
        if earlier is not None:
            return earlier
        known = uow.pos_batches.find(batch.batch_id)
        if known is not None and _whole(known.batch):
            raise BatchKnown(
                Bilingual(
                    f"批次 {batch.batch_id} 已完整收到，不再接收。新的数据请用新的批次号。",
                    f"Batch {batch.batch_id} is on record and whole. Send new data under a new batch number.",
                )
            )
        value = pos_batch_value(batch, at)
        judged = judge(deps, rulebook, pos_batch_facts(value, rulebook), body)
        subject = Subject("pos_batch", batch.batch_id, uow.pos_batches.receptions(batch.batch_id) + 1, cycle)
        stored = record(deps, uow, actor, subject, judged, "pos_batch.received", at)
        uow.pos_batches.add(StoredPosBatch(value, stored.evaluation_id, stored.payload_digest, stored.actor))
        return kept(uow, actor, request, evaluation_body(stored), at)


def _whole(batch: PosBatch) -> bool:
    return batch.checksum_matches and batch.announced_lines == batch.received_lines
