"""Content by its digest: small content in a row, large content in a file that is on disk before the row is."""

import os
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from app.core.canonical import sha256_hex
from app.core.errors import Integrity, NotFound
from app.core.text import Bilingual
from app.store.audit_log import octets
from app.store.errors import unavailable
from app.store.tables import blob

ROW_BYTES = 1 << 20
"""Compressed content up to this size stands in the database, larger content in a file."""

_LEVEL = 3
"""Measured on submissions: a tenth larger than the default level, in a third of the time."""


class ContentChanged(Integrity):
    """Content does not have the digest it is kept under, or its file is gone."""

    code = "blob.changed"
    title = Bilingual("存档内容与摘要不符", "Stored content does not have its digest")


@dataclass(frozen=True, slots=True)
class PreparedBlob:
    """Content hashed and compressed before the writer lock is taken."""

    digest: str
    size_bytes: int
    zipped: bytes


def prepare_blob(data: bytes) -> PreparedBlob:
    """Return ``data`` ready to be put: the slow part, which needs no transaction."""
    return PreparedBlob("sha256:" + sha256_hex(data), len(data), zlib.compress(data, _LEVEL))


class BlobRepository:
    """Put and get content. The same content is kept once."""

    def __init__(self, connection: Connection, files: Path) -> None:
        """Work inside the transaction of ``connection``, with large content under ``files``."""
        self._connection = connection
        self._files = files

    def put(self, data: bytes | PreparedBlob) -> str:
        """Keep the content and return its digest, ``sha256:<hex>``."""
        prepared = prepare_blob(data) if isinstance(data, bytes) else data
        if not self.known(prepared.digest):
            self._connection.execute(blob.insert(), self._row(prepared))
        return prepared.digest

    def put_all(self, contents: Sequence[PreparedBlob]) -> None:
        """Keep several contents with two questions to the database instead of two for each."""
        digests = {prepared.digest: prepared for prepared in contents}
        there = self._connection.scalars(select(blob.c.digest).where(blob.c.digest.in_(list(digests))))
        for digest in there:
            del digests[digest]
        if digests:
            self._connection.execute(blob.insert(), [self._row(prepared) for prepared in digests.values()])

    def _row(self, prepared: PreparedBlob) -> dict[str, object]:
        in_row = len(prepared.zipped) <= ROW_BYTES
        if not in_row:
            write_durably(blob_path(self._files, prepared.digest), prepared.zipped)
        return {
            "digest": prepared.digest,
            "size_bytes": prepared.size_bytes,
            "zipped": prepared.zipped if in_row else None,
        }

    def known(self, digest: str) -> bool:
        """Return whether there is such content."""
        return self._connection.scalar(select(blob.c.size_bytes).where(blob.c.digest == digest)) is not None

    def get(self, digest: str) -> bytes:
        """Return the content.

        Raises:
            NotFound: nothing with this digest was put.
            ContentChanged: what is there does not have the digest.
        """
        row = self._connection.execute(select(blob.c.zipped).where(blob.c.digest == digest)).first()
        if row is None:
            raise NotFound(Bilingual(f"没有摘要为 {digest} 的内容。", f"There is no content with the digest {digest}."))
        return _checked(digest, _read(self._files, digest) if row.zipped is None else octets(row.zipped))


def blob_path(files: Path, digest: str) -> Path:
    """Return where large content is kept: ``<files>/<aa>/<64 hexadecimal digits>``."""
    name = digest.removeprefix("sha256:")
    return files / name[:2] / name


def _read(files: Path, digest: str) -> bytes:
    try:
        return blob_path(files, digest).read_bytes()
    except FileNotFoundError as error:
        raise _changed(digest) from error
    except OSError as error:
        raise unavailable(error) from error


def _checked(digest: str, zipped: bytes) -> bytes:
    try:
        data = zlib.decompress(zipped)
    except zlib.error as error:
        raise _changed(digest) from error
    if "sha256:" + sha256_hex(data) != digest:
        raise _changed(digest)
    return data


def _changed(digest: str) -> ContentChanged:
    return ContentChanged(
        Bilingual(
            f"摘要为 {digest} 的存档内容被改动、损坏或缺失。请从备份恢复后再核对。",
            f"The content with the digest {digest} was changed, damaged or is missing. Restore it from a backup.",
        )
    )


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that a power cut leaves all of it or nothing: temporary file, fsync, rename, fsync the folder.

    Raises:
        StoreUnavailable: the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(path.parent.parent)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise unavailable(error) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
