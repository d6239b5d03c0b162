"""Give a territory to an account manager: as the own one, or as a filed cover."""

from dataclasses import replace
from datetime import date, timedelta

from app.actions.deps import Deps
from app.actions.grant_role import span_faults
from app.actions.noting import note
from app.actions.own_case import refuse_own_person
from app.actions.people_checks import require_role
from app.core.actor import Actor
from app.core.clock import local_date
from app.core.errors import Conflict, Fault, Invalid, NotFound
from app.core.text import Bilingual
from app.office.people import Assignment, Role, Territory
from app.office.permission import Permission
from app.office.visible_text import says_something
from app.store.office_shelf import Writing

KINDS = ("own", "cover")


class TerritoryAssigned(Conflict):
    """Somebody else has the territory as an own one from that day or a later one on. 409."""

    code = "territory.conflict"
    title = Bilingual("该片区此后已另有安排", "The territory is given to somebody later on")


def assign_territory(
    deps: Deps,
    actor: Actor,
    territory_id: str,
    account_manager: str,
    kind: str,
    since: date,
    until: date | None,
    filing_no: str | None,
) -> Territory:
    """Return the territory with the assignment. Whose own it was until then, that one has it to the day before.

    Args:
        deps: the process.
        actor: needs ``territory.manage``.
        territory_id: of a known territory.
        account_manager: a person who is one on the first day.
        kind: ``own`` or ``cover``.
        since: first day, today or later.
        until: last day; None: no end yet.
        filing_no: of the filing that allows a cover. Source: WIN-06.

    Raises:
        NotFound: there is no such territory.
        Invalid: kind, days or filing will not do.
        PersonUnfit: the person is no account manager then.
        TerritoryAssigned: another own assignment begins on that day or later.
    """
    actor.require(Permission.MANAGE_TERRITORIES)
    at = deps.clock.now()
    faults = span_faults(since, until, local_date(at))
    if kind not in KINDS:
        message = Bilingual("类别应为 own 或 cover。", "The kind is own or cover.")
        faults.append(Fault("kind", "territory.kind_unknown", message))
    if kind == "cover" and not says_something(filing_no):
        message = Bilingual("代管须填写备案号。", "A cover needs a filing number.")
        faults.append(Fault("filing_no", "territory.cover_unfiled", message))
    if faults:
        raise Invalid(faults[0].message, faults)
    with deps.store.write() as uow:
        territory = uow.office.territories().get(territory_id)
        if territory is None:
            raise NotFound(Bilingual(f"没有片区 {territory_id}。", f"There is no territory {territory_id}."))
        refuse_own_person(actor, account_manager)
        require_role(uow, account_manager, [Role.ACCOUNT_MANAGER], since, "account_manager")
        before = _until_then(territory, since) if kind == "own" else territory.assignments
        given = Assignment(account_manager, kind, since, until, filing_no or None)
        assigned = replace(territory, assignments=(*before, given))
        uow.office.keep([Writing(assigned)], at)
        body = {
            "account_manager": account_manager,
            "kind": kind,
            "from": since.isoformat(),
            "to": None if until is None else until.isoformat(),
            "filing_no": filing_no or None,
        }
        note(uow, actor, "territory.assigned", ("territory", territory_id), at, body)
        return assigned


def _until_then(territory: Territory, since: date) -> tuple[Assignment, ...]:
    """Return the assignments with the running own one ended on the day before ``since``."""
    kept = []
    for one in territory.assignments:
        if one.kind == "own" and (one.until is None or one.until >= since):
            if one.since >= since:
                raise TerritoryAssigned(
                    Bilingual(
                        f"片区 {territory.territory_id} 自 {one.since} 起归 {one.account_manager}。请另选起始日。",
                        f"{one.account_manager} has {territory.territory_id} from {one.since} on. Choose another day.",
                    )
                )
            kept.append(replace(one, until=since - timedelta(days=1)))
        else:
            kept.append(one)
    return tuple(kept)
