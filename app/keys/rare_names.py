"""People whose names hold a character younger than Unicode 3.2 can sign: 𬭎 is one, and there are many.

asn1crypto prepares names for comparison by the tables of RFC 3454, frozen in 2002, and refuses every certificate with a
character that was unassigned then. A name on record is not ours to change: RFC 3454, 7, lets a reader compare such
characters as they are. Here each stands for itself by its number; the certificate keeps the character.
"""

import stringprep
from collections.abc import Callable

from asn1crypto import x509

_prepared: Callable[[x509.NameTypeAndValue, str], str] = x509.NameTypeAndValue._ldap_string_prep  # noqa: SLF001  # patched


def _with_rare(name: x509.NameTypeAndValue, text: str) -> str:
    """Return ``text`` prepared for comparison, each rare character as its number."""
    return _prepared(name, "".join(f"\\U{ord(each):08X}" if _is_rare(each) else each for each in text))


def _is_rare(character: str) -> bool:
    # Private use: old encodings keep characters of names there.
    return stringprep.in_table_a1(character) or stringprep.in_table_c3(character)


def accept_rare_names() -> None:
    """Let asn1crypto, and with it every validator here, read certificates of people with such names. Twice is once."""
    x509.NameTypeAndValue._ldap_string_prep = _with_rare  # noqa: SLF001  # there is no other way in
