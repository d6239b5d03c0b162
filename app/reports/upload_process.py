"""Take hostile files apart in a process of its own, with limits the system keeps: memory, time, and no more rights.

A picture or PDF that breaks its reader breaks this process and nothing else.
"""

import contextlib
import json
import resource
import subprocess
import sys
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.core.errors import AppError
from app.core.text import Bilingual
from app.office.position import Position
from app.reports.upload_errors import REFUSALS, UploadNotChecked, UploadRefused, UploadTooHard
from app.reports.uploaded_image import Picture, damaged
from app.reports.uploaded_jpeg import check_jpeg
from app.reports.uploaded_kind import JPEG, PDF, PNG, recognise, require_single
from app.reports.uploaded_pdf import check_pdf, limit_reader
from app.reports.uploaded_png import check_png
from app.reports.uploaded_webp import check_webp

MOST_MEMORY_BYTES = 176 << 20
"""Of data of the checking process: a quarter more than the largest photo that is taken needs."""
MOST_CPU_SECONDS = 8
MOST_SECONDS = 30
"""By the wall clock, on a machine that has much else to do."""
AT_ONCE = 2
"""Files checked at the same time by one worker; others wait."""

_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from app.reports.upload_process import main; main()"
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Inside:
    """What a file turned out to be."""

    media_type: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    taken_at: datetime | None = None
    position: Position | None = None


def look_inside(data: bytes) -> Inside:
    """Return what ``data`` is. Bounded in what it unpacks, but not in what a broken library does: see `look_apart`.

    Raises:
        UploadRefused: it is not taken; whatever the readers of the formats say, only this comes out.
    """
    kind = recognise(data)
    try:
        if kind == PDF:
            return Inside(PDF, pages=check_pdf(data))
        require_single(data)
        with warnings.catch_warnings(action="ignore"):
            picture = {JPEG: check_jpeg, PNG: check_png}.get(kind, check_webp)(data)
    except UploadRefused:
        raise
    except MemoryError as error:
        raise _too_hard() from error
    except Exception as error:
        # Readers of pictures raise whatever they like: OSError, SyntaxError, struct.error, zlib.error and more.
        raise damaged() from error
    return _of_picture(kind, picture)


def _of_picture(kind: str, picture: Picture) -> Inside:
    said = picture.metadata
    return Inside(kind, picture.width, picture.height, taken_at=said.taken_at, position=said.position)


def look_apart(data: bytes) -> Inside:
    """Return what ``data`` is, found out in a process of its own.

    Raises:
        UploadRefused: it is not taken.
        UploadNotChecked: the process could not be started.
    """
    recognise(data)
    command = [sys.executable, "-I", "-B", "-c", _START, str(_ROOT)]
    try:
        with _turns:
            # The command is ours, no shell reads it, and the file comes in as bytes: S603 has nothing to find.
            done = subprocess.run(  # noqa: S603  # nosec B603
                command, input=data, capture_output=True, timeout=MOST_SECONDS, check=False
            )
    except subprocess.TimeoutExpired as error:
        raise _too_hard() from error
    except OSError as error:
        raise UploadNotChecked(
            Bilingual(
                "暂时无法检查上传的文件，文件没有保存。请稍后重试；若持续如此，请联系管理员。",
                "Uploaded files cannot be checked now; nothing was kept. Try again later, or tell the administrator.",
            )
        ) from error
    return _read_answer(done.stdout)


def answer(data: bytes) -> bytes:
    """Return as JSON what ``data`` is, or why it is refused."""
    try:
        inside = look_inside(data)
    except UploadRefused as error:
        said: Mapping[str, Any] = {"refused": error.code, **error.detail.as_json()}
    else:
        said = {
            "media_type": inside.media_type,
            "width": inside.width,
            "height": inside.height,
            "pages": inside.pages,
            "taken_at": inside.taken_at.isoformat() if inside.taken_at else None,
            "position": [inside.position.latitude, inside.position.longitude] if inside.position else None,
        }
    return json.dumps(said).encode("ascii")


def _read_answer(text: bytes) -> Inside:
    """Return what the process said. One that was killed, or broken into, says nothing that is believed."""
    try:
        said = json.loads(text)
        if "refused" in said:
            refusal: AppError = REFUSALS[said["refused"]](Bilingual(said["zh"], said["en"]))
        else:
            taken_at, position = said["taken_at"], said["position"]
            return Inside(
                media_type=said["media_type"],
                width=said["width"],
                height=said["height"],
                pages=said["pages"],
                taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
                position=Position(*position) if position else None,
            )
    except (ValueError, KeyError, TypeError) as error:
        raise _too_hard() from error
    raise refusal


def _too_hard() -> UploadTooHard:
    return UploadTooHard(
        Bilingual(
            "文件过于复杂，检查时超出了时间或内存限制。请重新拍照，或扫描成普通 PDF 后上传。",
            "Checking the file took more time or memory than allowed. Take the photo again, or scan to a plain PDF.",
        )
    )


def limit_process() -> None:
    """Give this process no more than a photo needs; where the system has no such limit, the readers still do."""
    limits = (
        (resource.RLIMIT_DATA, MOST_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MOST_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in limits:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
    limit_reader()


def main() -> None:
    """Read a file from standard input, and say what it is on standard output."""
    limit_process()
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
