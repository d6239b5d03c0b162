"""Random conditions over random facts: durable-rules, the twin, the trace and CEL must say the same of every row."""

import pytest
from cel_expr_python import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit.engine.catalogue import FactSpec, FactType, Scope
from app.audit.engine.cel_text import cel_text
from app.audit.engine.columns import read_columns
from app.audit.engine.condition import (
    All,
    Among,
    AnyOf,
    Compare,
    Has,
    alternatives,
    groups,
    leaves,
    needed_facts,
    negation,
)
from app.audit.engine.durable import DurableEngine, define
from app.audit.engine.trace import _trace
from app.audit.engine.twin import TwinRows, compile_twin
from app.audit.fact import FactTable
from app.core.text import Bilingual

TITLE = Bilingual("甲", "a")
WORDS = ["条", "件", "x y", 'a"b', "", "条条", "\\"]
SCOPE = Scope(
    "rows",
    TITLE,
    many=True,
    facts={
        "whole": FactSpec("whole", FactType.INT, TITLE, nullable=True),
        "other": FactSpec("other", FactType.INT, TITLE, nullable=True),
        "share": FactSpec("share", FactType.DECIMAL, TITLE, nullable=True),
        "yes": FactSpec("yes", FactType.BOOL, TITLE, nullable=True),
        "word": FactSpec("word", FactType.ENUM, TITLE, nullable=True, values={w: Bilingual(w, w) for w in WORDS}),
        "text": FactSpec("text", FactType.TEXT, TITLE, nullable=True),
    },
)
EDGES = [0, 1, -1, 2**31, 2**53, 2**53 + 1, 10**18, -(10**18), 10**18 - 1]
numbers = st.integers(-3, 3) | st.sampled_from(EDGES)
orders = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
equality = st.sampled_from(["==", "!="])
leaf = st.one_of(
    st.builds(Compare, st.sampled_from(["whole", "other", "share"]), orders, numbers),
    st.builds(Compare, st.just("yes"), equality, st.booleans()),
    st.builds(Compare, st.just("word"), equality, st.sampled_from(WORDS)),
    st.builds(
        Among,
        st.just("whole"),
        st.lists(numbers, min_size=1, max_size=4, unique=True).map(tuple),
        st.booleans(),
    ),
    st.builds(
        Among,
        st.just("word"),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True).map(tuple),
        st.booleans(),
    ),
    st.builds(Has, st.sampled_from(sorted(SCOPE.facts)), st.booleans()),
)
conditions = st.recursive(
    leaf,
    lambda part: (
        st.lists(part, min_size=2, max_size=3)
        .map(tuple)
        .flatmap(lambda parts: st.sampled_from([All(parts), AnyOf(parts)]))
    ),
    max_leaves=6,
).filter(lambda condition: alternatives(condition) <= 60 and groups(condition) <= 14)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "whole": st.none() | numbers,
            "other": st.none() | numbers,
            "share": st.none() | numbers,
            "yes": st.none() | st.booleans(),
            "word": st.none() | st.sampled_from(WORDS),
            "text": st.none() | st.sampled_from(["", "某", '"id":"7"']),
        }
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def engine():
    engine = DurableEngine()
    yield engine
    engine.close()


def judged(engine, asked, facts):
    table = FactTable("rows", {name: [row[name] for row in facts] for name in SCOPE.facts})
    columns = read_columns(SCOPE, table, SCOPE.facts)
    durable = [mask.tolist() for mask in engine.ask(define("property", asked, SCOPE), columns)]
    engine.close()
    return durable, [compile_twin(condition, SCOPE)(TwinRows(columns)).tolist() for condition in asked]


@settings(max_examples=200, deadline=None)
@given(asked=st.lists(conditions, min_size=1, max_size=8), facts=rows)
def test_four_judges_say_the_same_of_every_row(engine, asked, facts):
    durable, twin = judged(engine, asked, facts)
    environment = cel.NewEnv(variables={"row": cel.Type.DYN})
    known = [{name: cell for name, cell in row.items() if cell is not None} for row in facts]
    for place, condition in enumerate(asked):
        program = environment.compile(cel_text(condition))
        by_cel = [program.eval(environment.Activation({"row": row})).value() for row in known]
        by_trace = [_trace(condition, condition, SCOPE, row).ok for row in facts]
        assert durable[place] == twin[place] == by_cel == by_trace, cel_text(condition)


@settings(max_examples=100, deadline=None)
@given(condition=conditions, facts=rows)
def test_a_row_with_all_needed_facts_satisfies_either_a_condition_or_its_negation(engine, condition, facts):
    needed = needed_facts(All((condition, negation(condition))))
    for row in facts:
        if all(row[fact] is not None for fact in needed):
            positive = _trace(condition, condition, SCOPE, row).ok
            negative = _trace(negation(condition), negation(condition), SCOPE, row).ok
            assert positive != negative


@settings(max_examples=100, deadline=None)
@given(condition=conditions, facts=rows)
def test_a_fact_that_is_not_needed_does_not_decide_by_being_missing_unless_has_asks(engine, condition, facts):
    asked_by_has = {part.fact for part in leaves(condition) if isinstance(part, Has)}
    mentioned = {part.fact for part in leaves(condition)}
    assert mentioned - asked_by_has <= needed_facts(condition) <= mentioned


def test_many_conditions_that_are_all_true_at_once_stay_within_the_stack_of_the_engine(engine):
    asked = [AnyOf(tuple(Compare("whole", ">", -n) for n in range(1, 31))) for _ in range(40)]
    facts = [{"whole": 5, "other": None, "share": None, "yes": None, "word": None, "text": None}] * 3
    durable, twin = judged(engine, asked, facts)
    assert durable == twin == [[True] * 3] * 40
