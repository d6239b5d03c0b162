"""Why an uploaded file is not taken. Each sentence says what to do instead."""

from app.core.errors import AppError, Invalid
from app.core.text import Bilingual


class UploadRefused(Invalid):
    """A file that is not kept as evidence. 422. Never raised itself."""

    code = "upload.refused"
    title = Bilingual("文件不能作为佐证上传", "The file cannot be taken as evidence")


class UploadEmpty(UploadRefused):
    """There are no bytes."""

    code = "upload.empty"
    title = Bilingual("文件为空", "The file is empty")


class UploadTooLarge(UploadRefused):
    """More bytes than a file may have."""

    code = "upload.too_large"
    title = Bilingual("文件过大", "The file is too large")


class UploadUnsupported(UploadRefused):
    """None of the kinds that are taken, whatever its name says."""

    code = "upload.unsupported"
    title = Bilingual("不支持的文件类型", "The kind of file is not supported")


class UploadIsArchive(UploadRefused):
    """An archive. Nothing is ever unpacked."""

    code = "upload.is_archive"
    title = Bilingual("不接收压缩包", "Archives are not taken")


class UploadIsOffice(UploadRefused):
    """A document of an office program: it can change its look, and hold programs."""

    code = "upload.is_office"
    title = Bilingual("不接收办公文档", "Office documents are not taken")


class UploadDamaged(UploadRefused):
    """It breaks the format it claims, so two programs may show two things."""

    code = "upload.damaged"
    title = Bilingual("文件已损坏", "The file is damaged")


class UploadTruncated(UploadRefused):
    """The end is missing."""

    code = "upload.truncated"
    title = Bilingual("文件不完整", "The file is cut off")


class UploadAnimated(UploadRefused):
    """Several pictures in time: nobody can say which of them is the evidence."""

    code = "upload.animated"
    title = Bilingual("不接收动态图片", "Animated pictures are not taken")


class UploadTooManyPixels(UploadRefused):
    """More points than may be drawn."""

    code = "upload.too_many_pixels"
    title = Bilingual("图片像素过多", "The picture has too many pixels")


class UploadTrailing(UploadRefused):
    """Something stands behind the end of the picture or the document."""

    code = "upload.trailing_data"
    title = Bilingual("文件末尾附有其他数据", "Other data follow the end of the file")


class UploadHidden(UploadRefused):
    """A second file inside: a page, a script or an archive."""

    code = "upload.hidden_content"
    title = Bilingual("文件内藏有其他内容", "Something else is hidden in the file")


class UploadEncrypted(UploadRefused):
    """Whoever has no password cannot check it."""

    code = "upload.encrypted"
    title = Bilingual("PDF 已加密", "The PDF is encrypted")


class UploadTooManyPages(UploadRefused):
    """More pages than anybody will look at."""

    code = "upload.too_many_pages"
    title = Bilingual("PDF 页数过多", "The PDF has too many pages")


class UploadActive(UploadRefused):
    """The PDF acts, calls other programs or carries other files."""

    code = "upload.active_content"
    title = Bilingual("PDF 含有脚本、动作或附件", "The PDF holds scripts, actions or attachments")


class UploadBomb(UploadRefused):
    """A few bytes that become many when they are read."""

    code = "upload.unpacks_too_large"
    title = Bilingual("文件展开后过大", "The file becomes too large when read")


class UploadTooHard(UploadRefused):
    """Reading it takes more memory or time than is allowed."""

    code = "upload.too_complex"
    title = Bilingual("文件过于复杂，无法检查", "The file is too complex to be checked")


class UploadNotChecked(AppError):
    """The check itself could not be run. What was not checked is not kept. 503."""

    code = "upload.not_checked"
    status = 503
    title = Bilingual("暂时无法检查文件", "The file cannot be checked now")


REFUSALS: dict[str, type[UploadRefused]] = {kind.code: kind for kind in UploadRefused.__subclasses__()}
"""By code, as the checking process names them."""
