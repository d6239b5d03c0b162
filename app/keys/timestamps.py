"""Time stamps (RFC 3161) from a configured list of authorities, tried in order. No answer: no signature.

Nothing here ever puts the machine's own clock in the place of an authority's: a step without a time stamp fails and is
tried again by a person. Source: design/signing.md, 2.3 and 6.
"""

import http.client
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol
from urllib.parse import urlsplit

from asn1crypto import algos, cms, core, tsp
from cryptography import x509

from app.core.errors import AppError
from app.core.text import Bilingual
from app.keys.folder import KeysUnusable
from app.keys.time_stamp_token import TimeStamp, TokenBroken, read_token_info, verify_token

LONGEST_TOKEN = 12 * 1024
"""Bytes a token of an authority outside may have; public ones take 3 to 7 kB."""
_LONGEST_ANSWER = 64 * 1024
_NONCE_BYTES = 8
_OK = 200
_GRANTED = frozenset({"granted", "granted_with_mods"})


class TimeStampMissing(AppError):
    """No authority has answered as it should; nothing was signed. 503."""

    code = "time_stamp.missing"
    status = 503
    title = Bilingual("没有取得时间戳，未签名", "There is no time stamp; nothing was signed")


class TimeStamper(Protocol):
    """Somebody who says that a digest existed at a moment."""

    @property
    def roots(self) -> tuple[x509.Certificate, ...]:
        """Whom a verifier must trust to believe it."""

    @property
    def longest_token(self) -> int:
        """Bytes to keep free for a token."""

    @property
    def note(self) -> Bilingual | None:
        """What must be said beside every such time stamp; None when there is nothing to warn of."""

    def stamp(self, digest: bytes) -> TimeStamp:
        """Return a verified time stamp over ``digest`` (SHA-256, 32 bytes).

        Raises:
            TimeStampMissing: nobody has given one.
        """


@dataclass(frozen=True, slots=True)
class RemoteTimeStamper:
    """Authorities outside the house, by address."""

    urls: tuple[str, ...]
    """http or https, in the order of trial."""
    roots: tuple[x509.Certificate, ...]
    """An answer nobody of these stands behind counts as no answer."""
    seconds: float = 5.0
    """Patience with each."""
    longest_token: int = LONGEST_TOKEN
    note: Bilingual | None = None

    def stamp(self, digest: bytes) -> TimeStamp:
        """Return the first time stamp over ``digest`` that holds.

        Raises:
            TimeStampMissing: none of the authorities gave one; the sentence says why of each.
        """
        told = []
        for url in self.urls:
            try:
                return self._ask(url, digest)
            except (TokenBroken, OSError, http.client.HTTPException, ValueError) as error:
                told.append(f"{url}: {str(error) or type(error).__name__}")
        listed = "; ".join(told) or "-"
        raise TimeStampMissing(
            Bilingual(
                f"所配置的时间戳服务均不可用，未签名，请稍后再试（{listed}）。",
                f"No configured time-stamping authority has answered; nothing was signed, try again later ({listed}).",
            )
        )

    def _ask(self, url: str, digest: bytes) -> TimeStamp:
        nonce = int.from_bytes(os.urandom(_NONCE_BYTES), "big")
        token = read_answer(_post(url, time_stamp_request(digest, nonce), self.seconds))
        if len(token) > self.longest_token:
            raise TokenBroken("its token is too long")
        if read_token_info(token)[1] != nonce:
            raise TokenBroken("it answers another question")
        return verify_token(token, digest, self.roots)


def read_time_roots(path: Path) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file, which need not be guarded.

    Raises:
        KeysUnusable: it cannot be read, or holds none.
    """
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise KeysUnusable(
            Bilingual(f"{path} 不是 PEM 格式的根证书文件。", f"{path} is no PEM file of root certificates.")
        ) from error


def time_stamp_request(digest: bytes, nonce: int) -> bytes:
    """Return the question (DER TimeStampReq) for ``digest`` (SHA-256), asking for the certificate."""
    imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
    request = {"version": 1, "message_imprint": tsp.MessageImprint(imprint), "nonce": nonce, "cert_req": True}
    return bytes(tsp.TimeStampReq(request).dump())


class Answer(core.Sequence):  # type: ignore[misc]  # asn1crypto is untyped
    """A TimeStampResp; a refusal has no token, which asn1crypto's own class does not know. Source: RFC 3161, 2.4.2."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


def read_answer(answer: bytes) -> bytes:
    """Return the token in ``answer`` (DER TimeStampResp).

    Raises:
        TokenBroken: no answer, or a refusal.
    """
    try:
        response = Answer.load(answer, strict=True)
        status = response["status"]["status"].native
        if status not in _GRANTED:
            raise TokenBroken(f"it was refused ({status})")
        return bytes(response["time_stamp_token"].dump())
    except (ValueError, TypeError, KeyError) as error:
        raise TokenBroken("no time-stamp answer") from error


def _post(url: str, body: bytes, seconds: float) -> bytes:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an http or https address")
    # Plain http is usual and enough: the answer is signed and tied to our nonce.
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)  # type: ignore[assignment]
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        if response.status != _OK:
            raise TokenBroken(f"HTTP {response.status}")
        answer = response.read(_LONGEST_ANSWER + 1)
    finally:
        connection.close()
    if len(answer) > _LONGEST_ANSWER:
        raise TokenBroken("its answer is too long")
    return answer


def require_later(stamp: TimeStamp, than: Sequence[datetime]) -> None:
    """Do nothing when ``stamp`` is not earlier than any of ``than`` (aware): signatures follow one another.

    Raises:
        TimeStampMissing: it is, so the authority's clock is wrong.
    """
    if any(stamp.at < earlier for earlier in than):
        raise TimeStampMissing(
            Bilingual(
                "取得的时间戳早于前一签名的时间戳，未签名。",
                "The time stamp is earlier than that of a signature before it; nothing was signed.",
            )
        )
