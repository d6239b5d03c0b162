"""Content is kept once under its digest, small in a row, large in a file, and never comes back changed."""

import hashlib
import os

import pytest
from sqlalchemy import select

from app.core.errors import NotFound
from app.store import blobs
from app.store.blobs import ROW_BYTES, ContentChanged, blob_path, prepare_blob
from app.store.errors import StoreUnavailable
from app.store.tables import blob

LARGE = os.urandom(ROW_BYTES + 100_000)  # random bytes do not shrink


def _digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("data", [b"", b"x", "货源预测".encode() * 1000, b"0" * 5_000_000, os.urandom(1000)])
def test_small_content_stands_in_the_database(store, data, tmp_path):
    with store.write() as uow:
        assert uow.blobs.put(data) == _digest(data)
        assert uow.blobs.put(prepare_blob(data)) == _digest(data)
    with store.read() as uow:
        assert uow.blobs.get(_digest(data)) == data
    assert not blob_path(tmp_path / "files", _digest(data)).exists()


def test_large_content_stands_in_a_file_that_is_on_disk_before_the_commit(store, tmp_path, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(
        os,
        "fsync",
        lambda number: (synced.append(number), real(number)),
    )
    path = blob_path(tmp_path / "files", _digest(LARGE))
    with store.write() as uow:
        digest = uow.blobs.put(LARGE)
        assert path.exists()
        # The new folder in its parent, the file, its new name.
        assert len(synced) == 3
    with store.read() as uow:
        assert uow.blobs.get(digest) == LARGE
        assert uow._connection.scalar(select(blob.c.zipped)) is None
    assert path == tmp_path / "files" / digest[7:9] / digest[7:]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_file_left_by_a_rolled_back_transaction_harms_nobody(store):
    class Stop(Exception):
        pass

    with pytest.raises(Stop), store.write() as uow:  # noqa: PT012  # the transaction is what is tested
        uow.blobs.put(LARGE)
        raise Stop
    with store.read() as uow, pytest.raises(NotFound):
        uow.blobs.get(_digest(LARGE))
    with store.write() as uow:
        uow.blobs.put(LARGE)
    with store.read() as uow:
        assert uow.blobs.get(_digest(LARGE)) == LARGE


@pytest.mark.parametrize("harm", ["cut", "flip", "remove", "other"])
def test_a_damaged_file_is_noticed(store, tmp_path, harm):
    with store.write() as uow:
        uow.blobs.put(LARGE)
    path = blob_path(tmp_path / "files", _digest(LARGE))
    content = path.read_bytes()
    if harm == "remove":
        path.unlink()
    else:
        changed = {"cut": content[:-1], "flip": content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]}
        path.write_bytes(changed.get(harm, prepare_blob(b"other").zipped))
    with store.read() as uow, pytest.raises(ContentChanged):
        uow.blobs.get(_digest(LARGE))
    checked = store.check()
    assert not checked.ok
    assert checked.blobs_read == 1


def test_a_disk_that_refuses_leaves_no_row_and_no_rest(store, tmp_path, monkeypatch):
    def refuse(_number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(blobs.os, "fsync", refuse)
    with pytest.raises(StoreUnavailable) as told, store.write() as uow:
        uow.blobs.put(LARGE)
    monkeypatch.undo()
    assert "No space left" in told.value.detail.en
    folder = blob_path(tmp_path / "files", _digest(LARGE)).parent
    assert list(folder.iterdir()) == []
    with store.read() as uow:
        assert not uow.blobs.known(_digest(LARGE))


def test_a_file_that_cannot_be_read_is_not_called_damaged(store, tmp_path, monkeypatch):
    with store.write() as uow:
        uow.blobs.put(LARGE)

    def refuse(_path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(blobs.Path, "read_bytes", refuse)
    with pytest.raises(StoreUnavailable), store.read() as uow:
        uow.blobs.get(_digest(LARGE))


def test_a_rulebook_is_kept_once(store):
    with store.write() as uow:
        uow.rulebooks.keep("sha256:a", b"rules")
        uow.rulebooks.keep("sha256:a", b"something else")
        assert uow.rulebooks.known("sha256:a")
    with store.read() as uow:
        assert uow.rulebooks.get("sha256:a") == b"rules"
        with pytest.raises(NotFound):
            uow.rulebooks.get("sha256:b")
