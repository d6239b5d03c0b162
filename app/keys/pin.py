"""What a PIN must be like. It is the only thing between an administrator with all files and somebody's signature."""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from app.core.errors import Forbidden, Invalid
from app.core.text import Bilingual

SHORTEST, LONGEST = 8, 64
"""Characters."""
FEWEST_DIGITS_ALONE = 12
"""A PIN of digits only: 10^12 tries of 0.2 s each are 6,000 years."""
_FEWEST_DISTINCT = 5
_SHORTEST_KNOWN = 2


class PinWeak(Invalid):
    """The PIN could be guessed by somebody who has the files. 422."""

    code = "pin.weak"
    title = Bilingual("签名密码过于简单", "The PIN is too weak")


class PinWrong(Forbidden):
    """The PIN does not open the key, or there is no key: nobody is told which. 403."""

    code = "pin.wrong"
    title = Bilingual("签名密码不正确", "The PIN is not right")


def pin_bytes(pin: str) -> bytes:
    """Return ``pin`` as it is derived from: an input method's full-width digit is the same digit."""
    return unicodedata.normalize("NFKC", pin).encode("utf-8", "surrogatepass")


def require_strong(pin: str, known: Sequence[str] = ()) -> None:
    """Do nothing when ``pin`` may protect a key.

    Args:
        pin: as typed.
        known: what everybody knows of the person (name, account, telephone); must not be part of the PIN.

    Raises:
        PinWeak: it may not; the sentence says why and never repeats the PIN.
    """
    text = unicodedata.normalize("NFKC", pin)
    if not SHORTEST <= len(text) <= LONGEST:
        raise PinWeak(
            Bilingual(
                f"签名密码应为 {SHORTEST} 至 {LONGEST} 个字符。", f"A PIN has {SHORTEST} to {LONGEST} characters."
            )
        )
    if text.isdigit() and len(text) < FEWEST_DIGITS_ALONE:
        raise PinWeak(
            Bilingual(
                f"签名密码只用数字时至少 {FEWEST_DIGITS_ALONE} 位；加上字母则 {SHORTEST} 位即可。",
                f"A PIN of digits alone has at least {FEWEST_DIGITS_ALONE}; with letters {SHORTEST} will do.",
            )
        )
    if len(set(text.lower())) < _FEWEST_DISTINCT or _is_run(text):
        raise PinWeak(
            Bilingual(
                f"签名密码不能是连续的字符，且至少要有 {_FEWEST_DISTINCT} 个不同的字符。",
                f"A PIN is no row of neighbouring characters and has at least {_FEWEST_DISTINCT} different ones.",
            )
        )
    folded = text.casefold()
    if any(len(word) >= _SHORTEST_KNOWN and word.casefold() in folded for word in known):
        raise PinWeak(
            Bilingual(
                "签名密码不能含有姓名、账号等别人知道的内容。", "A PIN holds neither name nor account nor the like."
            )
        )


def _is_run(text: str) -> bool:
    steps = {ord(later) - ord(earlier) for earlier, later in pairwise(text)}
    return len(steps) == 1 and abs(steps.pop()) <= 1
