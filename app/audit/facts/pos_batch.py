"""Whether a batch of a terminal server arrived whole: ENT-10."""

from app.audit.fact import FactSet, fact_set
from app.audit.facts.context import PosBatch
from app.audit.facts.parameters import Parameters
from app.audit.facts.table import Row, single


def pos_batch_facts(batch: PosBatch, parameters: Parameters) -> FactSet:  # noqa: ARG001  # one shape for all subjects
    """Return the scope ``pos_intake`` for one batch."""
    row: Row = {
        **intake_row("batch"),
        "batch_id": batch.batch_id,
        "terminal_server": batch.terminal_server,
        "announced_lines": batch.announced_lines,
        "received_lines": batch.received_lines,
        "batch_line_difference": abs(batch.announced_lines - batch.received_lines),
        "batch_checksum_matches": batch.checksum_matches,
    }
    return fact_set(single("pos_intake", row))


def is_intact(batch: PosBatch) -> bool:
    """Return whether ENT-10 would let the batch count."""
    return batch.announced_lines == batch.received_lines and batch.checksum_matches


def intake_row(occasion: str) -> Row:
    """Return the row of an ``occasion`` at which nothing is wrong and no batch is looked at."""
    return {
        "occasion": occasion,
        "batch_id": None,
        "terminal_server": None,
        "announced_lines": None,
        "received_lines": None,
        "batch_line_difference": 0,
        "batch_checksum_matches": True,
        "silent_pos_customers": 0,
        "silent_customer_list": [],
    }
