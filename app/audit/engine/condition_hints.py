"""What to tell the author of a condition that cannot be read."""

import re

from app.core.text import Bilingual

_STRINGS = re.compile(r'"([^"\\]|\\.)*"')
_FACT = r"[A-Za-z_][A-Za-z0-9_]*"

_HINTS: tuple[tuple[re.Pattern[str], Bilingual], ...] = (
    (
        re.compile(r"'"),
        Bilingual('文字用双引号:== "none"', 'text stands in double quotes: == "none"'),
    ),
    (
        re.compile(r"\$?[A-Za-z0-9_.)]+\s*[*/%+]|[A-Za-z0-9_)]\s*-\s*[$A-Za-z0-9_(]"),
        Bilingual(
            "条件里不能计算。请在 rules/_facts.yml 增加一个事实,由程序算出后再比较。",
            "no arithmetic here. Add a fact to rules/_facts.yml, computed before, and compare that.",
        ),
    ),
    (
        re.compile(r"(?i)\b(and|or|not)\b"),
        Bilingual("请写 &&、||、!(或用 all、any、not 的树)。", "write && || ! (or a tree of all, any, not)."),
    ),
    (
        re.compile(r"(?<![=!<>])=(?!=)"),
        Bilingual("相等写作 ==。", "equality is written ==."),
    ),
    (
        re.compile(r"(?<!&)&(?!&)|(?<!\|)\|(?!\|)"),
        Bilingual("请写 && 和 ||。", "write && and ||."),
    ),
    (
        re.compile(r"\bnull\b|\bNone\b"),
        Bilingual(
            "是否缺失请写 has(事实) 或 !has(事实)。", "ask has(fact) or !has(fact) instead of comparing with null."
        ),
    ),
    (
        re.compile(r"(==|!=|<=|>=|<|>)[^&|]*(==|!=|<=|>=|<|>)"),
        Bilingual("连续比较请拆成两个,用 && 连接。", "split a chained comparison in two, joined by &&."),
    ),
    (
        re.compile(rf"([0-9\"]|\${_FACT})\s*(==|!=|<=|>=|<|>)\s*{_FACT}"),
        Bilingual("事实写在左边:事实 比较符 常量。", "the fact stands on the left: fact op constant."),
    ),
    (
        re.compile(rf"{_FACT}\s*(==|!=|<=|>=|<|>)\s*{_FACT}"),
        Bilingual(
            "不能比较两个事实。请在 rules/_facts.yml 增加一个事实(例如两者之差),或与 $参数 比较。",
            "two facts cannot be compared. Add their difference as a fact to rules/_facts.yml, or use a $param.",
        ),
    ),
    (
        re.compile(rf"(?!has\b){_FACT}\s*\("),
        Bilingual(
            "只有 has(...) 一个函数。其他计算请作为事实。", "has(...) is the only function. Anything else is a fact."
        ),
    ),
    (
        re.compile(rf"{_FACT}\.{_FACT}"),
        Bilingual("事实名不带点。", "the name of a fact has no dot."),
    ),
)
_GENERAL = Bilingual(
    "应为:事实 比较符 常量或$参数;事实 in [..];has(事实)。",
    "expected `fact op constant` or `$param`, `fact in [..]`, `has(fact)`.",
)


def hint_for(text: str, column: int) -> Bilingual:
    """Return where reading ``text`` stopped (``column`` counts from 1) and what to write instead."""
    bare = _STRINGS.sub('""', text)
    # true and false are constants, not facts: keep them from looking like a second fact.
    bare = re.sub(r"\b(true|false)\b", "1", bare)
    hint = next((hint for pattern, hint in _HINTS if pattern.search(bare)), _GENERAL)
    return Bilingual(
        f"条件 {text} 在第{column}个字符处读不下去。{hint.zh}",
        f"cannot read the condition {text} at character {column}: {hint.en}",
    )
