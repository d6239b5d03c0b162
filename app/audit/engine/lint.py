"""What is allowed in rule files and yet is probably a mistake."""

import re
from collections.abc import Collection, Iterator

from app.audit.engine.condition import Among, Compare, Condition, Has, Parameter, leaves
from app.audit.engine.message import Place
from app.audit.engine.reach import unreachable
from app.audit.engine.rule import Rule
from app.audit.engine.rulebook import RuleLibrary, bind_rule
from app.core.errors import Fault
from app.core.text import Bilingual

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def lint(library: RuleLibrary, clause_ids: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Return everything suspicious, by file and line; with ``clause_ids`` also clauses that are not among them."""
    found: list[Fault] = []
    for rule in library.rules:
        found += _unused_params(rule)
        found += _dead_branches(rule, library)
        found += _pointless_has(rule, library)
        found += _languages(rule)
        found += _never_asked(rule, library)
        if not rule.cases:
            found.append(_fault(rule, "no_cases", "没有案例文件。", "there are no cases beside it."))
        found += [
            _fault(rule, "unknown_clause", f"没有条款 {clause}。", f"there is no clause {clause}.", "clauses:")
            for clause in rule.clauses
            if clause_ids is not None and clause not in clause_ids
        ]
    packs = {rule.pack for rule in library.rules}
    for event in library.events.values():
        for pack in event.packs:
            if pack not in packs:
                message = Bilingual(
                    f"事件 {event.name} 的规则包 {pack} 没有规则。", f"the pack {pack} of {event.name} has no rules."
                )
                found.append(Fault("_events.yml:1", "rule_lint.empty_pack", message))
    return tuple(found)


def _fault(rule: Rule, code: str, zh: str, en: str, key: str = "id:") -> Fault:
    """Return a fault at the line of ``rule``'s file that begins with ``key``."""
    lines = rule.text.splitlines()
    line = next((number for number, text in enumerate(lines, start=1) if text.strip().startswith(key)), 1)
    return Fault(f"{rule.path}:{line}", f"rule_lint.{code}", Bilingual(zh, en))


def _conditions(rule: Rule) -> tuple[Condition, ...]:
    return (() if rule.applies is None else (rule.applies,)) + tuple(branch.when for branch in rule.branches)


def _unused_params(rule: Rule) -> Iterator[Fault]:
    used = set(rule.facts_params)
    for condition in _conditions(rule):
        for leaf in leaves(condition):
            if isinstance(leaf, Compare) and isinstance(leaf.limit, Parameter):
                used.add(leaf.limit.name)
            if isinstance(leaf, Among) and isinstance(leaf.limits, Parameter):
                used.add(leaf.limits.name)
    for name in rule.params:
        if name not in used:
            yield _fault(
                rule,
                "unused_param",
                f"参数 {name} 没有条件使用。用于计算事实的请写入 facts_params,否则删去。",
                f"no condition uses `{name}`. If facts are computed with it, name it in facts_params; else delete it.",
                f"{name}:",
            )


def _dead_branches(rule: Rule, library: RuleLibrary) -> Iterator[Fault]:
    bound = bind_rule(rule, library.catalogue, rule.events[0], rule.effective_from)
    for place in unreachable(bound.branches, bound.applies, library.catalogue.scopes[rule.scope]):
        message = Bilingual(
            f"第{place + 1}个分支永远轮不到:它自相矛盾,或前面的分支已包含它。",
            f"branch {place + 1} can never decide: it contradicts itself, or an earlier branch covers it.",
        )
        yield Fault(f"{rule.path}:{rule.branches[place].line}", "rule_lint.dead_branch", message)


def _pointless_has(rule: Rule, library: RuleLibrary) -> Iterator[Fault]:
    facts = library.catalogue.scopes[rule.scope].facts
    asked = {leaf.fact for part in _conditions(rule) for leaf in leaves(part) if isinstance(leaf, Has)}
    for fact in sorted(asked):
        if not facts[fact].nullable:
            yield _fault(
                rule,
                "pointless_has",
                f"has({fact}):该事实不会缺失(未写 nullable: true)。",
                f"has({fact}): the fact is never missing (it is not `nullable: true`).",
            )


def _languages(rule: Rule) -> Iterator[Fault]:
    for branch in rule.branches:
        places = [
            {part.name for part in parts if isinstance(part, Place)} for parts in (branch.message.zh, branch.message.en)
        ]
        if places[0] != places[1]:
            message = Bilingual(
                f"中英文消息的占位不同:{'、'.join(sorted(places[0] ^ places[1]))}。",
                f"the two languages of the message say different things: {', '.join(sorted(places[0] ^ places[1]))}.",
            )
            yield Fault(f"{rule.path}:{branch.line}", "rule_lint.message_differs", message)
        if not _CHINESE.search(branch.message.source.zh):
            message = Bilingual("消息的 zh 不是中文。", "the `zh` of the message is not Chinese.")
            yield Fault(f"{rule.path}:{branch.line}", "rule_lint.not_translated", message)
    if not _CHINESE.search(rule.title.zh) or _CHINESE.search(rule.title.en):
        yield _fault(rule, "not_translated", "标题缺少译文。", "the title is not translated.", "title:")


def _never_asked(rule: Rule, library: RuleLibrary) -> Iterator[Fault]:
    if not any(rule.pack in library.events[event].packs for event in rule.events):
        yield _fault(
            rule,
            "never_asked",
            f"没有一个事件会问到规则包 {rule.pack} 的这条规则。",
            f"none of its events asks the pack {rule.pack}.",
            "event:",
        )
