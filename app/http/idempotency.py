"""Read the ``Idempotency-Key``: the name under which a client may repeat a call safely."""

import re

from app.core.text import Bilingual
from app.http.errors import KeyMalformed, KeyMissing

MOST_LETTERS = 255
_PRINTABLE = re.compile(r"[\x20-\x7e]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')


def read_key(header: str | None) -> str:
    """Return the key in ``header``, written bare or as a quoted structured-field string.

    Raises:
        KeyMissing: there is no header.
        KeyMalformed: it is empty, longer than 255 letters, not printable ASCII, or wrongly quoted.

    Source: draft-ietf-httpapi-idempotency-key-header, 2.1; RFC 8941, 3.3.3.
    """
    if header is None:
        raise KeyMissing(
            Bilingual(
                "此调用会留存记录，请带上唯一的 Idempotency-Key 请求头。",
                "This call records something: send a unique Idempotency-Key header.",
            )
        )
    key = _unquoted(header.strip(" \t"))
    if key and len(key) <= MOST_LETTERS and _PRINTABLE.fullmatch(key):
        return key
    raise KeyMalformed(
        Bilingual(
            f"Idempotency-Key 须为 1 至 {MOST_LETTERS} 个可打印 ASCII 字符。",
            f"The Idempotency-Key must be 1 to {MOST_LETTERS} printable ASCII characters.",
        )
    )


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    match = _QUOTED.fullmatch(text)
    return re.sub(r'\\(["\\])', r"\1", match[1]) if match else ""
