"""Ask a server outside, and never wait for it or believe it without bounds."""

import http.client
import re
import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from app.core.errors import AppError
from app.core.text import Bilingual

MOST_BYTES = 256 * 1024
_CHUNK = 16 * 1024
_OK = 200
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost)(:[0-9]+)?(/|\?|$)")


class OutsideUnavailable(AppError):
    """The server outside does not answer as it should. 503."""

    code = "oidc.unavailable"
    status = 503
    title = Bilingual("外部登录服务暂不可用", "The sign-in service elsewhere is not available")


def is_guarded(url: object) -> bool:
    """Return whether ``url`` is an https address, or one of this machine."""
    return isinstance(url, str) and (url.startswith("https://") or _LOOPBACK.match(url) is not None)


def fetch(
    method: str, url: str, seconds: float, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """Return what the server at ``url`` answers with status 200; redirections are not followed.

    Args:
        method: ``GET`` or ``POST``.
        url: https, or http of this machine.
        seconds: for everything together.
        body: of a POST.
        headers: more of them.

    Raises:
        OutsideUnavailable: no answer in time, another status, or more than MOST_BYTES.
    """
    if not is_guarded(url):
        raise _unavailable(url, "not https")
    deadline = time.monotonic() + seconds
    try:
        return _asked(method, url, deadline, body, {"Accept": "application/json", **(headers or {})})
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unavailable(url, str(error) or type(error).__name__) from error


def _asked(method: str, url: str, deadline: float, body: bytes | None, headers: dict[str, str]) -> bytes:
    parts = urlsplit(url)
    patience = max(0.01, deadline - time.monotonic())
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=patience, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        if response.status != _OK:
            raise ValueError(f"HTTP {response.status}")
        answer = b""
        while chunk := response.read1(_CHUNK):
            answer += chunk
            if len(answer) > MOST_BYTES:
                raise ValueError("the answer is too long")
            # A server that sends a byte now and then keeps every single wait short.
            if time.monotonic() > deadline:
                raise TimeoutError("the answer takes too long")
        return answer
    finally:
        connection.close()


def _unavailable(url: str, why: str) -> OutsideUnavailable:
    host = urlsplit(url).netloc
    return OutsideUnavailable(
        Bilingual(f"外部登录服务 {host} 未正常应答（{why}），请稍后再试。", f"{host} did not answer properly ({why}).")
    )
