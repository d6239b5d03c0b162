"""The boxes at the end of a document that people sign, each with what signing there means."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.text import Bilingual
from app.reports.document import Block, SignatureField, SignatureRow


def signature_rows(signatures: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Return one empty box for each of ``signatures``, the member of that name in the evidence."""
    return [
        SignatureRow((SignatureField(each["field"], _caption(place, each)),), tall=True)
        for place, each in enumerate(signatures, 1)
    ]


def _caption(place: int, signature: Mapping[str, Any]) -> Bilingual:
    role, meaning = signature["role"], signature["meaning"]
    person = f"（{signature['person']}）" if signature["person"] else ""
    return Bilingual(f"{place}　{role['zh']}{person}：{meaning['zh']}", f"{role['en']}: {meaning['en']}")
