"""The log as people read it, and its proofs for a browser that is signed in."""

from typing import Final

from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.actions.read_log import read_checkpoint, read_inclusion
from app.actions.show_log import show_log
from app.web.access import acting
from app.web.pages import wiring

_PAGE: Final = 50


def log() -> ResponseReturnValue:
    """Show the newest entries and what was signed last."""
    before = request.args.get("before", type=int)
    return render_template("log.html", page=show_log(wiring(), acting(), before, _PAGE), before=before)


def checkpoint() -> ResponseReturnValue:
    """Hand out the newest checkpoint as a signed note."""
    return Response(read_checkpoint(wiring()), mimetype="text/plain")


def proof(index: int) -> ResponseReturnValue:
    """Hand out the proof that an entry lies in the log."""
    return jsonify(read_inclusion(wiring(), index))
