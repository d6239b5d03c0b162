"""Pages anybody may open: how to check a record without trusting us, and what we are built of."""

from flask import render_template
from flask.typing import ResponseReturnValue


def verify() -> ResponseReturnValue:
    """Say how a record is checked, by whom, and what the check means."""
    return render_template("verify.html")


def components() -> ResponseReturnValue:
    """Show every building block of the pages in all its states."""
    return render_template("components.html")
