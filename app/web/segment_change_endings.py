"""End a segment change before its time: reject, withdraw or revoke it, always with a reason in words."""

from collections.abc import Callable
from typing import Any, Final

from flask import render_template
from flask.typing import ResponseReturnValue

from app.actions.close_change import reject_change, revoke_change, withdraw_change
from app.core.text import Bilingual
from app.web.access import acting
from app.web.pages import wiring
from app.web.refusals import UNPROCESSABLE, Again, Refusal, typed, version_seen
from app.web.segment_change_acts import Draw, begin, finish, redraw
from app.web.segment_change_view import CaseView

_FIELDS: Final = ("reason_code", "text")

_Action = Callable[..., Any]


def segment_change_reject(change_no: str) -> ResponseReturnValue:
    """Ask why it is rejected, and say what that means."""
    return begin(change_no, "web.segment_change_reject", _drawer("reject"))


def segment_change_reject_form(change_no: str) -> ResponseReturnValue:
    """Reject it."""
    return _close(change_no, "reject", reject_change)


def segment_change_withdraw(change_no: str) -> ResponseReturnValue:
    """Ask why it is withdrawn, and say what that means."""
    return begin(change_no, "web.segment_change_withdraw", _drawer("withdraw"))


def segment_change_withdraw_form(change_no: str) -> ResponseReturnValue:
    """Withdraw it."""
    return _close(change_no, "withdraw", withdraw_change)


def segment_change_revoke(change_no: str) -> ResponseReturnValue:
    """Ask why it is revoked, and say what that means."""
    return begin(change_no, "web.segment_change_revoke", _drawer("revoke"))


def segment_change_revoke_form(change_no: str) -> ResponseReturnValue:
    """Revoke it."""
    return _close(change_no, "revoke", revoke_change)


def _close(change_no: str, act: str, action: _Action) -> ResponseReturnValue:
    given = typed(_FIELDS)
    errors = {}
    if not given["reason_code"]:
        errors["reason_code"] = Bilingual("请选择原因。", "Choose a reason.")
    if not given["text"]:
        errors["text"] = Bilingual("请写明理由。", "Say why in words.")
    if errors:
        return redraw(change_no, _FIELDS, Refusal(UNPROCESSABLE, errors=errors), _drawer(act))
    return finish(
        change_no,
        act,
        _FIELDS,
        lambda: action(wiring(), acting(), change_no, version_seen(), given["reason_code"], given["text"]),
        _drawer(act),
    )


def _drawer(act: str) -> Draw:
    def draw(case: CaseView, again: Again) -> ResponseReturnValue:
        return render_template(
            "segment_change_close.html",
            case=case,
            act=act,
            form_endpoint=f"web.segment_change_{act}_form",
            **again.as_context(),
        )

    return draw
