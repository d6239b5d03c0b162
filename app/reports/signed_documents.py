"""Every document that people sign: one line for each, how it is composed and who signs it.

A further document is a compose module and a line here; it is then prepared, signed, archived and verified like the
others. Evidence of every format has the members ``format``, ``number``, ``created_at`` and ``signatures``; what goes
along inside the file stands in ``evidence``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.text import Bilingual
from app.reports.document import Document
from app.reports.filing_register import (
    REGISTER_FORMAT,
    REGISTER_TITLE,
    compose_filing_register,
    register_signatures,
)
from app.reports.segment_change_evidence import FORM_FORMAT, form_signatures
from app.reports.segment_change_form import FORM_TITLE, compose_segment_change_form
from app.reports.signed_form import Expected


@dataclass(frozen=True, slots=True)
class SignedKind:
    """One kind of document that people sign."""

    code: str
    """D03, D04 ..."""
    title: Bilingual
    compose: Callable[[Mapping[str, Any]], Document]
    """Evidence to document, a pure function: a verifier composes it again and compares."""
    expected: Callable[[Mapping[str, Any]], tuple[Expected, ...]]
    """Evidence to the signatures it must bear, in order; ValueError when it speaks of others."""


SIGNED_DOCUMENTS: Mapping[str, SignedKind] = {
    FORM_FORMAT: SignedKind("D03", FORM_TITLE, compose_segment_change_form, form_signatures),
    REGISTER_FORMAT: SignedKind("D04", REGISTER_TITLE, compose_filing_register, register_signatures),
}
"""By the format that stands in the evidence."""
