"""Refuse what the eye cannot see in an identifier: two that look alike must be alike."""

import unicodedata

from app.core.errors import Fault
from app.core.text import Bilingual
from app.office.visible_text import hidden_characters

MOST_LETTERS = 200
"""Longer than any licence, product code or reference in use."""

HIDDEN = "identifier.hidden_character"
NOT_NORMAL = "identifier.not_normal"
TOO_LONG = "identifier.too_long"


def identifier_fault(text: str, pointer: str) -> Fault | None:
    """Return what is wrong with ``text`` as an identifier at ``pointer``; None when nothing is.

    Empty text is fine here: whether something must be said is a matter of judging. What is refused are controls,
    zero-width and bidi characters, other characters that print nothing, and any text not in normal form NFC.
    """
    if len(text) > MOST_LETTERS:
        message = Bilingual(f"标识超过 {MOST_LETTERS} 个字符。", f"Longer than {MOST_LETTERS} characters.")
        return Fault(pointer, TOO_LONG, message)
    if text.isascii() and text.isprintable():
        return None
    hidden = hidden_characters(text)
    if hidden:
        return Fault(
            pointer,
            HIDDEN,
            Bilingual(
                f"标识中含有看不见的字符 {'、'.join(hidden[:5])}，请删除后重新提交。",
                f"The identifier holds characters nobody can see ({', '.join(hidden[:5])}). Remove them.",
            ),
        )
    if unicodedata.is_normalized("NFC", text):
        return None
    message = Bilingual(
        "标识不是 Unicode NFC 规范形式，请规范化后重新提交。", "The identifier is not in normal form NFC."
    )
    return Fault(pointer, NOT_NORMAL, message)
