"""A form from its evidence to the file people sign, and back: the strict verdict with nothing but file and roots."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf

from app.core.canonical import canonical_bytes, sha256_hex
from app.core.errors import Integrity
from app.core.text import Bilingual
from app.reports.archive_format import Enclosure, archive_pdf
from app.reports.check import RecordCheck
from app.reports.check_pages import page_texts
from app.reports.check_seal import read_roots
from app.reports.check_signatures import check_signatures
from app.reports.evaluation_record import EVIDENCE_FILE
from app.reports.flowables import Placed
from app.reports.fonts import Fonts, FontsMissing, load_fonts
from app.reports.outcome import Check, Wrong, attempt, failed, not_checked
from app.reports.read_evidence import EvidenceBroken, attached
from app.reports.render import render
from app.reports.segment_change_form import FORM_FORMAT, compose_segment_change_form, expected_signatures
from app.reports.signed_form import Content, Expected, content_of
from app.reports.signing import add_fields


class EnclosureWrong(Integrity):
    """A file that goes along is not the one the evidence lists. 500."""

    code = "enclosure.wrong"
    title = Bilingual("附件与证据清单不符", "An enclosure is not the one listed")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A form ready for the first signature: a pure function of evidence, enclosures and fonts."""

    pdf: bytes
    content: Content
    expected: tuple[Expected, ...]
    places: Mapping[str, Placed]
    """Where the box of each field stands."""


def prepare_segment_change_form(evidence: Mapping[str, Any], files: Mapping[str, bytes], fonts: Fonts) -> Prepared:
    """Return document D03 for ``evidence`` (henji-segment-change/1), with empty signature fields.

    Args:
        evidence: what the form says.
        files: the enclosures by name: each entry of ``evidence.evidence`` that has a ``mime_type``, and no other.
        fonts: to draw with.

    Raises:
        EnclosureWrong: one is missing, too many, or has another SHA-256 than listed.
    """
    whole = json.loads(canonical_bytes(evidence))
    document = compose_segment_change_form(whole)
    drawn = render(document, fonts)
    pdf = archive_pdf(
        drawn.pdf,
        title=f"{document.title.zh} {document.number}",
        author=document.organisation.zh,
        at=document.created_at,
        file_name=EVIDENCE_FILE,
        attachment=canonical_bytes(whole),
        enclosures=_enclosures(whole, files),
    )
    expected = expected_signatures(whole)
    ready = add_fields(pdf, expected, drawn.fields)
    return Prepared(ready, content_of(ready), expected, drawn.fields)


def _enclosures(evidence: Mapping[str, Any], files: Mapping[str, bytes]) -> list[Enclosure]:
    listed = {each["name"]: each for each in evidence["evidence"] if each.get("mime_type")}
    wrong = set(listed) ^ set(files) or {
        name for name, data in files.items() if sha256_hex(data) != listed[name]["sha256"]
    }
    if wrong or EVIDENCE_FILE in files:
        names = ", ".join(sorted(wrong)) or EVIDENCE_FILE
        raise EnclosureWrong(
            Bilingual(f"附件与证据清单不符：{names}。", f"These enclosures are not those the evidence lists: {names}.")
        )
    return [
        Enclosure(name, files[name], each["mime_type"], f"{each['kind']['zh']} {each['kind']['en']}")
        for name, each in listed.items()
    ]


def is_signed_record(data: bytes) -> bool:
    """Return whether ``data`` holds the evidence of a form people sign, as ``henji verify`` asks to choose a check."""
    try:
        return _read(data)[0].get("format") == FORM_FORMAT
    except EvidenceBroken:
        return False


def check_signed_record(
    data: bytes,
    roots: Sequence[str],
    tsa_roots: Sequence[str],
    *,
    at: datetime | None = None,
    file_digest: str | None = None,
    archived: bool | None = None,
) -> RecordCheck:
    """Return what can be said of the signed form in ``data``, from the file and the roots alone.

    Args:
        data: the bytes of a file that claims to be a form everybody has signed.
        roots: PEM certificates trusted for people.
        tsa_roots: PEM certificates trusted for time stamps.
        at: the moment of verifying (aware); now when None.
        file_digest: ``sha256:<hex>`` the log has; without it a reader knows only that this file is whole.
        archived: whether it must have been archived.

    Raises:
        TrustRootUnreadable: one of the roots is not a certificate, or there is none.
    """
    people, times = read_roots(roots), read_roots(tsa_roots)
    try:
        evidence, files = _read(data)
        expected = expected_signatures(evidence)
        number = str(evidence["number"])
    except EvidenceBroken as error:
        return RecordCheck((failed("attachment", error.sentence),))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return RecordCheck((_shapeless(error),))
    checked = check_signatures(data, expected, people, times, at=at, file_digest=file_digest, archived=archived)
    checks = list(checked.checks)
    if checked.ok:
        checks.append(_check_content(data, evidence, files, [each.reason for each in checked.signatures]))
    return RecordCheck(tuple(checks), number, None)


def _shapeless(error: Exception) -> Check:
    kind = type(error).__name__
    return failed(
        "attachment", Bilingual(f"证据结构不符（{kind}）。", f"The evidence does not have its shape ({kind}).")
    )


def _read(data: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    files = attached(data)
    raw = files.pop(EVIDENCE_FILE, b"")
    try:
        evidence = json.loads(raw)
        canonical = isinstance(evidence, dict) and canonical_bytes(evidence) == raw
    except (ValueError, TypeError, RecursionError) as error:
        raise EvidenceBroken("证据不是 JSON。", "The evidence is not JSON.") from error
    if not canonical or evidence.get("format") != FORM_FORMAT:
        raise EvidenceBroken(f"证据不是规范的 {FORM_FORMAT}。", f"The evidence is not {FORM_FORMAT} in canonical form.")
    return evidence, files


def _check_content(data: bytes, evidence: Mapping[str, Any], files: Mapping[str, bytes], reasons: list[str]) -> Check:
    try:
        fonts = load_fonts()
    except FontsMissing:
        return not_checked(
            "pages",
            "未检查：本机没有绘制页面的字体（页面仍受签名保护）。",
            "Not checked: there are no fonts to draw the pages again (the signatures cover them anyway).",
        )

    def compare() -> Bilingual:
        prepared = prepare_segment_change_form(evidence, files, fonts)
        if prepared.content.is_start_of(data):
            if not all(reason.endswith(f"[content sha256:{prepared.content.digest}]") for reason in reasons):
                raise Wrong("签名所声明的内容不是本文件的内容。", "A signature names another content than this file's.")
            return Bilingual(
                "按证据重新绘制的内容与签名时的内容逐字节相同。",
                "Drawing the form again from its evidence gives what was signed, byte for byte.",
            )
        with pikepdf.open(io.BytesIO(data)) as pdf:
            # Without the form: what is signed is the page, not what stands in the boxes.
            for page in pdf.pages:
                if "/Annots" in page:
                    del page["/Annots"]
            out = io.BytesIO()
            pdf.save(out)
        if page_texts(prepared.pdf) != page_texts(out.getvalue()):
            raise Wrong("页面文字与证据不一致。", "The words on the pages are not those of the evidence.")
        return Bilingual(
            "按证据重新绘制，每一页的文字与本文件相同（字体或程序版本不同，未逐字节比较）。",
            "Drawing the form again gives the same words on every page (other fonts or versions; not byte for byte).",
        )

    return attempt("pages", compare)
