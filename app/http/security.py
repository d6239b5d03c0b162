"""What every answer says to a browser, and the number it can be found by."""

from flask import Flask, Response, request

from app.http.current import is_machine_path, request_number

MACHINE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""An API answer is data: nothing in it may ever run or load."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""For pages that do not say more themselves."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_ONE_YEAR = "max-age=31536000; includeSubDomains"


def register_security(app: Flask) -> None:
    """Put the headers on every answer of ``app``, failures included; what a page set itself stays."""
    # OPTIONS would be a route nobody declared a permission for.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    machine = is_machine_path(request.path)
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", MACHINE_POLICY if machine else PAGE_POLICY)
    if machine:
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", _ONE_YEAR)
    response.headers["X-Request-Id"] = request_number()
    return response
