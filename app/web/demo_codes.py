"""The sign-ins of the demo on one page: passwords, codes of this moment, PIN. Nowhere else is there such a page."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.actions.demo_codes import demo_codes
from app.demo.accounts import PASSWORD, PIN
from app.web.pages import wiring


def demo_sign_ins() -> ResponseReturnValue:
    """Show a newcomer to the demo how to come in and how to sign."""
    return render_template("account/demo_codes.html", ways=demo_codes(wiring()), password=PASSWORD, pin=PIN)
