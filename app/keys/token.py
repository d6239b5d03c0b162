"""The key of the seal in a PKCS#11 token (a security module), by configuration.

``seal.pkcs11.json`` in the key folder names the module, the token, the key and the file with the PIN. The package
python-pkcs11 is needed for this only; nothing else asks for it.
"""

import hashlib
import importlib
import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from app.core.text import Bilingual
from app.keys.folder import KeysUnusable, read_guarded
from app.keys.pin import PinWrong
from app.keys.signature import from_raw

_ONE_AT_A_TIME = threading.Lock()
"""Being signed in to a token is a state of the whole process: a second sign-in beside the first is refused."""

_REFUSED_PINS = frozenset({"PinIncorrect", "PinInvalid", "PinLenRange", "PinLocked", "PinExpired"})
"""What python-pkcs11 calls a PIN the token does not take."""


@dataclass(frozen=True, slots=True)
class Token:
    """Where in a security module the key of the seal is."""

    module: str
    """Path of the PKCS#11 library."""
    token: str
    """Label of the token."""
    key: str
    """Label of the key pair, P-256."""
    pin_file: str
    """Path of a file with the user PIN, mode 0600. Unused in a person's own token, whose PIN is typed."""

    def as_bytes(self) -> bytes:
        """Return what is kept in the key folder."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n").encode()


def read_token(data: bytes) -> Token:
    """Return the token that :meth:`Token.as_bytes` gave.

    Raises:
        KeysUnusable: not JSON, or a member is missing, too many or not a text.
    """
    try:
        body = json.loads(data)
    except ValueError:
        body = None
    members = {"module", "token", "key", "pin_file"}
    if isinstance(body, dict) and set(body) == members and all(v and isinstance(v, str) for v in body.values()):
        return Token(**body)
    raise KeysUnusable(
        Bilingual(
            "seal.pkcs11.json 应只含 module、token、key、pin_file 四项文字。",
            "seal.pkcs11.json must hold the four texts module, token, key and pin_file, and nothing else.",
        )
    )


def read_person_tokens(path: Path) -> dict[str, Token]:
    """Return the own tokens of people, by person, from a JSON file: ``{"P0021": {"module", "token", "key"}}``.

    Raises:
        KeysUnusable: the file cannot be read, is no JSON, or a member is missing, too many or not a text.
    """
    try:
        body = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _no_tokens(path) from error
    members = {"module", "token", "key"}
    if not isinstance(body, dict):
        raise _no_tokens(path)
    for each in body.values():
        if (
            not isinstance(each, dict)
            or set(each) != members
            or not all(v and isinstance(v, str) for v in each.values())
        ):
            raise _no_tokens(path)
    return {person: Token(**each, pin_file="") for person, each in body.items()}


def _no_tokens(path: Path) -> KeysUnusable:
    return KeysUnusable(
        Bilingual(
            f"{path} 应为 JSON：人员编号 -> module、token、key 三项文字。",
            f"{path} must be JSON: id of the person -> the three texts module, token and key.",
        )
    )


def _pkcs11() -> Any:  # noqa: ANN401  # the package is optional and untyped
    try:
        return importlib.import_module("pkcs11")
    except ImportError as error:
        raise KeysUnusable(
            Bilingual(
                "印章密钥在 PKCS#11 设备中，但没有安装 python-pkcs11。请先安装它。",
                "The seal key is in a PKCS#11 token, but python-pkcs11 is not installed. Install it first.",
            )
        ) from error


def _open(token: Token, pin: str | None = None) -> Any:  # noqa: ANN401  # a session of the untyped package
    package = _pkcs11()
    typed = read_guarded(Path(token.pin_file)).decode().strip() if pin is None else pin
    try:
        return package.lib(token.module).get_token(token_label=token.token).open(user_pin=typed)
    except (package.PKCS11Error, RuntimeError, OSError) as error:
        raise KeysUnusable(
            Bilingual(
                f"无法打开 PKCS#11 设备“{token.token}”（{type(error).__name__}）。请检查模块路径、标签和 PIN。",
                f"The PKCS#11 token {token.token!r} cannot be opened ({type(error).__name__}). "
                "Check module, label and PIN.",
            )
        ) from error


def token_public_key(token: Token, pin: str | None = None) -> EllipticCurvePublicKey:
    """Return the public half of the key in ``token``, opened with ``pin``; with that of its file when None.

    Raises:
        PinWrong: the token refuses the PIN that was typed.
        KeysUnusable: the package, the token or the key is missing, or the key is not an elliptic-curve key.
    """
    package = _pkcs11()
    encode = importlib.import_module("pkcs11.util.ec").encode_ec_public_key
    with _ONE_AT_A_TIME:
        session = _open(token) if pin is None else _open_typed(token, pin)
        try:
            held = session.get_key(object_class=package.ObjectClass.PUBLIC_KEY, label=token.key)
            public = load_der_public_key(encode(held))
        except (package.PKCS11Error, ValueError) as error:
            raise _no_key(token) from error
        finally:
            session.close()
    if not isinstance(public, EllipticCurvePublicKey):
        raise _no_key(token)
    return public


def _open_typed(token: Token, pin: str) -> Any:  # noqa: ANN401  # a session of the untyped package
    try:
        return _open(token, pin)
    except KeysUnusable as error:
        if type(error.__cause__).__name__ in _REFUSED_PINS:
            raise PinWrong from error
        raise


def _no_key(token: Token) -> KeysUnusable:
    return KeysUnusable(
        Bilingual(
            f"PKCS#11 设备“{token.token}”中没有名为“{token.key}”的 P-256 密钥。",
            f"The PKCS#11 token {token.token!r} has no P-256 key called {token.key!r}.",
        )
    )


class TokenSealKey:
    """A seal whose key never leaves its token."""

    def __init__(self, certificate_der: bytes, token: Token) -> None:
        """Sign with the key in ``token``, which belongs to the certificate. The token is opened at the first use."""
        self.certificate_der = certificate_der
        self._token = token
        self._lock = threading.Lock()
        self._key: Any = None
        self._process = 0

    def sign(self, message: bytes) -> bytes:
        """Return the ECDSA-SHA256 signature of ``message``, DER, with the smaller s.

        Raises:
            KeysUnusable: the package, the token or the key is missing.
        """
        package = _pkcs11()
        with self._lock:
            # A session does not survive a fork: every worker opens its own.
            if self._key is None or self._process != os.getpid():
                session = _open(self._token)
                try:
                    self._key = session.get_key(object_class=package.ObjectClass.PRIVATE_KEY, label=self._token.key)
                except package.PKCS11Error as error:
                    raise _no_key(self._token) from error
                self._process = os.getpid()
            return _sign(package, self._key, message)


def _sign(package: Any, key: Any, message: bytes) -> bytes:  # noqa: ANN401  # the untyped package and its key
    # The raw mechanism: many tokens do not offer ECDSA with a digest inside. Source: design/signing.md, 2.2.
    raw = key.sign(hashlib.sha256(message).digest(), mechanism=package.Mechanism.ECDSA)
    return from_raw(bytes(raw))


class PinTokenKey:
    """A person's key in the person's own token, opened with the PIN for each signature and closed again."""

    def __init__(self, certificate_der: bytes, token: Token, pin: str) -> None:
        """Sign with the key in ``token``, which belongs to the certificate; ``pin`` was typed by its owner."""
        self.certificate_der = certificate_der
        self._token, self._pin = token, pin

    def sign(self, message: bytes) -> bytes:
        """Return the ECDSA-SHA256 signature of ``message``, DER, with the smaller s.

        Raises:
            PinWrong: the token refuses the PIN.
            KeysUnusable: the package, the token or the key is missing.
        """
        package = _pkcs11()
        with _ONE_AT_A_TIME:
            session = _open_typed(self._token, self._pin)
            try:
                key = session.get_key(object_class=package.ObjectClass.PRIVATE_KEY, label=self._token.key)
                return _sign(package, key, message)
            except package.PKCS11Error as error:
                raise _no_key(self._token) from error
            finally:
                session.close()
