"""Take the evidence out of a record, and take nothing that is not written in the one way it can be."""

import io
import json
from typing import Any

import pikepdf

from app.core.canonical import canonical_bytes
from app.core.text import Bilingual
from app.reports.evaluation_record import EVIDENCE_FILE, EVIDENCE_FORMAT


class EvidenceBroken(Exception):  # never leaves this room; becomes a sentence
    """The record has no evidence of ours, or more than it may have."""

    def __init__(self, zh: str, en: str) -> None:
        """Keep the sentence."""
        self.sentence = Bilingual(zh, en)
        super().__init__(en)


def attached(data: bytes) -> dict[str, bytes]:
    """Return the files attached to the PDF ``data`` by name. Ask only for a file whose seal is trusted: they unpack.

    Raises:
        EvidenceBroken: not a PDF, or it declares other files than it holds.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            specs = {name: pdf.attachments[name] for name in pdf.attachments}
            associated = [item.objgen for item in pdf.Root.get("/AF", ())]
            if associated != [spec.obj.objgen for spec in specs.values()]:
                raise EvidenceBroken("附件与文件声明的不符。", "The attachments are not those the file declares.")
            return {name: bytes(spec.get_file().read_bytes()) for name, spec in specs.items()}
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError, KeyError) as error:
        raise EvidenceBroken("附件无法读取。", "The attachments cannot be read.") from error


def read_evidence(data: bytes) -> dict[str, Any]:
    """Return the evidence attached to the record ``data``.

    Raises:
        EvidenceBroken: there is another attachment or none, the bytes are not canonical JSON, or not our format.
    """
    files = attached(data)
    if set(files) != {EVIDENCE_FILE}:
        listed = ", ".join(sorted(files)) or "-"
        raise EvidenceBroken(
            f"附件应当只有 {EVIDENCE_FILE}，实际为：{listed}。",
            f"The only attachment should be {EVIDENCE_FILE}; there are: {listed}.",
        )
    raw = files[EVIDENCE_FILE]
    try:
        evidence = json.loads(raw)
        canonical = canonical_bytes(evidence) == raw
    except (ValueError, TypeError, RecursionError) as error:
        raise EvidenceBroken("证据不是 JSON。", "The evidence is not JSON.") from error
    if not canonical:
        raise EvidenceBroken("证据不是规范写法。", "The evidence is not in canonical form.")
    if not isinstance(evidence, dict) or evidence.get("format") != EVIDENCE_FORMAT:
        raise EvidenceBroken(
            f"证据不是 {EVIDENCE_FORMAT} 格式；请用更新版本的 henji 验证。",
            f"The evidence is not in the format {EVIDENCE_FORMAT}; verify it with a newer henji.",
        )
    return evidence
