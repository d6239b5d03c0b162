"""The people of the office: who holds what and when; give and end roles. Nobody does so for oneself."""

from datetime import date
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.end_role import end_role
from app.actions.grant_role import grant_role
from app.actions.keep_accounts import list_accounts
from app.actions.list_territories import list_territories
from app.actions.own_case import OwnCase
from app.actions.people import PersonLine, list_people
from app.actions.show_own_account import territories_of
from app.actions.signing_keys import signing_key_of
from app.core.clock import local_date
from app.core.errors import AppError, NotFound
from app.core.text import Bilingual
from app.office.people import Role, RoleHeld
from app.store.errors import RoleIncompatible
from app.web.access import acting
from app.web.form_errors import day_in, missing, refused
from app.web.pages import wiring
from app.web.refusals import Again, Refusal, typed

_SEE_OTHER: Final = 303
_FIELDS: Final = ("role", "unit", "since", "until")
_PLACES: Final = {"from": "since", "to": "until"}
GRANTED: Final = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
"""Who administers is an account, not a role of the office; everything else is granted here."""


def admin_people() -> ResponseReturnValue:
    """List everybody, or those that what was searched for fits."""
    text = request.args.get("text", "").strip()
    role = request.args.get("role", "")
    everybody = list_people(wiring(), acting())
    found = [line for line in everybody if _fits(line, text) and (not role or role in line.roles_today)]
    return render_template("admin/people.html", people=found, total=len(everybody), chosen={"text": text, "role": role})


def _fits(line: PersonLine, text: str) -> bool:
    words = (line.person.person_id, line.person.name, line.person.staff_no or "", *line.accounts)
    return any(text.casefold() in word.casefold() for word in words)


def admin_person(person_id: str) -> ResponseReturnValue:
    """Show one person: roles and territories with their days, accounts, signing key."""
    line = _line(person_id)
    actor = acting()
    return render_template(
        "admin/person.html",
        line=line,
        person=line.person,
        roles=sorted(line.person.roles, key=lambda held: (held.since, held.role), reverse=True),
        territories=territories_of(list_territories(wiring(), actor), line.person),
        accounts=[one for one in list_accounts(wiring(), actor) if one.person_id == person_id],
        key=signing_key_of(wiring(), actor, person_id),
        today=_today(),
        own=_is_own(person_id),
        done=request.args.get("done", ""),
    )


def role_grant(person_id: str) -> ResponseReturnValue:
    """Ask which role, where and from when."""
    _refuse_own(person_id)
    return _grant_page(_line(person_id), Again({"since": _today().isoformat()}))


def role_grant_form(person_id: str) -> ResponseReturnValue:
    """Give a role, or say by which rule it is refused; a refusal is on record as well."""
    line = _line(person_id)
    given = typed(_FIELDS)
    errors = missing({name: given[name] for name in ("role", "unit")})
    since, until = day_in("since", errors), day_in("until", errors, needed=False)
    refusal, incompatible = Refusal(errors=errors), False
    if not errors and since is not None:
        try:
            grant_role(wiring(), acting(), person_id, given["role"], given["unit"], since, until)
        except AppError as error:
            refusal = refused(error, _FIELDS, _PLACES)
            incompatible = isinstance(error, RoleIncompatible)
        else:
            return redirect(url_for("web.admin_person", person_id=person_id, done="role"), _SEE_OTHER)
    return _grant_page(line, Again(given, refusal), incompatible=incompatible), refusal.status


def _grant_page(line: PersonLine, again: Again, *, incompatible: bool = False) -> str:
    units = {held.unit for one in list_people(wiring(), acting()) for held in one.person.roles}
    territories = {one.territory_id: one.name for one in list_territories(wiring(), acting())}
    return render_template(
        "admin/role_grant.html",
        person=line.person,
        granted=GRANTED,
        units=[*territories.items(), *((unit, "") for unit in sorted(units - territories.keys()))],
        incompatible=incompatible,
        **again.as_context(),
    )


def role_end(person_id: str) -> ResponseReturnValue:
    """Ask with which day a role ends."""
    _refuse_own(person_id)
    role, unit, since = (request.args.get(name, "") for name in ("role", "unit", "since"))
    line = _line(person_id)
    held = _held(line, role, unit, since)
    return _end_page(line, held, Again({"until": _today().isoformat()}))


def role_end_form(person_id: str) -> ResponseReturnValue:
    """Let a role end with a day."""
    line = _line(person_id)
    given = typed(_FIELDS)
    held = _held(line, given["role"], given["unit"], given["since"])
    errors: dict[str, Bilingual] = {}
    until = day_in("until", errors)
    refusal = Refusal(errors=errors)
    if until is not None:
        try:
            end_role(wiring(), acting(), person_id, held.role, held.unit, until)
        except AppError as error:
            refusal = refused(error, _FIELDS, _PLACES)
        else:
            return redirect(url_for("web.admin_person", person_id=person_id, done="role_ended"), _SEE_OTHER)
    return _end_page(line, held, Again(given, refusal)), refusal.status


def _end_page(line: PersonLine, held: RoleHeld, again: Again) -> str:
    return render_template("admin/role_end.html", person=line.person, held=held, today=_today(), **again.as_context())


def _held(line: PersonLine, role: str, unit: str, since: str) -> RoleHeld:
    for held in line.person.roles:
        if (held.role, held.unit, held.since.isoformat()) == (role, unit, since):
            return held
    raise NotFound


def _line(person_id: str) -> PersonLine:
    for line in list_people(wiring(), acting()):
        if line.person.person_id == person_id:
            return line
    raise NotFound


def _is_own(person_id: str) -> bool:
    return acting().actor_id == person_id


def _refuse_own(person_id: str) -> None:
    if _is_own(person_id):
        raise OwnCase


def _today() -> date:
    return local_date(wiring().clock.now())
