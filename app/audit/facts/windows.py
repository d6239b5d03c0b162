"""On which days a stage accepts forecasts, and how far from them a submission lies."""

from datetime import date

from app.audit.facts.parameters import Parameters, whole_number, yes_no
from app.office.calendar import Calendar
from app.office.cycle import Cycle, Stage, Window
from app.office.month import Month

WINDOW_RULES = {Stage.SUPPLY: "WIN-01", Stage.ORDER: "WIN-02"}
"""The rule whose parameters give the window of a stage."""


def stage_window(
    stage: Stage,
    month: Month,
    cycle: Cycle | None,
    extended_to: date | None,
    calendar: Calendar,
    parameters: Parameters,
) -> Window:
    """Return the window of ``stage`` in the cycle ``month``.

    The cycle may name it; otherwise the rule parameters give it and may let its end roll to a working day. A valid
    extension moves the end, never back. An end that would roll over days not announced yet stays where it is.

    Source: WIN-01, WIN-02; domain/overview.md, reading I-5.
    """
    window = _unextended(stage, month, cycle, parameters)
    last = known_last_day(stage, month, cycle, extended_to, calendar, parameters)
    return Window(window.first, last or window.last)


def known_last_day(
    stage: Stage,
    month: Month,
    cycle: Cycle | None,
    extended_to: date | None,
    calendar: Calendar,
    parameters: Parameters,
) -> date | None:
    """Return the last day of that window; None when it depends on days not announced yet."""
    last: date | None = _unextended(stage, month, cycle, parameters).last
    if extended_to is not None and last is not None and extended_to > last:
        return extended_to
    named = cycle.window(stage) if cycle else None
    if last is not None and named is None and yes_no(parameters, WINDOW_RULES[stage], "roll_if_nonworking"):
        last = calendar.next_working_day(last)
    return last


def days_early(window: Window, day: date) -> int:
    """Return by how many calendar days ``day`` lies before the window; 0 when it does not."""
    return max(0, (window.first - day).days)


def days_late(window: Window, day: date) -> int:
    """Return by how many calendar days ``day`` lies after the window; 0 when it does not.

    Source: design/hook.md, doubtful cases: calendar days from the last day to the local date of submission.
    """
    return max(0, (day - window.last).days)


def _unextended(stage: Stage, month: Month, cycle: Cycle | None, parameters: Parameters) -> Window:
    named = cycle.window(stage) if cycle else None
    if named is not None:
        return named
    rule = WINDOW_RULES[stage]
    first, last = whole_number(parameters, rule, "first_day"), whole_number(parameters, rule, "last_day")
    return Window(month.day(first), month.day(last))
