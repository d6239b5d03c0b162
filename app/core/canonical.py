"""One value, one sequence of bytes: the form everything is hashed in."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def _begins_a_value(text: str, start: int) -> bool:
    before = text[start - 2 : start] if start > 1 else text[:start]
    return before.removesuffix("-")[-1:] in {"", ":", ",", "["}


def _perhaps_a_float(text: str) -> bool:
    """Return whether a number in ``text`` has a point or an exponent; a string that holds the like counts too.

    Every float json writes does. Looking for the few marks is far quicker than looking at every value.
    """
    for mark in (".", "e+", "e-"):
        at = text.find(mark)
        while at >= 0:
            start = at
            while start and text[start - 1].isdigit():
                start -= 1
            if start < at and _begins_a_value(text, start):
                return True
            at = text.find(mark, at + 1)
    return False


def _refuse_floats(value: Any, path: str) -> None:  # noqa: ANN401  # any JSON value
    if isinstance(value, Mapping):
        for key, member in value.items():
            _refuse_floats(member, f"{path}/{key}")
    elif isinstance(value, list | tuple):
        for place, member in enumerate(value):
            _refuse_floats(member, f"{path}/{place}")
    elif isinstance(value, float):
        raise TypeError(f"{path or '/'}: a float has no canonical form")


def _refuse(value: Any) -> Any:  # noqa: ANN401  # whatever json does not know
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_refuse)


def canonical_bytes(value: Any) -> bytes:  # noqa: ANN401  # any JSON value whose keys are strings
    """Return the canonical JSON of ``value``: UTF-8, sorted keys, no white space, no floats.

    Raises:
        TypeError: a float, a Decimal, a date or anything else that has more than one spelling.
    """
    try:
        text = _ENCODER.encode(value)
    except ValueError as error:
        raise TypeError("NaN and infinity have no canonical form") from error
    if _perhaps_a_float(text):
        _refuse_floats(value, "")
    return text.encode("utf-8")


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Return ``sha256:<hex>`` over the canonical bytes of ``value``."""
    return "sha256:" + sha256_hex(canonical_bytes(value))
