"""Territories: who has which one from when, as the own one or as a filed cover."""

from datetime import date
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.assign_territory import assign_territory
from app.actions.list_territories import list_territories
from app.actions.people import PersonLine, list_people
from app.core.clock import local_date
from app.core.errors import AppError, NotFound
from app.office.people import Role, Territory
from app.web.access import acting
from app.web.form_errors import NEEDED, day_in, missing, refused
from app.web.pages import wiring
from app.web.refusals import Again, Refusal, typed

_SEE_OTHER: Final = 303
_FIELDS: Final = ("account_manager", "kind", "since", "until", "filing_no")
_PLACES: Final = {"from": "since", "to": "until"}
_COVER: Final = "cover"


def admin_territories() -> ResponseReturnValue:
    """List the territories with whoever has them today."""
    today = _today()
    territories = list_territories(wiring(), acting())
    return render_template(
        "admin/territories.html",
        territories=[(one, [given for given in one.assignments if given.counts_on(today)]) for one in territories],
        names=_names(),
    )


def admin_territory(territory_id: str) -> ResponseReturnValue:
    """Show who had, has and will have one territory, and ask to whom it is given next."""
    return _page(_territory(territory_id), Again({"kind": "own", "since": _today().isoformat()}))


def admin_territory_form(territory_id: str) -> ResponseReturnValue:
    """Give the territory to somebody from a day on."""
    territory = _territory(territory_id)
    given = typed(_FIELDS)
    errors = missing({name: given[name] for name in ("account_manager", "kind")})
    if given["kind"] == _COVER and not given["filing_no"]:
        errors["filing_no"] = NEEDED
    since, until = day_in("since", errors), day_in("until", errors, needed=False)
    refusal = Refusal(errors=errors)
    if not errors and since is not None:
        filing_no = given["filing_no"] or None
        try:
            assign_territory(
                wiring(), acting(), territory_id, given["account_manager"], given["kind"], since, until, filing_no
            )
        except AppError as error:
            refusal = refused(error, _FIELDS, _PLACES)
        else:
            return redirect(url_for("web.admin_territory", territory_id=territory_id, done="assigned"), _SEE_OTHER)
    return _page(territory, Again(given, refusal)), refusal.status


def _page(territory: Territory, again: Again) -> str:
    return render_template(
        "admin/territory.html",
        territory=territory,
        assignments=sorted(territory.assignments, key=lambda one: (one.since, one.kind), reverse=True),
        names=_names(),
        managers=[line.person for line in _people() if _may_be_given(line)],
        today=_today(),
        done=request.args.get("done", ""),
        **again.as_context(),
    )


def _may_be_given(line: PersonLine) -> bool:
    """Return whether the person is an account manager now or later, and somebody else."""
    today = _today()
    holds = any(
        held.role == Role.ACCOUNT_MANAGER and (held.until is None or held.until >= today) for held in line.person.roles
    )
    return holds and line.person.person_id != acting().actor_id


def _territory(territory_id: str) -> Territory:
    for one in list_territories(wiring(), acting()):
        if one.territory_id == territory_id:
            return one
    raise NotFound


def _people() -> tuple[PersonLine, ...]:
    return list_people(wiring(), acting())


def _names() -> dict[str, str]:
    return {line.person.person_id: line.person.name for line in _people()}


def _today() -> date:
    return local_date(wiring().clock.now())
