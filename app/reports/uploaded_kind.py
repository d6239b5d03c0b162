"""What a file is, by its content: never by its name, and never by what the sender says."""

import re

from app.core.text import Bilingual
from app.reports.upload_errors import UploadHidden, UploadIsArchive, UploadIsOffice, UploadRefused, UploadUnsupported

JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
PDF = "application/pdf"
KINDS = (JPEG, PNG, WEBP, PDF)
"""The kinds that are taken."""

_RIFF_NAME = slice(8, 12)

_ARCHIVES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"PK\x05\x06", "ZIP"),
    (0, b"PK\x07\x08", "ZIP"),
    (0, b"PK00PK", "ZIP"),
    (0, b"\x1f\x8b", "GZIP"),
    (0, b"\x1f\x9d", "compress"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"BZh", "BZIP2"),
    (0, b"\xfd7zXZ\x00", "XZ"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard"),
    (0, b"\x04\x22\x4d\x18", "LZ4"),
    (0, b"LZIP", "LZIP"),
    (0, b"MSCF", "CAB"),
    (0, b"xar!", "XAR"),
    (0, b"!<arch>", "AR"),
    (257, b"ustar", "TAR"),
    (0x8001, b"CD001", "ISO"),
)
"""Place, bytes, name. Source: the format of each; IANA media types."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Old .doc, .xls, .ppt, and .msi."""

_OFFICE_PARTS = (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis")
_LOOK_INTO = 4096

_HEIC = re.compile(rb"....ftyp(?:heic|heix|hevc|hevx|heim|heis|mif1|msf1)", re.DOTALL)

_END_OF_ZIP = b"PK\x05\x06"
_CENTRAL = b"PK\x01\x02"
_END_OF_ZIP_BYTES = 22
_MOST_ENDS = 64
"""Ends of archives that are looked at; chance puts none into a picture."""

_PAGE = re.compile(rb"<(?:script|iframe|!doctype|embed|object)[\s>/]|javascript:", re.IGNORECASE)
"""Long enough that chance does not write it into the points of a picture."""

_PAGE_IN_WORDS = re.compile(
    rb"<(?:script|iframe|!doctype|html|svg|body|embed|object|img)[\s>/]|<\?php|javascript:|%PDF-\d", re.IGNORECASE
)


def recognise(data: bytes) -> str:
    """Return which of ``KINDS`` the file is.

    Raises:
        UploadIsArchive: an archive. It is only recognised; nothing of it is unpacked.
        UploadIsOffice: a document of an office program.
        UploadUnsupported: anything else.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"RIFF") and data[_RIFF_NAME] == b"WEBP":
        return WEBP
    if re.match(rb"%PDF-[12]\.\d", data):
        return PDF
    raise _refusal(data)


def require_single(data: bytes) -> None:
    """Do nothing when the picture or document is not an archive or a page as well.

    Raises:
        UploadHidden: it is.
    """
    if holds_archive(data):
        raise UploadHidden(
            Bilingual(
                "文件里藏有压缩包，不予接收。请重新拍照或重新扫描后上传。",
                "An archive is hidden in the file. Take the photo or the scan again and upload that.",
            )
        )
    if _PAGE.search(data):
        raise hidden_page()


def require_plain(words: bytes) -> None:
    """Do nothing when ``words``, what stands in a file beside its points, holds no markup that a browser would run.

    Raises:
        UploadHidden: it does.
    """
    if _PAGE_IN_WORDS.search(words):
        raise hidden_page()


def hidden_page() -> UploadHidden:
    """Return the refusal of a file that could be taken for a page or a program."""
    return UploadHidden(
        Bilingual(
            "文件里藏有网页代码或脚本，不予接收。请重新拍照或重新扫描后上传。",
            "Code of a page or a script is hidden in the file. Take the photo or the scan again and upload that.",
        )
    )


def holds_archive(data: bytes) -> bool:
    """Return whether a ZIP program would open ``data``: they look for the end of an archive from the back.

    Source: PKWARE APPNOTE 4.3.16. A chance signature has no table of contents where it says.
    """
    end = len(data)
    for _ in range(_MOST_ENDS):
        end = data.rfind(_END_OF_ZIP, 0, end)
        if end < 0:
            return False
        record = data[end : end + _END_OF_ZIP_BYTES]
        table = end - int.from_bytes(record[12:16], "little")
        if len(record) == _END_OF_ZIP_BYTES and table >= 0 and data[table : table + 4] == _CENTRAL:
            return True
    return True


def _refusal(data: bytes) -> UploadRefused:
    kind = next((name for place, sign, name in _ARCHIVES if data.startswith(sign, place)), None)
    if data.startswith(_OLE) or (kind == "ZIP" and any(part in data[:_LOOK_INTO] for part in _OFFICE_PARTS)):
        return UploadIsOffice(
            Bilingual(
                "不接收 Word、Excel、PowerPoint 等办公文档。请另存为 PDF，或拍照后上传。",
                "Documents of Word, Excel or PowerPoint are not taken. Save them as PDF, or upload photos.",
            )
        )
    if kind is not None:
        return UploadIsArchive(
            Bilingual(
                f"不接收 {kind} 压缩包，系统也不会解压。请将其中的照片和 PDF 逐个上传。",
                f"{kind} archives are not taken and never unpacked. Upload the photos and PDFs in it one by one.",
            )
        )
    if _HEIC.match(data):
        return UploadUnsupported(
            Bilingual(
                "暂不支持 HEIC 照片。请在手机“相机—格式”中选择“兼容性最佳”，或转换为 JPEG 后上传。",
                "HEIC photos are not supported. Choose 'Most Compatible' under Camera > Formats, or convert to JPEG.",
            )
        )
    return UploadUnsupported(
        Bilingual(
            "只接收 JPEG、PNG、WebP 图片和 PDF，按文件内容识别，与扩展名无关。请转换后上传。",
            "Only JPEG, PNG and WebP pictures and PDF are taken, told by content and not by name. Convert it first.",
        )
    )
