import pytest

from app.audit.engine.condition import (
    All,
    Among,
    AnyOf,
    Compare,
    ConditionError,
    Has,
    Parameter,
    alternatives,
    groups,
    needed_facts,
    parse_condition,
)

READ = [
    ("a > 1", Compare("a", ">", 1)),
    ("a", Compare("a", "==", True)),
    ("!a", Compare("a", "!=", True)),
    ("!!a", Compare("a", "==", True)),
    ("a == -3", Compare("a", "==", -3)),
    ('a == "条"', Compare("a", "==", "条")),
    ('a == "\\u6761"', Compare("a", "==", "条")),
    ("a >= $b", Compare("a", ">=", Parameter("b"))),
    ('a in ["x", "y"]', Among("a", ("x", "y"))),
    ("!(a in $list)", Among("a", Parameter("list"), inside=False)),
    ("has(a)", Has("a")),
    ("a > 1 && b || c", AnyOf((All((Compare("a", ">", 1), Compare("b", "==", True))), Compare("c", "==", True)))),
    ("a && (b || c)", All((Compare("a", "==", True), AnyOf((Compare("b", "==", True), Compare("c", "==", True)))))),
    ("!(a > 1 && has(b))", AnyOf((Compare("a", "<=", 1), Has("b", present=False)))),
    ("!(a == 1 || b)", All((Compare("a", "!=", 1), Compare("b", "!=", True)))),
    ("has_licence", Compare("has_licence", "==", True)),
    ("inside > 1", Compare("inside", ">", 1)),
]


@pytest.mark.parametrize(("text", "condition"), READ, ids=[row[0] for row in READ])
def test_a_condition_is_read_with_negation_at_the_leaves(text, condition):
    assert parse_condition(text) == condition


REFUSED = [
    ("a > b", "two facts"),
    ("a > b * 2", "no arithmetic"),
    ("a - 1 > 2", "no arithmetic"),
    ("a + b > 2", "no arithmetic"),
    ("a = 1", "=="),
    ("a and b", "&&"),
    ("not a", "&&"),
    ("a & b", "&&"),
    ("a | b", "&&"),
    ("1 < a", "on the left"),
    ("$p < a", "on the left"),
    ("1 < a < 5", "chained"),
    ("a == null", "has(fact)"),
    ("a == 'x'", "double quotes"),
    ("len(a) > 1", "only function"),
    ("a.b > 1", "no dot"),
    ("a > 01", "expected"),
    ("a > 1e3", "expected"),
    ("a in []", "expected"),
    ("a >", "expected"),
    ("", "expected"),
    ("(a", "expected"),
    ('a == "x', "expected"),
    ('a matches ".*"', "expected"),
]


@pytest.mark.parametrize(("text", "hint"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_not_in_the_language_is_refused_with_what_to_write_instead(text, hint):
    with pytest.raises(ConditionError) as refusal:
        parse_condition(text)
    assert hint in refusal.value.message.en
    assert refusal.value.message.zh


def test_a_condition_nested_beyond_reason_is_refused():
    with pytest.raises(ConditionError):
        parse_condition("!" * 5000 + "a")


NEEDED = [
    ("a > 1 && b", {"a", "b"}),
    ("has(a)", set()),
    ("has(a) && a > 1", set()),
    ("has(a) && (a > 1 || b)", {"b"}),
    ("has(a) || a > 1", {"a"}),
    ("!has(a) || a > 1", set()),
    ("!has(a) && a > 1", {"a"}),
    ("a in [1]", {"a"}),
]


@pytest.mark.parametrize(("text", "facts"), NEEDED, ids=[row[0] for row in NEEDED])
def test_a_fact_behind_its_own_guard_is_not_needed(text, facts):
    assert needed_facts(parse_condition(text)) == facts


def test_alternatives_and_groups_are_counted_as_the_engine_has_them():
    assert alternatives(parse_condition("(a || b) && (c || d || e) && f in [1, 2]")) == 12
    assert alternatives(parse_condition("!(f in [1, 2])")) == 1
    assert groups(parse_condition("(a || b) && f in [1, 2]")) == 3
