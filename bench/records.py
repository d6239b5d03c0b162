"""Records per second: document D19 from evidence to seal, beside plain reportlab drawing the same pages.

Run with ``python -m bench.records``. The plain side draws the very words of the record as paragraphs on as many pages,
in the same fonts: what any report costs. The ratio says what archive form and seal add.
"""

import io
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pypdf
from reportlab.platypus import PageBreak, SimpleDocTemplate
from reportlab.platypus import Paragraph as Text

from app.audit.engine.evaluate import Evaluator
from app.audit.engine.loader import read_rules
from app.audit.fact import FactSet
from app.audit.log.checkpoint import make_checkpoint
from app.audit.log.event import Event
from app.audit.log.tree import leaf_hash
from app.core.canonical import canonical_bytes, digest_of
from app.keys.ring import KeyRing, create_keys
from app.reports import look
from app.reports.archive_format import archive_pdf
from app.reports.check import check_record
from app.reports.document import Document
from app.reports.evaluation_record import EVIDENCE_FILE, EVIDENCE_FORMAT, compose_evaluation_record
from app.reports.fonts import REGULAR, load_fonts
from app.reports.render import LAYOUT, render
from app.reports.seal import seal_pdf

ROUNDS = 20
RULES = Path(__file__).resolve().parent.parent / "rules"
AT = datetime(2026, 11, 16, 1, 30, 1, tzinfo=UTC)


def evidence(keys: KeyRing) -> dict:
    """Return the evidence of a submission about which nothing is known: every rule answers, none can be judged."""
    book = read_rules(RULES).rulebook("on_submit", AT.date())
    facts = FactSet({})
    judgement = Evaluator().judge(book, facts).as_json()
    submission = {"stage": "order", "cycle": "2026-11"}
    subject = {"kind": "order_forecast", "id": "F-202611-000045", "version": 1}
    actor = {"kind": "client", "id": "c-1", "name": "预测系统"}
    told = {
        "cycle": "2026-11",
        "stage": "order",
        "account_manager": "AM-07",
        "territory_id": "T-07",
        "verdict": judgement["verdict"],
        "simulated_clock": False,
        "payload_digest": digest_of(submission),
        "facts_digest": facts.digest,
        "rulebook_digest": book.digest,
        "judgement_digest": digest_of(judgement),
    }
    moment = "2026-11-16T01:30:01.000Z"
    event = Event("forecast.submitted", moment, actor, subject, {"evaluation": "E-202611-000123", **told})
    leaf = leaf_hash(event.leaf_data())
    return {
        "format": EVIDENCE_FORMAT,
        "document": "D19",
        "office": {"zh": "示例县烟草专卖局内部专卖管理监督办公室", "en": "Supervision Office, Sample County"},
        "public_url": "https://henji.example.org",
        "layout": LAYOUT,
        "evaluation": {
            "id": "E-202611-000123",
            "event": "on_submit",
            "evaluated_at": moment,
            "subject": subject,
            "actor": actor,
            **told,
        },
        "judgement": judgement,
        "facts": facts.as_json(),
        "rulebook": {"event": book.event, "day": book.day.isoformat(), "files": dict(book.files)},
        "submission": submission,
        "log": {
            "origin": keys.log.name,
            "verifier_key": keys.log.verifier_key,
            "index": 0,
            "size": 1,
            "event": event.as_json(),
            "path": [],
            "checkpoint": make_checkpoint(keys.log, 1, leaf),
        },
    }


def plain(document: Document, pages: int) -> bytes:
    """Return the words of ``document`` drawn as paragraphs on ``pages`` pages, and nothing more."""
    lines = [line for line in document.as_text().splitlines() if line.strip()]
    each = -(-len(lines) // pages)
    story = []
    for start in range(0, len(lines), each):
        story += [Text(escape(line), look.SMALL) for line in lines[start : start + each]]
        story.append(PageBreak())
    out = io.BytesIO()
    SimpleDocTemplate(out, invariant=1, initialFontName=REGULAR).build(story)
    return out.getvalue()


def measure(name: str, work: Callable[[], object]) -> float:
    """Run ``work`` ROUNDS times, print and return the median processor time (one core) in ms."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    median = sorted(times)[ROUNDS // 2]
    print(f"  {name:<44}{median:8.1f} ms{1000 / median:8.1f} /s")
    return median


def main() -> None:
    fonts = load_fonts()
    with tempfile.TemporaryDirectory() as folder:
        keys = create_keys(Path(folder) / "keys", "示例县烟草专卖局", datetime.now(UTC), slug="bench")
    whole = evidence(keys)
    raw = canonical_bytes(whole)
    document = compose_evaluation_record(whole)
    drawn = render(document, fonts)
    place = drawn.fields["seal_system"]

    def archive(pages: bytes) -> bytes:
        return archive_pdf(pages, title="t", author="a", at=AT, file_name=EVIDENCE_FILE, attachment=raw)

    def record() -> bytes:
        made = render(compose_evaluation_record(whole), fonts)
        return seal_pdf(archive(made.pdf), keys.seal, made.fields["seal_system"], AT, fonts, simulated=False)

    archived = archive(drawn.pdf)
    sealed = record()
    pages = len(pypdf.PdfReader(io.BytesIO(sealed)).pages)
    print(
        f"D19: {len(document.blocks)} blocks, {pages} pages, evidence {len(raw) // 1024} KiB, {len(sealed) // 1024} KiB"
    )
    base = measure("plain reportlab, the same words and pages", lambda: plain(document, pages))
    measure("compose", lambda: compose_evaluation_record(whole))
    measure("render", lambda: render(document, fonts))
    measure("archive form (PDF/A-3u, evidence attached)", lambda: archive(drawn.pdf))
    measure("seal", lambda: seal_pdf(archived, keys.seal, place, AT, fonts, simulated=False))
    complete = measure("whole record: compose, render, archive, seal", record)
    measure("check (offline, judged again, drawn again)", lambda: check_record(sealed, keys.roots))
    result = check_record(sealed, keys.roots)
    print(f"  whole record / plain reportlab: {complete / base:.2f}; the record verifies: {result.ok}")


if __name__ == "__main__":
    main()
