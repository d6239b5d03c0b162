"""Compare what stands in the tables of segment changes, registers and duties with what the log says was put there.

A log entry of a step has the subject ``{"kind": "segment_change", "id": <change_no>, "version": <version>}`` and names
``change_digest``, the digest of the whole change; ``duties`` is a list of pairs (duty, person_id); ``filing_no`` is a
number that was taken, ``voids`` one that was made void for ``reason``. A first step takes the number of the change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.audit.log.event import Event
from app.core.clock import instant
from app.core.errors import AppError
from app.core.text import Bilingual
from app.store.change_values import KeptStep, RegisterEntry
from app.store.unit_of_work import UnitOfWork

KIND = "segment_change"


@dataclass(frozen=True, slots=True)
class ToldOfChanges:
    """What the log says, as far as it was read."""

    steps: dict[tuple[str, int], tuple[int, Event]] = field(default_factory=dict)
    """(change_no, version) -> (log index, entry)."""
    duties: set[tuple[str, str, str, str]] = field(default_factory=set)
    """(object kind, object id, duty, person_id)."""
    numbers: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Number taken -> (change_no, instant)."""
    voids: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Number made void -> (person_id, reason, instant)."""

    def note(self, index: int, event: Event) -> None:
        """Keep what an entry of the log says of a change, a number or a duty."""
        body, kind, name = event.body, str(event.subject.get("kind")), str(event.subject.get("id"))
        for duty, person_id in body.get("duties", ()):
            self.duties.add((kind, name, str(duty), str(person_id)))
        if kind != KIND or "change_digest" not in body:
            return
        version = int(event.subject["version"])
        self.steps[name, version] = index, event
        if version == 1:
            self.numbers[name] = name, event.at
        if "filing_no" in body:
            self.numbers[str(body["filing_no"])] = name, event.at
        if "voids" in body:
            self.voids[str(body["voids"])] = str(body.get("person")), str(body.get("reason")), event.at


def compare_changes(uow: UnitOfWork, told: ToldOfChanges) -> Iterator[Bilingual]:
    """Yield every row about a segment change, a number or a duty that is not what the log says, or is missing."""
    yield from _steps(uow, told)
    yield from _numbers(uow, told)
    yield from _duties(uow, told)


def changed(kind: str, name: object, column: str) -> Bilingual:
    """Return the sentence for a row that says something else than the log."""
    return Bilingual(
        f"{kind} {name} 的 {column} 与日志不符：该行被改动过。",
        f"{column} of {kind} {name} is not what the log says: the row was changed.",
    )


def lost(kind: str, name: object) -> Bilingual:
    """Return the sentence for a row that is not there."""
    return Bilingual(
        f"日志记有 {kind} {name}，表中却没有或无法读取。",
        f"The log tells of {kind} {name}, which is missing from its table or cannot be read.",
    )


def added(kind: str, name: object) -> Bilingual:
    """Return the sentence for a row that the log knows nothing of."""
    return Bilingual(
        f"表中有 {kind} {name}，日志却没有记载：该行不是由本系统写入的。",
        f"There is {kind} {name}, which the log does not tell of: the row was not written by this service.",
    )


def _steps(uow: UnitOfWork, told: ToldOfChanges) -> Iterator[Bilingual]:
    waiting = dict(told.steps)
    try:
        for kept in uow.segment_changes.kept_steps():
            place = kept.step.change_no, kept.step.version
            name = f"{place[0]}/{place[1]}"
            if place not in waiting:
                yield added("segment_change_step", name)
                continue
            index, event = waiting.pop(place)
            for column in (*_columns_changed(kept, index, event), *kept.wrong_columns):
                yield changed("segment_change_step", name, column)
    except AppError as error:
        # What follows cannot be told from lost.
        yield error.detail
        return
    for change_no, version in sorted(waiting):
        yield lost("segment_change_step", f"{change_no}/{version}")
    for change_no in uow.segment_changes.wrong_versions():
        yield changed("segment_change", change_no, "version")


_MEMBERS = {
    "body_digest": "change_digest", "act": "act", "state": "state", "person_id": "person",
    "on_behalf_of": "on_behalf_of", "reason": "reason", "evaluation_ids": "evaluations",
}  # fmt: skip
"""Column -> the member of the log entry that says the same."""
_OF_EVERY_STEP = frozenset({*_MEMBERS.values(), "duties", "simulated_clock"})
"""What else the entry says are the details of the step."""


def _columns_changed(kept: KeptStep, index: int, event: Event) -> Iterator[str]:
    step, body = kept.step, event.body
    row = {
        "body_digest": kept.body_digest,
        "act": step.act,
        "state": step.state,
        "person_id": step.person_id,
        "on_behalf_of": step.on_behalf_of,
        "reason": step.reason,
        "evaluation_ids": list(step.evaluation_ids),
        "log_index": step.log_index,
        "done_at": instant(step.at),
        "actor": dict(step.actor),
        "details": dict(step.details),
    }
    log = {
        **{column: body.get(member) for column, member in _MEMBERS.items()},
        "log_index": index,
        "done_at": event.at,
        "actor": dict(event.actor),
        "details": {name: value for name, value in body.items() if name not in _OF_EVERY_STEP},
    }
    return (column for column, value in row.items() if log[column] != value)


def _numbers(uow: UnitOfWork, told: ToldOfChanges) -> Iterator[Bilingual]:
    waiting, void = dict(told.numbers), dict(told.voids)
    for entry in uow.registers.of_kind(KIND):
        if entry.number not in waiting:
            yield added("register_entry", entry.number)
            continue
        change_no, at = waiting.pop(entry.number)
        if entry.object_id != change_no:
            yield changed("register_entry", entry.number, "object_id")
        if instant(entry.given_at) != at:
            yield changed("register_entry", entry.number, "given_at")
        yield from _void(entry, void.pop(entry.number, None))
    for number in sorted(waiting):
        yield lost("register_entry", number)


def _void(entry: RegisterEntry, told: tuple[str, str, str] | None) -> Iterator[Bilingual]:
    if entry.voided_at is None:
        if told is not None:
            yield lost("register_void", entry.number)
    elif told is None:
        yield added("register_void", entry.number)
    elif (entry.voided_by, entry.void_reason, instant(entry.voided_at)) != told:
        yield changed("register_void", entry.number, "voided_by / reason / voided_at")


def _duties(uow: UnitOfWork, told: ToldOfChanges) -> Iterator[Bilingual]:
    kept = {(kind, name, held.duty, held.person_id) for kind, name, held in uow.duties.all()}
    for row in sorted(told.duties - kept):
        yield lost("duty", " ".join(row))
    for row in sorted(kept - told.duties):
        yield added("duty", " ".join(row))
