"""Reading the keys of one mapping in a rule file, with a fault for everything that is not as it should be."""

import difflib
from collections.abc import Collection, Iterable
from datetime import date

from app.audit.engine.faults import Faults
from app.audit.engine.yaml_text import Node
from app.core.text import Bilingual


def nearest(word: str, words: Iterable[str]) -> Bilingual:
    """Return ``是否想写 x?`` for the name most like ``word``; empty when none is near."""
    close = difflib.get_close_matches(word, list(words), n=1)
    return Bilingual(f"是否想写 {close[0]}?", f" Did you mean `{close[0]}`?") if close else Bilingual("", "")


class Section:
    """One mapping of a file. Each reading method returns None (or empty) after noting a fault."""

    def __init__(self, node: Node, path: str, faults: Faults, what: Bilingual) -> None:
        """Read ``node``; ``what`` names the section in faults."""
        self.line = node.line
        self.path = path
        self.faults = faults
        self._members = node.mapping or {}
        if node.mapping is None:
            self.fault(
                node.line,
                "shape",
                f"{what.zh}应为“键: 值”的形式。",
                f"{what.en} must be a mapping of `key: value`.",
            )

    def fault(self, line: int, code: str, zh: str, en: str) -> None:
        """Note a fault at ``line`` of this file."""
        self.faults.add(f"{self.path}:{line}", code, zh, en)

    def keys(self, allowed: Collection[str], required: Collection[str]) -> None:
        """Note every key that is not allowed and every required one that is absent."""
        for key, node in self._members.items():
            if key not in allowed:
                near = nearest(key, allowed)
                self.fault(
                    node.key_line,
                    "unknown_key",
                    f"不认识的键 {key}。{near.zh}可用:{'、'.join(allowed)}。",
                    f"unknown key `{key}`.{near.en} Known: {', '.join(allowed)}.",
                )
        for key in required:
            if key not in self._members or self._members[key].value is None:
                self.fault(
                    self.line,
                    "missing_key",
                    f"缺少 {key}。请补上。",
                    f"`{key}` is missing. Add it.",
                )

    def get(self, key: str) -> Node | None:
        """Return the value of ``key``; None when it is absent or null."""
        node = self._members.get(key)
        return None if node is None or node.value is None else node

    def line_of(self, key: str) -> int:
        """Return the line of ``key``, or of the section when it is absent."""
        node = self._members.get(key)
        return node.key_line if node else self.line

    def items(self) -> Iterable[tuple[str, Node]]:
        """Return all keys with their values."""
        return self._members.items()

    def _wrong(self, node: Node, expected: Bilingual) -> None:
        self.fault(
            node.line,
            "type",
            f"应为{expected.zh},写的是 {_shown(node)}。",
            f"expected {expected.en}, found {_shown(node)}.",
        )

    def text(self, key: str) -> str | None:
        """Return the text at ``key``."""
        node = self.get(key)
        return None if node is None else self.text_of(node)

    def text_of(self, node: Node) -> str | None:
        """Return the text in ``node``."""
        if isinstance(node.value, str) and node.value.strip():
            return node.value
        self._wrong(
            node, Bilingual("文字(像数字或日期的请加引号)", "text (quote it when it looks like a number or a date)")
        )
        return None

    def integer(self, key: str) -> int | None:
        """Return the whole number at ``key``."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return node.value
        self._wrong(node, Bilingual("整数", "a whole number"))
        return None

    def boolean(self, key: str) -> bool:
        """Return true or false at ``key``; false when absent."""
        node = self.get(key)
        if node is None:
            return False
        if isinstance(node.value, bool):
            return node.value
        self._wrong(node, Bilingual("true 或 false", "true or false"))
        return False

    def day(self, key: str) -> date | None:
        """Return the date at ``key``."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node.value, date):
            return node.value
        self._wrong(node, Bilingual("日期,如 2026-01-01(不加引号)", "a date such as 2026-01-01 (without quotes)"))
        return None

    def bilingual(self, key: str, *, plain: bool = False) -> Bilingual | None:
        """Return ``{zh, en}`` at ``key``; with ``plain`` one text may stand for both."""
        node = self.get(key)
        if node is None:
            return None
        if plain and isinstance(node.value, str) and node.value.strip():
            return Bilingual(node.value, node.value)
        return self.bilingual_of(node, key)

    def bilingual_of(self, node: Node, key: str) -> Bilingual | None:
        """Return ``{zh, en}`` in ``node``, the value of ``key``."""
        section = Section(node, self.path, self.faults, Bilingual(key, f"`{key}`"))
        if node.mapping is None:
            return None
        section.keys(("zh", "en"), ())
        for language in ("zh", "en"):
            if section.get(language) is None:
                self.fault(
                    node.line,
                    "missing_language",
                    f"{key} 缺少 {language}。中英文都要写。",
                    f"`{key}` lacks `{language}`. Both languages are required.",
                )
        zh, en = section.text("zh"), section.text("en")
        return Bilingual(zh, en) if zh is not None and en is not None else None

    def texts(self, key: str, *, single: bool = False) -> tuple[str, ...]:
        """Return the list of different texts at ``key``; with ``single`` one text may stand alone."""
        node = self.get(key)
        if node is None:
            return ()
        if single and isinstance(node.value, str):
            return (node.value,)
        if node.sequence is None:
            self._wrong(node, Bilingual("列表 [..]", "a list [..]"))
            return ()
        texts: list[str] = []
        for member in node.sequence:
            text = self.text_of(member)
            if text in texts:
                self.fault(
                    member.line, "duplicate", f"{text} 重复。请删去一个。", f"`{text}` stands twice. Delete one."
                )
            elif text is not None:
                texts.append(text)
        return tuple(texts)

    def section(self, key: str) -> "Section | None":
        """Return the mapping at ``key``."""
        node = self.get(key)
        return None if node is None else Section(node, self.path, self.faults, Bilingual(key, f"`{key}`"))

    def sequence(self, key: str) -> tuple[Node, ...]:
        """Return the members of the list at ``key``."""
        node = self.get(key)
        if node is None:
            return ()
        if node.sequence is None:
            self._wrong(node, Bilingual("列表", "a list"))
            return ()
        return tuple(node.sequence)


def _shown(node: Node) -> str:
    if node.mapping is not None:
        return "{..}"
    if node.sequence is not None:
        return "[..]"
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    if node.value is None:
        return "null"
    return repr(node.value) if isinstance(node.value, str) else str(node.value)
