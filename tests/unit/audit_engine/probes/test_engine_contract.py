"""What durable-rules 2.0.28 must keep doing for the adapter to be right. Run again before any other version is trusted.

Source: design/engine.md, sections 2 and 3. Each sentence was found by trying.
"""

import json
import random

import durable_rules_engine as engine
import pytest

BEGIN = '{"id":"b","sid":"e","kind":"begin"}'


class Handle:
    """One ruleset of the engine, used as the adapter uses it."""

    def __init__(self, **patterns):
        rules = {"~begin": {"all": [{"m": {"kind": "begin"}}]}}
        for name, pattern in patterns.items():
            rules[name] = {"all": [{"m": {"$and": [{"kind": "row"}, pattern]}}], "cap": 60000}
        self.handle = engine.create_ruleset("probe", json.dumps(rules, ensure_ascii=False))

    def drain(self, offset):
        started = engine.start_action_for_state(self.handle, offset)
        message = started[1] if started else None
        while message:
            yield message
            message = engine.complete_and_start_action(self.handle, offset)

    def hits(self, *rows, ids=None):
        """Return the set of (rule, row) that the engine finds, and the statuses of the rows."""
        _, offset = engine.assert_fact(self.handle, BEGIN)
        list(self.drain(offset))
        try:
            statuses = []
            for number, row in enumerate(rows):
                fact = {"id": str(number) if ids is None else ids[number], "sid": "e", "kind": "row", **row}
                statuses.append(engine.assert_fact(self.handle, json.dumps(fact, ensure_ascii=False))[0])
            found = set()
            for message in self.drain(offset):
                for rule, matches in json.loads(message).items():
                    found |= {(rule, match["m"]["id"]) for match in matches}
            return found, statuses
        finally:
            engine.delete_state(self.handle, "e")


def test_one_fact_satisfies_every_rule_it_matches():
    found, _ = Handle(a={"$gt": {"n": 1}}, b={"$gt": {"n": 2}}, c={"$lt": {"n": 9}}).hits({"n": 5})
    assert {rule for rule, _ in found} == {"a", "b", "c"}


def test_equal_rows_with_their_own_ids_are_all_judged():
    found, statuses = Handle(a={"n": 1}).hits({"n": 1}, {"n": 1}, {"n": 1})
    assert {row for _, row in found} == {"0", "1", "2"}
    assert statuses == [0, 0, 0]


def test_a_row_with_a_used_id_is_reported_and_not_judged():
    _, statuses = Handle(a={"n": 1}).hits({"n": 1}, {"n": 1}, ids=["7", "7"])
    assert statuses == [0, 2]


def test_a_row_that_matches_nothing_is_status_one():
    assert Handle(a={"n": 1}).hits({"n": 2}) == (set(), [1])


@pytest.mark.parametrize("limit", [2**31, 2**53, 2**53 + 1, 10**18, -(10**18), 0, -1])
def test_whole_numbers_up_to_a_trillion_millionths_are_compared_exactly(limit):
    handle = Handle(lt={"$lt": {"n": limit}}, eq={"n": limit}, gt={"$gt": {"n": limit}})
    found, _ = handle.hits({"n": limit - 1}, {"n": limit}, {"n": limit + 1})
    assert found == {("lt", "0"), ("eq", "1"), ("gt", "2")}


def test_a_missing_fact_on_the_left_never_matches():
    patterns = {
        f"r{place}": pattern
        for place, pattern in enumerate(
            [
                {"n": 1},
                {"$neq": {"n": 1}},
                {"$lt": {"n": 1}},
                {"$lte": {"n": 1}},
                {"$gt": {"n": 1}},
                {"$gte": {"n": 1}},
                {"$ex": {"n": 1}},
            ]
        )
    }
    assert Handle(**patterns).hits({"other": 1}) == (set(), [1])
    assert Handle(absent={"$nex": {"n": 1}}).hits({"other": 1})[0] == {("absent", "0")}


@pytest.mark.parametrize("text", ["条", "条件", "", 'a"b', "a\\b", "a,b}", "{", "😀", "x y"])
def test_texts_are_compared_for_equality_exactly(text):
    handle = Handle(eq={"t": text}, ne={"$neq": {"t": text}})
    assert handle.hits({"t": text}, {"t": text + "条"})[0] == {("eq", "0"), ("ne", "1")}


def test_truth_values_are_told_apart():
    handle = Handle(yes={"t": True}, no={"t": False})
    assert handle.hits({"t": True}, {"t": False})[0] == {("yes", "0"), ("no", "1")}


def test_sixty_alternatives_that_are_all_true_are_within_the_stack():
    patterns = {f"r{n}": {"$or": [{"$gt": {"n": -m - 1}} for m in range(6)]} for n in range(10)}
    found, _ = Handle(**patterns).hits({"n": 5})
    assert {rule for rule, _ in found} == set(patterns)


def test_more_than_the_stack_holds_is_an_error_and_not_a_silent_loss():
    patterns = {f"r{n}": {"$gt": {"n": -n - 1}} for n in range(80)}
    with pytest.raises(Exception, match="303"):
        Handle(**patterns).hits({"n": 5})


def test_two_thousand_rows_that_all_match_come_back_in_full():
    found, _ = Handle(a={"$gt": {"n": 0}}, b={"$gt": {"n": 1000}}).hits(*({"n": n + 1} for n in range(2000)))
    assert len(found) == 3000


def test_nothing_of_one_table_is_seen_by_the_next():
    handle = Handle(a={"$gt": {"n": 0}})
    assert handle.hits({"n": 1}, {"n": 2})[0] == {("a", "0"), ("a", "1")}
    assert handle.hits({"n": 0}) == (set(), [1])


def test_loading_and_unloading_many_rulesets_works():
    for n in range(500):
        handle = Handle(a={"n": n})
        assert handle.hits({"n": n})[0] == {("a", "0")}
        engine.delete_ruleset(handle.handle)


def test_row_numbers_below_a_hundred_thousand_have_no_equal_hashes():
    from app.audit.engine.catalogue import engine_hash

    assert len({engine_hash(str(number)) for number in range(100_000)}) == 100_000


def test_two_names_with_one_hash_are_one_fact_to_the_engine(colliding_names):
    # The reason why the catalogue is checked: if this ever fails, the check may go.
    one, other = colliding_names
    assert Handle(a={one: 1}).hits({other: 1})[0] == {("a", "0")}


def reference(pattern, row):
    ((word, value),) = pattern.items()
    if word in ("$and", "$or"):
        return (all if word == "$and" else any)(reference(part, row) for part in value)
    if word in ("$ex", "$nex"):
        return (next(iter(value)) in row) == (word == "$ex")
    if not word.startswith("$"):
        word, value = "$eq", {word: value}
    ((fact, limit),) = value.items()
    if fact not in row:
        return False
    cell = row[fact]
    if word in ("$eq", "$neq"):
        return (cell == limit) == (word == "$eq")
    return {"$lt": cell < limit, "$lte": cell <= limit, "$gt": cell > limit, "$gte": cell >= limit}[word]


def test_random_patterns_inside_the_safe_subset_match_exactly_what_python_says():
    rnd = random.Random(20261123)
    words = ["", "条", "a b", 'x"y', "a,b}"]

    def number():
        return rnd.choice([rnd.randint(-3, 3), rnd.randint(-(10**15), 10**15)])

    def pattern(depth=0):
        kind = rnd.random()
        if depth < 3 and kind < 0.45:
            return {"$and" if kind < 0.25 else "$or": [pattern(depth + 1) for _ in range(rnd.randint(1, 3))]}
        if kind < 0.75:
            fact, word = f"n{rnd.randint(0, 5)}", rnd.choice(["$eq", "$neq", "$lt", "$lte", "$gt", "$gte"])
            return {fact: number()} if word == "$eq" else {word: {fact: number()}}
        if kind < 0.85:
            return {f"t{rnd.randint(0, 2)}": rnd.choice(words)}
        if kind < 0.95:
            return {"yes": rnd.random() < 0.5}
        return {rnd.choice(["$ex", "$nex"]): {f"n{rnd.randint(0, 5)}": 1}}

    def row():
        cells = {f"n{n}": number() for n in range(6)} | {f"t{n}": rnd.choice(words) for n in range(3)}
        cells["yes"] = rnd.random() < 0.5
        return {name: cell for name, cell in cells.items() if rnd.random() < 0.8}

    for _ in range(60):
        patterns = {f"r{n}": pattern() for n in range(rnd.randint(1, 6))}
        handle = Handle(**patterns)
        rows = [row() for _ in range(20)]
        expected = {
            (name, str(n)) for name, each in patterns.items() for n, cells in enumerate(rows) if reference(each, cells)
        }
        assert handle.hits(*rows)[0] == expected
        engine.delete_ruleset(handle.handle)
