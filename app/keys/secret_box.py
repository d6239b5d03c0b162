"""Secrets the service itself must be able to read, sealed for the database: whoever has only that has nothing.

AES-256-GCM under the key in ``secrets.key``. What a secret is for is authenticated with it, so a sealed secret moved to
another row does not open. Lose the key, and everybody enrols a new second factor; nothing else depends on it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.text import Bilingual
from app.keys.folder import KeysUnusable, read_guarded, write_new

SECRETS_KEY = "secrets.key"
_KEY, _NONCE = 32, 12


@dataclass(frozen=True, slots=True)
class SecretBox:
    """Seals and opens with the key in a file, which is read each time: nothing is kept in memory for long."""

    path: Path

    def seal(self, secret: bytes, about: str) -> bytes:
        """Return ``secret`` sealed for what ``about`` names: a nonce of its own, then ciphertext and tag.

        Raises:
            KeysUnusable: there is no key, or it is open to others or damaged.
        """
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._key()).encrypt(nonce, secret, about.encode("utf-8"))

    def open(self, sealed: bytes, about: str) -> bytes:
        """Return the secret that :meth:`seal` was given for the same ``about``.

        Raises:
            KeysUnusable: as above, or it was sealed under another key, for something else, or is damaged.
        """
        key = self._key()
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode("utf-8"))
        except (InvalidTag, ValueError) as error:
            raise KeysUnusable(
                Bilingual(
                    f"用 {self.path.name} 无法解开 {about}：密钥不同或内容已损坏。请恢复密钥，或重置第二因素。",
                    f"The secret of {about} does not open with {self.path.name}: another key, or it is damaged. "
                    "Restore the key, or reset the second factor.",
                )
            ) from error

    def _key(self) -> bytes:
        try:
            self.path.stat()
        except OSError as error:
            raise KeysUnusable(
                Bilingual(
                    f"没有 {self.path}。请执行 henji keys create-secrets-key，或从备份恢复。",
                    f"There is no {self.path}. Run henji keys create-secrets-key, or restore it.",
                )
            ) from error
        key = read_guarded(self.path)
        if len(key) != _KEY:
            raise KeysUnusable(Bilingual(f"密钥文件 {self.path} 已损坏。", f"The key file {self.path} is damaged."))
        return key


def create_secret_box(folder: Path) -> SecretBox:
    """Return the box of the key folder with a new key.

    Raises:
        KeysExist: there is a key, which is not overwritten: what was sealed with it would be lost.
    """
    write_new(folder / SECRETS_KEY, os.urandom(_KEY))
    return SecretBox(folder / SECRETS_KEY)
