"""Machine clients: make one with its scopes, show its credential once, replace or end it."""

from collections.abc import Sequence
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.list_territories import list_territories
from app.actions.machine_clients import ClientKnown, create_client, list_clients, revoke_client, rotate_client
from app.core.errors import AppError, NotFound
from app.core.text import Bilingual
from app.store.values import Client
from app.web.access import acting
from app.web.form_errors import missing, refused
from app.web.pages import wiring
from app.web.refusals import Again, Refusal, typed

_SEE_OTHER: Final = 303
_FIELDS: Final = ("name", "reach")
_PLACES: Final = {"NAME": "name", "--scope": "scopes", ClientKnown.code: "name"}
_SOME: Final = "some"
_NO_SCOPE: Final = Bilingual("请至少选择一项。", "Choose at least one.")
_NO_TERRITORY: Final = Bilingual("请至少选择一个片区，或选择“全部片区”。", "Choose a territory, or all of them.")


def admin_clients() -> ResponseReturnValue:
    """List every client."""
    return render_template("admin/clients.html", clients=list_clients(wiring(), acting()))


def client_new() -> ResponseReturnValue:
    """Ask what a new client is called and what it may do."""
    return _new_page(Again({"reach": "all"}), (), ())


def client_new_form() -> ResponseReturnValue:
    """Make a client and show its credential, this once."""
    given = typed(_FIELDS)
    scopes, territories = request.form.getlist("scopes"), request.form.getlist("territories")
    limited = given["reach"] == _SOME
    errors = missing({"name": given["name"]})
    if not scopes:
        errors["scopes"] = _NO_SCOPE
    known = {one.territory_id for one in list_territories(wiring(), acting())}
    if limited and not (territories and known.issuperset(territories)):
        errors["territories"] = _NO_TERRITORY
    refusal = Refusal(errors=errors)
    if not errors:
        try:
            made, credential = create_client(
                wiring(), acting(), given["name"], scopes, territories if limited else None
            )
        except AppError as error:
            refusal = refused(error, (*_FIELDS, "scopes"), _PLACES)
        else:
            return _credential_page(made.client_id, credential, is_new=True)
    return _new_page(Again(given, refusal), scopes, territories), refusal.status


def _new_page(again: Again, scopes: Sequence[str], territories: Sequence[str]) -> str:
    return render_template(
        "admin/client_new.html",
        territories=list_territories(wiring(), acting()),
        chosen_scopes=scopes,
        chosen_territories=territories,
        **again.as_context(),
    )


def admin_client(client_id: str) -> ResponseReturnValue:
    """Show one client, what it may do, and what can be done with it."""
    return _page(_client(client_id), Again())


def admin_client_form(client_id: str) -> ResponseReturnValue:
    """Replace the credential of a client, or end its access."""
    client = _client(client_id)
    act = request.form.get("act", "")
    try:
        if act == "rotate":
            return _credential_page(client_id, rotate_client(wiring(), acting(), client_id), is_new=False)
        if act == "client_revoked":
            revoke_client(wiring(), acting(), client_id)
            return redirect(url_for("web.admin_client", client_id=client_id, done=act), _SEE_OTHER)
    except AppError as error:
        refusal = refused(error, (), {})
        return _page(client, Again(refusal=refusal)), refusal.status
    raise NotFound


def _credential_page(client_id: str, credential: str, *, is_new: bool) -> str:
    return render_template("admin/credential_once.html", client_id=client_id, credential=credential, is_new=is_new)


def _page(client: Client, again: Again) -> str:
    names = {one.territory_id: one.name for one in list_territories(wiring(), acting())}
    return render_template(
        "admin/client.html", client=client, names=names, done=request.args.get("done", ""), **again.as_context()
    )


def _client(client_id: str) -> Client:
    for one in list_clients(wiring(), acting()):
        if one.client_id == client_id:
            return one
    raise NotFound
