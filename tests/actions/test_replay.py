"""Whatever was judged can be judged again from what is stored, years later, and comes out the same to the last byte."""

import json
from datetime import date

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import rulebook_from_files
from app.audit.fact import FactSet
from app.core.canonical import digest_of, sha256_hex
from app.store.values import EvaluationFilter
from tests.actions.tiny_office import LI, OF_WANG, WANG, changed_line, pos_batch


def a_full_month(office) -> None:
    """Something of every kind, right and wrong."""
    office.event("on_cycle_open")
    for manager in (LI, WANG):
        office.supply_determined(manager)
    office.on(11, 9, 10)
    office.close_window("supply")
    office.extend("order", new_end="2026-11-24", filed_at="2026-11-09T10:00:00+08:00")
    office.extend("order", new_end="2026-11-29", filed_at=None)
    office.on(11, 15)
    office.event("on_stage_open", "order")
    office.receive({**pos_batch(), "checksum": "0" * 64})
    office.receive(pos_batch())
    office.on(11, 16)
    wrong = changed_line(office.order(), 0, final_quantity=110)
    wrong = changed_line(wrong, 1, licence_no=OF_WANG[0], segment="超市")
    wrong = changed_line(wrong, 2, source={"ledger": "L-unknown"})
    office.submit(wrong)
    office.submit(office.order(WANG, lines=[]))
    office.submit(office.supply(account_manager=None, target_month="soon"))
    office.on(11, 25)
    office.close_window("order")
    office.on(12, 1)
    office.event("on_close")


def test_every_stored_evaluation_replays_to_the_same_judgement(office):
    a_full_month(office)
    evaluator = Evaluator()
    kinds, verdicts, outcomes = set(), set(), set()
    with office.deps.store.read() as uow:
        heads = uow.evaluations.page(EvaluationFilter(), limit=100).items
        for head in heads:
            stored = uow.evaluations.get(head.evaluation_id)
            kept = json.loads(uow.rulebooks.get(stored.rulebook_digest))
            facts_bytes = uow.blobs.get(stored.facts_digest)
            rulebook = rulebook_from_files(kept["files"], kept["event"], date.fromisoformat(kept["day"]))
            judgement = evaluator.judge(rulebook, FactSet.from_json(json.loads(facts_bytes))).as_json()
            assert rulebook.digest == stored.rulebook_digest
            assert "sha256:" + sha256_hex(facts_bytes) == stored.facts_digest
            assert digest_of(judgement) == stored.judgement_digest, head.evaluation_id
            assert judgement == stored.findings_json
            # And the log names exactly these digests.
            event = json.loads(uow.log.leaf_data(stored.log_index))
            for digest in ("payload_digest", "facts_digest", "rulebook_digest", "judgement_digest"):
                assert event["body"][digest] == getattr(stored, digest)
            kinds.add(stored.event)
            verdicts.add(stored.verdict)
            outcomes |= {finding["outcome"] for finding in judgement["findings"]}
    assert len(heads) == 13
    assert kinds == {"on_cycle_open", "on_submit", "on_window_close", "on_extension", "on_batch", "on_close"}
    assert verdicts >= {"pass", "flag", "block"}
    assert outcomes >= {"pass", "flag", "block", "not_evaluable", "not_applicable"}


def test_the_log_of_the_month_is_whole_and_the_store_in_order(office):
    from app.actions.read_log import checkpoint_for
    from app.actions.verify_log import verify_own_log

    a_full_month(office)
    checkpoint_for(office.deps)
    report = verify_own_log(office.deps)
    assert (report.problems, report.checkpoints) == ((), 1)
    checked = office.deps.store.check()
    assert (checked.problems, checked.log_size) == ((), report.size)
