"""YAML, but strict: one spelling for each value, a line number for each key, and every problem named.

PyYAML alone keeps the last of two equal keys, turns ``no`` into false and ``1_0`` into ten, and expands aliases without
end.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from app.audit.engine.faults import Faults

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FLOAT = re.compile(
    r"[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9_]+|[0-9_]+(?=[eE][-+]?[0-9]))([eE][-+]?[0-9]+)?|[-+]?\.(inf|nan)",
    re.IGNORECASE,
)
_NUMBER_LIKE = re.compile(r"[-+]?[0-9][0-9_:,xobXOBa-fA-F]*")
_WORDS = {"true": True, "false": False, "null": None, "": None}
_AMBIGUOUS = frozenset({"yes", "no", "on", "off", "y", "n", "~"})

Scalar = str | int | bool | date | None


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a file and the line it begins at."""

    line: int
    value: "Scalar | tuple[Node, ...] | Mapping[str, Node]"
    quoted: bool = False
    """Whether a text stood in quotes (or in a block)."""
    key_line: int = 0
    """The line of the key this is the value of; 0 outside a mapping."""

    @property
    def mapping(self) -> "Mapping[str, Node] | None":
        """The members of a mapping; None when it is something else."""
        return self.value if isinstance(self.value, dict) else None

    @property
    def sequence(self) -> "Sequence[Node] | None":
        """The members of a list; None when it is something else."""
        return self.value if isinstance(self.value, tuple) else None

    @property
    def plain(self) -> object:
        """The value with all lines taken away: dict, list, scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain for node in self.value]
        return self.value


class _Broken(Exception):  # a signal inside this module
    """The rest of this file cannot be read."""


def read_yaml(text: str, path: str, faults: Faults) -> Node | None:
    """Return the one document in ``text``; None when it cannot be read. Every problem goes to ``faults``."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        faults.add(
            f"{path}:1",
            "too_large",
            f"文件超过{MAX_BYTES // 1024} KiB。请拆分。",
            f"the file is over {MAX_BYTES // 1024} KiB. Split it.",
        )
        return None
    before = len(faults)
    try:
        node = _Reader(text, path, faults).document()
    except _Broken:
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        faults.add(
            f"{path}:{mark.line + 1 if mark else 1}",
            "syntax",
            f"不是有效的 YAML:{problem}。请检查缩进、引号和冒号后的空格。",
            f"not valid YAML: {problem}. Check indentation, quotes and the space after a colon.",
        )
        return None
    return node if len(faults) == before else None


class _Reader:
    """Builds the tree from parser events, so that aliases, tags and duplicates are seen and not resolved."""

    def __init__(self, text: str, path: str, faults: Faults) -> None:
        self._events = iter(yaml.parse(text, Loader=_LOADER))
        self._path = path
        self._faults = faults

    def document(self) -> Node:
        self._next()  # the stream
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            self._fault(
                1,
                "empty",
                "文件为空。请写入规则,或删除该文件。",
                "the file is empty. Write the rule or delete the file.",
            )
            raise _Broken
        node = self._node(self._next(), 1)
        self._next()  # the end of the document
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            line = _line(event)
            self._fault(
                line, "documents", "一个文件只能有一个文档,请去掉 ---。", "one document a file: take the `---` away."
            )
        return node

    def _next(self) -> yaml.Event:
        return next(self._events)

    def _fault(self, line: int, code: str, zh: str, en: str) -> None:
        self._faults.add(f"{self._path}:{line}", code, zh, en)

    def _node(self, event: yaml.Event, depth: int, key_line: int = 0) -> Node:
        line = _line(event)
        if depth > MAX_DEPTH:
            self._fault(
                line, "too_deep", f"嵌套超过{MAX_DEPTH}层。请写平。", f"nested over {MAX_DEPTH} deep. Write it flatter."
            )
            raise _Broken
        if isinstance(event, yaml.AliasEvent):
            self._fault(
                line,
                "alias",
                "不允许引用(*),请把内容写出来。",
                f"`*{event.anchor}` is an alias. Write the content out.",
            )
            return Node(line, None, key_line=key_line)
        if anchor := getattr(event, "anchor", None):
            self._fault(line, "alias", "不允许锚点(&),请去掉。", f"`&{anchor}` is an anchor. Take it away.")
        # A bare "!" in front of a quoted text is a tag as well.
        if tag := getattr(event, "tag", None):
            self._fault(
                line,
                "tag",
                "不允许标签(!)。以 ! 开头的条件请加单引号。",
                f"`{tag}` is a tag. A condition that begins with ! needs single quotes.",
            )
        if isinstance(event, yaml.MappingStartEvent):
            return Node(line, self._mapping(depth), key_line=key_line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(line, self._sequence(depth), key_line=key_line)
        assert isinstance(event, yaml.ScalarEvent)
        quoted = event.style is not None and event.style != ""
        value = event.value if quoted else self._scalar(event.value, line)
        return Node(line, value, quoted, key_line)

    def _sequence(self, depth: int) -> tuple[Node, ...]:
        members = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            members.append(self._node(event, depth + 1))
        return tuple(members)

    def _mapping(self, depth: int) -> dict[str, Node]:
        members: dict[str, Node] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1, key.line)
            if not isinstance(key.value, str):
                self._fault(
                    key.line,
                    "key",
                    f"键 {key.plain!r} 不是文字。on/yes/no 等请加引号。",
                    f"the key {key.plain!r} is not text. Put it in quotes.",
                )
            elif key.value in members:
                self._fault(
                    key.line,
                    "duplicate_key",
                    f"键 {key.value} 重复,上次在第{members[key.value].key_line}行。请删去一个。",
                    f"`{key.value}` stands twice, first in line {members[key.value].key_line}. Delete one.",
                )
            else:
                members[key.value] = value
        return members

    def _scalar(self, text: str, line: int) -> Scalar:
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DATE.fullmatch(text):
            return self._date(text, line)
        if text.lower() in _AMBIGUOUS or text.lower() in _WORDS:
            self._fault(
                line,
                "ambiguous",
                f"{text} 有歧义。请写 true、false、null,或加引号作文字。",
                f"`{text}` is ambiguous. Write true, false or null, or put the text in quotes.",
            )
        elif _FLOAT.fullmatch(text):
            self._fault(
                line,
                "float",
                f'{text} 是浮点数,不精确。请写成 "{text}"(加引号)。',
                f'{text} is a float and inexact. Write "{text}", in quotes.',
            )
        elif _NUMBER_LIKE.fullmatch(text) and not text.isalpha():
            self._fault(
                line,
                "number",
                f"{text} 像数字但有多种读法。整数请直接写,文字请加引号。",
                f"`{text}` can be read as several numbers. Write a plain whole number, or quotes for text.",
            )
        return text

    def _date(self, text: str, line: int) -> Scalar:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._fault(line, "date", f"没有 {text} 这一天。", f"there is no day {text}.")
            return text


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.line + 1
