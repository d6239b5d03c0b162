"""The folder that holds keys: nobody but its owner may look inside."""

import os
import stat
from pathlib import Path

from app.core.errors import Conflict, Integrity
from app.core.text import Bilingual

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_OTHERS = 0o077


class KeysExist(Conflict):
    """Keys are never overwritten: old records could not be verified with new ones. 409."""

    code = "keys.exist"
    title = Bilingual("密钥已存在，不会覆盖", "The keys exist already and are not overwritten")


class KeysUnusable(Integrity):
    """Keys are missing, unreadable, open to others, or do not belong together. 500."""

    code = "keys.unusable"
    title = Bilingual("密钥无法使用", "The keys cannot be used")


def write_new(path: Path, data: bytes) -> None:
    """Write ``data`` durably to a file that does not exist yet, readable by its owner only.

    Raises:
        KeysExist: the file exists.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except FileExistsError as error:
        raise KeysExist(Bilingual(f"{path} 已存在，不会覆盖。", f"{path} exists and is not overwritten.")) from error
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read_guarded(path: Path) -> bytes:
    """Return the bytes of a file that only its owner can read.

    Raises:
        KeysUnusable: missing, unreadable, or open to group or others.
    """
    try:
        require_closed(path, FILE_MODE)
        return path.read_bytes()
    except OSError as error:
        raise KeysUnusable(
            Bilingual(
                f"密钥文件 {path} 无法读取（{error.strerror}）。请先用 henji keys create 建立密钥。",
                f"The key file {path} cannot be read ({error.strerror}). Create the keys with henji keys create.",
            )
        ) from error


def require_closed(path: Path, wanted: int) -> None:
    """Do nothing when neither group nor others may do anything with ``path``.

    Raises:
        KeysUnusable: they may.
        OSError: there is no such path.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        raise KeysUnusable(
            Bilingual(
                f"{path} 的权限是 {mode:04o}，其他人可以访问。请执行 chmod {wanted:04o} {path} 后再试。",
                f"{path} has mode {mode:04o}, others can get at it. Run chmod {wanted:04o} {path} and try again.",
            )
        )
