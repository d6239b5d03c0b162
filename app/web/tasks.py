"""What waits for the reader: the first page of everybody with a business role."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from app.actions.change_tasks import my_tasks
from app.actions.change_view import Task
from app.core.clock import local_date
from app.web.access import acting
from app.web.pages import wiring


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """The tasks of one urgency."""

    code: str
    """A key of ``change_words.DUE_GROUPS``."""
    tasks: tuple[Task, ...]


def tasks() -> ResponseReturnValue:
    """Show what waits for the reader, overdue first."""
    found = my_tasks(wiring(), acting())
    today = local_date(wiring().clock.now())
    return render_template("tasks.html", groups=task_groups(found, today), total=len(found))


def task_groups(found: Iterable[Task], today: date) -> tuple[TaskGroup, ...]:
    """Return the tasks by urgency, most urgent first; groups without one are left out."""
    by_code: dict[str, list[Task]] = {"overdue": [], "today": [], "later": [], "unlimited": []}
    for task in found:
        by_code[_urgency(task, today)].append(task)
    return tuple(TaskGroup(code, tuple(lines)) for code, lines in by_code.items() if lines)


def _urgency(task: Task, today: date) -> str:
    if task.overdue_days:
        return "overdue"
    if task.due_on is None:
        return "unlimited"
    return "today" if task.due_on <= today else "later"
