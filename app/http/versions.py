"""Read ``If-Match``: which version of a thing the caller has seen. Nothing is done to a thing nobody has looked at."""

import re

from app.core.text import Bilingual
from app.http.errors import VersionMalformed

_TAG = re.compile(r'(?:W/)?"v([1-9][0-9]{0,8})"|v?([1-9][0-9]{0,8})')


def read_version(header: str | None) -> int | None:
    """Return the version named in ``header``, written ``"v3"``, ``W/"v3"``, ``v3`` or ``3``; None without a header.

    Raises:
        VersionMalformed: it is anything else. ``*`` and lists are refused too: who acts has seen one version.

    Source: RFC 9110, 13.1.1.
    """
    if header is None:
        return None
    match = _TAG.fullmatch(header.strip(" \t"))
    if match is None:
        raise VersionMalformed(
            Bilingual(
                '请用 If-Match 写明所依据的一个版本，例如 If-Match: "v3"。',
                'Name the one version you have seen, such as If-Match: "v3".',
            )
        )
    return int(match[1] or match[2])


def version_tag(version: int) -> str:
    """Return the ``ETag`` of a version: ``"v3"``."""
    return f'"v{version}"'
