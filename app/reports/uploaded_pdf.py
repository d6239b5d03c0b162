"""Check a PDF: it shows pages and does nothing else. Source: ISO 32000-1, 7.4, 7.11, 12.6; design/reliability.md, 5.4.

Run it in a process of its own: qpdf holds what it reads, and a few bytes can become a great many objects.
"""

import re
import zlib
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from app.core.text import Bilingual
from app.reports.upload_errors import (
    UploadActive,
    UploadBomb,
    UploadDamaged,
    UploadEncrypted,
    UploadTooHard,
    UploadTooManyPages,
    UploadTrailing,
    UploadTruncated,
)
from app.reports.uploaded_image import require_size
from app.reports.uploaded_kind import hidden_page, holds_archive

MOST_PAGES = 200
MOST_OBJECTS = 100_000
MOST_NODES = 200_000
"""Values that are looked at by name, of all objects together; few objects hold a name that asks for it."""
MOST_STREAM_BYTES = 160 << 20
"""Of one stream, unpacked: a page of colour at 600 dpi has 100 MiB."""
MOST_UNPACKED_BYTES = 512 << 20
"""Of all streams together; they are unpacked a piece at a time and not kept."""
MOST_ODD_BYTES = 16 << 20
"""Of one stream in a rare packing, which is unpacked in memory."""

_TAIL = 1024
_HEAD = 1024
_PIECE = 1 << 20
_PAGE_AT_HEAD = re.compile(rb"<(?:html|script|!doctype|svg|body|iframe)[\s>]", re.IGNORECASE)

_KEYS = frozenset({
    "/AA", "/Collection", "/EF", "/EmbeddedFiles", "/JS", "/JavaScript", "/RichMediaContent", "/XFA",
})  # fmt: skip
_ACTIONS = frozenset({
    "/GoTo3DView", "/GoToE", "/GoToR", "/ImportData", "/JavaScript", "/Launch", "/Movie", "/Rendition",
    "/RichMediaExecute", "/Sound", "/SubmitForm",
})  # fmt: skip
_SUBTYPES = frozenset({"/3D", "/FileAttachment", "/Movie", "/RichMedia", "/Screen", "/Sound"})
_ALARMING = re.compile(
    rb"/(?:AA|Collection|EF|EmbeddedFiles?|JS|JavaScript|RichMedia\w*|XFA|GoTo3DView|GoToE|GoToR|ImportData|Launch|Movie"
    rb"|Rendition|Sound|SubmitForm|3D|FileAttachment|Screen|F)(?![\w-])"
)
_ANYWHERE = re.compile(rb"/(?:JavaScript|EmbeddedFile|RichMedia|ImportData|SubmitForm)(?![\w-])")
"""Looked for in the bytes as they are too: what this reader does not reach, another may."""

_PICTURE_FILTERS = frozenset({"/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode"})
_FLATE = frozenset({"/FlateDecode", "/Fl"})
_MOST_FILTERS = 3
_PAGE_REPAIRED = "repairing"
"""How a warning ends that a page says less of itself than it must; nothing is passed over for that."""


def limit_reader() -> None:
    """Limit what qpdf unpacks in this process, whatever is read."""
    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=100,
        parser_max_nesting=100,
        parser_max_container_size=MOST_NODES,
        max_stream_filters=_MOST_FILTERS,
        flate_max_memory=MOST_ODD_BYTES,
        run_length_max_memory=MOST_ODD_BYTES,
        png_max_memory=MOST_ODD_BYTES,
        tiff_max_memory=MOST_ODD_BYTES,
        dct_max_memory=MOST_ODD_BYTES,
    )


def check_pdf(data: bytes) -> int:
    """Return the number of pages.

    Raises:
        UploadRefused: damaged, cut off, encrypted, too long, or it does more than show pages.
    """
    _require_end(data)
    if _PAGE_AT_HEAD.search(data[:_HEAD]) or holds_archive(data):
        raise hidden_page()
    if _ANYWHERE.search(data):
        raise _active()
    with _open(data) as pdf:
        if pdf.is_encrypted:
            raise _encrypted()
        if pdf.trailer.get("/Size", 0) > MOST_OBJECTS:
            raise _too_hard()
        _check_objects(pdf)
        pages = len(pdf.pages)
        if pages > MOST_PAGES:
            raise UploadTooManyPages(
                Bilingual(
                    f"PDF 有 {pages} 页，最多 {MOST_PAGES} 页。请拆分后分别上传。",
                    f"The PDF has {pages} pages; {MOST_PAGES} are the most. Split it and upload the parts.",
                )
            )
        if pages < 1:
            raise _damaged()
    return pages


def _open(data: bytes) -> Pdf:
    try:
        return pikepdf.open(BytesIO(data), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise _encrypted() from error
    except pikepdf.PdfError as error:
        raise _damaged() from error


def _check_objects(pdf: Pdf) -> None:
    left, nodes = MOST_UNPACKED_BYTES, MOST_NODES
    for item in pdf.objects:
        if isinstance(item, Stream):
            nodes -= _require_quiet(item.stream_dict, nodes)
            left -= _unpacked(item, min(left, MOST_STREAM_BYTES))
        elif isinstance(item, Dictionary | Array):
            nodes -= _require_quiet(item, nodes)
    _require_read(pdf)


def _require_read(pdf: Pdf) -> None:
    """Do nothing when every object could be read: another reader may see what this one passed over."""
    warnings = [text for text in map(str, pdf.get_warnings()) if not text.endswith(_PAGE_REPAIRED)]
    if any("bad_alloc" in warning or "limit" in warning for warning in warnings):
        raise _too_hard()
    if warnings:
        raise _damaged()


def _require_quiet(item: Object, most: int) -> int:
    """Return how many values were looked at, at most ``most``, when ``item`` and what stands in it acts on nothing.

    The text of it is searched first, which is a hundred times faster; a word in a title is told from a name after that.
    """
    if not _ALARMING.search(item.unparse(resolved=True)):
        return 0
    waiting: list[Any] = [item]
    for looked_at in range(most):
        if not waiting:
            return looked_at
        value = waiting.pop()
        if isinstance(value, Dictionary):
            _require_quiet_names(value)
        waiting += [one for one in (value if isinstance(value, Array) else value.values()) if _is_direct(one)]
    raise _too_hard()


def _is_direct(value: Any) -> bool:  # noqa: ANN401  # a value of a PDF
    """Return whether ``value`` is a container that stands here: what is only referred to has its own turn."""
    return isinstance(value, Dictionary | Array) and not value.is_indirect


def _require_quiet_names(value: Dictionary) -> None:
    said = {key: value[key] for key in ("/S", "/Subtype", "/Type") if key in value}
    acts = said.get("/S") in _ACTIONS_AS_NAMES
    plays = said.get("/Subtype") in _SUBTYPES_AS_NAMES or said.get("/Type") == Name.EmbeddedFile
    if acts or plays or not _KEYS.isdisjoint(value.keys()):
        raise _active()


_ACTIONS_AS_NAMES = tuple(Name(name) for name in sorted(_ACTIONS))
_SUBTYPES_AS_NAMES = tuple(Name(name) for name in sorted(_SUBTYPES))


def _unpacked(stream: Stream, most: int) -> int:
    """Return how many bytes ``stream`` becomes, at most ``most``; the points of pictures are only counted."""
    if "/F" in stream.stream_dict:
        # The content would be another file, somewhere.
        raise _active()
    filters = _filters(stream)
    if stream.get("/Subtype") == Name.Image:
        require_size(_number(stream, "/Width"), _number(stream, "/Height"))
    if len(filters) > _MOST_FILTERS:
        raise _too_hard()
    packings = [one for one in filters if one not in _PICTURE_FILTERS]
    if not packings:
        return 0
    if filters[0] in _FLATE and len(packings) == 1:
        return _inflated(stream.read_raw_bytes(), most)
    try:
        unpacked = len(stream.get_stream_buffer())
    except pikepdf.PdfError as error:
        # qpdf does not say whether it is broken or too large.
        raise _too_hard() from error
    if unpacked > most:
        raise _bomb()
    return unpacked


def _filters(stream: Stream) -> list[str]:
    said = stream.get("/Filter", Array())
    return [str(one) for one in said] if isinstance(said, Array) else [str(said)]


def _number(stream: Stream, key: str) -> int:
    value: Any = stream.get(key)
    return value if isinstance(value, int) else 0


def _inflated(packed: bytes, most: int) -> int:
    unpacker, total = zlib.decompressobj(), 0
    while packed and not unpacker.eof:
        total += len(unpacker.decompress(packed, _PIECE))
        if total > most:
            raise _bomb()
        packed = unpacker.unconsumed_tail
    return total


def _require_end(data: bytes) -> None:
    end = data.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in data[max(0, end - _TAIL) : end]:
        raise UploadTruncated(
            Bilingual(
                "PDF 不完整，可能没有传送完。请重新导出或重新上传。",
                "The PDF is cut off; perhaps it was not copied whole. Export or upload it again.",
            )
        )
    tail = data[end + len(b"%%EOF") :]
    if len(tail) > _TAIL or tail.strip(b"\0\t\n\f\r \x1a"):
        raise UploadTrailing(
            Bilingual(
                "PDF 结尾之后还有其他数据。请用打印到 PDF 的方式重新导出后上传。",
                "Other data follow the end of the PDF. Print it to a new PDF and upload that.",
            )
        )


def _damaged() -> UploadDamaged:
    return UploadDamaged(
        Bilingual(
            "PDF 文件已损坏或结构不规范。请重新扫描，或用“打印到 PDF”重新导出后上传。",
            "The PDF is damaged or not well formed. Scan it again, or print it to a new PDF and upload that.",
        )
    )


def _encrypted() -> UploadEncrypted:
    return UploadEncrypted(
        Bilingual(
            "PDF 设有密码或使用限制。请去除密码和限制，重新导出后上传。",
            "The PDF has a password or restrictions. Remove them, export it again and upload that.",
        )
    )


def _active() -> UploadActive:
    return UploadActive(
        Bilingual(
            "PDF 含有脚本、自动动作、多媒体、XFA 表单或附件。请用“打印到 PDF”重新导出后上传。",
            "The PDF holds scripts, actions, media, an XFA form or attachments. Print it to a new PDF and upload that.",
        )
    )


def _bomb() -> UploadBomb:
    return UploadBomb(
        Bilingual(
            "PDF 展开后过大。请以 300 dpi 重新扫描，或拆分后上传。",
            "The PDF becomes too large when it is read. Scan it again at 300 dpi, or split it.",
        )
    )


def _too_hard() -> UploadTooHard:
    return UploadTooHard(
        Bilingual(
            "PDF 结构过于复杂，无法检查。请用“打印到 PDF”重新导出，或扫描成图片后上传。",
            "The PDF is too complex to be checked. Print it to a new PDF, or upload a scan of it.",
        )
    )
