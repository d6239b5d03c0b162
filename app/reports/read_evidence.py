"""Take the evidence out of a record, and take nothing that is not written in the one way it can be."""

import io
import json
import zlib
from typing import Any

import pikepdf

from app.core.canonical import canonical_bytes
from app.core.text import Bilingual
from app.reports.evaluation_record import EVIDENCE_FILE, EVIDENCE_FORMAT

MOST_EVIDENCE = 16 * 1024 * 1024
"""Bytes of evidence of a document people sign; a year's register of 10,000 filings has about 8 MB."""


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


def attached_evidence(data: bytes) -> bytes:
    """Return the attached evidence of a file nobody has vouched for yet, and unpack nothing else of it.

    Raises:
        EvidenceBroken: not a PDF, no evidence in it, or more than ``MOST_EVIDENCE`` bytes.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            stream = pdf.attachments[EVIDENCE_FILE].get_file().obj
            packed = stream.get("/Filter")
            if packed is not None and (packed != pikepdf.Name.FlateDecode or "/DecodeParms" in stream):
                raise EvidenceBroken("证据的压缩方式不符。", "The evidence is packed in a way ours is not.")
            raw = bytes(stream.read_raw_bytes())
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError, KeyError) as error:
        raise EvidenceBroken("没有证据或证据无法读取。", "There is no evidence, or it cannot be read.") from error
    try:
        whole = raw if packed is None else zlib.decompressobj().decompress(raw, MOST_EVIDENCE + 1)
    except zlib.error as error:
        raise EvidenceBroken("证据无法解压。", "The evidence cannot be unpacked.") from error
    if len(whole) > MOST_EVIDENCE:
        raise EvidenceBroken("证据过大。", "The evidence is too large.")
    return whole


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
