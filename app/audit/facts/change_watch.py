"""What runs by the calendar look for: changes in clusters, waiting too long, or not re-checked: SEG-14, 16, 18."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import comb

from app.audit.fact import MICRO, Cell, FactSet, FactTable, fact_set
from app.audit.facts.change_chain import ROLE_NAMES
from app.audit.facts.change_context import ChangeWatchContext
from app.audit.facts.parameters import Parameters, whole_number
from app.audit.facts.table import Columns, Row
from app.core.clock import local_date
from app.office.people import Role
from app.office.segment_change import (
    CHAIN,
    IN_EFFECT_STATES,
    OPEN_STATES,
    SegmentChange,
)

_LIMITS = {
    Role.ACCOUNT_MANAGER: "check_limit",
    Role.MARKET_SUPERVISOR: "check_limit",
    Role.MARKET_MANAGER: "market_manager_limit",
    Role.MARKETING_LEADER: "marketing_leader_limit",
    Role.SUPERVISION_OFFICER: "supervision_limit",
}

_MANAGER_FACTS = (
    "account_manager",
    "manager_name",
    "requests",
    "window_days",
    "customers",
    "tail_probability",
    "q_value",
    "family_size",
    "rank",
    "same_format_requests",
    "same_format",
    "change_list",
)
_OPEN_FACTS = (
    "change_no",
    "licence_no",
    "waiting_for",
    "waiting_since",
    "working_days_waiting",
    "limit_working_days",
    "working_days_over",
    "working_days_total",
)
_EFFECT_FACTS = ("change_no", "licence_no", "effective_on", "review_needed", "reviewed_on", "days_without_review")


def change_watch_facts(context: ChangeWatchContext, parameters: Parameters) -> FactSet:
    """Return the scopes ``manager_changes``, ``open_change`` and ``change_in_effect``."""
    today = local_date(context.at)
    return fact_set(
        _table("manager_changes", _MANAGER_FACTS, _clusters(context, today, parameters)),
        _table("open_change", _OPEN_FACTS, _open(context, today, parameters)),
        _table("change_in_effect", _EFFECT_FACTS, _in_effect(context.changes, today)),
    )


def _table(scope: str, names: Sequence[str], rows: Sequence[Row]) -> FactTable:
    columns: Columns = {name: [row[name] for row in rows] for name in names}
    return FactTable(scope, columns)


# ---------------------------------------------------------------- SEG-14


def _clusters(context: ChangeWatchContext, today: date, parameters: Parameters) -> list[Row]:
    """Return one row for each manager with a request in the window.

    The requests of the window are spread over the customers of the unit by chance: how likely is it that one
    manager's customers make that many of them, or more? Source: domain/rule-semantics.md, binomial upper tail and
    Benjamini-Hochberg; the family is the managers of the unit.
    """
    days = whole_number(parameters, "SEG-14", "window_days")
    recent: dict[str, list[SegmentChange]] = defaultdict(list)
    for change in sorted(context.changes, key=lambda one: one.change_no):
        if 0 <= (today - local_date(change.applied_at)).days < days and not _campaign(change, context):
            recent[change.application.account_manager].append(change)
    requests, unit = sum(map(len, recent.values())), sum(context.customers.values())
    tails = {
        manager: upper_tail(len(recent.get(manager, ())), requests, context.customers.get(manager, 0), unit)
        for manager in {*context.customers, *recent}
    }
    adjusted = benjamini_hochberg(tails)
    return [
        {
            "account_manager": manager,
            "manager_name": context.names.get(manager, manager),
            "requests": len(made),
            "window_days": days,
            "customers": context.customers.get(manager),
            "tail_probability": _millionths(tails[manager]),
            "q_value": _millionths(adjusted[manager][0]) if manager in adjusted else None,
            "family_size": len(adjusted),
            "rank": adjusted[manager][1] if manager in adjusted else None,
            **_same_format(made),
            "change_list": [change.change_no for change in made],
        }
        for manager, made in sorted(recent.items())
    ]


def _campaign(change: SegmentChange, context: ChangeWatchContext) -> bool:
    """Return whether the request was made in a campaign filed before it."""
    filed_on = context.campaigns.get(change.application.census_campaign or "")
    return filed_on is not None and filed_on <= local_date(change.applied_at)


def _same_format(made: Sequence[SegmentChange]) -> Row:
    """Return the format to which most of the favourable requests go."""
    wanted = Counter(change.application.proposed_segment or "?" for change in made if change.favourable)
    if not wanted:
        return {"same_format_requests": 0, "same_format": None}
    code, count = min(wanted.items(), key=lambda pair: (-pair[1], pair[0]))
    return {"same_format_requests": count, "same_format": code}


def upper_tail(hits: int, trials: int, part: int, whole: int) -> Fraction | None:
    """Return the exact probability of ``hits`` or more of ``trials`` falling on ``part`` of ``whole`` by chance.

    None when the manager's customers are not known: there is no rate to compare with.
    """
    if not 0 < part <= whole:
        return None
    favourable = sum(comb(trials, k) * part**k * (whole - part) ** (trials - k) for k in range(hits, trials + 1))
    return Fraction(favourable, whole**trials)


def benjamini_hochberg(tails: Mapping[str, Fraction | None]) -> dict[str, tuple[Fraction, int]]:
    """Return the adjusted probability (q) and the rank of each that has one, over the family of all that have one.

    Source: domain/rule-semantics.md, multiple testing.
    """
    known = sorted((tail, name) for name, tail in tails.items() if tail is not None)
    adjusted: dict[str, tuple[Fraction, int]] = {}
    least = Fraction(1)
    for rank in range(len(known), 0, -1):
        tail, name = known[rank - 1]
        least = min(least, tail * len(known) / rank)
        adjusted[name] = (least, rank)
    return adjusted


def _millionths(number: Fraction | None) -> Cell:
    """Return the number in millionths, rounded half to even."""
    return None if number is None else round(number * MICRO)


# ---------------------------------------------------------------- SEG-16


def _open(context: ChangeWatchContext, today: date, parameters: Parameters) -> list[Row]:
    rows: list[Row] = []
    for change in sorted(context.changes, key=lambda one: one.change_no):
        if change.state not in OPEN_STATES:
            continue
        signed = len(change.layers)
        role = CHAIN[min(signed, len(CHAIN) - 1)]
        # Both checks share one limit, which begins with the application.
        began = change.applied_at if signed < CHAIN.index(Role.MARKET_MANAGER) else change.last_step_at
        limit = whole_number(parameters, "SEG-16", _LIMITS[role])
        waiting = context.calendar.working_days(local_date(began), today)
        rows.append(
            {
                "change_no": change.change_no,
                "licence_no": change.application.licence_no,
                "waiting_for": ROLE_NAMES[role],
                "waiting_since": local_date(began).isoformat(),
                "working_days_waiting": waiting,
                "limit_working_days": limit,
                "working_days_over": None if waiting is None else max(0, waiting - limit),
                "working_days_total": context.calendar.working_days(local_date(change.applied_at), today),
            }
        )
    return rows


# ---------------------------------------------------------------- SEG-18


def _in_effect(changes: Sequence[SegmentChange], today: date) -> list[Row]:
    rows: list[Row] = []
    for change in sorted(changes, key=lambda one: one.change_no):
        if change.state not in IN_EFFECT_STATES or change.effective_on is None:
            continue
        reviewed_on = local_date(change.review.reviewed_at) if change.review else None
        waited: timedelta = (reviewed_on or today) - change.effective_on
        rows.append(
            {
                "change_no": change.change_no,
                "licence_no": change.application.licence_no,
                "effective_on": change.effective_on.isoformat(),
                # What could not be told may have been favourable.
                "review_needed": change.favourable is not False,
                "reviewed_on": reviewed_on.isoformat() if reviewed_on else None,
                "days_without_review": waited.days,
            }
        )
    return rows
