"""Take the body of a request: the right kind, not too large, and its hash before anything else is done with it."""

import hashlib

from flask import request

from app.core.canonical import sha256_hex
from app.core.text import Bilingual
from app.http.current import set_payload_hash
from app.http.errors import BodyTooLarge, MediaUnsupported

JSON = "application/json"
NDJSON = "application/x-ndjson"


def require_media(*kinds: str) -> str:
    """Return the media type of the body.

    Raises:
        MediaUnsupported: it is none of ``kinds``, is compressed, or says another charset than UTF-8.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if request.mimetype in kinds and charset in {"utf-8", "utf8"} and encoding == "identity":
        return request.mimetype
    wanted = " / ".join(kinds)
    raise MediaUnsupported(
        Bilingual(
            f"请以 Content-Type: {wanted}（UTF-8，不压缩）发送。",
            f"Send Content-Type: {wanted} (UTF-8, not compressed).",
        )
    )


def read_body(most_bytes: int) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLarge: it has more than ``most_bytes``.
    """
    if (request.content_length or 0) > most_bytes:
        raise body_too_large(most_bytes)
    # A chunked body says no length, and werkzeug cuts it off at its limit without a word: let one more byte in.
    request.max_content_length = most_bytes + 1
    data = request.get_data(cache=False)
    if len(data) > most_bytes:
        raise body_too_large(most_bytes)
    set_payload_hash("sha256:" + sha256_hex(data))
    return data


def body_too_large(most_bytes: int) -> BodyTooLarge:
    """Return the error that names the limit."""
    return BodyTooLarge(
        Bilingual(f"请求内容不得超过 {most_bytes} 字节。", f"The body must not exceed {most_bytes} bytes.")
    )


class HashedStream:
    """The body as a stream that keeps the hash of what has been read of it."""

    def __init__(self, most_bytes: int) -> None:
        """Stand at the first byte of the body of this request."""
        if (request.content_length or 0) > most_bytes:
            raise body_too_large(most_bytes)
        request.max_content_length = most_bytes + 1
        self._stream = request.stream
        self._most_bytes = self._left_bytes = most_bytes
        self._hash = hashlib.sha256()
        set_payload_hash("sha256:" + self._hash.hexdigest())

    def read(self, size: int = -1, /) -> bytes:
        """Return at most ``size`` bytes; none at the end.

        Raises:
            BodyTooLarge: there are more bytes than were allowed.
        """
        data: bytes = self._stream.read(size)
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            raise body_too_large(self._most_bytes)
        self._hash.update(data)
        set_payload_hash("sha256:" + self._hash.hexdigest())
        return data
