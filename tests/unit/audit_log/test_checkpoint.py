import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit.log.checkpoint import (
    Checkpoint,
    CheckpointBroken,
    VerifierKey,
    open_checkpoint,
    open_note,
    read_checkpoint,
    read_verifier_key,
    sign_checkpoint,
)
from app.keys.log_key import ed25519_verify

# The published example of golang.org/x/mod/sumdb/note.
GOLANG_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GOLANG_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GOLANG_NOTE = GOLANG_TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey("henji.test/log", PRIVATE.public_key().public_bytes_raw())
CHECKPOINT = Checkpoint("henji.test/log", 45, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, KEY, PRIVATE.sign)


def test_the_published_golang_note_opens():
    assert open_note(GOLANG_NOTE, read_verifier_key(GOLANG_KEY), ed25519_verify) == GOLANG_TEXT


def test_a_verifier_key_is_written_as_it_was_read():
    assert read_verifier_key(GOLANG_KEY).text == GOLANG_KEY
    assert read_verifier_key(KEY.text + "\n") == KEY


def test_a_checkpoint_has_the_three_lines_of_c2sp():
    assert CHECKPOINT.text == "henji.test/log\n45\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert read_checkpoint(CHECKPOINT.text) == CHECKPOINT


def test_a_signed_checkpoint_opens_with_its_key():
    assert open_checkpoint(NOTE, KEY, ed25519_verify) == CHECKPOINT
    assert NOTE.startswith(CHECKPOINT.text + "\n— henji.test/log ")


def test_a_witness_signature_of_an_unknown_key_does_not_disturb():
    witness = Ed25519PrivateKey.from_private_bytes(bytes(32))
    other = VerifierKey("witness.test", witness.public_key().public_bytes_raw())
    line = sign_checkpoint(CHECKPOINT, other, witness.sign).split("\n\n")[1]
    assert open_checkpoint(NOTE + line, KEY, ed25519_verify) == CHECKPOINT
    with pytest.raises(CheckpointBroken, match="not signed by"):
        open_checkpoint(CHECKPOINT.text + "\n" + line, KEY, ed25519_verify)


def _with_signature(raw):
    return CHECKPOINT.text + f"\n— henji.test/log {base64.b64encode(raw).decode()}\n"


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (NOTE.replace("\n45\n", "\n46\n"), "does not fit"),
        (NOTE.replace("AAEC", "AAED"), "does not fit"),
        (CHECKPOINT.text, "no signature lines"),
        (NOTE[:-1], "no signature lines"),
        (NOTE.replace("— ", "- "), "malformed"),
        (NOTE + "\n", "malformed|not signed|no signature"),
        (_with_signature(KEY.key_id), "too short"),
        (_with_signature(KEY.key_id + bytes(63)), "does not fit"),
        (_with_signature(KEY.key_id + bytes(64)), "does not fit"),
        (NOTE.replace("— henji.test/log ", "— henji.other/log "), "not signed by"),
    ],
)
def test_a_note_that_is_not_exactly_as_signed_is_refused(note, why):
    with pytest.raises(CheckpointBroken, match=why):
        open_checkpoint(note, KEY, ed25519_verify)


def test_a_second_spelling_of_the_same_base64_is_refused():
    spare = CHECKPOINT.text.replace("Hh8=", "Hh9=")
    with pytest.raises(CheckpointBroken, match="canonical"):
        read_checkpoint(spare)


def test_the_checkpoint_of_another_log_is_refused():
    other = Checkpoint("henji.elsewhere/log", 45, CHECKPOINT.root)
    with pytest.raises(CheckpointBroken, match="of the log"):
        open_checkpoint(sign_checkpoint(other, KEY, PRIVATE.sign), KEY, ed25519_verify)


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n٣\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n1\nAAEC\n",
        "a\n1\n!!!!\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nmore\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ],
)
def test_a_malformed_checkpoint_is_refused(text):
    with pytest.raises(CheckpointBroken):
        read_checkpoint(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("PeterNeumann", "three parts"),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "three parts"),
        ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "id of the verifier key"),
        ("PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "not an Ed25519 key"),
        ("PeterNeumann+c74f20a3+ARpc", "not an Ed25519 key"),
    ],
)
def test_a_malformed_verifier_key_is_refused(text, why):
    with pytest.raises(CheckpointBroken, match=why):
        read_verifier_key(text)
