"""What every page says about itself to the browser."""

from typing import Final

from flask import Response, request

from app.http.current import is_machine_path
from app.web.invisible import has_invisible, visible

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""Nothing from elsewhere, nothing inline."""

_ONE_YEAR_SECONDS: Final = 365 * 24 * 3600


def finish_page(answer: Response) -> Response:
    """Show invisible characters in ``answer`` and say what it may load."""
    if is_machine_path(request.path):
        return answer
    if answer.mimetype == "text/html" and not answer.direct_passthrough:
        text = answer.get_data(as_text=True)
        if has_invisible(text):
            answer.set_data(visible(text))
    if request.endpoint == "web.static" and "v" in request.args:
        # The address carries a mark of the content. Scripts that scripts import have none and are asked for anew.
        answer.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR_SECONDS}, immutable"
    elif request.endpoint == "web.static":
        answer.headers["Cache-Control"] = "no-cache"
    else:
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Vary"] = "Cookie, Accept-Language"
    answer.headers["Content-Security-Policy"] = POLICY
    # With no referrer at all a browser hides the origin of our own forms too.
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
