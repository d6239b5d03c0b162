"""What a person can see of a text: invisible characters found, names cleaned, values shown safely in messages."""

import unicodedata
from dataclasses import dataclass

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (zero-width and bidi), surrogate, private use, unassigned, line and paragraph separators."""

_UNKNOWN_CATEGORIES = frozenset({"Co", "Cn"})
"""May be a rare character of a name: old Chinese encodings keep some in the private use area, and later versions of
Unicode assign new ones. Refused in an identifier, kept in a name."""

_HIDDEN_OTHERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
"""Fillers and variation selectors: letters or marks by category, blank on screen and paper."""

_KEPT_FULL_WIDTH = frozenset("（），：；！？～")
"""Chinese typography, not a slip of the input method: changing it would touch every second shop name."""

_SHOWN_CHARACTERS = 40
_LARGEST_SHOWN = 10**20


def is_hidden(character: str) -> bool:
    """Return whether ``character`` leaves no trace on a page, or changes how others are read."""
    return unicodedata.category(character) in _HIDDEN_CATEGORIES or character in _HIDDEN_OTHERS


def says_something(text: str | None) -> bool:
    """Return whether ``text`` holds a letter or digit to be seen: a full stop or a blank is no reason for anything."""
    return any(character.isalnum() and not is_hidden(character) for character in text or "")


def hidden_characters(text: str) -> tuple[str, ...]:
    """Return the invisible characters in ``text`` as ``U+200B``, each once, in order of appearance."""
    if text.isascii() and text.isprintable():
        return ()
    return tuple(dict.fromkeys(f"U+{ord(character):04X}" for character in text if is_hidden(character)))


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text as it is kept, and which invisible characters had to go."""

    text: str
    removed: tuple[str, ...] = ()


def clean_text(raw: str) -> CleanText:
    """Return ``raw`` trimmed, white space single, full-width letters and digits narrowed, invisible characters gone.

    Full-width Chinese punctuation stays. Cleaning twice is cleaning once.
    """
    if raw.isascii() and raw.isprintable():
        return CleanText(" ".join(raw.split()))
    # A tab or a line break separates words; it is white space here, not an invisible character.
    spaced = "".join(" " if character in "\t\n\r\v\f\u2028\u2029" else character for character in raw)
    removed: tuple[str, ...] = ()
    text, before = spaced, None
    # Narrowing can bring forth what was composed before (U+FDFA holds spaces): go on until nothing changes. It ends:
    # after the first round a text only gets shorter.
    while text != before:
        before = text
        gone = "".join(filter(_goes_from_names, text))
        removed = tuple(dict.fromkeys((*removed, *hidden_characters(gone))))
        text = " ".join(_narrow("".join(c for c in text if c not in gone)).split())
    return CleanText(text, removed)


def _goes_from_names(character: str) -> bool:
    return is_hidden(character) and unicodedata.category(character) not in _UNKNOWN_CATEGORIES


def _narrow(text: str) -> str:
    parts: list[str] = []
    run = ""
    for character in text:
        if character in _KEPT_FULL_WIDTH:
            parts += (unicodedata.normalize("NFKC", run), character)
            run = ""
        else:
            run += character
    parts.append(unicodedata.normalize("NFKC", run))
    return "".join(parts)


def folded(text: str) -> str:
    """Return ``text`` as it is compared with a list of spellings: narrow, visible, no white space, lower case."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(c for c in narrow if not c.isspace() and not is_hidden(c)).casefold()


def shown(value: object) -> str:
    """Return ``value`` for a message: short, in one line, every invisible character written as its code point."""
    if isinstance(value, str):
        text = "".join(_escaped(character) for character in value[:_SHOWN_CHARACTERS])
        return text + "…" if len(value) > _SHOWN_CHARACTERS else text
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value) if abs(value) < _LARGEST_SHOWN else "…"
    if isinstance(value, float):
        return repr(value)
    return "[…]" if isinstance(value, list | tuple) else "{…}"


def _escaped(character: str) -> str:
    if not is_hidden(character):
        return character
    return f"<U+{ord(character):04X}>"
