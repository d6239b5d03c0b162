"""A signed statement of how long the log is and what its root is.

Source: C2SP tlog-checkpoint and signed-note (Ed25519, signature type 0x01). The note names its signer, so the newest
one can be printed, mailed or witnessed, and anybody holding an old one can prove a rewritten log.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.audit.log.tree import HASH_BYTES
from app.core.errors import Integrity
from app.core.text import Bilingual

ED25519 = 0x01
"""The signature type of a plain Ed25519 note signature. Source: C2SP signed-note."""
_KEY_ID_BYTES = 4
_PUBLIC_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_CHECKPOINT_LINES = 3

Sign = Callable[[bytes], bytes]
"""Return the Ed25519 signature of a message."""
Verify = Callable[[bytes, bytes, bytes], bool]
"""Return whether (public key, signature, message) fit together."""


class CheckpointBroken(Integrity):
    """A checkpoint, a note or a verifier key is malformed, or its signature does not fit. 500."""

    code = "checkpoint.broken"
    title = Bilingual("检查点无效", "The checkpoint is not valid")


def _broken(zh: str, en: str) -> CheckpointBroken:
    return CheckpointBroken(Bilingual(zh, en))


def _decode(text: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _broken(f"{what}不是有效的 base64。", f"{what} is not valid base64.") from error
    # Base64 has spare bits; a second spelling of the same bytes would be a second spelling of the same checkpoint.
    if base64.b64encode(data).decode() != text:
        raise _broken(f"{what}的 base64 写法不规范。", f"{what} is not canonical base64.")
    return data


def _acceptable_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a log key, with the name it signs under."""

    name: str
    public_key: bytes
    """32 bytes, Ed25519."""

    @property
    def key_id(self) -> bytes:
        """Four bytes that say which key a signature line is for. Source: C2SP signed-note."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public_key).digest()[:_KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """``<name>+<key id>+<base64>``: one line to print, compare and keep."""
        body = base64.b64encode(bytes([ED25519]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{body}"


def read_verifier_key(text: str) -> VerifierKey:
    """Return the key written in ``text``.

    Raises:
        CheckpointBroken: not a verifier key, not Ed25519, or its id is not the one of the key.
    """
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not _acceptable_name(parts[0]):  # noqa: PLR2004  # name, id, key
        raise _broken("日志公钥应为“名称+编号+公钥”三段。", "A verifier key has three parts: name+id+key.")
    raw = _decode(parts[2], "verifier key")
    if len(raw) != 1 + _PUBLIC_KEY_BYTES or raw[0] != ED25519:
        raise _broken("日志公钥不是 Ed25519 公钥。", "The verifier key is not an Ed25519 key.")
    key = VerifierKey(parts[0], raw[1:])
    if key.key_id.hex() != parts[1]:
        raise _broken("日志公钥的编号与公钥不符。", "The id of the verifier key does not belong to the key.")
    return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long a log is and what its root is."""

    origin: str
    """The name of the log, unique in the world."""
    size: int
    root: bytes
    """32 bytes."""

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint in the text of a note, exactly as :attr:`Checkpoint.text` writes it.

    Raises:
        CheckpointBroken: not three lines, an unusual number, or a root that is not 32 bytes.
    """
    lines = text.split("\n")
    if len(lines) != _CHECKPOINT_LINES + 1 or lines[-1] != "" or not lines[0]:
        raise _broken("检查点应为三行：名称、条数、根哈希。", "A checkpoint has three lines: origin, size, root.")
    origin, size, root_text = lines[:_CHECKPOINT_LINES]
    if not (size.isascii() and size.isdecimal()) or str(int(size)) != size:
        raise _broken(f"检查点的条数 {size!r} 不是数字。", f"The size {size!r} of the checkpoint is not a number.")
    root = _decode(root_text, "root")
    if len(root) != HASH_BYTES:
        raise _broken("检查点的根哈希不是 32 字节。", "The root of the checkpoint is not 32 bytes long.")
    return Checkpoint(origin, int(size), root)


def sign_checkpoint(checkpoint: Checkpoint, key: VerifierKey, sign: Sign) -> str:
    """Return ``checkpoint`` as a signed note. ``sign`` signs with the private half of ``key``."""
    text = checkpoint.text
    signature = base64.b64encode(key.key_id + sign(text.encode())).decode()
    return f"{text}\n— {key.name} {signature}\n"


class NoteSigner(Protocol):
    """A log key, seen from here: its private half stays where it is."""

    @property
    def verifier_key(self) -> str:
        """The public half as :attr:`VerifierKey.text`."""

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of ``message``."""


def make_checkpoint(signer: NoteSigner, size: int, root: bytes) -> str:
    """Return the signed checkpoint of the log that ``signer`` is the key of.

    Never sign one that is inconsistent with an earlier one: the caller reads size and root in one transaction.
    """
    key = read_verifier_key(signer.verifier_key)
    return sign_checkpoint(Checkpoint(key.name, size, root), key, signer.sign)


def open_note(note: str, key: VerifierKey, verify: Verify) -> str:
    """Return the text of ``note`` when ``key`` has signed it.

    Signatures of other keys (witnesses) are allowed and not looked at.

    Raises:
        CheckpointBroken: malformed, not signed by ``key``, or the signature does not fit.
    """
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise _broken("签名文本没有签名行。", "The note has no signature lines.")
    text += "\n"
    found = False
    for line in signatures[:-1].split("\n"):
        name, raw = _read_signature_line(line)
        if name != key.name or raw[:_KEY_ID_BYTES] != key.key_id:
            continue
        signature = raw[_KEY_ID_BYTES:]
        if len(signature) != _SIGNATURE_BYTES or not verify(key.public_key, signature, text.encode()):
            raise _broken(f"{name} 的签名与文本不符。", f"The signature of {name} does not fit the text.")
        found = True
    if not found:
        raise _broken(f"文本没有 {key.name} 的签名。", f"The note is not signed by {key.name}.")
    return text


def _read_signature_line(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _acceptable_name(parts[1]):  # noqa: PLR2004  # dash, name, signature
        raise _broken("签名行的格式不正确。", "A signature line is malformed.")
    raw = _decode(parts[2], "signature")
    if len(raw) <= _KEY_ID_BYTES:
        raise _broken("签名行太短。", "A signature line is too short.")
    return parts[1], raw


def open_checkpoint(note: str, key: VerifierKey, verify: Verify) -> Checkpoint:
    """Return the checkpoint in ``note`` when ``key`` has signed it and it is of the log that ``key`` is named after.

    Raises:
        CheckpointBroken: as :func:`open_note` and :func:`read_checkpoint`, or the checkpoint of another log.
    """
    checkpoint = read_checkpoint(open_note(note, key, verify))
    if checkpoint.origin != key.name:
        raise _broken(
            f"检查点属于日志 {checkpoint.origin}，而公钥属于 {key.name}。",
            f"The checkpoint is of the log {checkpoint.origin}, the key of {key.name}.",
        )
    return checkpoint
