"""A document people sign: from its evidence to the file, and back to the strict verdict with file and roots alone."""

import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf

from app.core.canonical import canonical_bytes, sha256_hex
from app.core.errors import Integrity
from app.core.text import Bilingual
from app.reports.archive_format import Enclosure, archive_pdf
from app.reports.change_words import MATERIALS, word
from app.reports.check import RecordCheck
from app.reports.check_pages import font_names, page_texts
from app.reports.check_seal import read_roots
from app.reports.check_signatures import SignatureCheck, check_signatures
from app.reports.evaluation_record import EVIDENCE_FILE
from app.reports.flowables import Placed
from app.reports.fonts import Fonts, FontsMissing, load_fonts
from app.reports.outcome import Check, Wrong, attempt, failed, not_checked, passed
from app.reports.read_evidence import EvidenceBroken, attached, attached_evidence
from app.reports.render import LAYOUT, render
from app.reports.signed_documents import SIGNED_DOCUMENTS
from app.reports.signed_form import Content, Expected, content_of
from app.reports.signing import add_fields

_PAGES = "pages"
_ENDS = re.compile(rb"%%EOF\r?\n?")


class EnclosureWrong(Integrity):
    """A file that goes along is not the one the evidence lists. 500."""

    code = "enclosure.wrong"
    title = Bilingual("附件与证据清单不符", "An enclosure is not the one listed")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready for the first signature: a pure function of evidence, enclosures and fonts."""

    pdf: bytes
    content: Content
    expected: tuple[Expected, ...]
    places: Mapping[str, Placed]
    """Where the box of each field stands."""
    evidence: bytes
    """As attached: canonical, with the layout it was drawn in. Kept, it prepares the same file again."""


def prepare_form(evidence: Mapping[str, Any], files: Mapping[str, bytes], fonts: Fonts) -> Prepared:
    """Return the document for ``evidence``, with empty signature fields.

    Args:
        evidence: what the document says, of a format of ``SIGNED_DOCUMENTS``.
        files: the enclosures by name: each entry of its member ``evidence`` that has a ``mime_type``, and no other.
        fonts: to draw with.

    Raises:
        EnclosureWrong: one is missing, too many, or has another SHA-256 than listed.
        KeyError: the format is none that people sign.
    """
    return _prepared(json.loads(canonical_bytes({"layout": LAYOUT, **evidence})), files, fonts)


def prepared_again(evidence: bytes, files: Mapping[str, bytes], fonts: Fonts) -> Prepared:
    """Return what :func:`prepare_form` once returned, from the evidence it attached.

    With another program or other fonts the file may differ: compare ``content`` with the one on record.

    Raises:
        EnclosureWrong: a file is missing, too many, or another.
    """
    return _prepared(json.loads(evidence), files, fonts)


def _prepared(evidence: Mapping[str, Any], files: Mapping[str, bytes], fonts: Fonts) -> Prepared:
    kind = SIGNED_DOCUMENTS[evidence["format"]]
    document = kind.compose(evidence)
    drawn = render(document, fonts)
    attachment = canonical_bytes(evidence)
    pdf = archive_pdf(
        drawn.pdf,
        title=f"{document.title.zh} {document.number}",
        author=document.organisation.zh,
        at=document.created_at,
        file_name=EVIDENCE_FILE,
        attachment=attachment,
        enclosures=_enclosures(evidence, files),
    )
    expected = kind.expected(evidence)
    ready = add_fields(pdf, expected, drawn.fields)
    return Prepared(ready, content_of(ready), expected, drawn.fields, attachment)


def _enclosures(evidence: Mapping[str, Any], files: Mapping[str, bytes]) -> list[Enclosure]:
    listed = {each["name"]: each for each in evidence.get("evidence", ()) if each.get("mime_type")}
    wrong = set(listed) ^ set(files) or {
        name for name, data in files.items() if sha256_hex(data) != listed[name]["sha256"]
    }
    if wrong or EVIDENCE_FILE in files:
        names = ", ".join(sorted(wrong)) or EVIDENCE_FILE
        raise EnclosureWrong(
            Bilingual(f"附件与证据清单不符：{names}。", f"These enclosures are not those the evidence lists: {names}.")
        )
    described = {name: word(MATERIALS, each["kind"]) for name, each in listed.items()}
    return [
        Enclosure(name, files[name], each["mime_type"], f"{described[name].zh} {described[name].en}")
        for name, each in listed.items()
    ]


def is_signed_record(data: bytes) -> bool:
    """Return whether ``data`` holds the evidence of a document people sign, as ``henji verify`` asks."""
    try:
        return bool(_read(data))
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
    """Return what can be said of the signed document in ``data``, from the file and the roots alone.

    Args:
        data: the bytes of a file that claims to be a document everybody has signed.
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
        evidence = _read(data)
        kind = SIGNED_DOCUMENTS[evidence["format"]]
        expected, number = kind.expected(evidence), str(evidence["number"])
    except EvidenceBroken as error:
        return RecordCheck((failed("attachment", error.sentence),))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return RecordCheck((_shapeless(error),))
    checked = check_signatures(data, expected, people, times, at=at, file_digest=file_digest, archived=archived)
    checks = list(checked.checks)
    if checked.ok:
        content = checked.signatures[0].stated.content_digest
        said = f"{kind.code} {number}"
        checks = [passed("document", f"{kind.title.zh} {said}。", f"{kind.title.en}, {said}."), *checks]
        checks += [
            attempt("content", lambda: _bound(data, content)),
            _archive_said(checked),
            _check_pages(data, evidence),
        ]
    return RecordCheck(
        tuple(checks),
        number,
        None,
        signatures=tuple(each.as_json() for each in checked.signatures),
        archived=checked.archived,
    )


def _shapeless(error: Exception) -> Check:
    kind = type(error).__name__
    return failed(
        "attachment", Bilingual(f"证据结构不符（{kind}）。", f"The evidence does not have its shape ({kind}).")
    )


def _archive_said(checked: SignatureCheck) -> Check:
    if checked.archived:
        return passed(
            "archived",
            "文件已归档，日后可离线验证。",
            "The file is archived: it can be verified offline in later years.",
        )
    return passed(
        "archived",
        "文件尚未归档：今日可以验证，日后验证请取归档件。",
        "The file is not archived: it verifies today; for later years get the archived one.",
    )


def _read(data: bytes) -> dict[str, Any]:
    raw = attached_evidence(data)
    try:
        evidence: Any = json.loads(raw)
        canonical = isinstance(evidence, dict) and canonical_bytes(evidence) == raw
    except (ValueError, TypeError, RecursionError) as error:
        raise EvidenceBroken("证据不是 JSON。", "The evidence is not JSON.") from error
    if not canonical or not isinstance(known := evidence.get("format"), str) or known not in SIGNED_DOCUMENTS:
        listed = "、".join(SIGNED_DOCUMENTS)
        raise EvidenceBroken(
            f"证据不是规范写法，或不属于 {listed}。", f"The evidence is not canonical, or of none of {listed}."
        )
    found: dict[str, Any] = evidence
    return found


def _bound(data: bytes, signed: str) -> Bilingual:
    """Return the sentence that the content every signature names is what this file begins with."""
    known, hashed = hashlib.sha256(), 0
    for end in _ENDS.finditer(data):
        known.update(data[hashed : end.end()])
        hashed = end.end()
        if known.hexdigest() == signed:
            return Bilingual(
                f"每个签名都写明了所签内容的 SHA-256（{signed}），正是本文件签名前的内容。",
                f"Every signature names the SHA-256 of what was signed ({signed}): what this file was before.",
            )
    raise Wrong("签名所声明的内容不是本文件的内容。", "The signatures name another content than this file's.")


def _check_pages(data: bytes, evidence: Mapping[str, Any]) -> Check:
    if evidence.get("layout") != LAYOUT:
        return not_checked(
            _PAGES,
            f"未检查：页面由另一版式（{evidence.get('layout')}）绘制，本程序的版式是 {LAYOUT}（页面仍受签名保护）。",
            f"Not checked: the pages were drawn in another layout ({evidence.get('layout')}), this program's is "
            f"{LAYOUT} (the signatures cover them anyway).",
        )
    try:
        fonts = load_fonts()
    except FontsMissing:
        return not_checked(
            _PAGES,
            "未检查：本机没有绘制页面的字体（页面仍受签名保护）。",
            "Not checked: there are no fonts to draw the pages again (the signatures cover them anyway).",
        )
    drawn = b""

    def compare() -> Bilingual:
        nonlocal drawn
        files = attached(data)
        del files[EVIDENCE_FILE]
        prepared = _prepared(evidence, files, fonts)
        drawn = prepared.pdf
        if prepared.content.is_start_of(data):
            return Bilingual(
                "按证据重新绘制的内容与签名时的内容逐字节相同。",
                "Drawing the document again from its evidence gives what was signed, byte for byte.",
            )
        if page_texts(drawn) != page_texts(_without_boxes(data)):
            raise Wrong("页面文字与证据不一致。", "The words on the pages are not those of the evidence.")
        return Bilingual(
            "按证据重新绘制，每一页的文字与本文件相同（未能逐字节相同）。",
            "Drawing the document again gives the same words on every page (not byte for byte).",
        )

    check = attempt(_PAGES, compare)
    if check.passed or not drawn or font_names(drawn) == font_names(_without_boxes(data)):
        return check
    return not_checked(
        _PAGES,
        "未检查：本机的字体与绘制本文件的字体不同，版面无法比较（页面仍受签名保护）。",
        "Not checked: the fonts here are not those of the file, so pages cannot be compared (the signatures cover "
        "them).",
    )


def _without_boxes(data: bytes) -> bytes:
    """Return the file without its form: what is signed is the page, not what stands in the boxes."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            if "/Annots" in page:
                del page["/Annots"]
        if "/AcroForm" in pdf.Root:
            del pdf.Root["/AcroForm"]
        out = io.BytesIO()
        pdf.remove_unreferenced_resources()
        pdf.save(out)
        return out.getvalue()
