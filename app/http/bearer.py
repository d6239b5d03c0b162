"""Find out which machine client is calling."""

import re

from flask import request

from app.actions.machine_clients import authenticate_client
from app.core.actor import Actor
from app.core.text import Bilingual
from app.http.current import current_deps, set_current_actor
from app.http.errors import CredentialMissing, CredentialUnknown

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/=-]{1,512})", re.IGNORECASE)


def require_client() -> Actor:
    """Return the client whose credential stands in ``Authorization: Bearer <credential>``.

    Raises:
        CredentialMissing: there is none.
        CredentialUnknown: it is malformed, not ours, or withdrawn; the three are not told apart.

    Source: RFC 6750, 2.1.
    """
    header = request.headers.get("Authorization")
    if header is None:
        raise CredentialMissing(
            Bilingual(
                "请在 Authorization 请求头中以 Bearer 方式提供凭证。",
                "Send the credential in the header Authorization: Bearer <credential>.",
            )
        )
    match = _BEARER.fullmatch(header.strip())
    actor = authenticate_client(current_deps(), match[1]) if match else None
    if actor is None:
        raise CredentialUnknown(
            Bilingual("凭证无效或已停用，请向管理员申请。", "The credential is not known or was withdrawn.")
        )
    set_current_actor(actor)
    return actor
