"""The only door to durable-rules: its C engine as a stateless matcher, inside the subset in which it was found exact.

Facts only (an event satisfies one rule), one per row with its own number as id, single patterns against constants, the
state thrown away after every table. No Host, no timers, no callbacks, no joins, no arithmetic, no text from outside.
Anything unexpected is an :class:`EngineFailure`; the caller then decides nothing.
Source: design/engine.md, section 2.
"""

import json
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import cast

import durable_rules_engine as engine
import numpy as np

from app.audit.engine.catalogue import FactType, Scope
from app.audit.engine.columns import Column, Columns, Mask
from app.audit.engine.condition import (
    All,
    Among,
    AnyOf,
    Compare,
    Condition,
    Has,
    alternatives,
    facts_of,
)

NAME = f"durable-rules {version('durable_rules')}"
MOST_ALTERNATIVES = 60
"""Of all conditions behind one handle: the engine's stack holds 64."""
ROWS_AT_ONCE = 2000
"""A fact costs the engine about 9 KB until its state is deleted."""
MOST_RULEBOOKS = 16
"""Compiled tables of facts kept; the one used longest ago is unloaded."""

_SESSION = "e"
_BEGIN = f'{{"id":"b","sid":"{_SESSION}","kind":"begin"}}'
_ALL_AT_ONCE = 60_000
_MATCHED, _NO_RULE = 0, 1
_ID = re.compile(r'"id":"([0-9]+)"')
_WORDS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


class EngineFailure(Exception):  # it is what happened, and never leaves this package
    """The engine did not do what it must. Its answer for this table is worth nothing."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A definition small enough for one handle of the engine."""

    definition: str
    """The rules as the engine's own JSON."""
    slots: tuple[int, ...]
    """Which condition each rule ``r0``, ``r1`` ... of the definition is."""
    facts: tuple[str, ...]
    """The facts a row must carry for it."""
    repeats: bool
    """Whether many rows will be equal in these facts: each different row is then asked about once."""


@dataclass(frozen=True, slots=True)
class Definition:
    """The conditions of one scope, ready for the engine."""

    key: str
    """Names it among everything compiled: rulebook digest and scope."""
    conditions: int
    shards: tuple[Shard, ...]


def define(key: str, conditions: Sequence[Condition], scope: Scope) -> Definition:
    """Return ``conditions`` (bound) as definitions of the engine, each small enough for its stack.

    Conditions that read a decimal fact stand apart: of the other facts most rows of a table repeat the same few values.
    """
    measures = [slot for slot, condition in enumerate(conditions) if _measures(condition, scope)]
    counts = [slot for slot in range(len(conditions)) if slot not in set(measures)]
    shards = [_shard(slots, conditions, repeats=False) for slots in _packed(measures, conditions)]
    shards += [_shard(slots, conditions, repeats=True) for slots in _packed(counts, conditions)]
    return Definition(key, len(conditions), tuple(shards))


def _measures(condition: Condition, scope: Scope) -> bool:
    return any(scope.facts[fact].type is FactType.DECIMAL for fact in facts_of(condition))


def _packed(slots: Sequence[int], conditions: Sequence[Condition]) -> list[list[int]]:
    """Return ``slots`` in as few lists as the stack of the engine allows."""
    packed: list[list[int]] = []
    weight = MOST_ALTERNATIVES + 1
    for slot in slots:
        terms = alternatives(conditions[slot])
        if weight + terms > MOST_ALTERNATIVES:
            packed.append([])
            weight = 0
        packed[-1].append(slot)
        weight += terms
    return packed


def _shard(slots: Sequence[int], conditions: Sequence[Condition], *, repeats: bool) -> Shard:
    rules: dict[str, object] = {"~begin": {"all": [{"m": {"kind": "begin"}}]}}
    for place, slot in enumerate(slots):
        pattern = {"$and": [{"kind": "row"}, _pattern(conditions[slot])]}
        rules[f"r{place}"] = {"all": [{"m": pattern}], "cap": _ALL_AT_ONCE}
    facts = dict.fromkeys(fact for slot in slots for fact in facts_of(conditions[slot]))
    return Shard(json.dumps(rules, ensure_ascii=False), tuple(slots), tuple(facts), repeats)


def _pattern(condition: Condition) -> dict[str, object]:  # noqa: PLR0911  # one return for each kind of node
    match condition:
        case All(parts):
            return {"$and": [_pattern(part) for part in parts]}
        case AnyOf(parts):
            return {"$or": [_pattern(part) for part in parts]}
        case Compare(fact, "==", limit):
            return {fact: limit}
        case Compare(fact, op, limit):
            return {_WORDS[op]: {fact: limit}}
        case Among(fact, limits, inside):
            assert isinstance(limits, tuple)
            if inside:
                return {"$or": [{fact: limit} for limit in limits]} if len(limits) > 1 else {fact: limits[0]}
            return {"$and": [{"$neq": {fact: limit}} for limit in limits]}
        case Has(fact, present):  # pragma: no branch
            return {"$ex" if present else "$nex": {fact: 1}}


class DurableEngine:
    """Handles of the engine, each used by one thread at a time; thread-safe.

    A handle is borrowed for one table and given back. After a fork the child starts with none.
    """

    def __init__(self) -> None:
        """Start without any handle: they are made when first needed, in the process that needs them."""
        self._forget()

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._idle: OrderedDict[str, list[_Session]] = OrderedDict()

    def ask(self, definition: Definition, columns: Columns) -> list[Mask]:
        """Return, for each condition of ``definition``, in which rows the engine finds it true.

        Raises:
            EngineFailure: the engine refused something, lost something or died half way.
        """
        hits = [np.zeros(columns.rows, dtype=np.bool_) for _ in range(definition.conditions)]
        if not columns.rows or not definition.shards:
            return hits
        session = self._borrow(definition)
        try:
            session.ask(columns, hits)
        except EngineFailure:
            session.close()
            raise
        except Exception as error:
            session.close()
            raise EngineFailure(f"{type(error).__name__}: {error}") from error
        self._give_back(session)
        return hits

    def close(self) -> None:
        """Unload every idle handle."""
        with self._lock:
            sessions = [session for idle in self._idle.values() for session in idle]
            self._idle.clear()
        for session in sessions:
            session.close()

    def _borrow(self, definition: Definition) -> "_Session":
        if self._pid != os.getpid():
            self._forget()
        with self._lock:
            idle = self._idle.get(definition.key)
            if idle:
                self._idle.move_to_end(definition.key)
                return idle.pop()
        return _Session(definition)

    def _give_back(self, session: "_Session") -> None:
        dropped: list[_Session] = []
        with self._lock:
            self._idle.setdefault(session.definition.key, []).append(session)
            self._idle.move_to_end(session.definition.key)
            while len(self._idle) > MOST_RULEBOOKS:
                dropped += self._idle.popitem(last=False)[1]
        for old in dropped:
            old.close()


class _Session:
    """The loaded shards of one definition."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._handles: list[object] = []
        try:
            for shard in definition.shards:
                self._handles.append(engine.create_ruleset("henji", shard.definition))
        except Exception as error:
            self.close()
            raise EngineFailure(f"the engine refuses a definition: {error}") from error

    def close(self) -> None:
        while self._handles:
            engine.delete_ruleset(self._handles.pop())

    def ask(self, columns: Columns, hits: list[Mask]) -> None:
        for shard, handle in zip(self.definition.shards, self._handles, strict=True):
            template, written = written_columns(columns, shard.facts)
            if not shard.repeats:
                texts = list(map(template.__mod__, zip(range(columns.rows), *written, strict=True)))
                _ask_texts(shard, handle, texts, hits)
                continue
            places: dict[tuple[int | str, ...], int] = {}
            where = [places.setdefault(row, len(places)) for row in zip(*written, strict=True)]
            texts = [template % (place, *row) for row, place in places.items()]
            different = {slot: np.zeros(len(places), dtype=np.bool_) for slot in shard.slots}
            _ask_texts(shard, handle, texts, different)
            for slot, mask in different.items():
                if mask.any():
                    hits[slot] = mask[where]


def _ask_texts(shard: Shard, handle: object, texts: Sequence[str], hits: list[Mask] | dict[int, Mask]) -> None:
    """Set in ``hits`` what the engine finds; the id of a text is its place."""
    for start in range(0, len(texts), ROWS_AT_ONCE):
        for message in _run(handle, texts[start : start + ROWS_AT_ONCE]):
            name = message[2 : message.index('"', 2)]
            found = [int(number) for number in _ID.findall(message)]
            hits[shard.slots[int(name[1:])]][found] = True


def written_columns(columns: Columns, facts: Sequence[str]) -> tuple[str, list[Sequence[int | str]]]:
    """Return the template of a row's flat JSON text (its id comes first) and what each fact puts into it, by row."""
    template = f'{{"id":"%d","sid":"{_SESSION}","kind":"row"'
    written = []
    for fact in facts:
        place, cells = _written(columns.by_name[fact])
        template += place
        written.append(cells)
    return template + "}", written


def _written(column: Column) -> tuple[str, Sequence[int | str]]:
    """Return how a fact stands in the text of a row, and for every row what is put in."""
    name = column.spec.name
    match column.spec.type:
        case FactType.INT | FactType.DECIMAL if column.known is None:
            return f',"{name}":%d', cast("Sequence[int]", column.cells)
        case FactType.INT | FactType.DECIMAL:
            return "%s", ["" if cell is None else f',"{name}":{cell}' for cell in column.cells]
        case FactType.BOOL | FactType.ENUM:
            values = {cell: f',"{name}":{json.dumps(cell, ensure_ascii=False)}' for cell in set(column.cells)}
            values[None] = ""
            return "%s", [values[cell] for cell in column.cells]
        case _:
            # Of a text or a list only `has` can be asked: its content stays outside the engine.
            return "%s", ["" if cell is None else f',"{name}":1' for cell in column.cells]


def _run(handle: object, texts: Sequence[str]) -> list[str]:
    """Return the engine's messages about ``texts``: ``{"r0":[{"m":{"id":"17", ...}}, ...]}``."""
    status, offset = engine.assert_fact(handle, _BEGIN)
    if status != _MATCHED:
        raise EngineFailure(f"the engine answers {status} to the opening fact")
    # The opening fact must be taken away first: deleting a state in which no action ever ran frees a wild pointer.
    opening = list(_drain(handle, offset))
    try:
        if len(opening) != 1:
            raise EngineFailure(f"the engine gives {len(opening)} messages for the opening fact")
        assert_fact = engine.assert_fact
        for text in texts:
            status, _ = assert_fact(handle, text)
            # 2 would be an id it believes it has seen: the row was not judged.
            if status not in (_MATCHED, _NO_RULE):
                raise EngineFailure(f"the engine answers {status} to a row")
        return list(_drain(handle, offset))
    finally:
        engine.delete_state(handle, _SESSION)


def _drain(handle: object, offset: int) -> Iterator[str]:
    started = engine.start_action_for_state(handle, offset)
    message = started[1] if started else None
    while message:
        yield message
        message = engine.complete_and_start_action(handle, offset)
