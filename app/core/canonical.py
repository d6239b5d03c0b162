"""One value, one sequence of bytes: the form everything is hashed in."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_PLAIN = frozenset({str, int, bool, type(None)})


def _refuse_inexact(value: Any, path: str) -> None:  # noqa: ANN401  # any JSON value
    kind = type(value)
    if kind in _PLAIN:
        return
    if isinstance(value, Mapping):
        for key, member in value.items():
            if type(key) is not str:
                raise TypeError(f"{path}: a key is {key!r}, not a string")
            if type(member) not in _PLAIN:
                _refuse_inexact(member, f"{path}/{key}")
    elif kind in (list, tuple):
        # Columns of facts are long and flat: look at the set of types before walking.
        if not set(map(type, value)) <= _PLAIN:
            for place, member in enumerate(value):
                _refuse_inexact(member, f"{path}/{place}")
    else:
        raise TypeError(f"{path or '/'}: {kind.__name__} has no canonical form")


def canonical_bytes(value: Any) -> bytes:  # noqa: ANN401  # any JSON value
    """Return the canonical JSON of ``value``: UTF-8, sorted keys, no white space, no floats.

    Raises:
        TypeError: a float, a Decimal, a date or anything else that has more than one spelling.
    """
    _refuse_inexact(value, "")
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Return ``sha256:<hex>`` over the canonical bytes of ``value``."""
    return "sha256:" + sha256_hex(canonical_bytes(value))
