"""Check a photo: the structure byte by byte, then every point of it decoded, and nothing behind its end."""

from dataclasses import dataclass

from app.core.text import Bilingual
from app.reports.photo_metadata import PhotoMetadata
from app.reports.upload_errors import (
    UploadAnimated,
    UploadDamaged,
    UploadTooManyPixels,
    UploadTrailing,
    UploadTruncated,
)
from app.reports.uploaded_kind import require_plain

MOST_PIXELS = 50_000_000
"""A camera of 48 million points is taken."""

MOST_TAIL_BYTES = 16 * 1024
"""Some phones write a note of their own behind the end. What is longer is another file."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo that holds what it claims."""

    width: int
    """Pixels, as stored: a camera held upright says so in the metadata."""
    height: int
    metadata: PhotoMetadata


def require_size(width: int, height: int, most: int = MOST_PIXELS) -> None:
    """Do nothing when a picture of this size may be drawn. Ask before a single point is decoded.

    Raises:
        UploadDamaged: it has no points.
        UploadTooManyPixels: it has too many.
    """
    if width < 1 or height < 1:
        raise damaged()
    if width * height > most:
        raise UploadTooManyPixels(
            Bilingual(
                f"图片为 {width}×{height} 像素，超过 {most} 像素。请降低分辨率后重新上传。",
                f"The picture has {width}×{height} pixels, more than {most}. Upload it at a lower resolution.",
            )
        )


def require_tail(tail: bytes) -> None:
    """Do nothing when what follows the end of a picture is short and harmless.

    Raises:
        UploadTrailing: it is long.
        UploadHidden: it is code.
    """
    if len(tail) > MOST_TAIL_BYTES:
        raise UploadTrailing(
            Bilingual(
                f"图片末尾之后还有 {len(tail)} 字节其他数据（如动态照片的视频）。请关闭“动态照片”重拍，或截图后上传。",
                f"{len(tail)} bytes of other data follow the picture, such as the video of a live photo. Take it again "
                "with live photos switched off.",
            )
        )
    require_plain(tail)


def damaged() -> UploadDamaged:
    """Return the refusal of a picture that breaks its own format."""
    return UploadDamaged(
        Bilingual(
            "图片文件已损坏，无法完整打开。请重新拍照，或从原设备重新传送后上传。",
            "The picture is damaged and cannot be opened whole. Take it again, or copy it from the camera again.",
        )
    )


def truncated() -> UploadTruncated:
    """Return the refusal of a picture whose end is missing."""
    return UploadTruncated(
        Bilingual(
            "图片不完整，可能没有传送完。请从原设备重新上传。",
            "The picture is cut off; perhaps it was not copied whole. Upload it again from the camera.",
        )
    )


def animated() -> UploadAnimated:
    """Return the refusal of a moving picture."""
    return UploadAnimated(
        Bilingual(
            "不接收动态图片。请上传单张静态照片。", "Animated pictures are not taken. Upload a single still photo."
        )
    )
