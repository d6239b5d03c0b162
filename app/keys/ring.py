"""The keys of one installation: create them once, load them, never overwrite them."""

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from app.core.canonical import sha256_hex
from app.core.errors import Invalid
from app.core.text import Bilingual
from app.keys.certificates import der, holds_p256_key, issue_root, issue_seal, issued_by, pem
from app.keys.folder import FOLDER_MODE, KeysExist, KeysUnusable, read_guarded, require_closed, write_new
from app.keys.log_key import LogKey, ed25519_verify
from app.keys.seal_key import FileSealKey, SealKey
from app.keys.token import Token, TokenSealKey, read_token, token_public_key

__all__ = ["KeyRing", "LogNameUnusable", "Token", "create_keys", "ed25519_verify", "load_keys"]

KEYS_FORMAT = "henji-keys/1"
_ABOUT = "keys.json"
ROOT_KEY, ROOT = "root.key", "trust-root.pem"
_SEAL_KEY, SEAL, _SEAL_TOKEN = "seal.key", "seal.pem", "seal.pkcs11.json"
_LOG_KEY = "log.key"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_SLUG = 40


class LogNameUnusable(Invalid):
    """The short name of the office cannot be part of the name of the log. 422."""

    code = "keys.log_name_unusable"
    title = Bilingual("日志名称不可用", "The name of the log cannot be used")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of one installation."""

    office_name: str
    """The organisation in the certificates."""
    log: LogKey
    """Signs checkpoints; its name is the origin of the log."""
    seal: SealKey
    """Signs records as the system, never as a person."""
    roots: tuple[str, ...]
    """PEM of every root a record may be sealed under; what a verifier is given."""


def create_keys(
    folder: Path,
    office_name: str,
    now: datetime,
    *,
    slug: str | None = None,
    token: Token | None = None,
    crl_url: str | None = None,
    begin: datetime | None = None,
) -> KeyRing:
    """Create the keys of an installation in ``folder`` (all of them or none) and return them.

    Move ``root.key`` to a safe place afterwards: it is needed only to issue another seal or a revocation list.

    Args:
        folder: does not exist yet, or is empty.
        office_name: the organisation, at most 64 characters.
        now: aware. Certificates begin a day earlier; use the real time, a simulated one makes them useless elsewhere.
        slug: short name in the origin ``henji.<slug>/log``; else made from the ASCII part of the name or the key.
        token: the seal's key pair is in this token already.
        crl_url: where a revocation list would be found.
        begin: when the certificates begin to count, where that is earlier than ``now``.

    Raises:
        KeysExist: there is something in the folder.
        LogNameUnusable: the slug is not made of a-z, 0-9 and single hyphens.
        OfficeNameUnusable: the name does not fit into a certificate.
        KeysUnusable: the token cannot be used, or the folder cannot be made.
    """
    if folder.exists() and any(folder.iterdir()):
        raise KeysExist(
            Bilingual(f"{folder} 中已有文件，不会覆盖。", f"There are files in {folder}; they are not overwritten.")
        )
    log_key = Ed25519PrivateKey.generate()
    name = f"henji.{slug_of(office_name, log_key, slug)}/log"
    root_key = generate_private_key(SECP256R1())
    root = issue_root(office_name, root_key, now, begin)
    seal_key = generate_private_key(SECP256R1())
    public = token_public_key(token) if token else seal_key.public_key()
    revocations = crl_url or f"http://crl.{name.removesuffix('/log')}.invalid/root.crl"
    seal = issue_seal(office_name, public, root, root_key, now, revocations, begin)
    files = {
        _ABOUT: json.dumps({"format": KEYS_FORMAT, "office": office_name, "log": name}, ensure_ascii=False).encode(),
        ROOT_KEY: private_pem(root_key),
        ROOT: pem(root).encode(),
        SEAL: pem(seal).encode(),
        _LOG_KEY: private_pem(log_key),
    }
    files |= {_SEAL_TOKEN: token.as_bytes()} if token else {_SEAL_KEY: private_pem(seal_key)}
    write_all(folder, files)
    return load_keys(folder)


def slug_of(office_name: str, log_key: Ed25519PrivateKey, slug: str | None = None) -> str:
    """Return ``slug`` when it may be part of a log's name, else one from the name or, without Latin letters, the key.

    Raises:
        LogNameUnusable: ``slug`` is given and is not a slug.
    """
    if slug is not None:
        if not _SLUG.fullmatch(slug) or len(slug) > _MOST_SLUG:
            raise LogNameUnusable(
                Bilingual(
                    f"日志简称“{slug}”只能用小写字母、数字和单个连字符，最多 {_MOST_SLUG} 个字符。",
                    f"The short name {slug!r} may only have a-z, 0-9, single hyphens, {_MOST_SLUG} characters.",
                )
            )
        return slug
    words = re.findall(r"[a-z0-9]+", office_name.lower())
    made = "-".join(words)[:_MOST_SLUG].strip("-")
    # An origin must be unique in the world, and a Chinese name has no Latin letters to make one from.
    return made or sha256_hex(log_key.public_key().public_bytes_raw())[:12]


def private_pem(key: EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    """Return ``key`` as PEM, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_all(folder: Path, files: dict[str, bytes]) -> None:
    """Write ``files`` into a new ``folder``, all of them or none.

    Raises:
        KeysUnusable: the folder cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside the final place, then renamed: a crash leaves all keys or none.
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        draft.chmod(FOLDER_MODE)
        for name, data in files.items():
            write_new(draft / name, data)
        os.rename(draft, folder)  # noqa: PTH104  # the atomic call, onto nothing or an empty folder
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise KeysUnusable(
            Bilingual(
                f"无法建立密钥文件夹 {folder}（{error.strerror}）。", f"{folder} cannot be made ({error.strerror})."
            )
        ) from error


def load_keys(folder: Path) -> KeyRing:
    """Return the keys in ``folder``.

    Raises:
        KeysUnusable: something is missing, open to others, damaged, or does not belong together.
    """
    try:
        require_closed(folder, FOLDER_MODE)
    except OSError as error:
        raise KeysUnusable(
            Bilingual(
                f"密钥文件夹 {folder} 不存在。请先用 henji keys create 建立密钥。",
                f"There is no key folder {folder}. Create the keys with henji keys create.",
            )
        ) from error
    about = _read_about(folder)
    root = read_certificate(folder / ROOT)
    seal = read_certificate(folder / SEAL)
    if not issued_by(seal, root) or not holds_p256_key(seal):
        raise KeysUnusable(
            Bilingual(
                f"{folder} 中的印章证书不是由同一文件夹的信任根签发的。",
                f"The seal certificate in {folder} was not issued by the trust root beside it.",
            )
        )
    log_key = read_private(folder / _LOG_KEY)
    if not isinstance(log_key, Ed25519PrivateKey):
        raise damaged(folder / _LOG_KEY)
    return KeyRing(about["office"], LogKey(about["log"], log_key), _read_seal(folder, seal), (pem(root),))


def _read_about(folder: Path) -> dict[str, str]:
    path = folder / _ABOUT
    try:
        about = json.loads(read_guarded(path))
    except ValueError as error:
        raise damaged(path) from error
    if not isinstance(about, dict) or about.get("format") != KEYS_FORMAT or not {"office", "log"} <= set(about):
        raise damaged(path)
    return about


def read_certificate(path: Path) -> x509.Certificate:
    """Return the certificate in a guarded PEM file.

    Raises:
        KeysUnusable: missing, open to others, or damaged.
    """
    try:
        return x509.load_pem_x509_certificate(read_guarded(path))
    except ValueError as error:
        raise damaged(path) from error


def read_private(path: Path) -> object:
    """Return the private key in a guarded PEM file.

    Raises:
        KeysUnusable: missing, open to others, or damaged.
    """
    try:
        return load_pem_private_key(read_guarded(path), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise damaged(path) from error


def _read_seal(folder: Path, certificate: x509.Certificate) -> SealKey:
    if (folder / _SEAL_TOKEN).exists():
        return TokenSealKey(der(certificate), read_token(read_guarded(folder / _SEAL_TOKEN)))
    key = read_private(folder / _SEAL_KEY)
    if not isinstance(key, EllipticCurvePrivateKey) or not _belongs(key.public_key(), certificate):
        raise damaged(folder / _SEAL_KEY)
    return FileSealKey(der(certificate), key)


def _belongs(key: EllipticCurvePublicKey, certificate: x509.Certificate) -> bool:
    return key == certificate.public_key()


def damaged(path: Path) -> KeysUnusable:
    """Return the error for a key file that is damaged or belongs elsewhere."""
    return KeysUnusable(
        Bilingual(
            f"密钥文件 {path} 已损坏，或与其他密钥不匹配。请从备份恢复。",
            f"The key file {path} is damaged or does not belong to the others. Restore it from the backup.",
        )
    )
