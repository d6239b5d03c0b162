"""Who signs: proven anew in the same request when the last proof is too long ago and there is no second factor."""

from dataclasses import dataclass
from typing import Final

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from app.actions.sign_in import elevate, session_actor
from app.core.actor import Actor
from app.core.text import Bilingual
from app.web.access import acting
from app.web.pages import wiring
from app.web.session_cookie import give_session, session_token, use_session

PASSWORD_WRONG: Final = Bilingual("密码不对，未签名。", "The password is wrong; nothing was signed.")


@dataclass(frozen=True, slots=True)
class Proof:
    """Who signs, as proven in this request."""

    actor: Actor
    token: str | None = None
    """Of the browser, when it has changed."""
    refused: bool = False
    """Whether a password was given and is wrong."""

    def answer(self, answer: ResponseReturnValue) -> Response:
        """Return ``answer`` with the token the browser goes on with."""
        response = make_response(answer)
        return give_session(response, self.token) if self.token else response


def prove(password: str) -> Proof:
    """Return who signs; with a password, after that one has proven to be there once more."""
    token = session_token()
    if not password or token is None:
        return Proof(acting())
    start = elevate(wiring(), token, password, None, request.remote_addr or "")
    signed_in = session_actor(wiring(), start.token) if start else None
    if start is None or signed_in is None:
        return Proof(acting(), refused=True)
    use_session(start.token)
    return Proof(signed_in.actor, start.token)
