"""Make characters visible that would otherwise lie about the text around them."""

import re

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Controls, zero-width characters, and those that turn the direction of writing.

Source: Unicode TR36, 3.6, and the list of default-ignorable code points.
"""


def visible(text: str) -> str:
    """Return ``text`` with each invisible character replaced by its code point: ``[U+202E]``."""
    return _INVISIBLE.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def has_invisible(text: str) -> bool:
    """Return whether :func:`visible` would change ``text``."""
    return _INVISIBLE.search(text) is not None
