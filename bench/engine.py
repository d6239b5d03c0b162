"""Judging alone, without computing facts: our Evaluator beside zen-engine and numpy masks, same rules, same lines.

    python bench/engine.py [--lines 1000] [--rounds 15]     times, findings checked identical first
    python bench/engine.py --memory 100000                  that many evaluations in one process, memory printed

The rules are those of rules/ asked at on_submit; the facts come from their own cases, the numbers of the lines are
drawn as an office has them. zen gets the document as JSON and answers once per document; the masks are what one would
write by hand.
"""

import argparse
import functools
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import numpy as np
import orjson
import zen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.audit.engine.catalogue import FactType  # noqa: E402  # the repository is put on the path first
from app.audit.engine.condition import All, Among, AnyOf, Compare, Condition, Has  # noqa: E402
from app.audit.engine.evaluate import Evaluator  # noqa: E402
from app.audit.engine.explain import RowWriter, finding_of_rows  # noqa: E402
from app.audit.engine.loader import read_rules  # noqa: E402
from app.audit.engine.plan import make_plan  # noqa: E402
from app.audit.engine.rulebook import Rulebook, RuleLibrary  # noqa: E402
from app.audit.fact import FactSet, FactTable, fact_set, ratio  # noqa: E402
from app.audit.finding import Outcome  # noqa: E402

DAY = date(2026, 11, 16)
Spoken = set[tuple[str, int, str]]
"""(rule, row, severity) of everything that speaks."""


# ------------------------------------------------------------------ facts


def make_facts(library: RuleLibrary, rulebook: Rulebook, lines: int, seed: int) -> FactSet:
    rnd = random.Random(seed)
    tables = []
    for scope in {bound.rule.scope: None for bound in rulebook.rules if bound.asked}:
        spec = library.catalogue.scopes[scope]
        rules = [bound.rule for bound in rulebook.rules if bound.asked and bound.rule.scope == scope]
        rows = []
        for number in range(rows_of(scope, lines) if spec.many else 1):
            row = {fact: _calm(fact_spec) for fact, fact_spec in spec.facts.items()}
            for rule in rules:
                quiet = [case for case in rule.cases if case.outcome.value == "pass"]
                loud = [case for case in rule.cases if case.outcome.value in ("note", "flag", "block")]
                row |= rnd.choice(loud if rnd.random() < 0.015 else quiet).given
            rows.append(_numbered(row, number, rnd) if spec.many else row)
        tables.append(FactTable(scope, {fact: [row[fact] for row in rows] for fact in spec.facts}))
    return fact_set(*tables)


def rows_of(scope: str, lines: int) -> int:
    """Return how many rows a table of many has: pairs that should have been entered and were not are few."""
    return max(1, lines // 10) if scope == "expected_line" else lines


def _calm(spec):
    values = {FactType.INT: 0, FactType.DECIMAL: 0, FactType.BOOL: False, FactType.TEXT: "x", FactType.LIST: []}
    return next(iter(spec.values)) if spec.type is FactType.ENUM else values[spec.type]


def _numbered(row, number, rnd):
    """Give a line numbers as an office has them, so that hardly two lines are equal."""
    if "ratio_to_mean" in row:
        mean = rnd.randint(3, 180)
        final = max(1, round(mean / 3 * (rnd.choice([8, 12, 0.1]) if rnd.random() < 0.02 else rnd.uniform(0.5, 1.8))))
        row |= {"final_cartons": final, "mean_3m_cartons": ratio(mean, 3), "ratio_to_mean": ratio(3 * final, mean)}
        row["ten_deviation"] = ratio(abs(3 * final - 10 * mean), 10 * mean)
        row["case_deviation"] = ratio(abs(3 * final - 250 * mean), 250 * mean)
        row["case_inverse_deviation"] = ratio(abs(750 * final - mean), mean)
    if rnd.random() > 0.01:
        row |= {fact: False for fact in ("supply_stopped", "licence_expired") if fact in row}
    for fact in ("licence_no", "sku"):
        if fact in row:
            row[fact] = f"42{rnd.randint(0, 10**6):06}"
    if "line" in row:
        row["line"] = number + 1
    return row


# ------------------------------------------------------------------ the three ways


def numpy_masks(rulebook: Rulebook) -> Callable[[Mapping[str, Mapping[str, np.ndarray]]], Spoken]:  # noqa: C901
    """Return the rules as one numpy expression per branch, as one would write them by hand."""

    def source(condition: Condition) -> str:
        match condition:
            case All(parts):
                return "(" + "&".join(map(source, parts)) + ")"
            case AnyOf(parts):
                return "(" + "|".join(map(source, parts)) + ")"
            case Compare(fact, op, limit):
                return f"(c[{fact!r}]{op}{limit!r})"
            case Among(fact, limits, inside):
                return ("" if inside else "~") + "(" + "|".join(f"(c[{fact!r}]=={v!r})" for v in limits) + ")"
            case Has(_, present):
                return f"np.bool_({present})"

    rules = []
    for bound in rulebook.rules:
        if bound.asked:
            guard = "" if bound.applies is None else source(bound.applies) + "&"
            masks = [eval(f"lambda c: {guard}{source(branch)}", {"np": np}) for branch in bound.branches]
            rules.append((bound.rule, masks))

    def judge(columns):
        spoken = set()
        for rule, masks in rules:
            taken = None
            for mask, branch in zip(masks, rule.branches, strict=True):
                hit = np.atleast_1d(mask(columns[rule.scope]))
                if hit.any():
                    new = hit if taken is None else hit & ~taken
                    taken = hit if taken is None else taken | hit
                    spoken.update((rule.id, row, branch.severity.value) for row in np.flatnonzero(new).tolist())
        return spoken

    return judge


def arrays(rulebook: Rulebook, facts: FactSet) -> dict[str, dict[str, np.ndarray]]:
    read = {bound.rule.scope: set() for bound in rulebook.rules if bound.asked}
    for bound in rulebook.rules:
        if bound.asked:
            read[bound.rule.scope] |= set(bound.rule.reads)

    def column(cells) -> np.ndarray:
        made = np.array(cells)
        # What is missing stands behind an `applies` that is false: any number will do.
        return np.array([0 if cell is None else cell for cell in cells]) if made.dtype == object else made

    return {
        scope: {fact: column(facts.tables[scope].columns[fact]) for fact in sorted(used)}
        for scope, used in read.items()
    }


def zen_decision(rulebook: Rulebook, library: RuleLibrary):  # noqa: C901
    """Return how a document is made of facts, and the rules as one zen decision asked once per document."""

    def source(condition: Condition, row: str) -> str:
        match condition:
            case All(parts):
                return "(" + " and ".join(source(part, row) for part in parts) + ")"
            case AnyOf(parts):
                return "(" + " or ".join(source(part, row) for part in parts) + ")"
            case Compare(fact, op, limit):
                return f"({row}.{fact} {op} {orjson.dumps(limit).decode()})"
            case Among(fact, limits, inside):
                return f"({row}.{fact} {'in' if inside else 'not in'} {orjson.dumps(limits).decode()})"
            case Has(fact, present):
                return f"({row}.{fact} {'!=' if present else '=='} null)"

    expressions, severities = [], {}
    used: dict[str, dict[str, None]] = {}
    for bound in rulebook.rules:
        if not bound.asked:
            continue
        used.setdefault(bound.rule.scope, {}).update(dict.fromkeys(bound.rule.reads))
        many = library.catalogue.scopes[bound.rule.scope].many
        for place, branch in enumerate(bound.branches):
            whole = branch if bound.applies is None else All((bound.applies, branch))
            key = f"{bound.rule.id}|{place}"
            severities[key] = bound.rule.branches[place].severity.value
            value = (
                f"map(filter({bound.rule.scope}, {source(whole, '#')}), #.row_)"
                if many
                else f"{source(whole, bound.rule.scope)} ? [0] : []"
            )
            expressions.append({"id": key, "key": f"k{len(expressions)}", "value": value, "name": key})
    node = {"name": "n", "position": {"x": 0, "y": 0}}
    content = {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {**node, "id": "i", "type": "inputNode", "content": {}},
            {
                **node,
                "id": "e",
                "type": "expressionNode",
                "content": {"expressions": expressions, "passThrough": False},
            },
            {**node, "id": "o", "type": "outputNode", "content": {}},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "i", "targetId": "e"},
            {"id": "2", "type": "edge", "sourceId": "e", "targetId": "o"},
        ],
    }
    decision = zen.ZenEngine().create_decision(zen.ZenDecisionContent(orjson.dumps(content).decode()))
    keys = [expression["id"] for expression in expressions]

    def document_of(facts: FactSet) -> dict:
        document = {}
        for scope, names in used.items():
            columns = facts.tables[scope].columns
            if library.catalogue.scopes[scope].many:
                fields = ("row_", *names)
                cells = zip(range(facts.tables[scope].rows), *(columns[name] for name in names), strict=True)
                document[scope] = [dict(zip(fields, row, strict=True)) for row in cells]
            else:
                document[scope] = {name: columns[name][0] for name in names}
        return document

    def judge(document: dict) -> Spoken:
        result = decision.evaluate(orjson.dumps(document))["result"]
        spoken, taken = set(), set()
        for place, key in enumerate(keys):
            rule = key.partition("|")[0]
            for row in map(int, result[f"k{place}"]):
                if (rule, row) not in taken:
                    taken.add((rule, row))
                    spoken.add((rule, row, severities[key]))
        return spoken

    return document_of, judge


def spoken_of(judgement, rulebook: Rulebook, facts: FactSet) -> Spoken:
    """Return what a judgement says, by the number of the row."""
    spoken = set()
    for finding in judgement.findings:
        table = facts.tables.get(rulebook.rule(finding.rule).rule.scope)
        keys = rulebook.catalogue.scopes[table.scope].keys if table is not None else ()
        rows = {tuple(table.columns[key][row] for key in keys): row for row in range(table.rows)} if keys else {}
        for row in finding.rows:
            place = rows[tuple(row.place[key] for key in keys)] if row.place and keys else 0
            spoken.add((finding.rule, place, row.outcome.value))
    return spoken


def zen_service(rulebook: Rulebook, zen_document, zen_judge) -> Callable[[FactSet], int]:
    """Return what a service on zen would do: let it match, and write the same findings from what it found."""
    plans = make_plan(rulebook).scopes

    def judge(facts: FactSet) -> int:
        by_rule: dict[str, list[tuple[int, str]]] = {}
        for rule, row, severity in zen_judge(zen_document(facts)):
            by_rule.setdefault(rule, []).append((row, severity))
        written = 0
        for plan in plans:
            for rule in plan.rules:
                writer = RowWriter(rule, plan.scope, facts.tables[plan.scope.name])
                severities = [branch.severity.value for branch in rule.bound.rule.branches]
                found = [
                    writer.fired(row, severities.index(severity))
                    for row, severity in sorted(by_rule.get(rule.bound.rule.id, ()))
                ]
                rows = facts.tables[plan.scope.name].rows
                written += finding_of_rows(rule, found, Outcome.PASS, rows, writer).rows_total
        return written

    return judge


# ------------------------------------------------------------------ measuring


def spent_ms(way: Callable[[], object]) -> float:
    """Return the milliseconds of processor time: a busy neighbour on the machine does not count."""
    started = time.process_time()
    way()
    return (time.process_time() - started) * 1000


def compare(lines: int, rounds: int) -> int:
    library = read_rules(ROOT / "rules")
    rulebook = library.rulebook("on_submit", DAY)
    evaluator = Evaluator()
    masks = numpy_masks(rulebook)
    zen_document, zen_judge = zen_decision(rulebook, library)
    documents = [make_facts(library, rulebook, lines, seed) for seed in range(5)]
    for facts in documents:
        judgement = evaluator.judge(rulebook, facts)
        assert not judgement.alarms, judgement.alarms
        ours, theirs, by_hand = (
            spoken_of(judgement, rulebook, facts),
            zen_judge(zen_document(facts)),
            masks(arrays(rulebook, facts)),
        )
        assert ours == theirs == by_hand, (sorted(ours ^ theirs)[:5], sorted(ours ^ by_hand)[:5])
    ready = [arrays(rulebook, facts) for facts in documents]

    zen_with_findings = zen_service(rulebook, zen_document, zen_judge)

    def all_of(judge, subjects):
        return lambda: [judge(subject) for subject in subjects]

    ways = {
        "henji Evaluator (durable-rules + twin + findings)": all_of(
            functools.partial(evaluator.judge, rulebook), documents
        ),
        "zen-engine, matching alone, document given": all_of(zen_judge, [zen_document(facts) for facts in documents]),
        "zen-engine, from the same facts, with findings": all_of(zen_with_findings, documents),
        "numpy masks, from the same facts": all_of(lambda facts: masks(arrays(rulebook, facts)), documents),
        "numpy masks, arrays given": all_of(masks, ready),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    gc.disable()
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(spent_ms(way) / len(documents))
    gc.enable()
    asked = sum(bound.asked for bound in rulebook.rules)
    found = sum(len(masks(columns)) for columns in ready) / len(ready)
    print(f"{lines} lines a document, {asked} rules asked, {found:.0f} rows speak, findings identical")
    base = statistics.median(times["henji Evaluator (durable-rules + twin + findings)"])
    for name, each in times.items():
        middle = statistics.median(each)
        print(f"{name:52} {middle:8.2f} ms  {middle / base:5.2f} of ours  (min {min(each):.2f}, max {max(each):.2f})")
    return 0


def memory(evaluations: int) -> int:
    library = read_rules(ROOT / "rules")
    days = [date(2026, 1, 1 + day) for day in range(28)]
    evaluator = Evaluator()
    documents = [make_facts(library, library.rulebook("on_submit", DAY), lines, lines) for lines in (1, 5, 10, 20)]
    samples = []
    for number in range(evaluations):
        rulebook = library.rulebook("on_submit", days[number // 500 % 28])
        evaluator.judge(rulebook, documents[number % len(documents)])
        if number % 10_000 == 0 or number == evaluations - 1:
            samples.append((number, resident_mb()))
            print(f"{number:8} evaluations  {samples[-1][1]:7.1f} MB", flush=True)
    (first, start), (last, end) = samples[1] if len(samples) > 2 else samples[0], samples[-1]
    slope = (end - start) / max(1, last - first) * 10_000
    print(f"slope {slope:.3f} MB per 10,000 evaluations (goal: under 1)")
    return 0 if slope < 1 else 1


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--memory", type=int, default=0, metavar="EVALUATIONS")
    options = parser.parse_args()
    sys.exit(memory(options.memory) if options.memory else compare(options.lines, options.rounds))
