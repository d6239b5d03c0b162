import stat

import pytest

from app.keys.folder import KeysExist, KeysUnusable
from app.keys.secret_box import SecretBox, create_secret_box


@pytest.fixture
def box(tmp_path):
    return create_secret_box(tmp_path)


def test_what_was_sealed_opens_again(box):
    sealed = box.seal(b"JBSWY3DPEHPK3PXP", "second factor of wu")
    assert box.open(sealed, "second factor of wu") == b"JBSWY3DPEHPK3PXP"
    assert b"JBSWY3DPEHPK3PXP" not in sealed


def test_the_same_secret_is_never_sealed_to_the_same_bytes(box):
    assert len({box.seal(b"secret", "a") for _ in range(50)}) == 50


def test_a_sealed_secret_moved_to_another_row_does_not_open(box):
    with pytest.raises(KeysUnusable, match="second factor of li"):
        box.open(box.seal(b"secret", "second factor of wu"), "second factor of li")


def test_every_changed_bit_and_every_cut_is_noticed(box):
    sealed = box.seal(b"secret", "a")
    changed = [bytes([*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :]]) for at in range(len(sealed))]
    cut = [sealed[:length] for length in range(len(sealed))]
    for wrong in (*changed, *cut, sealed + b"\0"):
        with pytest.raises(KeysUnusable):
            box.open(wrong, "a")


def test_another_installation_cannot_open_it(box, tmp_path):
    (tmp_path / "other").mkdir()
    other = create_secret_box(tmp_path / "other")
    with pytest.raises(KeysUnusable, match="another key"):
        other.open(box.seal(b"secret", "a"), "a")


def test_the_key_is_the_owners_alone_and_is_not_overwritten(box, tmp_path):
    assert stat.S_IMODE(box.path.stat().st_mode) == 0o600
    before = box.path.read_bytes()
    assert len(before) == 32
    with pytest.raises(KeysExist):
        create_secret_box(tmp_path)
    assert box.path.read_bytes() == before
    box.path.chmod(0o640)
    with pytest.raises(KeysUnusable, match="chmod"):
        box.seal(b"secret", "a")


def test_a_missing_key_says_how_to_make_one_and_a_damaged_one_that_it_is(tmp_path):
    with pytest.raises(KeysUnusable, match="create-secrets-key"):
        SecretBox(tmp_path / "secrets.key").seal(b"secret", "a")
    (tmp_path / "secrets.key").touch(mode=0o600)
    with pytest.raises(KeysUnusable, match="damaged"):
        SecretBox(tmp_path / "secrets.key").seal(b"secret", "a")
